//! The terminal: entering it, leaving it as it was, whatever happens, and writing frames to it.

use std::io::{self, Stdout, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use nix::sys::signal::{Signal, raise};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::app::App;

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
}

/// Whether the terminal is ours: makes leaving it twice harmless.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Whether the mouse is ours.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Presses and the wheel, with places beyond column 223; no movements, which would be a flood over a slow line.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// The person's terminal; it is left as it was when this is dropped.
pub struct Real {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Real {
    /// Takes the terminal. From now on a panic on this thread leaves it before anything is printed.
    pub fn enter() -> io::Result<Self> {
        hook();
        enter()?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()));
        if terminal.is_err() {
            leave();
        }
        Ok(Self { terminal: terminal? })
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
        // Not SIGTSTP: that is dropped where nobody would wake us.
        raise(Signal::SIGSTOP).map_err(io::Error::from)?;
        enter()?;
        self.clear()
    }
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
        if MOUSE.load(Ordering::SeqCst) {
            let _ = write!(io::stdout(), "{MOUSE_OFF}");
        }
        let _ = execute!(io::stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

/// A panic on the thread that draws ends the program: the terminal is left first, then the hook that was there speaks. A
/// panic elsewhere ends one task, and its report must not be written across the screen.
fn hook() {
    let console = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == console || !ENTERED.load(Ordering::SeqCst) {
            leave();
            before(info);
        } else {
            tracing::error!(panic = %info, "a task panicked");
        }
    }));
}
