//! Dialogs with fields: Create and Edit Invitation, and the small ones.

mod area;
pub mod context;
pub(super) mod draw;
mod editor;
mod expiry;
mod fields;
mod highlight;
pub mod invitation;
pub mod live;
mod merge;
mod preview;
mod prompt;
pub mod record;
mod suggest;
mod user_field;
pub(super) mod values;
