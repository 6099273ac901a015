//! Entries become objects: found, made, changed, left alone and deleted; all of a file or nothing.

use super::{Database, actions, actor, apply, count, invitation, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, Options, import};
use guestlist::domain::flow::Layout;
use guestlist::domain::stage::StageKind;
use guestlist::store::{events, flows, prompts, stages};
use serde_json::json;

const FLOW: &str = "\
version: 1
metadata: {name: Test}
entries:
  - id: flow
    model: authentik_flows.flow
    identifiers: {slug: enroll}
    attrs: {name: Enroll, title: Welcome, designation: enrollment, layout: content_left}
";

const PROMPTS: &str = "
version: 1
entries:
  - {id: a, model: authentik_stages_prompt.prompt, identifiers: {name: a}, attrs: {field_key: a, label: A, type: text}}
  - {id: b, model: authentik_stages_prompt.prompt, identifiers: {name: b}, attrs: {field_key: b, label: B, type: email}}
  - {id: page, model: authentik_stages_prompt.promptstage, identifiers: {name: page}, attrs: {fields: [!KeyOf b, !KeyOf a, !KeyOf b]}}
";

on_both! {
    async fn one_bad_entry_leaves_nothing_behind(database: Database) {
        let store = open(&database).await;
        // Only the database can tell that the group is new and lacks nothing, and that the prompt lacks its type.
        let text = format!("{FLOW}  - {{model: authentik_stages_prompt.prompt, identifiers: {{name: x}}, attrs: {{label: X}}}}\n  - {{model: authentik_core.group, identifiers: {{name: g}}}}\n");
        assert_eq!(
            refuse(&store, &text).await,
            "8:5: entry `x`: A new prompt needs `field_key`.\n8:5: entry `x`: A new prompt needs `type`."
        );
        assert_eq!(count(&store).await, [0; 5]);
    }

    async fn a_dry_run_reports_and_leaves_nothing_behind(database: Database) {
        let store = open(&database).await;
        let options = Options { dry_run: true, bind_invitation_stage: true, ..Options::default() };
        let shared = store.clone();
        // In a task of its own, as the console does it.
        let task = tokio::spawn(async move { import(&shared, FLOW.as_bytes(), &options, &actor()).await });
        let report = task.await.unwrap().unwrap();
        assert_eq!(actions(&report), [&Action::Created]);
        assert_eq!(report.bound.len(), 1);
        assert_eq!(count(&store).await, [0; 5]);
    }

    async fn an_update_changes_only_what_the_file_names(database: Database) {
        let store = open(&database).await;
        apply(&store, FLOW).await;
        let text = "entries:\n  - {model: AUTHENTIK_FLOWS.Flow, identifiers: {slug: enroll}, attrs: {title: ' Hello ', name: Enroll}}\n";
        let report = apply(&store, text).await;
        assert_eq!(actions(&report), [&Action::Updated(vec!["title".to_owned()])]);
        assert_eq!(report.changes[0].name, "enroll");
        let mut tx = store.begin().await.unwrap();
        let flow = flows::find_by_slug(&mut tx, "enroll").await.unwrap().unwrap();
        assert_eq!((flow.title.as_str(), flow.name.as_str(), flow.layout), ("Hello", "Enroll", Layout::ContentLeft));
    }

    async fn the_application_is_an_event_of_the_acting_administrator(database: Database) {
        let store = open(&database).await;
        apply(&store, FLOW).await;
        let mut tx = store.begin().await.unwrap();
        let event = &events::list(&mut tx, 1).await.unwrap()[0];
        assert_eq!((event.action.as_str(), event.actor.as_str(), event.object_name.as_str()), ("blueprint_applied", "alice", "Test"));
        assert_eq!(event.detail, json!({"created": 1, "updated": 0, "deleted": 0}));
    }

    async fn states_decide_what_becomes_of_an_object(database: Database) {
        let store = open(&database).await;
        let entry = |state: &str, superuser: bool| {
            format!("entries:\n  - {{state: {state}, model: authentik_core.group, identifiers: {{name: g}}, attrs: {{is_superuser: {superuser}}}}}\n")
        };
        assert_eq!(actions(&apply(&store, &entry("absent", false)).await), [&Action::Unchanged]);
        assert_eq!(actions(&apply(&store, &entry("must_created", false)).await), [&Action::Created]);
        assert!(refuse(&store, &entry("must_created", false)).await.starts_with("2:13: entry `g`: `g` is there already"));
        assert_eq!(actions(&apply(&store, &entry("created", true)).await), [&Action::Unchanged]);
        assert_eq!(actions(&apply(&store, &entry("present", true)).await), [&Action::Updated(vec!["is_superuser".to_owned()])]);
        assert_eq!(actions(&apply(&store, &entry("absent", true)).await), [&Action::Deleted]);
        assert_eq!(count(&store).await[3], 0);
    }

    async fn an_object_left_alone_can_still_be_referred_to(database: Database) {
        let store = open(&database).await;
        let text = "entries:\n  - {id: g, state: created, model: authentik_core.group, identifiers: {name: g}}\n  - {model: authentik_stages_user_write.userwritestage, identifiers: {name: w}, attrs: {create_users_group: !KeyOf g}}\n";
        apply(&store, text).await;
        assert!(!apply(&store, text).await.has_changes());
    }

    async fn an_entry_whose_conditions_do_not_hold_is_skipped(database: Database) {
        let store = open(&database).await;
        let text = "entries:\n  - {conditions: [true, no], model: authentik_core.group, identifiers: {name: g}}\n";
        assert_eq!(actions(&apply(&store, text).await), [&Action::Skipped]);
        assert_eq!(count(&store).await, [0; 5]);
    }

    async fn an_object_is_found_by_its_key_or_by_all_other_identifiers(database: Database) {
        let store = open(&database).await;
        let pk = "6f2b1a52-0000-4000-8000-000000000001";
        let named = |name: &str| format!("entries:\n  - {{model: authentik_core.group, identifiers: {{pk: {pk}, name: {name}}}}}\n");
        assert_eq!(actions(&apply(&store, &named("one")).await), [&Action::Created]);
        assert_eq!(actions(&apply(&store, &named("two")).await), [&Action::Updated(vec!["name".to_owned()])]);
        let both = "entries:\n  - {model: authentik_core.group, identifiers: {name: two, is_superuser: true}}\n";
        assert_eq!(refuse(&store, both).await, "2:5: entry `two`: There is a group of that name already.");
    }

    async fn a_key_of_the_file_stands_for_the_object_that_was_found_by_its_name(database: Database) {
        let store = open(&database).await;
        apply(&store, FLOW).await;
        let text = "\
entries:
  - {model: authentik_flows.flow, identifiers: {pk: 6f2b1a52-0000-4000-8000-000000000001, slug: enroll}}
  - {model: authentik_stages_user_login.userloginstage, identifiers: {pk: 6f2b1a52-0000-4000-8000-000000000002, name: login}}
  - {model: authentik_flows.flowstagebinding, identifiers: {pk: 6f2b1a52-0000-4000-8000-000000000003}, attrs: {target: 6f2b1a52-0000-4000-8000-000000000001, stage: 6f2b1a52-0000-4000-8000-000000000002, order: 7}}
";
        let report = apply(&store, text).await;
        assert_eq!(actions(&report), [&Action::Unchanged, &Action::Created, &Action::Created]);
        assert_eq!(report.changes[2].name, "enroll #7 login");
        assert!(!apply(&store, text).await.has_changes());
    }

    async fn a_key_that_stands_for_nothing_is_reported(database: Database) {
        let store = open(&database).await;
        let text = format!("{FLOW}  - {{model: authentik_flows.flowstagebinding, identifiers: {{target: !KeyOf flow, stage: 6f2b1a52-0000-4000-8000-000000000009, order: 1}}}}\n");
        assert_eq!(refuse(&store, &text).await, "8:89: entry `flowstagebinding`: `stage`: There is no such object.");
        assert_eq!(count(&store).await, [0; 5]);
    }

    async fn lists_of_references_are_replaced_and_keep_their_order(database: Database) {
        let store = open(&database).await;
        apply(&store, PROMPTS).await;
        assert!(!apply(&store, PROMPTS).await.has_changes());
        let shorter = PROMPTS.replace("[!KeyOf b, !KeyOf a, !KeyOf b]", "[!KeyOf a]");
        let report = apply(&store, &shorter).await;
        assert_eq!(report.changes[2].action, Action::Updated(vec!["fields".to_owned()]));
        let mut tx = store.begin().await.unwrap();
        let stage = stages::find_by_name(&mut tx, "page").await.unwrap().unwrap();
        let a = prompts::find_by_name(&mut tx, "a").await.unwrap().unwrap();
        assert!(matches!(stage.kind, StageKind::Prompt(prompt) if prompt.fields == [a.id]));
    }

    async fn a_name_that_another_object_has_is_refused(database: Database) {
        let store = open(&database).await;
        apply(&store, PROMPTS).await;
        let mut tx = store.begin().await.unwrap();
        let a = prompts::find_by_name(&mut tx, "a").await.unwrap().unwrap();
        drop(tx);
        let text = format!("entries:\n  - {{model: authentik_stages_prompt.prompt, identifiers: {{pk: {}}}, attrs: {{name: b}}}}\n", a.id);
        assert_eq!(refuse(&store, &text).await, "2:116: entry `b`: There is a prompt with the name `b` already.");
        let text = "entries:\n  - {model: authentik_stages_user_login.userloginstage, identifiers: {name: page}}\n";
        assert_eq!(refuse(&store, text).await, "2:5: entry `page`: There is a stage of that name already.");
    }

    async fn a_stage_that_never_asks_its_policies_is_refused(database: Database) {
        let store = open(&database).await;
        let text = format!("{FLOW}  - {{id: login, model: authentik_stages_user_login.userloginstage, identifiers: {{name: login}}, attrs: {{session_duration: hours=2}}}}\n  - {{model: authentik_flows.flowstagebinding, identifiers: {{target: !KeyOf flow, stage: !KeyOf login, order: 1}}, attrs: {{re_evaluate_policies: off}}}}\n");
        assert_eq!(refuse(&store, &text).await, "9:144: entry `flowstagebinding`: Either `evaluate_on_plan` or `re_evaluate_policies` has to be on.");
    }

    async fn an_expired_invitation_is_found_again(database: Database) {
        let store = open(&database).await;
        let text = format!("{FLOW}  - {{model: authentik_stages_invitation.invitation, identifiers: {{name: old}}, attrs: {{flow: !KeyOf flow, expires: 2020-01-01T00:00:00+02:00, single_use: true, fixed_data: {{n: 1.5, deep: {{yes: no}}}}}}}}\n").replace("{yes: no}", "{'yes': no}");
        apply(&store, &text).await;
        let first = invitation(&store, "old").await;
        assert!(!apply(&store, &text).await.has_changes());
        let second = invitation(&store, "old").await;
        assert_eq!((first.id, first.revision), (second.id, second.revision));
        assert_eq!(json!(second.settings.fixed_data), json!({"n": 1.5, "deep": {"yes": false}}));
    }

    async fn single_use_is_one_use_and_its_opposite_keeps_other_limits(database: Database) {
        let store = open(&database).await;
        let entry = |attrs: &str| format!("entries:\n  - {{model: authentik_stages_invitation.invitation, identifiers: {{name: i}}, attrs: {{{attrs}}}}}\n");
        let mut limits = Vec::new();
        for attrs in ["single_use: true", "single_use: false", "max_uses: 5", "single_use: false", "name: i"] {
            apply(&store, &entry(attrs)).await;
            limits.push(invitation(&store, "i").await.settings.max_uses);
        }
        assert_eq!(limits, [Some(1), None, Some(5), Some(5), Some(5)]);
        assert!(refuse(&store, &entry("max_uses: 0")).await.contains("1 or more"));
    }

    async fn a_flow_with_invitations_is_not_deleted(database: Database) {
        let store = open(&database).await;
        let text = format!("{FLOW}  - {{model: authentik_stages_invitation.invitation, identifiers: {{name: i}}, attrs: {{flow: !KeyOf flow}}}}\n");
        apply(&store, &text).await;
        let absent = "entries:\n  - {state: absent, model: authentik_flows.flow, identifiers: {slug: enroll}}\n";
        assert_eq!(refuse(&store, absent).await, "2:5: entry `enroll`: `enroll` has invitations that are not deleted: delete those first.");
        assert_eq!(count(&store).await[0], 1);
    }
}
