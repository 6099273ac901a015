//! The mouse: a click selects, another one expands, the wheel scrolls. It is off until somebody asks for it, because
//! taking it takes the terminal's own selection away.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::screen::{WITH_NAVIGATION, navigated};
use super::{App, on_list};
use crate::console::action::Action;
use crate::console::event::Effect;

/// So many rows a notch of the wheel.
const NOTCH: usize = 3;

impl App {
    /// Takes the mouse.
    pub(super) fn take_mouse(&mut self) -> Vec<Effect> {
        self.mouse = true;
        vec![Effect::Mouse(true)]
    }

    /// Takes the mouse, or leaves it to the terminal again.
    pub(super) fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.mouse = !self.mouse;
        self.toasts.good(
            if self.mouse {
                "The mouse is taken: a click selects, the wheel scrolls. M leaves it to your terminal again."
            } else {
                "The mouse is your terminal's again."
            },
            self.now,
        );
        vec![Effect::Mouse(self.mouse)]
    }

    /// Takes what was done with it.
    pub(super) fn mouse(&mut self, event: MouseEvent) -> Vec<Effect> {
        let at = Position::new(event.column, event.row);
        match event.kind {
            MouseEventKind::ScrollUp => self.wheel(Action::Up),
            MouseEventKind::ScrollDown => self.wheel(Action::Down),
            MouseEventKind::Down(MouseButton::Left) if self.overlays.is_empty() => self.click(at),
            _ => Vec::new(),
        }
    }

    fn wheel(&mut self, action: Action) -> Vec<Effect> {
        self.changed = true;
        let mut effects = Vec::new();
        for _ in 0..NOTCH {
            let more = if self.overlays.is_empty() {
                on_list!(self, list => list.step(action == Action::Down)).into_iter().collect()
            } else {
                let contexts = self.contexts();
                let known = self.setting.preferences.keymap.rows(&contexts).any(|(row, _)| row.action == action);
                if known { self.act(action) } else { Vec::new() }
            };
            effects.extend(more);
        }
        effects
    }

    fn click(&mut self, at: Position) -> Vec<Effect> {
        self.changed = true;
        if self.width >= WITH_NAVIGATION
            && let Some(pane) = navigated(at)
        {
            return self.go(pane);
        }
        on_list!(self, list => list.click(at)).into_iter().collect()
    }
}
