//! `guestlist invitation edit` and `duplicate`.

use chrono::{DateTime, Utc};
use clap::Args;

use super::create::{expires, fixed_data};
use super::{describe, get, present};
use crate::cli::error::CliError;
use crate::cli::flow;
use crate::cli::session::Session;
use crate::clock;
use crate::domain::Mapping;
use crate::domain::id::InvitationId;
use crate::domain::invitation::{Draft, Settings};
use crate::store::{StoreError, Tx, invitations};

/// What `edit` takes: only what is given is changed.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The invitation.
    #[arg(value_name = "NAME_OR_ID")]
    invitation: String,
    /// Another name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// What `duplicate` takes.
#[derive(Debug, Args)]
pub struct DuplicateArguments {
    /// The invitation that the new one is like.
    #[arg(value_name = "NAME_OR_ID")]
    invitation: String,
    /// The name of the new one.
    #[arg(value_name = "NEW_NAME")]
    new: String,
    #[command(flatten)]
    change: Change,
}

/// What is to be other than it is.
#[derive(Debug, Args)]
struct Change {
    /// The flow to enroll through.
    #[arg(long, value_name = "SLUG", conflicts_with = "any_flow")]
    flow: Option<String>,
    /// For any enrollment flow that has an invitation stage.
    #[arg(long)]
    any_flow: bool,
    /// When it ends: 7d, 2w, "tomorrow 18:00", 2026-12-24T18:00, never.
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Custom attributes in place of all it has, as YAML or JSON, from a file with `@FILE`, from standard input with `@-`.
    #[arg(long, value_name = "DATA")]
    data: Option<String>,
    /// One person may use it.
    #[arg(long, conflicts_with_all = ["max_uses", "unlimited"])]
    single_use: bool,
    /// So many may use it.
    #[arg(long, value_name = "N", conflicts_with = "unlimited", value_parser = clap::value_parser!(u32).range(1..))]
    max_uses: Option<u32>,
    /// Any number may use it.
    #[arg(long)]
    unlimited: bool,
    /// A remark for administrators.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// The same, read: what the command line alone can be wrong about is told before the database is asked.
struct Wanted {
    expires: Option<End>,
    fixed_data: Option<Mapping>,
}

/// When it ends; none is never.
struct End(Option<DateTime<Utc>>);

impl Change {
    fn is_empty(&self) -> bool {
        let Self { flow, any_flow, expires, data, single_use, max_uses, unlimited, note } = self;
        let values = flow.is_some() || expires.is_some() || data.is_some() || max_uses.is_some() || note.is_some();
        !(values || *any_flow || *single_use || *unlimited)
    }

    fn read(&self, now: DateTime<Utc>) -> Result<Wanted, CliError> {
        Ok(Wanted {
            expires: self.expires.as_deref().map(|text| expires(Some(text), 0, now).map(End)).transpose()?,
            fixed_data: self.data.as_deref().map(fixed_data).transpose()?,
        })
    }

    /// The settings with what is wanted in place of what is.
    async fn over(&self, before: Settings, name: String, wanted: Wanted, tx: &mut Tx) -> Result<Draft, CliError> {
        let flow = match (&self.flow, self.any_flow) {
            (Some(slug), _) => Some(flow::get(tx, slug).await?.id),
            (None, true) => None,
            (None, false) => before.flow,
        };
        let max_uses = match (self.single_use, self.max_uses, self.unlimited) {
            (true, ..) => Some(1),
            (_, Some(most), _) => Some(most),
            (_, None, true) => None,
            _ => before.max_uses,
        };
        Ok(Draft {
            name,
            flow,
            expires: wanted.expires.map_or(before.expires, |End(end)| end),
            fixed_data: wanted.fixed_data.unwrap_or(before.fixed_data),
            max_uses,
            note: self.note.clone().unwrap_or(before.note),
        })
    }
}

/// Changes what is asked for and nothing else. It is read and written in one transaction: what somebody else changes
/// meanwhile is not overwritten.
pub async fn edit(arguments: Arguments, session: &mut Session<'_>) -> Result<(), CliError> {
    let Arguments { invitation, name, change } = arguments;
    if name.is_none() && change.is_empty() {
        return Err(CliError::Usage("Say what to change: `guestlist help invitation edit` lists it.".into()));
    }
    let now = clock::now();
    let wanted = change.read(now)?;
    let new_end = wanted.expires.is_some();
    let (mut tx, actor) = session.write().await?;
    let it = get(&mut tx, &invitation).await?.invitation;
    let name = name.unwrap_or_else(|| it.settings.name.to_string());
    let kept_end = it.settings.expires;
    let mut draft = change.over(it.settings, name, wanted, &mut tx).await?;
    if !new_end {
        // An end that is over already stays where it is: it is not what was asked for.
        draft.expires = None;
    }
    let mut settings = Settings::check(draft, now).map_err(|errors| CliError::arguments(&errors))?;
    if !new_end {
        settings.expires = kept_end;
    }
    invitations::update(&mut tx, it.id, it.revision, &settings, &actor.at(now)).await.map_err(|error| match error {
        StoreError::Spent(uses) => CliError::Failed(format!("{uses} uses are spent already: allow at least as many.")),
        StoreError::Stale => CliError::Failed("Somebody else changed it at the same time. Try again.".into()),
        other => taken(other, &settings),
    })?;
    finish(tx, it.id, session).await
}

/// Makes another invitation with the same settings, but for what is asked for. An end that is over is not taken along.
pub async fn duplicate(arguments: DuplicateArguments, session: &mut Session<'_>) -> Result<(), CliError> {
    let DuplicateArguments { invitation, new, change } = arguments;
    let now = clock::now();
    let mut wanted = change.read(now)?;
    let (mut tx, actor) = session.write().await?;
    let before = get(&mut tx, &invitation).await?.invitation.settings;
    if wanted.expires.is_none() && before.expires.is_some_and(|end| end <= now) {
        wanted.expires = Some(End(expires(None, session.config.default_expiry_days, now)?));
    }
    let draft = change.over(before, new, wanted, &mut tx).await?;
    let settings = Settings::check(draft, now).map_err(|errors| CliError::arguments(&errors))?;
    let id = InvitationId(clock::new_id());
    invitations::insert(&mut tx, id, &settings, &actor.at(now)).await.map_err(|error| taken(error, &settings))?;
    finish(tx, id, session).await
}

fn taken(error: StoreError, settings: &Settings) -> CliError {
    match error {
        StoreError::Taken(_) => CliError::Failed(format!(
            "There is an invitation of the name {} already. Choose another name, or delete that one.",
            settings.name
        )),
        other => other.into(),
    }
}

async fn finish(mut tx: Tx, id: InvitationId, session: &mut Session<'_>) -> Result<(), CliError> {
    let view = invitations::find(&mut tx, id).await?.ok_or_else(|| StoreError::NotFound("the invitation".into()))?;
    let uses = invitations::uses(&mut tx, id).await?;
    tx.commit().await?;
    let document = describe(&view, session).await?.with_uses(&uses);
    present(&view, &uses, document, session)
}
