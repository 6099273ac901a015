//! What a blueprint describes is what happens: whole files imported, people enrolled through them.

use guestlist::blueprint::{Options, import, shipped};
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::Settings;
use guestlist::domain::stage::UserType;
use guestlist::domain::user::UserView;
use guestlist::store::{Store, flows, invitations};
use serde_json::{Value, json};

use super::browser::{Browser, Page, attribute};
use super::running::start;
use crate::support::fixture::{alice, invite, mapping, read, settings, user_named};
use crate::support::requires::reference_blueprints;
use crate::support::stores::on_both;

async fn apply(store: &Store, text: &str) {
    let options = Options { bind_invitation_stage: true, ..Options::default() };
    import(store, text.as_bytes(), &options, &alice()).await.unwrap();
}

/// What somebody enters who is asked for this.
fn answer(key: &str, name: &str) -> String {
    match key {
        "username" => name.to_owned(),
        "password" | "password_repeat" => "correct horse".to_owned(),
        "email" => format!("{name}@example.com"),
        _ => format!("{name} the person"),
    }
}

/// Enrolls somebody through a link, filling in what is asked and empty, page by page.
async fn enroll(store: &Store, slug: &str, id: InvitationId, name: &str) -> UserView {
    let server = start(store).await;
    let (browser, mut page) = Browser::at(&server, &server.link(slug, id)).await;
    while page.body.contains("<form") {
        let answers: Vec<(String, String)> = page.inputs().map(|tag| typed(tag, name)).collect();
        let answers: Vec<(&str, &str)> = answers.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        page = browser.go_on(&page, &answers).await;
    }
    finished(&page, name);
    browser.get(&server.link(slug, id)).await;
    user_named(store, name).await.unwrap()
}

fn typed(tag: &str, name: &str) -> (String, String) {
    let (key, prefilled) = (attribute(tag, "name"), attribute(tag, "value"));
    let value = if prefilled.is_empty() { answer(key, name) } else { prefilled.to_owned() };
    (key.to_owned(), value)
}

fn finished(page: &Page, name: &str) {
    assert_eq!(page.heading(), "You are all set");
    assert!(page.body.contains(&format!("signed in as {name}")), "{page:?}");
}

async fn invitation_named(store: &Store, name: &str) -> InvitationId {
    read(store, async |tx| invitations::find_by_name(tx, name).await.unwrap().unwrap().invitation.id).await
}

/// Account type, path, groups and attributes.
fn place(view: &UserView) -> (UserType, &str, Vec<&str>, Value) {
    let groups = view.groups.iter().map(String::as_str).collect();
    (view.user.kind, &view.user.path, groups, Value::Object(view.user.attributes.clone()))
}

on_both! {
    async fn people_enroll_through_every_flow_of_the_invitation_example(store: Store) {
        let Some(folder) = reference_blueprints() else { return };
        apply(&store, &std::fs::read_to_string(folder.join("flows-invitation-enrollment.yaml")).unwrap()).await;
        let team = invitation_named(&store, "example-engineering-team-invitation").await;
        let engineer = enroll(&store, "invitation-enrollment-flow-internal-engineering", team, "erin").await;
        let expected = json!({ "department": "Engineering" });
        assert_eq!(place(&engineer), (UserType::Internal, "users/internal/engineering", vec!["engineering-team"], expected));
        assert_eq!(engineer.invitation.as_ref().unwrap().as_str(), "example-engineering-team-invitation");

        let department = invitation_named(&store, "example-internal-department-invitation").await;
        let internal = enroll(&store, "invitation-enrollment-flow-internal", department, "ivan").await;
        let expected = json!({ "department": "Engineering", "team": "Backend" });
        assert_eq!(place(&internal), (UserType::Internal, "users/internal", vec![], expected));

        let prefilled = invitation_named(&store, "example-internal-prefilled-invitation").await;
        let jane = enroll(&store, "invitation-enrollment-flow-internal", prefilled, "jane").await;
        assert_eq!((jane.user.name.as_str(), jane.user.email.as_str()), ("Jane Smith", "jane.smith@company.com"));

        let basic = invitation_named(&store, "example-external-basic-invitation").await;
        let external = enroll(&store, "invitation-enrollment-flow-external", basic, "eve").await;
        assert_eq!(place(&external), (UserType::External, "users/external", vec![], json!({})));
    }

    async fn people_enroll_through_the_two_stage_example(store: Store) {
        let Some(folder) = reference_blueprints() else { return };
        apply(&store, &std::fs::read_to_string(folder.join("flows-enrollment-2-stage.yaml")).unwrap()).await;
        let flow = read(&store, async |tx| flows::find_by_slug(tx, "default-enrollment-flow").await.unwrap().unwrap()).await;
        let id = invite(&store, &Settings { flow: Some(flow.id), ..settings("welcome") }).await;
        let jane = enroll(&store, "default-enrollment-flow", id, "jane").await;
        assert_eq!(place(&jane), (UserType::External, "users", vec![], json!({})));
        assert_eq!(jane.user.email, "jane@example.com");
    }

    async fn people_enroll_through_every_shipped_flow(store: Store) {
        for blueprint in shipped() {
            apply(&store, blueprint.text).await;
        }
        for flow in read(&store, async |tx| flows::list(tx).await.unwrap()).await {
            let fixed_data = mapping(json!({ "attributes": { "team": "Backend" } }));
            let wanted = Settings { flow: Some(flow.id), fixed_data, ..settings(flow.slug.as_str()) };
            let id = invite(&store, &wanted).await;
            let name = format!("guest-of-{}", flow.slug);
            let guest = enroll(&store, flow.slug.as_str(), id, &name).await;
            assert_eq!(guest.user.attributes["team"], "Backend", "{}", flow.slug);
            if flow.slug.as_str() == "colleagues" {
                assert_eq!(place(&guest).2, ["team"]);
            }
        }
    }
}
