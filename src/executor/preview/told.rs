//! A preview in words, line by line: the console, its plain twin and the command line say the same.

use super::{Account, End, Field, Gate, Origin, Page, Part, Preview, Reach, Shows, Stage, Verdict, When};
use crate::domain::flow::PolicyEngineMode;
use crate::domain::policy::Decider;
use crate::domain::prompt::PromptType;
use crate::domain::prompt_data::as_text;
use crate::domain::stage::UserCreationMode;
use crate::domain::text::{printable, shorten};
use crate::policy::Found;

/// The most characters of one value.
const MOST: usize = 300;
/// The most choices of one field.
const MOST_CHOICES: usize = 20;

/// One line. It holds nothing that could steer a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// How far it is indented, in steps.
    pub depth: usize,
    /// How it is meant.
    pub tone: Tone,
    /// The text.
    pub text: String,
}

/// How a line is meant. Its text says so too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Heading,
    /// What is.
    Plain,
    /// What matters less.
    Quiet,
    /// What goes well.
    Good,
    /// What needs attention.
    Warning,
    /// What goes wrong.
    Wrong,
}

struct Lines(Vec<Told>);

impl Lines {
    fn say(&mut self, depth: usize, tone: Tone, text: impl AsRef<str>) {
        self.0.push(Told { depth, tone, text: printable(text.as_ref()).into_owned() });
    }
}

impl Preview {
    /// The preview in words.
    pub fn told(&self) -> Vec<Told> {
        let mut lines = Lines(Vec::new());
        let title = if self.title.is_empty() || self.title == self.flow {
            String::new()
        } else {
            format!(", \"{}\"", shorten(&self.title, MOST))
        };
        lines.say(0, Tone::Heading, format!("{} → {}{title}", self.invitation, self.flow));
        for obstacle in &self.obstacles {
            lines.say(0, Tone::Wrong, format!("✗ {obstacle}"));
        }
        let hint = "Nothing is written. Fields count as they begin; what nobody has entered yet is missing.";
        lines.say(0, Tone::Quiet, hint);
        if let Some(gate) = &self.policies {
            lines.say(0, Tone::Heading, "Policies of the flow");
            gate.tell(1, &mut lines);
        }
        for (stage, number) in self.stages.iter().zip(1..) {
            stage.tell(number, &mut lines);
        }
        lines.say(0, Tone::Heading, "In the end");
        self.end.tell(&mut lines);
        lines.0
    }
}

impl Gate {
    fn tell(&self, depth: usize, lines: &mut Lines) {
        let when = match self.when {
            When::Opening => "When the link is opened",
            When::Planning => "When the plan is made",
            When::Reaching => "When the stage is reached",
            When::Answering => "When the page is answered",
        };
        let mode = match self.mode {
            _ if self.verdicts.len() < 2 => "",
            PolicyEngineMode::Any => ", one is enough",
            PolicyEngineMode::All => ", all must pass",
        };
        let (tone, verdict) = if self.passes { (Tone::Good, "passes") } else { (Tone::Warning, "does not pass") };
        lines.say(depth, tone, format!("{when}{mode}: {verdict}"));
        for verdict in &self.verdicts {
            verdict.tell(depth + 1, lines);
        }
        if !self.changes.is_empty() {
            lines.say(depth + 1, Tone::Quiet, format!("changes {}", self.changes.join(", ")));
        }
    }
}

impl Verdict {
    fn tell(&self, depth: usize, lines: &mut Lines) {
        let name = shorten(&self.name, MOST);
        let counts = if self.passes { "passes" } else { "does not pass" };
        let turned = if self.negate { ", turned around" } else { "" };
        let what = match (&self.found, self.decider) {
            (Found::Disabled, _) => format!("- {name} is disabled"),
            (Found::Fault(why), _) => format!("⚠ {name} fails and so {counts}: {}", shorten(&why.to_string(), MOST)),
            (Found::Answer(_), Decider::Group(_)) => format!("{} group {name} {counts}{turned}", sign(self.passes)),
            (Found::Answer(_), Decider::User(_)) => format!("{} user {name} {counts}{turned}", sign(self.passes)),
            (Found::Answer(_), Decider::Policy(_)) => format!("{} {name} {counts}{turned}", sign(self.passes)),
        };
        let tone = match self.found {
            Found::Disabled => Tone::Quiet,
            Found::Answer(_) if self.passes => Tone::Good,
            Found::Fault(_) | Found::Answer(_) => Tone::Warning,
        };
        lines.say(depth, tone, what);
        for message in self.messages.iter().filter(|message| !message.is_empty()) {
            lines.say(depth + 1, Tone::Plain, format!("says: {}", shorten(message, MOST)));
        }
    }
}

fn sign(passes: bool) -> &'static str {
    if passes { "✓" } else { "✗" }
}

impl Stage {
    fn tell(&self, number: usize, lines: &mut Lines) {
        let name = shorten(&self.name, MOST);
        let (tone, left_out) = match self.reach {
            Reach::Reached => (Tone::Heading, ""),
            Reach::Skipped => (Tone::Warning, " · skipped: its policies do not pass"),
            Reach::Beyond => (Tone::Quiet, " · not reached: the flow ends before"),
        };
        lines.say(0, tone, format!("{number}. {}: {name}{left_out}", self.kind));
        if self.is_unguarded {
            let why = "⚠ Its policies are never asked: neither when the plan is made nor when it is reached.";
            lines.say(1, Tone::Warning, why);
        }
        for gate in &self.gates {
            gate.tell(1, lines);
        }
        match &self.shows {
            Some(Shows::Page(page)) => page.tell(lines),
            Some(Shows::Account(account)) => account.tell(lines),
            Some(Shows::Does(what)) => lines.say(1, Tone::Plain, what),
            Some(Shows::Stops(why)) => lines.say(1, Tone::Wrong, format!("✗ {why}")),
            None => {}
        }
    }
}

impl Page {
    fn tell(&self, lines: &mut Lines) {
        if self.fields.is_empty() {
            lines.say(1, Tone::Warning, "⚠ The page asks nothing.");
        }
        for field in &self.fields {
            field.tell(lines);
        }
        if let Some(gate) = &self.checks {
            gate.tell(1, lines);
        }
    }
}

impl Field {
    fn tell(&self, lines: &mut Lines) {
        let value = shorten(&self.value, MOST).replace('\n', " ");
        let label = if self.label.is_empty() { &self.key } else { &self.label };
        let label = shorten(label, MOST);
        match self.kind {
            PromptType::Separator => lines.say(1, Tone::Quiet, format!("--- {}", shorten(&self.placeholder, MOST))),
            PromptType::Static => lines.say(1, Tone::Plain, value),
            _ => {
                let needed = if self.required && self.is_asked { " *" } else { "" };
                let standing = match self.kind {
                    PromptType::Hidden => "hidden, can't be changed".to_owned(),
                    PromptType::TextReadOnly | PromptType::TextAreaReadOnly => "read-only".to_owned(),
                    kind => kind.to_string(),
                };
                lines.say(1, Tone::Plain, format!("{label}{needed} ({standing}): {}", self.content(&value)));
            }
        }
        if !self.choices.is_empty() {
            lines.say(2, Tone::Quiet, format!("choices: {}", self.choices_text()));
        } else if self.kind.is_choice() {
            lines.say(2, Tone::Warning, "⚠ There is nothing to choose.");
        }
        if !self.rules.is_empty() {
            lines.say(2, Tone::Quiet, format!("needs {}", self.rules.join(", ")));
        }
        for why in &self.failures {
            lines.say(2, Tone::Warning, format!("⚠ Its expression fails: {}", shorten(why, MOST)));
        }
        if let Some(fault) = &self.refused {
            lines.say(2, Tone::Warning, format!("⚠ That would be refused: {fault}"));
        }
    }

    fn content(&self, value: &str) -> String {
        let value = match self.kind {
            PromptType::Checkbox if value.is_empty() => "[ ]",
            PromptType::Checkbox => "[x]",
            _ => value,
        };
        match self.origin {
            Origin::Secret => "not told".to_owned(),
            Origin::Known if value.is_empty() => "prefilled with nothing".to_owned(),
            Origin::Known => format!("{value} · prefilled"),
            Origin::Proposed => format!("{value} · proposed"),
            Origin::Blank if !self.placeholder.is_empty() && self.is_asked => {
                format!("empty, hint \"{}\"", shorten(&self.placeholder, MOST).replace('\n', " "))
            }
            Origin::Blank if self.kind == PromptType::Checkbox => value.to_owned(),
            Origin::Blank => "empty".to_owned(),
        }
    }

    fn choices_text(&self) -> String {
        let choice = |choice: &crate::domain::prompt::Choice| {
            let value = as_text(&choice.value);
            let shown = if choice.label == value { value } else { format!("{} ({value})", choice.label) };
            shorten(&shown, 60).into_owned()
        };
        let mut shown: Vec<String> = self.choices.iter().take(MOST_CHOICES).map(choice).collect();
        if self.choices.len() > MOST_CHOICES {
            shown.push(format!("… {} more", self.choices.len() - MOST_CHOICES));
        }
        shown.join(", ")
    }
}

impl Account {
    fn tell(&self, lines: &mut Lines) {
        let what = match (&self.changes, self.mode) {
            (Some(name), _) if name.is_empty() => "Changes the account that was made before.".to_owned(),
            (Some(name), _) => format!("Changes the account {}.", shorten(name, MOST)),
            (None, UserCreationMode::AlwaysCreate) => "Makes an account, always a new one.".to_owned(),
            (None, _) => "Makes an account.".to_owned(),
        };
        lines.say(1, Tone::Plain, what);
        if let Some(fault) = &self.fault {
            lines.say(1, Tone::Wrong, format!("✗ It can't be written: {fault}"));
        }
        for (label, part) in [("username", &self.username), ("name", &self.name), ("email", &self.email)] {
            lines.say(2, Tone::Plain, format!("{label}: {}", part.text()));
        }
        lines.say(2, Tone::Plain, format!("password: {}", if self.has_password { "yes, not told" } else { "none" }));
        let active = if self.is_active { "active" } else { "inactive, waits for activation" };
        lines.say(2, Tone::Plain, format!("type: {} · path: {} · {active}", self.kind, shorten(&self.path, MOST)));
        if !self.groups.is_empty() {
            lines.say(2, Tone::Plain, format!("joins: {}", self.groups.join(", ")));
        }
        for (key, value) in &self.attributes {
            let value = as_text(value);
            lines.say(2, Tone::Plain, format!("attributes.{}: {}", shorten(key, 60), shorten(&value, MOST)));
        }
    }
}

impl Part {
    fn text(&self) -> String {
        let value = shorten(&self.value, MOST);
        match (value.is_empty(), self.is_asked) {
            (true, true) => "what the person enters".to_owned(),
            (true, false) => "none".to_owned(),
            (false, true) => format!("{value}, or what the person enters instead"),
            (false, false) => value.into_owned(),
        }
    }
}

impl End {
    fn tell(&self, lines: &mut Lines) {
        match self {
            Self::Refused(why) if why.is_empty() => lines.say(1, Tone::Wrong, "✗ Nobody gets there."),
            Self::Refused(why) => {
                lines.say(1, Tone::Wrong, format!("✗ Nobody gets there: {}", shorten(&why.join(" "), MOST)));
            }
            Self::Elsewhere(to) => lines.say(1, Tone::Plain, format!("Leads on to {}.", shorten(to, MOST))),
            Self::Done { account, waits_for_activation, signed_in, use_counted, next } => {
                if !account {
                    lines.say(1, Tone::Warning, "⚠ No account is written.");
                }
                lines.say(
                    1,
                    Tone::Plain,
                    match (signed_in, waits_for_activation) {
                        (true, _) => "The person is signed in.",
                        (false, true) => "The account waits until somebody activates it.",
                        (false, false) => "The person is not signed in.",
                    },
                );
                match use_counted {
                    true => lines.say(1, Tone::Plain, "One use of the invitation is counted."),
                    false => lines.say(1, Tone::Warning, "⚠ No use of the invitation is counted: no stage takes it."),
                }
                if let Some(next) = next {
                    lines.say(1, Tone::Plain, format!("Goes on to {}.", shorten(next, MOST)));
                }
            }
        }
    }
}
