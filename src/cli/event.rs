//! `guestlist event`: what happened.

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use super::error::CliError;
use super::output::local;
use super::session::Session;
use super::table::Table;
use crate::domain::event::Event;
use crate::store::events;

/// The commands on events.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the newest events, newest first.
    List {
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
}

#[derive(Serialize)]
struct Document {
    id: String,
    at: DateTime<Utc>,
    actor: String,
    address: String,
    action: &'static str,
    object_kind: String,
    object_name: String,
    detail: Value,
}

impl From<Event> for Document {
    fn from(event: Event) -> Self {
        Self {
            id: event.id.to_string(),
            at: event.at,
            actor: event.actor,
            address: event.address,
            action: event.action.as_str(),
            object_kind: event.object_kind,
            object_name: event.object_name,
            detail: event.detail,
        }
    }
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    let Command::List { limit } = command;
    let mut tx = session.read().await?;
    let events = events::list(&mut tx, limit).await?;
    tx.rollback().await?;
    if session.out.is_json() {
        let documents: Vec<Document> = events.into_iter().map(Document::from).collect();
        return Ok(session.out.document(&documents)?);
    }
    let mut table = Table::new(&["TIME", "WHO", "FROM", "WHAT", "KIND", "NAME"]);
    for event in &events {
        let action = event.action.as_str();
        let time = local(event.at);
        table.row([&time, &event.actor, &event.address, action, &event.object_kind, &event.object_name]);
    }
    Ok(table.print(session.out, "Nothing has happened yet.")?)
}
