//! `guestlist user`: who has an account.

mod change;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde::Serialize;

use super::error::CliError;
use super::output::{local, say, yes_no};
use super::session::Session;
use super::table::{Table, print_details};
use crate::blueprint::emit_mapping;
use crate::domain::Mapping;
use crate::domain::user::{UserView, Username};
use crate::store::page::{Anchor, Place, Term};
use crate::store::users::{Filter, Sort};
use crate::store::{Tx, users};

/// The commands on users.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List users by name.
    List {
        /// Only those with this text in their user name, name or address.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        search: String,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Show one user.
    Show {
        /// The user's name.
        name: String,
    },
    /// Make a user. Without a password nobody can sign in: `set-password` gives one.
    Create(change::Arguments),
    /// Change a user: what is given, and nothing else.
    Edit(change::EditArguments),
    /// Give a user another password, which is asked for, or read from the first line of standard input.
    SetPassword {
        /// The user's name.
        name: String,
    },
    /// Let a user sign in again.
    Activate {
        /// The user's name.
        name: String,
    },
    /// Keep a user from signing in; who is signed in is signed out.
    Deactivate {
        /// The user's name.
        name: String,
    },
    /// Delete a user. The invitations that the user made stay.
    Delete {
        /// The user's name.
        name: String,
    },
}

/// What scripts read. Never the password's hash.
#[derive(Serialize)]
struct Document {
    username: String,
    name: String,
    email: String,
    is_active: bool,
    path: String,
    r#type: &'static str,
    groups: Vec<String>,
    attributes: Mapping,
    /// The name of the invitation that brought the user.
    invitation: Option<String>,
    created_at: DateTime<Utc>,
    last_login: Option<DateTime<Utc>>,
}

impl From<UserView> for Document {
    fn from(view: UserView) -> Self {
        let user = view.user;
        Self {
            username: user.username.to_string(),
            name: user.name,
            email: user.email,
            is_active: user.is_active,
            path: user.path,
            r#type: user.kind.as_str(),
            groups: view.groups,
            attributes: user.attributes,
            invitation: view.invitation.map(String::from),
            created_at: user.created_at,
            last_login: user.last_login,
        }
    }
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::List { search, limit } => list(&search, limit, session).await,
        Command::Show { name } => show(&name, session).await,
        Command::Create(arguments) => change::create(arguments, session).await,
        Command::Edit(arguments) => change::edit(arguments, session).await,
        Command::SetPassword { name } => change::set_password(&name, session).await,
        Command::Activate { name } => change::set_active(&name, true, session).await,
        Command::Deactivate { name } => change::set_active(&name, false, session).await,
        Command::Delete { name } => change::delete(&name, session).await,
    }
}

async fn list(search: &str, limit: u32, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let filter = Filter { terms: vec![Term::contains(search)], ..Filter::default() };
    let page = users::page(&mut tx, &filter, Sort::default(), &Anchor::First, limit as usize).await?;
    tx.rollback().await?;
    if page.more_after {
        say(format_args!("These are the first {} of {}; --limit shows more.", page.rows.len(), page.total_text()));
    }
    let documents: Vec<Document> = page.rows.into_iter().map(Document::from).collect();
    if session.out.is_json() {
        return Ok(session.out.document(&documents)?);
    }
    let mut table = Table::new(&["USERNAME", "NAME", "EMAIL", "ACTIVE", "TYPE", "PATH", "GROUPS", "INVITATION"]);
    for user in &documents {
        let groups = user.groups.join(", ");
        let invitation = user.invitation.as_deref().unwrap_or_default();
        let active = yes_no(user.is_active);
        table.row([&user.username, &user.name, &user.email, active, user.r#type, &user.path, &groups, invitation]);
    }
    Ok(table.print(session.out, "No users.")?)
}

async fn show(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let user = Document::from(get(&mut tx, name).await?);
    tx.rollback().await?;
    present(user, session)
}

fn present(user: Document, session: &mut Session<'_>) -> Result<(), CliError> {
    if session.out.is_json() {
        return Ok(session.out.document(&user)?);
    }
    let details = [
        ("Username", user.username),
        ("Name", user.name),
        ("Email", user.email),
        ("Active", yes_no(user.is_active).into()),
        ("Type", user.r#type.into()),
        ("Path", user.path),
        ("Groups", user.groups.join(", ")),
        ("Invitation", user.invitation.unwrap_or_default()),
        ("Created", local(user.created_at)),
        ("Last login", user.last_login.map(local).unwrap_or_default()),
        ("Attributes", emit_mapping(&user.attributes)),
    ];
    Ok(print_details(&details, session.out)?)
}

/// The user of that name, or who may be meant.
pub async fn get(tx: &mut Tx, name: &str) -> Result<UserView, CliError> {
    let found = match Username::parse(name) {
        Ok(username) => users::find_by_username(tx, &username).await?,
        Err(_) => None,
    };
    if let Some(user) = found {
        return Ok(user);
    }
    let around = Anchor::Around(Place::named(name.to_lowercase()));
    let near = users::page(tx, &Filter::default(), Sort::default(), &around, 200).await?;
    let names = near.rows.iter().map(|view| view.user.username.as_str());
    Err(CliError::missing("user", name, names, "guestlist user list"))
}
