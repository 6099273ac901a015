//! The walk that replaces tags by what they stand for.
//!
//! A tag is resolved when its entry's turn comes, since `!KeyOf` and `!Find` look at what the entries before it made. The
//! walk goes into lists and mappings (values only, never keys); what a tag turned into is not walked again. What goes
//! wrong is noted, and becomes [`Kind::Unknown`], about which nothing more is complained.

use super::lookup::{Lookup, NoLookup};
use super::node::{Kind, Node};
use super::problem::{Problem, Problems, Remedy, choices, quote};
use super::scope::Scope;
use super::tag::Tag;
use super::{access, percent};
use crate::domain::validation::nearest;
use serde_json::Value;

/// How deep tags may stand inside each other, counting those that `!Context` leads to.
const DEPTH_LIMIT: usize = 100;

/// The modes of `!Condition`.
const MODES: [&str; 6] = ["AND", "NAND", "OR", "NOR", "XOR", "XNOR"];

/// One walk over one value.
pub struct Walk<'a> {
    pub(super) scope: &'a Scope,
    pub(super) problems: &'a mut Problems,
    /// Index and value of each loop around, the innermost last; nothing while a loop's own list is resolved.
    pub(super) loops: Vec<Option<(Node, Node)>>,
    depth: usize,
    /// Whether the budget is used up: everything else is unknown.
    pub(super) exhausted: bool,
}

impl<'a> Walk<'a> {
    /// A walk that notes what is wrong in `problems`.
    pub fn new(scope: &'a Scope, problems: &'a mut Problems) -> Self {
        Self { scope, problems, loops: Vec::new(), depth: 0, exhausted: false }
    }

    /// The same tree without tags.
    pub fn walk(&mut self, node: &Node) -> Node {
        if !self.spend(node, 1) {
            return Node::at(node, Kind::Unknown);
        }
        if let Some(name) = &node.tag {
            return self.tagged(name, node);
        }
        let kind = match &node.kind {
            Kind::List(items) => Kind::List(items.iter().map(|item| self.walk(item)).collect()),
            Kind::Map(pairs) => Kind::Map(pairs.iter().map(|(key, value)| (key.clone(), self.walk(value))).collect()),
            other => return self.copy(node, &Node::at(node, other.clone())),
        };
        Node::at(node, kind)
    }

    /// Notes what is wrong with a tag.
    pub(super) fn fail(&mut self, node: &Node, message: impl Into<String>) -> Node {
        self.problems.push(node.problem(message));
        Node::at(node, Kind::Unknown)
    }

    fn spend(&mut self, node: &Node, weight: usize) -> bool {
        if !self.exhausted && !self.scope.spend(weight) {
            self.exhausted = true;
            self.fail(node, "What the tags of this file turn into grows too large here.");
        }
        !self.exhausted
    }

    /// A value that a tag turns into, at the tag's place.
    pub(super) fn copy(&mut self, place: &Node, value: &Node) -> Node {
        if !self.spend(place, value.weight()) {
            return Node::at(place, Kind::Unknown);
        }
        Node { line: place.line, column: place.column, ..value.clone() }
    }

    fn tagged(&mut self, name: &str, node: &Node) -> Node {
        if self.depth >= DEPTH_LIMIT {
            return self.fail(node, "Tags lead to each other without end here.");
        }
        self.depth += 1;
        let found = match Tag::parse(name) {
            Ok(tag) => self.tag(tag, node),
            Err(message) => self.fail(node, message),
        };
        self.depth -= 1;
        found
    }

    fn tag(&mut self, tag: Tag, node: &Node) -> Node {
        match tag {
            Tag::KeyOf => self.key_of(node),
            Tag::Env => self.env(node),
            Tag::File => self.file(node),
            Tag::Context => self.context(node),
            Tag::ParseJson => self.parse_json(node),
            Tag::Format => self.format(node),
            Tag::Find => self.find(node, true),
            Tag::FindObject => self.find(node, false),
            Tag::Condition => self.condition(node),
            Tag::If => self.choose(node),
            Tag::Enumerate => self.enumerate(node),
            Tag::Index => self.of_loop(node, "Index"),
            Tag::Value => self.of_loop(node, "Value"),
            Tag::AtIndex => self.at_index(node),
        }
    }

    fn key_of(&mut self, node: &Node) -> Node {
        let Kind::Scalar(Value::String(id)) = &node.kind else {
            return self.fail(node, "`!KeyOf` takes the id of an entry.");
        };
        if let Some(key) = self.scope.target(id) {
            return Node::scalar_at(node, Value::String(key.to_string()));
        }
        let lines = &self.scope.lines;
        if let Some(line) = lines.get(id) {
            let why = if *line >= node.line { "comes later" } else { "has no object at this point" };
            return self.fail(node, format!("`!KeyOf` points at {}, but that entry (line {line}) {why}.", quote(id)));
        }
        let near =
            || nearest(id, lines.keys().map(String::as_str)).map(|near| format!(" Did you mean {}?", quote(near)));
        let called = self.scope.unlabelled.get(id);
        let advice =
            called.map(|line| format!(" The entry in line {line} is called so: give it an `id`.")).or_else(near);
        let message =
            format!("`!KeyOf` points at {}, and no entry has that id.{}", quote(id), advice.unwrap_or_default());
        self.fail(node, message)
    }

    /// Name and default of a tag of the forms `!Tag name` and `!Tag [name, default]`.
    fn name_and_default<'n>(&mut self, what: &str, node: &'n Node) -> Option<(&'n str, Option<&'n Node>)> {
        let wrong = format!("`!{what}` takes a name, or a list of a name and a default.");
        let found = match &node.kind {
            Kind::Scalar(Value::String(name)) => Some((name.as_str(), None)),
            Kind::List(items) => match items.as_slice() {
                [name, default, ..] => name.as_text().map(|name| (name, Some(default))),
                _ => None,
            },
            _ => None,
        };
        if found.is_none() {
            self.fail(node, wrong);
        }
        found
    }

    /// The default of a tag; one that is a tag itself would stay unresolved in authentik.
    fn default(&mut self, what: &str, node: &Node, default: Option<&Node>) -> Node {
        match default {
            None => Node::scalar_at(node, Value::Null),
            Some(default) if default.tag.is_some() => {
                self.fail(default, format!("The default of `!{what}` can't be a tag itself."))
            }
            Some(default) => self.copy(node, default),
        }
    }

    fn env(&mut self, node: &Node) -> Node {
        let Some((name, default)) = self.name_and_default("Env", node) else { return Node::at(node, Kind::Unknown) };
        let is_readable = self.scope.readable.as_ref().is_none_or(|readable| readable.variables.contains(name));
        if !self.scope.allow_env || !is_readable {
            let message = "`!Env` reads the environment of this machine, which is off; `--allow-env` allows it.";
            self.problems.push(node.problem(message).with(Remedy::LetRead));
            return Node::at(node, Kind::Unknown);
        }
        match std::env::var(name) {
            Ok(value) if !value.is_empty() => self.copy(node, &Node::scalar_at(node, Value::from(value))),
            _ => self.default("Env", node, default),
        }
    }

    fn file(&mut self, node: &Node) -> Node {
        let Some((path, default)) = self.name_and_default("File", node) else { return Node::at(node, Kind::Unknown) };
        let is_readable = self.scope.readable.as_ref().is_none_or(|readable| readable.files.contains(path));
        let folder = self.scope.allow_files.as_deref().filter(|_| is_readable);
        let remedy = if folder.is_none() { Remedy::LetRead } else { Remedy::None };
        match access::read(folder, path) {
            Ok(Ok(text)) => self.copy(node, &Node::scalar_at(node, Value::from(text.trim()))),
            Ok(Err(why)) => {
                self.scope.notes.borrow_mut().push(node.problem(format!("{} is not read: {why}.", quote(path))));
                self.default("File", node, default)
            }
            Err(refused) => {
                self.problems.push(node.problem(refused).with(remedy));
                Node::at(node, Kind::Unknown)
            }
        }
    }

    fn context(&mut self, node: &Node) -> Node {
        let Some((name, default)) = self.name_and_default("Context", node) else {
            return Node::at(node, Kind::Unknown);
        };
        let Some(value) = self.scope.context.get(name).or(default) else {
            return Node::scalar_at(node, Value::Null);
        };
        if value.tag.is_none() {
            return self.copy(node, value);
        }
        let value = self.walk(value);
        Node { line: node.line, column: node.column, ..value }
    }

    fn parse_json(&mut self, node: &Node) -> Node {
        let Kind::Scalar(Value::String(text)) = &node.kind else {
            return self.fail(node, "`!ParseJSON` takes a text with JSON in it.");
        };
        match serde_json::from_str(text) {
            Ok(value) => self.copy(node, &Node::from_json(node, value)),
            Err(error) => self.fail(node, format!("`!ParseJSON` finds no JSON here: {error}.")),
        }
    }

    fn format(&mut self, node: &Node) -> Node {
        let Kind::List(items) = &node.kind else {
            return self.fail(node, "`!Format` takes a list of a text and what to put in it.");
        };
        let Some((format, arguments)) = items.split_first().and_then(|(first, rest)| Some((first.as_text()?, rest)))
        else {
            return self.fail(node, "`!Format` takes a plain text first, and then what to put in it.");
        };
        let arguments: Vec<Node> = arguments.iter().map(|argument| self.walk(argument)).collect();
        if arguments.iter().any(Node::has_unknown) {
            return Node::at(node, Kind::Unknown);
        }
        let values: Result<Vec<Value>, Problems> = arguments.iter().map(Node::to_json).collect();
        match values.map(|values| percent::format(format, &values)) {
            Ok(Ok(text)) => self.copy(node, &Node::scalar_at(node, Value::from(text))),
            Ok(Err(why)) => self.fail(node, format!("`!Format`: {why}")),
            Err(found) => {
                self.problems.extend(found);
                Node::at(node, Kind::Unknown)
            }
        }
    }

    /// `!Find` is the object's key, `!FindObject` the object; nothing where there is none.
    fn find(&mut self, node: &Node, only_key: bool) -> Node {
        let what = if only_key { "!Find" } else { "!FindObject" };
        let Kind::List(items) = &node.kind else {
            return self.fail(node, format!("`{what}` takes a list of a model and conditions `[field, value]`."));
        };
        let items: Vec<Node> = items.iter().map(|item| self.walk(item)).collect();
        if items.iter().any(Node::has_unknown) {
            return Node::at(node, Kind::Unknown);
        }
        let lookup = match Lookup::read(node, &items) {
            Ok(lookup) => lookup,
            Err(NoLookup::Unknown(why)) if self.scope.skip_unsupported => {
                let why = why.0.into_iter().map(|one| Problem { message: format!("Left out: {}", one.message), ..one });
                self.scope.notes.borrow_mut().extend(Problems(why.collect(), 0));
                return self.left_out(node);
            }
            Err(NoLookup::Unknown(found) | NoLookup::Wrong(found)) => {
                self.problems.extend(found);
                return Node::at(node, Kind::Unknown);
            }
        };
        match self.scope.answers.get(&lookup.text()) {
            Some(Some(object)) if only_key => Node::scalar_at(node, object.get("pk").cloned().unwrap_or_default()),
            Some(Some(object)) => self.copy(node, &Node::from_json(node, object.clone())),
            Some(None) => Node::scalar_at(node, Value::Null),
            None => {
                self.scope.asked.borrow_mut().push(lookup);
                Node::at(node, Kind::Unknown)
            }
        }
    }

    /// Null, which whoever gets it can tell from null that was found.
    fn left_out(&self, node: &Node) -> Node {
        self.scope.leave_out(node);
        Node::scalar_at(node, Value::Null)
    }

    fn condition(&mut self, node: &Node) -> Node {
        let Kind::List(items) = &node.kind else {
            return self.fail(node, "`!Condition` takes a list of a mode and values.");
        };
        let mode = items.first().and_then(Node::as_text).map(str::to_ascii_uppercase).unwrap_or_default();
        if !MODES.contains(&mode.as_str()) {
            let given = items.first().map_or_else(|| "missing".to_owned(), Node::describe);
            return self.fail(node, format!("The mode of `!Condition` is one of {}, and is {given}.", choices(&MODES)));
        }
        if items.len() < 2 {
            return self.fail(node, "`!Condition` needs a value after its mode.");
        }
        let values: Option<Vec<bool>> =
            items[1..].iter().map(|item| self.walk(item)).collect::<Vec<_>>().iter().map(Node::is_truthy).collect();
        let Some(values) = values else { return Node::at(node, Kind::Unknown) };
        let all = || values.iter().all(|value| *value);
        let any = || values.iter().any(|value| *value);
        let odd = || values.iter().filter(|value| **value).count() % 2 == 1;
        let holds = match mode.as_str() {
            "AND" => all(),
            "NAND" => !all(),
            "OR" => any(),
            "NOR" => !any(),
            "XOR" => odd(),
            _ => !odd(),
        };
        Node::scalar_at(node, Value::Bool(holds))
    }

    fn choose(&mut self, node: &Node) -> Node {
        let Kind::List(items) = &node.kind else {
            return self.fail(node, "`!If` takes a list: a condition, or a condition and two values.");
        };
        let (condition, branches) = match items.as_slice() {
            [condition] => (condition, None),
            [condition, yes, no, ..] => (condition, Some((yes, no))),
            _ => return self.fail(node, "`!If` takes a condition alone, or a condition and two values."),
        };
        match (self.walk(condition).is_truthy(), branches) {
            (None, _) => Node::at(node, Kind::Unknown),
            (Some(holds), None) => Node::scalar_at(node, Value::Bool(holds)),
            (Some(true), Some((yes, _))) => self.walk(yes),
            (Some(false), Some((_, no))) => self.walk(no),
        }
    }

    fn at_index(&mut self, node: &Node) -> Node {
        let Kind::List(items) = &node.kind else {
            return self.fail(node, "`!AtIndex` takes a list of a value, an index and perhaps a default.");
        };
        let (object, index, default) = match items.as_slice() {
            [object, index] => (object, index, None),
            [object, index, default, ..] => (object, index, Some(default)),
            _ => return self.fail(node, "`!AtIndex` takes a value, an index and perhaps a default."),
        };
        let (object, index) = (self.walk(object), self.walk(index));
        if object.has_unknown() || index.has_unknown() {
            return Node::at(node, Kind::Unknown);
        }
        if default.is_none() && self.scope.leads_to_left_out(&object) {
            return self.left_out(node);
        }
        match (element(&object, &index), default) {
            (Ok(found), _) => self.copy(node, found),
            (Err(_), Some(default)) => self.default("AtIndex", node, Some(default)),
            (Err(why), None) => self.fail(node, format!("`!AtIndex`: {why}")),
        }
    }
}

/// An element of a list or mapping; negative numbers count from a list's end.
fn element<'n>(object: &'n Node, index: &Node) -> Result<&'n Node, String> {
    match (&object.kind, &index.kind) {
        (Kind::List(items), Kind::Scalar(Value::Number(number))) => {
            let place = number.as_i64().and_then(|place| {
                let from_start = if place < 0 { place + i64::try_from(items.len()).ok()? } else { place };
                usize::try_from(from_start).ok()
            });
            place
                .and_then(|place| items.get(place))
                .ok_or_else(|| format!("The list has {} elements, and no element {number}.", items.len()))
        }
        (Kind::List(_), _) => Err(format!("A list is indexed by a number, and this is {}.", index.describe())),
        (Kind::Map(pairs), Kind::Scalar(key)) => {
            let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
            let found = pairs.iter().find(|(known, _)| known.text == key).map(|(_, node)| node);
            found.ok_or_else(|| {
                let advice = nearest(&key, pairs.iter().map(|(known, _)| known.text.as_str()));
                let advice = advice.map(|near| format!(" Did you mean {}?", quote(near))).unwrap_or_default();
                format!("The mapping has no key {}.{advice}", quote(&key))
            })
        }
        _ => Err(format!("Only lists and mappings have elements, and this is {}.", object.describe())),
    }
}
