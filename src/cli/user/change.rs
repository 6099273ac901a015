//! What changes users.

use clap::Args;
use serde_json::json;

use super::{Document, get, present};
use crate::blueprint::parse_mapping;
use crate::cli::error::CliError;
use crate::cli::group;
use crate::cli::secret::read_password;
use crate::cli::session::Session;
use crate::clock;
use crate::domain::id::UserId;
use crate::domain::stage::UserType;
use crate::domain::user::{Profile, ProfileDraft, User, check_password};
use crate::executor::Hasher;
use crate::store::{StoreError, groups, users};

/// What `create` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The name to sign in with.
    username: String,
    /// The name to show.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    name: String,
    /// The address.
    #[arg(long, value_name = "ADDRESS", default_value = "", hide_default_value = true)]
    email: String,
    /// Where in the directory.
    #[arg(long, value_name = "PATH", default_value = "users")]
    path: String,
    /// What kind of account.
    #[arg(long, value_name = "TYPE", default_value = "internal", value_parser = ["internal", "external", "service_account"])]
    r#type: String,
    /// Attributes as YAML or JSON.
    #[arg(long, value_name = "DATA", default_value = "{}", hide_default_value = true, allow_hyphen_values = true)]
    attributes: String,
    /// A group to put the user into; may be given more than once.
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// The user can't sign in yet.
    #[arg(long)]
    inactive: bool,
}

/// Makes a user.
pub async fn create(arguments: Arguments, session: &mut Session<'_>) -> Result<(), CliError> {
    let attributes = parse_mapping(&arguments.attributes)
        .map_err(|problems| CliError::Usage(format!("--attributes: {problems}")))?;
    let draft = ProfileDraft {
        username: arguments.username,
        name: arguments.name,
        email: arguments.email,
        path: arguments.path,
        attributes,
    };
    let profile = Profile::check(draft).map_err(|errors| CliError::arguments(&errors))?;
    let now = clock::now();
    let user = User {
        id: UserId(clock::new_id()),
        username: profile.username,
        name: profile.name,
        email: profile.email,
        is_active: !arguments.inactive,
        path: profile.path,
        kind: UserType::parse(&arguments.r#type).unwrap_or(UserType::Internal),
        attributes: profile.attributes,
        password: None,
        created_at: now,
        last_login: None,
    };
    let (mut tx, actor) = session.write().await?;
    let act = actor.at(now);
    users::insert(&mut tx, &user, json!({}), &act).await.map_err(|error| match error {
        StoreError::Taken(_) => CliError::Failed(format!("There is a user of the name {} already.", user.username)),
        other => other.into(),
    })?;
    for name in &arguments.groups {
        let group = group::get(&mut tx, name).await?;
        groups::set_member(&mut tx, &group, &user, true, &act).await?;
    }
    let made = Document::from(get(&mut tx, user.username.as_str()).await?);
    tx.commit().await?;
    present(made, session)
}

/// What `edit` takes: only what is given is changed.
#[derive(Debug, Args)]
pub struct EditArguments {
    /// The user's name.
    user: String,
    /// Another name to sign in with.
    #[arg(long, value_name = "USERNAME")]
    username: Option<String>,
    /// The name to show.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The address.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Where in the directory.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// What kind of account.
    #[arg(long, value_name = "TYPE", value_parser = ["internal", "external", "service_account"])]
    r#type: Option<String>,
    /// Attributes in place of all there are, as YAML or JSON.
    #[arg(long, value_name = "DATA")]
    attributes: Option<String>,
}

/// Changes what is asked for and nothing else, in one transaction.
pub async fn edit(arguments: EditArguments, session: &mut Session<'_>) -> Result<(), CliError> {
    let EditArguments { user, username, name, email, path, r#type, attributes } = arguments;
    let profile = username.is_some() || name.is_some() || email.is_some() || path.is_some() || attributes.is_some();
    if !profile && r#type.is_none() {
        return Err(CliError::Usage("Say what to change: `guestlist help user edit` lists it.".into()));
    }
    let attributes = attributes
        .map(|text| parse_mapping(&text).map_err(|problems| CliError::Usage(format!("--attributes: {problems}"))));
    let attributes = attributes.transpose()?;
    let (mut tx, actor) = session.write().await?;
    let act = actor.at(clock::now());
    let read = get(&mut tx, &user).await?.user;
    if let Some(kind) = r#type.as_deref().and_then(UserType::parse) {
        users::set_kind(&mut tx, read.id, kind, &act).await?;
    }
    let read = get(&mut tx, &user).await?.user;
    if profile {
        let draft = ProfileDraft {
            username: username.unwrap_or_else(|| read.username.to_string()),
            name: name.unwrap_or_else(|| read.name.clone()),
            email: email.unwrap_or_else(|| read.email.clone()),
            path: path.unwrap_or_else(|| read.path.clone()),
            attributes: attributes.unwrap_or_else(|| read.attributes.clone()),
        };
        let profile = Profile::check(draft).map_err(|errors| CliError::arguments(&errors))?;
        users::update(&mut tx, &read, &profile, &act).await.map_err(|error| match error {
            StoreError::Taken(_) => {
                CliError::Failed(format!("There is a user of the name {} already.", profile.username))
            }
            other => other.into(),
        })?;
    }
    let now = users::find(&mut tx, read.id).await?.ok_or_else(|| StoreError::NotFound("the user".into()))?;
    let changed = Document::from(get(&mut tx, now.username.as_str()).await?);
    tx.commit().await?;
    present(changed, session)
}

/// Gives a user another password. It is hashed before the database is asked to write: that takes a while.
pub async fn set_password(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (tx, actor) = session.write().await?;
    tx.rollback().await?;
    let mut tx = session.read().await?;
    let user = get(&mut tx, name).await?.user;
    tx.rollback().await?;
    let password = read_password(user.username.as_str()).await?;
    check_password(&password).map_err(CliError::Failed)?;
    let failed = |why: crate::secret::HashingFailed| CliError::Failed(why.to_string());
    let hasher = Hasher::new(session.config.password_hashing).map_err(failed)?;
    let hash = hasher.hash(password).await.map_err(failed)?;
    let mut tx = session.store.begin_write().await?;
    users::set_password(&mut tx, user.id, &hash, &actor.at(clock::now())).await?;
    tx.commit().await?;
    done(&user.username, "password_set", true, "has another password now", session)
}

/// Lets a user sign in or not.
pub async fn set_active(name: &str, active: bool, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let user = get(&mut tx, name).await?.user;
    users::set_active(&mut tx, user.id, active, &actor.at(clock::now()))
        .await
        .map_err(|error| own(error, "deactivate"))?;
    tx.commit().await?;
    let now = if active { "can sign in" } else { "can't sign in any more" };
    done(&user.username, "is_active", active, now, session)
}

/// Deletes a user.
pub async fn delete(name: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let user = get(&mut tx, name).await?.user;
    users::delete(&mut tx, user.id, &actor.at(clock::now())).await.map_err(|error| own(error, "delete"))?;
    tx.commit().await?;
    done(&user.username, "deleted", true, "is deleted", session)
}

fn own(error: StoreError, what: &str) -> CliError {
    match error {
        StoreError::Own => CliError::Failed(format!("That is your own account: act as somebody else to {what} it.")),
        other => other.into(),
    }
}

fn done(
    name: &crate::domain::user::Username,
    field: &str,
    value: bool,
    said: &str,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "username": name, field: value }))?);
    }
    Ok(session.out.line(format!("{name} {said}."))?)
}
