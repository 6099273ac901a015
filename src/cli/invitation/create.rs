//! `guestlist invitation create`.

use std::io::Read;
use std::path::Path;

use chrono::{DateTime, Local, Utc};
use clap::Args;

use super::{describe, present};
use crate::blueprint::parse_mapping;
use crate::cli::error::CliError;
use crate::cli::flow;
use crate::cli::session::Session;
use crate::clock;
use crate::domain::Mapping;
use crate::domain::id::InvitationId;
use crate::domain::invitation::{Draft, Settings};
use crate::domain::when;
use crate::store::{StoreError, invitations};

/// Far more than custom attributes may have, with all the blanks and comments of YAML.
const LARGEST_FILE: u64 = 1024 * 1024;

/// What `create` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Its name: letters, digits, hyphens and underscores.
    name: String,
    /// The flow to enroll through. Without one it is for any enrollment flow that has an invitation stage.
    #[arg(long, value_name = "SLUG")]
    flow: Option<String>,
    /// When it ends: 7d, 2w, "tomorrow 18:00", 2026-12-24T18:00, never [default: as configured, 7 days].
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Custom attributes as YAML or JSON, from a file with `@FILE`, from standard input with `@-`.
    #[arg(long, value_name = "DATA", allow_hyphen_values = true)]
    data: Option<String>,
    /// One person may use it (the default).
    #[arg(long, conflicts_with_all = ["max_uses", "unlimited"])]
    single_use: bool,
    /// So many may use it.
    #[arg(long, value_name = "N", conflicts_with = "unlimited", value_parser = clap::value_parser!(u32).range(1..))]
    max_uses: Option<u32>,
    /// Any number may use it.
    #[arg(long)]
    unlimited: bool,
    /// A remark for administrators.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    note: String,
}

/// Makes an invitation.
pub async fn run(arguments: Arguments, session: &mut Session<'_>) -> Result<(), CliError> {
    let now = clock::now();
    let mut draft = Draft {
        expires: expires(arguments.expires.as_deref(), session.config.default_expiry_days, now)?,
        fixed_data: arguments.data.as_deref().map(fixed_data).transpose()?.unwrap_or_default(),
        max_uses: if arguments.unlimited { None } else { Some(arguments.max_uses.unwrap_or(1)) },
        name: arguments.name,
        flow: None,
        note: arguments.note,
    };
    // Faults of the arguments are told before anything is asked of the database.
    let check = |draft: &Draft| Settings::check(draft.clone(), now).map_err(|errors| CliError::arguments(&errors));
    check(&draft)?;
    let (mut tx, actor) = session.write().await?;
    if let Some(slug) = &arguments.flow {
        draft.flow = Some(flow::get(&mut tx, slug).await?.id);
    }
    let settings = check(&draft)?;
    let id = InvitationId(clock::new_id());
    invitations::insert(&mut tx, id, &settings, &actor.at(now)).await.map_err(|error| match error {
        StoreError::Taken(_) => CliError::Failed(format!(
            "There is an invitation of the name {} already. Choose another name, or delete that one.",
            settings.name
        )),
        other => other.into(),
    })?;
    let view = invitations::find(&mut tx, id).await?.ok_or_else(|| StoreError::NotFound("the invitation".into()))?;
    tx.commit().await?;
    let document = describe(&view, session).await?.with_uses(&[]);
    present(&view, &[], document, session)
}

pub(super) fn expires(
    text: Option<&str>,
    default_days: u32,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, CliError> {
    let default = if default_days == 0 { "never".to_owned() } else { format!("{default_days}d") };
    let local = now.with_timezone(&Local);
    when::parse_expiry(text.unwrap_or(&default), &local).map_err(|why| CliError::Usage(format!("--expires: {why}")))
}

/// Reads custom attributes. What the command line holds is a fault of the command line, what a file holds is not.
pub(super) fn fixed_data(argument: &str) -> Result<Mapping, CliError> {
    let Some(path) = argument.strip_prefix('@') else {
        return parse_mapping(argument).map_err(|problems| CliError::Usage(format!("--data: {problems}")));
    };
    let shown = if path == "-" { "standard input" } else { path };
    let text = read(path).map_err(|error| CliError::Failed(format!("{shown} can't be read: {error}")))?;
    parse_mapping(&text).map_err(|problems| {
        let faults: Vec<String> = problems.to_string().lines().map(|fault| format!("{shown}:{fault}")).collect();
        CliError::Failed(faults.join("\n"))
    })
}

fn read(path: &str) -> std::io::Result<String> {
    let source: Box<dyn Read> =
        if path == "-" { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(Path::new(path))?) };
    let mut text = String::new();
    source.take(LARGEST_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(std::io::Error::other("it is larger than custom attributes can be"));
    }
    Ok(text)
}
