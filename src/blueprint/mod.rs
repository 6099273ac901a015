//! Blueprints: YAML files that describe flows and what belongs to them, read as authentik reads them.
//!
//! Text becomes a located tree (`source`, `yaml`, `scalar`, `node`), the tree a document of entries (`document`), each
//! entry in turn loses its tags (`tag`, `scope`, `resolve`) and becomes a wish that fits its model (`model`, `wish`), and
//! the wishes are granted in one transaction or not at all (`import`, `apply`). `export` goes the other way. The same reader serves custom attributes
//! ([`parse_mapping`], [`emit_mapping`]). Whatever is wrong is a [`Problem`] with line and column.

mod access;
mod apply;
mod attributes;
mod closing;
pub mod document;
mod drift;
mod emit;
mod enumerate;
mod examine;
mod export;
mod expression;
mod file;
mod import;
mod known;
mod legacy;
mod library;
mod lookup;
mod made;
mod memo;
mod model;
pub mod node;
mod origin;
mod other;
mod percent;
mod predicate;
mod problem;
mod questions;
mod reader;
mod reads;
mod report;
mod resolve;
mod scalar;
mod scope;
mod shipped;
mod show;
mod source;
mod tag;
mod wish;
mod yaml;

pub use attributes::parse_mapping;
pub use drift::{Drift, Drifted, Fate, applied, applied_to, hash};
pub use emit::emit_mapping;
pub use export::export;
pub use file::write_file;
pub use import::{check, check_with, import, import_watched};
pub use model::names as models;
pub use origin::Origin;
pub use problem::{Problem, Problems, Remedy};
pub use questions::questions;
pub use reads::{Reads, reads};
pub use report::{Action, Change, Difference, ImportError, Options, Progress, Question, Report, Summary};
pub use scalar::plain as plain_scalar;
pub use shipped::{Shipped, shipped};
