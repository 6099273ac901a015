//! Servers as processes of their own: killed in the middle of an enrollment, and two on one database.

use std::time::{Duration, Instant};

use guestlist::domain::id::InvitationId;
use guestlist::store::Store;

use crate::server::browser::{Browser, CREDENTIALS, DETAILS, Page};
use crate::support::fixture::{invite, settings, two_pages, use_rows, user_count, uses};
use crate::support::http::visitor;
use crate::support::serve::Serving;
use crate::support::stores::{Database, on_both};

/// How often a server is killed while it writes.
const ROUNDS: usize = 30;

/// A database with a flow and an invitation for one.
async fn prepare(database: &Database) -> (Store, InvitationId) {
    let store = Store::open(&database.url).await.unwrap();
    store.migrate().await.unwrap();
    two_pages(&store).await;
    let id = invite(&store, &settings("welcome")).await;
    (store, id)
}

fn link(server: &Serving, id: InvitationId) -> String {
    format!("{}/if/flow/enroll/?itoken={}", server.url, id.token())
}

fn browser(server: &Serving) -> Browser {
    Browser { client: visitor(), origin: server.url.clone() }
}

/// Either nobody has enrolled and the invitation is unspent, or somebody has and it is spent; besides those who enrolled
/// before.
async fn whole(store: &Store, id: InvitationId, before: usize) -> bool {
    let users = user_count(store).await - u64::try_from(before).unwrap();
    let (spent, rows) = (uses(store, id).await, use_rows(store, id).await.len());
    assert!(users == u64::from(spent) && rows == spent as usize, "{users} users, {spent} uses, {rows} rows");
    spent == 1
}

/// Somebody who has only the last form to send.
async fn at_the_last_page(server: &Serving, id: InvitationId, person: usize) -> (Browser, Page) {
    let browser = browser(server);
    let first = browser.follow(browser.get(&link(server, id)).await).await;
    let name = format!("guest-{person}");
    let second = browser.go_on(&first, &[("username", &name), ("password", "x"), ("password_repeat", "x")]).await;
    (browser, second)
}

on_both! {
    async fn a_server_killed_between_two_pages_loses_nothing(database: Database) {
        let (store, id) = prepare(&database).await;
        let mut server = Serving::start(&database.url);
        let browser = browser(&server);
        let first = browser.follow(browser.get(&link(&server, id)).await).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        server.kill();
        assert!(!whole(&store, id, 0).await);
        let again = Serving::start_with(&database.url, server.address(), &[]);
        // The same page is still there, and the form that was open before the kill is still good.
        let shown = browser.get(&format!("{}/if/flow/enroll/", again.url)).await;
        assert_eq!(shown.body, second.body);
        let last = browser.go_on(&second, DETAILS).await;
        assert_eq!(last.heading(), "You are all set");
        assert!(whole(&store, id, 0).await);
    }

    async fn a_server_killed_while_it_writes_leaves_all_or_nothing(database: Database) {
        let (store, first) = prepare(&database).await;
        let mut server = Serving::start(&database.url);
        // Each round kills at another moment after the request was sent: earlier when the last one was too late to
        // hinder the write, later when it came before. So the moments close in on the write itself.
        let (browser, second) = at_the_last_page(&server, first, 0).await;
        let begun = Instant::now();
        browser.go_on(&second, DETAILS).await;
        let (mut early, mut late) = (Duration::ZERO, begun.elapsed());
        let (mut unwritten, mut written) = (0, 0);
        for round in 1..=ROUNDS {
            let id = invite(&store, &settings(&format!("round-{round}"))).await;
            let (browser, second) = at_the_last_page(&server, id, round).await;
            let sent = tokio::spawn(browser.form(&second, DETAILS).send());
            // The moment is what is tried: there is nothing to wait for instead.
            let moment = (early + late) / 2;
            std::thread::sleep(moment);
            server.kill();
            let answered = sent.await.unwrap().is_ok();
            let done = whole(&store, id, round).await;
            // Whoever was answered is not told of an account that is not there.
            assert!(done || !answered);
            server = Serving::start_with(&database.url, server.address(), &[]);
            let shown = browser.get(&format!("{}/if/flow/enroll/", server.url)).await;
            if done {
                written += 1;
                late = moment;
            } else {
                unwritten += 1;
                early = moment;
                // The person goes on where they were.
                assert_eq!(browser.go_on(&shown, DETAILS).await.heading(), "You are all set");
                assert!(whole(&store, id, round).await);
            }
            // Where the write is not where it was, the search begins anew around it.
            if late.saturating_sub(early) < Duration::from_micros(200) {
                (early, late) = (early / 2, late * 2);
            }
            if round >= ROUNDS / 3 && unwritten > 1 && written > 1 {
                return;
            }
        }
        panic!("{written} writes came before the kill, {unwritten} after it");
    }

    async fn two_server_processes_let_one_of_forty_through(database: Database) {
        let (store, id) = prepare(&database).await;
        let servers = [Serving::start(&database.url), Serving::start(&database.url)];
        let mut ready: Vec<(Browser, Page)> = Vec::new();
        for person in 0..40 {
            ready.push(at_the_last_page(&servers[person % 2], id, person).await);
        }
        let finish = |(browser, second): (Browser, Page)| tokio::spawn(async move { browser.submit(&second, DETAILS).await });
        let finishing: Vec<_> = ready.into_iter().map(finish).collect();
        let mut through = 0;
        for one in finishing {
            match one.await.unwrap().status.as_u16() {
                303 => through += 1,
                status => assert_eq!(status, 410),
            }
        }
        assert_eq!(through, 1);
        assert!(whole(&store, id, 0).await);
        assert!(servers.iter().all(|server| !server.complaints().contains("ERROR")));
    }
}
