//! `authentik_blueprints.metaapplyblueprint`: an entry that asks for another blueprint to be applied first, in the same
//! transaction. What is wrong with that one is wrong with the whole: nothing of either is kept. (authentik goes on, and
//! then misses what the other should have made.) However often one is asked for, it is applied once.

use super::document::Entry;
use super::library::Other;
use super::node::{Kind, Node};
use super::problem::{Problems, quote};
use super::scope::Scope;

/// Full name.
pub const NAME: &str = "authentik_blueprints.metaapplyblueprint";

/// How many blueprints may ask for each other in turn.
pub const DEPTH_LIMIT: usize = 16;

/// Whether an entry asks for another blueprint.
pub fn is_asked(entry: &Entry) -> bool {
    entry.model.as_text().is_some_and(|name| name.eq_ignore_ascii_case(NAME))
}

/// The blueprint that an entry asks for; nothing where there is none, and none is required.
pub fn find(entry: &Entry, scope: &Scope, problems: &mut Problems) -> Option<Other> {
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
    let found = scope.library.find(name.as_deref(), path.as_deref());
    if found.is_none() && required {
        let message = format!("The blueprint {} is required, and is neither shipped nor in the folder.", quote(wanted));
        problems.push(place.problem(message));
    } else if found.is_none() {
        let message =
            format!("The blueprint {} is neither shipped nor in the folder: it is passed over.", quote(wanted));
        scope.notes.borrow_mut().push(place.problem(message));
    }
    found
}
