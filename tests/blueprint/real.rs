//! Whole files: those that come with the program, and well-known ones beside the checkout.

use super::{Database, actions, actor, apply, count, invitation, open};
use crate::support::requires::reference_blueprints;
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, Options, check, import, shipped};
use guestlist::domain::diagnosis::flow_problems;
use guestlist::domain::slug::Slug;
use guestlist::domain::stage::{StageKind, UserType};
use guestlist::store::{Store, flows, groups, stages};
use serde_json::json;

async fn twice(store: &Store, text: &str) {
    let first = apply(store, text).await;
    assert!(actions(&first).iter().all(|action| **action == Action::Created), "{first:?}");
    let before = count(store).await;
    let second = apply(store, text).await;
    assert!(actions(&second).iter().all(|action| **action == Action::Unchanged), "{second:?}");
    assert!(!second.has_changes());
    assert_eq!(count(store).await, before, "not even an event is written");
}

on_both! {
    async fn each_shipped_blueprint_imported_twice_changes_nothing(database: Database) {
        let store = open(&database).await;
        for blueprint in shipped() {
            check(blueprint.text.as_bytes()).unwrap();
            twice(&store, blueprint.text).await;
        }
    }

    async fn the_default_flow_gets_an_invitation_stage_when_asked(database: Database) {
        let store = open(&database).await;
        let text = shipped()[0].text;
        let plain = apply(&store, text).await;
        assert_eq!(plain.without_invitation_stage, [Slug::parse("default-enrollment-flow").unwrap()]);
        let options = Options { bind_invitation_stage: true, ..Options::default() };
        let bound = import(&store, text.as_bytes(), &options, &actor()).await.unwrap();
        assert_eq!((bound.bound.len(), bound.without_invitation_stage.len()), (1, 0));
        let mut tx = store.begin().await.unwrap();
        let flow = flows::find_by_slug(&mut tx, "default-enrollment-flow").await.unwrap().unwrap();
        let outline = flows::outline(&mut tx, flow).await.unwrap();
        let first = &outline.steps[0].stage.kind;
        assert!(matches!(first, StageKind::Invitation(stage) if !stage.continue_flow_without_invitation), "{first:?}");
        assert_eq!(outline.steps.len(), 5);
        drop(tx);
        let again = import(&store, text.as_bytes(), &options, &actor()).await.unwrap();
        assert!(!again.has_changes() && again.without_invitation_stage.is_empty());
    }

    async fn the_flows_by_invitation_only_say_so(database: Database) {
        let store = open(&database).await;
        for blueprint in &shipped()[1..] {
            assert_eq!(apply(&store, blueprint.text).await.without_invitation_stage, []);
        }
    }

    async fn the_two_stage_enrollment_imports_unchanged(database: Database) {
        let Some(folder) = reference_blueprints() else { return };
        let store = open(&database).await;
        let text = std::fs::read_to_string(folder.join("flows-enrollment-2-stage.yaml")).unwrap();
        twice(&store, &text).await;
        let mut tx = store.begin().await.unwrap();
        let flow = flows::find_by_slug(&mut tx, "default-enrollment-flow").await.unwrap().unwrap();
        let outline = flows::outline(&mut tx, flow).await.unwrap();
        let kinds: Vec<&str> = outline.steps.iter().map(|step| step.stage.kind.as_str()).collect();
        assert_eq!(kinds, ["prompt", "prompt", "user_write", "user_login"]);
        let keys: Vec<&str> = outline.prompts().map(|prompt| prompt.field_key.as_str()).collect();
        assert_eq!(keys, ["username", "password", "password_repeat", "name", "email"]);
    }

    async fn the_invitation_enrollment_imports_unchanged(database: Database) {
        let Some(folder) = reference_blueprints() else { return };
        let store = open(&database).await;
        let text = std::fs::read_to_string(folder.join("flows-invitation-enrollment.yaml")).unwrap();
        twice(&store, &text).await;
        assert_eq!(count(&store).await[..4], [3, 9, 5, 1]);
        let single = invitation(&store, "example-internal-prefilled-invitation").await;
        assert_eq!(single.settings.max_uses, Some(1));
        assert_eq!(single.settings.expires.unwrap().to_rfc3339(), "2028-12-31T23:59:59+00:00");
        assert_eq!(json!(single.settings.fixed_data), json!({"name": "Jane Smith", "email": "jane.smith@company.com"}));
        assert_eq!(single.created_by_name, "alice");
        let open_ended = invitation(&store, "example-external-basic-invitation").await;
        assert_eq!((open_ended.settings.max_uses, open_ended.settings.expires), (None, None));
        let mut tx = store.begin().await.unwrap();
        let group = groups::find_by_name(&mut tx, "engineering-team").await.unwrap().unwrap();
        let stage = stages::find_by_name(&mut tx, "invitation-enrollment-user-write-internal-engineering").await.unwrap().unwrap();
        let StageKind::UserWrite(write) = stage.kind else { panic!("{stage:?}") };
        assert_eq!(write.create_users_group, Some(group.id));
        assert_eq!((write.user_type, write.user_path_template.as_str()), (UserType::Internal, "users/internal/engineering"));
    }

    async fn the_email_verification_imports_and_all_of_it_is_executed(database: Database) {
        let Some(folder) = reference_blueprints() else { return };
        let store = open(&database).await;
        let text = std::fs::read_to_string(folder.join("flows-enrollment-email-verification.yaml")).unwrap();
        twice(&store, &text).await;
        let mut tx = store.begin().await.unwrap();
        let flow = flows::find_by_slug(&mut tx, "default-enrollment-flow").await.unwrap().unwrap();
        let outline = flows::outline(&mut tx, flow).await.unwrap();
        let StageKind::Other(mail) = &outline.steps[3].stage.kind else { panic!("{outline:?}") };
        assert_eq!((mail.model.kind(), &mail.settings["template"]), ("email", &json!("email/account_confirmation.html")));
        assert_eq!((&mail.settings["token_expiry"], &mail.settings["port"]), (&json!(1800), &json!(25)));
        assert!(flow_problems(&outline).iter().all(|problem| problem.code != "not_executed"));
    }
}
