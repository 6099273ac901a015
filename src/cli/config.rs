//! `guestlist config`: the settings, and whether their file is right.

use clap::Subcommand;
use serde_json::{Value, json};

use super::error::CliError;
use super::output::Output;
use super::session::check_address;
use super::table::Table;
use crate::config::Config;
use crate::mail::Post;

/// The commands on the settings.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the file and say whether it is right.
    Check,
    /// Show every setting, and where it comes from. Passwords are left out.
    Show,
}

/// Runs one of them. That there are settings means that nothing is wrong with the file.
pub fn run(command: &Command, config: &Config, out: &mut Output) -> Result<(), CliError> {
    if matches!(command, Command::Check) {
        check_address(config)?;
        // Whatever would keep the server from starting: a password's file, certificates.
        Post::new(&config.mail).map_err(|why| CliError::Failed(format!("mail: {why}")))?;
    }
    let there = config.file.as_ref().filter(|path| path.is_file());
    let path = config.file.as_ref().map(|path| path.display().to_string());
    match command {
        Command::Check if out.is_json() => {
            out.document(&json!({ "file": path, "exists": there.is_some(), "ok": true }))?;
        }
        Command::Check => out.line(match (&path, there) {
            (Some(path), Some(_)) => format!("{path} is right."),
            (Some(path), None) => format!("There is no {path}: everything is as it is by default."),
            (None, _) => "There is no home folder, so there is no file.".to_owned(),
        })?,
        Command::Show if out.is_json() => {
            let settings = config.shown().into_iter();
            let settings: serde_json::Map<String, Value> = settings
                .map(|it| (it.key.to_owned(), json!({ "value": it.value, "from": it.from.as_str() })))
                .collect();
            out.document(&json!({ "file": path, "exists": there.is_some(), "settings": settings }))?;
        }
        Command::Show => {
            let mut table = Table::whole(&["KEY", "FROM", "VALUE"]);
            for it in config.shown() {
                let value = match it.value {
                    Value::String(text) => text,
                    Value::Null => "-".to_owned(),
                    other => other.to_string(),
                };
                table.row([it.key, it.from.as_str(), &value]);
            }
            table.print(out, "")?;
        }
    }
    Ok(())
}
