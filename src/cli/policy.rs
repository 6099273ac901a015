//! `guestlist policy`: what guards flows and checks answers, and what it says.

use std::net::IpAddr;

use clap::Subcommand;
use serde_json::{Value, json};

use super::error::CliError;
use super::output::{say, yes_no};
use super::session::Session;
use super::table::{Table, print_details};
use super::user;
use crate::blueprint::{emit_mapping, parse_mapping};
use crate::clock;
use crate::domain::policy::{Policy, PolicyModel};
use crate::domain::text::printable;
use crate::policy::{Asked, Lists, Policies, Request, Verdict, password, unavailable};
use crate::store::{Tx, policies};

/// The commands on policies.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List policies by name.
    List,
    /// Show one policy.
    Show {
        /// The policy.
        name: String,
    },
    /// Ask a policy what it says, without changing anything.
    Test {
        /// The policy.
        name: String,
        /// Ask as this user; nobody if it is left out.
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        /// What the plan knows, as YAML or JSON: `prompt_data: {email: jo@example.com}`.
        #[arg(long, value_name = "DATA", default_value = "{}", hide_default_value = true, allow_hyphen_values = true)]
        data: String,
        /// Ask from this address.
        #[arg(long, value_name = "ADDRESS")]
        address: Option<IpAddr>,
    },
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::List => list(session).await,
        Command::Show { name } => show(&name, session).await,
        Command::Test { name, user, data, address } => test(&name, user.as_deref(), &data, address, session).await,
    }
}

/// The policy of that name, or which one may be meant.
async fn get(tx: &mut Tx, name: &str) -> Result<Policy, CliError> {
    let all = policies::list(tx).await?;
    let names = all.iter().map(|policy| policy.name.as_str());
    let missing = CliError::missing("policy", name, names, "guestlist policy list");
    all.into_iter().find(|policy| policy.name == name).ok_or(missing)
}

/// `expressionpolicy` of `authentik_policies_expression.expressionpolicy`.
fn kind(model: PolicyModel) -> &'static str {
    model.as_str().rsplit('.').next().unwrap_or_default()
}

async fn list(session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let all = policies::list(&mut tx).await?;
    tx.rollback().await?;
    if session.out.is_json() {
        let one = |policy: &Policy| json!({ "name": policy.name, "model": policy.model.as_str() });
        return Ok(session.out.document(&all.iter().map(one).collect::<Vec<Value>>())?);
    }
    let mut table = Table::new(&["NAME", "KIND"]);
    for policy in &all {
        table.row([policy.name.as_str(), kind(policy.model)]);
    }
    Ok(table.print(session.out, "No policies.")?)
}

/// What an expression uses that is not available here.
fn missing(policy: &Policy) -> Vec<String> {
    let text = policy.settings.get("expression").and_then(Value::as_str);
    text.map(unavailable).unwrap_or_default()
}

/// What a policy asks for that the settings have turned off.
fn not_asked(policy: &Policy, session: &Session<'_>) -> &'static str {
    let asks = policy.model == PolicyModel::Password && password::asks_lists(&policy.settings);
    if asks && session.config.leaked_passwords.is_none() {
        "lists of leaked passwords: `leaked_passwords` is off, so that rule passes"
    } else {
        ""
    }
}

async fn show(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let policy = get(&mut tx, name).await?;
    tx.rollback().await?;
    let missing = missing(&policy);
    if session.out.is_json() {
        let document = json!({
            "name": policy.name,
            "model": policy.model.as_str(),
            "execution_logging": policy.execution_logging,
            "settings": policy.settings,
            "not_available": missing,
            "not_asked": not_asked(&policy, session),
        });
        return Ok(session.out.document(&document)?);
    }
    let mut details = vec![
        ("Name", printable(&policy.name).into_owned()),
        ("Kind", kind(policy.model).to_owned()),
        ("Logged", yes_no(policy.execution_logging).to_owned()),
        ("Settings", emit_mapping(&policy.settings)),
    ];
    if !missing.is_empty() {
        details.push(("Not available here", printable(&missing.join(", ")).into_owned()));
    }
    let not_asked = not_asked(&policy, session);
    if !not_asked.is_empty() {
        details.push(("Not asked", not_asked.to_owned()));
    }
    Ok(print_details(&details, session.out)?)
}

async fn test(
    name: &str,
    user: Option<&str>,
    data: &str,
    address: Option<IpAddr>,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    let context = parse_mapping(data).map_err(|problems| CliError::Usage(format!("--data: {problems}")))?;
    let mut tx = session.read().await?;
    let policy = get(&mut tx, name).await?;
    let user = match user {
        Some(name) => Some(user::get(&mut tx, name).await?.user.id),
        None => None,
    };
    let request = Request { user, context, has_plan: true, client_ip: address, ..Request::new(clock::now()) };
    tx.rollback().await?;
    let lists = session.config.leaked_passwords.as_ref().map(|url| Lists::at(url.as_str()));
    let asked = Policies::new().asking(lists);
    let asked = asked.settle(&session.store, &Asked::Validate(vec![policy.id]), &request).await;
    let (verdict, _) = asked.map_err(|why| CliError::Failed(why.to_string()))?;
    if !not_asked(&policy, session).is_empty() {
        say("The password was not looked up in lists of leaked ones: `leaked_passwords` is off.");
    }
    tell(&verdict, session)
}

fn tell(verdict: &Verdict, session: &mut Session<'_>) -> Result<(), CliError> {
    let event = |event: &crate::policy::Noted| json!({ "action": event.action.as_str(), "name": event.object_name, "detail": event.detail });
    let messages: Vec<String> = verdict.messages.iter().map(ToString::to_string).collect();
    if session.out.is_json() {
        let document = json!({
            "passing": verdict.passing,
            "messages": messages,
            "changes": { "set": verdict.changes.set, "removed": verdict.changes.removed },
            "events": verdict.events.iter().map(event).collect::<Vec<Value>>(),
        });
        return Ok(session.out.document(&document)?);
    }
    let events = verdict.events.iter().map(|event| format!("{} {}: {}", event.action, event.object_name, event.detail));
    let all = |lines: Vec<String>| lines.iter().map(|line| printable(line)).collect::<Vec<_>>().join("\n");
    let mut details = vec![("Passes", yes_no(verdict.passing).to_owned()), ("Says", all(messages.clone()))];
    if !verdict.changes.is_empty() {
        let removed = verdict.changes.removed.iter().map(|key| (key.clone(), Value::Null));
        details.push(("Changes", emit_mapping(&verdict.changes.set.clone().into_iter().chain(removed).collect())));
    }
    details.push(("Would log", all(events.collect())));
    Ok(print_details(&details, session.out)?)
}
