//! Finds the programs that tests start.

use std::path::PathBuf;

use super::requires::{Part, missing};

/// Looks for a program in `PATH`, and in the folders for administrators that a person's `PATH` often lacks.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// As [`find`], and tells that the test is skipped when there is none.
pub fn need(part: Part, name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        missing(part, &format!("no program `{name}` in PATH"));
    }
    found
}
