//! Signals, and the end of a process whose terminal takes no output.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::drive::{LAST_WORK, Signal};
use super::terminal;

/// How long the console may take to hear that it is to end. Frames are written by the thread that would hear it: where
/// the terminal takes none, it never does.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a server in this process may take to end what is under way, after that.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Listens for the signals that the console cares about. Where it can't end by itself, whatever `stop` tells to stop is
/// stopped, and then the process.
pub(super) fn listen(stop: Option<&watch::Sender<bool>>) -> io::Result<impl Stream<Item = Signal> + Unpin> {
    use nix::sys::signal::Signal::SIGTSTP;
    let (sender, receiver) = mpsc::unbounded_channel();
    let heard = Arc::new(AtomicBool::new(false));
    let kinds = [
        (SignalKind::terminate(), Signal::End),
        (SignalKind::hangup(), Signal::End),
        // By the keyboard neither comes: Ctrl-C is a key here.
        (SignalKind::interrupt(), Signal::End),
        (SignalKind::quit(), Signal::End),
        (SignalKind::from_raw(SIGTSTP as i32), Signal::Suspend),
        (SignalKind::from_raw(nix::sys::signal::Signal::SIGCONT as i32), Signal::Continued),
    ];
    for (kind, meaning) in kinds {
        let mut stream = signal(kind)?;
        let (sender, heard, stop) = (sender.clone(), Arc::clone(&heard), stop.cloned());
        tokio::spawn(async move {
            while stream.recv().await.is_some() && sender.send(meaning).is_ok() {
                if meaning == Signal::End {
                    terminal::note_end();
                    tokio::spawn(end_at_last(Arc::clone(&heard), stop.clone()));
                }
            }
        });
    }
    let incoming = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|signal| (signal, receiver))
    });
    Ok(Box::pin(incoming.inspect(move |signal| {
        if *signal == Signal::End {
            heard.store(true, Ordering::SeqCst);
        }
    })))
}

/// Ends the process where nobody has heard of the end in time, or the terminal can't be left.
async fn end_at_last(heard: Arc<AtomicBool>, stop: Option<watch::Sender<bool>>) {
    tokio::time::sleep(PATIENCE).await;
    if heard.load(Ordering::SeqCst) {
        // It is ending: what is under way is still done, and then the terminal is left.
        tokio::time::sleep(LAST_WORK).await;
        if !terminal::is_ours() {
            return;
        }
    }
    tracing::error!("the terminal takes no output: the console is ended without it");
    if let Some(stop) = stop {
        stop.send_replace(true);
        let _ = tokio::time::timeout(LAST_REQUESTS, stop.closed()).await;
    }
    terminal::abandon();
    std::process::exit(1);
}
