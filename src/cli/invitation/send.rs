//! `guestlist invitation send`: the link by letter.

use serde_json::json;

use super::get;
use super::target::Targets;
use crate::cli::error::CliError;
use crate::cli::flow;
use crate::cli::mail::{check_on, parse_language};
use crate::cli::output::say;
use crate::cli::session::Session;
use crate::clock;
use crate::domain::diagnosis::flow_problems;
use crate::domain::invitation::link;
use crate::mail::{InviteError, Inviting, Language, address_of, invite};

/// What to send, and to whom.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The invitation.
    #[arg(value_name = "NAME_OR_ID")]
    name: String,
    /// The address [default: `email` of its custom attributes].
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// The language: en or de.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = parse_language)]
    language: Language,
    /// What to add to the letter.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    message: String,
    /// The flow to enroll through, for an invitation to any flow.
    #[arg(long, value_name = "SLUG")]
    flow: Option<String>,
}

/// Writes the letter into the outbox.
pub async fn run(arguments: Arguments, session: &mut Session<'_>) -> Result<(), CliError> {
    let instead = format!(" `guestlist invitation link {}` prints the link to send yourself.", arguments.name);
    check_on(session.config, &instead)?;
    let (mut tx, actor) = session.write().await?;
    let view = get(&mut tx, &arguments.name).await?;
    let name = view.invitation.settings.name.clone();
    let targets = Targets::read(&mut tx).await?;
    let chosen = match arguments.flow.as_deref() {
        Some(slug) => Some(flow::get(&mut tx, slug).await?.id),
        None => None,
    };
    let own = view.invitation.settings.flow;
    if let (Some(own), Some(chosen)) = (own, chosen)
        && own != chosen
    {
        return Err(CliError::Failed(format!("{name} is an invitation to another flow, which would not take it.")));
    }
    let outline = targets.of(chosen.or(own)).ok_or_else(|| targets.ambiguous(name.as_str()))?;
    for problem in flow_problems(outline) {
        say(format_args!("warning: {}", problem.sentence));
    }
    let to = arguments.to.as_deref().or_else(|| address_of(&view.invitation.settings.fixed_data));
    let Some(to) = to.map(ToOwned::to_owned) else {
        let why = format!("{name} names no address: add --to ADDRESS, or `email` to its custom attributes.");
        return Err(CliError::Usage(why));
    };
    let inviting = Inviting {
        link: link(session.config.public_url.as_str(), &outline.flow.slug, view.invitation.id),
        view: &view,
        to: &to,
        language: arguments.language,
        message: &arguments.message,
    };
    let id = invite(&mut tx, &inviting, &actor.at(clock::now())).await.map_err(|error| match error {
        InviteError::Input(errors) => CliError::arguments(&errors),
        other => CliError::Failed(other.to_string()),
    })?;
    tx.commit().await?;
    if session.out.is_json() {
        let document = json!({ "letter": id.to_string(), "name": name, "to": to, "status": "queued" });
        return Ok(session.out.document(&document)?);
    }
    Ok(session.out.line(format!("Queued a letter with {name} to {to}; the server sends it."))?)
}
