//! The one place where a blueprint reads this machine's files: only below a folder that the administrator named.

use super::problem::quote;
use std::path::{Component, Path};

/// Larger files are no values for an attribute.
const SIZE_LIMIT: u64 = 1 << 20;

/// The text of a file below the folder. The outer error is a refusal, the inner one says why there is no text: a default
/// takes its place.
pub fn read(folder: Option<&Path>, path: &str) -> Result<Result<String, String>, String> {
    let Some(folder) = folder else {
        return Err("`!File` reads files of this machine, which is off; `--allow-file DIR` allows it.".to_owned());
    };
    let outside =
        || format!("`!File` may not read {}: it lies outside of {}.", quote(path), quote(&folder.to_string_lossy()));
    let root = match folder.canonicalize() {
        Ok(root) => root,
        Err(error) => return Err(format!("The folder {} for `!File`: {error}.", quote(&folder.to_string_lossy()))),
    };
    // Refused before anything is looked at: whether there is a file out there is not to be learned either.
    if Path::new(path).components().any(|part| part == Component::ParentDir) {
        return Err(outside());
    }
    let wanted = root.join(path);
    if !wanted.starts_with(&root) && !wanted.starts_with(folder) {
        return Err(outside());
    }
    let real = match wanted.canonicalize() {
        Ok(real) => real,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if !real.starts_with(&root) {
        return Err(outside());
    }
    Ok(content(&real))
}

fn content(path: &Path) -> Result<String, String> {
    let about = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Err("it is not a file".to_owned());
    }
    if about.len() > SIZE_LIMIT {
        return Err(format!("it is larger than {} KB", SIZE_LIMIT >> 10));
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}
