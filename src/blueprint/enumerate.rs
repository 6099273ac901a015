//! Loops: `!Enumerate`, and `!Index` and `!Value` inside of one.

use super::node::{Key, Kind, Node};
use super::resolve::Walk;
use serde_json::Value;

impl Walk<'_> {
    /// A list or a mapping with one element for each element of another.
    pub(super) fn enumerate(&mut self, node: &Node) -> Node {
        let unknown = || Node::at(node, Kind::Unknown);
        let parts = match &node.kind {
            Kind::List(items) if items.len() >= 3 => (&items[0], &items[1], &items[2]),
            _ => return self.fail(node, "`!Enumerate` takes a list: what to go through, `SEQ` or `MAP`, and a body."),
        };
        let (over, mode, body) = parts;
        let mode = mode.as_text().map(str::to_ascii_uppercase).unwrap_or_default();
        if mode != "SEQ" && mode != "MAP" {
            return self
                .fail(node, format!("`!Enumerate` makes a `SEQ` or a `MAP`, and this is {}.", parts.1.describe()));
        }
        self.loops.push(None);
        let over = self.walk(over);
        self.loops.pop();
        if matches!(over.kind, Kind::Unknown) {
            return unknown();
        }
        let Some(elements) = elements(&over) else {
            return self
                .fail(node, format!("`!Enumerate` goes through a list, mapping or text, not {}.", over.describe()));
        };
        let mut items = Vec::new();
        for element in elements {
            if self.exhausted {
                return unknown();
            }
            self.loops.push(Some(element));
            items.push(self.walk(body));
            self.loops.pop();
        }
        if mode == "SEQ" {
            return Node::at(node, Kind::List(items));
        }
        let mut all = Node::at(node, Kind::Map(Vec::new()));
        for item in items {
            match pair(item) {
                Ok(Some(map)) => all.merge(map),
                Ok(None) => return unknown(),
                Err(item) => {
                    let message = format!(
                        "The body of `!Enumerate` with `MAP` is a mapping or a list `[key, value]`, and is {}.",
                        item.describe()
                    );
                    return self.fail(node, message);
                }
            }
        }
        all
    }

    /// Index or value of one of the loops around, the innermost being number 0.
    pub(super) fn of_loop(&mut self, node: &Node, what: &str) -> Node {
        let number = match &node.kind {
            Kind::Scalar(Value::String(text)) => text.trim().parse::<usize>().ok(),
            _ => None,
        };
        let Some(number) = number else {
            return self.fail(node, format!("`!{what}` takes the number of a loop: 0 for the innermost."));
        };
        if self.loops.is_empty() {
            return self.fail(node, format!("`!{what}` has a meaning only inside of `!Enumerate`."));
        }
        let Some(place) = self.loops.len().checked_sub(number + 1) else {
            let count = self.loops.len();
            return self.fail(node, format!("There are {count} loops around this, and no number {number}."));
        };
        match self.loops[place].clone() {
            Some((index, _)) if what == "Index" => self.copy(node, &index),
            Some((_, value)) => self.copy(node, &value),
            None => self.fail(node, format!("`!{what} {number}` means the loop that goes through this very value.")),
        }
    }
}

/// Index and value of each element; of a text its characters.
fn elements(over: &Node) -> Option<Vec<(Node, Node)>> {
    let index = |number: usize| Node::scalar_at(over, Value::from(number));
    Some(match &over.kind {
        Kind::List(items) => items.iter().enumerate().map(|(number, item)| (index(number), item.clone())).collect(),
        Kind::Map(pairs) => pairs
            .iter()
            .map(|(key, value)| (Node::scalar_at(over, Value::from(key.text.clone())), value.clone()))
            .collect(),
        Kind::Scalar(Value::String(text)) => text
            .chars()
            .enumerate()
            .map(|(number, letter)| (index(number), Node::scalar_at(over, Value::from(letter.to_string()))))
            .collect(),
        Kind::Scalar(_) | Kind::Unknown => return None,
    })
}

/// A mapping of what the body of a loop with `MAP` turned into; nothing where that can't be told.
fn pair(item: Node) -> Result<Option<Node>, Node> {
    match &item.kind {
        Kind::Unknown => Ok(None),
        Kind::Map(_) => Ok(Some(item)),
        Kind::List(parts) => {
            let [key, value] = parts.as_slice() else { return Err(item) };
            let text = match &key.kind {
                Kind::Unknown => return Ok(None),
                Kind::Scalar(Value::String(text)) => text.clone(),
                Kind::Scalar(other) => other.to_string(),
                _ => return Err(item),
            };
            let key = Key { line: key.line, column: key.column, text };
            Ok(Some(Node::at(&item, Kind::Map(vec![(key, value.clone())]))))
        }
        Kind::Scalar(_) => Err(item),
    }
}
