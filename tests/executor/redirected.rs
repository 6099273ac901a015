//! Ways that lead elsewhere, and small stages on them.

use guestlist::domain::flow::{Authentication, Designation};
use guestlist::domain::stage::OtherModel;
use guestlist::executor::component::About;
use guestlist::executor::{Answered, Component, Opened, Refusal, Remark, View};
use guestlist::store::Store;
use serde_json::json;

use super::visitor::{CREDENTIALS, DETAILS, Visitor, again};
use crate::support::fixture::{invite, making, settings, user_named, uses};
use crate::support::stores::on_both;

on_both! {
    async fn a_flow_goes_on_in_another_one_with_what_is_known(store: Store) {
        let mut second = making("second").details().user_write();
        second.flow.authentication = Authentication::RequireRedirect;
        let second = second.insert(&store).await;
        for (slug, keep) in [("kept", true), ("lost", false)] {
            let settings_of = json!({ "mode": "flow", "target_flow": second.id, "keep_context": keep });
            making(slug).invitation().credentials().other(OtherModel::Redirect, settings_of).insert(&store).await;
            let id = invite(&store, &settings(slug)).await;
            let mut jane = Visitor::with(&store, slug, id).await;
            let answered = jane.post(&[("username", slug), ("password", "x"), ("password_repeat", "x")]).await;
            assert_eq!(answered, Answered::Switched { slug: "second".into(), login: None });
            jane.slug = "second".into();
            let answered = jane.post(DETAILS).await;
            if keep {
                assert_eq!(answered, Answered::Next { login: None });
                assert_eq!(user_named(&store, slug).await.unwrap().user.name, "Jane Doe");
            } else {
                assert!(matches!(answered, Answered::Refused(Refusal::Misconfigured(_))), "no user name: {answered:?}");
            }
            assert_eq!(uses(&store, id).await, u32::from(keep));
        }
        let mut direct = Visitor::new(&store, "second");
        direct.begin(None).await;
        assert_eq!(direct.look().await, View::Refused(Refusal::NotApplicable));
    }

    async fn the_last_stage_may_lead_to_an_address_but_to_no_script(store: Store) {
        for (slug, to, leads) in [("web", "https://example.com/x", true), ("path", "/if/flow/web/", true), ("script", "javascript:alert(1)", false)] {
            making(slug).credentials().user_write().other(OtherModel::Redirect, json!({ "mode": "static", "target_static": to })).insert(&store).await;
            let mut jane = Visitor::new(&store, slug);
            jane.begin(None).await;
            let answered = jane.post(&[("username", slug), ("password", "x"), ("password_repeat", "x")]).await;
            if leads {
                let View::Closed(closing) = jane.look().await else { panic!("{answered:?}") };
                assert_eq!(closing.next.as_deref(), Some(to));
            } else {
                assert!(matches!(answered, Answered::Refused(Refusal::Misconfigured(_))), "{answered:?}");
            }
        }
    }

    async fn two_flows_that_lead_to_one_another_are_refused(store: Store) {
        let a = making("a").insert(&store).await;
        let b = making("b").other(OtherModel::Redirect, json!({ "mode": "flow", "target_flow": a.id })).insert(&store).await;
        let c = making("c").other(OtherModel::Redirect, json!({ "mode": "flow", "target_flow": b.id })).insert(&store).await;
        assert_eq!(Visitor::new(&store, "c").begin(None).await, Opened::Switched { slug: "a".into(), fresh: true });
        crate::support::fixture::write(&store, async |tx, act| {
            use guestlist::domain::{flow::StageBinding, id::BindingId};
            let stage = guestlist::store::stages::find_by_name(tx, "c-0").await.unwrap().unwrap();
            let back = StageBinding::new(BindingId(guestlist::clock::new_id()), b.id, stage.id, -10);
            guestlist::store::flows::insert_binding(tx, &back, act).await.unwrap();
        })
        .await;
        let opened = Visitor::new(&store, "c").begin(None).await;
        assert!(matches!(opened, Opened::Refused(Refusal::Misconfigured(_))), "{opened:?} {c:?}");
    }

    async fn consent_is_asked_each_time_and_taken_from_its_own_page_only(store: Store) {
        making("enroll").other(OtherModel::Consent, json!({})).other(OtherModel::Dummy, json!({})).credentials().user_write().insert(&store).await;
        let mut jane = Visitor::new(&store, "enroll");
        jane.begin(None).await;
        let Component::Consent { about: About::Stage, token } = jane.questions().await.component else { panic!() };
        assert_eq!(again(jane.post(&[("token", "x")]).await).faults, [Remark::ConsentAgain]);
        jane.go_on(&[("token", &token)]).await;
        assert_eq!(jane.questions().await.component, Component::Dummy { name: "enroll-10".into() });
        jane.go_on(&[]).await;
        assert_eq!(jane.questions().await.page, 3);
        jane.go_on(CREDENTIALS).await;
        assert!(user_named(&store, "jane").await.is_some());
    }

    async fn what_is_kept_for_sign_in_flows_does_not_stop_enrolling(store: Store) {
        making("enroll").to(Designation::Enrollment).credentials().user_write().login().insert(&store).await;
        let mut jane = Visitor::new(&store, "enroll");
        jane.query = vec![("next".into(), "//evil.example".into())];
        jane.begin(None).await;
        jane.go_on(CREDENTIALS).await;
        let View::Closed(closing) = jane.look().await else { panic!() };
        assert_eq!((closing.next, closing.created), (None, true));
    }
}
