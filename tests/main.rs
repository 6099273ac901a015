//! All integration tests, in one binary: one folder a layer.
//!
//! Tests that need a program which is absent (PostgreSQL, Chromium, sshd, tmux) are skipped by name, loudly;
//! with `GUESTLIST_TEST_REQUIRE=all`, as continuous integration sets it, a missing part is a failure. See
//! `support/requires.rs`.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod support;

mod architecture;
mod batch;
mod blueprint;
mod browser;
mod cli;
mod console;
mod executor;
mod mail;
mod policy;
mod processes;
mod server;
mod store;
mod terminal;
