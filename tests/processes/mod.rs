//! Servers as processes of their own: killed in the middle of an enrollment, and two on one database.

use guestlist::domain::id::InvitationId;
use guestlist::store::Store;

use crate::server::browser::{Browser, CREDENTIALS, DETAILS, Page};
use crate::support::fixture::{invite, settings, two_pages, use_rows, user_count, uses};
use crate::support::http::visitor;
use crate::support::serve::Serving;
use crate::support::stores::{Database, on_both};

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

/// Either nobody has enrolled and the invitation is unspent, or somebody has and it is spent.
async fn whole(store: &Store, id: InvitationId) -> bool {
    let (users, spent, rows) = (user_count(store).await, uses(store, id).await, use_rows(store, id).await.len());
    assert!(users == u64::from(spent) && rows == spent as usize, "{users} users, {spent} uses, {rows} rows");
    spent == 1
}

on_both! {
    async fn a_server_killed_between_two_pages_loses_nothing(database: Database) {
        let (store, id) = prepare(&database).await;
        let mut server = Serving::start(&database.url);
        let browser = browser(&server);
        let first = browser.follow(browser.get(&link(&server, id)).await).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        server.kill();
        assert!(!whole(&store, id).await);
        let again = Serving::start_with(&database.url, server.address(), &[]);
        // The same page is still there, and the form that was open before the kill is still good.
        let shown = browser.get(&format!("{}/if/flow/enroll/", again.url)).await;
        assert_eq!(shown.body, second.body);
        let last = browser.go_on(&second, DETAILS).await;
        assert_eq!(last.heading(), "You are all set");
        assert!(whole(&store, id).await);
    }

    async fn a_server_killed_while_it_writes_leaves_all_or_nothing(database: Database) {
        let (store, id) = prepare(&database).await;
        let mut server = Serving::start(&database.url);
        let browser = browser(&server);
        let first = browser.follow(browser.get(&link(&server, id)).await).await;
        let mut second = browser.go_on(&first, CREDENTIALS).await;
        // Killed at a moment of its own in each round: the request is sent, and the kill follows while it is served.
        for _ in 0..8 {
            let form = browser.form(&second, DETAILS);
            let sent = tokio::spawn(form.send());
            tokio::task::yield_now().await;
            server.kill();
            let answered = sent.await.unwrap().is_ok();
            let written = whole(&store, id).await;
            // Whoever was answered is not told of an account that is not there.
            assert!(written || !answered);
            server = Serving::start_with(&database.url, server.address(), &[]);
            if written {
                break;
            }
            second = browser.get(&format!("{}/if/flow/enroll/", server.url)).await;
        }
        if !whole(&store, id).await {
            browser.go_on(&second, DETAILS).await;
        }
        assert!(whole(&store, id).await);
    }

    async fn two_server_processes_let_one_of_forty_through(database: Database) {
        let (store, id) = prepare(&database).await;
        let servers = [Serving::start(&database.url), Serving::start(&database.url)];
        let mut ready: Vec<(Browser, Page)> = Vec::new();
        for person in 0..40 {
            let browser = browser(&servers[person % 2]);
            let first = browser.follow(browser.get(&link(&servers[person % 2], id)).await).await;
            let name = format!("guest-{person}");
            let answers = [("username", name.as_str()), ("password", "x"), ("password_repeat", "x")];
            let second = browser.go_on(&first, &answers).await;
            ready.push((browser, second));
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
        assert!(whole(&store, id).await);
        assert!(servers.iter().all(|server| !server.complaints().contains("ERROR")));
    }
}
