//! Drives a real program in a pseudo-terminal: keys in, screen and raw bytes out.
//!
//! Waiting is for something named, woken by output that arrives; nothing sleeps. After `<esc>` wait for its effect
//! before the next key: a terminal program takes `<esc>` and a letter that arrive together for Alt and the letter.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use super::keys;
use super::output::DEADLINE;

/// A program in a pseudo-terminal. It is killed when this is dropped.
pub struct Terminal {
    shared: Arc<Shared>,
    master: Box<dyn MasterPty + Send>,
    pid: Pid,
    home: tempfile::TempDir,
}

/// What the reading thread, the waiting thread and the test have in common.
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    writer: Mutex<Box<dyn Write + Send>>,
}

struct State {
    parser: vt100::Parser<Answers>,
    output: Vec<u8>,
    exit: Option<ExitStatus>,
    ended: bool,
}

/// Answers to what programs ask of a terminal at their start, so that they don't wait for a silent one.
#[derive(Default)]
struct Answers(Vec<u8>);

impl vt100::Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut vt100::Screen, i1: Option<u8>, _: Option<u8>, n: &[&[u16]], c: char) {
        match (i1, n.first().and_then(|first| first.first()), c) {
            // "What are you?" A VT220 with colours.
            (None, _, 'c') => self.0.extend(b"\x1b[?62;22c"),
            // "Where is the cursor?"
            (None, Some(6), 'n') => {
                let (row, column) = screen.cursor_position();
                self.0.extend(format!("\x1b[{};{}R", row + 1, column + 1).bytes());
            }
            _ => {}
        }
    }
}

impl Terminal {
    /// Starts a program on a screen of `(columns, rows)`. Its environment is empty but for a temporary `HOME`, `PATH`,
    /// `TERM`, `SHELL`, a UTF-8 `LANG` and what is named.
    pub fn spawn(program: &Path, arguments: &[&str], environment: &[(&str, &str)], size: (u16, u16)) -> Terminal {
        let home = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.cwd(home.path());
        command.env("HOME", home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in
            [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("SHELL", "/bin/sh")].iter().chain(environment)
        {
            command.env(name, value);
        }

        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let pid = Pid::from_raw(child.process_id().unwrap().try_into().unwrap());
        let (rows, columns) = (NonZeroU16::new(size.1).unwrap(), NonZeroU16::new(size.0).unwrap());
        let parser = vt100::Parser::new_with_callbacks(rows, columns, 0, Answers::default());
        let shared = Arc::new(Shared {
            state: Mutex::new(State { parser, output: Vec::new(), exit: None, ended: false }),
            changed: Condvar::new(),
            writer: Mutex::new(pair.master.take_writer().unwrap()),
        });
        let reader = pair.master.try_clone_reader().unwrap();
        let (reading, waiting) = (Arc::clone(&shared), Arc::clone(&shared));
        std::thread::spawn(move || reading.read(reader));
        std::thread::spawn(move || {
            let status = child.wait().unwrap();
            waiting.state.lock().unwrap().exit = Some(status);
            waiting.changed.notify_all();
        });
        Terminal { shared, master: pair.master, pid, home }
    }

    /// The folder that is the program's `HOME` unless the environment named another.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Sends keys in the notation of [`keys`].
    pub fn send(&self, keys: &str) {
        let bytes: Vec<u8> = keys::parse(keys).iter().flat_map(keys::bytes).collect();
        self.send_bytes(&bytes);
    }

    /// Sends bytes as they are, for a paste or a mouse report.
    pub fn send_bytes(&self, bytes: &[u8]) {
        self.shared.write(bytes);
    }

    /// Waits until the screen is as `ready` wants it. `what` is for the failure's text.
    pub fn wait_for(&self, what: &str, ready: impl Fn(&vt100::Screen) -> bool) {
        self.wait_until(what, |state| ready(state.parser.screen()));
    }

    /// Waits until the screen shows a text (within one line).
    pub fn wait_for_text(&self, text: &str) {
        self.wait_for(&format!("`{text}` on the screen"), |screen| screen.contents().contains(text));
    }

    /// Waits until the raw output, from the start, contains these bytes: what the screen does not show, as OSC 52.
    pub fn wait_for_output(&self, what: &str, bytes: &[u8]) {
        self.wait_until(what, |state| state.output.windows(bytes.len()).any(|window| window == bytes));
    }

    /// The screen's text now.
    pub fn screen(&self) -> String {
        self.state().parser.screen().contents()
    }

    /// Every byte that the program has written.
    pub fn output(&self) -> Vec<u8> {
        self.state().output.clone()
    }

    /// Changes the size, in `(columns, rows)`; the program is told by SIGWINCH.
    pub fn resize(&self, size: (u16, u16)) {
        let (rows, columns) = (NonZeroU16::new(size.1).unwrap(), NonZeroU16::new(size.0).unwrap());
        self.state().parser.set_size(rows, columns);
        self.master.resize(pty_size(size)).unwrap();
    }

    /// Which process it is.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid, signal).unwrap();
    }

    /// Waits until the program has ended and all that it wrote is read.
    pub fn wait_exit(&self) -> ExitStatus {
        self.wait_until("the program to end", |state| state.exit.is_some() && state.ended);
        self.state().exit.clone().unwrap()
    }

    fn wait_until(&self, what: &str, ready: impl Fn(&State) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        let mut state = self.state();
        while !ready(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            let over = left.is_zero() || (state.ended && state.exit.is_some());
            assert!(!over, "waited for {what}; ended: {:?}; screen:\n{}", state.exit, state.parser.screen().contents());
            state = self.shared.changed.wait_timeout(state, left).unwrap().0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A failed wait has poisoned the lock; the program is to be killed all the same.
        let state = self.shared.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.exit.is_none() {
            let _ = kill(self.pid, Signal::SIGKILL);
        }
    }
}

impl Shared {
    fn read(&self, mut reader: Box<dyn Read + Send>) {
        let mut chunk = [0; 8192];
        // The end of a pseudo-terminal is an error, not an empty read.
        while let Ok(length @ 1..) = reader.read(&mut chunk) {
            let answers = {
                let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                state.parser.process(&chunk[..length]);
                state.output.extend(&chunk[..length]);
                std::mem::take(&mut state.parser.callbacks_mut().0)
            };
            self.changed.notify_all();
            if !answers.is_empty() {
                self.write(&answers);
            }
        }
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).ended = true;
        self.changed.notify_all();
    }

    /// A program that has just ended no longer reads; that shows where its exit is waited for.
    fn write(&self, bytes: &[u8]) {
        let mut writer = self.writer.lock().unwrap();
        let _ = writer.write_all(bytes).and_then(|()| writer.flush());
    }
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// The text that was last put on the clipboard by OSC 52 in some raw output.
pub fn osc52(output: &[u8]) -> Option<String> {
    use base64::Engine;

    let output = String::from_utf8_lossy(output);
    let (_, after) = output.rsplit_once("\x1b]52;")?;
    let (_, data) = after.split_once(';')?;
    let data = data.split(['\x07', '\x1b']).next()?;
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(data).ok()?).ok()
}

#[test]
fn a_shell_is_driven_by_keys_resized_and_waited_for() {
    let script = r#"read name; echo "hello $name of $HERE"; trap 'stty size' WINCH; echo ready
                    while read line; do echo "got $line"; [ "$line" = end ] && exit 7; done"#;
    let terminal = Terminal::spawn(Path::new("/bin/bash"), &["-c", script], &[("HERE", "nowhere")], (80, 24));
    terminal.send("Ann <enter>");
    terminal.wait_for_text("hello Ann of nowhere");
    terminal.wait_for_text("ready");
    terminal.resize((100, 30));
    terminal.send("<enter>");
    terminal.wait_for("the new size", |screen| screen.contents().contains("30 100"));
    terminal.send("end <enter>");
    assert_eq!(terminal.wait_exit().exit_code(), 7);
}

#[test]
fn what_is_copied_by_osc_52_is_found_in_the_raw_output() {
    let arguments = ["-c", r"printf '\033]52;c;aGVsbG8=\007after'"];
    let terminal = Terminal::spawn(Path::new("/bin/sh"), &arguments, &[], (80, 24));
    terminal.wait_for_output("OSC 52", b"\x1b]52;c;aGVsbG8=\x07");
    terminal.wait_exit();
    assert_eq!(osc52(&terminal.output()).as_deref(), Some("hello"));
    assert_eq!(terminal.screen(), "after");
}

#[test]
fn a_terminal_says_what_it_is_and_where_its_cursor_stands() {
    let script = r"stty raw -echo; printf 'ab\033[6n'; head -c 6 | od -An -c; printf '\033[c'; head -c 9 | od -An -c";
    let terminal = Terminal::spawn(Path::new("/bin/sh"), &["-c", script], &[], (80, 24));
    terminal.wait_exit();
    let screen = terminal.screen();
    assert!(screen.contains("033   [   1   ;   3   R"), "{screen}");
    assert!(screen.contains("033   [   ?   6   2   ;   2   2   c"), "{screen}");
}
