//! Names from a template: `eng-{n}`, `guest-{n:3}`, `{email}`.

use std::fmt::Write;

/// The most digits that a number is filled up to.
const MOST_DIGITS: usize = 9;

/// A template of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// The number of the row, with at least so many digits.
    Number(usize),
    /// What stands in that column.
    Column(String),
}

impl Template {
    /// Reads a template. `{n}` is the number of the invitation, `{n:3}` the same with at least three digits, any other
    /// word in braces a column of the file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text.trim();
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}').ok_or("A `{` is never closed with `}`.")?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(placeholder(inside.trim())?);
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        if pieces.is_empty() {
            return Err("Enter a name, such as eng-{n}.".into());
        }
        Ok(Self { pieces })
    }

    /// Whether each name has its number: without it, names differ by what stands in the columns only.
    pub fn counts(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Number(_)))
    }

    /// Whether it can name so many without a file.
    pub fn check_for(&self, count: usize) -> Result<(), String> {
        match self.columns().next() {
            Some(column) => Err(format!("There is no column `{column}` without a file; {{n}} is the number.")),
            None if count > 1 && !self.counts() => {
                Err("The name needs {n}, such as eng-{n}: no two may have the same.".into())
            }
            None => Ok(()),
        }
    }

    /// The columns that it asks for.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Column(column) => Some(column.as_str()),
            _ => None,
        })
    }

    /// The same with numbers that are filled up filled up to the width of the last one, so that names sort as they count.
    #[must_use]
    pub fn filled_up_for(&self, last: u64) -> Self {
        let needed = last.to_string().len();
        let piece = |piece: &Piece| match piece {
            Piece::Number(digits @ 2..) => Piece::Number(needed.max(*digits)),
            other => other.clone(),
        };
        Self { pieces: self.pieces.iter().map(piece).collect() }
    }

    /// The name of one invitation, given its number and what stands in a column.
    pub fn name<'a>(&self, number: u64, cell: impl Fn(&str) -> Option<&'a str>) -> Result<String, String> {
        let mut name = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Number(digits) => {
                    // Writing to a String can't fail.
                    let _ = write!(name, "{number:0digits$}");
                }
                Piece::Column(column) => {
                    let plain = plain(cell(column).unwrap_or_default());
                    if plain.is_empty() {
                        return Err(format!("`{column}` has no letter or digit for the name."));
                    }
                    name.push_str(&plain);
                }
            }
        }
        Ok(name)
    }
}

fn placeholder(inside: &str) -> Result<Piece, String> {
    if let Some(digits) = inside.strip_prefix("n:") {
        let digits = digits.trim().parse().ok().filter(|digits| (1..=MOST_DIGITS).contains(digits));
        return digits
            .map(Piece::Number)
            .ok_or_else(|| format!("Write the number of digits from 1 to {MOST_DIGITS}, such as {{n:3}}."));
    }
    match inside {
        "" => Err("Write what stands there between `{` and `}`, such as {n}.".into()),
        "n" => Ok(Piece::Number(1)),
        column => Ok(Piece::Column(column.to_owned())),
    }
}

/// What stands in a column as a part of a name: `jane.doe@example.com` becomes `jane-doe-example-com`.
fn plain(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(template: &str, number: u64, email: &str) -> Result<String, String> {
        Template::parse(template)?.name(number, |column| (column == "email").then_some(email))
    }

    #[test]
    fn numbers_are_filled_up_with_zeros() {
        assert_eq!(name("eng-{n}", 7, ""), Ok("eng-7".into()));
        assert_eq!(name("{n:3}_eng", 7, ""), Ok("007_eng".into()));
        assert_eq!(name("{n:3}", 12_345, ""), Ok("12345".into()));
    }

    #[test]
    fn names_sort_as_they_count_also_where_there_are_more_than_the_zeros_are_for() {
        let name = |template: &str, last| Template::parse(template).unwrap().filled_up_for(last).name(7, |_| None);
        assert_eq!(name("{n:2}", 300), Ok("007".into()));
        assert_eq!(name("{n:4}", 300), Ok("0007".into()));
        assert_eq!(name("{n}", 300), Ok("7".into()));
    }

    #[test]
    fn columns_become_parts_of_names() {
        assert_eq!(name("for-{email}-{n}", 1, "Jane..Doe@example.com"), Ok("for-Jane-Doe-example-com-1".into()));
        assert!(name("{email}", 1, "山田").unwrap_err().contains("`email`"));
        assert!(name("{other}", 1, "x").unwrap_err().contains("`other`"));
    }

    #[test]
    fn a_template_that_can_t_be_read_says_why() {
        for bad in ["", "  ", "eng-{n", "eng-{}", "{n:0}", "{n:99}", "{n:x}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
