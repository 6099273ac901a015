//! What things are and when they are valid. No I/O, no clock, nothing asynchronous: the current time is an argument.
//!
//! A value of these types that exists is valid; text becomes one through `parse` or `check`.

pub mod applied;
pub mod brand;
pub mod diagnosis;
pub mod enrollment;
pub mod event;
pub mod execution;
pub mod flow;
pub mod group;
pub mod guard;
pub mod id;
pub mod invitation;
pub mod letter;
pub mod message;
pub mod policy;
pub mod prompt;
pub mod prompt_data;
pub mod slug;
pub mod stage;
pub mod text;
pub mod user;
pub mod validation;
pub mod when;

/// A JSON mapping: custom attributes, user attributes, prompt data. Keys are kept sorted, so that both databases and
/// every face show one order.
pub type Mapping = serde_json::Map<String, serde_json::Value>;
