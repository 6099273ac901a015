//! The command palette: what it offers, and what its commands do.

use super::{App, on_list};
use crate::console::action::Action;
use crate::console::command::{self, Command, WORDS};
use crate::console::event::{Effect, Outcome};
use crate::console::keymap::{Context, TABLE};
use crate::console::overlay::Overlay;
use crate::console::overlay::clipboard::ClipboardPage;
use crate::console::overlay::import::ImportDialog;
use crate::console::overlay::palette::{Ask, Candidate, Palette};

impl App {
    /// Opens the palette over what can be done here, now.
    pub(super) fn open_palette(&mut self) -> Vec<Effect> {
        let palette = Palette::new(self.candidates());
        self.overlays.push(Overlay::Palette(Box::new(palette)));
        vec![Effect::LoadHistory]
    }

    /// What is done to the pane's rows first, then the panes, then what works everywhere.
    fn candidates(&mut self) -> Vec<Candidate> {
        let contexts = self.contexts();
        let keymap = self.setting.preferences.keymap.clone();
        let mut found: Vec<Candidate> = Vec::new();
        for (place, context) in contexts.iter().enumerate() {
            if place == 1 {
                let words = WORDS.iter().filter(|word| !(word.writes() && self.setting.read_only));
                found.extend(words.map(|word| Candidate {
                    name: word.name,
                    others: word.others,
                    argument: word.argument,
                    long: word.long,
                    keys: Action::named(word.name).map(|it| keymap.keys_text(&contexts, it)).unwrap_or_default(),
                }));
            }
            for row in TABLE.iter().filter(|row| row.context == *context) {
                let name = row.action.name();
                let known = found.iter().any(|it| it.name == name) || WORDS.iter().any(|word| word.name == name);
                let itself = matches!(row.action, Action::Palette | Action::Pane(_) | Action::Dismiss);
                if !known && !itself && self.is_possible(row.action) {
                    let keys = keymap.keys_text(&contexts, row.action);
                    found.push(Candidate { name, others: &[], argument: "", long: row.long, keys });
                }
            }
        }
        found
    }

    /// Does what the palette wants.
    pub(super) fn palette_asked(&mut self, ask: Ask) -> Vec<Effect> {
        match ask {
            Ask::Nothing => Vec::new(),
            Ask::Effect(effect) => vec![effect],
            Ask::Run(typed) if typed.trim_matches(':').trim().is_empty() => {
                self.overlays.pop();
                Vec::new()
            }
            Ask::Run(typed) => {
                let palette = self.overlays.pop();
                let done = command::parse(&typed).and_then(|command| self.run_command(command));
                match (done, palette) {
                    (Ok(mut effects), _) => {
                        effects.push(Effect::KeepCommand(typed));
                        effects
                    }
                    (Err(why), Some(Overlay::Palette(mut palette))) => {
                        palette.refuse(why);
                        self.overlays.push(Overlay::Palette(palette));
                        Vec::new()
                    }
                    (Err(_), _) => Vec::new(),
                }
            }
        }
    }

    fn run_command(&mut self, command: Command) -> Result<Vec<Effect>, String> {
        match command {
            Command::Go(pane, None) => Ok(self.go(pane)),
            Command::Go(pane, Some(filter)) => {
                self.pane = pane;
                Ok(vec![on_list!(self, list => list.filter_by(&filter)), Effect::LoadOverview])
            }
            Command::Import(_) if self.setting.read_only => Err(read_only("import")),
            Command::Import(None) => Ok(self.begin_import(ImportDialog::new())),
            Command::Import(Some(wanted)) => {
                let mut dialog = ImportDialog::of(&wanted);
                let wish = dialog.act(Action::Accept);
                let mut effects = self.begin_import(dialog);
                effects.extend(self.import_wish(wish));
                Ok(effects)
            }
            Command::Clipboard => {
                self.overlays.push(Overlay::Clipboard(ClipboardPage::default()));
                Ok(vec![Effect::ExplainClipboard])
            }
            Command::Do(action) => self.run_action(action),
        }
    }

    fn run_action(&mut self, action: Action) -> Result<Vec<Effect>, String> {
        let name = action.name();
        let contexts = self.contexts();
        if !TABLE.iter().any(|row| row.action == action && contexts.contains(&row.context)) {
            let mut places: Vec<&str> = Vec::new();
            for row in TABLE.iter().filter(|row| row.action == action && row.context != Context::Anywhere) {
                if !places.contains(&row.context.label()) {
                    places.push(row.context.label());
                }
            }
            return Err(format!("`{name}` does nothing here. It is for: {}.", places.join(", ")));
        }
        if action.writes() && self.setting.read_only {
            return Err(read_only(name));
        }
        if !self.is_possible(action) {
            return Err(format!("There is nothing to `{name}` here now."));
        }
        Ok(self.act(action))
    }

    /// Copies a text that says when, so that an old one is not taken for it.
    pub(super) fn test_clipboard(&self) -> Vec<Effect> {
        vec![Effect::TestClipboard(format!("guestlist {}", self.setting.zone.exactly(self.now)))]
    }

    /// Takes what the palette and the page on the clipboard asked for.
    pub(super) fn palette_outcome(&mut self, outcome: Outcome) -> Vec<Effect> {
        match (self.overlays.last_mut(), outcome) {
            (Some(Overlay::Palette(palette)), Outcome::History(history)) => palette.take_history(history),
            (Some(Overlay::Clipboard(page)), Outcome::ClipboardExplained(lines)) => page.take(lines),
            (Some(Overlay::Clipboard(page)), Outcome::ClipboardTested(copied, text)) => {
                page.take_test(&copied, &text);
                if let crate::console::clipboard::Copied::Osc52(sequence) = copied {
                    return vec![Effect::Write(sequence)];
                }
            }
            _ => {}
        }
        Vec::new()
    }
}

fn read_only(name: &str) -> String {
    format!("`{name}` changes the database, and this console is read-only.")
}
