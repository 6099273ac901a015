//! What is wrong with a file, and where: the one form in which this room reports faults of input.

use crate::domain::text;
use std::fmt;

/// More than this many problems help nobody, and a hostile file must not fill the memory with them.
const MOST: usize = 200;

/// Longer pieces of the file are cut when a message quotes them.
const QUOTED: usize = 60;

/// One fault at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line in the file, counted from one; zero when the fault has no place of its own.
    pub line: usize,
    /// Column in that line, in characters, counted from one.
    pub column: usize,
    /// The entry's `id`, or else its name or slug, where the fault lies inside an entry.
    pub entry: Option<String>,
    /// One sentence: what is wrong and, where known, what would be right.
    pub message: String,
}

impl Problem {
    /// A fault outside of any entry.
    pub fn new(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self { line, column, entry: None, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        if let Some(entry) = &self.entry {
            write!(f, "entry {}: ", quote(entry))?;
        }
        f.write_str(&self.message)
    }
}

/// Every fault found in one file, in the order of the file; never empty when returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Adds a fault; beyond a sensible number they are dropped, since each was found in the same file anyway.
    pub fn push(&mut self, problem: Problem) {
        if self.0.len() < MOST && !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// Adds all faults of another list.
    pub fn extend(&mut self, others: Problems) {
        for problem in others.0 {
            self.push(problem);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value when nothing is wrong, otherwise the faults in the order of the file.
    pub fn or<T>(mut self, value: T) -> Result<T, Problems> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort();
        Err(self)
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A piece of the file in backticks, cut and printable, because messages reach terminals.
pub fn quote(piece: &str) -> String {
    format!("`{}`", text::printable(&text::shorten(piece, QUOTED)))
}

/// A list of choices for a message: `` `a`, `b` or `c` ``.
pub fn choices(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => quote(only),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| quote(word)).collect();
            format!("{} or {}", first.join(", "), quote(last))
        }
    }
}
