//! Policies, what they guard, and which answers they check.

use guestlist::clock;
use guestlist::domain::id::{FlowId, PolicyBindingId, PolicyId};
use guestlist::domain::policy::{Decider, Guarded, Policy, PolicyBinding, PolicyModel};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{PromptStage, StageKind};
use guestlist::store::{Store, StoreError, flows, groups, policies, stages, users};
use serde_json::json;

use crate::support::fixture::{add_user, group, making, mapping, prompt, read, user, write};
use crate::support::stores::on_both;

fn policy(name: &str) -> Policy {
    Policy {
        id: PolicyId(clock::new_id()),
        name: name.into(),
        model: PolicyModel::Expression,
        execution_logging: true,
        settings: mapping(json!({ "expression": "return True" })),
    }
}

fn binding(target: Guarded, decider: Decider, order: i32) -> PolicyBinding {
    PolicyBinding {
        id: PolicyBindingId(clock::new_ordered_id()),
        target,
        decider,
        order,
        negate: true,
        enabled: true,
        timeout: 7,
        failure_result: true,
    }
}

on_both! {
    async fn a_policy_is_kept_as_it_was_and_its_name_is_its_own(store: Store) {
        let mut one = policy("one");
        write(&store, async |tx, act| {
            policies::insert(tx, &one, act).await.unwrap();
            assert!(matches!(policies::insert(tx, &policy("one"), act).await, Err(StoreError::Taken(_))));
            policies::insert(tx, &policy("a"), act).await.unwrap();
            one.execution_logging = false;
            one.settings = mapping(json!({ "expression": "return False" }));
            policies::update(tx, &one, act).await.unwrap();
            let renamed = Policy { name: "a".into(), ..one.clone() };
            assert!(matches!(policies::update(tx, &renamed, act).await, Err(StoreError::Taken(_))));
        })
        .await;
        read(&store, async |tx| {
            assert_eq!(policies::find(tx, one.id).await.unwrap(), Some(one.clone()));
            assert_eq!(policies::find_by_name(tx, "one").await.unwrap(), Some(one.clone()));
            let names: Vec<String> = policies::list(tx).await.unwrap().into_iter().map(|policy| policy.name).collect();
            assert_eq!(names, ["a", "one"]);
        })
        .await;
    }

    async fn a_binding_is_found_from_what_it_guards(store: Store) {
        let flow = making("enroll").credentials().user_write().insert(&store).await;
        let (one, team, jane) = (policy("one"), group("team"), user("jane"));
        add_user(&store, &jane).await;
        let stage = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()[1].id).await;
        let all = [
            binding(Guarded::Flow(flow.id), Decider::Group(team.id), 1),
            binding(Guarded::Flow(flow.id), Decider::Policy(one.id), 0),
            binding(Guarded::Stage(stage), Decider::User(jane.id), 0),
        ];
        write(&store, async |tx, act| {
            policies::insert(tx, &one, act).await.unwrap();
            groups::insert(tx, &team, act).await.unwrap();
            for binding in &all {
                policies::insert_binding(tx, binding, act).await.unwrap();
            }
            let again = binding(Guarded::Flow(flow.id), Decider::Policy(one.id), 0);
            assert!(matches!(policies::insert_binding(tx, &again, act).await, Err(StoreError::Taken(_))));
        })
        .await;
        read(&store, async |tx| {
            assert_eq!(policies::bindings(tx, Guarded::Flow(flow.id)).await.unwrap(), [all[1].clone(), all[0].clone()]);
            assert_eq!(policies::bindings(tx, Guarded::Stage(stage)).await.unwrap(), [all[2].clone()]);
            assert_eq!(policies::bindings_of_flow(tx, flow.id).await.unwrap().len(), 3);
            assert_eq!(policies::bindings_of_flow(tx, FlowId(clock::new_id())).await.unwrap(), []);
            assert_eq!(policies::find_binding(tx, all[2].id).await.unwrap(), Some(all[2].clone()));
            assert_eq!(policies::binding_name(tx, &all[2]).await.unwrap(), "enroll #10 enroll-10 #0 jane");
            assert_eq!(policies::binding_name(tx, &all[0]).await.unwrap(), "enroll #1 team");
            for (binding, name) in all.iter().zip(["team", "one", "jane"]) {
                assert_eq!(policies::decider_name(tx, binding.decider).await.unwrap(), name);
            }
            let gone = Decider::Group(guestlist::domain::id::GroupId(clock::new_id()));
            assert_eq!(policies::decider_name(tx, gone).await.unwrap(), "");
            let outline = flows::outline(tx, flow.clone()).await.unwrap();
            assert_eq!((outline.policies.len(), outline.steps[0].policies.len(), outline.steps[1].policies.len()), (2, 0, 1));
        })
        .await;
        let changed = PolicyBinding { enabled: false, order: 5, ..all[0].clone() };
        let second = binding(Guarded::Flow(flow.id), Decider::Policy(one.id), 9);
        write(&store, async |tx, act| {
            policies::update_binding(tx, &changed, act).await.unwrap();
            policies::insert_binding(tx, &second, act).await.unwrap();
            let moved = PolicyBinding { order: 0, ..second.clone() };
            assert!(matches!(policies::update_binding(tx, &moved, act).await, Err(StoreError::Taken(_))));
            // A group may stand at a place twice.
            let team = binding(Guarded::Flow(flow.id), Decider::Group(team.id), 6);
            policies::insert_binding(tx, &team, act).await.unwrap();
            policies::update_binding(tx, &PolicyBinding { order: 5, ..team.clone() }, act).await.unwrap();
            policies::delete_binding(tx, &team, act).await.unwrap();
            policies::delete_binding(tx, &second, act).await.unwrap();
            policies::delete_binding(tx, &all[1], act).await.unwrap();
            users::delete(tx, jane.id, act).await.unwrap();
        })
        .await;
        assert_eq!(read(&store, async |tx| policies::list_bindings(tx).await.unwrap()).await, [changed]);
    }

    async fn the_policies_of_a_prompt_stage_are_replaced_and_keep_their_order(store: Store) {
        let flow = making("enroll").page(vec![prompt("a", PromptType::Text)]).insert(&store).await;
        let (first, second) = (policy("z"), policy("a"));
        let ids = vec![first.id, second.id];
        write(&store, async |tx, act| {
            policies::insert(tx, &first, act).await.unwrap();
            policies::insert(tx, &second, act).await.unwrap();
            let mut page = flows::outline(tx, flow.clone()).await.unwrap().steps.remove(0).stage;
            let StageKind::Prompt(PromptStage { validation_policies, .. }) = &mut page.kind else { panic!() };
            validation_policies.clone_from(&ids);
            stages::update(tx, &page, act).await.unwrap();
            assert_eq!(stages::find(tx, page.id).await.unwrap(), Some(page.clone()));
            assert_eq!(policies::list_of_stage(tx, page.id).await.unwrap(), ids);
            policies::delete(tx, &first, act).await.unwrap();
            assert_eq!(policies::list_of_stage(tx, page.id).await.unwrap(), [second.id]);
        })
        .await;
    }
}
