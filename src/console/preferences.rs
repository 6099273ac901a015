//! What a person chose about how the console looks and listens.

use super::hyperlink;
use super::keymap::{Change, Keymap};
use super::pane::{Pane, Row};
use super::theme;
use crate::config::{Choice, FaceSettings, ThemeChoice};
use crate::domain::event::Event;
use crate::domain::group::GroupView;
use crate::domain::invitation::InvitationView;
use crate::domain::user::UserView;
use crate::domain::validation::nearest;
use crate::store::flows::FlowView;

/// The choices; the defaults fit every terminal.
#[allow(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Which keys mean what.
    pub keymap: Keymap,
    /// Which columns a pane shows, in order, where that was chosen.
    pub columns: Vec<(Pane, Vec<usize>)>,
    /// Whether the colours are for a light background.
    pub light: bool,
    /// Whether there are none.
    pub mono: bool,
    /// Whether the mouse is taken from the start.
    pub mouse: bool,
    /// Whether the terminal shows hyperlinks (OSC 8).
    pub hyperlinks: bool,
}

impl Preferences {
    /// Reads what the configuration says. Every fault is told, with its line and key.
    pub fn of(settings: &FaceSettings, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let changes = settings.keys.iter().map(|it| Change { action: it.name.clone(), keys: it.list.clone() });
        let keymap = Keymap::with(&changes.collect::<Vec<_>>()).unwrap_or_else(|wrong| {
            let line = |name: &str| settings.keys.iter().find(|it| it.name == name).map_or(0, |it| it.line);
            faults
                .extend(wrong.iter().map(|it| format!("line {}: `keys.{}`: {}", line(&it.action), it.action, it.why)));
            Keymap::default()
        });
        let mut columns = Vec::new();
        for choice in &settings.columns {
            match chosen(choice) {
                Ok(found) => columns.push(found),
                Err(why) => faults.push(format!("line {}: `columns.{}`: {why}", choice.line, choice.name)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let light = match settings.theme {
            ThemeChoice::Light => true,
            ThemeChoice::Auto => theme::is_light(&variable),
            ThemeChoice::Dark | ThemeChoice::Mono => false,
        };
        let mono = settings.theme == ThemeChoice::Mono;
        let hyperlinks = hyperlink::is_known(variable);
        Ok(Self { keymap, columns, light, mono, mouse: settings.mouse, hyperlinks })
    }

    /// The columns that a pane shows; none where all are.
    pub fn columns_of(&self, pane: Pane) -> &[usize] {
        self.columns.iter().find(|(of, _)| *of == pane).map_or(&[], |(_, columns)| columns)
    }
}

/// The names of a pane's columns in the configuration.
fn names(pane: Pane) -> Vec<String> {
    let columns = match pane {
        Pane::Flows => FlowView::COLUMNS,
        Pane::Users => UserView::COLUMNS,
        Pane::Groups => GroupView::COLUMNS,
        Pane::Invitations => InvitationView::COLUMNS,
        Pane::Events => Event::COLUMNS,
    };
    columns.iter().map(|column| column.title.to_lowercase().replace(' ', "-")).collect()
}

fn chosen(choice: &Choice) -> Result<(Pane, Vec<usize>), String> {
    let called = |pane: &Pane| pane.title().to_lowercase();
    let panes: Vec<String> = Pane::ALL.iter().map(called).collect();
    let Some(pane) = Pane::ALL.into_iter().find(|pane| called(pane) == choice.name) else {
        return Err(format!("there is no such pane: write one of {}", panes.join(", ")));
    };
    let known = names(pane);
    if choice.list.is_empty() {
        return Err(format!("name at least one of {}", known.join(", ")));
    }
    let mut found = Vec::new();
    for name in &choice.list {
        let place = known.iter().position(|it| it == name).ok_or_else(|| {
            let near = nearest(name, known.iter().map(String::as_str));
            let all = || format!(": there are {}", known.join(", "));
            let hint = near.map_or_else(all, |near| format!(": did you mean `{near}`?"));
            format!("there is no column `{name}`{hint}")
        })?;
        if found.contains(&place) {
            return Err(format!("`{name}` is there twice"));
        }
        found.push(place);
    }
    Ok((pane, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(columns: &[(&str, &[&str])], keys: &[(&str, &[&str])]) -> FaceSettings {
        let choices = |from: &[(&str, &[&str])]| {
            let choice = |(line, (name, list)): (usize, &(&str, &[&str]))| Choice {
                name: (*name).into(),
                list: list.iter().map(|it| (*it).to_owned()).collect(),
                line: line + 1,
            };
            from.iter().enumerate().map(choice).collect()
        };
        FaceSettings { columns: choices(columns), keys: choices(keys), ..FaceSettings::default() }
    }

    #[test]
    fn every_fault_is_told_with_its_line_and_key() {
        let wrong = settings(
            &[("log", &["who"]), ("logs", &["who"]), ("users", &["nmae"])],
            &[("new", &["i"]), ("edti", &["e"])],
        );
        let faults = Preferences::of(&wrong, |_| None).unwrap_err();
        assert_eq!(faults[0], "line 2: `keys.edti`: there is no action `edti`: did you mean `edit`?");
        assert!(faults[1].starts_with("line 2: `columns.logs`: there is no such pane"));
        assert!(faults[2].starts_with("line 3: `columns.users`: there is no column `nmae`: did you mean `name`?"));
    }

    #[test]
    fn columns_are_chosen_by_name_in_any_order() {
        let right = settings(&[("invitations", &["status", "name", "created-by"])], &[]);
        let preferences = Preferences::of(&right, |_| None).unwrap();
        assert_eq!(preferences.columns_of(Pane::Invitations), [5, 0, 4]);
        assert!(preferences.columns_of(Pane::Users).is_empty());
    }

    #[test]
    fn the_theme_follows_the_terminal_where_that_tells_its_background() {
        let light = |theme, told: Option<&str>| {
            let settings = FaceSettings { theme, ..FaceSettings::default() };
            Preferences::of(&settings, |name| told.filter(|_| name == "COLORFGBG").map(str::to_owned)).unwrap().light
        };
        assert!(light(ThemeChoice::Auto, Some("0;15")) && light(ThemeChoice::Light, None));
        assert!(!light(ThemeChoice::Auto, Some("15;0")) && !light(ThemeChoice::Auto, None));
        assert!(!light(ThemeChoice::Dark, Some("0;15")));
    }
}
