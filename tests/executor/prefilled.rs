//! What an invitation brings: what can be changed, what can't, and where it goes.

use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::domain::stage::UserType;
use guestlist::store::Store;
use serde_json::{Value, json};

use super::visitor::{CREDENTIALS, Visitor, shown};
use crate::support::fixture::{invite, making, mapping, optional, prompt, settings, user_named};
use crate::support::stores::on_both;

/// A flow that asks for these after the credentials, and an invitation that brings that; answered with these.
async fn enroll(
    store: &Store,
    asked: Vec<Prompt>,
    brought: Value,
    answers: &[(&str, &str)],
) -> guestlist::domain::user::User {
    making("enroll").invitation().credentials().page(asked).user_write().insert(store).await;
    let id = invite(store, &Settings { fixed_data: mapping(brought), ..settings("welcome") }).await;
    let mut jane = Visitor::with(store, "enroll", id).await;
    jane.go_on(CREDENTIALS).await;
    jane.go_on(answers).await;
    user_named(store, "jane").await.unwrap().user
}

on_both! {
    async fn what_is_brought_stands_in_the_form_and_can_be_changed(store: Store) {
        making("enroll").invitation().credentials().details().user_write().insert(&store).await;
        let brought = mapping(json!({"username": "jd", "password": "given", "name": "Jane", "email": "jane@example.com"}));
        let id = invite(&store, &Settings { fixed_data: brought, ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let page = jane.questions().await;
        let none = String::new;
        assert_eq!(shown(&page), [("username", "jd", none()), ("password", "", none()), ("password_repeat", "", none())]);
        jane.go_on(CREDENTIALS).await;
        assert_eq!(shown(&jane.questions().await)[1], ("email", "jane@example.com", none()));
        jane.go_on(&[("email", "own@example.com")]).await;
        let user = user_named(&store, "jane").await.unwrap().user;
        assert_eq!((user.name.as_str(), user.email.as_str()), ("Jane", "own@example.com"));
    }

    async fn hidden_and_static_prompts_can_t_be_overridden(store: Store) {
        let hidden = |key: &str| prompt(key, PromptType::Hidden);
        let asked = vec![hidden("email"), prompt("name", PromptType::Static), Prompt { placeholder: "fallback".into(), ..hidden("attributes.from") }, Prompt { initial_value: "initial".into(), ..hidden("attributes.kind") }];
        let crafted = [("email", "evil@example.com"), ("name", "Evil"), ("attributes.from", "evil"), ("attributes.kind", "evil")];
        let user = enroll(&store, asked, json!({"email": "jane@example.com", "name": "Jane"}), &crafted).await;
        assert_eq!((user.name.as_str(), user.email.as_str()), ("Jane", "jane@example.com"));
        assert_eq!(Value::Object(user.attributes), json!({"from": "fallback", "kind": "initial"}));
    }

    async fn what_was_not_asked_is_not_taken(store: Store) {
        let crafted = [("name", "Jane"), ("type", "internal"), ("path", "admins"), ("is_active", "true"), ("attributes", "{}"), ("attributes.admin", "yes"), ("groups", "admins")];
        let user = enroll(&store, vec![prompt("name", PromptType::Text)], json!({}), &crafted).await;
        assert_eq!((user.kind, user.path.as_str()), (UserType::External, "users"));
        assert!(user.attributes.is_empty(), "{:?}", user.attributes);
    }

    async fn a_nested_answer_leaves_what_the_invitation_brought_beside_it(store: Store) {
        let asked = vec![prompt("attributes.department", PromptType::Text), optional("attributes.desk.room", PromptType::Text)];
        let brought = json!({"attributes": {"team": "Backend", "department": "old", "desk": {"floor": 3}}, "attributes.site": "B", "attributes_note": "n"});
        let user = enroll(&store, asked, brought, &[("attributes.department", "Sales"), ("attributes.desk.room", "3.14")]).await;
        let expected = json!({"team": "Backend", "department": "Sales", "desk": {"floor": 3, "room": "3.14"}, "site": "B", "note": "n"});
        assert_eq!(Value::Object(user.attributes), expected);
    }

    async fn type_path_and_activity_may_be_brought(store: Store) {
        let brought = json!({"type": "internal", "path": "users/special", "is_active": false, "groups": ["admins"], "unknown": 1});
        let user = enroll(&store, vec![prompt("name", PromptType::Text)], brought, &[("name", "Jane")]).await;
        assert_eq!((user.kind, user.path.as_str(), user.is_active), (UserType::Internal, "users/special", false));
        assert!(user.attributes.is_empty());
    }

    async fn an_optional_answer_may_be_left_out(store: Store) {
        let asked = vec![optional("name", PromptType::Text), optional("email", PromptType::Email)];
        let user = enroll(&store, asked, json!({}), &[("name", ""), ("email", " ")]).await;
        assert_eq!((user.name.as_str(), user.email.as_str()), ("", ""));
    }

    async fn a_flag_that_is_brought_for_a_hidden_prompt_stays_a_flag(store: Store) {
        let user = enroll(&store, vec![prompt("attributes.vip", PromptType::Hidden)], json!({"attributes": {"vip": true}}), &[]).await;
        assert_eq!(Value::Object(user.attributes), json!({"vip": true}));
    }
}
