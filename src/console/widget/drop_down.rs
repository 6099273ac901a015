//! A drop-down: one of several, found by typing a part of its name.

use crossterm::event::KeyEvent;

use super::line::Line;
use crate::console::action::Action;

/// What can be chosen, what is chosen, and whether the list is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DropDown {
    labels: Vec<String>,
    chosen: usize,
    open: Option<Open>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Open {
    filter: Line,
    /// Among those that match.
    marked: usize,
}

impl DropDown {
    /// A closed drop-down.
    pub fn new(labels: Vec<String>, chosen: usize) -> Self {
        Self { labels, chosen, open: None }
    }

    /// The place of what is chosen.
    pub fn chosen(&self) -> usize {
        self.chosen
    }

    /// Everything that can be chosen.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The label of what is chosen.
    pub fn label(&self) -> &str {
        self.labels.get(self.chosen).map_or("", String::as_str)
    }

    /// Whether the list is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens the list with what is chosen marked.
    pub fn open(&mut self) {
        self.open = Some(Open { filter: Line::default(), marked: self.chosen });
    }

    /// Closes the list.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Chooses what is marked where the list is open; `false` where nothing is, which leaves it open.
    pub fn settle(&mut self) -> bool {
        self.act(Action::Accept);
        !self.is_open()
    }

    /// Takes other things to choose from, one of them chosen. An open list stays open, with what is marked marked.
    pub fn replace(&mut self, labels: Vec<String>, chosen: usize) {
        let (before, at) = self.matches();
        let marked = before.get(at).map(|label| (*label).to_owned());
        let was_chosen = marked.as_deref() == Some(self.label());
        (self.labels, self.chosen) = (labels, chosen);
        let wanted = if was_chosen { Some(self.label().to_owned()) } else { marked };
        let after =
            self.open.as_ref().map(|open| self.matching(open).position(|(_, it)| Some(it) == wanted.as_deref()));
        if let (Some(open), Some(place)) = (&mut self.open, after) {
            open.marked = place.unwrap_or(0);
        }
    }

    /// What is typed to find a label; none while the list is closed.
    pub fn filter(&self) -> Option<&Line> {
        self.open.as_ref().map(|open| &open.filter)
    }

    /// The labels that match, and which of them is marked.
    pub fn matches(&self) -> (Vec<&str>, usize) {
        let Some(open) = &self.open else { return (Vec::new(), 0) };
        let matching: Vec<&str> = self.matching(open).map(|(_, label)| label).collect();
        let marked = open.marked.min(matching.len().saturating_sub(1));
        (matching, marked)
    }

    fn matching<'a>(&'a self, open: &Open) -> impl Iterator<Item = (usize, &'a str)> {
        let wanted = open.filter.text().trim().to_lowercase();
        self.labels
            .iter()
            .enumerate()
            .filter(move |(_, label)| label.to_lowercase().contains(&wanted))
            .map(|(index, label)| (index, label.as_str()))
    }

    /// Moves, chooses or closes.
    pub fn act(&mut self, action: Action) {
        let count = self.matches().0.len();
        let Some(open) = &mut self.open else { return };
        match action {
            Action::Up => open.marked = open.marked.min(count).saturating_sub(1),
            Action::Down => open.marked = (open.marked + 1).min(count.saturating_sub(1)),
            Action::Accept => {
                let marked = open.marked.min(count.saturating_sub(1));
                let open = open.clone();
                let found = self.matching(&open).nth(marked).map(|(index, _)| index);
                if let Some(index) = found {
                    self.chosen = index;
                    self.open = None;
                }
            }
            _ => self.open = None,
        }
    }

    /// Takes a key into the filter.
    pub fn key(&mut self, key: KeyEvent) {
        if let Some(open) = &mut self.open {
            let before = open.filter.text().to_owned();
            open.filter.key(key);
            if open.filter.text() != before {
                open.marked = 0;
            }
        }
    }

    /// Takes pasted text into the filter.
    pub fn paste(&mut self, text: &str) {
        if let Some(open) = &mut self.open {
            open.filter.insert(text);
            open.marked = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    #[test]
    fn typing_finds_and_enter_chooses() {
        let mut list = DropDown::new(vec!["any flow".into(), "default".into(), "other".into()], 0);
        list.open();
        list.key(KeyEvent::new(KeyCode::Char('o'), KeyModifiers::NONE));
        assert_eq!(list.matches(), (vec!["any flow", "other"], 0));
        list.act(Action::Down);
        list.act(Action::Accept);
        assert_eq!((list.chosen(), list.is_open()), (2, false));
    }

    #[test]
    fn what_is_marked_stays_marked_where_there_is_more_to_choose_from() {
        let mut list = DropDown::new(vec!["any flow".into()], 0);
        list.open();
        list.replace(vec!["any flow".into(), "a".into(), "b".into()], 2);
        assert_eq!(list.matches(), (vec!["any flow", "a", "b"], 2), "what is chosen is marked, as when it opens");
        list.act(Action::Up);
        list.replace(vec!["any flow".into(), "0".into(), "a".into(), "b".into()], 3);
        assert_eq!(list.matches().1, 2);
        list.paste("zzz");
        list.replace(vec!["any flow".into(), "zzz".into()], 0);
        assert!(list.settle());
        assert_eq!(list.label(), "zzz");
    }

    #[test]
    fn nothing_is_chosen_where_nothing_matches() {
        let mut list = DropDown::new(vec!["a".into()], 0);
        list.open();
        list.paste("zzz");
        list.act(Action::Accept);
        assert!(list.is_open());
        list.act(Action::Dismiss);
        assert_eq!((list.chosen(), list.is_open()), (0, false));
    }
}
