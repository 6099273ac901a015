//! The mail room: what is written into the outbox, and what leaves it.

mod delivery;
mod encrypted;
mod outbox;
mod running;
mod shared;
