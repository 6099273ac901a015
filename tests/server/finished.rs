//! Flows that have come to their end: they can be begun again, and what comes late is not said to be taken.

use guestlist::domain::flow::{Authentication, Designation};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{OtherModel, StageKind, UserCreationMode, UserWriteStage};
use guestlist::store::Store;
use serde_json::json;

use super::api::client::{Api, keys};
use super::browser::{Browser, CREDENTIALS, DETAILS, Page};
use super::running::{Running, start};
use crate::executor::identity::jane;
use crate::support::fixture::{invite, making, optional, settings, two_pages, user_count, user_named};
use crate::support::stores::on_both;

/// A flow in which people change their name, and one in which they sign in.
async fn settings_flow(store: &Store) {
    let changes = UserWriteStage { user_creation_mode: UserCreationMode::NeverCreate, ..UserWriteStage::default() };
    let mut flow = making("settings")
        .to(Designation::StageConfiguration)
        .page(vec![optional("name", PromptType::Text)])
        .stage(StageKind::UserWrite(changes));
    flow.flow.authentication = Authentication::RequireAuthenticated;
    flow.insert(store).await;
    making("in")
        .to(Designation::Authentication)
        .other(OtherModel::Identification, json!({ "user_fields": ["username"] }))
        .login()
        .insert(store)
        .await;
}

/// A browser in which Jane has signed in.
async fn signed_in(server: &Running) -> Browser {
    let browser = Browser::new(server);
    let asked = browser.get(&server.flow("in")).await;
    browser.go_on(&asked, &[("uid_field", "jane")]).await;
    browser
}

async fn name(store: &Store) -> String {
    user_named(store, "jane").await.unwrap().user.name
}

fn check_not_taken(late: &Page) {
    late.check_calm(409);
    assert_eq!(late.heading(), "This was already finished");
}

on_both! {
    async fn settings_can_be_changed_once_more_at_once(store: Store) {
        jane(&store).await;
        settings_flow(&store).await;
        let server = start(&store).await;
        let browser = signed_in(&server).await;
        let first = browser.get(&server.flow("settings")).await;
        let closing = browser.go_on(&first, &[("name", "First")]).await;
        assert!(closing.body.contains("<a href=\"/if/flow/settings/\">Begin again</a>"), "{closing:?}");
        // The same once more does no harm, something else is not taken.
        let same = browser.submit(&first, &[("name", "First")]).await;
        assert_eq!(same.location(), "/if/flow/settings/end/");
        let late = browser.submit(&first, &[("name", "Second")]).await;
        check_not_taken(&late);
        assert!(late.body.contains("href=\"/if/flow/settings/\""), "{late:?}");
        assert_eq!(name(&store).await, "First");
        let again = browser.get(&server.flow("settings")).await;
        browser.go_on(&again, &[("name", "Third")]).await;
        assert_eq!(name(&store).await, "Third");
        let onward = browser.get(&(server.flow("settings") + "?next=/if/flow/in/")).await;
        let led = browser.submit(&onward, &[("name", "Fourth")]).await;
        assert_eq!(browser.follow(led).await.location(), "/if/flow/in/");
        assert_eq!(name(&store).await, "Fourth");
    }

    async fn the_next_person_in_the_same_browser_makes_an_account_too(store: Store) {
        making("open").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("open")).await;
        let closing = browser.go_on(&first, CREDENTIALS).await;
        assert!(closing.body.contains("Your account jane has been made") && closing.body.contains("Begin again"), "{closing:?}");
        let joe = [("username", "joe"), ("password", "x"), ("password_repeat", "x")];
        check_not_taken(&browser.submit(&first, &joe).await);
        let second = browser.get(&server.flow("open")).await;
        let closing = browser.go_on(&second, &joe).await;
        assert!(closing.body.contains("Your account joe has been made"), "{closing:?}");
        assert_eq!(user_count(&store).await, 2);
    }

    async fn who_was_invited_once_cannot_begin_again_and_is_told_that_it_is_finished(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        let closing = browser.go_on(&second, DETAILS).await;
        assert!(!closing.body.contains("Begin again"), "{closing:?}");
        // Signing in has changed the cookie: the token of the old form is not believed, what it says is still compared.
        let late = browser.submit(&second, &[("name", "Evil"), ("email", "jane@example.com")]).await;
        check_not_taken(&late);
        assert!(!late.body.contains("Begin again"), "{late:?}");
        assert_eq!(browser.get(&server.flow("enroll")).await.body, closing.body);
        browser.get(&server.link("enroll", id)).await.check_calm(410);
    }

    async fn an_end_that_there_is_not_leads_to_the_flow(store: Store) {
        making("open").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        for _ in 0..2 {
            let led = browser.get(&(server.flow("open") + "end/")).await;
            assert_eq!((led.status.as_u16(), led.location()), (303, "/if/flow/open/"));
            browser.follow(led).await.check_calm(200);
        }
        let nowhere = browser.get(&(server.flow("nowhere") + "end/")).await;
        browser.follow(nowhere).await.check_calm(404);
    }

    async fn a_client_of_authentik_runs_a_flow_again_and_again(store: Store) {
        making("open").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let api = Api::at(&server, "open", "");
        for name in ["jane", "joe"] {
            assert_eq!(keys(&api.challenge().await)[0], "username");
            let body = json!({ "username": name, "password": "x", "password_repeat": "x" });
            let end = api.post(body.clone()).await;
            assert_eq!(end.challenge(), json!({ "component": "xak-flow-redirect", "to": "/" }));
            let same = api.post(body).await;
            assert_eq!(same.challenge()["component"], "xak-flow-redirect");
        }
        // Another answer finds nothing that it could belong to: it begins anew.
        let late = api.post(json!({ "username": "jim", "password": "x", "password_repeat": "x" })).await;
        assert_eq!(late.status, 302);
        assert_eq!(keys(&api.get().await.challenge())[0], "username");
        assert_eq!(user_count(&store).await, 2);
    }
}
