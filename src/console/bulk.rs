//! What is done to many invitations at once.

use super::app::MOST_MARKS;
use super::event::{Bulk, Named, Outcome};
use super::runtime::{World, sentence, told};
use crate::domain::id::InvitationId;
use crate::domain::slug::Slug;
use crate::store::invitations::{self, Filter};
use crate::store::{StoreError, Tx};

/// So many a transaction: on SQLite nobody else writes meanwhile.
const BATCH: usize = 200;

impl World {
    /// Which invitations a filter keeps.
    pub(super) async fn select(&self, filter: &Filter) -> Outcome {
        let read = async {
            let mut tx = self.store.begin().await?;
            let found = invitations::select(&mut tx, filter, (self.clock)(), MOST_MARKS).await?;
            let named =
                |(id, name, revoked): (InvitationId, String, bool)| Some((id, Slug::parse(&name).ok()?, revoked));
            Ok(Outcome::Selected(found.into_iter().filter_map(named).collect()))
        };
        told(read.await)
    }

    /// Does something to many invitations. What can't be done to one does not keep it from the others.
    pub(super) async fn bulk(&self, bulk: Bulk, named: Vec<Named>) -> Outcome {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        for batch in named.chunks(BATCH) {
            match self.batch(bulk, batch).await {
                Ok((these, others)) => {
                    done.extend(these);
                    left.extend(others);
                }
                Err(error) => {
                    let why = sentence(&error);
                    left.extend(batch.iter().map(|named| (named.clone(), why.clone())));
                }
            }
        }
        Outcome::BulkDone(bulk, done, left)
    }

    async fn batch(&self, bulk: Bulk, batch: &[Named]) -> Result<(Vec<Named>, Vec<(Named, String)>), StoreError> {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        let mut tx = self.store.begin_write().await?;
        for named in batch {
            match self.one(&mut tx, bulk, named.id).await {
                Ok(true) => done.push(named.clone()),
                Ok(false) => left.push((named.clone(), "it was so already.".to_owned())),
                Err(error @ (StoreError::NotFound(_) | StoreError::Taken(_))) => {
                    left.push((named.clone(), sentence(&error)));
                }
                Err(other) => return Err(other),
            }
        }
        tx.commit().await?;
        Ok((done, left))
    }

    async fn one(&self, tx: &mut Tx, bulk: Bulk, id: InvitationId) -> Result<bool, StoreError> {
        let act = self.actor.at((self.clock)());
        match bulk {
            Bulk::Revoke => invitations::set_revoked(tx, id, true, &act).await,
            Bulk::Restore => invitations::set_revoked(tx, id, false, &act).await,
            Bulk::Delete => invitations::delete(tx, id, &act).await.map(|()| true),
            Bulk::Undelete => invitations::undelete(tx, id, &act).await.map(|()| true),
        }
    }
}
