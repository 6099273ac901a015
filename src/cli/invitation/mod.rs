//! `guestlist invitation`: the links that let people enroll.

mod batch;
mod check;
mod create;
mod document;
mod edit;
mod preview;
mod send;
mod target;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde_json::json;

use super::error::CliError;
use super::flow;
use super::output::{local, say};
use super::session::Session;
use super::table::{Table, print_details};
use crate::blueprint::emit_mapping;
use crate::clock;
use crate::domain::diagnosis::flow_problems;
use crate::domain::flow::Outline;
use crate::domain::id::InvitationId;
use crate::domain::invitation::{InvitationView, Status, Use, link};
use crate::domain::when::relative;
use crate::store::invitations::{self, Filter, Place, Sort};
use crate::store::page::Anchor;
use crate::store::{StoreError, Tx};
use document::Document;
use target::Targets;

/// The commands on invitations. They take names and ids alike.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an invitation and show its link. It is for a single use unless something else is said.
    Create(create::Arguments),
    /// Change an invitation: what is given, and nothing else. The link stays.
    Edit(edit::Arguments),
    /// Make another invitation like one that is there, with a link of its own.
    Duplicate(edit::DuplicateArguments),
    /// Make many single-use invitations at once, all or none: so many by a template, or one for each row of a CSV file.
    ///
    /// The columns of the file become custom attributes; a dot in a heading nests (`attributes.team`). The column `name`
    /// names the invitations where no template does. Without --output the links are printed as CSV: name,email,link.
    Batch(batch::Arguments),
    /// List invitations by name.
    List {
        /// Only those of this status.
        #[arg(long, value_name = "STATUS", default_value = "all", value_parser = ["active", "used", "expired", "revoked", "all"])]
        status: String,
        /// Only those with this text in their name or note.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        search: String,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Show one invitation, and who used it.
    Show {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
    },
    /// Print an invitation's link, and nothing else.
    Link {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
        /// The flow to enroll through, for an invitation to any flow.
        #[arg(long, value_name = "SLUG")]
        flow: Option<String>,
    },
    /// Look for what will go wrong with an invitation: exit status 0 where there is nothing, 1 where there is something.
    Check {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
    },
    /// Show what somebody sees who follows an invitation's link, stage by stage, with what policies say. Nothing is written.
    Preview {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
        /// The flow to enroll through, for an invitation to any flow.
        #[arg(long, value_name = "SLUG")]
        flow: Option<String>,
    },
    /// Send an invitation's link by letter. The server sends it; `mail list` tells how far it has come.
    Send(send::Arguments),
    /// Withdraw an invitation: its link is dead until `restore`.
    Revoke {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
    },
    /// Take back what `revoke` or `delete` did.
    Restore {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
    },
    /// Give an invitation a new link with the same settings: the old link is dead at once.
    Reissue {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
    },
    /// Delete an invitation: its link is dead and its name free.
    Delete {
        /// The invitation.
        #[arg(value_name = "NAME_OR_ID")]
        name: String,
    },
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::Create(arguments) => create::run(arguments, session).await,
        Command::Edit(arguments) => edit::edit(arguments, session).await,
        Command::Duplicate(arguments) => edit::duplicate(arguments, session).await,
        Command::Batch(arguments) => batch::run(arguments, session).await,
        Command::List { status, search, limit } => {
            let statuses = Status::parse(&status).into_iter().collect();
            list(Filter { statuses, search, ..Filter::default() }, limit, session).await
        }
        Command::Show { name } => show(&name, session).await,
        Command::Link { name, flow } => print_link(&name, flow.as_deref(), session).await,
        Command::Check { name } => check::run(&name, session).await,
        Command::Preview { name, flow } => preview::run(&name, flow.as_deref(), session).await,
        Command::Send(arguments) => send::run(arguments, session).await,
        Command::Revoke { name } => set_revoked(&name, true, session).await,
        Command::Restore { name } => restore(&name, session).await,
        Command::Reissue { name } => reissue(&name, session).await,
        Command::Delete { name } => delete(&name, session).await,
    }
}

async fn find(tx: &mut Tx, name: &str) -> Result<Option<InvitationView>, CliError> {
    if let Some(view) = invitations::find_by_name(tx, name).await? {
        return Ok(Some(view));
    }
    match InvitationId::parse(name) {
        Some(id) => Ok(invitations::find(tx, id).await?),
        None => Ok(None),
    }
}

async fn get(tx: &mut Tx, name: &str) -> Result<InvitationView, CliError> {
    match find(tx, name).await? {
        Some(view) => Ok(view),
        None => Err(missing(tx, name).await?),
    }
}

/// Looks for the likely misspelling among the names around the one that is not there: most slips are not at its start.
async fn missing(tx: &mut Tx, name: &str) -> Result<CliError, CliError> {
    let place = Place::named(name);
    let near =
        invitations::page(tx, &Filter::default(), Sort::default(), clock::now(), &Anchor::Around(place), 200).await?;
    let names = near.rows.iter().map(|view| view.invitation.settings.name.as_str());
    Ok(CliError::missing("invitation", name, names, "guestlist invitation list"))
}

async fn list(filter: Filter, limit: u32, session: &mut Session<'_>) -> Result<(), CliError> {
    let now = clock::now();
    let mut tx = session.read().await?;
    let page = invitations::page(&mut tx, &filter, Sort::default(), now, &Anchor::First, limit as usize).await?;
    if page.more_after {
        say(format_args!("These are the first {} of {}; --limit shows more.", page.rows.len(), page.total_text()));
    }
    if session.out.is_json() {
        let targets = Targets::read(&mut tx).await?;
        let mut documents = Vec::new();
        for view in &page.rows {
            documents.push(Document::read(&mut tx, view, &targets, session.config.public_url.as_str(), now).await?);
        }
        tx.rollback().await?;
        return Ok(session.out.document(&documents)?);
    }
    tx.rollback().await?;
    let mut table = Table::new(&["NAME", "FLOW", "STATUS", "USES", "EXPIRES", "CREATED BY", "NOTE"]);
    for view in &page.rows {
        let it = &view.invitation;
        let flow = view.flow_slug.as_ref().map_or("any", |slug| slug.as_str());
        let expires = it.settings.expires.map_or("never".to_owned(), local);
        let (status, uses) = (it.status(now).as_str(), it.uses_text());
        table.row([it.settings.name.as_str(), flow, status, &uses, &expires, &it.created_by_name, &it.settings.note]);
    }
    Ok(table.print(session.out, "No invitations.")?)
}

async fn show(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let view = get(&mut tx, name).await?;
    let uses = invitations::uses(&mut tx, view.invitation.id).await?;
    tx.rollback().await?;
    let document = describe(&view, session).await?.with_uses(&uses);
    present(&view, &uses, document, session)
}

/// An invitation as it is now. After what was written is committed: finding its problems may take a while.
async fn describe(view: &InvitationView, session: &Session<'_>) -> Result<Document, CliError> {
    let mut tx = session.read().await?;
    let targets = Targets::read(&mut tx).await?;
    let public_url = session.config.public_url.as_str();
    let document = Document::read(&mut tx, view, &targets, public_url, clock::now()).await?;
    tx.rollback().await?;
    Ok(document)
}

/// Prints one invitation, its problems on standard error.
fn present(view: &InvitationView, uses: &[Use], document: Document, session: &mut Session<'_>) -> Result<(), CliError> {
    let now = clock::now();
    for problem in &document.problems {
        say(format_args!("warning: {}", problem.sentence));
    }
    if session.out.is_json() {
        return Ok(session.out.document(&document)?);
    }
    let it = &view.invitation;
    let expires = |at| format!("{} ({})", local(at), relative(at, now));
    let uses_text = uses.iter().map(|one| format!("{} at {} from {}\n", one.username, local(one.at), one.address));
    let details = [
        ("Name", it.settings.name.to_string()),
        ("Flow", view.flow_slug.as_ref().map_or("any with an invitation stage".into(), ToString::to_string)),
        ("Status", it.status(now).to_string()),
        ("Expires", it.settings.expires.map_or("never".into(), expires)),
        ("Uses", it.uses_text()),
        ("Used by", uses_text.collect()),
        ("Opened", it.opened_at.map(|at| opened(it.opens, at)).unwrap_or_default()),
        ("Mailed", it.mailed_at.map(local).unwrap_or_default()),
        ("Created", format!("{} by {}", local(it.created_at), it.created_by_name)),
        ("Note", it.settings.note.clone()),
        ("Attributes", emit_mapping(&it.settings.fixed_data)),
        ("Link", document.link.unwrap_or_default()),
    ];
    Ok(print_details(&details, session.out)?)
}

/// How often a link was opened, and when last.
fn opened(times: i64, last: DateTime<Utc>) -> String {
    if times == 1 { format!("once, {}", local(last)) } else { format!("{times} times, last {}", local(last)) }
}

async fn print_link(name: &str, slug: Option<&str>, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let view = get(&mut tx, name).await?;
    let targets = Targets::read(&mut tx).await?;
    let outline = chosen(&mut tx, &view, slug, &targets).await?;
    tx.rollback().await?;
    let flow = &outline.flow.slug;
    for problem in flow_problems(outline) {
        say(format_args!("warning: {}", problem.sentence));
    }
    if let Some(why) = view.invitation.why_dead(clock::now()) {
        say(format_args!("warning: {why}"));
    }
    let link = link(session.config.public_url.as_str(), flow, view.invitation.id);
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "name": view.invitation.settings.name, "link": link }))?);
    }
    Ok(session.out.line(link)?)
}

/// The flow that a link of an invitation leads to: its own, or for one to any flow the one that was named.
async fn chosen<'a>(
    tx: &mut Tx,
    view: &InvitationView,
    slug: Option<&str>,
    targets: &'a Targets,
) -> Result<&'a Outline, CliError> {
    let chosen = match slug {
        Some(slug) => Some(flow::get(tx, slug).await?.id),
        None => None,
    };
    let (own, name) = (view.invitation.settings.flow, &view.invitation.settings.name);
    let outline = targets.of(chosen.or(own)).ok_or_else(|| targets.ambiguous(name.as_str()))?;
    let flow = &outline.flow.slug;
    match view.flow_slug.as_ref().filter(|own| *own != flow) {
        Some(own) => Err(CliError::Failed(format!("{name} is an invitation to {own}; {flow} would not take it."))),
        None => Ok(outline),
    }
}

async fn set_revoked(name: &str, revoked: bool, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let view = get(&mut tx, name).await?;
    invitations::set_revoked(&mut tx, view.invitation.id, revoked, &actor.at(clock::now())).await?;
    let name = view.invitation.settings.name;
    let sentence = if revoked {
        format!("Revoked {name}. `guestlist invitation restore {name}` takes that back.")
    } else {
        format!("Restored {name}.")
    };
    finish(tx, view.invitation.id, &sentence, session).await
}

async fn restore(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    if find(&mut tx, name).await?.is_some() {
        tx.rollback().await?;
        return set_revoked(name, false, session).await;
    }
    let Some(id) = invitations::find_deleted(&mut tx, name, InvitationId::parse(name)).await? else {
        return Err(missing(&mut tx, name).await?);
    };
    invitations::undelete(&mut tx, id, &actor.at(clock::now())).await?;
    let it = invitations::get(&mut tx, id).await?;
    let name = it.settings.name;
    let revoked =
        if it.revoked_at.is_some() { " It is still revoked; restore it again to take that back." } else { "" };
    finish(tx, id, &format!("{name} is no longer deleted.{revoked}"), session).await
}

/// Prints it like a new one: what is wanted of it is the new link.
async fn reissue(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let old = get(&mut tx, name).await?.invitation.id;
    let new = InvitationId(clock::new_id());
    invitations::reissue(&mut tx, old, new, &actor.at(clock::now())).await?;
    let view = invitations::find(&mut tx, new).await?.ok_or_else(|| StoreError::NotFound("the invitation".into()))?;
    tx.commit().await?;
    let document = describe(&view, session).await?.with_uses(&[]);
    say(format_args!("The old link of {} is dead.", view.invitation.settings.name));
    present(&view, &[], document, session)
}

async fn delete(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let view = get(&mut tx, name).await?;
    invitations::delete(&mut tx, view.invitation.id, &actor.at(clock::now())).await?;
    tx.commit().await?;
    let name = view.invitation.settings.name;
    if session.out.is_json() {
        let id = view.invitation.id.token();
        return Ok(session.out.document(&json!({ "id": id, "name": name, "deleted": true }))?);
    }
    let sentence = format!("Deleted {name}. `guestlist invitation restore {name}` takes that back.");
    Ok(session.out.line(sentence)?)
}

/// Commits, and tells what an invitation is like now: scripts get it whole, people one sentence.
async fn finish(mut tx: Tx, id: InvitationId, sentence: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let view = invitations::find(&mut tx, id).await?;
    tx.commit().await?;
    match view {
        Some(view) if session.out.is_json() => {
            let document = describe(&view, session).await?;
            Ok(session.out.document(&document)?)
        }
        _ => Ok(session.out.line(sentence)?),
    }
}
