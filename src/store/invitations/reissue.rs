//! A new link for an invitation whose link went to the wrong place, or was never used in time.

use super::{delete, get, object, remove, undelete, write};
use crate::domain::event::{Act, Action};
use crate::domain::id::InvitationId;
use crate::domain::invitation::Settings;
use crate::store::{Result, StoreError, Tx, events};

/// Gives an invitation a new token with the same settings, nothing of it used yet. The old link is dead at once: its row
/// stays as a deleted one, so that its token is never issued again and its history remains. One whose time is over
/// gets as long as it had.
pub async fn reissue(tx: &mut Tx, old: InvitationId, new: InvitationId, act: &Act<'_>) -> Result<Settings> {
    let before = get(tx, old).await?;
    let mut settings = before.settings;
    settings.expires = settings.expires.map(|end| if end > act.at { end } else { act.at + (end - before.created_at) });
    remove(tx, old, act).await?;
    write(tx, new, &settings, act).await?;
    events::log_plain(tx, act, Action::InvitationReissued, object(&settings.name)).await?;
    Ok(settings)
}

/// Takes a re-issue back: the new link is dead and the old one is what it was. [`StoreError::Spent`] where somebody came
/// by the new one already.
pub async fn take_back_reissue(tx: &mut Tx, old: InvitationId, new: InvitationId, act: &Act<'_>) -> Result<()> {
    let uses = get(tx, new).await?.uses;
    if uses > 0 {
        return Err(StoreError::Spent(uses));
    }
    delete(tx, new, act).await?;
    undelete(tx, old, act).await
}
