//! Rows from a CSV file, as spreadsheets and people write it: with a byte order mark or without, separated by commas,
//! semicolons or tabs, values with line breaks in quotes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};

use super::newlines::Newlines;
use super::order::MOST;
use super::plan::Fault;
use crate::domain::text::{check_line, printable, shorten};

/// A file that is larger is not read any further: so much is never needed for [`MOST`] rows that people wrote.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// The most columns.
const MOST_COLUMNS: usize = 200;
/// So many faults are told; whoever has more has made the same one many times.
pub(super) const MOST_FAULTS: usize = 20;

/// What stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The headings.
    pub columns: Vec<String>,
    /// The rows, each with as many values.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its values.
    pub values: Vec<String>,
}

impl Table {
    /// Reads a file. The error is everything that is wrong with it, up to a sensible number of faults.
    pub fn read(source: impl Read) -> Result<Self, Vec<Fault>> {
        let mut source = BufReader::with_capacity(64 * 1024, source.take(MOST_BYTES + 1));
        let begin = source.fill_buf().map_err(|why| vec![Fault::of_file(format!("It can't be read: {why}."))])?;
        let delimiter = delimiter(begin);
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(Newlines::new(&mut source));
        let columns = match reader.headers() {
            Ok(headings) => headings.iter().map(|heading| heading.trim().to_owned()).collect::<Vec<_>>(),
            Err(error) => return Err(vec![broken(&error)]),
        };
        check_headings(&columns)?;
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        let mut record = StringRecord::new();
        loop {
            let read = match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => row(&record, reader.position().line(), &columns),
                Err(error) => Err(broken(&error)),
            };
            match read {
                // A blank line at the end is no row.
                Ok(row) if row.values.iter().all(String::is_empty) => {}
                Ok(row) => rows.push(row),
                Err(fault) => faults.push(fault),
            }
            if rows.len() > MOST {
                return Err(vec![Fault::of_file(format!(
                    "It has more than {MOST} rows, the most of one batch. Split it, and make a batch of each part."
                ))]);
            }
            if faults.len() >= MOST_FAULTS {
                break;
            }
        }
        if reader.position().byte() > MOST_BYTES {
            let most = MOST_BYTES / 1024 / 1024;
            return Err(vec![Fault::of_file(format!("It is larger than {most} MB. Split it."))]);
        }
        if faults.is_empty() && rows.is_empty() {
            return Err(vec![Fault::of_file("There is no row below the headings.")]);
        }
        if faults.is_empty() { Ok(Self { columns, rows }) } else { Err(faults) }
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

/// What separates values: what the line of headings has most of.
fn delimiter(begin: &[u8]) -> u8 {
    let line = String::from_utf8_lossy(begin.split(|byte| *byte == b'\n').next().unwrap_or_default()).into_owned();
    let mut best = ',';
    for sign in [';', '\t'] {
        if line.matches(sign).count() > line.matches(best).count() {
            best = sign;
        }
    }
    best as u8
}

fn check_headings(columns: &[String]) -> Result<(), Vec<Fault>> {
    let fault = |message: String| Err(vec![Fault { line: Some(1), message }]);
    if columns.iter().all(String::is_empty) {
        return fault("Write the headings of the columns here, such as name,email.".into());
    }
    if columns.len() > MOST_COLUMNS {
        return fault(format!("Use at most {MOST_COLUMNS} columns."));
    }
    let mut seen = BTreeMap::new();
    for (column, number) in columns.iter().zip(1..) {
        let shown = printable(&shorten(column, 40)).into_owned();
        if column.is_empty() || column.split('.').any(str::is_empty) {
            return fault(format!("Column {number} has no heading that can be used: `{shown}`."));
        }
        if let Err(why) = check_line(column, 200) {
            return fault(format!("Column {number}, `{shown}`: {why}"));
        }
        if let Some(other) = seen.insert(column, number) {
            return fault(format!("The columns {other} and {number} are both called `{shown}`."));
        }
    }
    Ok(())
}

/// One record as a row, given the line on which the next one begins. (The library's own number is that of where it began
/// to look for the record, above blank lines.)
fn row(record: &StringRecord, next: u64, columns: &[String]) -> Result<Row, Fault> {
    let breaks: usize = record.iter().map(|value| value.matches('\n').count()).sum();
    let line = next.saturating_sub(1 + breaks as u64);
    let wanted = columns.len();
    // Spreadsheets leave separators at the end of rows.
    let (kept, more) = record.iter().collect::<Vec<_>>().split_at_checked(wanted).map_or_else(
        || (record.iter().map(|it| it.trim().to_owned()).collect::<Vec<_>>(), false),
        |(kept, rest)| {
            (kept.iter().map(|it| it.trim().to_owned()).collect(), rest.iter().any(|it| !it.trim().is_empty()))
        },
    );
    let blank = kept.iter().all(String::is_empty);
    if more || (kept.len() < wanted && !blank) {
        let values = if record.len() == 1 { "1 value".to_owned() } else { format!("{} values", record.len()) };
        let message = format!("{values} for {wanted} columns. A value with a separator in it has to stand in quotes.");
        return Err(Fault { line: Some(line), message });
    }
    Ok(Row { line, values: kept })
}

fn broken(error: &csv::Error) -> Fault {
    let line = error.position().map(Position::line);
    let message = match error.kind() {
        ErrorKind::Utf8 { .. } => "This is not UTF-8 text. Save the file as \"CSV UTF-8\".".to_owned(),
        ErrorKind::Io(why) => format!("It can't be read: {why}."),
        _ => format!("{error}."),
    };
    Fault { line, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, String> {
        Table::read(text.as_bytes())
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn what_spreadsheets_write_is_understood() {
        let wanted = ["name", "email"];
        for text in
            ["\u{feff}name,email\r\njane, j@x.org \r\n\r\n", "name;email\njane;j@x.org\n", "name\temail\njane\tj@x.org"]
        {
            let table = read(text).unwrap();
            assert_eq!(table.columns, wanted, "{text:?}");
            assert_eq!(table.rows, [Row { line: 2, values: vec!["jane".into(), "j@x.org".into()] }], "{text:?}");
        }
    }

    #[test]
    fn a_value_in_quotes_has_line_breaks_and_lines_are_counted_on() {
        let table = read("name,note\n\na,\"one\r\ntwo, \"\"three\"\"\"\r\n\r\nb,x").unwrap();
        assert_eq!(table.rows[0].values[1], "one\ntwo, \"three\"");
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6]);
    }

    #[test]
    fn each_fault_has_its_line() {
        let faults = read("name,email\na\nb,c\nd,e,f\n").unwrap_err();
        assert!(faults.starts_with("line 2: 1 value for 2 columns."), "{faults}");
        assert!(faults.contains("\nline 4: 3 values"), "{faults}");
        assert!(read("name,name\n").unwrap_err().contains("both called `name`"));
        assert!(read("a,,b\n1,2,3\n").unwrap_err().contains("Column 2"));
        assert!(read("a\u{1b},b\n1,2\n").unwrap_err().contains("U+001B"));
        assert!(read("").unwrap_err().contains("headings"));
        assert!(read("name\n").unwrap_err().contains("no row"));
        let latin = Table::read(&b"name\nJos\xe9\n"[..]).unwrap_err();
        assert!(latin[0].to_string().starts_with("line 2: This is not UTF-8"), "{latin:?}");
        assert!(Table::read(&b"\xff\xfen\0a\0"[..]).is_err());
    }

    #[test]
    fn a_file_without_end_is_not_read_to_its_end() {
        let rows = std::iter::repeat_n("x\n", 100_000).collect::<String>();
        assert!(read(&format!("name\n{rows}")).unwrap_err().contains("more than 10000 rows"));
        let endless = "name\n\"".as_bytes().chain(std::io::repeat(b'x'));
        assert!(Table::read(endless).unwrap_err()[0].message.contains("16 MB"));
        assert_eq!(read(&format!("name\n{}", "1,2\n".repeat(50))).unwrap_err().lines().count(), MOST_FAULTS);
    }
}
