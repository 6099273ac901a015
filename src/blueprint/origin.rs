//! Where a blueprint comes from, and by what it is known again: its file where there is one, or else its name, or else its
//! hash. A file that is edited stays the same blueprint; two files of one name are two.

use super::document::Document;
use crate::domain::applied::{Applied, AppliedObject, Source, short};
use std::path::{Component, Path, PathBuf};

/// What the place of a file begins with.
const FILE: &str = "file:";

/// Where a blueprint comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    source: Source,
    /// As people call it.
    path: Option<String>,
    /// Where the file lies.
    file: Option<PathBuf>,
}

impl Origin {
    /// It comes with the program, under this name.
    pub fn shipped(name: &str) -> Self {
        Self { source: Source::Shipped, path: Some(name.to_owned()), file: None }
    }

    /// A file: as it was given, where it lies, and which folder of blueprints is configured.
    pub fn file(given: &str, place: &Path, folder: Option<&Path>) -> Self {
        let file = whole(place);
        let below = folder.and_then(|folder| file.strip_prefix(folder.canonicalize().ok()?).ok());
        match below.map(|below| below.to_string_lossy().into_owned()) {
            Some(below) => Self { source: Source::Folder, path: Some(below), file: Some(file) },
            None => Self { source: Source::File, path: Some(given.to_owned()), file: Some(file) },
        }
    }

    /// Standard input.
    pub fn input() -> Self {
        Self { source: Source::Input, path: None, file: None }
    }

    /// The application of a document that comes from here.
    pub fn applied(&self, document: &Document, hash: String, objects: Vec<AppliedObject>) -> Applied {
        let file = self.file.as_ref().map(|file| format!("{FILE}{}", file.display()));
        let shipped =
            self.path.as_ref().filter(|_| self.source == Source::Shipped).map(|name| format!("shipped:{name}"));
        let named = || document.name.as_ref().map(|name| format!("name:{name}"));
        let place = file.or(shipped).or_else(named).unwrap_or_else(|| format!("hash:{hash}"));
        let file_name = || self.file.as_ref()?.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = document.name.clone().or_else(file_name).unwrap_or_else(|| short(&hash).to_owned());
        let path = self.path.clone();
        // The rest is known where it is noted.
        Applied {
            place,
            name,
            source: self.source,
            path,
            hash,
            at: chrono::DateTime::UNIX_EPOCH,
            by: String::new(),
            objects,
        }
    }
}

/// The whole path of a file. Links in its folder's path are followed and the file's own is not: it may lead elsewhere
/// tomorrow, as with mounted configuration, and is the same file.
fn whole(place: &Path) -> PathBuf {
    let folder = place.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    let is_plain = matches!(place.components().next_back(), Some(Component::Normal(_)));
    match (folder.and_then(|folder| folder.canonicalize().ok()), place.file_name()) {
        (Some(folder), Some(name)) if is_plain => folder.join(name),
        _ => std::path::absolute(place).unwrap_or_else(|_| place.to_owned()),
    }
}

/// Whether an application is a later one of a blueprint that was applied from another place: of a file that was moved, or
/// one of which nobody knows where it came from.
pub fn continues(later: &Applied, earlier: &Applied) -> bool {
    if later.place == earlier.place {
        return false;
    }
    let is_settled = match earlier.source {
        Source::Shipped => true,
        Source::File | Source::Folder => {
            earlier.place.strip_prefix(FILE).is_some_and(|file| Path::new(file).symlink_metadata().is_ok())
        }
        Source::Input | Source::Unknown => false,
    };
    let is_same_name = later.name == earlier.name || (later.is_nameless() && earlier.is_nameless());
    let is_about_same = || {
        let keys = || earlier.objects.iter().map(|object| object.key).filter(|key| !key.is_nil());
        keys().next().is_none() || keys().any(|key| later.objects.iter().any(|object| object.key == key))
    };
    !is_settled && (later.hash == earlier.hash || (is_same_name && is_about_same()))
}
