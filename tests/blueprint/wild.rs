//! Formats of the wild: old exports, old words, and blueprints that ask for others.

use super::{Database, actions, actor, apply, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, Options, import, shipped};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{StageKind, UserCreationMode};
use guestlist::store::{flows, policies, prompts, stages};
use serde_json::json;

/// As authentik 2022.7 and before exported a flow.
const AKFLOW: &str = r#"{
  "version": 1,
  "entries": [
    {"identifiers": {"pk": "773c6673-e4a2-423f-8d32-95b7b4a41cf3", "slug": "old"}, "model": "authentik_flows.flow",
     "attrs": {"name": "Old", "title": "Old flow", "designation": "enrollment"}},
    {"identifiers": {"pk": "cb954fd4-65a5-4ad9-b1ee-180ee9559cf4"}, "model": "authentik_stages_prompt.prompt",
     "attrs": {"field_key": "username", "label": "Username", "type": "username", "required": true, "placeholder": "", "order": 0}},
    {"identifiers": {"pk": "7db91ee8-4290-4e08-8d39-63f132402515"}, "model": "authentik_stages_prompt.prompt",
     "attrs": {"field_key": "born", "label": "Born", "type": "data", "order": 1}},
    {"identifiers": {"pk": "20375f30-7fa7-4562-8f6e-0f61889f2963", "name": "old-page"}, "model": "authentik_stages_prompt.promptstage",
     "attrs": {"fields": ["cb954fd4-65a5-4ad9-b1ee-180ee9559cf4", "7db91ee8-4290-4e08-8d39-63f132402515"]}},
    {"identifiers": {"pk": "a4090add-f483-4ac6-8917-10b493ef843e", "name": "old-write"}, "model": "authentik_stages_user_write.userwritestage",
     "attrs": {"can_create_users": false}},
    {"identifiers": {"pk": "34e1e7d5-8eed-4549-bc7a-305069ff7df0", "target": "773c6673-e4a2-423f-8d32-95b7b4a41cf3", "stage": "20375f30-7fa7-4562-8f6e-0f61889f2963", "order": 10},
     "model": "authentik_flows.flowstagebinding", "attrs": {"re_evaluate_policies": false}},
    {"identifiers": {"pk": "e40467a6-3052-488c-a1b5-1ad7a80fe7b3", "target": "773c6673-e4a2-423f-8d32-95b7b4a41cf3", "stage": "a4090add-f483-4ac6-8917-10b493ef843e", "order": 20},
     "model": "authentik_flows.flowstagebinding", "attrs": {}},
    {"identifiers": {"pk": "9922212c-47a2-475a-9905-abeb5e621652"}, "model": "authentik_policies_hibp.haveibeenpwendpolicy",
     "attrs": {"name": "pwned", "password_field": "password", "allowed_count": 3}},
    {"identifiers": {"pk": "1f5b4e1c-7c15-4f0e-9a2a-6a3f1f6b0b1d", "policy": "9922212c-47a2-475a-9905-abeb5e621652", "target": "773c6673-e4a2-423f-8d32-95b7b4a41cf3", "order": 0},
     "model": "authentik_policies.policybinding", "attrs": {"negate": false, "enabled": true, "timeout": 30}}
  ]
}"#;

on_both! {
    async fn an_old_export_imports_and_says_what_it_was_read_as(database: Database) {
        let store = open(&database).await;
        let first = apply(&store, AKFLOW).await;
        assert!(actions(&first).iter().all(|action| **action == Action::Created));
        let notes: Vec<&str> = first.notes.iter().map(|note| note.message.as_str()).collect();
        assert_eq!(notes, [
            "The prompt has no name, as before 2023.2; it is called `username_old-page`.",
            "The prompt has no name, as before 2023.2; it is called `born_old-page`.",
            "The type was spelt so before 2021.3; it is `date`.",
            "`can_create_users` of 2022.12 means `user_creation_mode: never_create`.",
            "`evaluate_on_plan` is on, as it was by default before 2023.3.",
            "This policy is part of the password policy since 2022.11.",
        ]);
        assert!(!apply(&store, AKFLOW).await.has_changes());
        let mut tx = store.begin().await.unwrap();
        let flow = flows::find_by_slug(&mut tx, "old").await.unwrap().unwrap();
        let outline = flows::outline(&mut tx, flow).await.unwrap();
        assert!(outline.steps[0].binding.evaluate_on_plan && !outline.steps[0].binding.re_evaluate_policies);
        assert_eq!(outline.policies.len(), 1);
        let born = prompts::find_by_name(&mut tx, "born_old-page").await.unwrap().unwrap();
        assert_eq!(born.kind, PromptType::Date);
        let StageKind::UserWrite(write) = stages::find_by_name(&mut tx, "old-write").await.unwrap().unwrap().kind else { panic!() };
        assert_eq!(write.user_creation_mode, UserCreationMode::NeverCreate);
        let pwned = policies::find_by_name(&mut tx, "pwned").await.unwrap().unwrap();
        assert_eq!((&pwned.settings["hibp_allowed_count"], &pwned.settings["check_have_i_been_pwned"]), (&json!(3), &json!(true)));
    }

    async fn a_blueprint_that_is_asked_for_is_applied_first(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: minimal}}}
  - {model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: Nowhere}, required: false}}
  - {model: authentik_core.group, identifiers: {name: after}}
";
        let report = apply(&store, text).await;
        assert!(report.changes.len() > 2 && actions(&report).iter().all(|action| **action == Action::Created));
        assert_eq!(report.changes.last().unwrap().name, "after");
        assert!(!apply(&store, shipped()[2].text).await.has_changes());
        let missing = "entries:\n  - {id: m, model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: Nowhere}}}\n";
        assert_eq!(refuse(&store, missing).await, "2:82: entry `m`: The blueprint `Nowhere` is required, and is neither shipped nor in the folder.");
    }

    async fn blueprints_of_a_folder_are_found_by_name_and_by_path(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        let group = |name: &str| format!("metadata: {{name: {name}}}\nentries:\n  - {{model: authentik_core.group, identifiers: {{name: {name}}}}}\n");
        std::fs::write(folder.path().join("deep/a.yaml"), group("a")).unwrap();
        std::fs::write(folder.path().join("b.yaml"), group("b")).unwrap();
        let asks = |what: &str| format!("  - {{model: authentik_blueprints.metaapplyblueprint, attrs: {{identifiers: {{{what}}}}}}}\n");
        std::fs::write(folder.path().join("loop.yaml"), format!("metadata: {{name: loop}}\nentries:\n{}", asks("name: loop"))).unwrap();
        let options = Options { blueprints: Some(folder.path().to_owned()), ..Options::default() };
        let text = format!("entries:\n{}{}", asks("path: deep/a.yaml"), asks("name: b"));
        let report = import(&store, text.as_bytes(), &options, &actor()).await.unwrap();
        assert_eq!(report.changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let text = format!("entries:\n{}", asks("name: loop"));
        let refused = import(&store, text.as_bytes(), &options, &actor()).await.unwrap_err().to_string();
        assert_eq!(refused, "loop.yaml:3:13: entry `metaapplyblueprint`: The blueprint `loop.yaml` can't be applied: blueprints ask for each other without end.");
    }

    async fn blueprints_that_are_asked_for_are_applied_once_and_noted_on_their_own(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let asks = |what: &str| format!("  - {{model: authentik_blueprints.metaapplyblueprint, attrs: {{identifiers: {{name: {what}}}}}}}\n");
        // Twenty files, each of which asks for the next one many times: to be looked at one after the other.
        for at in 0..12 {
            let next = if at < 11 { asks(&format!("n{}", at + 1)).repeat(20) } else { "  - {model: authentik_core.group, identifiers: {name: last}}\n".into() };
            std::fs::write(folder.path().join(format!("{at}.yaml")), format!("metadata: {{name: n{at}}}\nentries:\n{next}")).unwrap();
        }
        std::fs::create_dir(folder.path().join("closed")).unwrap();
        std::fs::set_permissions(folder.path().join("closed"), std::os::unix::fs::PermissionsExt::from_mode(0o0)).unwrap();
        let options = Options { blueprints: Some(folder.path().to_owned()), ..Options::default() };
        let text = format!("metadata: {{name: Outer}}\nentries:\n{}", asks("n0").repeat(20));
        let report = import(&store, text.as_bytes(), &options, &actor()).await.unwrap();
        assert_eq!(actions(&report), [&Action::Created]);
        let mut tx = store.begin().await.unwrap();
        let noted = guestlist::blueprint::applied(&mut tx).await.unwrap();
        let objects = |name: &str| noted.iter().find(|one| one.applied.name == name).map(|one| one.applied.objects.len());
        assert_eq!((objects("n11"), objects("n0"), objects("Outer"), noted.len()), (Some(1), Some(0), Some(0), 13));
    }

    async fn what_is_wrong_with_a_blueprint_that_is_asked_for_is_told_with_its_file(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let inner = "metadata: {name: inner}
entries:
  - {id: a, model: authentik_core.group, identifiers: {nmae: a}}
  - {id: b, model: authentik_stages_prompt.prompt, identifiers: {name: b}, attrs: {label: L, something: 1}}
";
        std::fs::write(folder.path().join("inner.yaml"), inner).unwrap();
        let options = Options { blueprints: Some(folder.path().to_owned()), ..Options::default() };
        let text = "entries:
  - {model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: inner, path: inner.yaml}}}
  - {id: c, model: authentik_core.group, identifiers: {name: c}, attrs: {users: 5}}
";
        let refused = import(&store, text.as_bytes(), &options, &actor()).await.unwrap_err().to_string();
        assert_eq!(refused, "\
3:81: entry `c`: `users`: It has to be a list, and is the number 5.
inner.yaml:3:56: entry `a`: A group has no `nmae` to be found by. Did you mean `name`?
inner.yaml:4:5: entry `b`: A new prompt needs `field_key`.
inner.yaml:4:5: entry `b`: A new prompt needs `type`.");
        let other = "entries:\n  - {model: authentik_blueprints.metaapplyblueprint, attrs: {required: false, identifiers: {name: inner, path: other.yaml}}}\n";
        let report = import(&store, other.as_bytes(), &options, &actor()).await.unwrap();
        assert_eq!(report.notes[0].to_string(), "2:92: entry `metaapplyblueprint`: The blueprint `inner` is neither shipped nor in the folder: it is passed over.");
    }
}
