//! Flows that do not go on: always status 200, and a text that says why.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::flow::{Authentication, Flow};
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::Settings;
use guestlist::domain::stage::OtherModel;
use guestlist::store::{Store, invitations};
use serde_json::json;

use super::client::{Api, address, credentials, denied, details};
use crate::server::browser::page;
use crate::server::running::start;
use crate::support::fixture::{expire, invite, making, mapping, read, settings, two_pages, user_count, uses, write};
use crate::support::stores::on_both;

const UNKNOWN: &str = "Invalid invite/invite not found";

async fn opens(store: &Store, id: InvitationId) -> i64 {
    read(store, async |tx| invitations::get(tx, id).await.unwrap().opens).await
}

on_both! {
    async fn a_token_that_is_none_is_denied_with_authentik_s_text(store: Store) {
        two_pages(&store).await;
        making("other").invitation().credentials().user_write().insert(&store).await;
        let other: Flow = making("third").invitation().credentials().user_write().insert(&store).await;
        let elsewhere = invite(&store, &Settings { flow: Some(other.id), ..settings("elsewhere") }).await;
        let server = start(&store).await;
        let unknown = InvitationId(clock::new_id()).token();
        for query in ["", "itoken=", "itoken=nonsense", "itoken=%00", "itoken=%ff%fe", "next=/x", "token=", &format!("itoken={unknown}"), &format!("itoken={}", elsewhere.token())] {
            let api = Api::at(&server, "enroll", query);
            for answer in [api.get().await, api.post(json!({})).await] {
                assert!(answer.cookie().is_none(), "{query} {answer:?}");
                let shown = answer.challenge();
                assert_eq!(denied(&shown), UNKNOWN, "{query}");
                assert_eq!(shown["pending_user"], "");
                assert!(shown["pending_user_avatar"].as_str().unwrap().starts_with("data:image/svg+xml"), "{shown}");
                assert_eq!(shown["flow_info"]["title"], "Welcome");
            }
        }
        assert_eq!(opens(&store, elsewhere).await, 0);
    }

    async fn an_invitation_that_has_ended_is_told_and_shows_nothing_of_what_it_brings(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let made = |name: &str| Settings { fixed_data: mapping(json!({ "email": "secret@example.com" })), ..settings(name) };
        let expired = invite(&store, &Settings { expires: Some(clock::now() - TimeDelta::seconds(1)), ..made("expired") }).await;
        let revoked = invite(&store, &made("revoked")).await;
        write(&store, async |tx, act| invitations::set_revoked(tx, revoked, true, act).await.unwrap()).await;
        let used = invite(&store, &made("used")).await;
        let first = Api::invited(&server, used);
        first.challenge().await;
        first.answer(credentials()).await;
        first.answer(details()).await;
        for (id, text) in [(expired, "This invitation has expired."), (revoked, "This invitation has been withdrawn."), (used, "This invitation has already been used.")] {
            let answer = Api::invited(&server, id).get().await;
            assert!(!answer.body.contains("secret@example.com"), "{answer:?}");
            assert_eq!(denied(&answer.challenge()), text);
        }
    }

    async fn an_invitation_that_ends_on_the_way_makes_no_account(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let id = invite(&store, &Settings { expires: Some(clock::now() + TimeDelta::hours(1)), ..settings("welcome") }).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        api.answer(credentials()).await;
        expire(&store, id, clock::now() - TimeDelta::seconds(1)).await;
        assert_eq!(denied(&api.answer(details()).await), "This invitation has expired.");
        assert_eq!(denied(&api.challenge().await), "This invitation has expired.");
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
    }

    async fn looking_spends_nothing_and_a_head_request_begins_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        for _ in 0..3 {
            let looked = page(Api::invited(&server, id).client.head(Api::invited(&server, id).url)).await;
            assert_eq!(looked.status, 200);
            assert!(looked.cookie().is_none() && looked.body.is_empty(), "{looked:?}");
        }
        assert_eq!(opens(&store, id).await, 0);
        for _ in 0..3 {
            Api::invited(&server, id).challenge().await;
        }
        let api = Api::invited(&server, id);
        for _ in 0..5 {
            api.challenge().await;
        }
        assert_eq!((opens(&store, id).await, uses(&store, id).await), (4, 0), "looking again is no new opening");
    }

    async fn an_unknown_flow_is_not_found_whatever_is_sent(store: Store) {
        let server = start(&store).await;
        let long = "x".repeat(5_000);
        for slug in ["none", "%00", "%ff", "a%2fb", "..", "%1b[31m", &long] {
            let api = Api::at(&server, "enroll", "itoken=x").moved(address(&server, slug, "itoken=x"));
            page(api.client.get(&api.url)).await.check_calm(404);
            page(api.request().json(&credentials())).await.check_calm(404);
            page(api.request().body("{")).await.check_calm(404);
        }
    }

    async fn a_flow_that_is_not_for_who_is_signed_in_says_so(store: Store) {
        let mut flow = making("enroll").invitation().credentials().details().user_write().login();
        flow.flow.authentication = Authentication::RequireUnauthenticated;
        flow.insert(&store).await;
        let server = start(&store).await;
        let (first, second) = (invite(&store, &settings("first")).await, invite(&store, &settings("second")).await);
        let api = Api::invited(&server, first);
        api.challenge().await;
        api.answer(credentials()).await;
        api.answer(details()).await;
        let shown = api.moved(Api::invited(&server, second).url).challenge().await;
        assert_eq!(denied(&shown), "Flow does not apply to current user.");
        assert_eq!(shown["pending_user"], "jane");
        assert_eq!(uses(&store, second).await, 0);
    }

    async fn what_a_stage_says_is_said_and_what_it_says_nothing_about_is_unknown(store: Store) {
        for (slug, message) in [("talks", "Come back tomorrow."), ("silent", "")] {
            making(slug).page(vec![]).other(OtherModel::Deny, json!({ "deny_message": message })).insert(&store).await;
        }
        let server = start(&store).await;
        for (slug, text) in [("talks", "Come back tomorrow."), ("silent", "Unknown error")] {
            let api = Api::at(&server, slug, "");
            api.challenge().await;
            assert_eq!(denied(&api.answer(json!({})).await), text);
        }
    }

    async fn a_flow_that_can_t_work_is_an_error_of_its_stage(store: Store) {
        making("nobody").page(vec![]).login().insert(&store).await;
        let server = start(&store).await;
        let api = Api::at(&server, "nobody", "");
        api.challenge().await;
        let shown = api.answer(json!({})).await;
        assert_eq!(shown["component"], "ak-stage-flow-error");
        assert_eq!(shown["request_id"].as_str().unwrap().len(), 32);
    }
}
