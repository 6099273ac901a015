//! Waits for a line that a child process prints, by reading: no sleeping, and a deadline.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long anything that a test waits for may take. Generous: it is only reached when something is broken.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Reads until a line contains `marker` and gives that line; when the output ends or the deadline passes before that,
/// gives all that was read. A thread goes on reading in the background, so that the child never blocks on a full pipe.
pub fn wait_for(output: impl Read + Send + 'static, marker: &str) -> Result<String, String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
        }
    });
    let deadline = Instant::now() + DEADLINE;
    let mut read = Vec::new();
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) if line.contains(marker) => return Ok(line),
            Ok(line) => read.push(line),
            Err(RecvTimeoutError::Disconnected) => return Err(read.join("\n")),
            Err(RecvTimeoutError::Timeout) => return Err(format!("{}\n(nothing more in time)", read.join("\n"))),
        }
    }
}

#[test]
fn a_line_is_found_and_its_absence_shows_what_was_read() {
    assert_eq!(wait_for(&b"one\ntwo\n"[..], "tw").unwrap(), "two");
    assert_eq!(wait_for(&b"one\ntwo\n"[..], "three").unwrap_err(), "one\ntwo");
}
