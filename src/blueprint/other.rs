//! `authentik_blueprints.metaapplyblueprint`: an entry that asks for another blueprint to be applied first. It is looked for
//! among the shipped ones and in the folder that the administrator named.

use super::document::{self, Entry};
use super::node::{Kind, Node};
use super::problem::{Problems, quote};
use super::report::Options;
use super::scope::Scope;
use super::shipped::shipped;
use super::source::SIZE_LIMIT;
use std::path::Path;

/// Full name.
pub const NAME: &str = "authentik_blueprints.metaapplyblueprint";

/// How many blueprints may ask for each other in turn.
pub const DEPTH_LIMIT: usize = 8;

/// More files than anybody looks through.
const MOST_FILES: usize = 1_000;

/// Whether an entry asks for another blueprint.
pub fn is_asked(entry: &Entry) -> bool {
    entry.model.as_text().is_some_and(|name| name.eq_ignore_ascii_case(NAME))
}

/// The text of the blueprint that an entry asks for; nothing where there is none, and none is required.
pub fn find(entry: &Entry, scope: &Scope, options: &Options, problems: &mut Problems) -> Option<Vec<u8>> {
    let mut required = true;
    let (mut name, mut path, mut place) = (None, None, None);
    for (key, node) in &entry.attrs {
        let resolved = match scope.resolve(node) {
            Ok(resolved) => resolved,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        match (key.text.as_str(), &resolved.kind) {
            ("required", _) => required = resolved.is_truthy() != Some(false),
            ("identifiers", Kind::Map(pairs)) => {
                place = Some(node);
                let text = |wanted: &str| {
                    let found = pairs.iter().find(|(key, _)| key.text == wanted);
                    found.and_then(|(_, node)| node.as_text()).map(str::to_owned)
                };
                (name, path) = (text("name"), text("path"));
            }
            _ => {}
        }
    }
    let place: &Node = place.unwrap_or(&entry.model);
    let Some(wanted) = name.as_deref().or(path.as_deref()) else {
        problems.push(place.problem("The entry has to say which blueprint: `attrs: {identifiers: {name: ...}}`."));
        return None;
    };
    let found = of_shipped(name.as_deref(), path.as_deref()).or_else(|| {
        options.blueprints.as_deref().and_then(|folder| of_folder(folder, name.as_deref(), path.as_deref()))
    });
    if found.is_none() && required {
        let message = format!("The blueprint {} is required, and is neither shipped nor in the folder.", quote(wanted));
        problems.push(place.problem(message));
    }
    found
}

fn is_named(text: &[u8], name: &str) -> bool {
    document::parse(text).is_ok_and(|document| document.name.as_deref() == Some(name))
}

fn of_shipped(name: Option<&str>, path: Option<&str>) -> Option<Vec<u8>> {
    let is_it = |name: &str, text: &str, file: &str| name == file || is_named(text.as_bytes(), name);
    let found = shipped().iter().find(|one| {
        name.is_some_and(|name| is_it(name, one.text, one.name))
            || path.is_some_and(|path| path.strip_suffix(".yaml") == Some(one.name))
    });
    found.map(|one| one.text.as_bytes().to_vec())
}

/// Below the folder, by path or by name; parts that begin with a dot are passed over, as authentik does.
fn of_folder(folder: &Path, name: Option<&str>, path: Option<&str>) -> Option<Vec<u8>> {
    let root = folder.canonicalize().ok()?;
    let mut open = vec![root.clone()];
    let mut seen = 0;
    while let Some(current) = open.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(current).ok()?.flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            seen += 1;
            let place = entry.path();
            let kind = entry.file_type().ok()?;
            if seen > MOST_FILES || entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                open.push(place);
            } else if kind.is_file() && place.extension().is_some_and(|ending| ending == "yaml") {
                let is_path =
                    path.is_some_and(|path| place.strip_prefix(&root).is_ok_and(|below| below == Path::new(path)));
                let is_small = entry.metadata().is_ok_and(|about| about.len() <= SIZE_LIMIT as u64);
                let Some(text) = is_small.then(|| std::fs::read(&place).ok()).flatten() else { continue };
                if is_path || name.is_some_and(|name| is_named(&text, name)) {
                    return Some(text);
                }
            }
        }
    }
    None
}
