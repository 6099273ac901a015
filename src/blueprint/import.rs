//! The ways in: checking a file, and applying it in one transaction or not at all.

use super::apply::Run;
use super::document::{self, Document};
use super::drift;
use super::examine::{self, Findings};
use super::library::Library;
use super::memo::Memo;
use super::problem::Problems;
use super::questions;
use super::report::{ImportError, Options, Progress, Report, Summary};
use crate::domain::event::Actor;
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::watch;

/// Reads and checks a file without a database. The error lists everything that is wrong, in the order of the file.
pub fn check(text: &[u8]) -> Result<Summary, Problems> {
    check_with(text, &Options::default())
}

/// As [`check`], with values for `!Context` and whatever else the import will be allowed.
pub fn check_with(text: &[u8], options: &Options) -> Result<Summary, Problems> {
    let library = Arc::new(Library::new(options.blueprints.clone()));
    let (document, found) = read(text, options, &library)?;
    found.problems.or(Summary {
        name: document.name,
        entries: document.entries.len(),
        notes: found.notes,
        left_out: found.left_out,
    })
}

/// The document, with everything that is wrong as far as can be told without the database. The error is for what is no
/// blueprint at all.
fn read(text: &[u8], options: &Options, library: &Arc<Library>) -> Result<(Document, Findings), Problems> {
    let (document, mut problems) = document::read(text)?;
    problems.extend(questions::unasked(&document, &options.context));
    let mut found = examine::check(&document, options, library);
    // What is wrong with a value's form is not to be said twice.
    problems.add_elsewhere(std::mem::take(&mut found.problems));
    Ok((document, Findings { problems, ..found }))
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
    let library = Arc::new(Library::new(options.blueprints.clone()));
    let (document, found) = read(text, options, &library)?;
    let total = document.entries.len();
    let mut memo = Memo::default();
    let run = loop {
        let mut run = Run::new(store.begin_write().await?, &document, options, actor, &memo, &library);
        for (done, entry) in document.entries.iter().enumerate() {
            progress.send_replace(Progress { done, total });
            run.entry(entry).await?;
        }
        // A file that is wrong is tried all the same, so that what only the database can tell is told with the rest.
        if !found.problems.is_empty() {
            let mut problems = found.problems;
            problems.add_elsewhere(run.into_problems().await?);
            return Err(problems.or(()).err().unwrap_or_default().into());
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
    let (tx, report) = run.finish(document, drift::hash(text)).await?;
    if options.dry_run {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(report)
}
