//! Secrets: a database's password stays out of the list of processes, an account's password off the screen.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;

use nix::sys::termios::{self, LocalFlags, SetArg, Termios};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::error::CliError;
use super::output::say;
use crate::config::DatabaseUrl;
use crate::domain::text::printable;

/// A command line can be read by everybody on the machine: a database's password leaves it for the environment, which
/// only its owner can read, by starting this program over in the same process. Does nothing without a password.
pub fn hide_password() {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let Some((kept, url)) = without_password(arguments) else { return };
    if let Ok(own) = std::env::current_exe() {
        // Returns only if it failed; then the command goes on as it was given.
        let _ = Command::new(own).arg0(program).args(kept).env("GUESTLIST_DATABASE", url).exec();
    }
}

/// Asks for a password twice where somebody sits at the terminal, without showing it; else takes the first line.
/// Ctrl-C gives up, with the terminal as it was.
pub async fn read_password(username: &str) -> Result<String, CliError> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Ok(line(&mut stdin.lock())?);
    }
    let mut interrupted = signal(SignalKind::interrupt())?;
    let quiet = Quiet::begin()?;
    let (sender, answers) = oneshot::channel();
    let question = format!("New password of {}:", printable(username));
    // A thread of its own: one that waits for a line can't be stopped, and must not keep the program from its end.
    thread::spawn(move || {
        // Nobody listens any more after Ctrl-C.
        let _ = sender.send(ask_twice(&question));
    });
    let answers = tokio::select! {
        answers = answers => answers.map_err(|_| CliError::Failed("The password could not be read.".into()))?,
        _ = interrupted.recv() => return Err(CliError::Failed("Given up; the password is what it was.".into())),
    };
    drop(quiet);
    let (first, second) = answers?;
    if first == second { Ok(first) } else { Err(CliError::Failed("These are two different passwords.".into())) }
}

fn ask_twice(question: &str) -> io::Result<(String, String)> {
    let stdin = io::stdin();
    say(format_args!("{question}"));
    let first = line(&mut stdin.lock())?;
    say("Once more:");
    Ok((first, line(&mut stdin.lock())?))
}

/// A terminal that does not show what is typed; it does again when this is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO);
        termios::tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // The terminal may be gone; then there is nothing to restore.
        let _ = termios::tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &self.0);
    }
}

fn line(source: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    source.read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The arguments without the database, and the database, if there is a password in it.
fn without_password(arguments: impl IntoIterator<Item = OsString>) -> Option<(Vec<OsString>, OsString)> {
    let mut arguments = arguments.into_iter();
    let mut kept = Vec::new();
    let mut found = None;
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        let url = if text == "--" {
            kept.push(argument);
            kept.extend(arguments);
            break;
        } else if text == "--database" {
            arguments.next()
        } else {
            text.strip_prefix("--database=").map(OsString::from)
        };
        match url {
            // clap refuses the option given twice, and shall go on doing so.
            Some(_) if found.is_some() => return None,
            Some(url) => found = Some(url),
            None => kept.push(argument),
        }
    }
    let url = found?;
    DatabaseUrl::from(url.to_string_lossy().into_owned()).has_password().then_some((kept, url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(arguments: &str) -> Option<(String, OsString)> {
        let (kept, url) = without_password(arguments.split(' ').map(OsString::from))?;
        Some((kept.join(" ".as_ref()).into_string().unwrap(), url))
    }

    #[test]
    fn a_password_is_taken_out_wherever_the_option_stands() {
        let url = OsString::from("postgres://a:b@c/d");
        for line in ["--database postgres://a:b@c/d user list", "user list --database=postgres://a:b@c/d"] {
            assert_eq!(without(line), Some(("user list".into(), url.clone())));
        }
    }

    #[test]
    fn a_command_line_without_a_password_is_left_alone() {
        for line in [
            "user list",
            "--database sqlite:///a:b@c user list",
            "--database",
            "user show -- --database=postgres://a:b@c/d",
            "--database postgres://a:b@c/d --database x",
        ] {
            assert_eq!(without(line), None, "{line}");
        }
    }
}
