//! The real router, by HTTP.

mod addresses;
mod again;
mod anything;
mod api;
mod blueprints;
pub mod browser;
mod csrf;
mod finished;
mod hostile;
mod languages;
mod limits;
mod links;
mod pages;
mod patience;
mod prompts;
mod race;
pub mod running;
mod secrets;
mod sessions;
mod signing_out;
mod told;
mod usual;
mod walk;
