//! What is wanted.

use chrono::{DateTime, Utc};

use super::table::Table;
use super::template::Template;
use crate::domain::Mapping;
use crate::domain::id::FlowId;

/// The most invitations of one batch: it is one transaction, and on SQLite nobody else writes meanwhile.
pub const MOST: usize = 10_000;

/// A batch as somebody asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// One invitation for each of these.
    pub rows: Rows,
    /// How the invitations are named. Without one, a file's column `name` names them.
    pub template: Option<Template>,
    /// The number of the first one.
    pub first: u32,
    /// The flow; none means any flow with an invitation stage.
    pub flow: Option<FlowId>,
    /// When they end; none means never.
    pub expires: Option<DateTime<Utc>>,
    /// Custom attributes of each; a row's own come on top.
    pub fixed_data: Mapping,
    /// A remark for administrators.
    pub note: String,
    /// Whether a name that is taken is replaced by the next one that is free.
    pub free_names: bool,
}

/// What there is one invitation for each of.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// So many, all alike.
    Count(usize),
    /// The rows of a file.
    Table(Table),
}

impl Rows {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Count(count) => *count,
            Self::Table(table) => table.rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
