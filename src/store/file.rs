//! The file of an SQLite database: whether it is still the one that was opened, and whether it may be written to.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, eaccess};

use super::{Result, StoreError};

/// The file of an SQLite database, as it was when it was opened.
///
/// A connection goes on with a file that was removed: what it writes then is lost with the last connection, and nobody
/// is told. So before anything is read or written the name is asked whether it still leads to the same file.
#[derive(Debug, Clone)]
pub struct DatabaseFile {
    path: PathBuf,
    /// Device and inode; none where they could not be read.
    identity: Option<(u64, u64)>,
    /// SQLite opens a file that may not be written to for reading, and says so only when something is written.
    writable: bool,
}

impl DatabaseFile {
    /// The file of a connection that was just opened: only then has a file system that copies what is written to made
    /// its copy.
    pub(super) fn opened(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            identity: std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino())),
            writable: eaccess(path, AccessFlags::W_OK).is_ok(),
        }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses to go on with a file that is no longer there, or another one: [`StoreError::Replaced`].
    pub(super) fn check(&self) -> Result<()> {
        let Some(identity) = self.identity else { return Ok(()) };
        match std::fs::metadata(&self.path) {
            Ok(file) if (file.dev(), file.ino()) == identity => Ok(()),
            Ok(_) => Err(StoreError::Replaced),
            Err(fault) if matches!(fault.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Err(StoreError::Replaced)
            }
            // A folder that may no longer be looked into says nothing of the file.
            Err(_) => Ok(()),
        }
    }

    /// Refuses to write to a file that was opened for reading only: [`StoreError::NotWritable`].
    pub(super) fn check_writable(&self) -> Result<()> {
        self.check()?;
        if self.writable { Ok(()) } else { Err(StoreError::NotWritable) }
    }
}
