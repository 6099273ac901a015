//! The components of the other stages.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::flow::{Authentication, Designation};
use guestlist::domain::stage::{OtherModel, StageKind, UserCreationMode, UserLoginStage, UserWriteStage};
use guestlist::domain::user::User;
use guestlist::domain::when::Span;
use guestlist::secret::Hasher;
use guestlist::store::{Store, letters};
use serde_json::{Value, json};

use super::client::{Api, credentials, denied, details, keys};
use crate::server::running::start;
use crate::support::fixture::{QUICK, add_user, invite, making, settings, user, user_named, uses, write};
use crate::support::stores::on_both;

/// The token of the link in the one letter that was written.
async fn posted(store: &Store) -> String {
    let (_, body) = write(store, async |tx, _| {
        let later = clock::now() + TimeDelta::hours(1);
        letters::claim(tx, later, later + TimeDelta::hours(1), true).await.unwrap()
    })
    .await
    .unwrap();
    let (_, rest) = body.text.split_once("flow_token=").unwrap();
    rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned()
}

fn errors(challenge: &Value, field: &str) -> Vec<(String, String)> {
    let list = challenge["response_errors"][field].as_array().unwrap_or_else(|| panic!("{field}: {challenge}"));
    list.iter().map(|it| (it["string"].as_str().unwrap().to_owned(), it["code"].as_str().unwrap().to_owned())).collect()
}

fn one(text: &str, code: &str) -> Vec<(String, String)> {
    vec![(text.to_owned(), code.to_owned())]
}

on_both! {
    async fn somebody_signs_in_by_name_and_password_and_is_asked_whether_to_stay(store: Store) {
        let hash = Hasher::new(QUICK).unwrap().hash("s3cret".into()).await.unwrap();
        add_user(&store, &User { password: Some(hash), ..user("jane") }).await;
        let enroll = making("enroll").credentials().user_write().insert(&store).await;
        let remembers = UserLoginStage { remember_me_offset: Span(3600), ..UserLoginStage::default() };
        making("sign-in")
            .to(Designation::Authentication)
            .other(OtherModel::Identification, json!({ "user_fields": ["email", "username"], "pretend_user_exists": false, "enrollment_flow": enroll.id }))
            .other(OtherModel::Password, json!({ "backends": ["authentik.core.auth.InbuiltBackend"], "failed_attempts_before_cancel": 9 }))
            .stage(StageKind::UserLogin(remembers))
            .insert(&store)
            .await;
        let server = start(&store).await;
        let api = Api::at(&server, "sign-in", "next=/x");
        let shown = api.challenge().await;
        for (key, wanted) in [
            ("component", json!("ak-stage-identification")),
            ("user_fields", json!(["email", "username"])),
            ("password_fields", json!(false)),
            ("flow_designation", json!("authentication")),
            ("primary_action", json!("Continue")),
            ("enroll_url", json!("/if/flow/enroll/")),
            ("sources", json!([])),
            ("show_source_labels", json!(false)),
        ] {
            assert_eq!(shown[key], wanted, "{key}");
        }
        assert_eq!(errors(&api.answer(json!({})).await, "non_field_errors"), one("No identification data provided.", "invalid"));
        assert_eq!(errors(&api.answer(json!({ "uid_field": "nobody" })).await, "non_field_errors"), one("Failed to authenticate.", "invalid"));
        let shown = api.answer(json!({ "uid_field": "jane" })).await;
        assert_eq!((&shown["component"], &shown["pending_user"]), (&json!("ak-stage-password"), &json!("jane")));
        for (body, text, code) in [
            (json!({}), "This field is required.", "required"),
            (json!({ "password": "" }), "This field may not be blank.", "blank"),
            (json!({ "password": "wr0ng" }), "Invalid password", "invalid"),
        ] {
            let again = api.post(body).await;
            assert!(!again.body.contains("wr0ng"), "{again:?}");
            assert_eq!(errors(&again.challenge(), "password"), one(text, code));
        }
        let shown = api.answer(json!({ "password": "s3cret" })).await;
        assert_eq!((&shown["component"], &shown["pending_user"]), (&json!("ak-stage-user-login"), &json!("jane")));
        let end = api.post(json!({ "remember_me": true })).await;
        let cookie = end.cookie_named("authentik_session").unwrap();
        assert!(cookie.contains("; Max-Age=3600"), "{cookie}");
        assert_eq!(api.follow(end).await, json!({ "component": "xak-flow-redirect", "to": "/x" }));
    }

    async fn consent_takes_its_own_token_only_and_a_dummy_anything(store: Store) {
        making("small").other(OtherModel::Consent, json!({})).other(OtherModel::Dummy, json!({})).insert(&store).await;
        let server = start(&store).await;
        let api = Api::at(&server, "small", "");
        let shown = api.challenge().await;
        assert_eq!(shown["component"], "ak-stage-consent");
        assert_eq!((&shown["permissions"], &shown["additional_permissions"]), (&json!([]), &json!([])));
        assert_eq!(errors(&api.answer(json!({})).await, "token"), one("This field is required.", "required"));
        let again = api.answer(json!({ "token": "x" })).await;
        assert_eq!(again, shown, "shown again without a word");
        let dummy = api.answer(json!({ "token": shown["token"] })).await;
        assert_eq!((&dummy["component"], &dummy["name"]), (&json!("ak-stage-dummy"), &json!("small-10")));
        assert_eq!(api.follow(crate::server::browser::page(api.request()).await).await["component"], "xak-flow-redirect", "without any body");
    }

    async fn a_dummy_that_is_told_to_fail_is_an_error_of_the_flow(store: Store) {
        making("small").other(OtherModel::Dummy, json!({ "throw_error": true })).insert(&store).await;
        let server = start(&store).await;
        let api = Api::at(&server, "small", "");
        for _ in 0..2 {
            assert_eq!(api.challenge().await["component"], "ak-stage-flow-error");
        }
        crate::server::browser::Browser::new(&server).get(&server.flow("small")).await.check_calm(409);
    }

    async fn a_letter_is_sent_and_its_link_goes_on_in_another_session(store: Store) {
        let waiting = UserWriteStage { create_users_as_inactive: true, ..UserWriteStage::default() };
        let mail = json!({ "activate_user_on_success": true, "template": "email/account_confirmation.html", "use_global_settings": true, "recovery_max_attempts": 1 });
        making("enroll").invitation().credentials().details().stage(StageKind::UserWrite(waiting)).other(OtherModel::Email, mail).login().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        api.answer(credentials()).await;
        assert_eq!(api.answer(details()).await["component"], "ak-stage-email");
        let token = posted(&store).await;
        assert_eq!(errors(&api.answer(json!({})).await, "non_field_errors"), one("email-sent", "email-sent"));
        let throttled = errors(&api.answer(json!({})).await, "non_field_errors");
        assert!(throttled[0].0.starts_with("Too many account verification attempts."), "{throttled:?}");
        let link = Api::at(&server, "enroll", &format!("flow_token={token}"));
        let asked = link.get().await.challenge();
        assert_eq!((&asked["component"], &asked["header_text"]), (&json!("ak-stage-consent"), &json!("Continue to confirm this email address.")));
        assert_eq!(link.challenge().await, asked, "asking again begins nothing anew");
        assert_eq!(link.answer(json!({ "token": asked["token"] })).await["component"], "xak-flow-redirect");
        assert_eq!(link.challenge().await["component"], "xak-flow-redirect");
        assert!(user_named(&store, "jane").await.unwrap().user.is_active);
        let late = Api::at(&server, "enroll", &format!("flow_token={token}"));
        assert_eq!(denied(&late.challenge().await), "Link was already used, please request a new link.");
    }

    async fn a_flow_that_leads_into_another_leads_to_its_pages_and_its_executor_goes_on(store: Store) {
        let mut second = making("second").details().user_write();
        second.flow.authentication = Authentication::RequireRedirect;
        let second = second.insert(&store).await;
        making("enroll").invitation().credentials().other(OtherModel::Redirect, json!({ "mode": "flow", "target_flow": second.id })).insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::at(&server, "enroll", &format!("itoken={}&next=/x y", id.token()));
        api.challenge().await;
        let led = api.answer(credentials()).await;
        assert_eq!(led, json!({ "component": "xak-flow-redirect", "to": "/if/flow/second/?next=%2Fx%20y" }));
        let next = api.moved(Api::at(&server, "second", "").url);
        assert_eq!(keys(&next.challenge().await), ["name", "email"]);
        next.answer(details()).await;
        assert_eq!((uses(&store, id).await, user_named(&store, "jane").await.is_some()), (1, true));
    }

    async fn a_redirect_stage_shows_where_it_leads(store: Store) {
        making("away").page(vec![]).other(OtherModel::Redirect, json!({ "mode": "static", "target_static": "https://example.com/x" })).other(OtherModel::Dummy, json!({})).insert(&store).await;
        let server = start(&store).await;
        let api = Api::at(&server, "away", "");
        api.challenge().await;
        let shown = api.answer(json!({})).await;
        assert_eq!((&shown["component"], &shown["to"]), (&json!("xak-flow-redirect"), &json!("https://example.com/x")));
        assert_eq!(shown["flow_info"]["title"], "Welcome");
    }

    async fn a_stage_that_changes_something_waits_for_an_answer_although_it_asks_nothing(store: Store) {
        making("enroll").invitation().stage(StageKind::UserWrite(UserWriteStage { user_creation_mode: UserCreationMode::AlwaysCreate, ..UserWriteStage::default() })).insert(&store).await;
        let id = invite(&store, &guestlist::domain::invitation::Settings { fixed_data: crate::support::fixture::mapping(json!({ "username": "jane" })), ..settings("welcome") }).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        assert_eq!(api.challenge().await["component"], "ak-stage-dummy");
        assert!(user_named(&store, "jane").await.is_none(), "looking made no account");
        assert_eq!(api.answer(json!({})).await["component"], "xak-flow-redirect");
        assert_eq!((uses(&store, id).await, user_named(&store, "jane").await.is_some()), (1, true));
    }
}
