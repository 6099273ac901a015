//! Windows onto long lists.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::enrollment::{Context, Enrollment, Session};
use guestlist::domain::event::Act;
use guestlist::domain::flow::Flow;
use guestlist::domain::id::{EnrollmentId, InvitationId};
use guestlist::domain::invitation::{InvitationView, Settings, Status};
use guestlist::domain::slug::Slug;
use guestlist::domain::user::UserView;
use guestlist::store::invitations::{self, Filter, How, Order, Place, Sort};
use guestlist::store::page::{self, Anchor, Page, Term};
use guestlist::store::{self, Store, enrollments, groups, sessions, users};

use crate::support::fixture::{add_user, group, invite, making, noon, read, settings, two_pages, user, write};
use crate::support::stores::on_both;

fn names(page: &Page<InvitationView>) -> Vec<&str> {
    page.rows.iter().map(|row| row.invitation.settings.name.as_str()).collect()
}

async fn window(store: &Store, filter: &Filter, anchor: Anchor<Place>, size: usize) -> Page<InvitationView> {
    read(store, async |tx| invitations::page(tx, filter, Sort::default(), noon(), &anchor, size).await.unwrap()).await
}

fn around(name: &str) -> Anchor<Place> {
    Anchor::Around(Place::named(name))
}

fn search(text: &str) -> Filter {
    Filter { search: text.into(), ..Filter::default() }
}

on_both! {
    async fn a_window_shows_the_beginning_the_end_or_what_lies_around_a_place(store: Store) {
        for name in ["d", "b", "a", "e", "c"] {
            invite(&store, &settings(name)).await;
        }
        let every = Filter::default();
        let first = window(&store, &every, Anchor::First, 2).await;
        assert_eq!((names(&first), first.more_before, first.more_after, first.total), (vec!["a", "b"], false, true, 5));
        let last = window(&store, &every, Anchor::Last, 2).await;
        assert_eq!((names(&last), last.more_before, last.more_after), (vec!["d", "e"], true, false));
        let middle = window(&store, &every, around("c"), 2).await;
        assert_eq!((names(&middle), middle.more_before, middle.more_after), (vec!["b", "c"], true, true));
        let gone = window(&store, &every, around("bb"), 2).await;
        assert_eq!(names(&gone), ["b", "c"]);
        let whole = window(&store, &every, Anchor::Last, 5).await;
        assert_eq!((whole.rows.len(), whole.more_before, whole.more_after), (5, false, false));
    }

    async fn names_sort_alike_on_both_databases(store: Store) {
        for name in ["b", "B", "_", "a-b", "a_b", "ab", "9"] {
            invite(&store, &settings(name)).await;
        }
        let page = window(&store, &Filter::default(), Anchor::First, 10).await;
        assert_eq!(names(&page), ["9", "B", "_", "a-b", "a_b", "ab", "b"]);
    }

    async fn an_empty_list_is_an_empty_page(store: Store) {
        for anchor in [Anchor::First, Anchor::Last, around("x")] {
            let page = window(&store, &Filter::default(), anchor, 10).await;
            assert_eq!((page.rows.len(), page.more_before, page.more_after, page.total), (0, false, false, 0));
        }
    }

    async fn a_search_takes_wildcards_literally_and_ignores_case(store: Store) {
        invite(&store, &Settings { note: "100% sure".into(), ..settings("plain") }).await;
        invite(&store, &Settings { note: r"back\slash Ärger".into(), ..settings("under_score") }).await;
        for (text, expected) in [
            ("%", vec!["plain"]),
            ("_", vec!["under_score"]),
            (r"\", vec!["under_score"]),
            ("PLAIN", vec!["plain"]),
            ("SURE", vec!["plain"]),
            ("Ärger", vec!["under_score"]),
            ("", vec!["plain", "under_score"]),
            ("'; DROP TABLE invitation; --", vec![]),
        ] {
            let page = window(&store, &search(text), Anchor::First, 10).await;
            assert_eq!(names(&page), expected, "{text}");
            assert_eq!(page.total, expected.len() as u64, "{text}");
        }
    }

    async fn a_window_with_a_filter_stays_around_its_place(store: Store) {
        for name in ["a-1", "a-2", "b-1", "b-2", "b-3"] {
            let id = invite(&store, &settings(name)).await;
            if name.ends_with('2') {
                write(&store, async |tx, act| invitations::set_revoked(tx, id, true, act).await.unwrap()).await;
            }
        }
        let active_b = Filter { statuses: vec![Status::Active], ..search("b-") };
        let page = window(&store, &active_b, around("b-2"), 2).await;
        assert_eq!((names(&page), page.more_before, page.more_after, page.total), (vec!["b-1", "b-3"], false, false, 2));
    }

    async fn a_filter_takes_several_statuses_text_that_is_lacking_and_letters_in_order(store: Store) {
        for name in ["eng-jane", "eng-bob", "sales-joe"] {
            invite(&store, &Settings { note: "100%".into(), ..settings(name) }).await;
        }
        let id = invite(&store, &Settings { expires: Some(noon()), ..settings("old-jane") }).await;
        let bob = read(&store, async |tx| invitations::find_by_name(tx, "eng-bob").await.unwrap().unwrap()).await;
        write(&store, async |tx, act| {
            assert!(invitations::set_revoked(tx, bob.invitation.id, true, act).await.unwrap());
            assert!(!invitations::set_revoked(tx, bob.invitation.id, true, act).await.unwrap());
        })
        .await;
        let either = Filter { statuses: vec![Status::Expired, Status::Revoked], ..Filter::default() };
        assert_eq!(names(&window(&store, &either, Anchor::First, 9).await), ["eng-bob", "old-jane"]);
        for (how, text, expected) in [
            (How::Lacks, "ENG", vec!["old-jane", "sales-joe"]),
            (How::Lacks, "%", vec!["old-jane"]),
            (How::Lacks, " ", vec!["eng-bob", "eng-jane", "old-jane", "sales-joe"]),
            (How::Fuzzy, "EJN", vec!["eng-jane"]),
            (How::Fuzzy, "1%", vec!["eng-bob", "eng-jane", "sales-joe"]),
            (How::Fuzzy, "", vec!["eng-bob", "eng-jane", "old-jane", "sales-joe"]),
        ] {
            let filter = Filter { how, ..search(text) };
            let page = window(&store, &filter, Anchor::First, 9).await;
            assert_eq!((names(&page), page.total), (expected.clone(), expected.len() as u64), "{how:?} {text}");
            let chosen = read(&store, async |tx| invitations::select(tx, &filter, noon(), 9).await.unwrap()).await;
            assert_eq!(chosen.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>(), expected);
        }
        let first = read(&store, async |tx| invitations::select(tx, &either, noon(), 1).await.unwrap()).await;
        assert_eq!(first, [(bob.invitation.id, "eng-bob".to_owned(), true)]);
        assert!(id != bob.invitation.id);
    }

    async fn a_list_is_walked_in_every_order_from_either_end(store: Store) {
        for (number, name) in ["d", "b", "a", "e", "c"].into_iter().enumerate() {
            let number = i64::try_from(number).unwrap();
            let expires = (number % 2 == 0).then(|| noon() + TimeDelta::microseconds(number + 1));
            let id = InvitationId(clock::new_id());
            let made = Settings { expires, max_uses: None, ..settings(name) };
            write(&store, async |tx, act| {
                let act = Act { at: noon() + TimeDelta::microseconds(number * 400_000), ..*act };
                invitations::insert(tx, id, &made, &act).await.unwrap();
                for _ in 0..number / 2 {
                    assert!(invitations::claim_use(tx, id, None, &Act { at: noon(), ..act }).await.unwrap());
                }
            })
            .await;
        }
        for (by, expected) in [
            (Order::Name, ["a", "b", "c", "d", "e"]),
            (Order::Expires, ["d", "a", "c", "b", "e"]),
            (Order::Created, ["d", "b", "a", "e", "c"]),
            (Order::Uses, ["b", "d", "a", "e", "c"]),
            // All by the same person: then the name decides.
            (Order::Creator, ["a", "b", "c", "d", "e"]),
        ] {
            for reverse in [false, true] {
                let sort = Sort { by, reverse };
                let page = async |anchor: Anchor<Place>, size| {
                    let every = Filter::default();
                    read(&store, async |tx| invitations::page(tx, &every, sort, noon(), &anchor, size).await.unwrap()).await
                };
                let mut expected = expected.to_vec();
                if reverse {
                    expected.reverse();
                }
                let whole = page(Anchor::First, 9).await;
                assert_eq!(names(&whole), expected, "{sort:?}");
                assert_eq!(names(&page(Anchor::First, 2).await), expected[..2], "{sort:?}");
                assert_eq!(names(&page(Anchor::Last, 2).await), expected[3..], "{sort:?}");
                for (index, row) in whole.rows.iter().enumerate().skip(1) {
                    let around = page(Anchor::Around(Place::of(row, by)), 2).await;
                    assert_eq!(names(&around), expected[index - 1..=index], "{sort:?}");
                    assert_eq!((around.more_before, around.more_after), (index > 1, index < 4), "{sort:?}");
                }
            }
        }
    }

    async fn the_order_of_flows_follows_what_they_are_called(store: Store) {
        let mut flows = Vec::new();
        for slug in ["beta", "alpha"] {
            flows.push(making(slug).invitation().insert(&store).await);
        }
        let of = |flow: Option<usize>, name: &str| Settings { flow: flow.map(|it| flows[it].id), ..settings(name) };
        let mut ids = Vec::new();
        for (flow, name) in [(Some(0), "a"), (Some(1), "b"), (None, "c"), (Some(0), "d")] {
            ids.push(invite(&store, &of(flow, name)).await);
        }
        let listed = async |expected: [&str; 4]| {
            for reverse in [false, true] {
                let sort = Sort { by: Order::Flow, reverse };
                let mut expected = expected.to_vec();
                if reverse {
                    expected.reverse();
                }
                let page = async |anchor: Anchor<Place>| {
                    let every = Filter::default();
                    read(&store, async |tx| invitations::page(tx, &every, sort, noon(), &anchor, 4).await.unwrap()).await
                };
                let whole = page(Anchor::First).await;
                assert_eq!(names(&whole), expected);
                let around = page(Anchor::Around(Place::of(&whole.rows[2], Order::Flow))).await;
                assert_eq!(names(&around), expected);
            }
        };
        listed(["c", "b", "a", "d"]).await;
        let renamed = Flow { slug: Slug::parse("zeta").unwrap(), ..flows[1].clone() };
        write(&store, async |tx, act| store::flows::update(tx, &renamed, act).await.unwrap()).await;
        listed(["c", "a", "d", "b"]).await;
        write(&store, async |tx, act| invitations::update(tx, ids[0], 1, &of(None, "a"), act).await.unwrap()).await;
        write(&store, async |tx, act| invitations::update(tx, ids[2], 1, &of(Some(0), "c"), act).await.unwrap()).await;
        listed(["a", "c", "d", "b"]).await;
    }

    async fn the_list_tells_how_many_are_enrolling_right_now(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let cases: [(u8, i64, bool); 4] = [(1, 0, false), (2, 29, false), (3, 31, false), (4, 0, true)];
        write(&store, async |tx, _| {
            for (byte, minutes_ago, done) in cases {
                let session = Session { token_hash: vec![byte; 32], user: None, expires_at: noon() + TimeDelta::days(1) };
                sessions::insert(tx, &session, noon()).await.unwrap();
                let moved = noon() - TimeDelta::minutes(minutes_ago);
                let enrollment = Enrollment {
                    id: EnrollmentId(clock::new_id()),
                    session: session.token_hash,
                    flow: flow.id,
                    invitation: Some(id),
                    plan: vec![],
                    position: 0,
                    context: Context::default(),
                    done,
                    created_at: moved,
                    updated_at: moved,
                    expires_at: noon() + TimeDelta::days(1),
                };
                enrollments::replace(tx, &enrollment).await.unwrap();
            }
        })
        .await;
        assert_eq!(window(&store, &Filter::default(), Anchor::First, 1).await.rows[0].enrolling, 2);
    }

    async fn users_are_listed_by_name_ignoring_case_and_found_by_name_or_address(store: Store) {
        for (name, email) in [("Zoë", ""), ("adam", "first@example.com"), ("Bob", ""), ("carl_x", "")] {
            add_user(&store, &guestlist::domain::user::User { email: email.into(), ..user(name) }).await;
        }
        let page = async |text: &str, anchor: Anchor<page::Place>, size| {
            let filter = users::Filter { terms: vec![Term::contains(text)], ..users::Filter::default() };
            let sort = users::Sort::default();
            let page = read(&store, async |tx| users::page(tx, &filter, sort, &anchor, size).await.unwrap()).await;
            page.rows.into_iter().map(|row| row.user.username.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(page("", Anchor::First, 10).await, ["adam", "Bob", "carl_x", "Zoë"]);
        assert_eq!(page("", Anchor::Last, 1).await, ["Zoë"]);
        assert_eq!(page("", Anchor::Around(page::Place::named("bob")), 2).await, ["adam", "Bob"]);
        assert_eq!(page("FIRST@", Anchor::First, 10).await, ["adam"]);
        assert_eq!(page("zoë", Anchor::First, 10).await, ["Zoë"]);
        assert_eq!(page("_", Anchor::First, 10).await, ["carl_x"]);
    }

    async fn groups_are_listed_with_the_number_of_their_members(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        write(&store, async |tx, act| {
            for name in ["staff", "guests"] {
                let group = group(name);
                groups::insert(tx, &group, act).await.unwrap();
                groups::add_member(tx, group.id, jane.id).await.unwrap();
            }
            groups::insert(tx, &group("empty"), act).await.unwrap();
        })
        .await;
        let page = read(&store, async |tx| groups::page(tx, &[], groups::Sort::default(), &Anchor::First, 2).await.unwrap()).await;
        let rows: Vec<_> = page.rows.iter().map(|row| (row.group.name.as_str(), row.member_count)).collect();
        assert_eq!((rows, page.more_after, page.total), (vec![("empty", 0), ("guests", 1)], true, 3));
        let page = read(&store, async |tx| groups::page(tx, &[Term::contains("STAFF")], groups::Sort::default(), &Anchor::Last, 2).await.unwrap()).await;
        assert_eq!((page.rows.len(), page.more_before), (1, false));
        let sort = groups::Sort { by: groups::Order::Members, reverse: true };
        let page = read(&store, async |tx| groups::page(tx, &[], sort, &Anchor::First, 9).await.unwrap()).await;
        let rows: Vec<_> = page.rows.iter().map(|row| row.group.name.as_str()).collect();
        assert_eq!(rows, ["staff", "guests", "empty"]);
        let terms = [Term { text: "st".into(), how: How::Lacks }, Term { text: "ety".into(), how: How::Fuzzy }];
        let page = read(&store, async |tx| groups::page(tx, &terms, sort, &Anchor::First, 9).await.unwrap()).await;
        assert_eq!((page.rows[0].group.name.as_str(), page.total), ("empty", 1));
    }

    async fn users_are_sorted_by_each_order_from_both_ends_and_from_the_middle(store: Store) {
        for (number, (name, full, path)) in
            [("ann", "zoe", "users"), ("bob", "Adam", "teams/b"), ("cid", "adam", "Teams"), ("dan", "", "users")].into_iter().enumerate()
        {
            let last_login = (number % 2 == 1).then(|| noon() - TimeDelta::days(i64::try_from(number).unwrap()));
            let it = guestlist::domain::user::User {
                name: full.into(),
                path: path.into(),
                last_login,
                ..user(name)
            };
            add_user(&store, &it).await;
        }
        for (by, expected) in [
            (users::Order::Username, ["ann", "bob", "cid", "dan"]),
            (users::Order::Name, ["dan", "bob", "cid", "ann"]),
            (users::Order::Path, ["cid", "bob", "ann", "dan"]),
            (users::Order::LastLogin, ["ann", "cid", "dan", "bob"]),
        ] {
            for reverse in [false, true] {
                let sort = users::Sort { by, reverse };
                let page = async |anchor: Anchor<page::Place>, size| {
                    let every = users::Filter::default();
                    read(&store, async |tx| users::page(tx, &every, sort, &anchor, size).await.unwrap()).await
                };
                let names = |page: &Page<UserView>| -> Vec<String> {
                    page.rows.iter().map(|row| row.user.username.to_string()).collect()
                };
                let mut expected = expected.to_vec();
                if reverse {
                    expected.reverse();
                }
                let whole = page(Anchor::First, 9).await;
                assert_eq!(names(&whole), expected, "{sort:?}");
                assert_eq!(names(&page(Anchor::Last, 2).await), expected[2..], "{sort:?}");
                for (index, row) in whole.rows.iter().enumerate().skip(1) {
                    let around = page(Anchor::Around(users::place(&row.user, by)), 2).await;
                    assert_eq!(names(&around), expected[index - 1..=index], "{sort:?}");
                }
            }
        }
    }

    async fn users_are_filtered_by_path_by_whether_they_can_sign_in_and_by_several_terms(store: Store) {
        for (name, path, is_active) in
            [("ann", "users", true), ("bob", "teams/red", true), ("ben", "teams", false), ("teamster", "users", true)]
        {
            let it = guestlist::domain::user::User { path: path.into(), is_active, ..user(name) };
            add_user(&store, &it).await;
        }
        let found = async |active: Option<bool>, terms: &[(How, &str)]| {
            let terms = terms.iter().map(|(how, text)| Term { text: (*text).to_owned(), how: *how }).collect();
            let filter = users::Filter { active, terms };
            let sort = users::Sort::default();
            let page = read(&store, async |tx| users::page(tx, &filter, sort, &Anchor::First, 9).await.unwrap()).await;
            assert_eq!(page.total, page.rows.len() as u64);
            page.rows.into_iter().map(|row| row.user.username.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found(None, &[(How::Contains, "/TEAM")]).await, ["ben", "bob"]);
        assert_eq!(found(None, &[(How::Contains, "team")]).await, ["teamster"], "without a slash it is no path");
        assert_eq!(found(None, &[(How::Lacks, "/teams")]).await, ["ann", "teamster"]);
        assert_eq!(found(Some(false), &[]).await, ["ben"]);
        assert_eq!(found(Some(true), &[(How::Contains, "b")]).await, ["bob"]);
        assert_eq!(found(None, &[(How::Fuzzy, "bn")]).await, ["ben"]);
        assert_eq!(found(None, &[(How::Contains, "b"), (How::Lacks, "e")]).await, ["bob"]);
        assert_eq!(found(None, &[(How::Contains, "n"), (How::Contains, "e")]).await, ["ben"]);
    }
}
