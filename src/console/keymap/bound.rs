//! The key table with the changes of the configuration laid over it.

use std::collections::BTreeMap;

use super::{Binding, CONTEXTS, Context, TABLE};
use crate::console::action::{self, Action};
use crate::console::key::Key;
use crate::domain::validation::nearest;

/// A change that the configuration wants: which action has which keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `edit`, or `users.edit` for one place only.
    pub action: String,
    /// The keys, as [`Key::parse`] reads them; none takes the action's keys away.
    pub keys: Vec<String>,
}

/// A change that can't be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The action as the change wrote it.
    pub action: String,
    /// What is wrong, and what would be right.
    pub why: String,
}

/// Which keys mean what, as the person wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keymap {
    /// Rows of the table by their place, with other keys.
    changed: BTreeMap<usize, Vec<Key>>,
}

impl Keymap {
    /// Lays changes over the table; every fault is told.
    pub fn with(changes: &[Change]) -> Result<Self, Vec<Fault>> {
        let mut map = Self::default();
        let mut faults = Vec::new();
        let mut made = Vec::new();
        // What is said of one place holds there, whatever is said of all.
        let (here, everywhere): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.action.contains('.'));
        for change in everywhere.into_iter().chain(here) {
            match map.change(change) {
                Ok(()) => made.push(change),
                Err(why) => faults.push(Fault { action: change.action.clone(), why }),
            }
        }
        for change in made {
            if let Some(why) = map.conflict(change) {
                faults.push(Fault { action: change.action.clone(), why });
            }
        }
        if faults.is_empty() { Ok(map) } else { Err(faults) }
    }

    fn change(&mut self, change: &Change) -> Result<(), String> {
        let keys: Vec<Key> = change.keys.iter().map(|key| Key::parse(key)).collect::<Result<_, _>>()?;
        for index in places(&change.action)? {
            let context = TABLE[index].context;
            if let Some(key) = keys.iter().find(|key| key.is_text() && context.takes_text()) {
                let place = if context == Context::Anywhere { "dialogs and filters" } else { context.name() };
                return Err(format!("`{key}` is typed as text in {place}: take one with Ctrl"));
            }
            self.changed.insert(index, keys.clone());
        }
        Ok(())
    }

    /// Where a changed key means something else, too.
    fn conflict(&self, change: &Change) -> Option<String> {
        let keys: Vec<Key> = change.keys.iter().filter_map(|key| Key::parse(key).ok()).collect();
        // Where another change gave it other keys, that one is told of them.
        let mut places = places(&change.action).ok()?.into_iter().filter(|index| self.keys(*index) == keys);
        places.find_map(|index| self.clash(index))
    }

    /// Where a key of a row means something else, too.
    fn clash(&self, index: usize) -> Option<String> {
        let row = &TABLE[index];
        for key in self.keys(index) {
            let other = TABLE.iter().enumerate().find(|(place, other)| {
                let both = meet(row.context, other.context) && self.keys(*place).contains(key);
                *place != index && other.action != row.action && both
            });
            if let Some((_, other)) = other {
                return Some(format!("`{key}` is {}.{} already", other.context.name(), other.action.name()));
            }
            if matches!(row.action, Action::Delete | Action::Unbind | Action::Quit) && self.confirms(*key) {
                return Some(format!("`{key}` says yes to the question that this asks"));
            }
        }
        None
    }

    fn confirms(&self, key: Key) -> bool {
        self.rows(&[Context::Question]).any(|(row, keys)| row.action == Action::Yes && keys.contains(&key))
    }

    fn keys(&self, index: usize) -> &[Key] {
        self.changed.get(&index).map_or(TABLE[index].keys, Vec::as_slice)
    }

    /// The rows of some contexts that have keys, in the order of the table.
    pub fn rows<'a>(&'a self, contexts: &'a [Context]) -> impl Iterator<Item = (&'static Binding, &'a [Key])> {
        let rows = TABLE.iter().enumerate().filter(move |(_, row)| contexts.contains(&row.context));
        rows.map(|(index, row)| (row, self.keys(index))).filter(|(_, keys)| !keys.is_empty())
    }

    /// What a key means; contexts that come first win.
    pub fn resolve(&self, contexts: &[Context], key: Key) -> Option<Action> {
        contexts
            .iter()
            .find_map(|context| self.rows(&[*context]).find(|(_, keys)| keys.contains(&key)).map(|(row, _)| row.action))
    }

    /// An action's keys for people, `c y`; empty where it has none there.
    pub fn keys_text(&self, contexts: &[Context], action: Action) -> String {
        let found = contexts.iter().find_map(|context| {
            self.rows(&[*context]).find(|(row, _)| row.action == action).map(|(_, keys)| written(keys))
        });
        found.unwrap_or_default()
    }
}

/// Keys for people.
pub fn written(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Whether keys of two contexts can be meant at the same moment. A drop-down hides the dialog's on purpose.
fn meet(a: Context, b: Context) -> bool {
    let lists = (a == Context::Lists && b.is_list()) || (b == Context::Lists && a.is_list());
    a == b || lists || a == Context::Anywhere || b == Context::Anywhere
}

/// The rows of the table that a name in the configuration means.
fn places(name: &str) -> Result<Vec<usize>, String> {
    let (place, action) = name.split_once('.').map_or((None, name), |(place, action)| (Some(place), action));
    let wanted = Action::named(action).ok_or_else(|| unknown("action", action, action::NAMES.iter().map(|it| it.0)))?;
    let context = match place {
        None => None,
        Some(name) => {
            let found = CONTEXTS.iter().find(|context| context.name() == name);
            Some(*found.ok_or_else(|| unknown("place", name, CONTEXTS.iter().map(|it| it.name())))?)
        }
    };
    let fits = |row: &Binding| match context {
        Some(context) => row.context == context,
        None => row.context.is_list() || row.context == Context::Anywhere,
    };
    let rows = TABLE.iter().enumerate().filter(|(_, row)| row.action == wanted && fits(row));
    let found: Vec<usize> = rows.map(|(index, _)| index).collect();
    if found.is_empty() {
        let has =
            TABLE.iter().filter(|row| row.action == wanted).map(|row| format!("`{}.{action}`", row.context.name()));
        return Err(format!("it has no keys there: write {}", has.collect::<Vec<_>>().join(" or ")));
    }
    Ok(found)
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let hint = nearest(name, known).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    format!("there is no {what} `{name}`{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::key::{char, ctrl};

    fn change(action: &str, keys: &[&str]) -> Change {
        Change { action: action.into(), keys: keys.iter().map(|key| (*key).to_owned()).collect() }
    }

    fn fault(changes: &[Change]) -> String {
        let faults = Keymap::with(changes).unwrap_err();
        faults.iter().map(|fault| format!("{}: {}\n", fault.action, fault.why)).collect::<Vec<_>>().concat()
    }

    #[test]
    fn every_action_of_the_table_has_a_name_of_its_own() {
        for row in TABLE {
            assert_eq!(Action::named(row.action.name()), Some(row.action), "{:?}", row.action);
        }
        for context in CONTEXTS {
            assert_eq!(CONTEXTS.iter().filter(|other| other.name() == context.name()).count(), 1);
        }
    }

    #[test]
    fn the_table_as_it_is_has_no_conflict() {
        for (index, row) in TABLE.iter().enumerate().filter(|(_, row)| CONTEXTS.contains(&row.context)) {
            assert_eq!(Keymap::default().clash(index), None, "{row:?}");
        }
    }

    #[test]
    fn every_action_can_have_a_key_of_its_own_everywhere() {
        for (name, _) in action::NAMES {
            if places(name).is_ok() {
                assert_eq!(Keymap::with(&[change(name, &["F10"])]).map(drop), Ok(()), "{name}");
            }
        }
        // Each change is told of its own keys only.
        assert_eq!(
            fault(&[change("users.new", &["e"]), change("new", &["N"])]),
            "users.new: `e` is users.edit already\n"
        );
    }

    #[test]
    fn an_action_gets_other_keys_everywhere_or_in_one_place() {
        let map = Keymap::with(&[change("new", &["i", "Ctrl-n"]), change("flows.import", &["I"])]).unwrap();
        assert_eq!(map.resolve(&[Context::Users, Context::Lists], ctrl('n')), Some(Action::New));
        assert_eq!(map.resolve(&[Context::Invitations], char('n')), None);
        assert_eq!(map.resolve(&[Context::Flows], char('I')), Some(Action::Import));
        assert_eq!(map.keys_text(&[Context::Groups], Action::New), "i Ctrl-n");
        let map = Keymap::with(&[change("users.delete", &[])]).unwrap();
        assert_eq!(map.resolve(&[Context::Users], char('d')), None);
        assert_eq!(map.resolve(&[Context::Groups], char('d')), Some(Action::Delete));
    }

    #[test]
    fn what_can_t_be_is_told_with_what_would_be_right() {
        assert_eq!(fault(&[change("edti", &["e"])]), "edti: there is no action `edti`: did you mean `edit`?\n");
        assert_eq!(
            fault(&[change("usres.edit", &["e"])]),
            "usres.edit: there is no place `usres`: did you mean `users`?\n"
        );
        assert!(fault(&[change("edit", &["Hyper-e"])]).contains("`Hyper-e` is no key"));
        assert!(fault(&[change("submit", &["F2"])]).contains("write `invitation-dialog.submit` or `dialog.submit`"));
        assert!(fault(&[change("dialog.submit", &["s"])]).contains("typed as text"));
    }

    #[test]
    fn a_key_that_means_something_else_already_is_a_conflict() {
        assert_eq!(fault(&[change("invitations.edit", &["j"])]), "invitations.edit: `j` is lists.down already\n");
        assert!(fault(&[change("edit", &["F4"]), change("new", &["F4"])]).contains("`F4` is"));
        assert_eq!(fault(&[change("users.edit", &["Ctrl-m"])]), "users.edit: `Enter` is lists.toggle already\n");
        assert!(fault(&[change("users.delete", &["y"])]).contains("says yes"));
        // Where the other one goes, its key is free.
        Keymap::with(&[change("invitations.edit", &["n"]), change("invitations.new", &["e"])]).unwrap();
    }
}
