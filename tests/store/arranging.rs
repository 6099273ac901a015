//! Stages of flows rearranged, who shares them, and who decides there by name.

use guestlist::clock;
use guestlist::domain::flow::StageBinding;
use guestlist::domain::id::{BindingId, PolicyBindingId, PolicyId};
use guestlist::domain::policy::{Decider, Guarded, Policy, PolicyBinding, PolicyModel};
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::domain::stage::{PromptStage, StageKind, UserWriteStage};
use guestlist::policy;
use guestlist::store::events::{self, Object};
use guestlist::store::{Store, StoreError, flows, groups, policies, prompts, stages};
use serde_json::json;

use crate::support::fixture::{
    add_user, alice, group, insert_stage, making, mapping, noon, prompt, read, slug, two_pages, user, write,
};
use crate::support::stores::on_both;

const BINDING: &str = "authentik_flows.flowstagebinding";

fn guard(target: Guarded, decider: Decider) -> PolicyBinding {
    PolicyBinding {
        id: PolicyBindingId(clock::new_ordered_id()),
        target,
        decider,
        order: 0,
        negate: false,
        enabled: true,
        timeout: 30,
        failure_result: false,
    }
}

fn expression(name: &str, text: &str) -> Policy {
    Policy {
        id: PolicyId(clock::new_id()),
        name: name.into(),
        model: PolicyModel::Expression,
        execution_logging: false,
        settings: mapping(json!({ "expression": text })),
    }
}

on_both! {
    async fn stages_take_each_other_s_places_and_the_log_says_so(store: Store) {
        let it = two_pages(&store).await;
        let bound = read(&store, async |tx| flows::bindings(tx, it.id).await.unwrap()).await;
        let orders = [(bound[1].id, 20), (bound[2].id, 10)];
        write(&store, async |tx, act| flows::reorder(tx, &orders, act).await.unwrap()).await;
        read(&store, async |tx| {
            let now: Vec<_> = flows::bindings(tx, it.id).await.unwrap().iter().map(|it| (it.id, it.order)).collect();
            let wanted = [(bound[0].id, 0), (bound[2].id, 10), (bound[1].id, 20), (bound[3].id, 30), (bound[4].id, 40)];
            assert_eq!(now, wanted);
            let told = events::list_of(tx, Object(BINDING, "enroll #20 enroll-10"), 9).await.unwrap();
            assert_eq!(told[0].detail["order"], json!({ "before": 10, "after": 20 }));
            let last = flows::last_rearranged(tx, &it.slug, 9).await.unwrap();
            assert_eq!(last, Some((alice().name, noon())));
            assert_eq!(flows::last_rearranged(tx, &slug("enrol"), 9).await.unwrap(), None);
        })
        .await;
    }

    async fn a_place_that_the_same_stage_has_is_taken_and_one_that_is_gone_is_told(store: Store) {
        let it = making("enroll").login().insert(&store).await;
        let first = read(&store, async |tx| flows::bindings(tx, it.id).await.unwrap().remove(0)).await;
        let again = StageBinding { id: BindingId(clock::new_id()), order: 7, ..first.clone() };
        write(&store, async |tx, act| flows::insert_binding(tx, &again, act).await.unwrap()).await;
        let attempt = async |orders: &[(BindingId, i32)]| {
            // What fails half way is rolled back.
            flows::reorder(&mut store.begin_write().await.unwrap(), orders, &alice().at(noon())).await
        };
        let refused = attempt(&[(first.id, 7)]).await;
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
        let refused = attempt(&[(BindingId(clock::new_id()), 1)]).await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
        // Both at once, which one after the other could not.
        write(&store, async |tx, act| {
            flows::reorder(tx, &[(first.id, 7), (again.id, 0)], act).await.unwrap();
            let ids: Vec<_> = flows::bindings(tx, it.id).await.unwrap().iter().map(|it| it.id).collect();
            assert_eq!(ids, [again.id, first.id]);
        })
        .await;
    }

    async fn what_other_flows_have_too_is_told(store: Store) {
        let (it, other) = (making("enroll").insert(&store).await, making("other").insert(&store).await);
        write(&store, async |tx, act| {
            let page = StageKind::Prompt(PromptStage::default());
            let stage = insert_stage(tx, "shared".into(), page, vec![prompt("name", PromptType::Text)], act).await;
            let StageKind::Prompt(settings) = &stage.kind else { panic!() };
            let second = insert_stage(tx, "second".into(), StageKind::Prompt(PromptStage::default()), vec![], act).await;
            let second = guestlist::domain::stage::Stage { kind: StageKind::Prompt(settings.clone()), ..second };
            stages::update(tx, &second, act).await.unwrap();
            for (flow, stage) in [(&it, &stage), (&other, &second)] {
                let binding = StageBinding::new(BindingId(clock::new_id()), flow.id, stage.id, 0);
                flows::insert_binding(tx, &binding, act).await.unwrap();
            }
            let shared = flows::sharing(tx, it.id).await.unwrap();
            assert_eq!(shared, [(settings.fields[0].0, vec![slug("other")])].into(), "the prompt, not the stage");
            let all = flows::where_bound(tx).await.unwrap();
            assert_eq!(all[&stage.id.0], [slug("enroll")]);
            assert_eq!(all[&settings.fields[0].0], [slug("enroll"), slug("other")]);
        })
        .await;
    }

    async fn a_prompt_that_somebody_else_changed_is_not_changed(store: Store) {
        let read_before = prompt("name", PromptType::Text);
        let mine = Prompt { label: "Mine".into(), ..read_before.clone() };
        let theirs = Prompt { label: "Theirs".into(), ..read_before.clone() };
        write(&store, async |tx, act| {
            prompts::insert(tx, &read_before, act).await.unwrap();
            prompts::update_read(tx, &read_before, &theirs, act).await.unwrap();
            let refused = prompts::update_read(tx, &read_before, &mine, act).await;
            assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
            assert_eq!(prompts::find(tx, mine.id).await.unwrap(), Some(theirs.clone()));
            prompts::delete(tx, &theirs, act).await.unwrap();
            assert!(matches!(prompts::update_read(tx, &theirs, &mine, act).await, Err(StoreError::Stale)));
        })
        .await;
    }

    async fn those_who_decide_in_a_flow_have_names(store: Store) {
        let lacking = Prompt { initial_value: "import os".into(), initial_value_expression: true, ..prompt("name", PromptType::Text) };
        let it = making("enroll").page(vec![lacking.clone()]).insert(&store).await;
        let (one, checks, elsewhere) =
            (expression("one", "return True"), expression("checks", "import os"), expression("else", "return True"));
        let (team, crew, jane) = (group("team"), group("crew"), user("jane"));
        add_user(&store, &jane).await;
        write(&store, async |tx, act| {
            for policy in [&one, &checks, &elsewhere] {
                policies::insert(tx, policy, act).await.unwrap();
            }
            for group in [&team, &crew] {
                groups::insert(tx, group, act).await.unwrap();
            }
            let step = flows::outline(tx, it.clone()).await.unwrap().steps.remove(0);
            let mut page = step.stage;
            if let StageKind::Prompt(settings) = &mut page.kind {
                settings.validation_policies = vec![checks.id];
            }
            stages::update(tx, &page, act).await.unwrap();
            let write = UserWriteStage { create_users_group: Some(crew.id), ..UserWriteStage::default() };
            let write = insert_stage(tx, "write".into(), StageKind::UserWrite(write), vec![], act).await;
            let binding = StageBinding::new(BindingId(clock::new_id()), it.id, write.id, 50);
            flows::insert_binding(tx, &binding, act).await.unwrap();
            for guard in [
                guard(Guarded::Flow(it.id), Decider::Policy(one.id)),
                guard(Guarded::Flow(it.id), Decider::Group(team.id)),
                guard(Guarded::Stage(binding.id), Decider::User(jane.id)),
            ] {
                policies::insert_binding(tx, &guard, act).await.unwrap();
            }
        })
        .await;
        read(&store, async |tx| {
            let found = policies::of_flow(tx, it.id).await.unwrap();
            assert_eq!(found.iter().map(|policy| policy.name.as_str()).collect::<Vec<_>>(), ["checks", "one"]);
            let (groups, users) = policies::people_of_flow(tx, it.id).await.unwrap();
            assert_eq!(groups, [(crew.id, "crew".to_owned()), (team.id, "team".to_owned())]);
            assert_eq!(users, [(jane.id, "jane".to_owned())]);
            let outline = flows::outline(tx, it.clone()).await.unwrap();
            let names = policy::names(tx, &outline).await.unwrap();
            assert_eq!(names.policies[&one.id].missing, Vec::<String>::new());
            assert!(names.policies[&checks.id].missing[0].contains("os"), "{names:?}");
            assert!(names.prompts[&lacking.id][0].contains("os"), "{names:?}");
        })
        .await;
        let page = read(&store, async |tx| flows::page(tx, &[], flows::Sort::default(), &guestlist::store::page::Anchor::First, 9).await.unwrap()).await;
        assert_eq!((page.rows[0].stages, page.rows[0].policies), (2, 2));
    }
}
