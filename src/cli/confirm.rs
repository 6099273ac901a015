//! Questions at a terminal. Where nobody sits at one, nothing is asked.

use std::io::{self, BufRead, IsTerminal};

use super::output::say;

/// Whether somebody is there to answer.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question; an empty line is the `default`, the end of input is no.
pub fn ask(question: &str, default: bool) -> io::Result<bool> {
    loop {
        say(format_args!("{question} [{}]", if default { "Y/n" } else { "y/N" }));
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(false);
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "" => return Ok(default),
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => say("Answer y or n."),
        }
    }
}
