//! The stages of a flow: shown, moved, bound, unbound, their prompts changed, by one and by two.

use guestlist::clock;
use guestlist::domain::event::Actor;
use guestlist::domain::flow::{Authentication, Outline};
use guestlist::domain::id::{PolicyBindingId, PolicyId};
use guestlist::domain::policy::{Decider, Guarded, Policy, PolicyBinding, PolicyModel};
use guestlist::domain::stage::{OtherModel, StageKind};
use guestlist::store::events::{self, Object};
use guestlist::store::{Store, flows, groups, policies, prompts, stages};
use serde_json::json;

use super::harness::{Console, Start, alice};
use crate::support::fixture::{group, making, mapping, read, two_pages, write};

fn bob() -> Actor {
    Actor { name: "bob".into(), ..alice() }
}

async fn outline(console: &Console) -> Outline {
    read(&console.world.store, async |tx| {
        let flow = flows::list(tx).await.unwrap().remove(0);
        flows::outline(tx, flow).await.unwrap()
    })
    .await
}

/// The stages in order: kind and order.
async fn order(console: &Console) -> Vec<(String, i32)> {
    outline(console).await.steps.iter().map(|it| (it.stage.kind.as_str().to_owned(), it.binding.order)).collect()
}

async fn kinds(console: &Console) -> Vec<String> {
    order(console).await.into_iter().map(|(kind, _)| kind).collect()
}

const AS_IMPORTED: [&str; 5] = ["invitation", "prompt", "prompt", "user_write", "user_login"];

/// A flow with all that can guard one.
async fn guarded(store: &Store) {
    let mut making = making("guarded").invitation().details().other(OtherModel::Captcha, json!({})).user_write();
    making.flow.authentication = Authentication::RequireUnauthenticated;
    let flow = making.insert(store).await;
    let expression = |name: &str, text: &str| Policy {
        id: PolicyId(clock::new_id()),
        name: name.into(),
        model: PolicyModel::Expression,
        execution_logging: false,
        settings: mapping(json!({ "expression": text })),
    };
    let (open, near) = (expression("office-hours", "return True"), expression("needs-os", "import os"));
    let staff = group("staff");
    write(store, async |tx, act| {
        policies::insert(tx, &open, act).await.unwrap();
        policies::insert(tx, &near, act).await.unwrap();
        groups::insert(tx, &staff, act).await.unwrap();
        let outline = flows::outline(tx, flow.clone()).await.unwrap();
        let mut page = outline.steps[1].stage.clone();
        if let StageKind::Prompt(settings) = &mut page.kind {
            settings.validation_policies = vec![near.id];
        }
        stages::update(tx, &page, act).await.unwrap();
        let step = Guarded::Stage(outline.steps[1].binding.id);
        let guards = [
            (Guarded::Flow(flow.id), Decider::Policy(open.id), false),
            (step, Decider::Policy(open.id), true),
            (step, Decider::Group(staff.id), false),
        ];
        for ((target, decider, negate), order) in guards.into_iter().zip(0..) {
            let id = PolicyBindingId(clock::new_ordered_id());
            let guard =
                PolicyBinding { id, target, decider, order, negate, enabled: true, timeout: 30, failure_result: false };
            policies::insert_binding(tx, &guard, act).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn an_expanded_flow_draws_its_plan_with_what_decides_what() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40))] {
        let mut console = Start { size, blueprints: &[], ..Start::default() }.open().await;
        guarded(&console.world.store).await;
        console.press("<esc> 1 r l").await;
        insta::assert_snapshot!(format!("plan_{name}"), console.screen());
        if size.1 < 40 {
            console.press("<C-d> <C-d> <C-d>").await;
            insta::assert_snapshot!(format!("plan_below_{name}"), console.screen());
        }
    }
}

#[tokio::test]
async fn the_stages_of_a_flow_look_as_they_did() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40))] {
        let mut console = Start { size, ..Start::default() }.open().await;
        console.press("1 e").await;
        insta::assert_snapshot!(format!("stages_{name}"), console.screen());
        console.press("a").await;
        insta::assert_snapshot!(format!("stages_to_bind_{name}"), console.screen());
        console.press("<esc> d").await;
        insta::assert_snapshot!(format!("unbind_{name}"), console.screen());
        console.press("n j j <enter>").await;
        insta::assert_snapshot!(format!("prompt_{name}"), console.screen());
    }
}

#[tokio::test]
async fn a_stage_is_moved_and_that_is_undone() {
    let mut console = Console::new().await;
    console.press("1 e J").await;
    console.sees("Moved. u undoes it.");
    console.sees("sees no prefilled values");
    assert_eq!(kinds(&console).await, ["prompt", "invitation", "prompt", "user_write", "user_login"]);
    // The stage stays selected where it went, and keys that come before the answer are not lost.
    console.press("J J").await;
    assert_eq!(kinds(&console).await, ["prompt", "prompt", "user_write", "invitation", "user_login"]);
    console.press("K").await;
    assert_eq!(kinds(&console).await, ["prompt", "prompt", "invitation", "user_write", "user_login"]);
    console.press("u u u u").await;
    assert_eq!(kinds(&console).await, AS_IMPORTED);
    let orders: Vec<i32> = order(&console).await.into_iter().map(|(_, order)| order).collect();
    assert_eq!(orders, [0, 10, 20, 30, 40]);
    console.press("u G J").await;
    assert_eq!(kinds(&console).await, AS_IMPORTED, "nothing is left to undo, and the last one stays last");
    let told = read(&console.world.store, async |tx| events::list(tx, 50).await.unwrap()).await;
    let moves = told.iter().filter(|it| it.detail.get("order").is_some()).count();
    assert_eq!(moves, 16, "two bindings a move, there and back");
}

#[tokio::test]
async fn moves_that_are_wanted_while_one_is_under_way_follow_it() {
    let mut console = Console::new().await;
    console.press("1 e").await;
    let first = console.hand("J");
    assert!(console.hand("J").is_empty() && console.hand("J").is_empty());
    console.perform(first).await;
    assert_eq!(kinds(&console).await, ["prompt", "prompt", "user_write", "invitation", "user_login"]);
}

#[tokio::test]
async fn a_stage_is_unbound_by_another_key_and_bound_again_with_its_guards() {
    let mut console = Start { size: (120, 40), blueprints: &[], ..Start::default() }.open().await;
    guarded(&console.world.store).await;
    console.press("<esc> 1 r e j d d").await;
    console.sees("Unbind guarded-10 from guarded?");
    assert_eq!(kinds(&console).await.len(), 4);
    console.press("n x y").await;
    console.sees("Unbound guarded-10; the stage stays. u undoes it.");
    assert_eq!(kinds(&console).await, ["invitation", "captcha", "user_write"]);
    console.press("u").await;
    console.sees("Bound again as it was.");
    assert_eq!(kinds(&console).await, ["invitation", "prompt", "captcha", "user_write"]);
    assert_eq!(outline(&console).await.steps[1].policies.len(), 2, "what guarded it guards it again");
    // A prompt is not unbound by mistake for its stage.
    console.press("g j j d").await;
    console.sees_no("Unbind guarded");
}

#[tokio::test]
async fn a_stage_is_found_by_typing_and_bound_last() {
    let mut console = Console::new().await;
    console.press("1 e a").await;
    console.press("w r i t e").await;
    console.sees("▸ User write · default-enrollment-write · bound here already");
    console.sees_no("Invitation · default");
    console.press("<esc>").await;
    assert_eq!(kinds(&console).await, AS_IMPORTED);
    console.press("a u s e r <space> l o g <enter>").await;
    console.sees("Bound default-enrollment-login, last in order. K moves it. u undoes it.");
    assert_eq!(order(&console).await.last(), Some(&("user_login".to_owned(), 50)));
    console.press("K K").await;
    assert_eq!(kinds(&console).await, ["invitation", "prompt", "prompt", "user_login", "user_write", "user_login"]);
    console.press("u u u").await;
    assert_eq!(kinds(&console).await, AS_IMPORTED);
}

#[tokio::test]
async fn an_invitation_stage_is_bound_first_where_there_is_none() {
    let mut console = Start { bind: false, ..Start::default() }.open().await;
    console.press("1 e").await;
    console.sees("it ignores invitations");
    console.sees("i Invitation stage");
    console.press("i").await;
    assert_eq!(kinds(&console).await, AS_IMPORTED);
    console.sees_no("ignores invitations");
    console.sees_no("i Invitation stage");
    console.press("i").await;
    assert_eq!(kinds(&console).await, AS_IMPORTED);
}

#[tokio::test]
async fn a_prompt_asks_otherwise_and_that_is_undone() {
    let mut console = Console::new().await;
    console.press("1 e j j e").await;
    console.sees("Edit Prompt");
    console.sees("field username");
    console.press("<C-u> Pick<space>a<space>name <tab> <C-u> first <C-s>").await;
    console.sees("✗ Enter a whole number.");
    console.press("<C-u> 7 <tab> <space> <tab> <C-u> jane <C-s>").await;
    console.sees("u undoes it.");
    console.sees("Pick a name");
    let prompt =
        |outline: Outline| outline.steps[1].prompts.iter().find(|it| it.field_key == "username").unwrap().clone();
    let now = prompt(outline(&console).await);
    assert_eq!((now.label.as_str(), now.order, now.required), ("Pick a name", 7, false));
    assert_eq!(now.placeholder, "jane");
    console.press("u").await;
    let before = prompt(outline(&console).await);
    assert_eq!((before.label.as_str(), before.required), ("Choose a username", true));
    let told = read(&console.world.store, async |tx| {
        events::list_of(tx, Object("authentik_stages_prompt.prompt", &now.name), 9).await.unwrap()
    })
    .await;
    assert_eq!(told.iter().filter(|it| it.action.as_str() == "model_updated").count(), 2);
    // What is typed is not lost by a slip.
    console.press("e x <esc>").await;
    console.sees("lose what you typed?");
}

#[tokio::test]
async fn a_prompt_that_somebody_else_changed_is_told_field_by_field() {
    let mut console = Console::new().await;
    console.press("1 e j j e <C-u> Mine").await;
    let mut prompt = outline(&console).await.steps[1].prompts[0].clone();
    prompt.label = "theirs".into();
    prompt.placeholder = "a hint".into();
    let mut tx = console.world.store.begin_write().await.unwrap();
    prompts::update(&mut tx, &prompt, &bob().at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("<C-s>").await;
    console.sees("bob changed this from");
    console.sees("`theirs`,");
    console.sees("Mine");
    console.press("<C-s>").await;
    let prompt = &outline(&console).await.steps[1].prompts[0];
    assert_eq!((prompt.label.as_str(), prompt.placeholder.as_str()), ("Mine", "a hint"), "what only bob touched stays");
}

#[tokio::test]
async fn stages_that_somebody_else_rearranged_are_shown_and_nothing_is_done() {
    let mut console = Console::new().await;
    console.press("1 e J").await;
    let last = outline(&console).await.steps.remove(4).binding;
    let mut tx = console.world.store.begin_write().await.unwrap();
    flows::delete_binding(&mut tx, &last, &bob().at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.press("J").await;
    console.sees("bob changed the stages of default-enrollment-flow, Sun");
    console.sees_no("User login");
    assert_eq!(kinds(&console).await, ["prompt", "invitation", "prompt", "user_write"]);
    // What was done before is not undone: it would undo bob's work, too.
    console.press("<esc> e u").await;
    assert_eq!(kinds(&console).await, ["prompt", "invitation", "prompt", "user_write"]);
    console.press("J").await;
    assert_eq!(kinds(&console).await, ["invitation", "prompt", "prompt", "user_write"]);
}

#[tokio::test]
async fn a_flow_that_somebody_deletes_closes_the_dialog() {
    let mut console = Console::new().await;
    console.press("1 e d").await;
    let flow = outline(&console).await.flow;
    let mut tx = console.world.store.begin_write().await.unwrap();
    flows::delete(&mut tx, &flow, &bob().at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    console.notice().await;
    console.sees("Somebody deleted default-enrollment-flow in the meantime.");
    console.sees_no("Unbind");
    console.sees("No flow yet.");
}

#[tokio::test]
async fn a_prompt_that_other_flows_ask_too_says_so() {
    let mut console = Start { size: (120, 40), blueprints: &[], ..Start::default() }.open().await;
    let store = console.world.store.clone();
    let flow = two_pages(&store).await;
    let other = making("zother").insert(&store).await;
    write(&store, async |tx, act| {
        let page = flows::bindings(tx, flow.id).await.unwrap().remove(1);
        let binding = guestlist::domain::flow::StageBinding {
            id: guestlist::domain::id::BindingId(clock::new_id()),
            target: other.id,
            ..page
        };
        flows::insert_binding(tx, &binding, act).await.unwrap();
    })
    .await;
    console.press("<esc> 1 r e").await;
    console.sees("enroll-10 · also in zother");
    console.press("j j e").await;
    console.sees("⚠ Asked in other flows, too, and changed there");
    console.sees("as well: zother.");
}

#[tokio::test]
async fn the_address_of_a_flow_is_copied_and_shown_alone() {
    let mut console = Console::new().await;
    console.press("1 L").await;
    let screen = console.screen();
    assert!(screen.starts_with("https://id.example.com/if/flow/default-enrollment-flow/\n"), "{screen}");
    console.press("<esc> c").await;
    console.sees("OSC 52");
}

#[tokio::test]
async fn a_console_that_only_looks_offers_none_of_it_and_shows_the_plan_and_the_link() {
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    console.press("1 e").await;
    console.sees_no("Stages of");
    console.sees_no("e Stages");
    console.press("l").await;
    console.sees("1  Invitation");
    console.press("L").await;
    console.sees("https://id.example.com/if/flow/default-enrollment-flow/");
}
