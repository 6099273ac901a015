//! How bindings combine.

use guestlist::clock;
use guestlist::domain::event::Action;
use guestlist::domain::flow::PolicyEngineMode;
use guestlist::domain::id::{PolicyId, UserId};
use guestlist::domain::policy::{Decider, Guarded, PolicyBinding, PolicyModel};
use guestlist::policy::{Policies, Request, Verdict};
use guestlist::store::{Store, events, flows, groups, membership, policies};
use serde_json::json;

use super::{add_policy, binding, dummy, request};
use crate::support::fixture::{add_user, group, making, read, user, write};
use crate::support::stores::on_both;

const BOTH: [PolicyEngineMode; 2] = [PolicyEngineMode::Any, PolicyEngineMode::All];

/// What guards a new flow makes of a request in modes `any` and `all`.
async fn outcome(store: &Store, mut bindings: Vec<PolicyBinding>, request: &Request) -> [Verdict; 2] {
    let name = format!("f{}", clock::new_id());
    let flow = making(&name).insert(store).await;
    write(store, async |tx, act| {
        for binding in &mut bindings {
            binding.target = Guarded::Flow(flow.id);
            policies::insert_binding(tx, binding, act).await.unwrap();
        }
    })
    .await;
    let ask = async |mode| {
        read(store, async |tx| Policies::new().guard(tx, Guarded::Flow(flow.id), mode, request).await.unwrap()).await
    };
    [ask(BOTH[0]).await, ask(BOTH[1]).await]
}

fn passing(verdicts: &[Verdict; 2]) -> [bool; 2] {
    [verdicts[0].passing, verdicts[1].passing]
}

fn of(id: PolicyId, order: i32) -> PolicyBinding {
    PolicyBinding { order, ..binding(guestlist::domain::id::FlowId(clock::new_id()), Decider::Policy(id)) }
}

on_both! {
    async fn an_expression_sees_what_its_policy_is_bound_to(store: Store) {
        let flow = making("enroll").credentials().insert(&store).await;
        let bound = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(0);
        let of_flow = "o = request.obj\nak_message(f'{o.slug} {o.title} {o.designation} {str(o.pk) == str(o.flow_uuid)}')\nreturn True";
        let of_stage = "o = request.obj\nak_message(f'{o.order} {o.stage.name} {o.target.slug} {o.re_evaluate_policies}')\nreturn True";
        for (target, text, said) in [
            (Guarded::Flow(flow.id), of_flow, "enroll Welcome enrollment True"),
            (Guarded::Stage(bound.id), of_stage, "0 enroll-0 enroll True"),
        ] {
            let policy = add_policy(&store, said, PolicyModel::Expression, json!({ "expression": text })).await;
            let binding = PolicyBinding { target, ..of(policy.id, 0) };
            write(&store, async |tx, act| policies::insert_binding(tx, &binding, act).await.unwrap()).await;
            let verdict = read(&store, async |tx| Policies::new().guard(tx, target, BOTH[0], &request()).await.unwrap()).await;
            assert_eq!(verdict.messages, [said]);
        }
    }

    async fn nothing_bound_passes_and_what_is_disabled_is_not_there(store: Store) {
        let no = dummy(&store, "no", false).await;
        assert_eq!(passing(&outcome(&store, vec![], &request()).await), [true, true]);
        let disabled = PolicyBinding { enabled: false, ..of(no, 0) };
        assert_eq!(passing(&outcome(&store, vec![disabled], &request()).await), [true, true]);
    }

    async fn one_is_enough_for_any_and_all_are_needed_for_all_and_every_policy_runs(store: Store) {
        let (yes, no) = (dummy(&store, "yes", true).await, dummy(&store, "no", false).await);
        let mixed = outcome(&store, vec![of(yes, 1), of(no, 0)], &request()).await;
        assert_eq!(passing(&mixed), [true, false]);
        for verdict in &mixed {
            assert_eq!(verdict.messages, ["dummy", "dummy"]);
        }
        assert_eq!(passing(&outcome(&store, vec![of(no, 0)], &request()).await), [false, false]);
        let negated = PolicyBinding { negate: true, ..of(no, 0) };
        assert_eq!(passing(&outcome(&store, vec![negated, of(yes, 1)], &request()).await), [true, true]);
    }

    async fn a_policy_that_fails_counts_as_its_binding_says_and_is_not_turned_around(store: Store) {
        let broken = add_policy(&store, "places", PolicyModel::Geoip, json!({ "countries": ["CH"] })).await;
        for (failure_result, negate) in [(true, false), (true, true), (false, false), (false, true)] {
            let binding = PolicyBinding { failure_result, negate, ..of(broken.id, 0) };
            let [verdict, _] = outcome(&store, vec![binding], &request()).await;
            assert_eq!((verdict.passing, verdict.messages.len()), (failure_result, 1));
            let event = &verdict.events[0];
            assert_eq!((event.action, event.object_name.as_str()), (Action::PolicyException, "places"));
            assert_eq!(event.detail["policy_uuid"], json!(broken.id));
            assert_eq!(event.detail["message"], "Policy failed to execute");
        }
    }

    async fn users_and_groups_are_one_result_together_and_membership_is_inherited(store: Store) {
        let (jane, paul, house, team, other) = (user("jane"), user("paul"), group("house"), group("team"), group("other"));
        add_user(&store, &jane).await;
        add_user(&store, &paul).await;
        write(&store, async |tx, act| {
            for group in [&house, &team, &other] {
                groups::insert(tx, group, act).await.unwrap();
            }
            groups::add_member(tx, team.id, jane.id).await.unwrap();
            membership::set_parents(tx, team.id, &[house.id]).await.unwrap();
            let names: Vec<String> = groups::all_of(tx, jane.id).await.unwrap().into_iter().map(|group| group.name).collect();
            assert_eq!(names, ["house", "team"]);
        })
        .await;
        let no = dummy(&store, "no", false).await;
        let flow = guestlist::domain::id::FlowId(clock::new_id());
        let asked = |id: UserId| Request { user: Some(id), ..request() };
        let people = || vec![binding(flow, Decider::Group(house.id)), binding(flow, Decider::User(paul.id))];
        assert_eq!(passing(&outcome(&store, people(), &asked(jane.id)).await), [true, false]);
        let with_policy = || [people(), vec![of(no, 9)]].concat().into_iter().map(|it| PolicyBinding { id: guestlist::domain::id::PolicyBindingId(clock::new_ordered_id()), ..it }).collect();
        assert_eq!(passing(&outcome(&store, with_policy(), &asked(jane.id)).await), [true, false]);
        let stranger = || PolicyBinding { negate: true, ..binding(flow, Decider::Group(other.id)) };
        assert_eq!(passing(&outcome(&store, vec![stranger()], &asked(jane.id)).await), [true, true]);
        for nobody in [request(), asked(UserId(clock::new_id()))] {
            assert_eq!(passing(&outcome(&store, vec![stranger()], &nobody).await), [false, false]);
        }
    }

    async fn a_run_that_is_logged_becomes_an_event_when_its_verdict_is_recorded(store: Store) {
        let mut policy = add_policy(&store, "logged", PolicyModel::Dummy, json!({ "result": true })).await;
        policy.execution_logging = true;
        write(&store, async |tx, act| {
            policies::update(tx, &policy, act).await.unwrap();
            let verdict = Policies::new().validate(tx, &[policy.id], &request()).await.unwrap();
            assert!(verdict.passing && verdict.changes.is_empty());
            verdict.record(tx, act).await.unwrap();
            let event = events::list(tx, 1).await.unwrap().remove(0);
            assert_eq!((event.action, event.object_name.as_str()), (Action::PolicyExecution, "logged"));
            assert_eq!(event.detail["passing"], true);
        })
        .await;
    }
}
