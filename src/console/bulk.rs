//! What is done to many at once.

use super::app::MOST_MARKS;
use super::event::{Bulk, Change, Named, Outcome, Selection};
use super::pane::Row;
use super::pane::marks::Marks;
use super::people::Changed;
use super::runtime::{World, sentence, told};
use super::work::GIVEN_UP;
use crate::domain::id::InvitationId;
use crate::domain::slug::Slug;
use crate::store::invitations;
use crate::store::page::{Anchor, Page};
use crate::store::{StoreError, Tx, flows, groups, users};

/// So many a transaction: on SQLite nobody else writes meanwhile.
const BATCH: usize = 200;

/// Said of what is as it was to be.
const ALREADY: &str = "it was so already.";

impl World {
    /// What a filter keeps.
    pub(super) async fn select(&self, selection: &Selection) -> Outcome {
        let read = async {
            let mut tx = self.store.begin().await?;
            let mut marks = Marks::default();
            let (first, most) = (Anchor::First, MOST_MARKS);
            match selection {
                Selection::Flows(terms) => {
                    mark(&flows::page(&mut tx, terms, flows::Sort::default(), &first, most).await?, &mut marks);
                }
                Selection::Users(filter) => {
                    mark(&users::page(&mut tx, filter, users::Sort::default(), &first, most).await?, &mut marks);
                }
                Selection::Groups(terms) => {
                    mark(&groups::page(&mut tx, terms, groups::Sort::default(), &first, most).await?, &mut marks);
                }
                Selection::Invitations(filter) => {
                    let found = invitations::select(&mut tx, filter, (self.clock)(), most).await?;
                    let named = |(id, name, revoked): (InvitationId, String, bool)| {
                        Some((id, (Slug::parse(&name).ok()?, revoked)))
                    };
                    marks.invitations.extend(found.into_iter().filter_map(named));
                }
            }
            Ok(Outcome::Selected(marks))
        };
        told(read.await)
    }

    /// Does something to many invitations. What can't be done to one does not keep it from the others.
    pub(super) async fn bulk(&self, bulk: Bulk, named: Vec<Named>) -> Outcome {
        let tasks: Vec<_> = named.into_iter().map(|named| Task::Bulk(bulk, named)).collect();
        let (done, left) = self.each(&tasks).await;
        let left = left.into_iter().filter_map(|(task, why)| Some((task.named()?, why))).collect();
        if bulk == Bulk::Reissue {
            let done = done.into_iter().filter_map(|done| match done {
                Done::Reissued(old, named) => Some((old, named)),
                _ => None,
            });
            return Outcome::ReissuedAll(done.collect(), left);
        }
        Outcome::BulkDone(bulk, done.into_iter().filter_map(Done::named).collect(), left)
    }

    /// Takes back that many have new links.
    pub(super) async fn take_back_reissues(&self, all: Vec<(Named, InvitationId)>) -> Outcome {
        let tasks: Vec<_> = all.into_iter().map(|(named, old)| Task::TakeBack(named, old)).collect();
        let (done, left) = self.each(&tasks).await;
        let left = left.into_iter().filter_map(|(task, why)| Some((task.named()?, why))).collect();
        Outcome::BulkDone(Bulk::TakeBackReissue, done.into_iter().filter_map(Done::named).collect(), left)
    }

    /// Makes changes. What can't be made does not keep the others from it.
    pub(super) async fn change_all(&self, all: Vec<Change>) -> Outcome {
        let tasks: Vec<_> = all.into_iter().map(Task::Change).collect();
        let (made, left) = self.each(&tasks).await;
        let (mut done, mut backs) = (Vec::new(), Vec::new());
        for one in made {
            if let Done::Change(change, back) = one {
                done.push(change);
                backs.push(back.map(|back| *back));
            }
        }
        let back = backs.into_iter().collect();
        Outcome::ChangedAll { done, back, left: left.into_iter().map(|(task, why)| (task.name(), why)).collect() }
    }

    /// Does each, some at a time; what came of it, and what was left for which reason.
    async fn each(&self, tasks: &[Task]) -> (Vec<Done>, Vec<(Task, String)>) {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        for batch in tasks.chunks(BATCH) {
            self.note_done(done.len() + left.len());
            if self.is_given_up() {
                left.extend(batch.iter().map(|task| (task.clone(), GIVEN_UP.to_owned())));
                continue;
            }
            match self.batch_of(batch).await {
                Ok((these, others)) => {
                    done.extend(these);
                    left.extend(others);
                }
                Err(error) => {
                    let why = sentence(&error);
                    left.extend(batch.iter().map(|task| (task.clone(), why.clone())));
                }
            }
        }
        (done, left)
    }

    async fn batch_of(&self, batch: &[Task]) -> Result<(Vec<Done>, Vec<(Task, String)>), StoreError> {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        let mut tx = self.store.begin_write().await?;
        for task in batch {
            match self.one(&mut tx, task).await {
                Ok(Some(what)) => done.push(what),
                Ok(None) => left.push((task.clone(), ALREADY.to_owned())),
                Err(
                    error @ (StoreError::NotFound(_) | StoreError::Taken(_) | StoreError::Own | StoreError::Spent(_)),
                ) => left.push((task.clone(), task.refused(&error))),
                Err(other) => return Err(other),
            }
        }
        tx.commit().await?;
        Ok((done, left))
    }

    /// Does one; none where it was so already.
    async fn one(&self, tx: &mut Tx, task: &Task) -> Result<Option<Done>, StoreError> {
        let act = self.actor.at((self.clock)());
        match task {
            Task::Bulk(bulk, named) => {
                let (id, same) = (named.id, Done::Named(named.clone()));
                match bulk {
                    Bulk::Revoke => Ok(invitations::set_revoked(tx, id, true, &act).await?.then_some(same)),
                    Bulk::Restore => Ok(invitations::set_revoked(tx, id, false, &act).await?.then_some(same)),
                    Bulk::Delete => invitations::delete(tx, id, &act).await.map(|()| Some(same)),
                    Bulk::Undelete => invitations::undelete(tx, id, &act).await.map(|()| Some(same)),
                    Bulk::Reissue => {
                        let new = InvitationId((self.new_id)());
                        invitations::reissue(tx, id, new, &act).await?;
                        Ok(Some(Done::Reissued(id, Named { id: new, name: named.name.clone() })))
                    }
                    // Which link was the old one is told by `Task::TakeBack` alone.
                    Bulk::TakeBackReissue => Ok(None),
                }
            }
            Task::TakeBack(named, old) => {
                invitations::take_back_reissue(tx, *old, named.id, &act).await?;
                Ok(Some(Done::Named(Named { id: *old, name: named.name.clone() })))
            }
            Task::Change(change) => Ok(match self.change_one(tx, change).await? {
                Changed::Already => None,
                Changed::Done(back) => Some(Done::Change(change.clone(), back.map(Box::new))),
            }),
        }
    }
}

/// One of many things to do.
#[derive(Debug, Clone)]
enum Task {
    Bulk(Bulk, Named),
    /// What it is with the new link, and the old link.
    TakeBack(Named, InvitationId),
    Change(Change),
}

/// What came of one.
enum Done {
    Named(Named),
    /// The old link, and what it is with the new one.
    Reissued(InvitationId, Named),
    /// A change, and what takes it back.
    Change(Change, Option<Box<Change>>),
}

impl Task {
    fn named(self) -> Option<Named> {
        match self {
            Self::Bulk(_, named) | Self::TakeBack(named, _) => Some(named),
            Self::Change(_) => None,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Bulk(_, named) | Self::TakeBack(named, _) => named.name.to_string(),
            Self::Change(change) => change.name(),
        }
    }

    /// Why it was not done, for people.
    fn refused(&self, error: &StoreError) -> String {
        match (self, error) {
            (Self::Change(Change::DeleteFlow(..)), StoreError::Taken(_)) => {
                "there are invitations to it: delete or change them first.".to_owned()
            }
            (_, other) => sentence(other),
        }
    }
}

impl Done {
    fn named(self) -> Option<Named> {
        match self {
            Self::Named(named) => Some(named),
            Self::Reissued(..) | Self::Change(..) => None,
        }
    }
}

fn mark<R: Row>(page: &Page<R>, marks: &mut Marks) {
    page.rows.iter().for_each(|row| row.mark(marks));
}
