//! The terminal: entering it, leaving it as it was, whatever happens, and writing frames to it.

use std::io::{self, IsTerminal, Stdout, Write};
use std::mem::ManuallyDrop;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, raise};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::{getpgrp, tcgetpgrp};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::app::App;
use super::sixteen::Sixteen;

/// Where frames go. Tests have one of their own.
pub trait Screen {
    /// Draws what has changed.
    fn draw(&mut self, app: &mut App) -> io::Result<()>;
    /// Writes a control sequence between two frames.
    fn write(&mut self, sequence: &str) -> io::Result<()>;
    /// Forgets what the terminal shows: the next frame is drawn whole.
    fn clear(&mut self) -> io::Result<()>;
    /// Takes the mouse, or leaves it to the terminal.
    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.write(if on { MOUSE_ON } else { MOUSE_OFF })
    }
    /// Leaves the terminal, stops the process, and comes back when it goes on.
    fn suspend(&mut self) -> io::Result<()>;
    /// Goes on after somebody else stopped the process.
    fn resume(&mut self) -> io::Result<()> {
        self.clear()
    }
}

/// Whether the terminal is ours: makes leaving it twice harmless.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Whether it is being left: that takes for ever where it takes no output.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// Whether the process was told to end.
static ENDING: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

/// How long a process that goes on in the background waits to be told to end, before it stops again. A shell that ends
/// a stopped job tells it both at once.
const GRACE: Duration = Duration::from_millis(500);

/// Whether the mouse is ours.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Presses and the wheel, with places beyond column 223; no movements, which would be a flood over a slow line.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// The person's terminal; it is left as it was when this is dropped.
pub struct Real {
    /// Never dropped: the library would complain on standard error about a terminal that is gone, which panics where
    /// that is gone too. Leaving shows the cursor as well.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Sixteen<Stdout>>>>,
    /// What else stops while the process is stopped.
    stops_too: Option<&'static str>,
}

impl Real {
    /// Takes the terminal. From now on a panic on this thread leaves it before anything is printed.
    pub fn enter() -> io::Result<Self> {
        hook();
        enter()?;
        let terminal = Terminal::new(CrosstermBackend::new(Sixteen::new(io::stdout())));
        if terminal.is_err() {
            leave();
        }
        Ok(Self { terminal: ManuallyDrop::new(terminal?), stops_too: None })
    }

    /// Says this before the process stops.
    #[must_use]
    pub fn saying(mut self, stops_too: Option<&'static str>) -> Self {
        self.stops_too = stops_too;
        self
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        leave();
    }
}

impl Screen for Real {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| app.draw(frame))?;
        let width = self.terminal.size()?.width;
        if let Some(text) = app.unbroken(width) {
            // Written in one piece from the corner on, so that the terminal wraps it and a selection has no breaks.
            write!(self.terminal.backend_mut(), "\x1b[H{text}")?;
        }
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    fn write(&mut self, sequence: &str) -> io::Result<()> {
        let backend = self.terminal.backend_mut();
        backend.write_all(sequence.as_bytes())?;
        Write::flush(backend)
    }

    fn clear(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`: that asks the terminal where its cursor is, and keys that are under way would be read
        // as the answer.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        MOUSE.store(on, Ordering::SeqCst);
        self.write(if on { MOUSE_ON } else { MOUSE_OFF })
    }

    fn suspend(&mut self) -> io::Result<()> {
        leave();
        if let Some(text) = self.stops_too {
            writeln!(io::stdout(), "{text}")?;
        }
        // Not SIGTSTP: that is dropped where nobody would wake us.
        raise(Signal::SIGSTOP).map_err(io::Error::from)?;
        if regain()? {
            enter()?;
            self.clear()?;
        }
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        if !regain()? {
            return Ok(());
        }
        // A shell puts the modes back that it knows; what is believed of them here is no longer so.
        if tcgetattr(io::stdin().as_fd()).is_ok_and(|modes| modes.local_flags.contains(LocalFlags::ICANON)) {
            disable_raw_mode()?;
            enter()?;
        }
        self.clear()
    }
}

/// Notes that the process was told to end, for who waits for the terminal.
pub fn note_end() {
    *ENDING.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
    ENDING.1.notify_all();
}

/// Whether the process is told to end within that time.
fn ends_within(time: Duration) -> bool {
    let ending = ENDING.0.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = ENDING.1.wait_timeout_while(ending, time, |ending| !*ending);
    *waited.unwrap_or_else(PoisonError::into_inner).0
}

/// Whether a shell has given the terminal to others. Who touches it then is stopped.
fn in_background() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|group| group != getpgrp())
}

/// Stays stopped until the terminal is ours again; `false` where the process is to end instead.
fn regain() -> io::Result<bool> {
    while in_background() {
        if ends_within(GRACE) {
            return Ok(false);
        }
        if in_background() {
            raise(Signal::SIGSTOP).map_err(io::Error::from)?;
        }
    }
    Ok(true)
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let entered = execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste);
    if entered.is_err() {
        leave();
    } else if MOUSE.load(Ordering::SeqCst) {
        write!(io::stdout(), "{MOUSE_ON}")?;
    }
    entered
}

/// Leaves the terminal as it was. Errors have nowhere to go: the terminal may be gone.
pub fn leave() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        LEAVING.store(true, Ordering::SeqCst);
        if MOUSE.load(Ordering::SeqCst) {
            let _ = write!(io::stdout(), "{MOUSE_OFF}");
        }
        let _ = execute!(io::stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, Show);
        // In the background the modes are the shell's already.
        if !in_background() {
            let _ = disable_raw_mode();
        }
        LEAVING.store(false, Ordering::SeqCst);
    }
}

/// Whether the terminal is still to be left, or is being left.
pub fn is_ours() -> bool {
    ENTERED.load(Ordering::SeqCst) || LEAVING.load(Ordering::SeqCst)
}

/// Leaves a terminal that takes no output as far as that goes, from another thread than the one that waits for it. To be
/// called before the process is ended.
pub fn abandon() {
    // A file of its own, so that who shares ours does not find it changed.
    let tty = std::fs::OpenOptions::new().write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open("/dev/tty");
    if let Ok(mut tty) = tty {
        // The sequence that is under way is given up first.
        let _ = write!(tty, "\x18{MOUSE_OFF}");
        let _ = execute!(tty, EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, Show);
    }
    if !in_background() {
        let _ = disable_raw_mode();
    }
}

/// Whether a report on standard error arrives. Printing one that does not is a panic, and within a panic the end without
/// anything put in order.
fn can_report() -> bool {
    let stderr = io::stderr();
    if !stderr.is_terminal() {
        return true;
    }
    let mut asked = [PollFd::new(stderr.as_fd(), PollFlags::POLLOUT)];
    let answered = poll(&mut asked, PollTimeout::from(1_000_u16)).is_ok();
    answered && asked[0].revents() == Some(PollFlags::POLLOUT)
}

/// A panic on the thread that draws ends the program: the terminal is left first, then the hook that was there speaks. A
/// panic elsewhere ends one task, and its report must not be written across the screen.
fn hook() {
    let console = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == console || !ENTERED.load(Ordering::SeqCst) {
            leave();
            if can_report() {
                before(info);
            } else {
                tracing::error!(panic = %info, "the console panicked");
            }
        } else {
            tracing::error!(panic = %info, "a task panicked");
        }
    }));
}
