//! Commands, as the palette takes them: `inv eng`, `import ./x.yaml`, `q`, and every action by its name.

use super::action::{self, Action};
use super::pane::Pane;
use crate::domain::validation::nearest;

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Show a pane, filtered where a text follows.
    Go(Pane, Option<String>),
    /// Import a blueprint, that of a path or name where one follows.
    Import(Option<String>),
    /// Say which way copying takes.
    Clipboard,
    /// What a key would do.
    Do(Action),
}

/// A command that is not an action: its name, other names, what may follow, what it does.
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub others: &'static [&'static str],
    /// What may follow.
    pub argument: &'static str,
    /// What it does, in a few words.
    pub long: &'static str,
    meaning: Meaning,
}

enum Meaning {
    Go(Pane),
    Import,
    Clipboard,
    Do(Action),
}

const fn word(
    name: &'static str,
    others: &'static [&'static str],
    argument: &'static str,
    long: &'static str,
    meaning: Meaning,
) -> Word {
    Word { name, others, argument, long, meaning }
}

/// The commands that are not actions, and short names of some that are.
pub const WORDS: &[Word] = &[
    word("flows", &["flow"], "[filter]", "Show the flows", Meaning::Go(Pane::Flows)),
    word("users", &["user"], "[filter]", "Show the users", Meaning::Go(Pane::Users)),
    word("groups", &["group"], "[filter]", "Show the groups", Meaning::Go(Pane::Groups)),
    word("invitations", &["inv", "invitation"], "[filter]", "Show the invitations", Meaning::Go(Pane::Invitations)),
    word("log", &["events", "event"], "[filter]", "Show the log", Meaning::Go(Pane::Events)),
    word("import", &[], "[path]", "Import a blueprint: a path, or the name of a shipped one", Meaning::Import),
    word("clipboard", &[], "", "Say which way copying takes, and test it", Meaning::Clipboard),
    word("help", &["h"], "", "Show the keys", Meaning::Do(Action::Help)),
    word("quit", &["q", "exit"], "", "Quit", Meaning::Do(Action::Quit)),
];

impl Word {
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.others.contains(&name)
    }

    /// Whether doing it writes.
    pub fn writes(&self) -> bool {
        matches!(self.meaning, Meaning::Import)
    }
}

/// Whether a name, or what is typed of it, stands for importing.
pub fn imports(name: &str) -> bool {
    let name = name.trim_start_matches(':').to_lowercase();
    name == "import" || begun(&name) == Ok("import")
}

/// Reads a command. A beginning that only one name has is enough; the error says what is wrong and what is nearest.
pub fn parse(typed: &str) -> Result<Command, String> {
    let typed = typed.trim().trim_start_matches(':').trim_start();
    let (name, rest) = typed.split_once(char::is_whitespace).map_or((typed, ""), |(name, rest)| (name, rest.trim()));
    let argument = (!rest.is_empty()).then(|| rest.to_owned());
    let lower = name.to_lowercase();
    if let Some(word) = WORDS.iter().find(|word| word.is_called(&lower)) {
        return word.command(argument);
    }
    let name = if Action::named(&lower).is_some() { lower.as_str() } else { begun(&lower)? };
    if let Some(word) = WORDS.iter().find(|word| word.name == name) {
        return word.command(argument);
    }
    let action = Action::named(name).ok_or_else(|| format!("There is no command `{name}`."))?;
    no_argument(name, argument.as_deref()).map(|()| Command::Do(action))
}

impl Word {
    fn command(&self, argument: Option<String>) -> Result<Command, String> {
        match self.meaning {
            Meaning::Go(pane) => Ok(Command::Go(pane, argument)),
            Meaning::Import => Ok(Command::Import(argument)),
            Meaning::Clipboard => no_argument(self.name, argument.as_deref()).map(|()| Command::Clipboard),
            Meaning::Do(action) => no_argument(self.name, argument.as_deref()).map(|()| Command::Do(action)),
        }
    }
}

fn no_argument(name: &str, argument: Option<&str>) -> Result<(), String> {
    match argument {
        Some(more) => Err(format!("`{name}` takes nothing more: what is `{more}`?")),
        None => Ok(()),
    }
}

/// Every name once.
fn names() -> impl Iterator<Item = &'static str> {
    let actions = action::NAMES.iter().map(|(name, _)| *name);
    WORDS.iter().map(|word| word.name).chain(actions.filter(|name| !WORDS.iter().any(|word| word.is_called(name))))
}

/// The name that alone begins so.
fn begun(typed: &str) -> Result<&'static str, String> {
    if typed.is_empty() {
        return Err("Type a command, such as `inv eng` or `help`.".to_owned());
    }
    let beginning: Vec<_> = names().filter(|name| name.starts_with(typed)).collect();
    match beginning.as_slice() {
        [only] => Ok(only),
        [] => {
            let hint = nearest(typed, names()).map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
            Err(format!("There is no command `{typed}`.{hint}"))
        }
        many => {
            let shown: Vec<_> = many.iter().take(6).map(|name| format!("`{name}`")).collect();
            let more = if many.len() > 6 { ", …" } else { "" };
            Err(format!("`{typed}` may be {}{more}.", shown.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_by_name_short_name_and_beginning() {
        for (typed, command) in [
            ("inv", Command::Go(Pane::Invitations, None)),
            (":flow  default ", Command::Go(Pane::Flows, Some("default".into()))),
            ("events !login jane", Command::Go(Pane::Events, Some("!login jane".into()))),
            ("import ./x.yaml", Command::Import(Some("./x.yaml".into()))),
            ("Q", Command::Do(Action::Quit)),
            ("duplicate", Command::Do(Action::Duplicate)),
            ("dup", Command::Do(Action::Duplicate)),
            ("clip", Command::Clipboard),
        ] {
            assert_eq!(parse(typed), Ok(command), "{typed}");
        }
    }

    #[test]
    fn what_is_no_command_is_told_with_what_is_near() {
        assert_eq!(parse("edti"), Err("There is no command `edti`. Did you mean `edit`?".into()));
        assert_eq!(parse("clipboard x"), Err("`clipboard` takes nothing more: what is `x`?".into()));
        assert_eq!(parse("page"), Err("`page` may be `page-up`, `page-down`.".into()));
        assert!(parse("").is_err());
    }
}
