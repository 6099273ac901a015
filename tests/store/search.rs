//! Searching long lists: by an index where there is one, and the same rows in any case.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::event::Act;
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::{InvitationView, Settings, Status};
use guestlist::store::invitations::{self, Filter, How, Order, Place, Sort};
use guestlist::store::page::{Anchor, Page, Term};
use guestlist::store::{Store, events};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::support::fixture::{alice, invite, noon, read, settings, write};
use crate::support::stores::{Database, on_both};

async fn page(store: &Store, filter: &Filter, sort: Sort, anchor: Anchor<Place>, size: usize) -> Page<InvitationView> {
    read(store, async |tx| invitations::page(tx, filter, sort, noon(), &anchor, size).await.unwrap()).await
}

fn names(page: &Page<InvitationView>) -> Vec<String> {
    page.rows.iter().map(|row| row.invitation.settings.name.to_string()).collect()
}

fn search(text: &str) -> Filter {
    Filter { search: text.into(), ..Filter::default() }
}

/// Invitations with what searches trip over: upper case, quotes, wildcards, letters beyond ASCII, long notes.
async fn fill(store: &Store) {
    let notes =
        ["", "Wave 50%", r#"the "inner" circle"#, r"back\slash_", "Ärger mit Übermut", "a' OR 1=1 --", "x\ty", "ab"];
    for number in 0..64_u32 {
        let team = ["eng", "Eng", "sales", "ENG-core"][number as usize % 4];
        let note = notes[number as usize % notes.len()].repeat(if number % 9 == 0 { 40 } else { 1 });
        let expires = (number % 3 != 0).then(|| noon() + TimeDelta::hours(i64::from(number) - 30));
        let made =
            Settings { note, expires, max_uses: Some(1), ..settings(&format!("{team}-{:02}", number * 37 % 64)) };
        let id = InvitationId(clock::new_id());
        write(store, async |tx, act| {
            let act = Act { at: noon() - TimeDelta::minutes(i64::from(number)), ..*act };
            invitations::insert(tx, id, &made, &act).await.unwrap();
            match number % 7 {
                2 => assert!(invitations::set_revoked(tx, id, true, &act).await.unwrap()),
                3 => invitations::delete(tx, id, &act).await.unwrap(),
                4 => drop(invitations::claim_use(tx, id, None, &act).await.unwrap()),
                _ => {}
            }
        })
        .await;
    }
}

/// What a search should find, found without any SQL but the reading of everything.
fn kept(row: &InvitationView, filter: &Filter) -> bool {
    let it = &row.invitation;
    let contains = |text: &str| text.to_ascii_lowercase().contains(&filter.search.trim().to_ascii_lowercase());
    let found = contains(it.settings.name.as_str()) || contains(&it.settings.note);
    let status = filter.statuses.is_empty() || filter.statuses.contains(&it.status(noon()));
    let fits = |term: &Term| {
        let text = term.text.to_ascii_lowercase();
        let stands = |place: &str| place.to_ascii_lowercase().contains(&text);
        (stands(it.settings.name.as_str()) || stands(&it.settings.note)) == (term.how != How::Lacks)
    };
    status && found == (filter.how != How::Lacks) && filter.more.iter().all(fits)
}

/// Compares every search in every order, whole and in windows, with what it should find.
async fn check(store: &Store) {
    let texts = [
        "eng",
        "ENG-",
        "ng-core-1",
        "wave 50%",
        "\"inner\"",
        "h_",
        r"k\s",
        "Ärger",
        "bermut",
        "' OR",
        "x\ty",
        "ab",
        "NG",
        "-1",
        "ff",
        "--",
        "0%",
        "zq",
        "nothing",
    ];
    for by in [Order::Name, Order::Flow, Order::Expires, Order::Uses, Order::Created, Order::Creator] {
        for (index, text) in texts.into_iter().enumerate() {
            let sort = Sort { by, reverse: index % 2 == 1 };
            let every = page(store, &Filter::default(), sort, Anchor::First, 100).await;
            for filter in [
                search(text),
                Filter { statuses: vec![Status::Active, Status::Used], ..search(text) },
                Filter { how: How::Lacks, ..search(text) },
                Filter {
                    more: vec![
                        Term { text: "1".into(), how: How::Lacks },
                        Term { text: "E".into(), how: How::Contains },
                    ],
                    ..search(text)
                },
            ] {
                let expected: Vec<_> = every.rows.iter().filter(|row| kept(row, &filter)).collect();
                let expected: Vec<_> = expected.iter().map(|row| row.invitation.settings.name.to_string()).collect();
                let whole = page(store, &filter, sort, Anchor::First, 100).await;
                assert_eq!(
                    (names(&whole), whole.total),
                    (expected.clone(), expected.len() as u64),
                    "{sort:?} {filter:?}"
                );
                let last = page(store, &filter, sort, Anchor::Last, 3).await;
                assert_eq!(names(&last), expected[expected.len().saturating_sub(3)..], "{sort:?} {filter:?}");
                if let Some(row) = whole.rows.get(expected.len() / 2) {
                    let middle = page(store, &filter, sort, Anchor::Around(Place::of(row, by)), 2).await;
                    assert!(names(&middle).contains(&row.invitation.settings.name.to_string()), "{sort:?} {filter:?}");
                }
            }
        }
    }
}

/// Runs statements that the program itself has no use for.
async fn run(url: &str, statements: &'static str) {
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(url).await.unwrap();
        connection.execute(statements).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        connection.execute(statements).await.unwrap();
        connection.close().await.unwrap();
    }
}

on_both! {
    async fn a_search_finds_the_same_with_an_index_and_without(database: Database) {
        let store = Store::open(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        fill(&store).await;
        check(&store).await;
        if database.url.starts_with("postgres") {
            run(&database.url, "DROP INDEX invitation_search; DROP EXTENSION pg_trgm").await;
        } else {
            // May give every row that has no number of its own another one.
            run(&database.url, "DELETE FROM invitation WHERE rowid % 5 = 0; VACUUM").await;
        }
        check(&store).await;
    }

    async fn what_was_renamed_is_found_by_its_new_name_only(store: Store) {
        let id = invite(&store, &Settings { note: "spring".into(), ..settings("before") }).await;
        write(&store, async |tx, act| {
            let changed = Settings { note: "autumn".into(), ..settings("afterwards") };
            invitations::update(tx, id, 1, &changed, act).await.unwrap();
        })
        .await;
        for (text, expected) in [("before", 0), ("spring", 0), ("after", 1), ("utumn", 1)] {
            assert_eq!(page(&store, &search(text), Sort::default(), Anchor::First, 5).await.total, expected, "{text}");
        }
        write(&store, async |tx, act| invitations::delete(tx, id, act).await.unwrap()).await;
        assert_eq!(page(&store, &search("after"), Sort::default(), Anchor::First, 5).await.total, 0);
        write(&store, async |tx, act| invitations::undelete(tx, id, act).await.unwrap()).await;
        assert_eq!(page(&store, &search("after"), Sort::default(), Anchor::First, 5).await.total, 1);
    }

    async fn the_longest_name_and_note_fit_into_every_index(store: Store) {
        let longest = Settings { note: "🎫".repeat(500), ..settings(&"n".repeat(150)) };
        assert!(longest.note.len() == 2_000, "four bytes each");
        invite(&store, &longest).await;
        let found = page(&store, &search("🎫🎫🎫"), Sort::default(), Anchor::First, 5).await;
        assert_eq!(found.total, 1);
    }

    async fn counting_a_long_list_stops(database: Database) {
        let store = Store::open(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        let many = if database.url.starts_with("postgres") {
            "INSERT INTO invitation (id, name, fixed_data, note, created_by_name, created_at, updated_at) SELECT gen_random_uuid(), 'guest-' || i, '{}', '', 'alice', now(), now() FROM generate_series(10000, 20500) AS i"
        } else {
            "WITH RECURSIVE n(i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 20500) INSERT INTO invitation (id, name, fixed_data, note, created_by_name, created_at, updated_at) SELECT randomblob(16), 'guest-' || i, '{}', '', 'alice', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00' FROM n"
        };
        run(&database.url, many).await;
        for filter in [Filter::default(), search("guest-"), search("st")] {
            let found = page(&store, &filter, Sort::default(), Anchor::First, 2).await;
            assert_eq!((names(&found), found.total_text()), (vec!["guest-10000".into(), "guest-10001".into()], "2000+".into()));
        }
        let found = page(&store, &search("guest-2"), Sort { reverse: true, ..Sort::default() }, Anchor::First, 1).await;
        assert_eq!((names(&found), found.total_text()), (vec!["guest-20500".into()], "501".into()));
    }

    async fn what_stands_far_down_a_long_list_is_found_from_either_end(database: Database) {
        let store = Store::open(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        // Three clusters, each in an order of its own: a few that have it in their names, many before them that do not, and
        // more at the end than anybody looks at each.
        let many = if database.url.starts_with("postgres") {
            "INSERT INTO invitation (id, name, fixed_data, note, created_by_name, created_at, updated_at, revoked_at) SELECT gen_random_uuid(), (CASE WHEN i < 3 THEN 'eng-support-' WHEN i < 4000 THEN 'guest-' ELSE 'support-' END) || (i * 7919 % 20011), '{}', '', 'alice', now(), now(), CASE WHEN i % 2 = 0 THEN now() END FROM generate_series(1, 15000) AS i"
        } else {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000) INSERT INTO invitation (id, name, fixed_data, note, created_by_name, created_at, updated_at, revoked_at) SELECT randomblob(16), (CASE WHEN i < 3 THEN 'eng-support-' WHEN i < 4000 THEN 'guest-' ELSE 'support-' END) || (i * 7919 % 20011), '{}', '', 'alice', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', CASE WHEN i % 2 = 0 THEN '2026-01-01T00:00:00+00:00' END FROM n"
        };
        run(&database.url, many).await;
        let revoked = |text| Filter { statuses: vec![Status::Revoked], ..search(text) };
        let name = |i: u32| {
            let team = if i < 3 { "eng-support-" } else if i < 4000 { "guest-" } else { "support-" };
            format!("{team}{}", i * 7919 % 20_011)
        };
        for (filter, step) in [(search("support"), 1), (search("su"), 1), (search("UPP"), 1), (revoked("support"), 2)] {
            let kept = (1..=15_000).filter(|i| i % step == 0).map(name).filter(|name| name.contains("supp"));
            let mut kept: Vec<_> = kept.collect();
            kept.sort();
            for reverse in [false, true] {
                let sort = Sort { reverse, ..Sort::default() };
                let first = page(&store, &filter, sort, Anchor::First, 5).await;
                assert_eq!((names(&first), first.total_text()), (kept[..5].to_vec(), "2000+".into()), "{filter:?}");
                let last = page(&store, &filter, sort, Anchor::Last, 5).await;
                assert_eq!(names(&last), kept[kept.len() - 5..], "{filter:?} {reverse}");
                if !reverse {
                    let around = page(&store, &filter, sort, Anchor::Around(Place::named(kept[1].clone())), 2).await;
                    assert_eq!(names(&around), kept[..2], "{filter:?}");
                }
                kept.reverse();
            }
        }
    }

    async fn what_is_seldom_is_found_behind_many_that_look_alike(database: Database) {
        let store = Store::open(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        let many = if database.url.starts_with("postgres") {
            "INSERT INTO invitation (id, name, fixed_data, note, created_by_name, created_at, updated_at) SELECT gen_random_uuid(), 'guest-' || i, '{}', CASE WHEN i % 11000 = 0 THEN 'Rare Note' ELSE '' END, 'alice', now(), now() FROM generate_series(10000, 33500) AS i"
        } else {
            "WITH RECURSIVE n(i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 33500) INSERT INTO invitation (id, name, fixed_data, note, created_by_name, created_at, updated_at) SELECT randomblob(16), 'guest-' || i, '{}', CASE WHEN i % 11000 = 0 THEN 'Rare Note' ELSE '' END, 'alice', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00' FROM n"
        };
        run(&database.url, many).await;
        let fuzzy = |text| Filter { how: How::Fuzzy, ..search(text) };
        for (filter, expected) in [
            (search("t-335"), vec!["guest-33500"]),
            (search("E NOTE"), vec!["guest-11000", "guest-22000", "guest-33000"]),
            (search("e t-"), vec![]),
            (fuzzy("g33500"), vec!["guest-33500"]),
            (fuzzy("rt3"), vec![]),
            (fuzzy("zq"), vec![]),
        ] {
            for reverse in [false, true] {
                let found = page(&store, &filter, Sort { reverse, ..Sort::default() }, Anchor::First, 5).await;
                let mut names = names(&found);
                assert_eq!(names.len() as u64, found.total, "{filter:?}");
                names.sort();
                assert_eq!(names, expected, "{filter:?}");
            }
        }
    }

    async fn the_events_of_one_object_are_found_among_others(store: Store) {
        for name in ["one", "two"] {
            invite(&store, &settings(name)).await;
        }
        let by = alice();
        write(&store, async |tx, _| {
            let act = by.at(noon());
            let two = invitations::find_by_name(tx, "two").await.unwrap().unwrap().invitation.id;
            invitations::set_revoked(tx, two, true, &act).await.unwrap();
        })
        .await;
        let of = |name: &'static str| {
            let store = store.clone();
            async move {
                let object = events::Object("invitation", name);
                read(&store, async |tx| events::list_of(tx, object, 9).await.unwrap().len()).await
            }
        };
        assert!(of("two").await > of("one").await);
    }
}
