//! Signing in: who somebody is, their password, whether to stay.

use guestlist::domain::flow::{Designation, Flow};
use guestlist::domain::stage::{OtherModel, StageKind, UserLoginStage};
use guestlist::domain::user::{PasswordHash, User};
use guestlist::domain::when::Span;
use guestlist::executor::plan::Closing;
use guestlist::executor::{Answered, Component, Login, Opened, Refusal, Remark, View};
use guestlist::secret::Hasher;
use guestlist::store::{Store, events, sessions, stages};
use serde_json::json;

use super::visitor::{Visitor, again};
use crate::support::fixture::{QUICK, add_user, making, mapping, read, user, write};
use crate::support::stores::on_both;

/// Jane, with the password `s3cret`.
pub async fn jane(store: &Store) -> User {
    let hash: PasswordHash = Hasher::new(QUICK).unwrap().hash("s3cret".into()).await.unwrap();
    let jane = User {
        email: "Jane@example.com".into(),
        attributes: mapping(json!({ "upn": "jane@corp" })),
        password: Some(hash),
        ..user("Jane")
    };
    add_user(store, &jane).await;
    jane
}

/// The settings of a password stage.
pub fn asks_password() -> serde_json::Value {
    json!({ "backends": ["authentik.core.auth.InbuiltBackend"], "failed_attempts_before_cancel": 2 })
}

/// A flow that asks who somebody is, for the password, and signs in.
async fn sign_in(store: &Store, identification: serde_json::Value) -> Flow {
    making("sign-in")
        .to(Designation::Authentication)
        .other(OtherModel::Identification, identification)
        .other(OtherModel::Password, asks_password())
        .login()
        .insert(store)
        .await
}

fn not_found(answered: Answered) {
    assert_eq!(again(answered).faults, [Remark::NotAuthenticated]);
}

on_both! {
    async fn somebody_is_found_by_name_address_or_upn_in_whatever_case(store: Store) {
        let known = jane(&store).await;
        sign_in(&store, json!({ "user_fields": ["email", "username", "upn"] })).await;
        for given in ["jane", "JANE@example.com", "jane@CORP", " Jane "] {
            let mut visitor = Visitor::new(&store, "sign-in");
            visitor.begin(None).await;
            visitor.go_on(&[("uid_field", given)]).await;
            assert_eq!(visitor.questions().await.component, Component::Password { username: given.trim().into(), recovery: None, may_show: false });
            let answered = visitor.post(&[("password", "s3cret")]).await;
            assert_eq!(answered, Answered::Next { login: Some(Login { seconds: None }) }, "{given}");
            let session = read(&store, async |tx| sessions::find(tx, visitor.session(), visitor.now).await.unwrap()).await;
            assert_eq!(session.unwrap().user, Some(known.id), "{given}");
            assert!(matches!(visitor.look().await, View::Closed(Closing { signed_in: true, created: false, .. })));
        }
    }

    async fn case_matters_where_the_stage_says_so_and_only_its_fields_are_looked_at(store: Store) {
        jane(&store).await;
        let strict = json!({ "user_fields": ["username"], "case_insensitive_matching": false, "pretend_user_exists": false });
        sign_in(&store, strict).await;
        let mut visitor = Visitor::new(&store, "sign-in");
        visitor.begin(None).await;
        for wrong in ["jane", "Jane@example.com", "nobody", "", "a\u{1b}b"] {
            not_found(visitor.post(&[("uid_field", wrong)]).await);
        }
        visitor.go_on(&[("uid_field", "Jane")]).await;
    }

    async fn who_does_not_exist_is_led_on_and_refused_like_who_does(store: Store) {
        jane(&store).await;
        sign_in(&store, json!({ "user_fields": ["username"] })).await;
        for name in ["Jane", "nobody"] {
            let mut visitor = Visitor::new(&store, "sign-in");
            visitor.begin(None).await;
            visitor.go_on(&[("uid_field", name)]).await;
            assert_eq!(visitor.questions().await.component, Component::Password { username: name.into(), recovery: None, may_show: false });
            assert_eq!(again(visitor.post(&[("password", "wrong")]).await).faults, [Remark::InvalidPassword]);
            let denied = visitor.post(&[("password", "wrong")]).await;
            assert!(matches!(denied, Answered::Refused(Refusal::WrongTooOften { next: None })), "{denied:?}");
            assert_eq!(visitor.look().await, View::NotBegun, "after so many the flow is over");
        }
        let told = read(&store, async |tx| events::list(tx, 50).await.unwrap()).await;
        let failed = told.iter().filter(|event| event.action.as_str() == "login_failed");
        assert_eq!(failed.map(|event| event.object_name.as_str()).collect::<Vec<_>>(), ["Jane", "Jane"]);
    }

    async fn name_and_password_may_be_asked_on_one_page(store: Store) {
        jane(&store).await;
        making("other").other(OtherModel::Password, asks_password()).insert(&store).await;
        let stage = read(&store, async |tx| stages::find_by_name(tx, "other-0").await.unwrap().unwrap()).await;
        making("sign-in")
            .to(Designation::Authentication)
            .other(OtherModel::Identification, json!({ "user_fields": ["username"], "password_stage": stage.id }))
            .login()
            .insert(&store)
            .await;
        let mut visitor = Visitor::new(&store, "sign-in");
        visitor.begin(None).await;
        not_found(visitor.post(&[("uid_field", "Jane"), ("password", "wrong")]).await);
        not_found(visitor.post(&[("uid_field", "nobody"), ("password", "s3cret")]).await);
        not_found(visitor.post(&[("uid_field", "Jane")]).await);
        let answered = visitor.post(&[("uid_field", "Jane"), ("password", "s3cret")]).await;
        assert!(matches!(answered, Answered::Next { login: Some(_) }), "{answered:?}");
    }

    async fn nobody_signs_in_who_may_not(store: Store) {
        let gone = User { is_active: false, ..jane(&store).await };
        let bare = user("bare");
        write(&store, async |tx, act| guestlist::store::users::set_active(tx, gone.id, false, act).await.unwrap()).await;
        add_user(&store, &bare).await;
        sign_in(&store, json!({ "user_fields": ["username"] })).await;
        for (name, password) in [("Jane", "s3cret"), ("bare", ""), ("bare", "x")] {
            let mut visitor = Visitor::new(&store, "sign-in");
            visitor.begin(None).await;
            visitor.go_on(&[("uid_field", name)]).await;
            assert_eq!(again(visitor.post(&[("password", password)]).await).faults, [Remark::InvalidPassword], "{name}");
        }
    }

    async fn who_wants_to_stay_signed_in_stays_longer(store: Store) {
        jane(&store).await;
        let login = UserLoginStage { session_duration: Span(60), remember_me_offset: Span(600), ..UserLoginStage::default() };
        making("sign-in")
            .to(Designation::Authentication)
            .other(OtherModel::Identification, json!({ "user_fields": ["username"] }))
            .stage(StageKind::UserLogin(login))
            .insert(&store)
            .await;
        for (answer, seconds) in [("true", 660), ("false", 60)] {
            let mut visitor = Visitor::new(&store, "sign-in");
            visitor.begin(None).await;
            visitor.go_on(&[("uid_field", "jane")]).await;
            assert_eq!(visitor.questions().await.component, Component::UserLogin { username: "jane".into() });
            let answered = visitor.post(&[("remember_me", answer)]).await;
            assert_eq!(answered, Answered::Next { login: Some(Login { seconds: Some(seconds) }) });
        }
    }

    async fn who_is_signed_in_already_goes_on_where_the_address_says(store: Store) {
        jane(&store).await;
        sign_in(&store, json!({ "user_fields": ["username"] })).await;
        let mut visitor = Visitor::new(&store, "sign-in");
        visitor.query = vec![("next".into(), "/if/flow/settings/".into())];
        visitor.begin(None).await;
        visitor.go_on(&[("uid_field", "jane")]).await;
        visitor.go_on(&[("password", "s3cret")]).await;
        let View::Closed(closing) = visitor.look().await else { panic!() };
        assert_eq!(closing.next.as_deref(), Some("/if/flow/settings/"));
        assert_eq!(visitor.begin(None).await, Opened::Elsewhere("/if/flow/settings/".into()));
    }
}
