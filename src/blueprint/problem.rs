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
    /// The file, where it is not the one that was given: a blueprint that it asks for.
    pub file: Option<String>,
    /// Line in the file, counted from one; zero when the fault has no place of its own.
    pub line: usize,
    /// Column in that line, in characters, counted from one.
    pub column: usize,
    /// The entry's `id`, or else what it is found by, or else its model, where the fault lies inside an entry.
    pub entry: Option<String>,
    /// One sentence: what is wrong and, where known, what would be right.
    pub message: String,
    /// What can be done about it without changing the file.
    pub remedy: Remedy,
}

/// What can be done about a fault without changing the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Nothing.
    #[default]
    None,
    /// [`Options::skip_unsupported`](super::Options::skip_unsupported) leaves out what is not known here.
    LeaveOut,
    /// [`Options::allow_env`](super::Options::allow_env) or
    /// [`Options::allow_files`](super::Options::allow_files) lets it read this machine.
    LetRead,
}

impl Problem {
    /// A fault outside of any entry.
    pub fn new(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self { file: None, line, column, entry: None, message: message.into(), remedy: Remedy::None }
    }
}

impl Problem {
    /// The same with what can be done about it.
    #[must_use]
    pub fn with(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }

    /// As its display, with the file that was given before it where it is of no other.
    pub fn in_file(&self, file: &str) -> String {
        match (&self.file, self.line) {
            (Some(_), _) => self.to_string(),
            (None, 0) => format!("{}: {self}", text::printable(file)),
            (None, _) => format!("{}:{self}", text::printable(file)),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (None, 0) => {}
            (None, line) => write!(f, "{line}:{}: ", self.column)?,
            (Some(file), 0) => write!(f, "{}: ", text::printable(file))?,
            (Some(file), line) => write!(f, "{}:{line}:{}: ", text::printable(file), self.column)?,
        }
        if let Some(entry) = &self.entry {
            write!(f, "entry {}: ", quote(entry))?;
        }
        f.write_str(&self.message)
    }
}

/// Every fault found in one file, in the order of the file; never empty when returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(
    /// The faults, as many as anybody reads.
    pub Vec<Problem>,
    /// How many more there are.
    pub usize,
);

impl Problems {
    /// Adds a fault that is not there yet; beyond a sensible number they are only counted.
    pub fn push(&mut self, problem: Problem) {
        if self.0.contains(&problem) {
            return;
        }
        if self.0.len() < MOST {
            self.0.push(problem);
        } else {
            self.1 += 1;
        }
    }

    /// Adds all faults of another list.
    pub fn extend(&mut self, others: Problems) {
        for problem in others.0 {
            self.push(problem);
        }
        self.1 += others.1;
    }

    /// Adds those faults of another list that stand where this one has none: the same thing is not to be said twice.
    pub fn add_elsewhere(&mut self, others: Problems) {
        let places: Vec<_> = self.0.iter().map(|one| (one.file.clone(), one.line, one.column)).collect();
        let is_elsewhere = |one: &Problem| !places.contains(&(one.file.clone(), one.line, one.column));
        self.extend(Problems(others.0.into_iter().filter(is_elsewhere).collect(), others.1));
    }

    /// The same faults, of that file where they are of no other.
    #[must_use]
    pub fn of_file(mut self, file: &str) -> Self {
        for problem in &mut self.0 {
            problem.file.get_or_insert_with(|| file.to_owned());
        }
        self
    }

    /// Whether this can be done about any of them.
    pub fn have(&self, remedy: Remedy) -> bool {
        self.0.iter().any(|problem| problem.remedy == remedy)
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

    /// What is said below the list where there are more.
    pub fn rest(&self) -> Option<String> {
        match self.1 {
            0 => None,
            1 => Some("And 1 more problem.".to_owned()),
            more => Some(format!("And {more} more problems.")),
        }
    }

    /// A line for each, with the file that was given before its place, and one for those that are not listed.
    pub fn lines(&self, file: &str) -> Vec<String> {
        self.0.iter().map(|problem| problem.in_file(file)).chain(self.rest()).collect()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem], 0)
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
        match self.rest() {
            Some(rest) => write!(f, "\n{rest}"),
            None => Ok(()),
        }
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
