//! Users and groups that were deleted and come back as they were: with whoever was in which group, what they decide, what
//! they made. What was deleted meanwhile stays deleted. Sessions do not come back: whoever was signed in signs in again.

use serde_json::json;
use uuid::Uuid;

use super::db::sql;
use super::{Result, StoreError, Tx, flows, groups, membership, policies, users};
use crate::domain::event::Act;
use crate::domain::group::Group;
use crate::domain::id::{GroupId, UserId};
use crate::domain::policy::{Decider, Guarded, PolicyBinding};
use crate::domain::user::User;

/// Whoever has more of one kind than that does not come back: it would all be kept in memory.
const MOST: usize = 10_000;

/// A user and all that a deletion takes along.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptUser {
    /// The user.
    pub user: User,
    groups: Vec<GroupId>,
    /// The invitations that they made.
    made: Vec<Uuid>,
    /// The uses of invitations that they came by.
    came_by: Vec<Uuid>,
    decides: Vec<PolicyBinding>,
}

/// A group and all that a deletion takes along.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptGroup {
    /// The group.
    pub group: Group,
    members: Vec<UserId>,
    parents: Vec<GroupId>,
    children: Vec<GroupId>,
    /// The stages that put people into it.
    stages: Vec<Uuid>,
    decides: Vec<PolicyBinding>,
}

async fn ids(tx: &mut Tx, text: &'static str, id: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = tx.all(sql!(text, id)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What a user's deletion would take along; none where there is no such user, or too much of it.
pub async fn keep_user(tx: &mut Tx, id: UserId) -> Result<Option<KeptUser>> {
    let Some(user) = users::find(tx, id).await? else { return Ok(None) };
    let kept = KeptUser {
        groups: membership::groups_of(tx, id).await?,
        made: ids(tx, "SELECT id FROM invitation WHERE created_by = $1 LIMIT 10001", id.0).await?,
        came_by: ids(tx, "SELECT id FROM invitation_use WHERE user_id = $1 LIMIT 10001", id.0).await?,
        decides: policies::bindings_by(tx, Decider::User(id)).await?,
        user,
    };
    let fits =
        [kept.groups.len(), kept.made.len(), kept.came_by.len(), kept.decides.len()].iter().all(|it| *it <= MOST);
    Ok(fits.then_some(kept))
}

/// What a group's deletion would take along; none where there is no such group, or too much of it.
pub async fn keep_group(tx: &mut Tx, id: GroupId) -> Result<Option<KeptGroup>> {
    let Some(group) = groups::find(tx, id).await? else { return Ok(None) };
    let children = ids(tx, "SELECT group_id FROM group_parent WHERE parent_id = $1 LIMIT 10001", id.0).await?;
    let kept = KeptGroup {
        members: membership::members(tx, id).await?,
        parents: membership::parents(tx, id).await?,
        children: children.into_iter().map(GroupId).collect(),
        stages: ids(tx, "SELECT id FROM stage WHERE group_id = $1 LIMIT 10001", id.0).await?,
        decides: policies::bindings_by(tx, Decider::Group(id)).await?,
        group,
    };
    let sizes = [kept.members.len(), kept.parents.len(), kept.children.len(), kept.stages.len(), kept.decides.len()];
    Ok(sizes.iter().all(|it| *it <= MOST).then_some(kept))
}

/// Brings a deleted user back; [`StoreError::Taken`] where another one has the name now.
pub async fn restore_user(tx: &mut Tx, kept: &KeptUser, act: &Act<'_>) -> Result<()> {
    let id = kept.user.id;
    users::insert(tx, &kept.user, json!({ "restored": true }), act).await?;
    for group in &kept.groups {
        join(tx, *group, id).await?;
    }
    for made in &kept.made {
        tx.exec(sql!("UPDATE invitation SET created_by = $2 WHERE id = $1 AND created_by IS NULL", *made, id.0))
            .await?;
    }
    for came_by in &kept.came_by {
        tx.exec(sql!("UPDATE invitation_use SET user_id = $2 WHERE id = $1 AND user_id IS NULL", *came_by, id.0))
            .await?;
    }
    decide_again(tx, &kept.decides, act).await
}

/// Brings a deleted group back; [`StoreError::Taken`] where another one has the name now.
pub async fn restore_group(tx: &mut Tx, kept: &KeptGroup, act: &Act<'_>) -> Result<()> {
    let id = kept.group.id;
    groups::insert(tx, &kept.group, act).await?;
    for member in &kept.members {
        join(tx, id, *member).await?;
    }
    let lies_in = kept.parents.iter().map(|parent| (id, *parent));
    for (group, parent) in lies_in.chain(kept.children.iter().map(|child| (*child, id))) {
        tx.exec(sql!(
            "INSERT INTO group_parent (group_id, parent_id) SELECT g.id, p.id FROM user_group g, user_group p WHERE g.id = $1 AND p.id = $2 ON CONFLICT DO NOTHING",
            group.0,
            parent.0
        ))
        .await?;
    }
    for stage in &kept.stages {
        tx.exec(sql!("UPDATE stage SET group_id = $2 WHERE id = $1 AND group_id IS NULL", *stage, id.0)).await?;
    }
    decide_again(tx, &kept.decides, act).await
}

/// Puts a user into a group, where both are still there.
async fn join(tx: &mut Tx, group: GroupId, user: UserId) -> Result<()> {
    tx.exec(sql!(
        "INSERT INTO group_member (group_id, user_id) SELECT g.id, u.id FROM user_group g, user_account u WHERE g.id = $1 AND u.id = $2 ON CONFLICT DO NOTHING",
        group.0,
        user.0
    ))
    .await?;
    Ok(())
}

async fn decide_again(tx: &mut Tx, decides: &[PolicyBinding], act: &Act<'_>) -> Result<()> {
    for binding in decides {
        let is_there = match binding.target {
            Guarded::Flow(flow) => flows::find(tx, flow).await?.is_some(),
            Guarded::Stage(stage) => flows::find_binding(tx, stage).await?.is_some(),
        };
        if is_there {
            match policies::insert_binding(tx, binding, act).await {
                // Somebody bound the same there meanwhile.
                Ok(()) | Err(StoreError::Taken(_)) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(())
}
