//! Reads the command line, and says in which words it is wrong.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error, Parser};

use super::Cli;

/// Reads the command line of this process; ends it where that can't be understood, or asks for help.
pub fn parse() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        if is_help { error.exit() } else { explained(error, &std::env::args_os().collect::<Vec<_>>()).exit() }
    })
}

/// The same error by the names that somebody wrote: where a variable of the environment is set, its flag would be told as
/// if it were needed, and as if it were wrong.
fn explained(error: Error, arguments: &[OsString]) -> Error {
    let mut command = Cli::command();
    command.build();
    with_its_usage(&mut command);
    let mut error = command.try_get_matches_from_mut(arguments).err().unwrap_or(error);
    let Some(ContextValue::String(named)) = error.get(ContextKind::InvalidArg) else { return error };
    let flag: String = named.chars().take_while(|c| *c == '-' || c.is_ascii_alphanumeric()).collect();
    let told = Cli::command();
    let argument = told.get_arguments().find(|it| it.get_long().is_some_and(|long| flag == format!("--{long}")));
    let variable = argument.and_then(|it| it.get_env()).filter(|name| std::env::var_os(name).is_some());
    let given = arguments.iter().skip(1).map(|it| it.to_string_lossy()).take_while(|it| it != "--");
    let is_given = given.into_iter().any(|it| it == flag.as_str() || it.starts_with(&format!("{flag}=")));
    if let (Some(variable), false) = (variable, is_given) {
        let name = ContextValue::String(variable.to_string_lossy().into_owned());
        error.insert(ContextKind::InvalidArg, name);
    }
    error
}

/// Gives each command the usage that its help shows.
fn with_its_usage(command: &mut Command) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    *command = std::mem::take(command).override_usage(usage);
    command.get_subcommands_mut().for_each(with_its_usage);
}
