//! `guestlist group`: groups and who is in them.

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::error::CliError;
use super::output::{say, yes_no};
use super::session::Session;
use super::table::{Table, print_details};
use super::user;
use crate::blueprint::{emit_mapping, parse_mapping};
use crate::clock;
use crate::domain::Mapping;
use crate::domain::group::{Group, check_name};
use crate::domain::id::GroupId;
use crate::store::groups::Sort;
use crate::store::page::{Anchor, Term};
use crate::store::{StoreError, Tx, groups};

/// The commands on groups.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List groups by name.
    List {
        /// Only those with this text in their name.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        search: String,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Show one group and its first hundred members.
    Show {
        /// The group.
        name: String,
    },
    /// Make a group.
    Create {
        /// Its name.
        name: String,
        /// Its members may do everything.
        #[arg(long)]
        superuser: bool,
        /// Attributes as YAML or JSON.
        #[arg(long, value_name = "DATA", default_value = "{}", hide_default_value = true, allow_hyphen_values = true)]
        attributes: String,
    },
    /// Change a group: what is given, and nothing else.
    Edit {
        /// The group.
        group: String,
        /// Another name.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Its members may do everything.
        #[arg(long, conflicts_with = "no_superuser")]
        superuser: bool,
        /// Its members may not do everything any more.
        #[arg(long)]
        no_superuser: bool,
        /// Attributes in place of all there are, as YAML or JSON.
        #[arg(long, value_name = "DATA")]
        attributes: Option<String>,
    },
    /// Delete a group; its members stay.
    Delete {
        /// The group.
        name: String,
    },
    /// Put users into a group.
    Add {
        /// The group.
        name: String,
        /// The users.
        #[arg(required = true, value_name = "USER")]
        users: Vec<String>,
    },
    /// Take users out of a group.
    Remove {
        /// The group.
        name: String,
        /// The users.
        #[arg(required = true, value_name = "USER")]
        users: Vec<String>,
    },
}

/// What scripts read.
#[derive(Serialize)]
struct Document {
    name: String,
    is_superuser: bool,
    members: u64,
    attributes: Mapping,
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::List { search, limit } => list(&search, limit, session).await,
        Command::Show { name } => show(&name, session).await,
        Command::Create { name, superuser, attributes } => create(&name, superuser, &attributes, session).await,
        Command::Edit { group, name, superuser, no_superuser, attributes } => {
            let superuser = (superuser || no_superuser).then_some(superuser);
            edit(&group, name, superuser, attributes, session).await
        }
        Command::Delete { name } => delete(&name, session).await,
        Command::Add { name, users } => set_members(&name, &users, true, session).await,
        Command::Remove { name, users } => set_members(&name, &users, false, session).await,
    }
}

/// The group of that name, or which one may be meant.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Group, CliError> {
    // What can't be a name is not looked for: PostgreSQL takes no NUL.
    let found = if check_name(name).is_ok() { groups::find_by_name(tx, name).await? } else { None };
    if let Some(group) = found {
        return Ok(group);
    }
    let all = groups::list(tx).await?;
    Err(CliError::missing("group", name, all.iter().map(|group| group.name.as_str()), "guestlist group list"))
}

async fn list(search: &str, limit: u32, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let page =
        groups::page(&mut tx, &[Term::contains(search)], Sort::default(), &Anchor::First, limit as usize).await?;
    tx.rollback().await?;
    if page.more_after {
        say(format_args!("These are the first {} of {}; --limit shows more.", page.rows.len(), page.total_text()));
    }
    let rows = page.rows.into_iter().map(|view| Document {
        name: view.group.name,
        is_superuser: view.group.is_superuser,
        members: view.member_count,
        attributes: view.group.attributes,
    });
    let documents: Vec<Document> = rows.collect();
    if session.out.is_json() {
        return Ok(session.out.document(&documents)?);
    }
    let mut table = Table::new(&["NAME", "MEMBERS", "SUPERUSER"]);
    for group in &documents {
        table.row([group.name.as_str(), &group.members.to_string(), yes_no(group.is_superuser)]);
    }
    Ok(table.print(session.out, "No groups.")?)
}

async fn show(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let group = get(&mut tx, name).await?;
    let members = groups::members(&mut tx, group.id).await?;
    tx.rollback().await?;
    if session.out.is_json() {
        let document = json!({
            "name": group.name,
            "is_superuser": group.is_superuser,
            "members": members,
            "attributes": group.attributes,
        });
        return Ok(session.out.document(&document)?);
    }
    let details = [
        ("Name", group.name),
        ("Superuser", yes_no(group.is_superuser).into()),
        ("Members", members.join(", ")),
        ("Attributes", emit_mapping(&group.attributes)),
    ];
    Ok(print_details(&details, session.out)?)
}

async fn create(name: &str, superuser: bool, attributes: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let name = check_name(name).map_err(|why| CliError::Usage(format!("NAME: {why}")))?;
    let attributes =
        parse_mapping(attributes).map_err(|problems| CliError::Usage(format!("--attributes: {problems}")))?;
    let group = Group { id: GroupId(clock::new_id()), name, is_superuser: superuser, attributes };
    let (mut tx, actor) = session.write().await?;
    groups::insert(&mut tx, &group, &actor.at(clock::now())).await.map_err(|error| match error {
        StoreError::Taken(_) => CliError::Failed(format!("There is a group of the name {} already.", group.name)),
        other => other.into(),
    })?;
    tx.commit().await?;
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "name": group.name, "is_superuser": superuser }))?);
    }
    Ok(session.out.line(format!("Made the group {}.", group.name))?)
}

async fn edit(
    group: &str,
    name: Option<String>,
    superuser: Option<bool>,
    attributes: Option<String>,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    if name.is_none() && superuser.is_none() && attributes.is_none() {
        return Err(CliError::Usage("Say what to change: `guestlist help group edit` lists it.".into()));
    }
    let name =
        name.map(|name| check_name(&name).map_err(|why| CliError::Usage(format!("--name: {why}")))).transpose()?;
    let attributes = attributes
        .map(|text| parse_mapping(&text).map_err(|problems| CliError::Usage(format!("--attributes: {problems}"))));
    let attributes = attributes.transpose()?;
    let (mut tx, actor) = session.write().await?;
    let read = get(&mut tx, group).await?;
    let group = Group {
        id: read.id,
        name: name.unwrap_or(read.name),
        is_superuser: superuser.unwrap_or(read.is_superuser),
        attributes: attributes.unwrap_or(read.attributes),
    };
    groups::update(&mut tx, &group, &actor.at(clock::now())).await.map_err(|error| match error {
        StoreError::Taken(_) => CliError::Failed(format!("There is a group of the name {} already.", group.name)),
        other => other.into(),
    })?;
    tx.commit().await?;
    if session.out.is_json() {
        let document =
            json!({ "name": group.name, "is_superuser": group.is_superuser, "attributes": group.attributes });
        return Ok(session.out.document(&document)?);
    }
    Ok(session.out.line(format!("Changed the group {}.", group.name))?)
}

async fn delete(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let group = get(&mut tx, name).await?;
    groups::delete(&mut tx, &group, &actor.at(clock::now())).await?;
    tx.commit().await?;
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "name": group.name, "deleted": true }))?);
    }
    Ok(session.out.line(format!("Deleted the group {}; its members stay.", group.name))?)
}

/// All of them or, where one is not there, none.
async fn set_members(name: &str, names: &[String], member: bool, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let act = actor.at(clock::now());
    let group = get(&mut tx, name).await?;
    let mut changed = Vec::new();
    for name in names {
        let user = user::get(&mut tx, name).await?.user;
        if groups::set_member(&mut tx, &group, &user, member, &act).await? {
            changed.push(user.username.to_string());
        }
    }
    tx.commit().await?;
    let word = if member { "added" } else { "removed" };
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "name": group.name, word: changed }))?);
    }
    let who = if changed.is_empty() { "nobody: it was so already".to_owned() } else { changed.join(", ") };
    Ok(session.out.line(format!("{}: {word} {who}.", group.name))?)
}
