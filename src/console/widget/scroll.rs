//! Scrolling through lines: the same keys wherever there are more of them than fit.

use crate::console::action::Action;

/// Where an action leads from a line, by screens of so many lines; none where it does not scroll. It may lie behind the end:
/// whoever draws the lines knows how many there are.
pub fn scrolled(top: usize, action: Action, page: usize) -> Option<usize> {
    Some(match action {
        Action::Up => top.saturating_sub(1),
        Action::Down => top.saturating_add(1),
        Action::PageUp => top.saturating_sub(page),
        Action::PageDown => top.saturating_add(page),
        Action::First => 0,
        Action::Last => usize::MAX,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_way() {
        let from = |action| scrolled(20, action, 10);
        assert_eq!((from(Action::Up), from(Action::PageUp), from(Action::First)), (Some(19), Some(10), Some(0)));
        assert_eq!((from(Action::Down), from(Action::PageDown)), (Some(21), Some(30)));
        assert_eq!((from(Action::Last), from(Action::Quit)), (Some(usize::MAX), None));
        assert_eq!((scrolled(0, Action::Up, 5), scrolled(usize::MAX, Action::Down, 5)), (Some(0), Some(usize::MAX)));
    }
}
