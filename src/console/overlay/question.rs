//! Questions with yes and no. `y` says yes, and no key that asks such a question does.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{frame, paragraph};
use crate::console::event::{Effect, Named};
use crate::console::stages::Edit;
use crate::console::theme;
use crate::console::widget::text;
use crate::domain::group::Group;
use crate::domain::id::{FlowId, UserId};
use crate::domain::slug::Slug;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Whether to delete an invitation.
    Delete(Named),
    /// Whether to delete a user.
    DeleteUser(UserId, String),
    /// Whether to delete a group.
    DeleteGroup(Box<Group>),
    /// Whether to delete a flow.
    DeleteFlow(FlowId, Slug),
    /// Whether to unbind a stage of that name from a flow.
    Unbind(Box<Edit>, String, Slug),
    /// Whether to do something to many, or something that is not seen from here: the question, and what is done.
    Sure(String, Box<Effect>),
    /// Whether to close the dialog below and lose what was typed.
    Discard,
    /// Whether to quit and lose what was typed.
    Quit,
    /// Whether to quit and give work up.
    QuitWork(UnderWay),
}

/// Work under way.
#[derive(Debug, Clone, PartialEq)]
pub struct UnderWay {
    /// Its number; none for a batch, of which there is one at a time.
    pub number: Option<u64>,
    /// What it is, and what is left of it where it is given up.
    pub what: String,
    /// What gives it up.
    pub give_up: Box<Effect>,
}

impl Question {
    fn text(&self) -> String {
        match self {
            Self::Delete(named) => {
                format!("Delete the invitation {}? Its link is dead at once; u brings it back.", named.name)
            }
            Self::DeleteUser(_, name) => format!(
                "Delete the user {}? u brings them back; t deactivates instead. Invitations that they made stay.",
                text::safe(name)
            ),
            Self::DeleteGroup(group) => {
                format!("Delete the group {}? u brings it back. Its members stay.", text::safe(&group.name))
            }
            Self::DeleteFlow(_, slug) => format!("Delete the flow {slug}? This can't be undone. Its stages stay."),
            Self::Unbind(_, stage, flow) => {
                format!("Unbind {stage} from {flow}? The stage stays, and u binds it again.")
            }
            Self::Sure(question, _) => question.clone(),
            Self::Discard => "Close the dialog and lose what you typed?".to_owned(),
            Self::Quit => "Quit and lose what you typed?".to_owned(),
            Self::QuitWork(work) => format!("{} Quit and give that up?", work.what),
        }
    }

    /// Draws it as a small box.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let width = 60.min(area.width);
        let question = self.text();
        let rows = text::wrap(&question, usize::from(width.saturating_sub(4))).len() + 4;
        let inner = frame("Question", (width, u16::try_from(rows).unwrap_or(u16::MAX)), area, buffer);
        let lines =
            [(question, Style::new()), (String::new(), Style::new()), ("y  yes     n  no".to_owned(), theme::KEY)];
        paragraph(&lines, inner, buffer);
    }
}
