//! Sessions: a new token at every signing in and out.

use guestlist::domain::flow::Authentication;
use guestlist::domain::invitation::Settings;
use guestlist::store::{Store, events, users};

use super::browser::{Browser, CREDENTIALS, DETAILS, page};
use super::running::{start, start_as};
use crate::support::fixture::{invite, making, read, settings, two_pages, user_named, uses, write};
use crate::support::stores::on_both;

fn token(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

on_both! {
    async fn signing_in_gives_a_new_token_and_the_old_one_is_dead(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let opened = browser.get(&server.link("enroll", id)).await;
        let old = token(opened.cookie().unwrap()).to_owned();
        let first = browser.follow(opened).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        let finished = browser.submit(&second, DETAILS).await;
        let new = token(finished.cookie().unwrap()).to_owned();
        assert_ne!(old, new);
        let thief = Browser::new(&server);
        let seen = page(thief.client.get(format!("{}/", server.url)).header("cookie", &old)).await;
        assert!(!seen.body.contains("jane"), "{seen:?}");
        let seen = page(thief.client.get(format!("{}/", server.url)).header("cookie", &new)).await;
        assert!(seen.body.contains("You are signed in as jane"), "{seen:?}");
    }

    async fn whoever_is_deactivated_or_deleted_is_signed_out_at_the_next_request(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        browser.go_on(&second, DETAILS).await;
        let signed_in = async || browser.get(&format!("{}/", server.url)).await.body.contains("signed in as jane");
        assert!(signed_in().await);
        let jane = user_named(&store, "jane").await.unwrap().user;
        write(&store, async |tx, act| users::set_active(tx, jane.id, false, act).await.unwrap()).await;
        assert!(!signed_in().await);
        write(&store, async |tx, act| users::set_active(tx, jane.id, true, act).await.unwrap()).await;
        assert!(!signed_in().await, "a cookie that was dead does not come to life");
        let (other, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = other.go_on(&first, &[("username", "joe"), ("password", "x"), ("password_repeat", "x")]).await;
        other.go_on(&second, DETAILS).await;
        let joe = user_named(&store, "joe").await.unwrap().user;
        write(&store, async |tx, act| users::delete(tx, joe.id, act).await.unwrap()).await;
        assert!(!other.get(&format!("{}/", server.url)).await.body.contains("joe"));
    }

    async fn who_is_signed_in_can_sign_out_and_go_on_with_the_link(store: Store) {
        let mut flow = making("enroll").invitation().credentials().details().user_write().login();
        flow.flow.authentication = Authentication::RequireUnauthenticated;
        flow.insert(&store).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        browser.go_on(&second, DETAILS).await;
        let opened = browser.get(&server.link("enroll", id)).await;
        let refused = browser.follow(opened).await;
        refused.check_calm(409);
        refused.check_no_form();
        assert!(refused.body.contains("signed in as jane"), "{refused:?}");
        let forged = page(browser.client.post(format!("{}/-/sign-out/", server.url)).form(&[("__csrf", "x")])).await;
        forged.check_calm(403);
        let out = browser.submit(&refused, &[]).await;
        assert_eq!(out.location(), "/if/flow/enroll/");
        let first = browser.follow(out).await;
        assert!(first.body.contains("Step 1 of 2"), "the enrollment is kept: {first:?}");
        let second = browser.go_on(&first, &[("username", "joe"), ("password", "x"), ("password_repeat", "x")]).await;
        browser.go_on(&second, DETAILS).await;
        assert_eq!(uses(&store, id).await, 2);
        let told = read(&store, async |tx| events::list(tx, 50).await.unwrap()).await;
        assert!(told.iter().any(|event| event.action.as_str() == "logout" && event.actor == "jane"), "{told:?}");
    }

    async fn the_home_page_signs_out_too_and_leads_home_under_a_path(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start_as(&store, "http://127.0.0.1:9000/guests/").await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        browser.go_on(&second, DETAILS).await;
        let home = browser.get(&format!("{}/", server.url)).await;
        home.check_calm(200);
        assert!(home.body.contains("signed in as jane"), "{home:?}");
        let out = browser.submit(&home, &[]).await;
        assert_eq!(out.location(), "/guests/");
        let home = browser.follow(out).await;
        home.check_calm(200);
        assert!(!home.body.contains("jane"), "{home:?}");
    }

    async fn signing_out_where_nobody_is_signed_in_is_harmless(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let csrf = first.hidden().into_iter().find(|(name, _)| name == "__csrf").unwrap().1;
        for next in ["enroll", "//evil.example.com", "https://evil.example.com", "a\r\nSet-Cookie: a=b", "\0"] {
            let form = [("__csrf", csrf.as_str()), ("__next", next)];
            let out = page(browser.client.post(format!("{}/-/sign-out/", server.url)).form(&form)).await;
            if next == "enroll" {
                assert!(browser.follow(out).await.body.contains("Step 1 of 2"));
            } else {
                assert!(out.status == 403 || out.location() == "/", "{out:?}");
            }
        }
    }
}
