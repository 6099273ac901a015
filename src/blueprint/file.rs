//! Writing an export to a file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes a blueprint to a file. One that is there is replaced as a whole or not at all, and only if that was said;
/// otherwise the error is [`io::ErrorKind::AlreadyExists`]. An export holds no secrets, so the file is as readable as the
/// person's other files.
pub fn write_file(path: &Path, text: &str, overwrite: bool) -> io::Result<()> {
    if !overwrite {
        return OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes());
    }
    // What is no file of its own, such as /dev/stdout, is written to.
    if fs::symlink_metadata(path).is_ok_and(|about| !about.is_file()) {
        return OpenOptions::new().write(true).truncate(true).open(path)?.write_all(text.as_bytes());
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| {
        if let Ok(about) = fs::metadata(path) {
            fs::set_permissions(&beside, about.permissions())?;
        }
        fs::rename(&beside, path)
    });
    if written.is_err() {
        // It may not be there at all.
        let _ = fs::remove_file(&beside);
    }
    written
}
