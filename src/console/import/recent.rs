//! The files that were imported last, kept in the platform's state folder: paths only, a line each.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const FILE: &str = "recent-blueprints";

/// So many are kept.
const MOST: usize = 8;

/// Those that are still there, the last one first.
pub fn list(folder: &Path) -> Vec<PathBuf> {
    // Lossy: a name that is no text can't be typed either.
    let kept = std::fs::read(folder.join(FILE)).unwrap_or_default();
    let kept = String::from_utf8_lossy(&kept).into_owned();
    kept.lines().map(PathBuf::from).filter(|path| path.is_file()).take(MOST).collect()
}

/// Puts a file first.
pub fn note(folder: &Path, path: &Path) -> std::io::Result<()> {
    let path = std::path::absolute(path)?;
    if path.to_string_lossy().contains('\n') {
        return Ok(());
    }
    let mut all = list(folder);
    all.retain(|other| *other != path);
    all.insert(0, path);
    all.truncate(MOST);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(folder.join(FILE))?;
    for path in all {
        writeln!(file, "{}", path.display())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_comes_first_and_what_is_gone_is_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        assert!(list(&state).is_empty());
        let file = |name: &str| folder.path().join(name);
        for name in ["a.yaml", "b.yaml", "c.yaml"] {
            std::fs::write(file(name), "").unwrap();
            note(&state, &file(name)).unwrap();
        }
        note(&state, &file("a.yaml")).unwrap();
        std::fs::remove_file(file("b.yaml")).unwrap();
        assert_eq!(list(&state), [file("a.yaml"), file("c.yaml")]);
    }
}
