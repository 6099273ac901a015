//! `guestlist blueprint list`: what comes with the program, what was applied, and what was changed since.

use serde_json::{Value, json};

use crate::blueprint::{Drift, Drifted, Fate, Options, applied, check_with, shipped};
use crate::cli::error::CliError;
use crate::cli::output::local;
use crate::cli::session::Session;
use crate::domain::applied::Source;

/// The shipped ones, then others that were applied; each with when, by whom, and what was changed since.
pub async fn list(session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let mut applied = applied(&mut tx).await?;
    tx.rollback().await?;
    let mut rows = Vec::new();
    for one in shipped() {
        let name = check_with(one.text.as_bytes(), &Options::default()).ok().and_then(|summary| summary.name);
        let place = applied.iter().position(|drift| match drift.applied.source {
            Source::Shipped => drift.applied.path.as_deref() == Some(one.name),
            Source::Unknown => Some(&drift.applied.name) == name.as_ref(),
            _ => false,
        });
        rows.push((one.name.to_owned(), Some(one.description), place.map(|place| applied.remove(place))));
    }
    rows.extend(applied.into_iter().map(|drift| (drift.applied.name.clone(), None, Some(drift))));
    if session.out.is_json() {
        let document = |(name, description, drift): &(String, Option<&str>, Option<Drift>)| {
            json!({
                "name": name,
                "description": description,
                "shipped": description.is_some(),
                "applied": drift.as_ref().map(drift_document),
            })
        };
        return Ok(session.out.document(&rows.iter().map(document).collect::<Vec<_>>())?);
    }
    for (name, description, drift) in &rows {
        session.out.line(name)?;
        if let Some(description) = description {
            session.out.line(format_args!("    {description}"))?;
        }
        if let Some(drift) = drift {
            session.out.line(format_args!("    {}", drift_sentence(drift)))?;
        }
    }
    Ok(())
}

fn drift_document(drift: &Drift) -> Value {
    let drifted = |one: &Drifted| {
        let attributes = match &one.fate {
            Fate::Changed(attributes) => Some(attributes),
            Fate::Gone | Fate::Back => None,
        };
        json!({ "model": one.model, "name": one.title, "attributes": attributes, "fate": one.fate.as_str() })
    };
    json!({
        "source": drift.applied.source.as_str(),
        "path": drift.applied.path,
        "at": drift.applied.at,
        "by": drift.applied.by,
        "hash": drift.applied.hash,
        "objects": drift.applied.objects.len(),
        "changed_since": drift.drifted.iter().map(drifted).collect::<Vec<_>>(),
    })
}

fn drift_sentence(drift: &Drift) -> String {
    let applied = &drift.applied;
    let titles = |is_such: fn(&Fate) -> bool| {
        let such = drift.drifted.iter().filter(|one| is_such(&one.fate));
        such.map(|one| one.title.as_str()).collect::<Vec<_>>().join(", ")
    };
    let since = [
        ("changed since", titles(|fate| matches!(fate, Fate::Changed(_)))),
        ("gone since", titles(|fate| *fate == Fate::Gone)),
        ("there again", titles(|fate| *fate == Fate::Back)),
    ];
    let since: Vec<String> = since
        .iter()
        .filter(|(_, titles)| !titles.is_empty())
        .map(|(what, titles)| format!("{what}: {titles}"))
        .collect();
    let since = if since.is_empty() { "everything is still as it asked".to_owned() } else { since.join("; ") };
    let from = applied.origin().filter(|_| applied.source != Source::Shipped);
    let from = from.map(|from| format!(" {from}")).unwrap_or_default();
    format!("Applied {}{from} ({}) by {}; {since}.", local(applied.at), applied.short_hash(), applied.by)
}
