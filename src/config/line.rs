//! Where in the file a key stands, so that what is wrong with it can be found.

use crate::domain::text::printable;

/// The line of a key, counted from one, given the keys above it: of the innermost that stands at the beginning of a line.
/// Zero where there is none.
pub fn of(text: &str, path: &[&str]) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let (mut found, mut from) = (0, 0);
    for (depth, key) in path.iter().enumerate() {
        let begins = |line: &&str| {
            let inner = line.starts_with([' ', '\t']);
            let line = line.trim_start().trim_start_matches(['"', '\'']);
            let rest = line.strip_prefix(key).map(|rest| rest.trim_start_matches(['"', '\'']).trim_start());
            rest.is_some_and(|rest| rest.starts_with(':')) && inner == (depth > 0)
        };
        match lines.iter().skip(from).position(begins) {
            Some(place) => {
                found = from + place + 1;
                from = found;
            }
            None => break,
        }
    }
    found
}

/// That a key stands twice, and where, as far as the reader's words tell which one.
pub fn twice(text: &str, why: &str) -> Option<String> {
    let (_, rest) = why.split_once("duplicate entry with key \"")?;
    let key = rest.split('"').next()?;
    let first = of(text, &[key]);
    let below = text.lines().skip(first).collect::<Vec<_>>().join("\n");
    let second = Some(of(&below, &[key])).filter(|line| first > 0 && *line > 0)? + first;
    Some(format!("line {second}: `{}` stands there twice, in line {first} too", printable(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_below_those_above_it() {
        let text = "# edit: x\nedit: 1\nkeys:\n  new: i\n  \"users.edit\": e\ncolumns: {log: [who]}\n";
        assert_eq!(of(text, &["edit"]), 2);
        assert_eq!(of(text, &["keys", "users.edit"]), 5);
        assert_eq!(of(text, &["columns", "log"]), 6);
        assert_eq!(of(text, &["none"]), 0);
    }
}
