//! The ways in: checking a file, and applying it in one transaction or not at all.

use super::apply::Run;
use super::document::{self, Document};
use super::drift;
use super::memo::Memo;
use super::problem::Problems;
use super::questions;
use super::report::{ImportError, Options, Progress, Report, Summary};
use super::wish::{self, Findings};
use crate::domain::event::Actor;
use crate::store::Store;
use tokio::sync::watch;

/// Reads and checks a file without a database. The error lists everything that is wrong, in the order of the file.
pub fn check(text: &[u8]) -> Result<Summary, Problems> {
    check_with(text, &Options::default())
}

/// As [`check`], with values for `!Context` and whatever else the import will be allowed.
pub fn check_with(text: &[u8], options: &Options) -> Result<Summary, Problems> {
    let (document, found) = read(text, options)?;
    Ok(Summary {
        name: document.name,
        entries: document.entries.len(),
        notes: found.notes.0,
        left_out: found.left_out.0,
    })
}

/// The document, once nothing is wrong with its form nor, as far as can be told, with what it says.
fn read(text: &[u8], options: &Options) -> Result<(Document, Findings), Problems> {
    let (document, mut problems) = document::read(text)?;
    problems.extend(questions::unasked(&document, &options.context));
    match wish::check(&document, options) {
        Ok(found) => problems.or((document, found)),
        Err(found) => {
            // What is wrong with a value's form is not to be said twice.
            let places: Vec<_> = problems.0.iter().map(|problem| (problem.line, problem.column)).collect();
            let others = found.0.into_iter().filter(|problem| !places.contains(&(problem.line, problem.column)));
            problems.extend(Problems(others.collect()));
            problems.or((document, Findings::default()))
        }
    }
}

/// Applies a blueprint in one write transaction; on any error nothing of it is left behind. `actor` becomes the creator
/// of its invitations and stands in the events.
pub async fn import(store: &Store, text: &[u8], options: &Options, actor: &Actor) -> Result<Report, ImportError> {
    import_watched(store, text, options, actor, &watch::Sender::default()).await
}

/// As [`import`], telling how far it has got. Dropped on the way (as when its task is aborted), it leaves nothing behind:
/// the transaction is committed as the last step.
pub async fn import_watched(
    store: &Store,
    text: &[u8],
    options: &Options,
    actor: &Actor,
    progress: &watch::Sender<Progress>,
) -> Result<Report, ImportError> {
    let (document, _) = read(text, options)?;
    let total = document.entries.len();
    let mut memo = Memo::default();
    let run = loop {
        let mut run = Run::new(store.begin_write().await?, &document, options, actor, &memo)?;
        for (done, entry) in document.entries.iter().enumerate() {
            progress.send_replace(Progress { done, total });
            run.entry(entry).await?;
        }
        let questions = run.take_questions();
        if questions.is_empty() {
            break run;
        }
        // Nobody waits for the database while passwords are hashed.
        run.roll_back().await?;
        memo.find_out(questions, options.hashing).await?;
    };
    progress.send_replace(Progress { done: total, total });
    let (tx, report) = run.finish(&document, drift::hash(text)).await?;
    if options.dry_run {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(report)
}
