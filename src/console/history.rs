//! The commands that were typed, kept in a file that only its owner can read.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::domain::text::is_harmful;

/// So many are kept.
const KEPT: usize = 500;
/// A longer file was not written by us.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The commands, oldest first; none where there is no file.
pub fn read(place: &Path) -> Vec<String> {
    if !fs::metadata(place).is_ok_and(|about| about.is_file() && about.len() <= LONGEST) {
        return Vec::new();
    }
    let text = fs::read_to_string(place).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.chars().any(is_harmful));
    lines.map(str::to_owned).collect()
}

/// Appends a command. One that was typed before moves to the end.
pub fn keep(place: &Path, command: &str) -> io::Result<()> {
    let mut lines = read(place);
    lines.retain(|line| line != command);
    lines.push(command.to_owned());
    let surplus = lines.len().saturating_sub(KEPT);
    if let Some(folder) = place.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    // Written beside it and moved: whoever reads meanwhile reads the old one.
    let beside = place.with_extension(format!("{}.new", std::process::id()));
    let mut file = fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
    for line in &lines[surplus..] {
        writeln!(file, "{line}")?;
    }
    fs::rename(&beside, place)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn commands_are_kept_once_each_and_for_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("deep/history");
        assert!(read(&place).is_empty());
        for command in ["inv eng", "flow default", "inv eng"] {
            keep(&place, command).unwrap();
        }
        assert_eq!(read(&place), ["flow default", "inv eng"]);
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        for number in 0..KEPT {
            keep(&place, &format!("user {number}")).unwrap();
        }
        assert_eq!(read(&place).len(), KEPT);
        assert_eq!(read(&place)[0], "user 0");
    }

    #[test]
    fn what_could_steer_a_terminal_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("history");
        fs::write(&place, "inv\u{1b}[2J\nuser jane\n\n").unwrap();
        assert_eq!(read(&place), ["user jane"]);
    }
}
