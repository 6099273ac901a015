//! Who changed something while it was edited, when, and what from what to what.

use chrono::{DateTime, Utc};
use unicode_segmentation::UnicodeSegmentation;

use super::event::{Change, Outcome};
use super::runtime::World;
use super::widget::text;
use super::zone::Zone;
use crate::domain::event::Action;
use crate::domain::group::Group;
use crate::domain::prompt::Prompt;
use crate::domain::slug::Slug;
use crate::domain::user::User;
use crate::store::events::{self, Object};
use crate::store::{StoreError, Tx, groups, prompts, users};

/// So far back in the log the change is looked for.
const BACK: u32 = 20;
/// The most of a value that is shown: two of them have to fit below a field of the smallest screen.
const SHOWN: usize = 40;
/// So much is shown before what differs, where what comes before it is not.
const LED: usize = 10;

/// Who made a change, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that somebody else changed while it was edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// As it is now.
    pub now: Now,
    /// Who changed it last, where the log tells.
    pub author: Option<Author>,
}

/// What was changed, as it is now.
#[derive(Debug, Clone, PartialEq)]
pub enum Now {
    /// A user.
    User(Box<User>),
    /// A group.
    Group(Box<Group>),
    /// A prompt.
    Prompt(Box<Prompt>),
}

/// What to say at a field: who changed it, when, from what to what.
pub fn told(author: Option<&Author>, before: &str, after: &str, zone: Zone) -> String {
    let (before, after) = (text::safe(before), text::safe(after));
    let same = before.graphemes(true).zip(after.graphemes(true)).take_while(|(one, other)| one == other).count();
    let shown = |value: &str| {
        if value.is_empty() {
            return "nothing".to_owned();
        }
        if text::width(value) <= SHOWN || same <= LED {
            return format!("`{}`", text::cut(value, SHOWN));
        }
        let rest: String = value.graphemes(true).skip(same - LED).collect();
        format!("`{}`", text::cut(&format!("…{rest}"), SHOWN))
    };
    let (who, when) = named(author, zone);
    format!(
        "{who} changed this from {} to {}{when}. Ctrl-t takes that, saving again keeps yours.",
        shown(&before),
        shown(&after)
    )
}

/// What to say where somebody else changed only what was not touched here, which stays as they left it.
pub fn told_of_merge(author: Option<&Author>, what: &[&str], zone: Zone) -> String {
    let (who, when) = named(author, zone);
    format!("{who} changed {} meanwhile{when}, and that stays.", what.join(", "))
}

/// What to say where somebody else revoked it or took that back, which saving does not touch.
pub fn told_of_revocation(author: Option<&Author>, revoked: bool, zone: Zone) -> String {
    let (who, when) = named(author, zone);
    if revoked {
        format!("{who} revoked it{when}. Saving again changes the rest and leaves it revoked.")
    } else {
        format!("{who} restored it{when}: its link works again. Save again to change the rest.")
    }
}

/// What to say where somebody else let a user sign in, or not any more, which saving does not touch.
pub fn told_of_activation(author: Option<&Author>, active: bool, zone: Zone) -> String {
    let (who, when) = named(author, zone);
    let what = if active { "activated" } else { "deactivated" };
    format!("{who} {what} this user{when}. Saving again changes the rest and leaves that.")
}

/// What to say where somebody deleted an invitation that is edited.
pub fn told_of_deletion(author: Option<&Author>, zone: Zone) -> String {
    let (who, when) = named(author, zone);
    format!(
        "{who} deleted this invitation{when}. Saving again makes a new one of this, with another link; Esc leaves it."
    )
}

/// What to say where somebody rearranged the stages of a flow.
pub fn told_of_stages(author: Option<&Author>, flow: &Slug, zone: Zone) -> String {
    let (who, when) = named(author, zone);
    format!("{who} changed the stages of {flow}{when}. Nothing was done; this is how they are now.")
}

/// Who, and a clause that says when.
pub(super) fn named(author: Option<&Author>, zone: Zone) -> (String, String) {
    match author {
        Some(author) => (text::safe(&author.by), format!(", {}", zone.shown(author.at))),
        None => ("Somebody".to_owned(), " in the meantime".to_owned()),
    }
}

/// Whether an event is a change of what is edited, and not of what happens to it by itself.
fn changes(action: Action) -> bool {
    !matches!(action, Action::Login | Action::Logout | Action::InvitationUsed)
}

/// Who changed something last, as the log tells.
pub(super) async fn author(tx: &mut Tx, object: Object<'_>) -> Result<Option<Author>, StoreError> {
    let told = events::list_of(tx, object, BACK).await?;
    let last = told.into_iter().find(|event| changes(event.action));
    Ok(last.map(|event| Author { by: event.actor, at: event.at }))
}

impl World {
    /// Who deleted what is edited here, as the log tells.
    pub(super) async fn deleted_by(&self, change: &Change) -> Option<Author> {
        let object = match change {
            Change::User(Some(read), _) => Object("user", read.username.as_str()),
            Change::Group { read: Some(read), .. } => Object("authentik_core.group", &read.name),
            _ => return None,
        };
        let mut tx = self.store.begin().await.ok()?;
        author(&mut tx, object).await.ok()?
    }

    /// A user as somebody else left it; none where it is gone.
    pub(super) async fn user_conflict(&self, read: &User) -> Result<Option<Outcome>, StoreError> {
        let mut tx = self.store.begin().await?;
        let Some(now) = users::find(&mut tx, read.id).await? else { return Ok(None) };
        let author = author(&mut tx, Object("user", now.username.as_str())).await?;
        Ok(Some(Outcome::Conflict(Box::new(Conflict { now: Now::User(Box::new(now)), author }))))
    }

    /// A group as somebody else left it; none where it is gone.
    pub(super) async fn group_conflict(&self, read: &Group) -> Result<Option<Outcome>, StoreError> {
        let mut tx = self.store.begin().await?;
        let Some(now) = groups::find(&mut tx, read.id).await? else { return Ok(None) };
        let author = author(&mut tx, Object("authentik_core.group", &now.name)).await?;
        Ok(Some(Outcome::Conflict(Box::new(Conflict { now: Now::Group(Box::new(now)), author }))))
    }

    /// A prompt as somebody else left it; none where it is gone.
    pub(super) async fn prompt_conflict(&self, read: &Prompt) -> Result<Option<Outcome>, StoreError> {
        let mut tx = self.store.begin().await?;
        let Some(now) = prompts::find(&mut tx, read.id).await? else { return Ok(None) };
        let author = author(&mut tx, Object("authentik_stages_prompt.prompt", &now.name)).await?;
        Ok(Some(Outcome::Conflict(Box::new(Conflict { now: Now::Prompt(Box::new(now)), author }))))
    }
}
