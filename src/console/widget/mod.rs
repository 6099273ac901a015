//! Pieces that panes and dialogs are drawn with. They know nothing of invitations.

pub mod calendar;
pub mod drop_down;
pub mod line;
pub mod scroll;
pub mod sheet;
pub mod table;
pub mod text;
