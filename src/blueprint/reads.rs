//! What a file would read of this machine: which variables of the environment, and which files.

use super::document::{self, Document};
use super::library::Library;
use super::node::{Kind, Node};
use super::other;
use super::problem::Problems;
use super::report::Options;
use super::scope::Scope;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Names that `!Env` and `!File` ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Variables of the environment.
    pub variables: BTreeSet<String>,
    /// Paths of files, as they stand there.
    pub files: BTreeSet<String>,
}

impl Reads {
    /// Whether nothing is read.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty() && self.files.is_empty()
    }
}

/// Everything that a file, and those that it asks for, could read, whether or not it comes to that. Where
/// [`Options::readable`] says so, nothing else can be read.
pub fn reads(text: &[u8], options: &Options) -> Result<Reads, Problems> {
    let library = Arc::new(Library::new(options.blueprints.clone()));
    let (document, _) = document::read(text)?;
    let mut found = Reads::default();
    collect_document(&document, options, &library, &mut BTreeSet::new(), &mut found);
    Ok(found)
}

fn collect_document(
    document: &Document,
    options: &Options,
    library: &Arc<Library>,
    seen: &mut BTreeSet<String>,
    found: &mut Reads,
) {
    let scope = Scope::new(document, options, library);
    for node in document.nodes() {
        collect(node, found);
    }
    for entry in document.entries.iter().filter(|entry| other::is_asked(entry)) {
        let asked = other::find(entry, &scope, &mut Problems::default());
        let Some(asked) = asked.filter(|asked| seen.len() < other::DEPTH_LIMIT && seen.insert(asked.file.clone()))
        else {
            continue;
        };
        if let Ok((document, _)) = document::read(&asked.text) {
            collect_document(&document, options, library, seen, found);
        }
    }
}

fn collect(node: &Node, found: &mut Reads) {
    let names = match node.tag.as_deref() {
        Some("Env") => Some(&mut found.variables),
        Some("File") => Some(&mut found.files),
        _ => None,
    };
    let name = match &node.kind {
        Kind::Scalar(Value::String(name)) => Some(name.as_str()),
        Kind::List(items) => items.first().and_then(Node::as_text),
        _ => None,
    };
    if let (Some(names), Some(name)) = (names, name) {
        names.insert(name.to_owned());
    }
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| collect(item, found)),
        Kind::Map(pairs) => pairs.iter().for_each(|(_, value)| collect(value, found)),
        Kind::Scalar(_) | Kind::Unknown => {}
    }
}
