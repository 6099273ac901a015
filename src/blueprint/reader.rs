//! One entry's identifiers and attributes, each read as its model wants it.

use super::document::Entry;
use super::model::attribute::{self, Attribute, Kind};
use super::model::{self, POLICY_BINDING};
use super::node::{Key, Kind as Form, Node};
use super::problem::{Problem, Problems, quote};
use super::scope::Scope;
use super::wish::{Foreign, Wish, once, resolved};
use crate::domain::validation::nearest;
use serde_json::Value;
use uuid::Uuid;

/// Reads one entry into a wish.
pub struct Reader<'a> {
    pub wish: &'a mut Wish,
    pub scope: &'a Scope,
    pub problems: &'a mut Problems,
    /// Why the entry can't be without something that is left out.
    pub without: Option<Problem>,
}

impl Reader<'_> {
    /// Reads what the object is found by.
    pub fn identifier(&mut self, key: &Key, node: &Node) {
        if key.text == "pk" || model::is_key_of(self.wish.model, &key.text) {
            self.primary_key(key, node);
            return;
        }
        let known = self.known(&key.text).filter(|attribute| !matches!(attribute.kind, Kind::Password));
        let Some(attribute) = known else {
            let message =
                format!("{} has no {} to be found by.{}", self.noun(), quote(&key.text), self.advice(&key.text));
            self.problems.push(Problem::new(key.line, key.column, message));
            return;
        };
        let before = self.wish.without.len();
        let value = self.value(attribute, key, node);
        if self.wish.without.len() > before {
            let message = format!("Left out: {} is needed to find the object.", quote(&key.text));
            self.without.get_or_insert(node.problem(message));
        }
        if let Some(value) = value {
            self.wish.identifiers.insert(key.text.clone(), value);
        }
    }

    fn primary_key(&mut self, key: &Key, node: &Node) {
        let Some(found) = resolved(node, self.scope, self.problems) else { return };
        let is_user = self.wish.model.spec().name == model::USER;
        match &found.kind {
            _ if found.has_unknown() => self.wish.uncertain = true,
            // What a look-up did not find is no key.
            Form::Scalar(Value::Null) => self.wish.finds_nothing = true,
            Form::Scalar(Value::Number(number)) if is_user && number.is_i64() => {
                self.wish.number = number.as_i64();
                let message = format!("Users have no numbers here: {} finds nobody.", quote(&key.text));
                self.scope.notes.borrow_mut().push(node.problem(message));
            }
            Form::Scalar(Value::String(text)) => match Uuid::parse_str(text) {
                Ok(pk) => self.wish.pk = Some(pk),
                Err(_) => self.problems.push(node.problem(format!("{} has to be a UUID.", quote(&key.text)))),
            },
            _ => self.problems.push(node.problem(format!("{} has to be a UUID.", quote(&key.text)))),
        }
    }

    /// Reads what the object shall be.
    pub fn attribute(&mut self, key: &Key, node: &Node) {
        let Some(attribute) = self.known(&key.text) else {
            // authentik passes over attributes that it does not know, and over those that can only be read, which keeps
            // old files working; a slip of the finger is another matter.
            let is_read_only = model::is_read_only(&key.text) || model::is_key_of(self.wish.model, &key.text);
            let advice = if is_read_only { String::new() } else { self.advice(&key.text) };
            let message = if is_read_only {
                format!("{} can only be read, not set: it is passed over.", quote(&key.text))
            } else {
                let advice = if advice.is_empty() { self.kin(&key.text) } else { advice.clone() };
                format!("{} has no attribute {}.{advice}", self.noun(), quote(&key.text))
            };
            let problem = Problem::new(key.line, key.column, message);
            if advice.is_empty() {
                self.scope.notes.borrow_mut().push(problem);
            } else {
                self.problems.push(problem);
            }
            return;
        };
        if let Some(value) = self.value(attribute, key, node) {
            self.wish.given.insert(key.text.clone(), value);
        }
    }

    fn known(&self, name: &str) -> Option<&'static Attribute> {
        self.wish.model.spec().attributes.iter().find(|attribute| attribute.name == name)
    }

    fn noun(&self) -> String {
        model::subject(self.wish.model)
    }

    fn advice(&self, name: &str) -> String {
        let known = self.wish.model.spec().attributes.iter().map(|attribute| attribute.name);
        nearest(name, known).map(|near| format!(" Did you mean {}?", quote(near))).unwrap_or_default()
    }

    /// The attribute that is called a part of what was said, or the other way round: no slip, but perhaps what was meant.
    fn kin(&self, name: &str) -> String {
        let known = self.wish.model.spec().attributes.iter().map(|attribute| attribute.name);
        let is_kin = |known: &&str| name.len().min(known.len()) > 3 && (known.contains(name) || name.contains(*known));
        let kin = known.filter(is_kin).min_by_key(|known| known.len().abs_diff(name.len()));
        kin.map(|kin| format!(" Did you mean {}?", quote(kin))).unwrap_or_default()
    }

    fn value(&mut self, attribute: &'static Attribute, key: &Key, node: &Node) -> Option<Value> {
        let kind = &attribute.kind;
        let Some(found) = resolved(node, self.scope, self.problems) else {
            self.has_wrong_items(kind, key, node);
            return None;
        };
        if found.has_unknown() {
            self.wish.uncertain = true;
            return None;
        }
        if found.is_null() && matches!(node.tag.as_deref(), Some("Find")) && matches!(kind, Kind::MaybeReference(_)) {
            let message = format!("{}: The look-up finds nothing, so there is none.", quote(&key.text));
            self.scope.notes.borrow_mut().push(node.problem(message));
        }
        let found = self.without_left_out(kind, key, found)?;
        let found = if kind.models().is_some() { self.renumbered(kind, found) } else { self.renamed(found, 0) };
        // What is to go and refers to what is not there is not there either.
        let wants_object = matches!(kind, Kind::Reference(_));
        if wants_object && found.is_null() && self.wish.is_absent() {
            self.wish.finds_nothing = true;
            return None;
        }
        match kind.read(&found) {
            Ok(value) => match kind.models() {
                Some(models) => self.references(models, key, &found, value),
                None if matches!(kind, Kind::Ignored) => None,
                None if matches!(kind, Kind::Secret(_)) && value.is_null() => None,
                None if let Kind::NotApplied(why) = kind => {
                    if !attribute::is_neutral(&found) {
                        let message = format!("{} is not applied: {why}.", quote(&key.text));
                        self.scope.notes.borrow_mut().push(node.problem(message));
                    }
                    None
                }
                None => Some(value),
            },
            Err(_) if self.has_wrong_items(kind, key, node) => None,
            Err(message) => {
                // The key is nothing that anybody wrote.
                let is_key = matches!(node.tag.as_deref(), Some("KeyOf"));
                let message =
                    if is_key { message.replace(&found.describe(), "a reference to one object") } else { message };
                self.problems.push(node.problem(format!("{}: {message}", quote(&key.text))));
                None
            }
        }
    }

    /// Tells what is wrong with each element of a list, where it stands; whether anything is. What is wrong with the list as
    /// a whole is found where it is read as that.
    fn has_wrong_items(&mut self, kind: &Kind, key: &Key, node: &Node) -> bool {
        let items = match &node.kind {
            Form::List(items) if node.tag.is_none() && kind.is_list() => items,
            _ => return false,
        };
        let mut is_any = false;
        for item in items {
            // What is wrong with its tags has been said.
            let Ok(found) = self.scope.resolve(item) else { continue };
            if found.has_unknown() || (self.scope.skip_unsupported && self.is_left_out(kind, &found)) {
                continue;
            }
            let found = if kind.models().is_some() { self.renumbered(kind, found) } else { found };
            let alone = Node::at(node, Form::List(vec![found]));
            if let Err(message) = kind.read(&alone) {
                self.problems.push(item.problem(format!("{}: {message}", quote(&key.text))));
                is_any = true;
            }
        }
        is_any
    }

    /// The value without what leads to something that is left out; nothing where nothing is left to be said.
    fn without_left_out(&mut self, kind: &Kind, key: &Key, node: Node) -> Option<Node> {
        if !self.scope.skip_unsupported {
            return Some(node);
        }
        if self.is_left_out(kind, &node) {
            let message = format!("Left out: {} refers to an entry that is left out.", quote(&key.text));
            let problem = node.problem(message);
            self.wish.without.push(key.text.clone());
            match kind {
                Kind::Reference(_) => self.without = Some(problem),
                Kind::MaybeReference(_) => {
                    self.scope.notes.borrow_mut().push(problem);
                    return Some(Node::scalar_at(&node, Value::Null));
                }
                _ => self.scope.notes.borrow_mut().push(problem),
            }
            return None;
        }
        let had = matches!(&node.kind, Form::List(items) if !items.is_empty());
        let node = self.pruned(kind, key, node);
        let is_empty = matches!(&node.kind, Form::List(items) if items.is_empty());
        if had && is_empty && matches!(kind, Kind::References(_)) {
            let message = format!("Left out: all of {} is left out.", quote(&key.text));
            self.without = Some(node.problem(message));
            return None;
        }
        Some(node)
    }

    /// Whether a value leads to what is left out: an entry's object, what a look-up looked for, a user by a number.
    fn is_left_out(&self, kind: &Kind, node: &Node) -> bool {
        let is_of_users = kind.models().is_some_and(|models| models.contains(&model::USER));
        let number = match &node.kind {
            Form::Scalar(Value::Number(number)) if is_of_users => number.as_i64(),
            _ => None,
        };
        self.scope.leads_to_left_out(node) || number.is_some_and(|number| self.scope.numbered(number).is_none())
    }

    /// Lists lose what is left out, mappings keep nothing in its place.
    fn pruned(&mut self, kind: &Kind, key: &Key, node: Node) -> Node {
        let leave_out = |reader: &Self, node: &Node| {
            let message = format!("Left out: {} refers to an entry that is left out.", quote(&key.text));
            reader.scope.notes.borrow_mut().push(node.problem(message));
        };
        let form = match node.kind {
            Form::List(items) => {
                let mut kept = Vec::with_capacity(items.len());
                for item in items {
                    if self.is_left_out(kind, &item) {
                        leave_out(self, &item);
                    } else {
                        kept.push(self.pruned(kind, key, item));
                    }
                }
                Form::List(kept)
            }
            Form::Map(pairs) => {
                let mut kept = Vec::with_capacity(pairs.len());
                for (name, value) in pairs {
                    if self.is_left_out(kind, &value) {
                        leave_out(self, &value);
                        kept.push((name, Node::scalar_at(&value, Value::Null)));
                    } else {
                        kept.push((name, self.pruned(kind, key, value)));
                    }
                }
                Form::Map(kept)
            }
            other => other,
        };
        Node { kind: form, ..node }
    }

    /// Users by the keys that they have here, for the numbers that the file gave them.
    fn renumbered(&self, kind: &Kind, node: Node) -> Node {
        let is_of_users = kind.models().is_some_and(|models| models.contains(&model::USER));
        match node.kind {
            Form::Scalar(Value::Number(ref number)) if is_of_users => {
                match number.as_i64().and_then(|number| self.scope.numbered(number)) {
                    Some(key) => Node::scalar_at(&node, Value::from(key.to_string())),
                    None => node,
                }
            }
            Form::List(items) => {
                let items = items.into_iter().map(|item| self.renumbered(kind, item)).collect();
                Node { kind: Form::List(items), ..node }
            }
            _ => node,
        }
    }

    /// Keys of the file become the objects' own, directly and one level inside lists and mappings, as in authentik.
    fn renamed(&self, node: Node, depth: usize) -> Node {
        if !self.scope.has_renamed() || depth > 1 {
            return node;
        }
        match node.kind {
            Form::Scalar(Value::String(ref text)) => match Uuid::parse_str(text) {
                Ok(key) if self.scope.own_key(key) != key => {
                    Node::scalar_at(&node, Value::from(self.scope.own_key(key).to_string()))
                }
                _ => node,
            },
            Form::List(items) => {
                let items = items.into_iter().map(|item| self.renamed(item, depth + 1)).collect();
                Node { kind: Form::List(items), ..node }
            }
            Form::Map(pairs) => {
                let pairs = pairs.into_iter().map(|(key, value)| (key, self.renamed(value, depth + 1))).collect();
                Node { kind: Form::Map(pairs), ..node }
            }
            _ => node,
        }
    }

    /// Permissions are not kept here, which is said rather than done in silence.
    pub fn permissions(&mut self, entry: &Entry) {
        let is_empty = |node: &&Node| node.is_null() || matches!(&node.kind, Form::List(items) if items.is_empty());
        let Some(node) = entry.permissions.as_ref().filter(|node| !is_empty(node)) else { return };
        if resolved(node, self.scope, self.problems).is_some() {
            let message = "Permissions on objects are not applied: there are none here.";
            self.scope.notes.borrow_mut().push(node.problem(message));
        }
    }

    /// Puts the objects' own keys for the file's, and checks that they are of the right kind.
    fn references(&mut self, models: &'static [&'static str], key: &Key, node: &Node, value: Value) -> Option<Value> {
        match value {
            Value::Array(items) => {
                let Form::List(nodes) = &node.kind else { return None };
                let mut own = Vec::new();
                for (item, node) in items.into_iter().zip(nodes) {
                    own.push(self.references(models, key, node, item)?);
                }
                once(&mut own);
                Some(Value::Array(own))
            }
            Value::String(text) => self.reference(models, key, node, Uuid::parse_str(&text).ok()?),
            other => Some(other),
        }
    }

    fn reference(&mut self, models: &'static [&'static str], key: &Key, node: &Node, of_file: Uuid) -> Option<Value> {
        let own = self.scope.own_key(of_file);
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

/// Whether an entry can't be as it is once what is left out is taken from it: a binding without anybody who decides.
pub fn is_nothing_without(wish: &Wish) -> bool {
    let decides = |name: &str| wish.given.get(name).is_some_and(|value| !value.is_null());
    wish.model.spec().name == POLICY_BINDING
        && wish.without.iter().any(|name| ["policy", "group", "user"].contains(&name.as_str()))
        && !["policy", "group", "user"].into_iter().any(decides)
}
