//! Making what was planned: all of it or nothing.

use std::path::Path;

use thiserror::Error;
use tokio::sync::watch;
use uuid::Uuid;

use super::links::{Link, LinkFile};
use super::plan::Plan;
use crate::domain::event::Act;
use crate::domain::id::InvitationId;
use crate::domain::invitation::link;
use crate::domain::slug::Slug;
use crate::store::{Store, StoreError, invitations};

/// So many are made between two words about how far it has got.
const TOLD_EVERY: usize = 25;

/// Why nothing was made.
#[derive(Debug, Error)]
pub enum MakeError {
    /// Somebody took the name since the plan was made.
    #[error("Somebody took the name `{0}` meanwhile. Try again.")]
    Taken(Slug),
    /// The plan has faults.
    #[error("There is something to put right first.")]
    Faulty,
    /// The file for the links can't be written.
    #[error("{0}")]
    File(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes what was planned, in one transaction, and writes the links into a new file if one is named: invitations whose
/// links nobody has are of no use. Tells how many are made. Dropped on the way, as when somebody cancels, it leaves nothing
/// behind.
pub async fn make(
    store: &Store,
    plan: &Plan,
    public_url: &str,
    file: Option<&Path>,
    act: &Act<'_>,
    new_id: fn() -> Uuid,
    progress: &watch::Sender<usize>,
) -> Result<Vec<Link>, MakeError> {
    let flow = plan.flow.as_ref().filter(|_| plan.is_ready()).ok_or(MakeError::Faulty)?;
    let file = file.map(LinkFile::create).transpose().map_err(MakeError::File)?;
    let mut links = Vec::with_capacity(plan.rows.len());
    let mut tx = store.begin_write().await?;
    for (index, planned) in plan.rows.iter().enumerate() {
        let id = InvitationId(new_id());
        let name = &planned.settings.name;
        match invitations::insert(&mut tx, id, &planned.settings, act).await {
            Err(StoreError::Taken(_)) => return Err(MakeError::Taken(name.clone())),
            other => other?,
        }
        let link = link(public_url, flow, id);
        links.push(Link { id, name: name.clone(), email: planned.email.clone(), link });
        if (index + 1) % TOLD_EVERY == 0 {
            progress.send_replace(index + 1);
            tokio::task::yield_now().await;
        }
    }
    // Before the commit: so there are no invitations without their links, whatever happens.
    let file = file.map(|file| file.write(&links)).transpose().map_err(MakeError::File)?;
    tx.commit().await?;
    if let Some(file) = file {
        file.keep();
    }
    progress.send_replace(links.len());
    Ok(links)
}
