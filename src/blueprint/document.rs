//! A blueprint as its format sees it: version, metadata, context and entries, each entry still with its tags.

use super::legacy;
use super::node::{Key, Kind, Node};
use super::problem::{Problem, Problems, choices, quote};
use super::yaml;
use crate::domain::validation::nearest;
use serde_json::Value;
use std::collections::BTreeMap;

/// The only version of the format there is.
const VERSION: i64 = 1;

/// One blueprint.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The name under `metadata`, if there is any.
    pub name: Option<String>,
    /// The labels under `metadata`; `blueprints.goauthentik.io/description` is shown in lists.
    pub labels: BTreeMap<String, String>,
    /// Default values for `!Context`, by key.
    pub context: Vec<(Key, Node)>,
    /// All entries in the order in which they are applied, whatever section they stand in.
    pub entries: Vec<Entry>,
    /// Old words for which today's were put.
    pub notes: Problems,
}

/// One object that a blueprint wants to be there, or not to be there.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Line of the entry, counted from one.
    pub line: usize,
    /// Column of the entry, counted from one.
    pub column: usize,
    /// The label for `!KeyOf`.
    pub id: Option<String>,
    /// `app.model`, or a tag.
    pub model: Node,
    /// One of [`State::ALL`], a tag, or nothing for [`State::Present`].
    pub state: Option<Node>,
    /// The entry is skipped unless all of them hold.
    pub conditions: Vec<Node>,
    /// What the object is found by.
    pub identifiers: Vec<(Key, Node)>,
    /// What the object shall be.
    pub attrs: Vec<(Key, Node)>,
    /// Permissions on the object.
    pub permissions: Option<Node>,
    /// Whether its form is wrong, which has been reported: it is only there for others to refer to.
    pub is_broken: bool,
}

/// What shall become of an entry's object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There, and as described.
    Present,
    /// There; left alone when it already is.
    Created,
    /// Not there yet; an error when it is.
    MustCreated,
    /// Not there.
    Absent,
}

impl State {
    /// The states with the names they have in a file.
    pub const ALL: [(State, &'static str); 4] = [
        (State::Present, "present"),
        (State::Created, "created"),
        (State::MustCreated, "must_created"),
        (State::Absent, "absent"),
    ];

    /// The state of this name.
    pub fn parse(name: &str) -> Option<State> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }

    /// What a message says about a state that is none.
    pub fn expected() -> String {
        choices(&Self::ALL.map(|(_, name)| name))
    }
}

impl Document {
    /// Everything in which tags can stand, in the order of the file.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.context.iter().map(|(_, node)| node).chain(self.entries.iter().flat_map(Entry::nodes))
    }
}

impl Entry {
    /// What reports call the entry: its `id`, or the name, slug, user name or domain that it is found by.
    pub fn label(&self) -> Option<&str> {
        let named = |wanted: &str| {
            let pairs = self.identifiers.iter().chain(&self.attrs);
            pairs.filter(|(key, _)| key.text == wanted).find_map(|(_, node)| node.as_text())
        };
        let unique = ["slug", "username", "domain", "name"];
        self.id.as_deref().or_else(|| unique.into_iter().find_map(named))
    }
}

impl Entry {
    /// Everything in which tags can stand.
    fn nodes(&self) -> impl Iterator<Item = &Node> {
        let parts = [Some(&self.model), self.state.as_ref(), self.permissions.as_ref()];
        let pairs = self.identifiers.iter().chain(&self.attrs).map(|(_, node)| node);
        parts.into_iter().flatten().chain(&self.conditions).chain(pairs)
    }

    /// Where an attribute stands, or the entry where it is not named.
    pub fn place_of(&self, attribute: &str) -> (usize, usize) {
        let mut pairs = self.attrs.iter().chain(&self.identifiers);
        let place = pairs.find(|(key, _)| key.text == attribute).map(|(_, node)| (node.line, node.column));
        let state = self.state.as_ref().filter(|_| attribute == "state").map(|node| (node.line, node.column));
        place.or(state).unwrap_or((self.line, self.column))
    }

    /// What messages call the entry: as [`Entry::label`], or else by its model.
    pub fn called(&self) -> Option<String> {
        let model = || self.model.as_text().and_then(|name| name.rsplit('.').next()).filter(|name| !name.is_empty());
        self.label().or_else(model).map(str::to_owned)
    }
}

/// Reads a blueprint. The error lists every fault of form, with its place.
pub fn parse(bytes: &[u8]) -> Result<Document, Problems> {
    let (document, problems) = read(bytes)?;
    problems.or(document)
}

/// As [`parse`], with what could be read beside what is wrong with its form, so that everything else that is wrong can be
/// found too. The error is for what is no blueprint at all.
pub fn read(bytes: &[u8]) -> Result<(Document, Problems), Problems> {
    let (root, mut problems) = yaml::read(bytes)?;
    let Some(root) = root else {
        problems.or(())?;
        return Err(Problem::new(1, 1, "The file is empty; a blueprint has `version: 1` and `entries`.").into());
    };
    let Kind::Map(pairs) = root.kind else {
        let message =
            format!("A blueprint is a mapping with `version` and `entries`, and this is {}.", root.describe());
        return Err(root.problem(message).into());
    };
    let mut document = Document {
        name: None,
        labels: BTreeMap::new(),
        context: Vec::new(),
        entries: Vec::new(),
        notes: Problems::default(),
    };
    let mut notes = Problems::default();
    for (key, node) in pairs {
        match key.text.as_str() {
            "version" => version(&node, &mut problems),
            "metadata" => metadata(node, &mut document, &mut problems),
            "context" => document.context = mapping("context", node, &mut problems),
            "entries" => entries(node, &mut document, &mut problems),
            _ => unknown_key(
                "a blueprint",
                &key,
                &["version", "metadata", "context", "entries"],
                &mut notes,
                &mut problems,
            ),
        }
    }
    document.notes.extend(notes);
    document.notes.extend(twice(&document.entries));
    let modernized = legacy::modernize(&mut document);
    document.notes.extend(modernized);
    Ok((document, problems))
}

fn version(node: &Node, problems: &mut Problems) {
    if node.kind != Kind::Scalar(Value::from(VERSION)) || node.tag.is_some() {
        problems.push(node.problem(format!("`version` has to be the number {VERSION}, and is {}.", node.describe())));
    }
}

fn metadata(node: Node, document: &mut Document, problems: &mut Problems) {
    if node.is_null() {
        return;
    }
    let place = node.problem("`metadata` needs a `name`.");
    let mut named = false;
    for (key, value) in mapping("metadata", node, problems) {
        match key.text.as_str() {
            "name" => {
                named = true;
                document.name = text("name", &value, problems);
            }
            "labels" => {
                for (key, value) in mapping("labels", value, problems) {
                    if let Some(value) = text(&key.text, &value, problems) {
                        document.labels.insert(key.text, value);
                    }
                }
            }
            _ => {}
        }
    }
    if !named {
        problems.push(place);
    }
}

fn entries(node: Node, document: &mut Document, problems: &mut Problems) {
    let Document { entries, notes, .. } = document;
    let wrong = node.problem(format!("`entries` has to be a list of entries, and is {}.", node.describe()));
    match node.kind {
        Kind::List(items) if node.tag.is_none() => {
            entries.extend(items.into_iter().filter_map(|item| entry(item, notes, problems)));
        }
        Kind::Map(sections) if node.tag.is_none() => {
            for (section, node) in sections {
                let message = format!(
                    "The section {} has to be a list of entries, and is {}.",
                    quote(&section.text),
                    node.describe()
                );
                let wrong = node.problem(message);
                match node.kind {
                    Kind::List(items) if node.tag.is_none() => {
                        entries.extend(items.into_iter().filter_map(|item| entry(item, notes, problems)));
                    }
                    _ => problems.push(wrong),
                }
            }
        }
        _ => problems.push(wrong),
    }
}

/// The keys of an entry.
const ENTRY: [&str; 7] = ["id", "model", "state", "conditions", "identifiers", "attrs", "permissions"];

/// A key that means nothing: authentik passes over it, so it is only told; a slip of the finger is another matter.
fn unknown_key(place: &str, key: &Key, known: &[&str], notes: &mut Problems, problems: &mut Problems) {
    // What others read, and where anchors are put for later use.
    if key.text.starts_with(['$', '.']) || key.text.starts_with("x-") {
        return;
    }
    let message = format!("{} means nothing in {place}.", quote(&key.text));
    match nearest(&key.text, known.iter().copied()) {
        Some(near) => {
            let message = format!("{message} Did you mean {}?", quote(near));
            problems.push(Problem::new(key.line, key.column, message));
        }
        None => notes.push(Problem::new(key.line, key.column, message)),
    }
}

fn entry(node: Node, notes: &mut Problems, problems: &mut Problems) -> Option<Entry> {
    let (line, column) = (node.line, node.column);
    let mut found = Problems::default();
    let mut odd = Problems::default();
    let (mut id, mut model, mut state, mut permissions) = (None, None, None, None);
    let (mut conditions, mut identifiers, mut attrs) = (Vec::new(), Vec::new(), Vec::new());
    if !matches!(node.kind, Kind::Map(_)) || node.tag.is_some() {
        problems.push(
            node.problem(format!("An entry has to be a mapping with a `model`, and this is {}.", node.describe())),
        );
        return None;
    }
    for (key, value) in mapping("entry", node, &mut found) {
        match key.text.as_str() {
            "id" => id = text("id", &value, &mut found),
            "model" => model = Some(value),
            "state" => state = Some(value),
            "conditions" => conditions = list("conditions", value, &mut found),
            "identifiers" => identifiers = mapping("identifiers", value, &mut found),
            "attrs" if value.is_null() => {}
            "attrs" => attrs = mapping("attrs", value, &mut found),
            "permissions" => permissions = Some(value),
            _ => unknown_key("an entry", &key, &ENTRY, &mut odd, &mut found),
        }
    }
    if model.is_none() {
        found.push(Problem::new(line, column, "The entry names no `model`."));
    }
    let model = model.unwrap_or(Node { line, column, tag: None, kind: Kind::Scalar(Value::Null) });
    let is_broken = !found.is_empty();
    let entry = Entry { line, column, id, model, state, conditions, identifiers, attrs, permissions, is_broken };
    notes.extend(of_entry(&entry, odd));
    problems.extend(of_entry(&entry, found));
    Some(entry)
}

/// The same problems, with the entry that they belong to.
pub fn of_entry(entry: &Entry, mut problems: Problems) -> Problems {
    for problem in &mut problems.0 {
        problem.entry = entry.called();
    }
    problems
}

/// The later entry of an id wins from there on, as in authentik.
fn twice(entries: &[Entry]) -> Problems {
    let mut notes = Problems::default();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        let Some(id) = entry.id.as_deref() else { continue };
        if let Some(first) = seen.insert(id, entry.line) {
            let message =
                format!("The entry in line {first} has the id {} too: from here on it means this one.", quote(id));
            notes.push(Problem { entry: entry.called(), ..Problem::new(entry.line, entry.column, message) });
        }
    }
    notes
}

fn text(what: &str, node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.as_text().map(str::to_owned);
    if text.is_none() {
        let message = format!("{} has to be text, and is {}; put it in quotes.", quote(what), node.describe());
        problems.push(node.problem(message));
    }
    text
}

fn mapping(what: &str, node: Node, problems: &mut Problems) -> Vec<(Key, Node)> {
    let wrong = node.problem(format!("`{what}` has to be a mapping, and is {}.", node.describe()));
    match node.kind {
        Kind::Map(pairs) if node.tag.is_none() => pairs,
        _ => {
            problems.push(wrong);
            Vec::new()
        }
    }
}

fn list(what: &str, node: Node, problems: &mut Problems) -> Vec<Node> {
    let wrong = node.problem(format!("`{what}` has to be a list, and is {}.", node.describe()));
    match node.kind {
        Kind::List(items) if node.tag.is_none() => items,
        _ => {
            problems.push(wrong);
            Vec::new()
        }
    }
}
