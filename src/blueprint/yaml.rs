//! From bytes to a tree of [`Node`]s, in bounded memory and time whatever the bytes are.
//!
//! The scanner and parser of `saphyr-parser` deliver events; what they mean is decided here, by the rules of YAML 1.1.

use super::node::{Key, Kind, Node};
use super::problem::{Problem, Problems, quote};
use super::{scalar, source};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// How deep values may nest. Real files stay below ten; every later walk over the tree may be recursive because of this.
pub const DEPTH_LIMIT: usize = 64;

/// What a file may grow to once aliases are repeated, in bytes of text plus [`NODE_COST`] a value.
const BUDGET: usize = 64 << 20;

/// What one value counts against [`BUDGET`], about its size in memory.
const NODE_COST: usize = 96;

/// The tree of a file's only document, or `None` when there is nothing in it.
pub fn parse(bytes: &[u8]) -> Result<Option<Node>, Problems> {
    let (root, problems) = read(bytes)?;
    problems.or(root)
}

/// As [`parse`], with what could be read beside what is wrong with it. The error is for what is no text at all.
pub fn read(bytes: &[u8]) -> Result<(Option<Node>, Problems), Problems> {
    let text = source::decode(bytes)?;
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(&text);
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                builder.problems.push(scan_problem(&error, &text, &builder.stack));
                break;
            }
        };
        if builder.take(event, span).is_err() {
            break;
        }
    }
    Ok((builder.root, builder.problems))
}

/// What the scanner says where people usually make a mistake, and what is to be done about it.
const SCANNED: &[(&str, &str)] = &[
    ("unknown anchor", "No anchor of this name stands before this alias."),
    ("simple key expect", "A key needs a colon and a space after it, such as `name: value`."),
    ("did not find expected key", "Here a key is expected, indented like the ones before it, such as `name: value`."),
    ("illegal placement of ':'", "A colon can't stand here: a bracket before it is not closed, or quotes are missing."),
    ("unexpected character", "A text can't begin with this character: put it into quotes."),
    ("scanning a block scalar", "After `|` or `>` nothing stands on the same line; the text follows, indented."),
    ("mapping values are not allowed", "A colon can't stand here: put the text into quotes, or begin a new line."),
    ("sequence entries are not allowed", "A list can't begin here: put it on a line of its own."),
    ("did not find expected '-' indicator", "Here another element of the list is expected, beginning with `- `."),
    ("quoted scalar, found unexpected", "A quotation mark is opened here or before, and never closed."),
    (
        "invalid indentation in quoted",
        "The quotation mark here is still open where a line is not indented: close it, or indent that line.",
    ),
    ("expected ',' or ']'", "A bracket `[` is not closed, or a comma is missing."),
    ("expected ',' or '}'", "A bracket `{` is not closed, or a comma is missing."),
    ("misplaced bracket", "A bracket is closed here that was not opened."),
    ("invalid indentation", "This line must be indented further than what it belongs to."),
    ("content after double-quoted", "Text can't follow a closed quotation mark: put all of it into quotes."),
    ("unknown escape character", "A backslash in double quotes begins an escape: write `\\\\`, or use single quotes."),
];

fn scan_problem(error: &ScanError, text: &str, open: &[Frame]) -> Problem {
    let (line, column) = (error.marker().line(), error.marker().col() + 1);
    // What is missed only at the end is wrong in the last line that there is.
    let last = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(at, _)| at + 1).last();
    let beyond = last.filter(|last| line > *last);
    let bracket = beyond.and_then(|_| open.iter().rev().find(|frame| begins_with_bracket(&frame.node, text)));
    if let Some(frame) = bracket.filter(|_| error.info().contains("expected ',' or ")) {
        let sign = if matches!(frame.node.kind, Kind::List(_)) { '[' } else { '{' };
        let message = format!("A bracket `{sign}` is not closed, or a comma is missing.");
        return Problem::new(frame.node.line, frame.node.column, message);
    }
    let line = beyond.unwrap_or(line);
    let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let indent = &source[..source.len() - source.trim_start().len()];
    let column = if beyond.is_some() { indent.chars().count() + 1 } else { column };
    let message = if indent.contains('\t') {
        "A tab can't indent YAML; use spaces.".to_owned()
    } else {
        match SCANNED.iter().find(|(told, _)| error.info().contains(told)) {
            Some((_, meant)) => (*meant).to_owned(),
            None => format!("This is not YAML: {}.", error.info()),
        }
    };
    Problem::new(line, column, message)
}

/// Whether a list or mapping stands in brackets.
fn begins_with_bracket(node: &Node, text: &str) -> bool {
    let line = text.lines().nth(node.line.saturating_sub(1)).unwrap_or_default();
    matches!(line.chars().nth(node.column.saturating_sub(1)), Some('[' | '{'))
}

/// Ends the reading; the problem is already noted.
struct Stop;

/// A list or mapping that is still open.
struct Frame {
    node: Node,
    anchor: usize,
    /// What it costs to repeat this by an alias.
    cost: usize,
    seen: HashSet<String>,
    merged: Vec<(Key, Node)>,
    pending: Option<Pending>,
}

/// The key whose value comes next.
enum Pending {
    Key(Key),
    Merge,
    /// Not a key that can be kept: reported, and its value is dropped.
    Bad,
}

#[derive(Default)]
struct Builder {
    stack: Vec<Frame>,
    anchors: HashMap<usize, (Node, usize)>,
    problems: Problems,
    spent: usize,
    documents: usize,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return self.stop(line, column, "The file holds more than one document; only one is expected.");
                }
            }
            Event::Alias(id) => return self.alias(id, line, column),
            Event::Scalar(text, style, anchor, tag) => return self.scalar(&text, style, anchor, tag.as_deref(), span),
            Event::SequenceStart(anchor, tag) => {
                return self.open(anchor, tag.as_deref(), line, column, Kind::List(Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                return self.open(anchor, tag.as_deref(), line, column, Kind::Map(Vec::new()));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn stop(&mut self, line: usize, column: usize, message: &str) -> Result<(), Stop> {
        self.problems.push(Problem::new(line, column, message));
        Err(Stop)
    }

    fn spend(&mut self, cost: usize, line: usize, column: usize) -> Result<(), Stop> {
        self.spent = self.spent.saturating_add(cost);
        if self.spent > BUDGET {
            return self.stop(
                line,
                column,
                "The file grows too large here: too many values, or aliases that repeat too much.",
            );
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, tag: Option<&Tag>, line: usize, column: usize, kind: Kind) -> Result<(), Stop> {
        if self.stack.len() >= DEPTH_LIMIT {
            return self.stop(line, column, &format!("Values nest deeper than {DEPTH_LIMIT} levels."));
        }
        self.spend(NODE_COST, line, column)?;
        let tag = match tag.map(name) {
            Some(Name::Core(core)) => {
                let fits = matches!((&kind, core.as_str()), (Kind::List(_), "seq") | (Kind::Map(_), "map"));
                if !fits {
                    self.problems.push(Problem::new(
                        line,
                        column,
                        format!("The tag {} is not supported.", quote(&format!("!!{core}"))),
                    ));
                }
                None
            }
            Some(Name::Custom(custom)) => Some(custom),
            None => None,
        };
        let node = Node { line, column, tag, kind };
        let (seen, merged) = (HashSet::new(), Vec::new());
        self.stack.push(Frame { node, anchor, cost: NODE_COST, seen, merged, pending: None });
        Ok(())
    }

    fn close(&mut self) {
        let Some(mut frame) = self.stack.pop() else { return };
        if let Kind::Map(pairs) = &mut frame.node.kind {
            // What is merged in comes first and yields to the mapping's own keys.
            frame.merged.retain(|(key, _)| !frame.seen.contains(&key.text));
            frame.merged.append(pairs);
            *pairs = std::mem::take(&mut frame.merged);
        }
        self.place(frame.node, frame.anchor, frame.cost, None);
    }

    fn alias(&mut self, id: usize, line: usize, column: usize) -> Result<(), Stop> {
        let Some((_, cost)) = self.anchors.get(&id) else {
            return self.stop(line, column, "This alias stands inside the value that it repeats.");
        };
        let cost = *cost;
        self.spend(cost, line, column)?;
        let Some(node) = self.anchors.get(&id).map(|(node, _)| node.clone()) else { return Ok(()) };
        if self.stack.len() + depth(&node) > DEPTH_LIMIT {
            return self.stop(line, column, &format!("Values nest deeper than {DEPTH_LIMIT} levels."));
        }
        self.place(node, 0, cost, None);
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Stop> {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let cost = NODE_COST + text.len();
        self.spend(cost, line, column)?;
        if text.contains('\0') {
            // Only an escape in quotes gets here; PostgreSQL keeps no such text.
            self.problems.push(Problem::new(line, column, "The character NUL (U+0000) can't be kept."));
        }
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let (tag, value) = match tag.map(name) {
            Some(Name::Custom(custom)) => (Some(custom), Ok(Value::String(text.to_owned()))),
            Some(Name::Core(core)) => (None, core_scalar(&core, text)),
            None if plain => (None, scalar::plain(text)),
            None => (None, Ok(Value::String(text.to_owned()))),
        };
        let value = value.unwrap_or_else(|message| {
            self.problems.push(Problem::new(line, column, message));
            Value::String(text.to_owned())
        });
        let node = Node { line, column, tag, kind: Kind::Scalar(value) };
        self.place(node, anchor, cost, plain.then_some(text));
        Ok(())
    }

    /// Puts a finished value where it belongs. `plain` is the text of an unquoted scalar.
    fn place(&mut self, node: Node, anchor: usize, cost: usize, plain: Option<&str>) {
        if anchor > 0 {
            // The copy is paid for as the value was, so nested anchors can't multiply.
            self.spent = self.spent.saturating_add(cost);
            self.anchors.insert(anchor, (node.clone(), cost));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.cost = frame.cost.saturating_add(cost);
        let pairs = match &mut frame.node.kind {
            Kind::List(items) => return items.push(node),
            Kind::Map(pairs) => pairs,
            Kind::Scalar(_) | Kind::Unknown => return,
        };
        match frame.pending.take() {
            None => frame.pending = Some(key(&node, plain, &mut frame.seen, &mut self.problems)),
            Some(Pending::Key(key)) => pairs.push((key, node)),
            Some(Pending::Merge) => merge(node, &mut frame.merged, &mut self.problems),
            Some(Pending::Bad) => {}
        }
    }
}

fn depth(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Scalar(_) | Kind::Unknown => 0,
        Kind::List(items) => items.iter().map(depth).max().unwrap_or(0),
        Kind::Map(pairs) => pairs.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
    }
}

fn key(node: &Node, plain: Option<&str>, seen: &mut HashSet<String>, problems: &mut Problems) -> Pending {
    if plain == Some("<<") {
        return if seen.insert("<<".to_owned()) {
            Pending::Merge
        } else {
            problems.push(node.problem("The key `<<` stands here twice; merge several with `<<: [*a, *b]`."));
            Pending::Bad
        };
    }
    let text = match &node.kind {
        Kind::Scalar(Value::String(text)) if node.tag.is_none() => text.clone(),
        // Python and JSON agree on these only in this form; `0777` as a key would silently become 511.
        Kind::Scalar(Value::Number(number)) if plain == Some(number.to_string().as_str()) => number.to_string(),
        _ => {
            let advice = if plain.is_some() { "; put it in quotes" } else { "" };
            problems.push(node.problem(format!("A key has to be text, and this is {}{advice}.", node.describe())));
            return Pending::Bad;
        }
    };
    if !seen.insert(text.clone()) {
        problems.push(node.problem(format!("The key {} stands here twice.", quote(&text))));
        return Pending::Bad;
    }
    Pending::Key(Key { line: node.line, column: node.column, text })
}

/// Takes in a mapping, or a list of mappings of which the earlier ones win.
fn merge(node: Node, merged: &mut Vec<(Key, Node)>, problems: &mut Problems) {
    let place = node.problem("`<<` takes a mapping or a list of mappings.");
    let sources = match node.kind {
        Kind::List(items) if node.tag.is_none() => items,
        kind => vec![Node { kind, ..node }],
    };
    let mut seen = HashSet::new();
    for source in sources {
        match source.kind {
            Kind::Map(pairs) if source.tag.is_none() => {
                merged.extend(pairs.into_iter().filter(|(key, _)| seen.insert(key.text.clone())));
            }
            _ => problems.push(place.clone()),
        }
    }
}

enum Name {
    /// One of YAML's own: `!!str`.
    Core(String),
    Custom(String),
}

fn name(tag: &Tag) -> Name {
    let whole = format!("{}{}", tag.handle, tag.suffix);
    match whole.strip_prefix("tag:yaml.org,2002:") {
        Some(core) => Name::Core(core.to_owned()),
        // The lone `!` means "take it as it is": text, for a scalar.
        None if whole == "!" => Name::Core("str".to_owned()),
        None => Name::Custom(whole.strip_prefix('!').unwrap_or(&whole).to_owned()),
    }
}

fn core_scalar(tag: &str, text: &str) -> Result<Value, String> {
    let value = match tag {
        "str" => return Ok(Value::String(text.to_owned())),
        "null" => return Ok(Value::Null),
        "bool" => scalar::boolean(text).map(|value| Ok(Value::Bool(value))),
        "int" => scalar::integer(text),
        "float" => scalar::float(text).or_else(|| scalar::integer(text)),
        "timestamp" => scalar::timestamp(text),
        _ => return Err(format!("The tag {} is not supported.", quote(&format!("!!{tag}")))),
    };
    value.unwrap_or_else(|| Err(format!("{} is not what the tag `!!{tag}` asks for.", quote(text))))
}
