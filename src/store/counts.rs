//! How many there are, without reading any of them.

use super::db::sql;
use super::{Result, Tx};

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Invitations that are not deleted.
    pub invitations: u64,
}

/// Counts in one query: the console asks after every change.
pub async fn count(tx: &mut Tx) -> Result<Counts> {
    let (users, groups, invitations): (i64, i64, i64) = tx
        .one(sql!(
            "SELECT (SELECT COUNT(*) FROM user_account), (SELECT COUNT(*) FROM user_group), (SELECT COUNT(*) FROM invitation WHERE deleted_at IS NULL)"
        ))
        .await?;
    Ok(Counts { users: users.unsigned_abs(), groups: groups.unsigned_abs(), invitations: invitations.unsigned_abs() })
}
