//! The loop: events in, effects out, frames when nothing waits. Screen, keys and signals are parameters, so that tests
//! drive this very loop.

use std::collections::HashMap;
use std::io;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossterm::event::Event as TerminalEvent;
use futures_util::{Stream, StreamExt};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::app::App;
use super::event::{Effect, Event, Outcome, Query, What};
use super::runtime::World;
use super::terminal::Screen;
use super::{ConsoleError, ServerStatus};
use crate::store::changes::Changes;

/// How long unfinished work may take when the program ends.
const LAST_WORK: Duration = Duration::from_secs(3);
/// How long to wait before the database is asked again whether it answers.
const AGAIN: Duration = Duration::from_secs(1);

/// How many windows of lists are read at a time. Somebody who types a filter asks for more than are wanted.
const READERS: usize = 2;

/// A signal, as far as the console cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End: SIGTERM, SIGHUP.
    End,
    /// Stop: SIGTSTP.
    Suspend,
    /// The process went on after somebody stopped it: SIGCONT.
    Continued,
}

/// Where events come from.
pub struct Sources<I, S> {
    /// The terminal.
    pub input: I,
    /// Signals.
    pub signals: S,
    /// The server's state.
    pub server: Option<watch::Receiver<ServerStatus>>,
}

/// Runs the program until it ends.
pub async fn drive<I, S>(
    app: &mut App,
    first: Vec<Effect>,
    screen: &mut impl Screen,
    sources: Sources<I, S>,
    world: World,
) -> Result<(), ConsoleError>
where
    I: Stream<Item = io::Result<TerminalEvent>> + Unpin,
    S: Stream<Item = Signal> + Unpin,
{
    let Sources { mut input, signals, mut server } = sources;
    let mut signals = signals.fuse();
    let (sender, mut outcomes) = mpsc::unbounded_channel();
    let clock = world.clock;
    let world = World { telling: Some(sender.clone()), ..world };
    let mut hands =
        Hands { tasks: JoinSet::new(), sender: sender.clone(), world: world.clone(), reading: Reading::new() };
    // Watching begins before the first look, so that nothing falls between.
    let changes = world.store.changes().await?;
    let watching = tokio::spawn(watch_database(changes, sender));
    let mut pending = first;
    let ended = loop {
        if hands.perform(std::mem::take(&mut pending), screen)? {
            break Ok(());
        }
        let quiet = app.quiet_for().to_std().unwrap_or(AGAIN);
        let what = tokio::select! {
            biased;
            Some(outcome) = outcomes.recv() => What::Outcome(Box::new(outcome)),
            Some(signal) = signals.next() => match signal {
                Signal::End => break Ok(()),
                Signal::Suspend => {
                    screen.suspend()?;
                    What::Resized
                }
                Signal::Continued => {
                    screen.clear()?;
                    What::Resized
                }
            },
            event = input.next() => match event {
                Some(Ok(event)) => {
                    if matches!(event, TerminalEvent::Resize(..)) {
                        // Terminals drop what did not fit for a moment, also when the size is the old one again by the
                        // time it is asked for: then a comparison with the last frame would find nothing to write.
                        screen.clear()?;
                    }
                    match translate(event) {
                        Some(what) => what,
                        None => continue,
                    }
                }
                Some(Err(error)) => break Err(ConsoleError::Terminal(error)),
                None => break Ok(()),
            },
            status = next_status(&mut server) => What::Server(status),
            // Asked before it is known which branch is taken: so it must not be forgotten by being asked.
            () = async {}, if app.has_changed() => {
                screen.draw(app)?;
                app.drawn();
                continue;
            }
            () = tokio::time::sleep(quiet) => What::Time,
            Some(_) = hands.tasks.join_next(), if !hands.tasks.is_empty() => continue,
        };
        pending = app.handle(Event { at: clock(), what });
    };
    watching.abort();
    // What was asked for before the end is still done.
    let _ = tokio::time::timeout(LAST_WORK, async { while hands.tasks.join_next().await.is_some() {} }).await;
    ended
}

/// What performs effects: the loop itself those on the terminal, tasks the others.
struct Hands {
    tasks: JoinSet<()>,
    sender: mpsc::UnboundedSender<Outcome>,
    world: World,
    reading: Reading,
}

/// Which window of each list was asked for last.
#[derive(Clone)]
struct Reading {
    readers: Arc<Semaphore>,
    last: Arc<Mutex<HashMap<Discriminant<Query>, u64>>>,
}

impl Reading {
    fn new() -> Self {
        Self { readers: Arc::new(Semaphore::new(READERS)), last: Arc::default() }
    }

    /// Notes that an effect was asked for.
    fn note(&self, effect: &Effect) {
        if let Effect::Load { generation, query } = effect {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.insert(discriminant(query), *generation);
        }
    }

    /// Whether the answer will still be looked at.
    fn is_wanted(&self, effect: &Effect) -> bool {
        let Effect::Load { generation, query } = effect else { return true };
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(&discriminant(query)) == Some(generation)
    }

    /// Performs an effect; a window waits for its turn, and is not read where another one is wanted by then.
    async fn perform(&self, world: &World, effect: Effect) -> Option<Outcome> {
        let turn = match &effect {
            Effect::Load { .. } => self.readers.acquire().await.ok(),
            _ => None,
        };
        let outcome = if self.is_wanted(&effect) { world.perform(effect).await } else { None };
        drop(turn);
        outcome
    }
}

impl Hands {
    /// Performs effects; `true` where one of them is the end.
    fn perform(&mut self, effects: Vec<Effect>, screen: &mut impl Screen) -> io::Result<bool> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(true),
                Effect::Redraw => screen.clear()?,
                Effect::Suspend => screen.suspend()?,
                Effect::Write(sequence) => screen.write(&sequence)?,
                Effect::Mouse(on) => screen.mouse(on)?,
                other => self.spawn(other),
            }
        }
        Ok(false)
    }

    fn spawn(&mut self, effect: Effect) {
        let (world, sender, reading) = (self.world.clone(), self.sender.clone(), self.reading.clone());
        reading.note(&effect);
        self.tasks.spawn(async move {
            // In a task of its own, so that a panic in it is an answer too.
            let done = tokio::spawn(async move { reading.perform(&world, effect).await }).await;
            let outcome = match done {
                Ok(outcome) => outcome,
                Err(_) => Some(Outcome::Failed("That did not work: a fault of ours, it is in the log.".to_owned())),
            };
            if let Some(outcome) = outcome {
                // Nobody listens any more when the program ends.
                let _ = sender.send(outcome);
            }
        });
    }
}

fn translate(event: TerminalEvent) -> Option<What> {
    match event {
        TerminalEvent::Key(key) => Some(What::Key(key)),
        TerminalEvent::Paste(text) => Some(What::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))),
        TerminalEvent::Resize(..) => Some(What::Resized),
        TerminalEvent::Mouse(mouse) => Some(What::Mouse(mouse)),
        TerminalEvent::FocusGained | TerminalEvent::FocusLost => None,
    }
}

async fn next_status(server: &mut Option<watch::Receiver<ServerStatus>>) -> ServerStatus {
    if let Some(receiver) = server {
        if receiver.changed().await.is_ok() {
            return receiver.borrow_and_update().clone();
        }
        // Whoever ran the server is gone: it says no more.
        *server = None;
    }
    std::future::pending().await
}

/// Tells of changes as long as somebody listens. While the database does not answer it says so, and asks again.
async fn watch_database(mut changes: Changes, sender: mpsc::UnboundedSender<Outcome>) {
    loop {
        let outcome = match changes.next().await {
            Ok(()) => Outcome::Changed,
            Err(error) => {
                tokio::time::sleep(AGAIN).await;
                Outcome::Unreachable(error.to_string())
            }
        };
        if sender.send(outcome).is_err() {
            return;
        }
    }
}
