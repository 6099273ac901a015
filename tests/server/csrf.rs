//! Forms that another site sends, or nobody's form.

use guestlist::store::Store;

use super::browser::{Browser, CREDENTIALS, page};
use super::running::start;
use crate::support::fixture::{invite, settings, two_pages, user_count, uses};
use crate::support::stores::on_both;

on_both! {
    async fn a_form_without_its_token_or_with_another_s_changes_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let (_, other) = Browser::at(&server, &server.link("enroll", id)).await;
        let stage = first.hidden().into_iter().find(|(name, _)| name == "__stage").unwrap().1;
        let token = other.hidden().into_iter().find(|(name, _)| name == "__csrf").unwrap().1;
        for wrong in [None, Some(""), Some("x"), Some(token.as_str()), Some("\0")] {
            let mut form = CREDENTIALS.to_vec();
            form.push(("__stage", &stage));
            form.extend(wrong.map(|token| ("__csrf", token)));
            let refused = page(browser.client.post(server.flow("enroll")).form(&form)).await;
            refused.check_calm(403);
            assert!(refused.body.contains("href=\"/if/flow/enroll/\""), "{refused:?}");
        }
        assert!(browser.get(&server.flow("enroll")).await.body.contains("Step 1 of 2"));
        browser.go_on(&first, CREDENTIALS).await;
    }

    async fn a_form_without_a_cookie_says_that_cookies_are_needed(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (_, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let bare = Browser::new(&server);
        let refused = bare.submit(&first, CREDENTIALS).await;
        refused.check_calm(403);
        assert!(refused.heading().contains("Cookies"), "{refused:?}");
        for cookie in ["guestlist_session=", "guestlist_session=x", "guestlist_session", "=", "guestlist_session=%00", "\u{ff}"] {
            page(bare.form(&first, CREDENTIALS).header("cookie", cookie.as_bytes())).await.check_calm(403);
        }
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
    }

    async fn a_form_that_a_browser_says_another_site_sent_changes_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        page(browser.form(&first, CREDENTIALS).header("sec-fetch-site", "cross-site")).await.check_calm(403);
        assert!(browser.get(&server.flow("enroll")).await.body.contains("Step 1 of 2"));
        for own in ["same-origin", "none"] {
            let answer = page(browser.form(&first, CREDENTIALS).header("sec-fetch-site", own)).await;
            assert_eq!(answer.status, 303);
        }
    }

    async fn a_session_that_we_don_t_know_begins_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let planted = format!("guestlist_session={}", "a".repeat(64));
        let opened = page(browser.client.get(server.link("enroll", id)).header("cookie", &planted)).await;
        assert!(!opened.cookie().unwrap().contains(&"a".repeat(64)), "a planted token is not taken over");
        let looked = page(browser.client.get(server.flow("enroll")).header("cookie", &planted)).await;
        assert!(looked.status == 403 || looked.status == 200, "{looked:?}");
    }

    async fn a_body_that_is_no_form_of_ours_is_refused_calmly(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let post = || browser.client.post(server.flow("enroll"));
        let form = "application/x-www-form-urlencoded";
        for (kind, body) in [
            ("application/json", "{}"),
            ("text/plain", "username=jane"),
            ("multipart/form-data; boundary=x", "--x--"),
            (form, "%00=%ff&&&=&=="),
            (form, ""),
        ] {
            let refused = page(post().header("content-type", kind).body(body)).await;
            assert!(refused.status.is_client_error() && !refused.heading().is_empty(), "{kind} {refused:?}");
        }
        let refused = page(post().body("username=jane")).await;
        assert!(refused.status.is_client_error() && !refused.heading().is_empty(), "{refused:?}");
        let strange: Vec<(&str, &str)> = [CREDENTIALS, &[("username", "evil"), ("__stage", "x"), ("\0", "\0"), ("", "")]].concat();
        browser.go_on(&first, &strange).await;
        assert_eq!(user_count(&store).await, 0);
    }

    async fn a_body_over_the_limit_is_refused_calmly(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let large = "x".repeat(300 * 1024);
        let refused = browser.submit(&first, &[("username", &large)]).await;
        refused.check_calm(413);
        browser.go_on(&first, CREDENTIALS).await;
    }
}
