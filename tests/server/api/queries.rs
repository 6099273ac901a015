//! The page's query, handed over as one parameter.

use guestlist::domain::invitation::Settings;
use guestlist::store::Store;
use serde_json::json;

use super::client::{Api, address, credentials, denied, details, keys};
use crate::server::running::start;
use crate::support::fixture::{invite, mapping, settings, two_pages, user_count, uses};
use crate::support::stores::on_both;

fn brings(name: &str) -> Settings {
    Settings { fixed_data: mapping(json!({ "email": format!("{name}@example.com") })), ..settings(name) }
}

on_both! {
    async fn a_token_is_read_in_every_form_and_the_last_one_counts(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let token = id.token();
        for query in [
            format!("token={token}"),
            format!("itoken={}", token.to_uppercase()),
            format!("itoken={}", token.replace('-', "")),
            format!("itoken=nonsense&itoken={token}"),
            format!("token=nonsense&itoken={token}"),
            format!("next=/x&&itoken={token}&flag"),
        ] {
            assert_eq!(keys(&Api::at(&server, "enroll", &query).challenge().await)[0], "username", "{query}");
        }
        let first_of_two = Api::at(&server, "enroll", &format!("itoken={token}&itoken=nonsense"));
        assert_eq!(denied(&first_of_two.challenge().await), "Invalid invite/invite not found");
    }

    async fn a_token_beside_the_query_does_not_count(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        for beside in [format!("?itoken={}", id.token()), format!("?itoken={}&query=next%3D%2F", id.token())] {
            let api = Api::invited(&server, id).moved(format!("{}/api/v3/flows/executor/enroll/{beside}", server.url));
            assert_eq!(denied(&api.challenge().await), "Invalid invite/invite not found", "{beside}");
        }
    }

    async fn the_address_of_a_redirect_is_the_one_that_was_asked_letter_by_letter(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        for written in [format!("itoken%3d{}", id.token()), format!("next%3D/%26itoken={}&other=1%20+2", id.token())] {
            let api = Api::invited(&server, id).moved(format!("{}/api/v3/flows/executor/enroll/?query={written}", server.url));
            let opened = api.get().await;
            assert_eq!((opened.status.as_u16(), format!("{}{}", server.url, opened.location())), (302, api.url.clone()));
            assert_eq!(keys(&api.get().await.challenge())[0], "username");
        }
    }

    async fn the_end_leads_where_the_page_said_if_that_is_here(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        for (name, next, to) in [("path", "/if/user/?a=b%26c#d", "/if/user/?a=b&c#d"), ("nothing", "", "/"), ("relative", "elsewhere", "/")] {
            let id = invite(&store, &settings(name)).await;
            let api = Api::at(&server, "enroll", &format!("itoken={}&next={next}", id.token()));
            let shown = api.challenge().await;
            let cancel = if next.starts_with('/') { "/flows/-/cancel/?next=%2Fif%2Fuser%2F%3Fa%3Db%26c%23d" } else { "/flows/-/cancel/" };
            assert_eq!(shown["flow_info"]["cancel_url"], cancel);
            let mut body = credentials();
            body["username"] = json!(name);
            api.answer(body).await;
            assert_eq!(api.answer(details()).await, json!({ "component": "xak-flow-redirect", "to": to }));
        }
    }

    async fn an_end_that_would_lead_away_is_refused_before_anything_is_done(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        for next in ["https://evil.example/", "//evil.example", "/\\evil", "javascript:alert(1)"] {
            let api = Api::at(&server, "enroll", &format!("itoken={}&next={next}", id.token()));
            for answer in [api.get().await, api.post(credentials()).await] {
                assert!(answer.cookie().is_none(), "{answer:?}");
                assert_eq!(denied(&answer.challenge()), "Invalid next URL", "{next}");
            }
        }
        let api = Api::invited(&server, id);
        api.challenge().await;
        api.answer(credentials()).await;
        let astray = api.moved(address(&server, "enroll", &format!("itoken={}&next=//evil", id.token())));
        assert_eq!(denied(&astray.answer(details()).await), "Invalid next URL");
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
        assert_eq!(api.answer(details()).await["component"], "xak-flow-redirect", "and nothing is lost");
    }

    async fn another_invitation_in_the_same_session_replaces_the_first_and_is_never_mixed_with_it(store: Store) {
        two_pages(&store).await;
        let (first, second) = (invite(&store, &brings("first")).await, invite(&store, &brings("second")).await);
        let server = start(&store).await;
        let api = Api::invited(&server, first);
        api.challenge().await;
        api.answer(credentials()).await;
        let other = api.moved(Api::invited(&server, second).url);
        let begun = other.post(details()).await;
        assert_eq!(begun.status, 302, "answers to the first are no answers to the second: {begun:?}");
        assert_eq!(keys(&other.challenge().await)[0], "username");
        let shown = other.answer(credentials()).await;
        assert_eq!(shown["fields"][1]["initial_value"], "second@example.com");
        other.answer(details()).await;
        assert_eq!((uses(&store, first).await, uses(&store, second).await), (0, 1));
    }
}
