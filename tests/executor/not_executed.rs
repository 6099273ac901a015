//! What is kept and not executed here refuses whoever comes to it, and writes nothing.

use guestlist::domain::stage::{NetworkBinding, OtherModel, OtherStage, StageKind, UserLoginStage};
use guestlist::executor::{Answered, Opened, Refusal};
use guestlist::store::Store;

use super::visitor::{CREDENTIALS, Visitor};
use crate::support::fixture::{invite, making, mapping, settings, user_count, uses};
use crate::support::stores::on_both;
use serde_json::json;

fn captcha() -> StageKind {
    StageKind::Other(OtherStage { model: OtherModel::Captcha, settings: mapping(json!({})) })
}

fn refused(why: &str) -> Refusal {
    Refusal::NotExecuted(why.to_owned())
}

on_both! {
    async fn a_stage_that_is_not_executed_refuses_when_it_is_reached(store: Store) {
        making("enroll").invitation().credentials().user_write().stage(captcha()).login().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let answered = jane.post(CREDENTIALS).await;
        assert_eq!(answered, Answered::Refused(refused("The stage `enroll-30` is a captcha stage, which is not executed here")));
        assert_eq!((user_count(&store).await, uses(&store, id).await), (0, 0));
    }

    async fn a_flow_that_begins_with_such_a_stage_does_not_open(store: Store) {
        making("enroll").stage(captcha()).credentials().user_write().insert(&store).await;
        let mut jane = Visitor::new(&store, "enroll");
        assert_eq!(jane.begin(None).await, Opened::Refused(refused("The stage `enroll-0` is a captcha stage, which is not executed here")));
    }

    async fn a_stage_that_is_told_to_fail_fails(store: Store) {
        making("open").credentials().other(OtherModel::Dummy, json!({ "throw_error": true })).insert(&store).await;
        let mut jane = Visitor::new(&store, "open");
        jane.begin(None).await;
        let answered = jane.post(CREDENTIALS).await;
        assert!(matches!(answered, Answered::Refused(Refusal::Misconfigured(_))), "{answered:?}");
    }

    async fn a_session_that_should_be_bound_to_a_network_is_not_begun(store: Store) {
        let login = UserLoginStage { network_binding: NetworkBinding::Asn, ..UserLoginStage::default() };
        making("enroll").credentials().user_write().stage(StageKind::UserLogin(login)).insert(&store).await;
        let mut jane = Visitor::new(&store, "enroll");
        jane.begin(None).await;
        assert!(matches!(jane.post(CREDENTIALS).await, Answered::Refused(Refusal::NotExecuted(_))));
        assert_eq!(user_count(&store).await, 0);
    }
}
