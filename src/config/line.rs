//! Where in the file each key stands, by the structure of its text: so that what is wrong with one can be found.

use saphyr_parser::{Event, Parser};

/// No settings nest deeper.
const DEEPEST: usize = 16;

/// The keys of a file with their lines.
#[derive(Debug, Default)]
pub struct Outline {
    /// The path of each key and element, and its line, counted from one.
    places: Vec<(Vec<String>, usize)>,
    /// The path of each key that was there already, its line, and that of the first one.
    twice: Vec<(Vec<String>, usize, usize)>,
}

/// A mapping or list that is not closed yet.
enum Open {
    /// A mapping; the path of the key whose value comes next.
    Map(Vec<String>, Option<Vec<String>>),
    /// A list; how many elements there were.
    List(Vec<String>, usize),
}

/// How the element of a list is called in a path.
pub fn element(index: usize) -> String {
    format!("[{index}]")
}

impl Outline {
    /// Reads a text as far as it is YAML.
    pub fn read(text: &str) -> Self {
        let mut outline = Self::default();
        let mut open: Vec<Open> = Vec::new();
        let mut parser = Parser::new_from_str(text);
        while let Some(Ok((event, span))) = parser.next_event() {
            let line = span.start.line();
            match event {
                Event::Scalar(text, ..) => drop(outline.node(&mut open, Some(&text), line)),
                Event::Alias(_) => drop(outline.node(&mut open, None, line)),
                Event::MappingStart(..) => {
                    let path = outline.node(&mut open, None, line);
                    open.push(Open::Map(path, None));
                }
                Event::SequenceStart(..) => {
                    let path = outline.node(&mut open, None, line);
                    open.push(Open::List(path, 0));
                }
                Event::MappingEnd | Event::SequenceEnd => drop(open.pop()),
                _ => {}
            }
            if open.len() > DEEPEST {
                break;
            }
        }
        outline
    }

    /// Takes a key, a value or an element; tells its path.
    fn node(&mut self, open: &mut [Open], text: Option<&str>, line: usize) -> Vec<String> {
        let below = |path: &[String], name: String| [path, &[name]].concat();
        match open.last_mut() {
            None => Vec::new(),
            Some(Open::Map(_, key @ Some(_))) => key.take().unwrap_or_default(),
            Some(Open::Map(path, key)) => {
                let path = below(path, text.unwrap_or("?").to_owned());
                match self.places.iter().find(|(other, _)| *other == path) {
                    Some((_, first)) if text.is_some() => self.twice.push((path.clone(), line, *first)),
                    _ => self.places.push((path.clone(), line)),
                }
                *key = Some(path.clone());
                path
            }
            Some(Open::List(path, index)) => {
                let path = below(path, element(*index));
                *index += 1;
                self.places.push((path.clone(), line));
                path
            }
        }
    }

    /// The line of a key, given the keys above it: of the innermost that is there. Zero where there is none.
    pub fn line(&self, path: &[&str]) -> usize {
        let of = |path: &[&str]| self.places.iter().find(|(other, _)| other == path).map(|(_, line)| *line);
        (1..=path.len()).rev().find_map(|depth| of(&path[..depth])).unwrap_or(0)
    }

    /// The path of each key that stands there twice, its line, and that of the first one.
    pub fn twice(&self) -> &[(Vec<String>, usize, usize)] {
        &self.twice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_below_those_above_it() {
        let text = "# edit: x\nedit: |\n  keys:\nkeys:\n  new: i\n  \"users.edit\": e\ncolumns: {log: [who],\n users: [a,\n b]}\n5: x\n";
        let outline = Outline::read(text);
        for (path, line) in [
            (&["edit"][..], 2),
            (&["keys"], 4),
            (&["keys", "users.edit"], 6),
            (&["keys", "other"], 4),
            (&["columns", "log"], 7),
            (&["columns", "users", "[1]"], 9),
            (&["columns", "users", "[1]", "x"], 9),
            (&["5"], 10),
            (&["none"], 0),
            (&["none", "keys"], 0),
        ] {
            assert_eq!(outline.line(path), line, "{path:?}");
        }
        assert!(outline.twice().is_empty());
    }

    #[test]
    fn a_key_is_there_twice_in_one_mapping_only() {
        let outline =
            Outline::read("keys:\n  help: a\n  new: help\n  \"help\": c\nhelp: x\nmail: {help: 1}\nkeys: {}\n");
        let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(outline.twice(), [(path(&["keys", "help"]), 4, 2), (path(&["keys"]), 7, 1)]);
    }

    #[test]
    fn what_is_no_yaml_is_read_as_far_as_it_goes() {
        assert_eq!(Outline::read("a: 1\nb: [\n").line(&["a"]), 1);
        assert_eq!(Outline::read(&"[".repeat(100_000)).line(&["a"]), 0);
        assert_eq!(Outline::read("? [a, b]\n: c\nd: e\n").line(&["d"]), 3);
    }
}
