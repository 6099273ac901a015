//! Flows that are looked for by what they are for, and titles that name somebody.

use guestlist::domain::brand::Brand;
use guestlist::domain::flow::{Authentication, Designation};
use guestlist::domain::id::BrandId;
use guestlist::domain::policy::{Decider, Guarded};
use guestlist::domain::stage::OtherModel;
use guestlist::store::{Store, brands, invitations};
use serde_json::json;

use super::api::client::Api;
use super::browser::{Browser, page};
use super::running::start;
use crate::executor::guarded::{bind, dummy};
use crate::support::fixture::{invite, making, mapping, read, settings, two_pages, write};
use crate::support::stores::on_both;

on_both! {
    async fn a_default_flow_is_the_first_whose_policies_let_the_visitor_in(store: Store) {
        let no = dummy(&store, "no", false).await;
        for slug in ["b-sign-in", "c-sign-in", "a-sign-in"] {
            let flow = making(slug).to(Designation::Authentication).credentials().insert(&store).await;
            if slug == "a-sign-in" {
                bind(&store, Guarded::Flow(flow.id), Decider::Policy(no)).await;
            }
        }
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let at = |path: &str| format!("{}/flows/-/default/{path}", server.url);
        let led = browser.get(&at("authentication/?next=/x&lang=de")).await;
        assert_eq!((led.status.as_u16(), led.location()), (303, "/if/flow/b-sign-in/?next=/x&lang=de"));
        for nowhere in ["invalidation/", "enrollment/", "teapot/", "%FF/", "%0d%0a/"] {
            browser.get(&at(nowhere)).await.check_calm(404);
        }
    }

    async fn a_default_flow_is_the_brand_s_before_any_other(store: Store) {
        making("a-recovery").to(Designation::Recovery).credentials().insert(&store).await;
        let named = making("z-recovery").to(Designation::Recovery).credentials().insert(&store).await;
        let settings = mapping(json!({ "flow_recovery": named.id.to_string(), "flow_invalidation": "gone" }));
        let brand = Brand { id: BrandId(guestlist::clock::new_id()), domain: "x.example".into(), is_default: true, settings };
        write(&store, async |tx, act| brands::insert(tx, &brand, act).await.unwrap()).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let led = browser.get(&format!("{}/flows/-/default/recovery/", server.url)).await;
        assert_eq!(led.location(), "/if/flow/z-recovery/");
        browser.get(&format!("{}/flows/-/default/invalidation/", server.url)).await.check_calm(404);
    }

    async fn head_of_a_flow_says_whether_there_is_one(store: Store) {
        making("enroll").credentials().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        for (slug, status) in [("enroll", 200), ("none", 404), ("%00", 404)] {
            let head = page(browser.client.head(server.flow(slug))).await;
            assert_eq!((head.status.as_u16(), head.cookie()), (status, None), "{slug}");
            let head = page(browser.client.head(Api::at(&server, slug, "").url)).await;
            assert_eq!(head.status.as_u16(), status, "{slug}");
        }
    }

    async fn head_says_what_get_says_and_counts_nothing(store: Store) {
        two_pages(&store).await;
        let mut closed = making("closed").credentials();
        closed.flow.authentication = Authentication::RequireAuthenticated;
        closed.insert(&store).await;
        making("open").credentials().insert(&store).await;
        let (id, gone) = (invite(&store, &settings("welcome")).await, invite(&store, &settings("gone")).await);
        write(&store, async |tx, act| invitations::set_revoked(tx, gone, true, act).await.unwrap()).await;
        let server = start(&store).await;
        let unknown = server.flow("enroll") + "?itoken=x";
        let links = [
            (server.link("enroll", id), 303),
            (server.link("enroll", gone), 410),
            (unknown, 404),
            (server.flow("enroll"), 403),
            (server.flow("closed"), 403),
            (server.flow("open"), 200),
            (server.flow("open") + "end/", 303),
        ];
        for (url, status) in &links {
            let browser = Browser::new(&server);
            let head = page(browser.client.head(url)).await;
            assert_eq!((head.status.as_u16(), head.cookie()), (*status, None), "{url}");
            assert_eq!(head.headers.get("content-length").is_some_and(|length| length == "0"), *status == 303, "{head:?}");
        }
        let opens = async || read(&store, async |tx| invitations::get(tx, id).await.unwrap()).await.opens;
        assert_eq!(opens().await, 0);
        for (url, status) in &links {
            let get = Browser::new(&server).get(url).await;
            assert_eq!(get.status.as_u16(), *status, "{url}");
        }
        assert_eq!(opens().await, 1);
    }

    async fn a_title_names_who_is_meant_once_that_is_known(store: Store) {
        let mut flow = making("recover").to(Designation::Recovery)
            .other(OtherModel::Identification, json!({ "user_fields": ["username"], "pretend_user_exists": true }))
            .other(OtherModel::Dummy, json!({}));
        flow.flow.title = "Hello %(user)s, 100%%".into();
        flow.flow.authentication = Authentication::None;
        flow.insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("recover")).await;
        assert_eq!(first.heading(), "Hello , 100%");
        let second = browser.go_on(&first, &[("uid_field", "<b>%(app)s")]).await;
        assert_eq!(second.heading(), "Hello &#60;b&#62;%(app)s, 100%");
        let api = Api::at(&server, "recover", "");
        assert!(api.get().await.body.contains("\"title\":\"Hello , 100%\""));
    }
}
