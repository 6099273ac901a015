//! The command line: everything that the console can do, for scripts. One file a noun.
//!
//! Results go to standard output, as lines or with `--json` as one document; messages go to standard error. The exit
//! status is 0 when done, 1 when that failed, 2 when the command line can't be understood.

mod arguments;
mod blueprint;
mod config;
mod confirm;
mod database;
mod error;
mod event;
mod flow;
mod group;
mod invitation;
mod mail;
mod output;
mod policy;
mod secret;
mod session;
mod table;
mod user;

use clap::{Parser, Subcommand};

pub use arguments::parse;
pub use error::CliError;
pub use output::{Output, say};
pub use secret::hide_password;
pub use session::{administrator, check_store, check_writable, observer, open, open_unattended, why_read_only};

use crate::config::{Config, Options};
use session::Session;

/// Invite people: a terminal console for invitations, and the server at which the invited enroll.
#[derive(Debug, Parser)]
#[command(
    name = "guestlist",
    version,
    after_help = "Exit status: 0 done, 1 failed, 2 the command line can't be understood."
)]
pub struct Cli {
    /// Settings that every command takes.
    #[command(flatten)]
    pub options: Options,
    /// Print one JSON document on standard output; messages go to standard error.
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// The console in plain lines and numbered menus, for screen readers, dumb terminals and pipes.
    #[arg(long)]
    pub plain: bool,
    /// What to do; the console if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the console (the default).
    Console(Face),
    /// Open the console and run the enrollment server in one process.
    Up(Face),
    /// Run the enrollment server alone.
    Serve,
    /// One command on one kind of thing.
    #[command(flatten)]
    Noun(Noun),
}

/// How the console shows itself.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Face {
    /// In plain lines and numbered menus, for screen readers, dumb terminals and pipes.
    #[arg(id = "in_lines", long = "plain")]
    pub plain: bool,
}

/// The commands of one kind of thing each.
#[derive(Debug, Subcommand)]
pub enum Noun {
    /// Apply or list the database's migrations.
    #[command(subcommand)]
    Database(database::Command),
    /// Look at the settings, and whether their file is right.
    #[command(subcommand)]
    Config(config::Command),
    /// Import enrollment flows from blueprints.
    #[command(subcommand)]
    Blueprint(blueprint::Command),
    /// Look at flows.
    #[command(subcommand)]
    Flow(flow::Command),
    /// Make, look at, and withdraw invitations.
    #[command(subcommand)]
    Invitation(invitation::Command),
    /// Look at users, make and change them.
    #[command(subcommand)]
    User(user::Command),
    /// Look at groups, make them, and say who is in them.
    #[command(subcommand)]
    Group(group::Command),
    /// Look at letters, send them again, and try whether mail arrives.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Look at policies, and ask them.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Look at what happened.
    #[command(subcommand)]
    Event(event::Command),
}

/// Runs one command. What it prints is complete when this returns.
pub async fn run(noun: Noun, config: &Config, out: &mut Output) -> Result<(), CliError> {
    if let Noun::Database(command) = noun {
        database::run(&command, config, out).await?;
        return Ok(out.finish()?);
    }
    if let Noun::Config(command) = noun {
        config::run(&command, config, out)?;
        return Ok(out.finish()?);
    }
    if let Noun::Blueprint(blueprint::Command::Check { file, context, allowed }) = noun {
        blueprint::check(&file, &allowed.options(context, config), out)?;
        return Ok(out.finish()?);
    }
    let store = open(config).await?;
    let mut session = Session { config, store: store.clone(), out };
    let done = match noun {
        Noun::Database(_) | Noun::Config(_) => Ok(()),
        Noun::Blueprint(command) => blueprint::run(command, &mut session).await,
        Noun::Flow(command) => flow::run(command, &mut session).await,
        Noun::Invitation(command) => invitation::run(command, &mut session).await,
        Noun::User(command) => user::run(command, &mut session).await,
        Noun::Group(command) => group::run(command, &mut session).await,
        Noun::Mail(command) => mail::run(command, &mut session).await,
        Noun::Policy(command) => policy::run(command, &mut session).await,
        Noun::Event(command) => event::run(command, &mut session).await,
    };
    store.close().await;
    done?;
    Ok(session.out.finish()?)
}
