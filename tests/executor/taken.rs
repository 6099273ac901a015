//! User names that somebody else has.

use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::PromptType;
use guestlist::executor::{Answered, Refusal};
use guestlist::store::Store;
use serde_json::json;

use super::visitor::{CREDENTIALS, DETAILS, Visitor, again, shown};
use crate::support::fixture::{
    add_user, invite, making, mapping, prompt, settings, two_pages, user, user_count, user_named, uses,
};
use crate::support::stores::on_both;

const TAKEN: &str = "This username is already taken. Please choose another one.";

on_both! {
    async fn a_name_that_is_taken_is_told_at_once_in_whatever_case(store: Store) {
        two_pages(&store).await;
        add_user(&store, &user("JANE")).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let challenge = again(jane.post(CREDENTIALS).await);
        assert_eq!(shown(&challenge)[0], ("username", "jane", TAKEN.into()));
        assert_eq!(shown(&challenge)[1], ("password", "", String::new()));
        assert_eq!(uses(&store, id).await, 0);
    }

    async fn a_name_that_is_taken_between_two_pages_leads_back_with_everything_kept(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let last = jane.questions().await.stage;
        add_user(&store, &user("Jane")).await;
        let challenge = again(jane.post_to(last, DETAILS).await);
        assert_eq!(challenge.page, 1);
        assert_eq!(shown(&challenge)[0], ("username", "jane", TAKEN.into()));
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 1));
        jane.go_on(&[("username", "jane2"), ("password", "x"), ("password_repeat", "x")]).await;
        let kept = jane.questions().await;
        assert_eq!((shown(&kept)[0].1, shown(&kept)[1].1), ("Jane Doe", "jane@example.com"));
        jane.go_on(DETAILS).await;
        let made = user_named(&store, "jane2").await.unwrap().user;
        assert_eq!((made.name.as_str(), uses(&store, id).await), ("Jane Doe", 1));
    }

    async fn a_text_prompt_that_asks_for_the_username_tells_at_its_field_too(store: Store) {
        making("enroll").invitation().page(vec![prompt("username", PromptType::Text)]).user_write().insert(&store).await;
        add_user(&store, &user("JANE")).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let challenge = again(jane.post(&[("username", "jane")]).await);
        assert_eq!(shown(&challenge)[0], ("username", "jane", TAKEN.into()));
        let long = "x".repeat(151);
        assert_eq!(shown(&again(jane.post(&[("username", &long)]).await))[0].2, "Use at most 150 characters.");
        jane.go_on(&[("username", "jane2")]).await;
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn a_taken_name_that_the_flow_does_not_ask_for_is_told_and_spends_nothing(store: Store) {
        making("enroll")
            .invitation()
            .page(vec![prompt("username", PromptType::Hidden), prompt("name", PromptType::Text)])
            .user_write()
            .insert(&store)
            .await;
        add_user(&store, &user("jane")).await;
        let id = invite(&store, &Settings { fixed_data: mapping(json!({"username": "Jane"})), ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        assert_eq!(jane.post(&[("name", "Jane")]).await, Answered::Refused(Refusal::UsernameTaken));
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 1));
    }

    async fn an_existing_account_is_never_changed_by_an_enrollment(store: Store) {
        two_pages(&store).await;
        add_user(&store, &user("jane")).await;
        let before = user_named(&store, "jane").await.unwrap();
        let id = invite(&store, &settings("welcome")).await;
        let mut other = Visitor::with(&store, "enroll", id).await;
        again(other.post(CREDENTIALS).await);
        assert_eq!(user_named(&store, "jane").await.unwrap(), before);
    }
}
