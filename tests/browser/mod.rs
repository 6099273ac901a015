//! Pages in a real browser.

mod accessible;
mod enroll;
