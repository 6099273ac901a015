//! Links as CSV, for the mail merge and the spreadsheet.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::domain::id::InvitationId;
use crate::domain::slug::Slug;
use crate::domain::text::printable;

/// An invitation that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: InvitationId,
    /// Its name.
    pub name: Slug,
    /// The address in its custom attributes.
    pub email: String,
    /// Its link.
    pub link: String,
}

/// The links as CSV with headings. What a spreadsheet would take for a formula is made text of.
pub fn csv(links: &[Link]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(["name", "email", "link"]);
    for link in links {
        let _ = writer.write_record([&text(link.name.as_str()), &text(&link.email), &text(&link.link)]);
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// A value that no spreadsheet takes for a formula and no terminal for a command.
fn text(value: &str) -> String {
    let value = printable(value);
    if value.trim_start().starts_with(['=', '+', '-', '@', '|', '%']) {
        format!("'{value}")
    } else {
        value.into_owned()
    }
}

/// A file for links that is gone again unless it is kept.
pub(super) struct LinkFile {
    file: File,
    path: PathBuf,
    kept: bool,
}

impl LinkFile {
    /// Makes a file that only its owner reads. One that is there already is not touched.
    pub fn create(path: &Path) -> Result<Self, String> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|error| {
            let path = path.display();
            match error.kind() {
                ErrorKind::AlreadyExists => format!("{path} is there already: name another file for the links."),
                _ => format!("{path} can't be made: {error}."),
            }
        })?;
        Ok(Self { file, path: path.to_owned(), kept: false })
    }

    /// Writes the links.
    pub fn write(mut self, links: &[Link]) -> Result<Self, String> {
        let written = self.file.write_all(csv(links).as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| format!("{} can't be written: {error}.", self.path.display()))?;
        Ok(self)
    }

    /// Lets it stay.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for LinkFile {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing was made: an empty file would only be in the way of the next attempt.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_file_is_a_formula() {
        let link = |name: &str, email: &str| Link {
            id: InvitationId(uuid::Uuid::nil()),
            name: Slug::parse(name).unwrap(),
            email: email.into(),
            link: "https://x/".into(),
        };
        let text = csv(&[link("-a", "=cmd|' /C calc'!A0"), link("b", "x,\"y\"@z"), link("c", "\u{1b}[31m")]);
        let wanted = "name,email,link\n'-a,'=cmd|' /C calc'!A0,https://x/\nb,\"x,\"\"y\"\"@z\",https://x/\nc,\\u{1b}[31m,https://x/\n";
        assert_eq!(text, wanted);
    }
}
