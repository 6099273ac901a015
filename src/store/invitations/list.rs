//! Invitations as a list: filtered, sorted, a window at a time.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::shelf::{self, Asked};
use super::text::{self, Text, Way};
use super::{InvitationRow, letters, read};
use crate::domain::flow::names;
use crate::domain::id::InvitationId;
use crate::domain::invitation::{InvitationView, Status};
use crate::store::db::{Query, Val};
use crate::store::page::{self, Anchor, COUNT_LIMIT, How, Page, Rank, Term, one_more};
use crate::store::{Result, Tx};

/// How long after their last step people count as "enrolling".
const STILL_ENROLLING: TimeDelta = TimeDelta::minutes(30);

/// Later than any expiry that can be written: where "never" stands in the order, as the column `expires_rank` has it.
const NEVER: DateTime<Utc> = DateTime::<Utc>::from_timestamp(253_402_300_799, 0).expect("a time in the year 9999");

/// So many names PostgreSQL looks at in one stretch.
const STRETCH: i64 = 20_000;

/// So many stretches are walked at most. What would not be found often enough on them is left to the planner.
const STRETCHES: i64 = 10;

/// Which invitations a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of one of these statuses; of any where there is none.
    pub statuses: Vec<Status>,
    /// Whether it contradicts itself, so that there are none.
    pub nothing: bool,
    /// What is looked for in their name and note, ignoring case.
    pub search: String,
    /// What it means to find it.
    pub how: How,
    /// What is looked for besides; at most [`MORE`] of them.
    pub more: Vec<Term>,
}

/// So many terms are looked for besides the text.
pub const MORE: usize = 5;

names!(
    /// What a list of invitations is sorted by.
    #[derive(Default)]
    Order {
        /// The name.
        #[default]
        Name = "name",
        /// Its flow's slug; those for any flow come first.
        Flow = "flow",
        /// When it ends; "never" comes last.
        Expires = "expires",
        /// How many have used it.
        Uses = "uses",
        /// When it was made.
        Created = "created",
        /// Who made it.
        Creator = "creator",
    }
);

/// How a list of invitations is sorted. What is equal is sorted by name.
pub type Sort = page::Sort<Order>;

/// A place in the list of invitations. It belongs to one order: places of two orders can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What the list is sorted by.
    pub rank: Rank,
    /// The name.
    pub name: String,
    /// The id, where two deleted invitations share a name.
    pub id: InvitationId,
}

impl Place {
    /// An invitation's place in an order.
    pub fn of(row: &InvitationView, by: Order) -> Self {
        let it = &row.invitation;
        let rank = match by {
            Order::Name => Rank::Name,
            Order::Flow => Rank::Text(row.flow_slug.as_ref().map(ToString::to_string).unwrap_or_default()),
            Order::Expires => Rank::Time(it.settings.expires.unwrap_or(NEVER)),
            Order::Uses => Rank::Number(it.uses.into()),
            Order::Created => Rank::Time(it.created_at),
            Order::Creator => Rank::Text(it.created_by_name.clone()),
        };
        Self { rank, name: it.settings.name.to_string(), id: it.id }
    }

    /// The place of a name in the order of names.
    pub fn named(name: impl Into<String>) -> Self {
        Self { rank: Rank::Name, name: name.into(), id: InvitationId(Uuid::nil()) }
    }

    /// The place before or after every other one.
    fn end(by: Order, last: bool) -> Self {
        let rank = match by {
            Order::Name => Rank::Name,
            Order::Uses => Rank::Number(if last { i64::MAX } else { i64::MIN }),
            Order::Flow | Order::Creator => Rank::Text(if last { "\u{10ffff}" } else { "" }.to_owned()),
            Order::Expires | Order::Created => Rank::Time(if last { NEVER } else { DateTime::UNIX_EPOCH }),
        };
        let (name, id) = if last { ("\u{10ffff}", Uuid::max()) } else { ("", Uuid::nil()) };
        Self { rank, name: name.to_owned(), id: InvitationId(id) }
    }
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    row: InvitationRow,
    enrolling: i64,
    side: i64,
}

impl Filter {
    /// The first arguments of every query: `$1` to `$15`.
    fn arguments(&self, now: DateTime<Utc>) -> Vec<Val> {
        let statuses = self.statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>().join(" ");
        let statuses = if statuses.is_empty() { "all".to_owned() } else { statuses };
        let text = Term { text: self.search.clone(), how: self.how };
        let mut args: Vec<Val> = vec![now.into(), statuses.into()];
        args.extend(text.arguments());
        args.push(self.more.is_empty().into());
        let nothing = Term::default();
        args.extend((0..MORE).flat_map(|place| self.more.get(place).unwrap_or(&nothing).arguments()));
        args
    }

    fn keeps_all(&self) -> bool {
        self.statuses.is_empty() && self.search.trim().is_empty() && self.more.is_empty()
    }

    /// Whether it keeps only what has a text, so that an index may find it.
    fn looks_for_text(&self) -> bool {
        let text = self.how != How::Lacks && !self.search.trim().is_empty();
        text || self.more.iter().any(|term| term.how != How::Lacks)
    }

    /// What SQLite's search index is asked for.
    async fn asked(&self, tx: &mut Tx) -> Result<Asked> {
        if self.how == How::Contains { shelf::asked(tx, &self.search).await } else { Ok(Asked::Nothing) }
    }
}

/// What a filter keeps.
struct Counted {
    /// How many, up to [`COUNT_LIMIT`].
    total: i64,
    /// The name before which (from the back: after which) there is none, where that is known.
    begin: Option<String>,
    /// What SQLite's search index is asked for, where it finds little enough to look at each.
    indexed: Option<String>,
}

/// Counts what a filter keeps from the front or from the back of the names; none where it keeps nothing.
async fn count(tx: &mut Tx, filter: &Filter, now: DateTime<Utc>, back: bool) -> Result<Option<Counted>> {
    match tx {
        Tx::Sqlite(_) => count_by_index(tx, filter, now, back).await,
        Tx::Postgres(_) => count_by_walk(tx, filter, now, back).await,
    }
}

/// The same on SQLite, whose search index tells whether it finds little.
async fn count_by_index(tx: &mut Tx, filter: &Filter, now: DateTime<Utc>, back: bool) -> Result<Option<Counted>> {
    let (indexed, found) = match filter.asked(tx).await? {
        Asked::Absent => return Ok(None),
        Asked::Nothing => (None, None),
        Asked::Query(query) if shelf::is_short(tx, &query).await? => (Some(query), None),
        // What is found first is found by the index, the others along the names.
        Asked::Query(query) => (None, shelf::begin(tx, &query, back).await?),
    };
    let mut args = filter.arguments(now);
    args.push(COUNT_LIMIT.into());
    args.push(match &indexed {
        Some(query) => query.clone().into(),
        None => found.unwrap_or_else(|| Place::end(Order::Name, back).name).into(),
    });
    let text = if indexed.is_some() { text::COUNT_INDEXED } else { text::count_along(back) };
    let (total, first): (i64, Option<String>) = tx.one(Query { text, args }).await?;
    let Some(first) = first else { return Ok(None) };
    let begin = match &indexed {
        Some(query) if total >= COUNT_LIMIT => shelf::begin(tx, query, back).await?,
        Some(_) => None,
        None => Some(first),
    };
    Ok(Some(Counted { total, begin, indexed }))
}

/// The same on PostgreSQL: a walk in short stretches, from one shelf on which something may be found to the next. A text that is
/// found seldom on the way is left to the planner, which has an index for it.
async fn count_by_walk(tx: &mut Tx, filter: &Filter, now: DateTime<Utc>, back: bool) -> Result<Option<Counted>> {
    let letters = letters::asked(filter);
    let stretch = if filter.looks_for_text() { STRETCH } else { i64::MAX };
    let mut from = letters::next(tx, &letters, back, Place::end(Order::Name, back).name).await?;
    let (mut total, mut begin, mut stretches) = (0, None, 0);
    while let Some(here) = from {
        let mut args = filter.arguments(now);
        args.extend([(COUNT_LIMIT - total).into(), here.into(), stretch.into()]);
        let count = Query { text: text::count_near(back), args };
        let (found, first, next): (i64, Option<String>, Option<String>) = tx.one(count).await?;
        (total, begin, stretches) = (total + found, begin.or(first), stretches + 1);
        from = match next {
            Some(next) if total < COUNT_LIMIT => letters::next(tx, &letters, back, next).await?,
            _ => None,
        };
        let seldom = stretches == STRETCHES || total * STRETCHES < COUNT_LIMIT * stretches;
        if from.is_some() && seldom {
            let mut args = filter.arguments(now);
            args.push(COUNT_LIMIT.into());
            (total,) = tx.one(Query { text: text::COUNT_ANYHOW, args }).await?;
            begin = begin.or(from);
            break;
        }
    }
    Ok((total > 0).then_some(Counted { total, begin, indexed: None }))
}

/// A window onto the invitations.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    now: DateTime<Utc>,
    anchor: &Anchor<Place>,
    size: usize,
) -> Result<Page<InvitationView>> {
    if filter.nothing {
        return Ok(Page::join(Vec::new(), (0, 0), 0));
    }
    let back = (*anchor == Anchor::Last) != sort.reverse;
    let mut place = match anchor {
        Anchor::Around(place) => place.clone(),
        Anchor::First | Anchor::Last => Place::end(sort.by, back),
    };
    let (before, after) = anchor.limits(size);
    let text = Text::of(tx);
    let Some(Counted { total, begin, indexed }) = count(tx, filter, now, back).await? else {
        return Ok(Page::join(Vec::new(), (before, after), 0));
    };
    let at_an_end = !matches!(anchor, Anchor::Around(_));
    if let Some(begin) = begin.filter(|_| sort.by == Order::Name && at_an_end) {
        place.name = begin;
    }
    let way = match indexed {
        _ if filter.keeps_all() || total >= COUNT_LIMIT => Way::Walk,
        Some(_) => Way::Indexed,
        None => Way::Gather,
    };
    let mut args = filter.arguments(now);
    // At an end there is nothing on one side, and nobody need look for it.
    let [before_most, after_most] =
        [before, after].map(|limit| if limit == 0 && at_an_end { 0 } else { one_more(limit) });
    args.extend([place.name.into(), place.id.0.into(), before_most.into(), after_most.into()]);
    args.push((now - STILL_ENROLLING).into());
    match place.rank {
        Rank::Name => {}
        Rank::Number(number) => args.push(number.into()),
        Rank::Text(text) => args.push(text.into()),
        Rank::Time(time) => args.push(time.into()),
    }
    if way == Way::Indexed {
        args.extend(indexed.map(Val::from));
    }
    let rows: Vec<ListedRow> = tx.all(Query { text: text.window(sort, way), args }).await?;
    let rows = rows
        .into_iter()
        .map(|listed| Ok((listed.side, read(listed.row, listed.enrolling)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::join(rows, (before, after), total))
}

/// The ids and names of what a filter keeps, by name, and whether each is revoked; at most so many.
pub async fn select(
    tx: &mut Tx,
    filter: &Filter,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<(InvitationId, String, bool)>> {
    if filter.nothing {
        return Ok(Vec::new());
    }
    let mut args = filter.arguments(now);
    args.push((one_more(most) - 1).into());
    let rows: Vec<(Uuid, String, bool)> = tx.all(Query { text: Text::of(tx).select(), args }).await?;
    Ok(rows.into_iter().map(|(id, name, revoked)| (InvitationId(id), name, revoked)).collect())
}
