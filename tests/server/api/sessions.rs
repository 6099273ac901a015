//! One session for pages and API, forged requests, and giving up.

use guestlist::domain::invitation::Settings;
use guestlist::store::Store;
use serde_json::json;

use super::client::{Api, credentials, denied, details, keys};
use crate::server::browser::{Browser, CREDENTIALS, DETAILS, page};
use crate::server::running::{Running, start};
use crate::support::fixture::{invite, settings, two_pages, user_named, uses};
use crate::support::stores::on_both;

/// A browser that shares a client's cookies.
fn beside(api: &Api, server: &Running) -> Browser {
    Browser { client: api.client.clone(), origin: server.url.clone() }
}

/// A client that has enrolled and is signed in, and its header against forged requests.
async fn signed_in(store: &Store, server: &Running) -> (Api, String) {
    let id = invite(store, &settings("welcome")).await;
    let api = Api::invited(server, id);
    api.challenge().await;
    api.answer(credentials()).await;
    let end = api.post(details()).await;
    let csrf = end.cookie_named("authentik_csrf").unwrap();
    (api, csrf.split(';').next().unwrap().to_owned())
}

on_both! {
    async fn what_was_begun_by_the_api_is_continued_on_a_page(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        api.answer(credentials()).await;
        let browser = beside(&api, &server);
        let shown = browser.get(&server.flow("enroll")).await;
        assert!(shown.body.contains("Step 2 of 2"), "{shown:?}");
        let closing = browser.go_on(&shown, DETAILS).await;
        assert!(closing.body.contains("signed in as jane"), "{closing:?}");
        assert_eq!(api.challenge().await, json!({ "component": "xak-flow-redirect", "to": "/" }));
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn what_was_begun_on_a_page_is_continued_by_the_api(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        browser.go_on(&first, CREDENTIALS).await;
        for query in [String::new(), format!("itoken={}", id.token())] {
            let api = Api { client: browser.client.clone(), ..Api::at(&server, "enroll", &query) };
            let shown = api.get().await;
            assert!(shown.cookie().is_none(), "{shown:?}");
            assert_eq!(keys(&shown.challenge()), ["name", "email"]);
        }
        let api = Api { client: browser.client.clone(), ..Api::invited(&server, id) };
        let end = api.post(details()).await;
        assert!(end.cookie_named("guestlist_session").is_some() && end.cookie_named("authentik_session").is_some(), "{end:?}");
        let closing = browser.get(&server.flow("enroll")).await;
        assert!(closing.body.contains("signed in as jane"), "{closing:?}");
    }

    async fn once_somebody_is_signed_in_the_header_must_repeat_the_cookie(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let (api, csrf) = signed_in(&store, &server).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("next") }).await;
        let next = api.moved(Api::invited(&server, id).url);
        assert_eq!(keys(&next.challenge().await)[0], "username");
        let mut body = credentials();
        body["username"] = json!("joe");
        for wrong in [None, Some(""), Some("x"), Some(&*csrf.to_uppercase())] {
            let mut request = next.request().json(&body);
            if let Some(wrong) = wrong {
                request = request.header("x-authentik-csrf", wrong);
            }
            let refused = page(request).await;
            assert_eq!(refused.status, 403, "{refused:?}");
            assert!(refused.body.starts_with("{\"detail\":\"CSRF Failed: "), "{refused:?}");
        }
        assert_eq!(keys(&next.challenge().await)[0], "username", "nothing has moved");
        let taken = page(next.request().json(&body).header("x-authentik-csrf", &csrf)).await;
        assert_eq!(taken.status, 302, "{taken:?}");
    }

    async fn who_has_signed_in_on_a_page_is_given_the_cookie_that_the_header_repeats(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        browser.go_on(&second, DETAILS).await;
        let api = Api { client: browser.client.clone(), ..Api::invited(&server, id) };
        let csrf = api.get().await.cookie_named("authentik_csrf").unwrap();
        assert!(api.get().await.cookie_named("authentik_csrf").is_none(), "once is enough");
        let token = csrf.split(';').next().unwrap();
        let late = page(api.request().json(&json!({})).header("x-authentik-csrf", token)).await.challenge();
        assert_eq!(late["error_message"], "This was already finished.");
    }

    async fn a_request_that_another_site_has_made_changes_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        let forged = page(api.request().json(&credentials()).header("sec-fetch-site", "cross-site")).await;
        assert_eq!(forged.status, 403);
        page(api.client.get(format!("{}/flows/-/cancel/", server.url)).header("sec-fetch-site", "cross-site")).await;
        assert_eq!(keys(&api.get().await.challenge())[0], "username");
    }

    async fn cancelling_drops_the_plan_and_leads_home_or_where_the_page_said(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        let cancel = async |query: &str| page(api.client.get(format!("{}/flows/-/cancel/{query}", server.url))).await;
        for (query, to) in [("", "/"), ("?next=%2Fif%2Fuser%2F", "/if/user/"), ("?next=https://evil.example", "/"), ("?next=//evil", "/"), ("?next=%0d%0aX:y", "/")] {
            api.challenge().await;
            assert_eq!(keys(&api.answer(credentials()).await)[0], "name");
            let left = cancel(query).await;
            assert_eq!((left.status.as_u16(), left.location()), (302, to), "{query}");
            assert_eq!(api.get().await.status, 302, "it begins anew");
            assert_eq!(keys(&api.challenge().await)[0], "username");
        }
        let looked = page(api.client.head(format!("{}/flows/-/cancel/", server.url))).await;
        assert_eq!(looked.status, 302);
        assert_eq!(api.get().await.status, 200, "looking gives nothing up");
        cancel("").await;
        let bare = api.moved(Api::at(&server, "enroll", "").url);
        assert_eq!(denied(&bare.challenge().await), "Invalid invite/invite not found");
        assert_eq!((uses(&store, id).await, user_named(&store, "jane").await.is_none()), (0, true));
        assert_eq!(Browser::new(&server).client.get(format!("{}/flows/-/cancel/", server.url)).send().await.unwrap().status(), 302);
    }
}
