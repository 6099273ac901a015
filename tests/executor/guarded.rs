//! Policies on flows and on stages.

use guestlist::clock;
use guestlist::domain::flow::{DeniedAction, Flow, StageBinding};
use guestlist::domain::id::{PolicyBindingId, PolicyId};
use guestlist::domain::invitation::Settings;
use guestlist::domain::policy::{Decider, Guarded, PolicyBinding, PolicyModel};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::OtherModel;
use guestlist::executor::{Answered, Opened, Refusal, Remark, View};
use guestlist::store::{Store, flows, groups, policies};
use serde_json::json;

use super::visitor::{CREDENTIALS, DETAILS, Visitor};
use crate::support::fixture::{
    expression, group, invite, making, mapping, policy, prompt, read, settings, two_pages, user_count, user_named,
    uses, write,
};
use crate::support::stores::on_both;

/// A policy whose result is fixed; it says `dummy`.
pub async fn dummy(store: &Store, name: &str, result: bool) -> PolicyId {
    policy(store, name, PolicyModel::Dummy, json!({ "result": result })).await
}

/// Binds what decides to what is guarded.
pub async fn bind(store: &Store, target: Guarded, decider: Decider) {
    let binding = PolicyBinding {
        id: PolicyBindingId(clock::new_id()),
        target,
        decider,
        order: 0,
        negate: false,
        enabled: true,
        timeout: 30,
        failure_result: false,
    };
    write(store, async |tx, act| policies::insert_binding(tx, &binding, act).await.unwrap()).await;
}

/// Guards a stage of a flow by a fixed result.
async fn guard(store: &Store, flow: &Flow, place: usize, result: bool) -> StageBinding {
    let binding = read(store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(place);
    let policy = dummy(store, &format!("{}-{place}-{result}", flow.slug), result).await;
    bind(store, Guarded::Stage(binding.id), Decider::Policy(policy)).await;
    binding
}

on_both! {
    async fn a_flow_whose_policy_fails_does_not_begin_and_says_why(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let no = dummy(&store, "no", false).await;
        bind(&store, Guarded::Flow(flow.id), Decider::Policy(no)).await;
        let opened = Visitor::new(&store, "enroll").begin(Some(&id.token())).await;
        assert_eq!(opened, Opened::Refused(Refusal::Denied { messages: vec!["dummy".into()] }));
        assert_eq!((user_count(&store).await, uses(&store, id).await), (0, 0));
    }

    async fn a_flow_whose_policy_passes_is_walked(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let yes = dummy(&store, "yes", true).await;
        bind(&store, Guarded::Flow(flow.id), Decider::Policy(yes)).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn who_is_denied_is_led_to_a_path_of_ours_and_nowhere_else(store: Store) {
        for (number, (action, next, leads)) in [
            (DeniedAction::MessageContinue, Some("/if/flow/other/?a=1"), Some("/if/flow/other/?a=1")),
            (DeniedAction::MessageContinue, Some("https://evil.example/"), None),
            (DeniedAction::MessageContinue, Some("//evil.example/"), None),
            (DeniedAction::MessageContinue, None, None),
            (DeniedAction::Continue, None, Some("/")),
            (DeniedAction::Message, Some("/x"), None),
        ].into_iter().enumerate() {
            let slug = format!("flow-{number}");
            let mut flow = making(&slug).credentials().user_write();
            flow.flow.denied_action = action;
            let flow = flow.insert(&store).await;
            let no = dummy(&store, &slug, false).await;
            bind(&store, Guarded::Flow(flow.id), Decider::Policy(no)).await;
            let mut jane = Visitor::new(&store, &slug);
            jane.query = next.map(|next| ("next".to_owned(), next.to_owned())).into_iter().collect();
            let opened = jane.begin(None).await;
            match leads {
                Some(to) => assert_eq!(opened, Opened::Elsewhere(to.into()), "{number}"),
                None => assert!(matches!(opened, Opened::Refused(Refusal::Denied { .. })), "{number} {opened:?}"),
            }
        }
    }

    async fn a_stage_whose_policy_fails_is_skipped_not_refused(store: Store) {
        let flow = two_pages(&store).await;
        guard(&store, &flow, 2, false).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        assert!(matches!(jane.look().await, View::Closed(_)), "the second page was left out");
        assert_eq!(user_named(&store, "jane").await.unwrap().user.name, "");
    }

    async fn a_stage_that_is_left_out_of_the_plan_does_not_count_as_a_page(store: Store) {
        let flow = two_pages(&store).await;
        let binding = guard(&store, &flow, 2, false).await;
        let binding = StageBinding { evaluate_on_plan: true, re_evaluate_policies: false, ..binding };
        write(&store, async |tx, act| flows::update_binding(tx, &binding, act).await.unwrap()).await;
        let id = invite(&store, &settings("welcome")).await;
        let jane = Visitor::with(&store, "enroll", id).await;
        assert_eq!(jane.questions().await.pages, 1);
    }

    async fn what_a_passing_policy_says_stands_on_the_page(store: Store) {
        let flow = two_pages(&store).await;
        guard(&store, &flow, 2, true).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        assert_eq!(jane.questions().await.notices, []);
        jane.go_on(CREDENTIALS).await;
        assert_eq!(jane.questions().await.notices, [Remark::Said("dummy".into())]);
        jane.go_on(DETAILS).await;
    }

    async fn a_policy_after_the_account_sees_the_account(store: Store) {
        let staff = group("staff");
        write(&store, async |tx, act| groups::insert(tx, &staff, act).await.unwrap()).await;
        let write_stage = guestlist::domain::stage::UserWriteStage { create_users_group: Some(staff.id), ..Default::default() };
        let flow = making("enroll")
            .invitation()
            .credentials()
            .stage(guestlist::domain::stage::StageKind::UserWrite(write_stage))
            .details()
            .user_write()
            .login()
            .insert(&store)
            .await;
        for place in [3, 5] {
            let binding = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(place);
            bind(&store, Guarded::Stage(binding.id), Decider::Group(staff.id)).await;
        }
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        assert_eq!(jane.questions().await.fields().len(), 2, "members of staff are asked more");
        let answered = jane.post(DETAILS).await;
        assert!(matches!(answered, Answered::Next { login: Some(_) }), "{answered:?}");
        let view = user_named(&store, "jane").await.unwrap();
        assert_eq!((view.user.name.as_str(), view.groups, uses(&store, id).await), ("Jane Doe", vec!["staff".to_owned()], 1));
    }

    async fn an_empty_list_of_groups_is_no_group_and_not_every_group(store: Store) {
        for name in ["staff", "admins"] {
            write(&store, async |tx, act| groups::insert(tx, &group(name), act).await.unwrap()).await;
        }
        for (said, expected) in [("[]", vec![]), ("['staff']", vec!["staff".to_owned()])] {
            let name = format!("enroll-{}", expected.len());
            let flow = making(&name).invitation().page(vec![prompt("username", PromptType::Username)]).user_write().insert(&store).await;
            let text = format!("request.context['flow_plan'].context['groups'] = {said}\nreturn True");
            let policy = expression(&store, &name, &text).await;
            let binding = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(2);
            bind(&store, Guarded::Stage(binding.id), Decider::Policy(policy)).await;
            let brought = mapping(json!({ "groups": [], "attributes": { "groups": [] } }));
            let id = invite(&store, &Settings { fixed_data: brought, ..settings(&name) }).await;
            let mut jane = Visitor::with(&store, &name, id).await;
            jane.go_on(&[("username", &name)]).await;
            assert_eq!(user_named(&store, &name).await.unwrap().groups, expected);
        }
    }

    async fn a_stage_that_refuses_gives_the_plan_up_and_opening_again_begins_anew(store: Store) {
        making("enroll").invitation().credentials().other(OtherModel::Deny, json!({ "deny_message": "Not today." })).user_write().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let denied = Refusal::Denied { messages: vec!["Not today.".into()] };
        assert_eq!(jane.post(CREDENTIALS).await, Answered::Refused(denied));
        assert_eq!(jane.look().await, View::NotBegun);
        assert_eq!(jane.begin(None).await, Opened::Begun { fresh: false });
        assert_eq!(jane.questions().await.fields().len(), 3, "the invitation is kept");
        assert_eq!((user_count(&store).await, uses(&store, id).await), (0, 0));
    }

    async fn a_flow_that_would_begin_again_for_ever_is_refused(store: Store) {
        use guestlist::domain::flow::InvalidResponseAction;
        let flow = making("round").credentials().other(OtherModel::Deny, json!({})).insert(&store).await;
        let bindings = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await;
        let again = StageBinding { invalid_response_action: InvalidResponseAction::Restart, ..bindings[1].clone() };
        write(&store, async |tx, act| flows::update_binding(tx, &again, act).await.unwrap()).await;
        let mut jane = Visitor::new(&store, "round");
        jane.begin(None).await;
        jane.go_on(CREDENTIALS).await;
        let page = jane.questions().await;
        assert_eq!((page.page, page.notices), (1, vec![Remark::BeginsAgain]));
        write(&store, async |tx, act| flows::delete_binding(tx, &bindings[0], act).await.unwrap()).await;
        let opened = Visitor::new(&store, "round").begin(None).await;
        assert!(matches!(opened, Opened::Refused(Refusal::Misconfigured(_))), "{opened:?}");
    }

    async fn a_wrong_answer_may_begin_the_flow_again_with_what_is_known(store: Store) {
        use guestlist::domain::flow::InvalidResponseAction;
        let flow = making("enroll").details().credentials().user_write().insert(&store).await;
        let bindings = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await;
        for (action, name) in [(InvalidResponseAction::Restart, ""), (InvalidResponseAction::RestartWithContext, "Jane Doe")] {
            let again = StageBinding { invalid_response_action: action, ..bindings[1].clone() };
            write(&store, async |tx, act| flows::update_binding(tx, &again, act).await.unwrap()).await;
            let mut jane = Visitor::new(&store, "enroll");
            jane.begin(None).await;
            jane.go_on(DETAILS).await;
            jane.go_on(&[("username", "jane"), ("password", "a"), ("password_repeat", "b")]).await;
            let page = jane.questions().await;
            assert_eq!((page.page, page.fields()[0].value.as_str()), (1, name));
        }
    }
}
