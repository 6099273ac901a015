//! authentik's flow API, by a client as they are written for it.

pub mod client;
mod components;
mod faults;
mod hostile;
mod queries;
mod refusals;
mod sessions;
mod walk;
