//! What one entry asks for once its tags are resolved and its attributes are checked against its model.

use super::document::{Entry, State, of_entry};
use super::expression;
use super::library::Other;
use super::model::fault::Fault;
use super::model::{self, Model, NoModel};
use super::node::Node;
use super::other;
use super::problem::{Problem, Problems, Remedy, choices, quote};
use super::reader::{Reader, is_nothing_without};
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
    /// The number that the file knows a user by.
    pub number: Option<i64>,
    /// Whether it is found by a look-up that found nothing.
    pub finds_nothing: bool,
    /// The attributes that lost what they referred to, because that is left out.
    pub without: Vec<String>,
    /// The other attributes that it may be found by.
    pub identifiers: Mapping,
    /// What it shall be: attributes and identifiers together.
    pub given: Mapping,
    /// Objects referred to that no entry of the file stands for.
    pub foreign: Vec<Foreign>,
}

impl Wish {
    /// Whether the object shall go.
    pub fn is_absent(&self) -> bool {
        self.state == State::Absent
    }
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
    /// Another blueprint that has to be applied first, if there is one.
    Other(Option<Other>),
    /// An entry that is left out, and why.
    LeftOut(Problem),
}

impl Wish {
    /// What is wrong between the attributes of a new object, with those that are not named at their defaults. What an
    /// attribute has to do with that can't be told, or is wrong itself, is left out.
    pub fn faults(&self, entry: &Entry) -> Vec<Fault> {
        let defaults = self.model.spec().attributes.iter();
        let mut values: Mapping =
            defaults.filter_map(|known| Some((known.name.to_owned(), known.default.value()?))).collect();
        let mut given = self.given.clone();
        self.model.translate(&mut given, None);
        values.extend(given);
        let named = || entry.identifiers.iter().chain(&entry.attrs).map(|(key, _)| key.text.as_str());
        let is_told = |fault: &Fault| !named().any(|name| fault.is_about(name) && !self.given.contains_key(name));
        self.model.check(&values, None).into_iter().filter(is_told).collect()
    }

    /// Whether a fault is one whatever there is already: the entry says what is wrong.
    pub fn is_surely(&self, fault: &Fault) -> bool {
        let is_given = || self.given.contains_key(fault.attribute);
        self.state == State::MustCreated || (self.state == State::Present && is_given())
    }
}

/// Reads an entry; the error lists everything that is wrong with it, and names it.
pub fn read(entry: &Entry, scope: &Scope, options: &Options) -> Result<Reading, Problems> {
    let mut problems = Problems::default();
    let reading = read_parts(entry, scope, options, &mut problems);
    if let (Some(Reading::Wish(wish)), false) = (&reading, problems.is_empty())
        && wish.wanted
        && !wish.is_absent()
    {
        // The rest that is wrong with it is told at once, as far as it does not follow from that.
        let is_told = |fault: &Fault| wish.given.contains_key(fault.attribute) && wish.is_surely(fault);
        for fault in wish.faults(entry).into_iter().filter(is_told) {
            let (line, column) = entry.place_of(fault.attribute);
            problems.push(Problem::new(line, column, fault.message));
        }
    }
    match reading {
        Some(reading) if problems.is_empty() => Ok(reading),
        _ => Err(of_entry(entry, problems)),
    }
}

fn read_parts(entry: &Entry, scope: &Scope, options: &Options, problems: &mut Problems) -> Option<Reading> {
    if other::is_asked(entry) {
        let wanted = read_conditions(entry, scope, problems) != Some(false);
        let found = if wanted { other::find(entry, scope, problems) } else { None };
        return Some(Reading::Other(found));
    }
    let model = match read_model(entry, scope, problems) {
        Some(Ok(model)) => Some(model),
        Some(Err((_, why))) if options.skip_unsupported && !why.misspelt => {
            let why = Problem::new(entry.line, entry.column, format!("Left out: {}", why.message));
            return Some(Reading::LeftOut(Problem { entry: entry.called(), ..why }));
        }
        Some(Err((node, why))) => {
            let remedy = why.remedy();
            problems.push(node.problem(why.message).with(remedy));
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
        number: None,
        finds_nothing: false,
        without: Vec::new(),
        identifiers: Mapping::new(),
        given: Mapping::new(),
        foreign: Vec::new(),
    };
    // What is skipped is not looked at, as in authentik: its references may well lead nowhere.
    if !wish.wanted {
        return Some(Reading::Wish(wish));
    }
    if let Some(without) = fill(&mut wish, entry, scope, problems) {
        return Some(Reading::LeftOut(Problem { entry: entry.called(), ..without }));
    }
    if !is_sought(&wish) && problems.is_empty() && !wish.uncertain {
        let problem = unsought(&wish, entry);
        if options.skip_unsupported && wish.number.is_some() {
            return Some(Reading::LeftOut(Problem { entry: entry.called(), ..problem }));
        }
        problems.push(problem);
    }
    expression::check(&wish, entry, problems, &mut scope.notes.borrow_mut());
    Some(Reading::Wish(wish))
}

/// Reads identifiers and attributes; why the entry is left out, where it has to be.
fn fill(wish: &mut Wish, entry: &Entry, scope: &Scope, problems: &mut Problems) -> Option<Problem> {
    let mut reader = Reader { wish: &mut *wish, scope, problems, without: None };
    for (key, node) in &entry.identifiers {
        reader.identifier(key, node);
    }
    // Files say more of objects that shall go than is needed, for the sake of old servers.
    if !reader.wish.is_absent() {
        for (key, node) in &entry.attrs {
            reader.attribute(key, node);
        }
        reader.permissions(entry);
    }
    let without = reader.without;
    // What the object is found by wins over what else is said of it; lists of both are joined.
    prompt_data::merge(&mut wish.given, &wish.identifiers);
    for attribute in wish.model.spec().attributes.iter().filter(|attribute| attribute.kind.models().is_some()) {
        if let Some(Value::Array(items)) = wish.given.get_mut(attribute.name) {
            once(items);
        }
    }
    without.or_else(|| {
        let message = "Left out: nobody decides without what is left out.";
        is_nothing_without(wish).then(|| Problem::new(entry.line, entry.column, message))
    })
}

/// Whether the entry says anything to find its object by.
fn is_sought(wish: &Wish) -> bool {
    wish.pk.is_some() || wish.finds_nothing || !wish.identifiers.is_empty()
}

/// What is said where it does not.
fn unsought(wish: &Wish, entry: &Entry) -> Problem {
    if wish.number.is_some() {
        let (line, column) = entry.place_of("pk");
        let message = "Users have no numbers here: the entry has to find its user by `username`.";
        return Problem::new(line, column, message).with(Remedy::LeaveOut);
    }
    Problem::new(entry.line, entry.column, "The entry has no `identifiers` to find its object by.")
}

/// What is listed twice is there once.
pub fn once(items: &mut Vec<Value>) {
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(item.to_string()));
}

/// A value without its tags; nothing where that goes wrong, which is noted.
pub fn resolved(node: &Node, scope: &Scope, problems: &mut Problems) -> Option<Node> {
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
