//! What tags can see at one entry's turn, and what they have asked for.

use super::document::{Document, Entry};
use super::library::Library;
use super::lookup::Lookup;
use super::node::{Key, Kind, Node};
use super::problem::Problems;
use super::reads::Reads;
use super::report::Options;
use super::resolve::Walk;
use super::yaml;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// How large all that a file's tags turn into may grow, in [`Node::weight`]: far more than two thousand entries need.
pub const BUDGET: usize = 2_000_000;

/// What tags can see at one entry's turn.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The objects of the entries so far that can be referred to, by `id`.
    targets: BTreeMap<String, Uuid>,
    /// The ids of all entries with their lines, to tell a reference to a later entry from a misspelt one.
    pub(super) lines: BTreeMap<String, usize>,
    /// What entries without an id are called, with their lines: perhaps what a reference means.
    pub(super) unlabelled: BTreeMap<String, usize>,
    /// The models of the objects of all entries so far, by key: a stage is not to be taken for a flow.
    models: BTreeMap<Uuid, &'static str>,
    /// Keys that stand for the objects of entries that are wrong.
    faulty: BTreeSet<Uuid>,
    /// Keys that stand for the objects of entries that are left out.
    left_out: BTreeSet<Uuid>,
    /// Where look-ups stand that are left out, because nothing is known here of what they look for.
    left_out_places: RefCell<BTreeSet<(usize, usize)>>,
    /// Keys that the file uses for objects that have another key here.
    renamed: BTreeMap<Uuid, Uuid>,
    /// Numbers that the file knows users by.
    numbers: BTreeMap<i64, Uuid>,
    /// Whether what is not known here is left out.
    pub(super) skip_unsupported: bool,
    /// The blueprints that entries may ask for.
    pub(super) library: Arc<Library>,
    /// What `!Context` sees.
    pub(super) context: BTreeMap<String, Node>,
    /// Whether `!Env` may read this machine's environment.
    pub(super) allow_env: bool,
    /// The folder below which `!File` may read.
    pub(super) allow_files: Option<PathBuf>,
    /// The only names that both may read, where not all are.
    pub(super) readable: Option<Reads>,
    /// What the database has answered at this entry's turn.
    pub(super) answers: BTreeMap<String, Option<Value>>,
    /// What the database is asked for.
    pub(super) asked: RefCell<Vec<Lookup>>,
    /// What is left out or could not be read, without being an error.
    pub(super) notes: RefCell<Problems>,
    /// What has been used up of [`BUDGET`].
    pub(super) spent: Cell<usize>,
}

impl Scope {
    /// The scope of a document's first entry.
    pub fn new(document: &Document, options: &Options, library: &Arc<Library>) -> Self {
        let ids = document.entries.iter().filter_map(|entry| Some((entry.id.clone()?, entry.line)));
        let unlabelled = document.entries.iter().filter(|entry| entry.id.is_none());
        let unlabelled = unlabelled.filter_map(|entry| Some((entry.label()?.to_owned(), entry.line)));
        Self {
            lines: ids.collect(),
            unlabelled: unlabelled.collect(),
            context: context(document, options),
            allow_env: options.allow_env,
            allow_files: options.allow_files.clone(),
            readable: options.readable.clone(),
            skip_unsupported: options.skip_unsupported,
            library: Arc::clone(library),
            ..Self::default()
        }
    }

    /// Notes the object of an entry whose turn is over.
    pub fn add(&mut self, entry: &Entry, model: &'static str, key: Uuid) {
        if let Some(id) = &entry.id {
            self.targets.insert(id.clone(), key);
        }
        self.models.insert(key, model);
    }

    /// Notes an entry that is wrong, so that references to it are not reported as well. Its object has any model where
    /// the entry's own is unknown.
    pub fn add_faulty(&mut self, entry: &Entry, model: Option<&'static str>, key: Uuid) {
        if let Some(id) = &entry.id {
            self.targets.insert(id.clone(), key);
        }
        self.faulty.insert(key);
        if let Some(model) = model {
            self.models.insert(key, model);
        }
    }

    /// Notes an entry that is left out. Those that refer to it may have to be left out too.
    pub fn add_left_out(&mut self, entry: &Entry, key: Uuid) {
        if let Some(id) = &entry.id {
            self.targets.insert(id.clone(), key);
        }
        self.left_out.insert(key);
    }

    /// Notes a look-up that is left out.
    pub fn leave_out(&self, place: &Node) {
        self.left_out_places.borrow_mut().insert((place.line, place.column));
    }

    /// Whether a value stands for something that is left out: an entry's object, or what a look-up looked for.
    pub fn leads_to_left_out(&self, node: &Node) -> bool {
        if node.is_null() {
            return self.left_out_places.borrow().contains(&(node.line, node.column));
        }
        node.as_text().and_then(|text| Uuid::parse_str(text).ok()).is_some_and(|key| self.left_out.contains(&key))
    }

    /// Notes that the file's key for an object is not the object's own.
    pub fn rename(&mut self, from: Uuid, to: Uuid) {
        if from != to {
            self.renamed.insert(from, to);
        }
    }

    /// Whether any key of the file is not the object's own.
    pub fn has_renamed(&self) -> bool {
        !self.renamed.is_empty()
    }

    /// Notes the number that the file knows a user by.
    pub fn number(&mut self, number: i64, key: Uuid) {
        self.numbers.insert(number, key);
    }

    /// The user whom the file knows by a number.
    pub fn numbered(&self, number: i64) -> Option<Uuid> {
        self.numbers.get(&number).copied()
    }

    /// The object of an entry so far.
    pub fn target(&self, id: &str) -> Option<Uuid> {
        self.targets.get(id).copied()
    }

    /// The object's own key for a key of the file.
    pub fn own_key(&self, key: Uuid) -> Uuid {
        self.renamed.get(&key).copied().unwrap_or(key)
    }

    /// The model of the object with this key, if an entry so far stands for it.
    pub fn model_of(&self, key: Uuid) -> Option<&'static str> {
        self.models.get(&key).copied()
    }

    /// Whether this key stands for the object of an entry that is wrong.
    pub fn is_faulty(&self, key: Uuid) -> bool {
        self.faulty.contains(&key)
    }

    /// The same tree without tags; the error lists every tag in it that can't be resolved. Where the database has to
    /// be asked first, [`Kind::Unknown`] stands.
    pub fn resolve(&self, node: &Node) -> Result<Node, Problems> {
        let mut problems = Problems::default();
        let node = Walk::new(self, &mut problems).walk(node);
        problems.or(node)
    }

    /// What the database has been asked for since this was last called.
    pub fn take_asked(&mut self) -> Vec<Lookup> {
        std::mem::take(self.asked.get_mut())
    }

    /// Notes what the database answered: the object as JSON with its `pk`, or that there is none.
    pub fn answer(&mut self, lookup: &Lookup, answer: Option<Value>) {
        self.answers.insert(lookup.text(), answer);
    }

    /// Forgets the answers: the next entry may change what they say.
    pub fn forget(&mut self) {
        self.answers.clear();
    }

    /// What has been left out or could not be read since this was last called.
    pub fn take_notes(&mut self) -> Problems {
        std::mem::take(self.notes.get_mut())
    }

    /// Counts what a tag turns into; `false` where it has grown too large.
    pub(super) fn spend(&self, weight: usize) -> bool {
        self.spent.set(self.spent.get().saturating_add(weight));
        self.spent.get() <= BUDGET
    }
}

/// What is built in, under what the file says, under what was asked for.
fn context(document: &Document, options: &Options) -> BTreeMap<String, Node> {
    let place = Node { line: 0, column: 0, tag: None, kind: Kind::Scalar(Value::Null) };
    let mut all = Node::from_json(&place, super::model::built_in_context());
    let pairs = document.context.clone();
    all.merge(Node::at(&place, Kind::Map(pairs)));
    let mut given = Vec::new();
    for (key, text) in &options.context {
        given.push((Key { line: 0, column: 0, text: key.clone() }, value(text, &place)));
    }
    all.merge(Node::at(&place, Kind::Map(given)));
    let Kind::Map(pairs) = all.kind else { return BTreeMap::new() };
    pairs.into_iter().map(|(key, node)| (key.text, node)).collect()
}

/// A value as it is given on a command line: `yes` is a boolean, `'yes'` is text, `[1, 2]` a list and `{a: 1}` a mapping.
/// Whatever is no YAML is text, and so is what is a mapping by accident, such as `Note: bring a pen`.
fn value(text: &str, place: &Node) -> Node {
    let is_marked = text.trim_start().starts_with(['[', '{']);
    match yaml::parse(text.as_bytes()) {
        Ok(None) => Node::scalar_at(place, Value::Null),
        Ok(Some(Node { kind: Kind::Scalar(value), tag: None, .. })) => Node::scalar_at(place, value),
        Ok(Some(node)) if is_marked => match node.to_json() {
            Ok(value) => Node::from_json(place, value),
            Err(_) => Node::scalar_at(place, Value::from(text)),
        },
        Ok(Some(_)) | Err(_) => Node::scalar_at(place, Value::from(text)),
    }
}
