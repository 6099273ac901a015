//! Aligned columns for people. Scripts take `--json`.

use std::io;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::output::Output;
use crate::domain::text::printable;

/// The widest cell: longer text is cut here and whole in JSON and in `show`.
const WIDEST: usize = 64;

/// Rows under headings.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
    whole: bool,
}

impl Table {
    /// A table of these columns.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|&heading| heading.to_owned()).collect()], whole: false }
    }

    /// The same with nothing cut.
    pub fn whole(headings: &[&str]) -> Self {
        Self { whole: true, ..Self::new(headings) }
    }

    /// Adds a row; its cells may hold any text.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let widest = if self.whole { usize::MAX } else { WIDEST };
        self.rows.push(cells.into_iter().map(|cell| fit(&printable(cell.as_ref()), widest)).collect());
    }

    /// Prints the table, or says that it is empty.
    pub fn print(&self, out: &mut Output, when_empty: &str) -> io::Result<()> {
        if self.rows.len() == 1 {
            super::output::say(when_empty);
            return Ok(());
        }
        print_columns(&self.rows, out)
    }
}

/// Prints one thing, a line each: what and value. Values that have several lines are indented below each other.
pub fn print_details(details: &[(&str, String)], out: &mut Output) -> io::Result<()> {
    let width = details.iter().map(|(what, _)| what.width()).max().unwrap_or(0);
    for (what, value) in details {
        let mut lines = value.trim_end().lines();
        let first = lines.next().unwrap_or("-");
        out.line(format_args!("{what:width$}  {first}"))?;
        for line in lines {
            out.line(format_args!("{:width$}  {line}", ""))?;
        }
    }
    Ok(())
}

fn print_columns(rows: &[Vec<String>], out: &mut Output) -> io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width_of = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width_of(column).unwrap_or(0)).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
        }
        out.line(line.trim_end())?;
    }
    Ok(())
}

/// The text, cut to the widest cell; `-` for none.
fn fit(text: &str, widest: usize) -> String {
    if text.is_empty() {
        return "-".into();
    }
    if text.width() <= widest {
        return text.to_owned();
    }
    let mut width = 0;
    let fitting = text.chars().take_while(|c| {
        width += c.width().unwrap_or(0);
        width < widest
    });
    let mut cut: String = fitting.collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_cells_are_cut_by_the_columns_they_take() {
        assert_eq!(fit(&"x".repeat(WIDEST), WIDEST).width(), WIDEST);
        assert_eq!(fit(&"x".repeat(10_000), WIDEST).width(), WIDEST);
        assert!(fit(&"山".repeat(100), WIDEST).width() <= WIDEST);
        assert_eq!(fit("", WIDEST), "-");
    }
}
