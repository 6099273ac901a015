//! guestlist: a terminal console for invitations, and the server at which the invited enroll.
//!
//! The module list is the map of the house: `domain` is pure, `store` holds all SQL, `policy` says who may
//! go on, `batch`, `blueprint` and `executor` do the work, and `cli`, `console` and `server` are the faces.
//! `ARCHITECTURE.md` tells how a key press and a request walk
//! through it, and `tests/architecture.rs` holds the walls.

pub mod batch;
pub mod blueprint;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod domain;
pub mod executor;
pub mod mail;
pub mod policy;
pub mod secret;
pub mod server;
pub mod store;
pub mod turns;
