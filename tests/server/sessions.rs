//! Sessions end where they should, whoever ends them.

use std::io::Write;
use std::process::Stdio;

use guestlist::store::Store;

use super::browser::{Browser, CREDENTIALS, DETAILS, page};
use super::running::{Running, start};
use crate::support::fixture::{invite, settings, two_pages};
use crate::support::serve::{command, guestlist};
use crate::support::stores::{Database, Given, on_both};

/// Somebody who has enrolled as jane and is signed in.
async fn signed_in(store: &Store, server: &Running, invitation: &str) -> Browser {
    let id = invite(store, &settings(invitation)).await;
    let (browser, first) = Browser::at(server, &server.link("enroll", id)).await;
    let second = browser.go_on(&first, CREDENTIALS).await;
    browser.go_on(&second, DETAILS).await;
    assert!(is_signed_in(&browser, server).await);
    browser
}

async fn is_signed_in(browser: &Browser, server: &Running) -> bool {
    browser.get(&format!("{}/", server.url)).await.body.contains("signed in as jane")
}

/// Runs `guestlist user ...` on a database, with something to read.
fn user(database: &Database, arguments: &[&str], input: &str) {
    let home = tempfile::tempdir().unwrap();
    let arguments = [&["user"], arguments].concat();
    let mut command = command(guestlist(), &arguments, home.path(), &[("GUESTLIST_DATABASE", &database.url)]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{arguments:?}");
}

on_both! {
    async fn who_is_deactivated_is_signed_out_and_stays_so_when_activated_again(database: Database) {
        let store = Store::given(&database.url).await;
        two_pages(&store).await;
        let server = start(&store).await;
        let browser = signed_in(&store, &server, "welcome").await;
        user(&database, &["deactivate", "jane"], "");
        assert!(!is_signed_in(&browser, &server).await);
        user(&database, &["activate", "jane"], "");
        assert!(!is_signed_in(&browser, &server).await);
    }

    async fn who_is_deleted_or_has_another_password_is_signed_out(database: Database) {
        let store = Store::given(&database.url).await;
        two_pages(&store).await;
        let server = start(&store).await;
        let browser = signed_in(&store, &server, "welcome").await;
        user(&database, &["set-password", "jane"], "another\n");
        assert!(!is_signed_in(&browser, &server).await);
        user(&database, &["delete", "jane"], "");
        let browser = signed_in(&store, &server, "once-more").await;
        user(&database, &["delete", "jane"], "");
        assert!(!is_signed_in(&browser, &server).await);
        browser.get(&server.flow("enroll")).await.check_calm(403);
    }

    async fn the_cookie_of_who_has_signed_out_is_dead(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let browser = signed_in(&store, &server, "welcome").await;
        let id = invite(&store, &settings("second")).await;
        let (other, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = other.go_on(&first, &[("username", "joe"), ("password", "x"), ("password_repeat", "x")]).await;
        let finished = other.submit(&second, DETAILS).await;
        let cookie = finished.cookie().unwrap().split(';').next().unwrap().to_owned();
        let home = other.get(&format!("{}/", server.url)).await;
        assert!(home.body.contains("signed in as joe"), "{home:?}");
        let out = other.submit(&home, &[]).await;
        assert!(!out.cookie().unwrap().starts_with(&cookie), "{out:?}");
        let thief = Browser::new(&server);
        let seen = page(thief.client.get(format!("{}/", server.url)).header("cookie", &cookie)).await;
        assert!(!seen.body.contains("joe"), "{seen:?}");
        assert!(is_signed_in(&browser, &server).await, "nobody else is signed out");
    }
}
