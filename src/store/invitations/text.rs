//! The query texts of the list of invitations.
//!
//! Each order is written into a text of its own, because only so can the database find a place by an index. A window
//! chooses keys first and reads whole rows last, so that rows that are passed by are not read. `CROSS JOIN` keeps SQLite from
//! joining in another order: it would take a million invitations for a small table.

use super::columns;
use super::list::{Order, Sort};
use crate::store::Tx;

/// How a window finds its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Along the order from the place on, until there are enough: for filters that keep much.
    Walk,
    /// Everything that the filter keeps, then sorted: for filters that keep little, which a walk would look for long.
    Gather,
    /// The same, found by SQLite's search index. PostgreSQL uses its own in [`Way::Gather`].
    Indexed,
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Sqlite,
    Postgres,
}

/// The status at `$1`, as [`Invitation::status`](crate::domain::invitation::Invitation::status) derives it (a test
/// holds the two together).
macro_rules! status {
    () => {
        "CASE WHEN i.revoked_at IS NOT NULL THEN 'revoked' WHEN i.max_uses IS NOT NULL AND i.uses >= i.max_uses THEN 'used' WHEN i.expires IS NOT NULL AND i.expires <= $1 THEN 'expired' ELSE 'active' END"
    };
}

/// Where a pattern is looked for. Where the databases differ: SQLite's LIKE ignores the case of ASCII letters by itself, and
/// `lower` would take most of the time; PostgreSQL's index is one of `lower`.
macro_rules! found {
    (Sqlite, $pattern:literal) => {
        concat!("(i.name LIKE ", $pattern, " ESCAPE '\\' OR i.note LIKE ", $pattern, " ESCAPE '\\')")
    };
    (Postgres, $pattern:literal) => {
        concat!(
            "(lower(i.name) LIKE lower(",
            $pattern,
            ") ESCAPE '\\' OR lower(i.note) LIKE lower(",
            $pattern,
            ") ESCAPE '\\')"
        )
    };
    // The same where every name is looked at: the pattern is made once and not for each. PostgreSQL escapes so by itself.
    (PostgresWalk, $pattern:literal) => {
        concat!(
            "(lower(i.name) LIKE (SELECT lower(",
            $pattern,
            ")) OR lower(i.note) LIKE (SELECT lower(",
            $pattern,
            ")))"
        )
    };
}

/// Whether the status is among those of `$2`, none of which stands within another. Asking costs most of a walk along
/// invitations of another one: these functions make no pattern of each.
macro_rules! has_status {
    (Sqlite) => {
        concat!("instr($2, ", status!(), ") > 0")
    };
    ($postgres:ident) => {
        concat!("strpos($2, ", status!(), ") > 0")
    };
}

/// What a filter keeps: `$1` now, `$2` statuses or `all`, `$3` pattern, `$4` whether the pattern must not be found, `$5`
/// whether that is all, `$6` to `$15` more patterns and whether each must not be found.
macro_rules! matching {
    ($db:ident) => {
        concat!("i.deleted_at IS NULL AND ", kept!($db))
    };
}

/// The same, of what is known not to be deleted.
macro_rules! kept {
    ($db:ident) => {
        concat!(
            "($2 = 'all' OR ",
            has_status!($db),
            ") AND ",
            found!($db, "$3"),
            " <> $4 AND ($5 OR (",
            found!($db, "$6"),
            " <> $7 AND ",
            found!($db, "$8"),
            " <> $9 AND ",
            found!($db, "$10"),
            " <> $11 AND ",
            found!($db, "$12"),
            " <> $13 AND ",
            found!($db, "$14"),
            " <> $15))"
        )
    };
}

/// The keys that a filter keeps, in whatever order.
macro_rules! listed {
    // The planner can't see into it, expects that half is kept, and so begins along the names.
    (Postgres, WalkNames, $rank:literal, $index:literal) => {
        concat!("WITH listed AS NOT MATERIALIZED (SELECT i.id, i.name, ", $rank, " AS rank FROM invitation i WHERE i.deleted_at IS NULL AND CASE WHEN ", kept!(PostgresWalk), " THEN TRUE ELSE FALSE END), ")
    };
    ($db:ident, Walk, $rank:literal, $index:literal) => {
        concat!("WITH listed AS NOT MATERIALIZED (SELECT i.id, i.name, ", $rank, " AS rank FROM invitation i WHERE ", matching!($db), "), ")
    };
    ($db:ident, Gather, $rank:literal, $index:literal) => {
        concat!(
            "WITH kept AS MATERIALIZED (SELECT i.id FROM invitation i WHERE ", matching!($db), "), ",
            "listed AS MATERIALIZED (SELECT i.id, i.name, ", $rank, " AS rank FROM kept k CROSS JOIN invitation i WHERE i.id = k.id), "
        )
    };
    ($db:ident, Indexed, $rank:literal, $index:literal) => {
        concat!(
            "WITH kept AS MATERIALIZED (SELECT n.invitation_id AS id FROM invitation_search s CROSS JOIN invitation_number n WHERE n.number = s.rowid AND invitation_search MATCH ", $index, "), ",
            "listed AS MATERIALIZED (SELECT i.id, i.name, ", $rank, " AS rank FROM kept k CROSS JOIN invitation i WHERE i.id = k.id AND ", matching!($db), "), "
        )
    };
}

/// The window around `($21, $16, $17)`, or `($16, $17)` in the order of names: `$18` rows before it and `$19` from it on. What
/// the search index is asked for comes last.
macro_rules! window {
    ($db:ident, $way:ident, $rank:literal, $index:literal, $key:literal, $place:literal, $before:literal, $from:literal, $back:literal, $forth:literal, $whole:literal) => {
        concat!(
            listed!($db, $way, $rank, $index),
            "near_anchor AS (SELECT * FROM (SELECT l.*, CAST(0 AS BIGINT) AS side FROM listed l WHERE (", $key, ") ", $before, " (", $place, ") ORDER BY ", $back, " LIMIT $18) AS before_anchor UNION ALL ",
            "SELECT * FROM (SELECT l.*, CAST(1 AS BIGINT) AS side FROM listed l WHERE (", $key, ") ", $from, " (", $place, ") ORDER BY ", $forth, " LIMIT $19) AS after_anchor) ",
            "SELECT ", columns!(), ", k.side, (SELECT COUNT(*) FROM enrollment e WHERE e.invitation_id = i.id AND NOT e.done AND e.updated_at > $20 AND e.expires_at > $1) AS enrolling ",
            "FROM near_anchor k CROSS JOIN invitation i LEFT JOIN flow f ON f.id = i.flow_id WHERE i.id = k.id ORDER BY ", $whole,
        )
    };
}

macro_rules! by_name {
    (Postgres, Walk, $($rest:literal),+) => {
        by_name!(Postgres, WalkNames, $($rest),+)
    };
    ($db:ident, $way:ident, $before:literal, $from:literal, $back:literal, $forth:literal, $whole:literal) => {
        window!($db, $way, "CAST(0 AS BIGINT)", "$21", "name, id", "$16, $17", $before, $from, $back, $forth, $whole)
    };
}

macro_rules! by_rank {
    ($db:ident, $way:ident, $rank:literal, asc) => {
        window!(
            $db,
            $way,
            $rank,
            "$22",
            "rank, name, id",
            "$21, $16, $17",
            "<",
            ">=",
            "rank DESC, name DESC, id DESC",
            "rank, name, id",
            "k.rank, k.name, k.id"
        )
    };
    ($db:ident, $way:ident, $rank:literal, desc) => {
        window!(
            $db,
            $way,
            $rank,
            "$22",
            "rank, name, id",
            "$21, $16, $17",
            ">",
            "<=",
            "rank, name, id",
            "rank DESC, name DESC, id DESC",
            "k.rank DESC, k.name DESC, k.id DESC"
        )
    };
}

/// The text of each order.
macro_rules! windows {
    ($db:ident, $way:ident, $sort:expr) => {
        match ($sort.by, $sort.reverse) {
            (Order::Name, false) => by_name!($db, $way, "<", ">=", "name DESC, id DESC", "name, id", "k.name, k.id"),
            (Order::Name, true) => {
                by_name!($db, $way, ">", "<=", "name, id", "name DESC, id DESC", "k.name DESC, k.id DESC")
            }
            (Order::Flow, false) => by_rank!($db, $way, "i.flow_rank", asc),
            (Order::Flow, true) => by_rank!($db, $way, "i.flow_rank", desc),
            (Order::Expires, false) => by_rank!($db, $way, "i.expires_rank", asc),
            (Order::Expires, true) => by_rank!($db, $way, "i.expires_rank", desc),
            (Order::Uses, false) => by_rank!($db, $way, "i.uses", asc),
            (Order::Uses, true) => by_rank!($db, $way, "i.uses", desc),
            (Order::Created, false) => by_rank!($db, $way, "i.created_at", asc),
            (Order::Created, true) => by_rank!($db, $way, "i.created_at", desc),
            (Order::Creator, false) => by_rank!($db, $way, "i.created_by_name", asc),
            (Order::Creator, true) => by_rank!($db, $way, "i.created_by_name", desc),
        }
    };
}

/// Counting what a filter keeps, up to `$16`, from the name `$17` on, and the first name of what was counted. In an order of
/// names that is where a window onto that end begins, so that the way there is not walked twice.
macro_rules! count_along {
    ($from:literal, $order:literal, $end:literal) => {
        concat!(
            "SELECT COUNT(*), ",
            $end,
            "(name) FROM (SELECT i.name FROM invitation i WHERE ",
            matching!(Sqlite),
            " AND i.name ",
            $from,
            " $17 ORDER BY ",
            $order,
            " LIMIT $16) AS counted"
        )
    };
}

/// The same on PostgreSQL among the next `$18` names only, and the name behind those, where there are not enough.
macro_rules! count_near {
    ($from:literal, $order:literal, $end:literal) => {
        concat!(
            "WITH counted AS (SELECT COUNT(*) AS total, ",
            $end,
            "(name) AS first FROM (SELECT i.name FROM (SELECT name, id, note, expires, max_uses, uses, revoked_at FROM invitation WHERE deleted_at IS NULL AND name ",
            $from,
            " $17 ORDER BY ",
            $order,
            " LIMIT $18) AS i WHERE ",
            kept!(PostgresWalk),
            " LIMIT $16) AS few) SELECT total, first, CASE WHEN total < $16 THEN (SELECT name FROM invitation WHERE deleted_at IS NULL AND name ",
            $from,
            " $17 ORDER BY ",
            $order,
            " LIMIT 1 OFFSET $18) END FROM counted"
        )
    };
}

macro_rules! select {
    ($db:ident) => {
        concat!(
            "SELECT i.id, i.name, i.revoked_at IS NOT NULL FROM invitation i WHERE ",
            matching!($db),
            " ORDER BY i.name, i.id LIMIT $16"
        )
    };
}

/// Counting along the names, from the front or from the back, on SQLite.
pub(super) fn count_along(back: bool) -> &'static str {
    if back { count_along!("<=", "i.name DESC, i.id DESC", "MAX") } else { count_along!(">=", "i.name, i.id", "MIN") }
}

/// The same by its search index, which is asked for `$17`.
pub(super) const COUNT_INDEXED: &str = concat!(
    "SELECT COUNT(*), MIN(name) FROM (SELECT i.name FROM invitation_search s CROSS JOIN invitation_number n CROSS JOIN invitation i WHERE n.number = s.rowid AND i.id = n.invitation_id AND invitation_search MATCH $17 AND ",
    matching!(Sqlite),
    " LIMIT $16) AS counted"
);

/// Counting on PostgreSQL, not further than a short walk.
pub(super) fn count_near(back: bool) -> &'static str {
    if back { count_near!("<=", "name DESC, id DESC", "MAX") } else { count_near!(">=", "name, id", "MIN") }
}

/// Counting on PostgreSQL up to `$16`, in whatever way its planner likes best.
pub(super) const COUNT_ANYHOW: &str =
    concat!("SELECT COUNT(*) FROM (SELECT 1 FROM invitation i WHERE ", matching!(Postgres), " LIMIT $16) AS counted");

impl Text {
    pub(super) fn of(tx: &Tx) -> Self {
        match tx {
            Tx::Sqlite(_) => Self::Sqlite,
            Tx::Postgres(_) => Self::Postgres,
        }
    }

    pub(super) fn window(self, sort: Sort, way: Way) -> &'static str {
        match (self, way) {
            (Self::Sqlite, Way::Walk) => windows!(Sqlite, Walk, sort),
            (Self::Sqlite, Way::Gather) => windows!(Sqlite, Gather, sort),
            (Self::Sqlite, Way::Indexed) => windows!(Sqlite, Indexed, sort),
            (Self::Postgres, Way::Walk) => windows!(Postgres, Walk, sort),
            (Self::Postgres, Way::Gather | Way::Indexed) => windows!(Postgres, Gather, sort),
        }
    }

    pub(super) fn select(self) -> &'static str {
        match self {
            Self::Sqlite => select!(Sqlite),
            Self::Postgres => select!(Postgres),
        }
    }
}
