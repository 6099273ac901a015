//! Links that don't lead to a form: each a calm page, a status that says why, nothing spent.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::Settings;
use guestlist::store::{Store, invitations};
use serde_json::json;

use super::browser::{Browser, CREDENTIALS, DETAILS, page};
use super::running::start;
use crate::support::fixture::{expire, invite, making, mapping, settings, two_pages, user_count, uses, write};
use crate::support::stores::on_both;

on_both! {
    async fn a_token_that_is_none_finds_no_invitation(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let unknown = InvitationId(clock::new_id()).token();
        let long = "a".repeat(10_000);
        for token in ["", "%20", "nonsense", "%00", "a%00b", "%ff%fe", "%", "%zz", "+", "%F0%9F%92%A9", "%1b[31m", "'--", &unknown, &long] {
            for name in ["itoken", "token"] {
                let page = Browser::new(&server).get(&format!("{}?{name}={token}", server.flow("enroll"))).await;
                page.check_calm(404);
                page.check_no_form();
                assert!(page.cookie().is_none(), "{token}");
            }
        }
    }

    async fn a_flow_that_is_none_is_not_found(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let long = "x".repeat(10_000);
        for slug in ["none", "%00", "a%00b", "%ff", "%ff%fe", "%2e%2e%2f", "a%2fb", "%F0%9F%92%A9", "<script>", "%1b[31m", &long] {
            for query in [String::new(), format!("?itoken={}", id.token()), "?%ff=%00&=&&a".into()] {
                let browser = Browser::new(&server);
                let address = format!("{}/if/flow/{slug}/{query}", server.url);
                browser.get(&address).await.check_calm(404);
                let posted = page(browser.client.post(&address).form(&[("a", "b")])).await;
                assert!(posted.status.is_client_error() && !posted.heading().is_empty(), "{slug:.20} {posted:?}");
            }
        }
        assert_eq!(uses(&store, id).await, 0);
    }

    async fn an_invitation_that_can_t_be_used_shows_why_and_nothing_of_what_it_brings(store: Store) {
        let flow = two_pages(&store).await;
        making("other").invitation().credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let brought = mapping(json!({"email": "secret@example.com"}));
        let made = |name: &str| Settings { fixed_data: brought.clone(), flow: Some(flow.id), ..settings(name) };
        let expired = invite(&store, &Settings { expires: Some(clock::now() - TimeDelta::seconds(1)), ..made("expired") }).await;
        let revoked = invite(&store, &made("revoked")).await;
        let deleted = invite(&store, &made("deleted")).await;
        let sound = invite(&store, &made("sound")).await;
        write(&store, async |tx, act| {
            invitations::set_revoked(tx, revoked, true, act).await.unwrap();
            invitations::delete(tx, deleted, act).await.unwrap();
        })
        .await;
        for (slug, id, status, heading) in [
            ("enroll", expired, 410, "This invitation has expired"),
            ("enroll", revoked, 410, "This invitation has been withdrawn"),
            ("enroll", deleted, 404, "We don&#39;t know this invitation"),
            ("other", sound, 404, "This invitation is for something else"),
            ("none", sound, 404, "There is nothing here"),
        ] {
            let page = Browser::new(&server).get(&server.link(slug, id)).await;
            page.check_calm(status);
            page.check_no_form();
            assert_eq!(page.heading(), heading);
            assert!(!page.body.contains("secret@example.com") && page.cookie().is_none(), "{page:?}");
        }
        assert_eq!(user_count(&store).await, 0);
    }

    async fn an_invitation_that_expires_before_the_last_page_makes_no_account(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let id = invite(&store, &Settings { expires: Some(clock::now() + TimeDelta::hours(1)), ..settings("welcome") }).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        expire(&store, id, clock::now() - TimeDelta::seconds(1)).await;
        let refused = browser.submit(&second, DETAILS).await;
        refused.check_calm(410);
        refused.check_no_form();
        browser.get(&server.flow("enroll")).await.check_calm(410);
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
    }

    async fn without_a_link_the_page_says_that_one_is_needed(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        for query in ["", "?", "?next=/x", "?itok=1"] {
            let page = Browser::new(&server).get(&format!("{}{query}", server.flow("enroll"))).await;
            page.check_calm(403);
            page.check_no_form();
        }
    }

    async fn whoever_is_signed_in_makes_no_account_without_a_link_either(store: Store) {
        two_pages(&store).await;
        making("other").invitation().credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        let last = browser.go_on(&second, DETAILS).await;
        assert!(last.body.contains("signed in as jane"), "{last:?}");
        for slug in ["other", "enroll"] {
            let seen = browser.get(&server.flow(slug)).await;
            seen.check_no_form();
            // Not by a form of one's own either, with the rights of the page that is open.
            let mut fields = vec![("username", "eve"), ("password", "x"), ("password_repeat", "x")];
            let hidden = first.hidden();
            fields.extend(hidden.iter().map(|(key, value)| (key.as_str(), value.as_str())));
            let posted = page(browser.client.post(server.flow(slug)).form(&fields)).await;
            assert!(posted.status == 303 || posted.status.is_client_error(), "{posted:?}");
        }
        assert_eq!((user_count(&store).await, uses(&store, id).await), (1, 1));
    }

    async fn what_a_mail_program_adds_to_a_link_does_no_harm(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        for end in [".", ",", ")", ">", "%3E", "%20", "+", ").", "%3E,"] {
            let opened = Browser::new(&server).get(&format!("{}{end}", server.link("enroll", id))).await;
            assert_eq!((opened.status.as_u16(), opened.location()), (303, "/if/flow/enroll/"), "{end}");
        }
        Browser::new(&server).get(&format!("{}.html", server.link("enroll", id))).await.check_calm(404);
    }

    async fn of_two_tokens_in_a_link_the_last_counts_and_its_form_is_free(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let token = id.token();
        for query in [format!("itoken=nonsense&itoken={token}"), format!("token={token}"), format!("next=/x&itoken={}", token.to_uppercase().replace('-', ""))] {
            let page = Browser::new(&server).get(&format!("{}?{query}", server.flow("enroll"))).await;
            assert_eq!((page.status.as_u16(), page.location()), (303, "/if/flow/enroll/"), "{query}");
        }
    }

    async fn the_second_link_in_a_browser_replaces_the_first(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let brought = |name: &str| Settings { fixed_data: mapping(json!({"email": format!("{name}@example.com")})), ..settings(name) };
        let (first, second) = (invite(&store, &brought("first")).await, invite(&store, &brought("second")).await);
        let (browser, page) = Browser::at(&server, &server.link("enroll", first)).await;
        let page = browser.go_on(&page, CREDENTIALS).await;
        assert_eq!(page.value("email"), "first@example.com");
        let page = browser.follow(browser.get(&server.link("enroll", second)).await).await;
        let page = browser.go_on(&page, CREDENTIALS).await;
        assert_eq!(page.value("email"), "second@example.com");
        browser.go_on(&page, DETAILS).await;
        assert_eq!((uses(&store, first).await, uses(&store, second).await), (0, 1));
    }
}
