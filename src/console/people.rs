//! Writes users, groups, flows and prompts.

use serde_json::json;

use super::event::{Change, Outcome, UserQuestion};
use super::pane::Pane;
use super::runtime::{World, sentence};
use super::widget::text;
use crate::domain::event::Act;
use crate::domain::group::Group;
use crate::domain::id::{FlowId, GroupId, UserId};
use crate::domain::slug::Slug;
use crate::domain::stage::UserType;
use crate::domain::user::{PasswordHash, Profile, User, Username};
use crate::executor::Hasher;
use crate::store::page::{Anchor, Term};
use crate::store::{StoreError, Tx, flows, groups, prompts, restore, users};

/// So many users are looked for: more than a dialog shows at once.
const FOUND: usize = 7;

type Done = (String, Option<(Pane, String)>);

/// What became of one of many changes.
pub(super) enum Changed {
    /// It was so already.
    Already,
    /// It is made; and what takes it back, where something does.
    Done(Option<Change>),
}

impl World {
    /// Performs a change.
    pub(super) async fn change(&self, change: Change) -> Outcome {
        if let Change::DeleteUser(..) | Change::DeleteGroup(_) | Change::RestoreUser(_) | Change::RestoreGroup(_) =
            &change
        {
            return self.change_all(vec![change]).await;
        }
        let hash = match &change {
            // Slow on purpose, so before anything is locked.
            Change::Password(_, _, secret) => match self.hash(secret.0.clone()).await {
                Ok(hash) => Some(hash),
                Err(why) => return Outcome::NotDone(vec![(String::new(), why)]),
            },
            _ => None,
        };
        match self.write_change(&change, hash).await {
            Ok((said, at)) => match change {
                Change::Active(id, name, active) => Outcome::Activated(id, name, active),
                Change::Prompt(read, wanted) => Outcome::PromptSaved(read, wanted),
                _ => Outcome::Done(said, at),
            },
            Err(error) => self.refused(&change, &error).await,
        }
    }

    /// Users whose name holds what is typed, as far as a dialog shows them.
    pub(super) async fn find_users(&self, question: UserQuestion) -> Result<Outcome, StoreError> {
        let mut tx = self.store.begin().await?;
        let found = if let Some(group) = question.member_of {
            groups::find_members(&mut tx, group, &question.typed, FOUND).await?
        } else {
            let filter = users::Filter { active: None, terms: vec![Term::contains(question.typed.as_str())] };
            let page = users::page(&mut tx, &filter, users::Sort::default(), &Anchor::First, FOUND).await?;
            page.rows.into_iter().map(|row| (row.user.username.to_string(), row.user.name)).collect()
        };
        Ok(Outcome::FoundUsers(question, found))
    }

    async fn hash(&self, password: String) -> Result<PasswordHash, String> {
        let hasher = Hasher::new(self.hashing).map_err(|why| why.to_string())?;
        hasher.hash(password).await.map_err(|why| why.to_string())
    }

    async fn write_change(&self, change: &Change, hash: Option<PasswordHash>) -> Result<Done, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let done = self.one_change(&mut tx, change, hash).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Makes one of many changes.
    pub(super) async fn change_one(&self, tx: &mut Tx, change: &Change) -> Result<Changed, StoreError> {
        let act = self.actor.at((self.clock)());
        let back = match change {
            Change::Active(id, name, active) => {
                if !users::set_active(tx, *id, *active, &act).await? {
                    return Ok(Changed::Already);
                }
                return Ok(Changed::Done(Some(Change::Active(*id, name.clone(), !active))));
            }
            Change::DeleteUser(id, _) => {
                restore::keep_user(tx, *id).await?.map(|kept| Change::RestoreUser(Box::new(kept)))
            }
            Change::DeleteGroup(group) => {
                // What was deleted meanwhile is not deleted once more.
                groups::find(tx, group.id).await?.ok_or_else(|| StoreError::NotFound("the group".into()))?;
                restore::keep_group(tx, group.id).await?.map(|kept| Change::RestoreGroup(Box::new(kept)))
            }
            _ => None,
        };
        self.one_change(tx, change, None).await?;
        Ok(Changed::Done(back))
    }

    async fn one_change(&self, tx: &mut Tx, change: &Change, hash: Option<PasswordHash>) -> Result<Done, StoreError> {
        let act = self.actor.at((self.clock)());
        let user_at = |name: &Username| Some((Pane::Users, name.key()));
        Ok(match change {
            Change::User(Some(read), profile) => {
                users::update(tx, read, profile, &act).await?;
                (format!("Saved {}.", profile.username), user_at(&profile.username))
            }
            Change::User(None, profile) => {
                users::insert(tx, &self.new_user(profile), json!({}), &act).await?;
                let said = format!("Made {}, without a password yet.", profile.username);
                (said, user_at(&profile.username))
            }
            Change::Active(id, name, active) => {
                users::set_active(tx, *id, *active, &act).await?;
                (format!("{name} {}.", if *active { "can sign in" } else { "can't sign in any more" }), None)
            }
            Change::Password(id, name, _) => {
                if let Some(hash) = hash {
                    users::set_password(tx, *id, &hash, &act).await?;
                }
                (format!("{name} has another password now."), None)
            }
            Change::DeleteUser(id, name) => {
                users::delete(tx, *id, &act).await?;
                (format!("Deleted {name}."), None)
            }
            Change::Group { read, name, is_superuser, attributes } => {
                let id = read.as_ref().map_or_else(|| GroupId((self.new_id)()), |group| group.id);
                let group =
                    Group { id, name: name.clone(), is_superuser: *is_superuser, attributes: attributes.clone() };
                write_group(tx, read.as_deref(), &group, &act).await?;
                (format!("Saved {name}."), Some((Pane::Groups, name.clone())))
            }
            Change::Member { group, username, member } => set_member(tx, group, username, *member, &act).await?,
            Change::Prompt(read, wanted) => {
                prompts::update_read(tx, read, wanted, &act).await?;
                (format!("Saved {}.", wanted.name), None)
            }
            Change::DeleteGroup(group) => {
                groups::delete(tx, group, &act).await?;
                (format!("Deleted {}; its members stay.", group.name), None)
            }
            Change::RestoreUser(_) | Change::RestoreGroup(_) => (bring_back(tx, change, &act).await?, None),
            Change::DeleteFlow(id, slug) => {
                let gone = || StoreError::NotFound("the flow".into());
                let flow = flows::find(tx, *id).await?.ok_or_else(gone)?;
                flows::delete(tx, &flow, &act).await?;
                (format!("Deleted {slug}; its stages stay."), None)
            }
        })
    }

    fn new_user(&self, profile: &Profile) -> User {
        User {
            id: UserId((self.new_id)()),
            username: profile.username.clone(),
            name: profile.name.clone(),
            email: profile.email.clone(),
            is_active: true,
            path: profile.path.clone(),
            kind: UserType::Internal,
            attributes: profile.attributes.clone(),
            password: None,
            created_at: (self.clock)(),
            last_login: None,
        }
    }

    async fn refused(&self, change: &Change, error: &StoreError) -> Outcome {
        let at = |name: &str, why: &str| Outcome::NotDone(vec![(name.to_owned(), why.to_owned())]);
        match (change, error) {
            (Change::User(..), StoreError::Taken(_)) => at("username", "Another user has this name."),
            (Change::Group { .. }, StoreError::Taken(_)) => at("name", "Another group has this name."),
            (Change::Member { .. }, StoreError::NotFound(_)) => at("username", "There is no user of that name."),
            (Change::DeleteFlow(id, slug), StoreError::Taken(_)) => self.still_invited(*id, slug).await,
            (_, StoreError::Stale) => self.stale(change).await,
            (
                Change::User(..)
                | Change::Group { .. }
                | Change::Member { .. }
                | Change::Password(..)
                | Change::Prompt(..),
                other,
            ) => at("", &sentence(other)),
            (_, other @ StoreError::NotFound(_)) => Outcome::Lost(sentence(other)),
            (_, other) => Outcome::Failed(sentence(other)),
        }
    }

    /// Why a flow is not deleted: who would be left without one.
    async fn still_invited(&self, id: FlowId, slug: &Slug) -> Outcome {
        let count = async {
            let mut tx = self.store.begin().await?;
            flows::invitations_of(&mut tx, id).await
        };
        match count.await {
            Ok(count) => {
                let invitations = text::count(count, "invitation");
                Outcome::Failed(format!("{slug} still has {invitations}: delete or change them first."))
            }
            Err(error) => Outcome::Failed(sentence(&error)),
        }
    }

    /// What somebody else left, or that it is gone.
    async fn stale(&self, change: &Change) -> Outcome {
        let found = match change {
            Change::User(Some(read), _) => self.user_conflict(read).await,
            Change::Group { read: Some(read), .. } => self.group_conflict(read).await,
            Change::Prompt(read, _) => self.prompt_conflict(read).await,
            _ => Ok(None),
        };
        let at = |why: String| Outcome::NotDone(vec![(String::new(), why)]);
        match found {
            Ok(Some(conflict)) => conflict,
            Ok(None) => {
                let who = self.deleted_by(change).await.map_or_else(|| "Somebody".to_owned(), |author| author.by);
                at(format!("{who} deleted this in the meantime."))
            }
            Err(error) => at(sentence(&error)),
        }
    }
}

async fn bring_back(tx: &mut Tx, change: &Change, act: &Act<'_>) -> Result<String, StoreError> {
    match change {
        Change::RestoreUser(kept) => restore::restore_user(tx, kept, act).await?,
        Change::RestoreGroup(kept) => restore::restore_group(tx, kept, act).await?,
        _ => {}
    }
    Ok(format!("{} is back.", change.name()))
}

/// Puts the user of that name into a group, or takes them out.
async fn set_member(
    tx: &mut Tx,
    group: &Group,
    username: &str,
    member: bool,
    act: &Act<'_>,
) -> Result<Done, StoreError> {
    let missing = || StoreError::NotFound("a user of that name".into());
    let name = Username::parse(username).map_err(|_| missing())?;
    let user = users::find_by_username(tx, &name).await?.ok_or_else(missing)?.user;
    let changed = groups::set_member(tx, group, &user, member, act).await?;
    let now = if member { "is in" } else { "is not in" };
    let already = if changed { "" } else { " already" };
    let said = format!("{} {now} {}{already}.", user.username, group.name);
    Ok((said, Some((Pane::Groups, group.name.clone()))))
}

async fn write_group(tx: &mut Tx, read: Option<&Group>, group: &Group, act: &Act<'_>) -> Result<(), StoreError> {
    match read {
        Some(read) if groups::find(tx, group.id).await?.as_ref() != Some(read) => Err(StoreError::Stale),
        Some(_) => groups::update(tx, group, act).await,
        None => groups::insert(tx, group, act).await,
    }
}
