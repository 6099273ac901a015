//! Which names are taken, and which are free.

use std::collections::BTreeSet;

use crate::domain::id::InvitationId;
use crate::domain::slug::Slug;
use crate::store::db::{Query, sql};
use crate::store::{Result, StoreError, Tx};

/// So many names are asked for at once: there are as many placeholders in the query.
const AT_ONCE: usize = 50;

/// So many names after a taken one are tried; whoever has more of a kind finds a better name.
const TRIED: usize = 2_000;

const TAKEN: &str = "SELECT name FROM invitation WHERE deleted_at IS NULL AND name IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50)";

/// Those of these names that invitations have.
pub async fn taken(tx: &mut Tx, names: &[Slug]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for some in names.chunks(AT_ONCE) {
        let mut args: Vec<_> = some.iter().map(|name| name.as_str().into()).collect();
        // No invitation has an empty name.
        args.resize(AT_ONCE, "".into());
        let rows: Vec<(String,)> = tx.all(Query { text: TAKEN, args }).await?;
        found.extend(rows.into_iter().map(|(name,)| name));
    }
    Ok(found)
}

/// The name of a deleted invitation.
pub async fn name_of_deleted(tx: &mut Tx, id: InvitationId) -> Result<Option<String>> {
    let row: Option<(String,)> =
        tx.opt(sql!("SELECT name FROM invitation WHERE id = $1 AND deleted_at IS NOT NULL", id.0)).await?;
    Ok(row.map(|(name,)| name))
}

/// The name itself where it is free and not among `besides`, else the first one after it that is.
pub async fn free_name(tx: &mut Tx, name: &Slug, besides: &BTreeSet<String>) -> Result<Slug> {
    let mut candidate = name.clone();
    for _ in 0..TRIED / AT_ONCE {
        let mut some = vec![candidate.clone()];
        while some.len() < AT_ONCE {
            candidate = candidate.following();
            some.push(candidate.clone());
        }
        let gone = taken(tx, &some).await?;
        let free = some.into_iter().find(|one| !gone.contains(one.as_str()) && !besides.contains(one.as_str()));
        if let Some(free) = free {
            return Ok(free);
        }
        candidate = candidate.following();
    }
    Err(StoreError::Taken("an invitation of each such name"))
}
