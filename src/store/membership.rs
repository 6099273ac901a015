//! Who is in which group, and which group is in which.

use uuid::Uuid;

use super::db::sql;
use super::{Result, StoreError, Tx, groups};
use crate::domain::id::{GroupId, UserId};

/// A group's direct members.
pub async fn members(tx: &mut Tx, group: GroupId) -> Result<Vec<UserId>> {
    let rows: Vec<(Uuid,)> = tx
        .all(sql!("SELECT m.user_id FROM group_member m JOIN user_account u ON u.id = m.user_id WHERE m.group_id = $1 ORDER BY u.username_key", group.0))
        .await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

/// The groups that a user is in directly, by name.
pub async fn groups_of(tx: &mut Tx, user: UserId) -> Result<Vec<GroupId>> {
    let rows: Vec<(Uuid,)> = tx
        .all(sql!("SELECT m.group_id FROM group_member m JOIN user_group g ON g.id = m.group_id WHERE m.user_id = $1 ORDER BY g.name", user.0))
        .await?;
    Ok(rows.into_iter().map(|(id,)| GroupId(id)).collect())
}

/// The groups that a group is in, by name.
pub async fn parents(tx: &mut Tx, group: GroupId) -> Result<Vec<GroupId>> {
    let rows: Vec<(Uuid,)> = tx
        .all(sql!("SELECT p.parent_id FROM group_parent p JOIN user_group g ON g.id = p.parent_id WHERE p.group_id = $1 ORDER BY g.name", group.0))
        .await?;
    Ok(rows.into_iter().map(|(id,)| GroupId(id)).collect())
}

/// Makes these users the only direct members of a group.
pub async fn set_members(tx: &mut Tx, group: GroupId, users: &[UserId]) -> Result<()> {
    tx.exec(sql!("DELETE FROM group_member WHERE group_id = $1", group.0)).await?;
    for user in users {
        groups::add_member(tx, group, *user).await?;
    }
    Ok(())
}

/// Makes these groups the only ones that a user is in directly.
pub async fn set_groups_of(tx: &mut Tx, user: UserId, groups: &[GroupId]) -> Result<()> {
    tx.exec(sql!("DELETE FROM group_member WHERE user_id = $1", user.0)).await?;
    for group in groups {
        groups::add_member(tx, *group, user).await?;
    }
    Ok(())
}

/// Makes these groups the only ones that a group is in; [`StoreError::Circular`] where one of them is that group, or is
/// within it.
pub async fn set_parents(tx: &mut Tx, group: GroupId, parents: &[GroupId]) -> Result<()> {
    for parent in parents {
        let (within,): (i64,) = tx
            .one(sql!("WITH RECURSIVE above (id) AS (SELECT $1 UNION SELECT p.parent_id FROM group_parent p JOIN above a ON a.id = p.group_id) SELECT COUNT(*) FROM above WHERE id = $2", parent.0, group.0))
            .await?;
        if within > 0 {
            return Err(StoreError::Circular);
        }
    }
    tx.exec(sql!("DELETE FROM group_parent WHERE group_id = $1", group.0)).await?;
    for parent in parents {
        tx.exec(sql!(
            "INSERT INTO group_parent (group_id, parent_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            group.0,
            parent.0
        ))
        .await?;
    }
    Ok(())
}
