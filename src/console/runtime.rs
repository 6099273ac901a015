//! Performs effects: the only part of the console that reads and writes the database, the disk and the clipboard.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::clipboard::{self, ClipboardMode, Copied, Surroundings, Way};
use super::conflict::{self, Author};
use super::event::{CopiedCount, Detail, Effect, Named, Outcome, Overview, Query, Refusal, Rows, Subject};
use super::history;
use super::import::path::complete;
use super::pane::list::WINDOW;
use super::work::Work;
use crate::blueprint;
use crate::clock;
use crate::domain::event::Actor;
use crate::domain::flow::{Designation, Outline};
use crate::domain::id::{FlowId, InvitationId};
use crate::domain::invitation::{InvitationView, Settings, link};
use crate::domain::slug::Slug;
use crate::executor::Hashing;
use crate::policy::{self, Policies};
use crate::store::events::Object;
use crate::store::page::Anchor;
use crate::store::{Store, StoreError, Tx, counts, events, flows, groups, invitations, users};

/// The world, as far as effects reach into it.
#[derive(Clone)]
pub struct World {
    /// The database.
    pub store: Store,
    /// Who acts.
    pub actor: Actor,
    /// Which way texts go to the clipboard.
    pub clipboard: ClipboardMode,
    /// Where the program runs.
    pub surroundings: Surroundings,
    /// How passwords are hashed.
    pub hashing: Hashing,
    /// What evaluates policies, to look at what they would say.
    pub policies: Policies,
    /// Where blueprints are looked for that others ask for, besides the shipped ones.
    pub blueprints: Option<PathBuf>,
    /// The current time.
    pub clock: fn() -> DateTime<Utc>,
    /// New ids.
    pub new_id: fn() -> Uuid,
    /// Where the commands that were typed are kept.
    pub history: Option<PathBuf>,
    /// Where the console keeps what it remembers between two runs; none where the platform has no such place.
    pub state: Option<PathBuf>,
    /// Up to which number steps that were begun are to be given up.
    pub cancelled: watch::Sender<u64>,
    /// The long work that this is done for.
    pub(super) work: Option<Work>,
    /// To whom is told what happens on the way to an outcome; none where nobody listens.
    pub telling: Option<mpsc::UnboundedSender<Outcome>>,
    /// The machine's clipboard, kept open: on X11 it forgets what its owner forgets.
    pub native: Arc<Mutex<Option<arboard::Clipboard>>>,
}

impl World {
    /// The world of a running program.
    pub fn new(store: Store, actor: Actor, clipboard: ClipboardMode, surroundings: Surroundings) -> Self {
        Self {
            store,
            actor,
            clipboard,
            surroundings,
            hashing: Hashing::default(),
            policies: Policies::new(),
            blueprints: None,
            clock: clock::now,
            new_id: clock::new_id,
            history: None,
            state: None,
            cancelled: watch::Sender::new(0),
            work: None,
            telling: None,
            native: Arc::default(),
        }
    }

    /// Performs an effect; none where there is nothing to tell. Effects on the terminal itself are the loop's.
    pub async fn perform(&self, effect: Effect) -> Option<Outcome> {
        let outcome = match effect {
            Effect::Load { generation, query } => {
                told(self.load(query).await.map(|rows| Outcome::Loaded { generation, rows }))
            }
            Effect::LoadOverview => told(self.overview().await.map(Outcome::Overview)),
            Effect::LoadDetail(subject) => told(self.detail(subject).await.map(|it| Outcome::Detail(subject, it))),
            Effect::LoadFlowChoices => told(self.flow_choices().await.map(Outcome::FlowChoices)),
            Effect::Diagnose(question) => self.diagnose(question).await,
            Effect::Preview(visit) => self.preview(*visit).await,
            Effect::CheckName(name, own) => told(self.check_name(name, own).await),
            Effect::SaveInvitation { edited, settings } => self.save(edited, settings).await,
            Effect::SetRevoked(named, revoked) => {
                told(self.set_revoked(&named, revoked).await.map(|()| Outcome::Revoked(named, revoked)))
            }
            Effect::SetDeleted(named, deleted) => self.set_deleted(named, deleted).await,
            Effect::Change(change) => self.change(*change).await,
            Effect::ChangeAll(all) => self.change_all(all).await,
            Effect::Select(filter) => self.select(&filter).await,
            Effect::Bulk(bulk, named) => self.bulk(bulk, named).await,
            Effect::Work(number, effect) => Box::pin(self.work(number, *effect)).await,
            Effect::Counted(number, effect) => {
                Outcome::Counted(number, Box::pin(self.perform(*effect)).await.map(Box::new))
            }
            Effect::FindUsers(question) => told(self.find_users(question).await),
            Effect::SendLetters(letters) => self.send_letters(*letters).await,
            Effect::Reissue(named) => told(self.reissue(&named).await),
            Effect::TakeBackReissue(named, old) => self.take_back_reissue(&named, old).await,
            Effect::TakeBackReissues(all) => self.take_back_reissues(all).await,
            Effect::TakeBack(number, effect) => {
                let outcome = Box::pin(self.perform(*effect)).await?;
                Outcome::TakenBack(number, Box::new(outcome))
            }
            Effect::Batch(ask) => return Box::pin(self.batch_asked(*ask)).await,
            Effect::BindInvitationStage(flow) => told(self.bind(flow).await),
            Effect::Stages(ask) => Box::pin(self.stages(*ask)).await,
            Effect::Complete(path) => tokio::task::spawn_blocking(move || Outcome::Completed(complete(&path)))
                .await
                .unwrap_or_else(|error| Outcome::Failed(error.to_string())),
            Effect::Blueprint(ask) => return Box::pin(self.blueprint(*ask)).await,
            Effect::Copy(text, what) => Outcome::Copied(self.copy(text).await, what),
            Effect::CopyLinks { named, public_url, open_flow } => {
                return self.copy_links(&named, &public_url, open_flow.as_ref()).await.transpose().map(told);
            }
            Effect::ExplainClipboard => Outcome::ClipboardExplained(self.explain_clipboard().await),
            Effect::TestClipboard(text) => Outcome::ClipboardTested(self.copy(text.clone()).await, text),
            Effect::LoadHistory => Outcome::History(self.read_history().await),
            Effect::KeepCommand(command) => return self.keep_command(command).await,
            Effect::Write(_) | Effect::Mouse(_) | Effect::Redraw | Effect::Suspend | Effect::Quit => return None,
        };
        Some(outcome)
    }

    /// Tells something on the way to an outcome.
    pub(super) fn tell(&self, outcome: Outcome) {
        if let Some(telling) = &self.telling {
            // Nobody listens any more when the program ends.
            let _ = telling.send(outcome);
        }
    }

    async fn load(&self, query: Query) -> Result<Rows, StoreError> {
        let mut tx = self.store.begin().await?;
        Ok(match query {
            Query::Flows(terms, sort, anchor) => {
                Rows::Flows(flows::page(&mut tx, &terms, sort, &anchor, WINDOW).await?)
            }
            Query::Users(filter, sort, anchor) => {
                Rows::Users(users::page(&mut tx, &filter, sort, &anchor, WINDOW).await?)
            }
            Query::Groups(terms, sort, anchor) => {
                Rows::Groups(groups::page(&mut tx, &terms, sort, &anchor, WINDOW).await?)
            }
            Query::Invitations(filter, sort, anchor) => {
                Rows::Invitations(invitations::page(&mut tx, &filter, sort, (self.clock)(), &anchor, WINDOW).await?)
            }
            Query::Events(filter, anchor) => Rows::Events(events::page(&mut tx, &filter, &anchor, WINDOW).await?),
        })
    }

    async fn overview(&self) -> Result<Overview, StoreError> {
        let mut tx = self.store.begin().await?;
        let counts = counts::count(&mut tx).await?;
        let flows = flows::page(&mut tx, &[], flows::Sort::default(), &Anchor::First, WINDOW).await?;
        let open =
            |view: &&flows::FlowView| view.has_invitation_stage && view.flow.designation == Designation::Enrollment;
        Ok(Overview {
            open_flows: flows.rows.iter().filter(open).map(|view| view.flow.slug.clone()).collect(),
            flows: flows.total,
            users: counts.users,
            groups: counts.groups,
            invitations: counts.invitations,
        })
    }

    async fn detail(&self, subject: Subject) -> Result<Option<Detail>, StoreError> {
        let mut tx = self.store.begin().await?;
        Ok(match subject {
            Subject::User(_) | Subject::Event(_) => None,
            Subject::Flow(id) => match outline(&mut tx, id).await? {
                Some(outline) => {
                    let applied = blueprint::applied_to(&mut tx, id.0).await?;
                    let names = policy::names(&mut tx, &outline).await?;
                    Some(Detail::Flow(Box::new((outline, names)), applied))
                }
                None => None,
            },
            Subject::Group(id) => Some(Detail::Group(groups::members(&mut tx, id).await?)),
            Subject::Invitation(id, flow) => {
                let uses = invitations::uses(&mut tx, id).await?;
                let outlines = if let Some(flow) = flow {
                    outline(&mut tx, flow).await?.into_iter().collect()
                } else {
                    let mut all = enrollment_flows(&mut tx).await?;
                    all.retain(Outline::has_invitation_stage);
                    all
                };
                let problems = match invitations::find(&mut tx, id).await? {
                    Some(view) => self.problems(&mut tx, &view.invitation, &outlines).await?,
                    None => Vec::new(),
                };
                Some(Detail::Invitation { uses, problems })
            }
        })
    }

    async fn flow_choices(&self) -> Result<Vec<Outline>, StoreError> {
        enrollment_flows(&mut self.store.begin().await?).await
    }

    async fn check_name(&self, name: Slug, own: Option<InvitationId>) -> Result<Outcome, StoreError> {
        let mut tx = self.store.begin().await?;
        let other = invitations::find_by_name(&mut tx, name.as_str()).await?;
        let free = match other.filter(|view| Some(view.invitation.id) != own) {
            Some(_) => Some(invitations::free_name(&mut tx, &name, &BTreeSet::new()).await?),
            None => None,
        };
        Ok(Outcome::NameChecked(name, free))
    }

    async fn save(&self, edited: Option<(InvitationId, i64)>, settings: Settings) -> Outcome {
        match self.write(edited, &settings).await {
            Ok(view) => Outcome::Saved(Box::new(view)),
            Err(StoreError::Taken(_)) => Outcome::NotSaved(Refusal::NameTaken),
            Err(StoreError::Spent(uses)) => Outcome::NotSaved(Refusal::Spent(uses)),
            Err(StoreError::Stale) => match self.current(edited).await {
                Ok(Some((view, author))) => Outcome::NotSaved(Refusal::Stale(Box::new(view), author)),
                Ok(None) => Outcome::NotSaved(Refusal::Gone(self.who_deleted(edited).await)),
                Err(error) => Outcome::NotSaved(Refusal::Other(sentence(&error))),
            },
            Err(error) => Outcome::NotSaved(Refusal::Other(sentence(&error))),
        }
    }

    async fn write(
        &self,
        edited: Option<(InvitationId, i64)>,
        settings: &Settings,
    ) -> Result<InvitationView, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let act = self.actor.at((self.clock)());
        let id = edited.map_or_else(|| InvitationId((self.new_id)()), |(id, _)| id);
        match edited {
            Some((_, revision)) => invitations::update(&mut tx, id, revision, settings, &act).await?,
            None => invitations::insert(&mut tx, id, settings, &act).await?,
        }
        let view = written(&mut tx, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Who deleted an invitation, as the log tells.
    async fn who_deleted(&self, edited: Option<(InvitationId, i64)>) -> Option<Author> {
        let mut tx = self.store.begin().await.ok()?;
        let name = invitations::name_of_deleted(&mut tx, edited?.0).await.ok()??;
        conflict::author(&mut tx, Object("invitation", &name)).await.ok()?
    }

    async fn current(
        &self,
        edited: Option<(InvitationId, i64)>,
    ) -> Result<Option<(InvitationView, Option<Author>)>, StoreError> {
        let Some((id, _)) = edited else { return Ok(None) };
        let mut tx = self.store.begin().await?;
        let Some(view) = invitations::find(&mut tx, id).await? else { return Ok(None) };
        let author = conflict::author(&mut tx, Object("invitation", view.invitation.settings.name.as_str())).await?;
        Ok(Some((view, author)))
    }

    async fn set_revoked(&self, named: &Named, revoked: bool) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        invitations::set_revoked(&mut tx, named.id, revoked, &self.actor.at((self.clock)())).await?;
        tx.commit().await
    }

    async fn set_deleted(&self, named: Named, deleted: bool) -> Outcome {
        let act = self.actor.at((self.clock)());
        let write = async {
            let mut tx = self.store.begin_write().await?;
            let outcome = if deleted {
                invitations::delete(&mut tx, named.id, &act).await?;
                Outcome::Deleted(named.clone())
            } else {
                invitations::undelete(&mut tx, named.id, &act).await?;
                Outcome::Undeleted(Box::new(written(&mut tx, named.id).await?))
            };
            tx.commit().await.map(|()| outcome)
        };
        match write.await {
            Err(StoreError::Taken(_)) => {
                let why = "another invitation has its name now. Rename that one first.";
                Outcome::Failed(format!("{} can't come back: {why}", named.name))
            }
            other => told(other),
        }
    }

    async fn reissue(&self, named: &Named) -> Result<Outcome, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let new = InvitationId((self.new_id)());
        invitations::reissue(&mut tx, named.id, new, &self.actor.at((self.clock)())).await?;
        let view = written(&mut tx, new).await?;
        tx.commit().await?;
        Ok(Outcome::Reissued(named.id, Box::new(view)))
    }

    async fn take_back_reissue(&self, named: &Named, old: InvitationId) -> Outcome {
        let write = async {
            let mut tx = self.store.begin_write().await?;
            invitations::take_back_reissue(&mut tx, old, named.id, &self.actor.at((self.clock)())).await?;
            let view = written(&mut tx, old).await?;
            tx.commit().await.map(|()| Outcome::Undeleted(Box::new(view)))
        };
        match write.await {
            Err(StoreError::Spent(_)) => {
                Outcome::Lost(format!("Somebody came by the new link of {} already: it stays.", named.name))
            }
            other => told(other),
        }
    }

    async fn bind(&self, id: FlowId) -> Result<Outcome, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let flow = flows::find(&mut tx, id).await?.ok_or_else(|| StoreError::NotFound("the flow".into()))?;
        flows::bind_invitation_stage(&mut tx, &flow, &self.actor.at((self.clock)())).await?;
        tx.commit().await?;
        Ok(Outcome::Bound(flow.slug))
    }

    /// Copies all of their links; none where it was given up: nothing is copied then.
    async fn copy_links(
        &self,
        named: &[Named],
        public_url: &str,
        open_flow: Option<&Slug>,
    ) -> Result<Option<Outcome>, StoreError> {
        let mut tx = self.store.begin().await?;
        let mut links = Vec::new();
        let mut dead = 0;
        for (index, it) in named.iter().enumerate() {
            self.note_done(index);
            if self.is_given_up() {
                return Ok(None);
            }
            if let Some(view) = invitations::find(&mut tx, it.id).await?
                && let Some(slug) = view.flow_slug.as_ref().or(open_flow)
            {
                dead += usize::from(view.invitation.why_dead((self.clock)()).is_some());
                links.push(link(public_url, slug, it.id));
            }
        }
        let (count, without) = (links.len(), named.len() - links.len());
        let copied = if links.is_empty() {
            Copied::Failed("none of them has a link".to_owned())
        } else {
            self.copy(links.join("\n")).await
        };
        Ok(Some(Outcome::CopiedLinks(copied, CopiedCount { links: count, without, dead })))
    }

    pub(super) async fn copy(&self, text: String) -> Copied {
        let mut failure = None;
        for way in clipboard::ways(self.clipboard, &self.surroundings) {
            let tried = match way {
                Way::Tmux => clipboard::through_tmux(&text).await,
                Way::Osc52(wrapping) => {
                    clipboard::osc52(&text, wrapping).map(Copied::Osc52).ok_or_else(|| "it is too long".to_owned())
                }
                Way::Native => self.copy_here(text.clone()).await,
            };
            match tried {
                Ok(copied) => return copied,
                Err(why) => failure = Some(why),
            }
        }
        failure.map_or(Copied::Off, Copied::Failed)
    }

    async fn explain_clipboard(&self) -> Vec<String> {
        let mut lines = clipboard::explain(self.clipboard, &self.surroundings);
        if self.surroundings.tmux {
            lines.extend(clipboard::explain_tmux().await);
        }
        lines
    }

    async fn read_history(&self) -> Vec<String> {
        let Some(place) = self.history.clone() else { return Vec::new() };
        tokio::task::spawn_blocking(move || history::read(&place)).await.unwrap_or_default()
    }

    async fn keep_command(&self, command: String) -> Option<Outcome> {
        let place = self.history.clone()?;
        let kept = tokio::task::spawn_blocking(move || history::keep(&place, &command)).await;
        if let Ok(Err(error)) = kept {
            // A disk that is full is no reason to keep anybody from working.
            tracing::warn!(%error, "the history of commands can't be written");
        }
        None
    }

    async fn copy_here(&self, text: String) -> Result<Copied, String> {
        let native = Arc::clone(&self.native);
        let copy = move || {
            let mut native = native.lock().map_err(|_| "the clipboard is broken".to_owned())?;
            if native.is_none() {
                *native = Some(arboard::Clipboard::new().map_err(|error| error.to_string())?);
            }
            match native.as_mut() {
                Some(clipboard) => clipboard.set_text(text).map(|()| Copied::Native).map_err(|error| error.to_string()),
                None => Err("there is no clipboard".to_owned()),
            }
        };
        tokio::task::spawn_blocking(copy).await.unwrap_or_else(|error| Err(error.to_string()))
    }
}

/// An invitation that was just written.
async fn written(tx: &mut Tx, id: InvitationId) -> Result<InvitationView, StoreError> {
    invitations::find(tx, id).await?.ok_or_else(|| StoreError::NotFound("the invitation".into()))
}

async fn enrollment_flows(tx: &mut Tx) -> Result<Vec<Outline>, StoreError> {
    let mut outlines = Vec::new();
    for flow in flows::list(tx).await? {
        if flow.designation == Designation::Enrollment {
            outlines.push(flows::outline(tx, flow).await?);
        }
    }
    Ok(outlines)
}

async fn outline(tx: &mut Tx, id: FlowId) -> Result<Option<Outline>, StoreError> {
    let Some(flow) = flows::find(tx, id).await? else { return Ok(None) };
    flows::outline(tx, flow).await.map(Some)
}

/// An outcome, or what to tell of its failure.
/// Said where somebody would lock themselves out.
pub(super) const OWN: &str = "That is your own account: act as somebody else to do that.";

pub(super) fn told(result: Result<Outcome, StoreError>) -> Outcome {
    result.unwrap_or_else(|error| match error {
        StoreError::Unreachable(why) => Outcome::Unreachable(why),
        gone @ StoreError::NotFound(_) => Outcome::Lost(sentence(&gone)),
        other => Outcome::Failed(sentence(&other)),
    })
}

/// A failure for people: what they can do something about as it is, the rest in the log with a calm word here.
pub(super) fn sentence(error: &StoreError) -> String {
    match error {
        StoreError::Unreachable(_) => "The database does not answer. Try again.".to_owned(),
        StoreError::NotFound(what) => format!("Not found: {what}. Somebody may have deleted it."),
        StoreError::Taken(what) => format!("There is {what} already."),
        StoreError::Full => "The disk that the database is on is full. Make room there, then try again.".to_owned(),
        StoreError::Locked => "Another process holds the database. Try again.".to_owned(),
        StoreError::NotWritable => "The database file may not be written to: `--read-only` looks at it.".to_owned(),
        StoreError::Replaced => "The database file was removed or replaced: start guestlist again.".to_owned(),
        StoreError::ReadOnly => "Nothing may be written: this console is read-only.".to_owned(),
        StoreError::Spent(_) => "Somebody used it already.".to_owned(),
        StoreError::Own => OWN.to_owned(),
        other => {
            tracing::error!(error = %other, "the console's request failed");
            format!("That did not work: {other}.")
        }
    }
}
