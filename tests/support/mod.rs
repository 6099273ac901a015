//! What tests stand on: databases, a terminal, a browser, a shell server, and the rule for what is absent.
//!
//! Every piece has a test of its own at the bottom of its file, so that a failure elsewhere is not the piece's.

#![allow(dead_code, unused_imports, reason = "each layer takes what it needs")]

pub mod chromium;
pub mod fixture;
pub mod http;
pub mod keys;
pub mod leash;
pub mod output;
pub mod postgres;
pub mod programs;
pub mod pty;
pub mod requires;
pub mod serve;
pub mod smtp;
pub mod sshd;
pub mod stores;
pub mod tmux;
