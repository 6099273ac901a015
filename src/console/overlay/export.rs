//! The dialog that asks where to write a flow as a blueprint.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::paragraph;
use super::path::PathField;
use crate::console::action::Action;
use crate::console::event::Effect;
use crate::console::import::{Ask, Completion, Exported};
use crate::console::theme;
use crate::console::widget::text;
use crate::domain::slug::Slug;

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportDialog {
    slugs: Vec<Slug>,
    path: PathField,
    /// A file that is there, of that path as it was typed.
    there: Option<String>,
    error: Option<String>,
    writing: bool,
}

impl ExportDialog {
    /// Asks for a flow, with a file of its name proposed.
    pub fn new(slug: Slug) -> Self {
        let path = PathField::new(format!("{slug}.yaml"));
        Self { slugs: vec![slug], path, there: None, error: None, writing: false }
    }

    /// Asks for many flows, each for a file of its name in a folder.
    pub fn many(slugs: Vec<Slug>) -> Self {
        Self { slugs, path: PathField::new(".".to_owned()), there: None, error: None, writing: false }
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action) -> Option<Effect> {
        match action {
            Action::Complete => return Some(Effect::Complete(self.path.complete())),
            Action::Accept if self.path.accept() => return self.write(false),
            // Only where that was asked about this very file.
            Action::Overwrite if self.there.as_deref() == Some(self.path.text()) => return self.write(true),
            _ => {}
        }
        None
    }

    fn write(&mut self, overwrite: bool) -> Option<Effect> {
        let path = self.path.text().trim().to_owned();
        if path.is_empty() {
            self.error = Some("Enter a file to write to.".to_owned());
            return None;
        }
        if self.writing {
            return None;
        }
        self.writing = true;
        self.error = None;
        let ask = match self.slugs.as_slice() {
            [slug] => Ask::Export { slug: slug.clone(), path, overwrite },
            all => Ask::ExportAll { slugs: all.to_vec(), folder: path },
        };
        Some(Effect::Blueprint(Box::new(ask)))
    }

    /// Takes a key into the path.
    pub fn key(&mut self, key: KeyEvent) {
        if self.path.key(key) {
            self.typed();
        }
    }

    /// Takes pasted text into the path.
    pub fn paste(&mut self, pasted: &str) {
        self.path.paste(pasted);
        self.typed();
    }

    fn typed(&mut self) {
        self.there = None;
        self.error = None;
    }

    /// Takes how the path goes on.
    pub fn take_completion(&mut self, completion: Completion) -> Option<Effect> {
        self.typed();
        if self.path.take_completion(completion) { self.act(Action::Accept) } else { None }
    }

    /// Takes that it was not written.
    pub fn take_refusal(&mut self, exported: Exported) {
        self.writing = false;
        match exported {
            Exported::Exists => self.there = Some(self.path.text().to_owned()),
            Exported::Failed(why) => self.error = Some(why),
            Exported::Written(_) => {}
        }
    }

    /// Draws it; returns where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let (used, cursor) =
            self.path.draw(if self.slugs.len() == 1 { "File  " } else { "Folder  " }, true, area, buffer);
        let mut lines = vec![(String::new(), Style::new())];
        if let Some(path) = &self.there {
            let asks = format!("⚠ {} is there already. Ctrl-s overwrites it.", text::safe(path));
            lines.push((asks, theme::WARNING));
        } else if let Some(why) = &self.error {
            lines.push((format!("✗ {}", text::safe(why)), theme::WRONG));
        } else {
            let what = "With its prompts, policies, stages and bindings, without keys and secrets.";
            let many = text::count(self.slugs.len() as u64, "flow");
            let what = match self.slugs.len() {
                1 => what.to_owned(),
                _ => format!("{many}, each in a file of its name, without keys and secrets. What is there stays."),
            };
            lines.push((what, theme::QUIET));
        }
        let rest = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
        paragraph(&lines, rest, buffer);
        cursor
    }
}
