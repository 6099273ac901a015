//! The public address, the path below it, and addresses that lead nowhere.

use guestlist::store::Store;

use super::browser::{Browser, CREDENTIALS, DETAILS, page, unchecked};
use super::running::{start, start_as};
use crate::support::fixture::{invite, settings, two_pages, uses};
use crate::support::http::visitor;
use crate::support::postgres::{drop_database, fresh_database};
use crate::support::stores::on_both;

on_both! {
    async fn a_path_of_the_public_address_is_kept_everywhere(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start_as(&store, "https://id.example.com/guests").await;
        // The test's own client speaks http, so that the cookie is carried by hand.
        let client = visitor();
        let opened = page(client.get(server.link("enroll", id))).await;
        assert_eq!(opened.location(), "/guests/if/flow/enroll/");
        let cookie = opened.cookie().unwrap();
        assert!(cookie.ends_with("; Path=/guests; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap();
        for below in ["/guests", ""] {
            let origin = server.url.trim_end_matches("/guests");
            let first = page(client.get(format!("{origin}{below}/if/flow/enroll/")).header("cookie", cookie)).await;
            first.check_calm(200);
            assert_eq!(first.action(), "/guests/if/flow/enroll/");
            assert!(first.body.contains("href=\"/guests/-/style.css"), "{first:?}");
            let style = page(client.get(format!("{origin}{below}/-/style.css"))).await;
            assert_eq!(style.status, 200);
        }
    }

    async fn a_host_that_a_client_makes_up_is_never_echoed(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let client = visitor();
        let evil = |url: String| {
            client.get(url).header("host", "evil.example.com").header("x-forwarded-host", "evil.example.com").header("forwarded", "host=evil.example.com").header("x-forwarded-proto", "https")
        };
        let mut pages = Vec::new();
        for url in [server.link("enroll", id), server.flow("enroll"), server.flow("none"), format!("{}/", server.url), format!("{}/none", server.url)] {
            pages.push(page(evil(url)).await);
        }
        for shown in pages {
            assert!(!format!("{shown:?}").contains("evil"), "{shown:?}");
        }
    }

    async fn what_is_not_there_is_told_on_a_page_of_its_own(store: Store) {
        for public_url in ["http://127.0.0.1:9000", "http://127.0.0.1:9000/guests"] {
            let server = start_as(&store, public_url).await;
            let client = visitor();
            for address in ["/none", "/if/flow/", "/if/flow", "/if/flow/a/b/", "/-/", "//", "/%00", "/%ff", "/..%2f", "/.env", "/if/flow//", "/-/style.css/"] {
                let missing = page(client.get(format!("{}{address}", server.url))).await;
                missing.check_calm(404);
            }
            for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH, reqwest::Method::OPTIONS] {
                let refused = page(client.request(method, server.flow("enroll"))).await;
                refused.check_calm(405);
            }
            page(client.get(format!("{}/-/sign-out/", server.url))).await.check_calm(405);
            let origin = server.url.trim_end_matches("/guests");
            page(client.get(format!("{origin}/nowhere"))).await.check_calm(404);
        }
    }

    async fn an_address_without_its_last_slash_works_too(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        for public_url in ["http://127.0.0.1:9000", "http://127.0.0.1:9000/guests"] {
            let server = start_as(&store, public_url).await;
            let browser = Browser::new(&server);
            let opened = browser.get(&server.link("enroll", id).replace("/?", "?")).await;
            browser.follow(opened).await.check_calm(200);
            browser.get(&server.url).await.check_calm(200);
            browser.get(&format!("{}/", server.url)).await.check_calm(200);
        }
    }

    async fn a_server_that_serves_says_that_it_is_well(store: Store) {
        let server = start(&store).await;
        for health in ["live", "ready"] {
            let answer = page(visitor().get(format!("{}/-/health/{health}/", server.url))).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
        }
    }

    async fn two_servers_on_one_database_share_an_enrollment(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let (here, there) = (start(&store).await, start(&store).await);
        let (browser, first) = Browser::at(&here, &here.link("enroll", id)).await;
        let elsewhere = Browser { client: browser.client.clone(), ..Browser::new(&there) };
        let second = elsewhere.go_on(&first, CREDENTIALS).await;
        browser.go_on(&second, DETAILS).await;
        assert_eq!(uses(&store, id).await, 1);
    }
}

#[tokio::test]
async fn a_server_whose_database_is_gone_says_so_calmly_and_is_not_ready() {
    let Some(url) = fresh_database().await else { return };
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    two_pages(&store).await;
    let id = invite(&store, &settings("welcome")).await;
    let server = start(&store).await;
    let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
    drop_database(&url).await;
    let ready = unchecked(visitor().get(format!("{}/-/health/ready/", server.url))).await;
    assert_eq!(ready.status, 503);
    let live = page(visitor().get(format!("{}/-/health/live/", server.url))).await;
    assert_eq!(live.status, 204);
    for request in [
        visitor().get(server.link("enroll", id)),
        browser.client.get(server.flow("enroll")),
        browser.form(&first, CREDENTIALS),
    ] {
        let fault = unchecked(request).await;
        fault.check_calm(503);
        assert!(fault.body.contains("your invitation is still good"), "{fault:?}");
        for inside in ["test_", "sql", "postgres", "database"] {
            assert!(!fault.body.to_lowercase().contains(inside), "{inside} {fault:?}");
        }
    }
}
