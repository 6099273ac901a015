//! What the console writes to a slow line: little, in whole frames, and nothing while nothing happens.

use std::time::Duration;

use super::{invite, run};
use crate::cli::Machine;
use crate::support::pty::Terminal;

/// Around each frame, so that the terminal shows it at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// A console with some invitations on a large terminal.
fn console() -> (Machine, Terminal) {
    let machine = Machine::with_flow();
    for number in 10..22 {
        invite(&machine, &format!("guest-{number}"));
    }
    let terminal = run(&machine, &["console"], &[]);
    terminal.resize((120, 40));
    terminal.wait_for_text("guest-21");
    terminal.wait_for("the whole width", |screen| screen.rows(0, 120).next().is_some_and(|row| row.len() > 105));
    (machine, terminal)
}

/// The row that is selected: the one that is shown reversed.
fn selected(screen: &vt100::Screen) -> Option<u16> {
    (2..38).find(|row| screen.cell(*row, 60).is_some_and(vt100::Cell::inverse))
}

#[test]
fn moving_the_cursor_writes_less_than_four_hundred_bytes() {
    let (_machine, terminal) = console();
    let mut sizes = Vec::new();
    for key in ["j", "j", "j", "<down>", "<down>", "k", "k", "k", "<up>"] {
        let before = terminal.output().len();
        let row = std::cell::Cell::new(None);
        terminal.wait_for("a selected row", |screen| {
            row.set(selected(screen));
            row.get().is_some()
        });
        terminal.send(key);
        terminal.wait_for("another selected row", |screen| selected(screen).is_some_and(|now| Some(now) != row.get()));
        sizes.push(terminal.output().len() - before);
    }
    // Now and then the clock goes on, or a change is read, at the same time.
    sizes.sort_unstable();
    assert!(sizes[sizes.len() / 2] < 400, "{sizes:?}");
}

#[test]
fn every_frame_is_one_synchronized_update_and_nothing_is_written_between_frames() {
    let (_machine, terminal) = console();
    // Each key's frame is waited for before the next key, or several would be drawn as one.
    let help = "Show its link as a QR code";
    terminal.send("?");
    terminal.wait_for_text(help);
    terminal.send("<esc>");
    terminal.wait_for("the help to be gone", |screen| !screen.contents().contains(help));
    terminal.send("n");
    terminal.wait_for_text("Create Invitation");
    terminal.send("<esc>");
    terminal.wait_for("the dialog to be gone", |screen| !screen.contents().contains("Create Invitation"));
    let output = terminal.output();
    let mut rest = &output[find(&output, BEGIN).unwrap()..];
    let mut frames = 0;
    while !rest.is_empty() {
        assert!(
            rest.starts_with(BEGIN),
            "between two frames: {:?}",
            String::from_utf8_lossy(&rest[..rest.len().min(40)])
        );
        // The last one may be under way.
        let Some(end) = find(rest, END) else { break };
        assert_eq!(find(&rest[BEGIN.len()..end], BEGIN), None, "a frame within a frame");
        rest = &rest[end + END.len()..];
        frames += 1;
    }
    assert!(frames >= 4, "{frames} frames");
}

/// How often any of a process's threads went to sleep until now.
fn wake_ups(terminal: &Terminal) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", terminal.pid())).unwrap();
    let switches = |status: String| {
        let line =
            status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap().trim().to_owned();
        line.parse::<u64>().unwrap()
    };
    tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok()).map(switches).sum()
}

#[test]
fn an_idle_console_writes_nothing_and_wakes_up_for_the_change_check_only() {
    let (_machine, terminal) = console();
    // What was begun is done when nothing has been written for a while.
    let mut before = 0;
    while terminal.output().len() != before {
        before = terminal.output().len();
        std::thread::sleep(Duration::from_millis(500));
    }
    let woken = wake_ups(&terminal);
    std::thread::sleep(Duration::from_secs(2));
    let (written, woken) = (terminal.output().len() - before, wake_ups(&terminal) - woken);
    // Four checks a second, each by a few threads: a program that polls its terminal wakes up a hundred times.
    assert!(woken < 80, "woken {woken} times");
    // The clock in the corner may have gone to the next minute.
    assert!(written < 120, "{written} bytes");
}

#[test]
fn colours_are_written_as_every_terminal_knows_them() {
    let (_machine, terminal) = console();
    let output = terminal.output();
    for newer in [&b"\x1b[38;5;"[..], b";38;5;", b"\x1b[48;5;", b";48;5;", b"\x1b[59m"] {
        assert_eq!(find(&output, newer), None, "{:?}", String::from_utf8_lossy(newer));
    }
    let old = output.windows(3).any(|window| window[..2] == *b"\x1b[" && matches!(window[2], b'3' | b'9'));
    assert!(old, "no colour at all");
}
