//! `guestlist blueprint forget`: a blueprint that was applied is no longer known, and what it made stays.

use serde_json::json;

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::clock;
use crate::domain::applied::Applied;
use crate::domain::event::Action;
use crate::domain::text::printable;
use crate::store::blueprints;
use crate::store::events::{self, Object};

/// Forgets one, by what `blueprint list` tells of it.
pub async fn forget(named: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, actor) = session.write().await?;
    let applied = blueprints::list(&mut tx).await?;
    let found = one_of(&applied, named)?;
    blueprints::forget(&mut tx, &found.place).await?;
    let detail = json!({ "source": found.source.as_str(), "path": found.path, "hash": found.hash });
    let object = Object("blueprint", &found.name);
    events::log(&mut tx, &actor.at(clock::now()), Action::BlueprintForgotten, object, detail).await?;
    tx.commit().await?;
    if session.out.is_json() {
        let document = json!({ "name": found.name, "path": found.path, "hash": found.hash, "forgotten": true });
        return Ok(session.out.document(&document)?);
    }
    Ok(session.out.line(format_args!("Forgot {}; what it made stays as it is.", found.name))?)
}

/// The one that is named by its name, its file or the beginning of its hash.
fn one_of<'a>(applied: &'a [Applied], named: &str) -> Result<&'a Applied, CliError> {
    let is_path = |one: &&Applied| one.path.as_deref() == Some(named);
    let is_hash = |one: &&Applied| named.len() >= one.short_hash().len() && one.hash.starts_with(named);
    let by_file: Vec<&Applied> = applied.iter().filter(is_path).collect();
    let found = match by_file.as_slice() {
        [] => applied.iter().filter(|one| one.name == named || is_hash(one)).collect(),
        _ => by_file,
    };
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let all = applied.iter().map(|one| one.name.as_str());
            Err(CliError::missing("blueprint that was applied", named, all, "guestlist blueprint list"))
        }
        several => {
            let lines = several.iter().map(|one| {
                let origin = one.origin().map(|origin| format!(", {origin}")).unwrap_or_default();
                format!("  {}{}", one.short_hash(), printable(&origin))
            });
            Err(CliError::Failed(format!(
                "Several blueprints are called `{}`. Name one by its file or its hash:\n{}",
                printable(named),
                lines.collect::<Vec<_>>().join("\n")
            )))
        }
    }
}
