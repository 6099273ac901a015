//! The sender: a task of the server that empties the outbox. Several servers share an outbox, and each letter is claimed
//! by one of them.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::post::{Post, Refused, SetupError};
use super::settings::Settings;
use super::stage::OwnServer;
use crate::domain::event::{Action, Actor};
use crate::domain::invitation::Status;
use crate::domain::letter::{Body, Letter, next_attempt};
use crate::domain::text::printable;
use crate::store::events::{self, Object};
use crate::store::{Result, Store, invitations, letters, stages};

/// For how long a letter is one server's: longer than sending takes, so that only one that died is replaced.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How long to gather what happens at the same time before looking into the outbox.
const GATHER: Duration = Duration::from_millis(200);
/// How long to wait where the database does not answer, and before a letter that somebody else is about to take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often old letters are forgotten.
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// For how long what a letter said is kept after it was given up, and its row after it was finished.
const KEPT: (TimeDelta, TimeDelta) = (TimeDelta::days(7), TimeDelta::days(90));

/// What time it is.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Sends what is in the outbox.
pub struct Sender {
    store: Store,
    post: Option<Post>,
    clock: Clock,
}

impl Sender {
    /// A sender by the configured way. Without one it sends only what goes by the mail server of a stage's own.
    pub fn new(store: Store, settings: &Settings, clock: Clock) -> std::result::Result<Self, SetupError> {
        Ok(Self { store, post: Post::new(settings)?, clock })
    }

    /// Sends whatever becomes due, until `stop` says so or its other end is gone. Letters under way end first.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let bell = Arc::new(Notify::new());
        let watcher = tokio::spawn(ring(self.store.clone(), Arc::clone(&bell)));
        let mut stopped = stop.clone();
        let mut tidied: Option<Instant> = None;
        while !*stop.borrow() && stop.has_changed().is_ok() {
            if tidied.is_none_or(|at| at.elapsed() >= HOUSEKEEPING) {
                tidied = Some(Instant::now());
                if let Err(error) = self.forget_old().await {
                    tracing::warn!("the outbox: {error}");
                }
            }
            let pause = match Box::pin(self.empty(&|| !*stop.borrow())).await {
                Ok(due) => self.pause(due),
                Err(error) => {
                    tracing::warn!("the outbox: {error}");
                    PATIENCE
                }
            };
            tokio::select! {
                () = async {
                    // An error means that the other end is gone.
                    let _ = stopped.wait_for(|stop| *stop).await;
                } => break,
                () = bell.notified() => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(pause) => {}
            }
        }
        watcher.abort();
    }

    /// Sends all that is due now; tells when the next letter is.
    pub async fn round(&self) -> Result<Option<DateTime<Utc>>> {
        Box::pin(self.empty(&|| true)).await
    }

    async fn empty(&self, go_on: &(dyn Fn() -> bool + Sync)) -> Result<Option<DateTime<Utc>>> {
        let due = self.next_due().await?;
        if due.is_none_or(|due| due > (self.clock)()) {
            return Ok(due);
        }
        // A mail server that is slow to take one letter does not hold up the others.
        let (one, two, three, four) =
            tokio::join!(self.work(go_on), self.work(go_on), self.work(go_on), self.work(go_on));
        one.and(two).and(three).and(four)?;
        self.next_due().await
    }

    async fn work(&self, go_on: &(dyn Fn() -> bool + Sync)) -> Result<()> {
        while go_on() {
            let Some((letter, body)) = self.claim().await? else { break };
            let outcome = self.deliver(&letter, &body).await?;
            self.record(&letter, outcome).await?;
        }
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let mut tx = self.store.begin().await?;
        let due = letters::next_due(&mut tx, self.post.is_some()).await?;
        tx.rollback().await?;
        Ok(due)
    }

    async fn claim(&self) -> Result<Option<(Letter, Body)>> {
        let now = (self.clock)();
        let mut tx = self.store.begin_write().await?;
        let claimed = letters::claim(&mut tx, now, now + LEASE, self.post.is_some()).await?;
        // A commit wakes every console.
        if claimed.is_some() {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(claimed)
    }

    async fn deliver(&self, letter: &Letter, body: &Body) -> Result<std::result::Result<(), Refused>> {
        let now = (self.clock)();
        if letter.expires_at.is_some_and(|end| end <= now) {
            return Ok(Err(Refused::Never("its link has ended before it could be sent".into())));
        }
        let mut tx = self.store.begin().await?;
        if let Some(id) = letter.invitation {
            let status = invitations::find(&mut tx, id).await?.map(|view| view.invitation.status(now));
            if status != Some(Status::Active) {
                let state = status.map_or("deleted", Status::as_str);
                return Ok(Err(Refused::Never(format!("the invitation is {state}: its link would help nobody"))));
            }
        }
        let own = match letter.stage {
            Some(id) => stages::find(&mut tx, id).await?.and_then(|stage| OwnServer::of(&stage.kind)),
            None => None,
        };
        tx.rollback().await?;
        let own = own.filter(|_| !self.post.as_ref().is_some_and(Post::is_dry));
        let own = match own.as_ref().map(Post::of_stage).transpose() {
            Ok(own) => own,
            Err(why) => return Ok(Err(Refused::Never(format!("the stage's mail server: {why}")))),
        };
        match own.as_ref().or(self.post.as_ref()) {
            Some(post) => Ok(post.send(letter, body, now).await),
            None => Ok(Err(Refused::Later("no mail server is configured".into()))),
        }
    }

    /// Notes what became of a letter. A letter that was taken must not be sent again because the database was busy.
    async fn record(&self, letter: &Letter, outcome: std::result::Result<(), Refused>) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_record(letter, &outcome).await {
                Err(error) if tries < 3 => {
                    tracing::warn!("the outbox: {error}");
                    tokio::time::sleep(PATIENCE).await;
                }
                other => return other,
            }
        }
    }

    async fn try_record(&self, letter: &Letter, outcome: &std::result::Result<(), Refused>) -> Result<()> {
        let now = (self.clock)();
        let mut tx = self.store.begin_write().await?;
        let next = next_attempt(letter.attempts, now);
        let (event, error) = match (outcome, next) {
            (Ok(()), _) => (letters::sent(&mut tx, letter, now).await?.then_some(Action::EmailSent), ""),
            (Err(Refused::Later(why)), Some(next)) => {
                letters::postpone(&mut tx, letter, why, next).await?;
                (None, why.as_str())
            }
            (Err(Refused::Later(why) | Refused::Never(why)), _) => {
                (letters::give_up(&mut tx, letter, why, now).await?.then_some(Action::EmailFailed), why.as_str())
            }
        };
        if let Some(action) = event {
            let mut detail =
                json!({ "to": letter.recipient, "template": letter.template, "attempts": letter.attempts });
            if action == Action::EmailFailed {
                detail["error"] = error.into();
            }
            let object = Object(&letter.about.0, &letter.about.1);
            events::log(&mut tx, &Actor::system().at(now), action, object, detail).await?;
        }
        tx.commit().await?;
        if error.is_empty() {
            tracing::info!("letter {} is sent", letter.id);
        } else {
            tracing::warn!("letter {}, attempt {}: {}", letter.id, letter.attempts, printable(error));
        }
        Ok(())
    }

    /// Forgets old letters.
    pub async fn forget_old(&self) -> Result<()> {
        let now = (self.clock)();
        let mut tx = self.store.begin_write().await?;
        let forgotten = letters::forget(&mut tx, now - KEPT.0, now - KEPT.1).await?;
        if forgotten > 0 { tx.commit().await } else { tx.rollback().await }
    }

    fn pause(&self, due: Option<DateTime<Utc>>) -> Duration {
        let Some(due) = due else { return HOUSEKEEPING };
        match (due - (self.clock)()).to_std() {
            Ok(wait) => wait.min(HOUSEKEEPING),
            // It is due and was not to be had: another server is taking it.
            Err(_) => PATIENCE,
        }
    }
}

/// Tells of every change of the database: a letter may have come, from this process or another.
async fn ring(store: Store, bell: Arc<Notify>) {
    loop {
        match store.changes().await {
            Ok(mut changes) => loop {
                match changes.next().await {
                    Ok(()) => bell.notify_one(),
                    Err(_) => tokio::time::sleep(PATIENCE).await,
                }
            },
            Err(_) => tokio::time::sleep(PATIENCE).await,
        }
    }
}
