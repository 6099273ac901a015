//! Users as a list: filtered, sorted, a window at a time.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{SEPARATOR, ViewRow, view};
use crate::domain::flow::names;
use crate::domain::user::{User, UserView};
use crate::store::db::{Query, Val};
use crate::store::page::{self, Anchor, Page, Place, Rank, Term, one_more, term_arguments, terms};
use crate::store::{Result, Tx};

/// Which users a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those that can sign in, or that can't.
    pub active: Option<bool>,
    /// What is looked for in user name, name and address; with a slash in it in the path too.
    pub terms: Vec<Term>,
}

names!(
    /// What a list of users is sorted by.
    #[derive(Default)]
    Order {
        /// The user name.
        #[default]
        Username = "username",
        /// The name.
        Name = "name",
        /// The path.
        Path = "path",
        /// When they last signed in; who never did comes first.
        LastLogin = "login",
    }
);

/// How a list of users is sorted. What is equal is sorted by user name.
pub type Sort = page::Sort<Order>;

/// Later than any time of a login.
const NEVER_YET: DateTime<Utc> = DateTime::<Utc>::from_timestamp(253_402_300_799, 0).expect("a time in the year 9999");

/// A user's place in an order, as the columns that end in `_rank` have it.
pub fn place(user: &User, by: Order) -> Place {
    let rank = match by {
        Order::Username => Rank::Name,
        Order::Name => Rank::Text(user.name.to_ascii_lowercase()),
        Order::Path => Rank::Text(user.path.to_ascii_lowercase()),
        Order::LastLogin => Rank::Time(user.last_login.unwrap_or(DateTime::UNIX_EPOCH)),
    };
    Place { rank, name: user.username.key() }
}

/// The place before or after every other one.
fn end(by: Order, last: bool) -> Place {
    let text = || if last { "\u{10ffff}" } else { "" }.to_owned();
    let rank = match by {
        Order::Username => Rank::Name,
        Order::Name | Order::Path => Rank::Text(text()),
        Order::LastLogin => Rank::Time(if last { NEVER_YET } else { DateTime::UNIX_EPOCH }),
    };
    Place { rank, name: text() }
}

/// Where a pattern is looked for. Every path is one of many: only a pattern with a slash means it.
macro_rules! found {
    ($pattern:literal) => {
        concat!(
            "lower(u.username) LIKE lower(",
            $pattern,
            ") ESCAPE '\\' OR lower(u.name) LIKE lower(",
            $pattern,
            ") ESCAPE '\\' OR lower(u.email) LIKE lower(",
            $pattern,
            ") ESCAPE '\\' OR (",
            $pattern,
            " LIKE '%/%' AND lower('/' || u.path) LIKE lower(",
            $pattern,
            ") ESCAPE '\\')"
        )
    };
}

/// What a filter keeps: terms, and `$9` whether those are wanted that can sign in: `yes`, `no` or `all`.
macro_rules! matching {
    () => {
        concat!("($9 = 'all' OR u.is_active = ($9 = 'yes')) AND ", terms!(found))
    };
}

/// The window around a place: `$10` parts the names of groups, `$11` is the user name, `$12` and `$13` how many rows before
/// it and from it on, `$14` what it is sorted by.
macro_rules! window {
    ($rank:literal, $key:literal, $place:literal, $before:literal, $from:literal, $back:literal, $forth:literal) => {
        concat!(
            "WITH listed AS NOT MATERIALIZED (SELECT ",
            columns!(),
            ", ",
            $rank,
            " AS rank FROM user_account u WHERE ",
            matching!(),
            "), ",
            "near_anchor AS (SELECT * FROM (SELECT l.*, CAST(0 AS BIGINT) AS side FROM listed l WHERE (",
            $key,
            ") ",
            $before,
            " (",
            $place,
            ") ORDER BY ",
            $back,
            " LIMIT $12) AS before_anchor UNION ALL ",
            "SELECT * FROM (SELECT l.*, CAST(1 AS BIGINT) AS side FROM listed l WHERE (",
            $key,
            ") ",
            $from,
            " (",
            $place,
            ") ORDER BY ",
            $forth,
            " LIMIT $13) AS after_anchor) ",
            "SELECT u.*, ",
            beside!("$10"),
            " FROM near_anchor u ORDER BY ",
            $forth,
        )
    };
}

macro_rules! by_name {
    (asc) => {
        window!("CAST(0 AS BIGINT)", "username_key", "$11", "<", ">=", "username_key DESC", "username_key")
    };
    (desc) => {
        window!("CAST(0 AS BIGINT)", "username_key", "$11", ">", "<=", "username_key", "username_key DESC")
    };
}

macro_rules! by_rank {
    ($rank:literal, asc) => {
        window!(
            $rank,
            "rank, username_key",
            "$14, $11",
            "<",
            ">=",
            "rank DESC, username_key DESC",
            "rank, username_key"
        )
    };
    ($rank:literal, desc) => {
        window!(
            $rank,
            "rank, username_key",
            "$14, $11",
            ">",
            "<=",
            "rank, username_key",
            "rank DESC, username_key DESC"
        )
    };
}

fn text(sort: Sort) -> &'static str {
    match (sort.by, sort.reverse) {
        (Order::Username, false) => by_name!(asc),
        (Order::Username, true) => by_name!(desc),
        (Order::Name, false) => by_rank!("u.name_rank", asc),
        (Order::Name, true) => by_rank!("u.name_rank", desc),
        (Order::Path, false) => by_rank!("u.path_rank", asc),
        (Order::Path, true) => by_rank!("u.path_rank", desc),
        (Order::LastLogin, false) => by_rank!("u.last_login_rank", asc),
        (Order::LastLogin, true) => by_rank!("u.last_login_rank", desc),
    }
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    view: ViewRow,
    side: i64,
}

/// A window onto the users.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    anchor: &Anchor<Place>,
    size: usize,
) -> Result<Page<UserView>> {
    let place = match anchor {
        Anchor::First => end(sort.by, sort.reverse),
        Anchor::Last => end(sort.by, !sort.reverse),
        Anchor::Around(place) => place.clone(),
    };
    let (before, after) = anchor.limits(size);
    let mut kept: Vec<Val> = term_arguments(&filter.terms);
    kept.push(filter.active.map_or("all", |active| if active { "yes" } else { "no" }).into());
    let mut args = kept.clone();
    args.extend([SEPARATOR.into(), place.name.into(), one_more(before).into(), one_more(after).into()]);
    match place.rank {
        Rank::Name => {}
        Rank::Number(number) => args.push(number.into()),
        Rank::Text(text) => args.push(text.into()),
        Rank::Time(time) => args.push(time.into()),
    }
    let rows: Vec<ListedRow> = tx.all(Query { text: text(sort), args }).await?;
    let count = concat!("SELECT COUNT(*) FROM user_account u WHERE ", matching!());
    let (total,): (i64,) = tx.one(Query { text: count, args: kept }).await?;
    let rows = rows.into_iter().map(|listed| Ok((listed.side, view(listed.view)?))).collect::<Result<Vec<_>>>()?;
    Ok(Page::join(rows, (before, after), total))
}
