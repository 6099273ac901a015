//! What one entry asks for once its tags are resolved and its attributes are checked against its model.

use super::document::{self, Document, Entry, State, of_entry};
use super::expression;
use super::model::attribute::{self, Kind};
use super::model::{self, Model, NoModel};
use super::node::{Key, Kind as Form, Node};
use super::other;
use super::problem::{Problem, Problems, choices, quote};
use super::report::Options;
use super::scope::Scope;
use crate::domain::validation::nearest;
use crate::domain::{Mapping, prompt_data};
use serde_json::Value;
use uuid::Uuid;

/// One entry's wish.
pub struct Wish {
    /// What kind of object.
    pub model: &'static dyn Model,
    /// What shall become of it.
    pub state: State,
    /// Whether the conditions hold; if not, nothing happens.
    pub wanted: bool,
    /// Whether part of it can't be told without the database, or has been reported already.
    pub uncertain: bool,
    /// The primary key that it may be found by.
    pub pk: Option<Uuid>,
    /// The other attributes that it may be found by.
    pub identifiers: Mapping,
    /// What it shall be: attributes and identifiers together.
    pub given: Mapping,
    /// Objects referred to that no entry of the file stands for.
    pub foreign: Vec<Foreign>,
}

/// A reference to an object that has to be in the database already.
pub struct Foreign {
    /// Where it stands.
    pub place: Problem,
    /// Its key.
    pub key: Uuid,
    /// The models it may have.
    pub models: &'static [&'static str],
}

/// What an entry comes to.
pub enum Reading {
    /// A wish to grant.
    Wish(Wish),
    /// Not even the model can be told without the database.
    Uncertain,
    /// The text of another blueprint that has to be applied first, if there is one.
    Other(Option<Vec<u8>>),
    /// An entry that is left out, and why.
    LeftOut(Problem),
}

/// Reads an entry; the error lists everything that is wrong with it, and names it.
pub fn read(entry: &Entry, scope: &Scope, options: &Options) -> Result<Reading, Problems> {
    let mut problems = Problems::default();
    let reading = read_parts(entry, scope, options, &mut problems);
    match reading {
        Some(reading) if problems.is_empty() => Ok(reading),
        _ => Err(of_entry(entry, problems)),
    }
}

fn is_empty(node: &Node) -> bool {
    node.is_null() || matches!(&node.kind, Form::List(items) if items.is_empty())
}

fn read_parts(entry: &Entry, scope: &Scope, options: &Options, problems: &mut Problems) -> Option<Reading> {
    if other::is_asked(entry) {
        let wanted = read_conditions(entry, scope, problems) != Some(false);
        let text = if wanted { other::find(entry, scope, options, problems) } else { None };
        return Some(Reading::Other(text));
    }
    let model = match read_model(entry, scope, problems) {
        Some(Ok(model)) => Some(model),
        Some(Err((_, why))) if options.skip_unsupported && !why.misspelt => {
            let why = Problem::new(entry.line, entry.column, format!("Left out: {}", why.message));
            return Some(Reading::LeftOut(Problem { entry: entry.label().map(str::to_owned), ..why }));
        }
        Some(Err((node, why))) => {
            problems.push(node.problem(why.message));
            None
        }
        None => None,
    };
    let wanted = read_conditions(entry, scope, problems);
    let state = read_state(entry, scope, problems);
    let Some(model) = model else { return problems.is_empty().then_some(Reading::Uncertain) };
    let mut wish = Wish {
        model,
        state: state.unwrap_or(State::Present),
        wanted: wanted.unwrap_or(true),
        uncertain: wanted.is_none() || state.is_none(),
        pk: None,
        identifiers: Mapping::new(),
        given: Mapping::new(),
        foreign: Vec::new(),
    };
    // What is skipped is not looked at, as in authentik: its references may well lead nowhere.
    if !wish.wanted {
        return Some(Reading::Wish(wish));
    }
    let mut reader = Reader { wish: &mut wish, scope, problems, without: None };
    for (key, node) in &entry.identifiers {
        reader.identifier(key, node);
    }
    // Files say more of objects that shall go than is needed, for the sake of old servers.
    if reader.wish.state != State::Absent {
        for (key, node) in &entry.attrs {
            reader.attribute(key, node);
        }
        reader.permissions(entry);
    }
    if let Some(without) = reader.without {
        return Some(Reading::LeftOut(Problem { entry: entry.label().map(str::to_owned), ..without }));
    }
    if wish.pk.is_none() && wish.identifiers.is_empty() && problems.is_empty() && !wish.uncertain {
        problems.push(Problem::new(entry.line, entry.column, "The entry has no `identifiers` to find its object by."));
    }
    expression::check(&wish, entry, problems, &mut scope.notes.borrow_mut());
    // What the object is found by wins over what else is said of it; lists of both are joined.
    prompt_data::merge(&mut wish.given, &wish.identifiers);
    for attribute in wish.model.spec().attributes.iter().filter(|attribute| attribute.kind.models().is_some()) {
        if let Some(Value::Array(items)) = wish.given.get_mut(attribute.name) {
            once(items);
        }
    }
    Some(Reading::Wish(wish))
}

/// What is listed twice is there once.
fn once(items: &mut Vec<Value>) {
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(item.to_string()));
}

fn resolved(node: &Node, scope: &Scope, problems: &mut Problems) -> Option<Node> {
    scope.resolve(node).map_err(|found| problems.extend(found)).ok()
}

type Known = Result<&'static dyn Model, (Node, NoModel)>;

fn read_model(entry: &Entry, scope: &Scope, problems: &mut Problems) -> Option<Known> {
    let node = resolved(&entry.model, scope, problems).filter(|node| !node.has_unknown())?;
    let Some(name) = node.as_text() else {
        let message = format!("`model` has to be a name such as `authentik_flows.flow`, and is {}.", node.describe());
        problems.push(node.problem(message));
        return None;
    };
    Some(model::find(name).map_err(|why| (node, why)))
}

/// The state; nothing where it can't be told, or is wrong.
fn read_state(entry: &Entry, scope: &Scope, problems: &mut Problems) -> Option<State> {
    let Some(node) = &entry.state else { return Some(State::Present) };
    let node = resolved(node, scope, problems).filter(|node| !node.has_unknown())?;
    let state = node.as_text().and_then(State::parse);
    if state.is_none() {
        let names = State::ALL.map(|(_, name)| name);
        let near = node.as_text().and_then(|word| nearest(word, names));
        let advice = near.map(|near| format!(" Did you mean {}?", quote(near))).unwrap_or_default();
        let message = format!("`state` has to be one of {}, and is {}.{advice}", choices(&names), node.describe());
        problems.push(node.problem(message));
    }
    state
}

/// Whether all conditions are true to Python; nothing where that can't be told.
fn read_conditions(entry: &Entry, scope: &Scope, problems: &mut Problems) -> Option<bool> {
    let mut all = Some(true);
    for node in &entry.conditions {
        match resolved(node, scope, problems).and_then(|node| node.is_truthy()) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

struct Reader<'a> {
    wish: &'a mut Wish,
    scope: &'a Scope,
    problems: &'a mut Problems,
    /// Why the entry can't be without an entry that is left out.
    without: Option<Problem>,
}

impl Reader<'_> {
    fn identifier(&mut self, key: &Key, node: &Node) {
        if key.text == "pk" {
            let pk = resolved(node, self.scope, self.problems);
            if pk.as_ref().is_some_and(Node::has_unknown) {
                self.wish.uncertain = true;
                return;
            }
            match pk.map(|node| node.as_text().and_then(|text| Uuid::parse_str(text).ok())) {
                Some(Some(pk)) => self.wish.pk = Some(pk),
                Some(None) => self.problems.push(node.problem("`pk` has to be a UUID.")),
                None => {}
            }
            return;
        }
        let Some(kind) = self.kind(&key.text).filter(|kind| !matches!(kind, Kind::Password)) else {
            let message =
                format!("{} has no {} to be found by.{}", self.noun(), quote(&key.text), self.advice(&key.text));
            self.problems.push(Problem::new(key.line, key.column, message));
            return;
        };
        if let Some(value) = self.value(kind, key, node) {
            self.wish.identifiers.insert(key.text.clone(), value);
        }
    }

    fn attribute(&mut self, key: &Key, node: &Node) {
        let Some(kind) = self.kind(&key.text) else {
            // authentik passes over attributes that it does not know, which keeps old files working; a slip of the
            // finger is another matter.
            let advice = self.advice(&key.text);
            let message = format!("{} has no attribute {}.{advice}", self.noun(), quote(&key.text));
            let problem = Problem::new(key.line, key.column, message);
            if advice.is_empty() {
                self.scope.notes.borrow_mut().push(problem);
            } else {
                self.problems.push(problem);
            }
            return;
        };
        if let Some(value) = self.value(kind, key, node) {
            self.wish.given.insert(key.text.clone(), value);
        }
    }

    fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.wish
            .model
            .spec()
            .attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|attribute| &attribute.kind)
    }

    fn noun(&self) -> String {
        model::subject(self.wish.model)
    }

    fn advice(&self, name: &str) -> String {
        let known = self.wish.model.spec().attributes.iter().map(|attribute| attribute.name);
        nearest(name, known).map(|near| format!(" Did you mean {}?", quote(near))).unwrap_or_default()
    }

    fn value(&mut self, kind: &'static Kind, key: &Key, node: &Node) -> Option<Value> {
        let resolved = resolved(node, self.scope, self.problems)?;
        if resolved.has_unknown() {
            self.wish.uncertain = true;
            return None;
        }
        match kind.read(&resolved) {
            Ok(value) => match kind.models() {
                Some(models) => {
                    let optional = !matches!(kind, Kind::Reference(_));
                    self.references(models, key, &resolved, value, optional)
                }
                None if matches!(kind, Kind::Ignored) => None,
                None if matches!(kind, Kind::Secret(_)) && value.is_null() => None,
                None if let Kind::NotApplied(why) = kind => {
                    if !attribute::is_neutral(&resolved) {
                        let message = format!("{} is not applied: {why}.", quote(&key.text));
                        self.scope.notes.borrow_mut().push(node.problem(message));
                    }
                    None
                }
                None => Some(value),
            },
            Err(message) => {
                self.problems.push(node.problem(format!("{}: {message}", quote(&key.text))));
                None
            }
        }
    }

    /// Permissions are not kept here, which is said rather than done in silence.
    fn permissions(&mut self, entry: &Entry) {
        let Some(node) = entry.permissions.as_ref().filter(|node| !is_empty(node)) else { return };
        if resolved(node, self.scope, self.problems).is_some() {
            let message = "Permissions on objects are not applied: there are none here.";
            self.scope.notes.borrow_mut().push(node.problem(message));
        }
    }

    /// Puts the objects' own keys for the file's, and checks that they are of the right kind.
    fn references(
        &mut self,
        models: &'static [&'static str],
        key: &Key,
        node: &Node,
        value: Value,
        optional: bool,
    ) -> Option<Value> {
        match value {
            Value::Array(items) => {
                let Form::List(nodes) = &node.kind else { return None };
                let mut own = Vec::new();
                for (item, node) in items.into_iter().zip(nodes) {
                    let item = self.references(models, key, node, item, true)?;
                    if !item.is_null() {
                        own.push(item);
                    }
                }
                once(&mut own);
                Some(Value::Array(own))
            }
            Value::String(text) => self.reference(models, key, node, Uuid::parse_str(&text).ok()?, optional),
            other => Some(other),
        }
    }

    fn reference(
        &mut self,
        models: &'static [&'static str],
        key: &Key,
        node: &Node,
        of_file: Uuid,
        optional: bool,
    ) -> Option<Value> {
        let own = self.scope.own_key(of_file);
        if self.scope.is_left_out(own) {
            let message = format!("Left out: {} refers to an entry that is left out.", quote(&key.text));
            if optional {
                self.scope.notes.borrow_mut().push(node.problem(message));
                return Some(Value::Null);
            }
            self.without = Some(node.problem(message));
            return None;
        }
        match self.scope.model_of(own) {
            Some(model) if models.contains(&model) => {}
            Some(model) => {
                let wanted = model::family(models);
                let message =
                    format!("{} has to refer to {wanted}, and this is {}.", quote(&key.text), model::noun(model));
                self.problems.push(node.problem(message));
                return None;
            }
            None if self.scope.is_faulty(own) => {}
            None => {
                let place = node.problem(format!("{}: There is no such object.", quote(&key.text)));
                self.wish.foreign.push(Foreign { place, key: own, models });
            }
        }
        Some(Value::String(own.to_string()))
    }
}

/// What [`check`] finds besides what is wrong.
#[derive(Default)]
pub struct Findings {
    /// What is passed over.
    pub notes: Problems,
    /// What is left out.
    pub left_out: Problems,
}

/// Everything that is wrong with a document as far as can be told without the database.
pub fn check(document: &Document, options: &Options) -> Result<Findings, Problems> {
    check_within(document, options, 0)
}

/// What is wrong with a blueprint that another one asks for, as one fault of the entry that asks.
fn check_other(entry: &Entry, text: &[u8], options: &Options, depth: usize) -> Result<(), Problem> {
    let wrong = |why: String| Problem {
        entry: entry.label().map(str::to_owned),
        ..entry.model.problem(format!("The blueprint that is asked for here can't be applied: {why}"))
    };
    if depth >= other::DEPTH_LIMIT {
        return Err(wrong("blueprints ask for each other without end.".to_owned()));
    }
    let inner = document::parse(text).map_err(|problems| wrong(problems.to_string()))?;
    check_within(&inner, options, depth + 1).map(drop).map_err(|problems| wrong(problems.to_string()))
}

fn check_within(document: &Document, options: &Options, depth: usize) -> Result<Findings, Problems> {
    let mut problems = Problems::default();
    let mut findings = Findings { notes: document.notes.clone(), left_out: Problems::default() };
    let mut scope = Scope::new(document, options)?;
    for (index, entry) in document.entries.iter().enumerate() {
        // Stands for the key that the object will have.
        let stand_in = Uuid::from_u128(index as u128 + 1);
        if entry.is_broken {
            scope.add_faulty(entry, None, stand_in);
            continue;
        }
        match read(entry, &scope, options) {
            Ok(Reading::Wish(wish)) if wish.wanted && wish.state != State::Absent => {
                scope.add(entry, wish.model.spec().name, wish.pk.unwrap_or(stand_in));
            }
            Ok(Reading::Wish(_) | Reading::Other(None)) => {}
            Ok(Reading::Uncertain) => scope.add_faulty(entry, None, stand_in),
            Ok(Reading::Other(Some(text))) => {
                if let Err(problem) = check_other(entry, &text, options, depth) {
                    problems.push(problem);
                }
            }
            Ok(Reading::LeftOut(why)) => {
                scope.add_left_out(entry, stand_in);
                findings.left_out.push(why);
            }
            Err(found) => {
                // References to a faulty entry are no faults of their own.
                let name = entry.model.as_text().and_then(|name| model::find(name).ok()).map(|model| model.spec().name);
                scope.add_faulty(entry, name, stand_in);
                problems.extend(found);
            }
        }
        findings.notes.extend(of_entry(entry, scope.take_notes()));
    }
    problems.or(findings)
}
