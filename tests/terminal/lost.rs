//! The terminal goes away, or takes no output any more.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Instant;

use nix::fcntl::OFlag;
use nix::sys::signal::Signal;
use nix::sys::termios::{FlowArg, LocalFlags, tcflow, tcgetattr};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::{SIZE, up};
use crate::cli::Machine;
use crate::support::output::DEADLINE;
use crate::support::pty::Terminal;
use crate::support::serve::guestlist;

/// The program's terminal, opened once more from outside.
fn tty_of(terminal: &Terminal) -> File {
    let path = std::fs::read_link(format!("/proc/{}/fd/1", terminal.pid())).unwrap();
    OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(path).unwrap()
}

fn wait_until_gone(terminal: &Terminal) {
    let process = format!("/proc/{}", terminal.pid());
    let begin = Instant::now();
    while std::path::Path::new(&process).exists() {
        assert!(begin.elapsed() < DEADLINE, "it did not end");
        std::thread::yield_now();
    }
}

#[test]
fn a_console_whose_terminal_takes_no_output_ends_when_it_is_told_to() {
    for key in ["", "?"] {
        let machine = Machine::with_flow();
        let terminal = up(&machine, &[]);
        terminal.wait_for_text("No invitation yet");
        let tty = tty_of(&terminal);
        tcflow(&tty, FlowArg::TCOOFF).unwrap();
        // With a key it stands in the middle of a frame; without, it can't even leave the terminal.
        terminal.send(key);
        terminal.signal(Signal::SIGTERM);
        wait_until_gone(&terminal);
        assert!(tcgetattr(&tty).unwrap().local_flags.contains(LocalFlags::ICANON | LocalFlags::ECHO));
        drop(tty);
        terminal.wait_exit();
        let log = std::fs::read_to_string(machine.home.path().join(".local/state/guestlist/guestlist.log")).unwrap();
        assert!(log.contains("the terminal takes no output"), "{log}");
    }
}

#[test]
fn a_console_whose_connection_is_lost_ends_in_order() {
    for command in ["console", "up"] {
        let machine = Machine::with_flow();
        let size = PtySize { rows: SIZE.1, cols: SIZE.0, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut program = CommandBuilder::new(guestlist());
        program.args(if command == "up" { vec!["up", "--listen", "127.0.0.1:0"] } else { vec!["console"] });
        program.env_clear();
        program.env("HOME", machine.home.path());
        program.env("TERM", "xterm-256color");
        let mut child = pair.slave.spawn_command(program).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (rows, columns) = (NonZeroU16::new(SIZE.1).unwrap(), NonZeroU16::new(SIZE.0).unwrap());
        let mut screen = vt100::Parser::new(rows, columns, 0);
        while !screen.screen().contents().contains("No invitation yet") {
            let mut chunk = [0; 8192];
            let length = reader.read(&mut chunk).unwrap();
            assert!(length > 0, "{}", screen.screen().contents());
            screen.process(&chunk[..length]);
        }
        drop((reader, pair.master));
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), None, "{command}: {status:?}");
        assert!(status.exit_code() < 2, "{command}: {status:?}");
    }
}
