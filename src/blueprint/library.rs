//! The blueprints that a file may ask to be applied first: the shipped ones, and those of the folder that the administrator
//! named. The folder is looked through once an import, however often is asked.

use super::document;
use super::origin::Origin;
use super::shipped::shipped;
use super::source::SIZE_LIMIT;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// More files than anybody looks through.
const MOST_FILES: usize = 1_000;

/// Where blueprints are looked for.
#[derive(Debug, Default)]
pub struct Library {
    folder: Option<PathBuf>,
    files: OnceLock<Vec<Shelved>>,
}

/// A file of the folder.
#[derive(Debug)]
struct Shelved {
    /// Below the folder, with `/`.
    path: String,
    /// What its `metadata` calls it.
    name: Option<String>,
    place: PathBuf,
}

/// A blueprint that another one asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// What messages call its file.
    pub file: String,
    /// Its text.
    pub text: Vec<u8>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Library {
    /// The shipped blueprints, and those below the folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, files: OnceLock::new() }
    }

    /// The blueprint of a name, of a path, or of both where both are said. Shipped ones come first.
    pub fn find(&self, name: Option<&str>, path: Option<&str>) -> Option<Other> {
        of_shipped(name, path).or_else(|| self.of_folder(name, path))
    }

    fn of_folder(&self, name: Option<&str>, path: Option<&str>) -> Option<Other> {
        let folder = self.folder.as_deref()?;
        let files = self.files.get_or_init(|| shelve(folder));
        let found = files.iter().find(|file| {
            name.is_none_or(|name| file.name.as_deref() == Some(name)) && path.is_none_or(|path| file.path == path)
        })?;
        let origin = Origin::file(&found.path, &folder.join(&found.path), Some(folder));
        Some(Other { file: found.path.clone(), text: std::fs::read(&found.place).ok()?, origin })
    }
}

fn of_shipped(name: Option<&str>, path: Option<&str>) -> Option<Other> {
    let found = shipped().iter().find(|one| {
        let is_named = |name: &str| name == one.name || name_of(one.text.as_bytes()).as_deref() == Some(name);
        name.is_none_or(is_named) && path.is_none_or(|path| path.strip_suffix(".yaml") == Some(one.name))
    });
    found.map(|one| Other {
        file: format!("{}.yaml", one.name),
        text: one.text.as_bytes().to_vec(),
        origin: Origin::shipped(one.name),
    })
}

fn name_of(text: &[u8]) -> Option<String> {
    document::read(text).ok().and_then(|(document, _)| document.name)
}

/// Every blueprint below a folder, in the order of the paths; parts that begin with a dot are passed over, as authentik
/// does, and so is what can't be read or is no blueprint.
fn shelve(folder: &Path) -> Vec<Shelved> {
    let Ok(root) = folder.canonicalize() else { return Vec::new() };
    let (mut open, mut found, mut seen) = (vec![root.clone()], Vec::new(), 0);
    while let Some(current) = open.pop() {
        let Ok(entries) = std::fs::read_dir(current) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            let (place, is_hidden) = (entry.path(), entry.file_name().to_string_lossy().starts_with('.'));
            if seen > MOST_FILES || is_hidden {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(place);
            } else if place.extension().is_some_and(|ending| ending == "yaml")
                && let Some(file) = shelved(&root, &place)
            {
                found.push(file);
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// A link counts where it stays in the folder, as those do that mounted configuration consists of.
fn shelved(root: &Path, place: &Path) -> Option<Shelved> {
    let real = place.canonicalize().ok().filter(|real| real.starts_with(root))?;
    let about = std::fs::metadata(&real).ok()?;
    if !about.is_file() || about.len() > SIZE_LIMIT as u64 {
        return None;
    }
    let path = place.strip_prefix(root).ok()?.to_str()?.to_owned();
    let name = name_of(&std::fs::read(&real).ok()?);
    Some(Shelved { path, name, place: real })
}
