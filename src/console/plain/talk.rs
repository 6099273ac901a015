//! Saying and asking, a line each.

use std::future::Future;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::pin::Pin;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{self, LocalFlags, SetArg, SpecialCharacterIndices, Termios};
use tokio::sync::oneshot;

use super::HELP;
use crate::console::theme::Theme;
use crate::console::widget::text;

/// Why the conversation ends.
#[derive(Debug)]
pub(super) enum Stop {
    /// It was quit, or nothing more is typed.
    Quit,
    /// Input or output is broken.
    Broken(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// The longest line that is taken: what is longer is cut, and what is wrong with it is said.
const MOST_BYTES: usize = 1024 * 1024;

/// More than standard input buffers itself, so that nothing waits there which can't be seen here.
const BUFFER: usize = 64 * 1024;

/// The most columns of a wrong word that are said.
const SHOWN: usize = 60;

const CTRL_C: u8 = 3;

/// What lies at the ends of the conversation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ends {
    /// Whether a person types at a terminal, which shows what is typed.
    pub typed: bool,
    /// Whether the output is a terminal that takes control sequences.
    pub sequences: bool,
    /// Whether the input is the program's own: that can be waited for without reading it.
    pub stdin: bool,
}

/// Input and output.
pub(super) struct Talk<R, W> {
    input: BufReader<R>,
    output: W,
    ascii: bool,
    ends: Ends,
    /// A line that was read before it was asked for.
    early: Option<String>,
}

/// What was typed, as far as it is repeated where nothing is called so.
pub(super) fn repeated(typed: &str) -> String {
    text::cut(&text::safe(typed), SHOWN)
}

impl<R: BufRead, W: Write> Talk<R, W> {
    pub fn new(input: R, output: W, ascii: bool, ends: Ends) -> Self {
        Self { input: BufReader::with_capacity(BUFFER, input), output, ascii, ends, early: None }
    }

    /// Says something; what could steer a terminal does not get out.
    pub fn say(&mut self, text: &str) -> Result<(), Stop> {
        for line in text.lines() {
            let safe = crate::domain::text::printable(line);
            let shown = if self.ascii { Theme::in_ascii(&safe) } else { safe.into_owned() };
            writeln!(self.output, "{}", shown.trim_end())?;
        }
        self.output.flush()?;
        Ok(())
    }

    /// Writes a line of a picture as it is: its blanks count.
    pub fn picture(&mut self, line: &str) -> Result<(), Stop> {
        writeln!(self.output, "{line}")?;
        Ok(())
    }

    /// Sends a terminal its own control sequence; `false` where there is no terminal that takes one.
    pub fn sequence(&mut self, sequence: &str) -> Result<bool, Stop> {
        if self.ends.sequences {
            self.output.write_all(sequence.as_bytes())?;
            self.output.flush()?;
        }
        Ok(self.ends.sequences)
    }

    /// Whether a terminal is there that takes control sequences.
    pub fn takes_sequences(&self) -> bool {
        self.ends.sequences
    }

    /// Asks for a line as it is.
    fn line(&mut self, prompt: &str) -> Result<String, Stop> {
        let safe = crate::domain::text::printable(prompt);
        let shown = if self.ascii { Theme::in_ascii(&safe) } else { safe.into_owned() };
        write!(self.output, "{shown} ")?;
        self.output.flush()?;
        if let Some(early) = self.early.take() {
            writeln!(self.output)?;
            return Ok(early);
        }
        let line = self.read()?;
        if !self.ends.typed || line.is_none() {
            // What is typed ends the line on a terminal, and nothing does elsewhere.
            writeln!(self.output)?;
        }
        line.ok_or(Stop::Quit)
    }

    /// Reads a line without its end; none at the end of the input. The rest of a line that is too long is dropped: it is
    /// no line of its own.
    fn read(&mut self) -> Result<Option<String>, Stop> {
        let mut line = Vec::new();
        let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
        if Read::take(&mut self.input, most).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.len() == MOST_BYTES && !line.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// Ends when a line is there to be read, or the input has ended, without reading either.
    pub fn pressed(&self) -> Pin<Box<dyn Future<Output = ()>>> {
        if !self.ends.stdin || !self.input.buffer().is_empty() {
            return Box::pin(std::future::ready(()));
        }
        let (tell, told) = oneshot::channel();
        // A thread of its own, which nobody waits for where the conversation ends before anything is typed.
        std::thread::spawn(move || {
            let stdin = io::stdin();
            let mut ready = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
            // Where that fails the line is read at once, which waits as well.
            let _ = poll(&mut ready, PollTimeout::NONE);
            let _ = tell.send(());
        });
        Box::pin(async move {
            let _ = told.await;
        })
    }

    /// Reads the line that ends something. Where it is more than Enter, it is what is typed next.
    pub fn enter(&mut self) -> Result<(), Stop> {
        let line = self.read()?.ok_or(Stop::Quit)?;
        self.early = Some(line).filter(|line| !line.trim().is_empty());
        Ok(())
    }

    /// Asks for a value; Enter keeps the one there is. None where the person gives up.
    pub fn ask(&mut self, label: &str, kept: &str) -> Result<Option<String>, Stop> {
        let prompt = if kept.is_empty() { format!("{label}:") } else { format!("{label} [{kept}]:") };
        let typed = self.line(&prompt)?;
        Ok(match typed.trim() {
            "" => Some(kept.to_owned()),
            "." => None,
            "-" => Some(String::new()),
            other => Some(other.to_owned()),
        })
    }

    /// Asks until the answer can be read; the fault is said.
    pub fn ask_for<T>(
        &mut self,
        label: &str,
        kept: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Stop> {
        loop {
            let Some(typed) = self.ask(label, kept)? else { return Ok(None) };
            match read(&typed) {
                Ok(value) => return Ok(Some(value)),
                Err(why) => self.say(&format!("Error: {label}: {why}"))?,
            }
        }
    }

    /// Asks a question; Enter is no.
    pub fn confirm(&mut self, question: &str) -> Result<bool, Stop> {
        let answer = self.line(&format!("{question} (yes or no) [no]:"))?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a word that has to be typed whole, so that nothing is lost by a slip.
    pub fn typed_word(&mut self, question: &str, word: &str) -> Result<bool, Stop> {
        let done = self.line(&format!("{question} Type {word} to do it:"))?.trim() == word;
        if !done {
            self.say("Nothing was done.")?;
        }
        Ok(done)
    }

    /// Asks for a password, which is not shown. Ctrl-C answers with nothing instead of ending the program while the
    /// terminal does not show what is typed.
    pub fn secret(&mut self, label: &str) -> Result<String, Stop> {
        if !self.ends.typed {
            return self.line(&format!("{label}:"));
        }
        let _quiet = Quiet::begin()?;
        write!(self.output, "{label}: ")?;
        self.output.flush()?;
        let mut typed = Vec::new();
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                return Err(Stop::Quit);
            }
            let end = bytes.iter().position(|byte| matches!(*byte, b'\n' | CTRL_C));
            typed.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
            let (ended, given_up) = (end.is_some(), end.is_some_and(|at| bytes[at] == CTRL_C));
            let taken = end.map_or(bytes.len(), |at| at + 1);
            self.input.consume(taken);
            if given_up {
                typed.clear();
            }
            if ended {
                writeln!(self.output)?;
                return Ok(String::from_utf8_lossy(&typed).trim_end_matches('\r').to_owned());
            }
        }
    }

    /// Asks for one of a menu: its number or its first word. None is back.
    pub fn choose<T: Copy>(&mut self, title: &str, choices: &[(T, String)]) -> Result<Option<T>, Stop> {
        self.say(&format!("\n{title}"))?;
        for (number, (_, label)) in choices.iter().enumerate() {
            self.say(&format!("{} {label}", number + 1))?;
        }
        loop {
            let typed = self.command()?;
            if typed == "b" || typed == "back" {
                return Ok(None);
            }
            let number = typed.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
            let begins = |label: &str| !typed.is_empty() && label.to_lowercase().starts_with(&typed);
            match number.or_else(|| choices.iter().find(|(_, label)| begins(label))) {
                Some((choice, _)) => return Ok(Some(*choice)),
                None => self.say(&format!(
                    "Error: the menu has no `{}`. Type a number from 1 to {}, b to go back, ? for help.",
                    repeated(&typed),
                    choices.len()
                ))?,
            }
        }
    }

    /// Asks what to do next, in lower case. Help is given here, and quitting ends everything.
    pub fn command(&mut self) -> Result<String, Stop> {
        loop {
            let typed = self.line(">")?;
            match typed.trim().to_lowercase().as_str() {
                "?" | "h" | "help" => self.say(HELP)?,
                "q" | "quit" | "exit" => return Err(Stop::Quit),
                other => return Ok(other.to_owned()),
            }
        }
    }
}

/// A terminal that does not show what is typed; it does again when this is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO | LocalFlags::ISIG);
        silent.control_chars[SpecialCharacterIndices::VEOL as usize] = CTRL_C;
        termios::tcsetattr(io::stdin(), SetArg::TCSANOW, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // The terminal may be gone; then there is nothing to restore.
        let _ = termios::tcsetattr(io::stdin(), SetArg::TCSANOW, &self.0);
    }
}
