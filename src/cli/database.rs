//! `guestlist database`: the migrations.

use clap::Subcommand;
use serde::Serialize;

use super::error::CliError;
use super::output::{Output, say, yes_no};
use super::session::{check_address, check_store, check_writable, connect, look, open_unattended};
use super::table::Table;
use crate::config::Config;
use crate::store::Store;

/// The commands on the database.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Apply the migrations that are missing. Every other command does so too.
    Migrate,
    /// Tell which migrations the database has, and change nothing.
    Status,
}

#[derive(Serialize)]
struct Document {
    database: String,
    exists: bool,
    migrations: Vec<Migration>,
}

#[derive(Serialize)]
struct Migration {
    version: i64,
    name: String,
    applied: bool,
    /// Whether this very command applied it.
    new: bool,
}

/// Runs one of them.
pub async fn run(command: &Command, config: &Config, out: &mut Output) -> Result<(), CliError> {
    match command {
        Command::Migrate => migrate(config, out).await,
        Command::Status => status(config, out).await,
    }
}

async fn migrate(config: &Config, out: &mut Output) -> Result<(), CliError> {
    check_writable(config)?;
    let store = connect(config).await?;
    let before = store.migrations().await?;
    store.close().await;
    let store = open_unattended(config).await?;
    check_store(&store, config).await?;
    let after = store.migrations().await?;
    store.close().await;
    let migrations = after
        .into_iter()
        .zip(before)
        .map(|(now, then)| Migration {
            version: now.version,
            name: now.name,
            applied: now.applied,
            new: now.applied && !then.applied,
        })
        .collect();
    let document = Document { database: config.database.to_string(), exists: true, migrations };
    if out.is_json() {
        return Ok(out.document(&document)?);
    }
    let new: Vec<_> = document.migrations.iter().filter(|migration| migration.new).collect();
    if new.is_empty() {
        out.line(format_args!("{} is up to date.", document.database))?;
    }
    for migration in new {
        out.line(format_args!("Applied {:04} {}.", migration.version, migration.name))?;
    }
    Ok(())
}

async fn status(config: &Config, out: &mut Output) -> Result<(), CliError> {
    check_address(config)?;
    let exists = Store::exists(config.database.secret());
    let known = if exists {
        look(config).await?.migrations().await?
    } else {
        Store::known_migrations(config.database.secret())
    };
    let migrations: Vec<Migration> = known
        .into_iter()
        .map(|one| Migration { version: one.version, name: one.name, applied: one.applied, new: false })
        .collect();
    let document = Document { database: config.database.to_string(), exists, migrations };
    if out.is_json() {
        return Ok(out.document(&document)?);
    }
    let note = if exists { "" } else { " does not exist yet" };
    out.line(format_args!("{}{note}", document.database))?;
    let mut table = Table::new(&["VERSION", "NAME", "APPLIED"]);
    for migration in &document.migrations {
        table.row([&format!("{:04}", migration.version), &migration.name, yes_no(migration.applied)]);
    }
    table.print(out, "")?;
    if document.migrations.iter().any(|migration| !migration.applied) {
        say("Some are missing. `guestlist database migrate` applies them; so does every other command.");
    }
    Ok(())
}
