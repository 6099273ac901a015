//! Signing out, and deleting one's account.

use guestlist::domain::flow::Designation;
use guestlist::domain::stage::OtherModel;
use guestlist::executor::plan::Closing;
use guestlist::executor::{Answered, Component, Refusal, View};
use guestlist::store::{Store, events, sessions};
use serde_json::json;

use super::identity::jane;
use super::visitor::Visitor;
use crate::support::fixture::{making, read, user_count};
use crate::support::stores::on_both;

/// A browser in which Jane has signed in, at a flow with one stage.
async fn at_flow_of(store: &Store, model: OtherModel) -> Visitor {
    jane(store).await;
    making("in")
        .to(Designation::Authentication)
        .other(OtherModel::Identification, json!({ "user_fields": ["username"] }))
        .login()
        .insert(store)
        .await;
    making("out").to(Designation::Invalidation).other(model, json!({})).insert(store).await;
    let mut visitor = Visitor::new(store, "in");
    visitor.begin(None).await;
    visitor.go_on(&[("uid_field", "jane")]).await;
    visitor.slug = "out".into();
    visitor.begin(None).await;
    assert_eq!(visitor.questions().await.component, Component::Continue, "looking at the page changes nothing");
    visitor
}

on_both! {
    async fn signing_out_gives_a_new_token_that_is_nobody_s(store: Store) {
        let mut visitor = at_flow_of(&store, OtherModel::UserLogout).await;
        let old = visitor.session().to_vec();
        let answered = visitor.post(&[]).await;
        assert!(matches!(answered, Answered::Next { login: Some(_) }), "{answered:?}");
        assert_ne!(visitor.session(), old);
        for (token, there) in [(old.as_slice(), false), (visitor.session(), true)] {
            let session = read(&store, async |tx| sessions::find(tx, token, visitor.now).await.unwrap()).await;
            assert_eq!((session.is_some(), session.and_then(|session| session.user)), (there, None));
        }
        assert!(matches!(visitor.look().await, View::Closed(Closing { signed_in: false, .. })));
        let told = read(&store, async |tx| events::list(tx, 50).await.unwrap()).await;
        assert!(told.iter().any(|event| event.action.as_str() == "logout" && event.actor == "Jane"));
    }

    async fn an_account_is_deleted_by_its_owner_and_its_sessions_end(store: Store) {
        let mut visitor = at_flow_of(&store, OtherModel::UserDelete).await;
        visitor.go_on(&[]).await;
        assert_eq!(user_count(&store).await, 0);
        assert!(matches!(visitor.look().await, View::Closed(Closing { username: None, .. })));
    }

    async fn nobody_deletes_an_account_without_being_signed_in(store: Store) {
        jane(&store).await;
        making("out").to(Designation::Unenrollment).other(OtherModel::UserDelete, json!({})).insert(&store).await;
        let mut visitor = Visitor::new(&store, "out");
        visitor.begin(None).await;
        assert_eq!(visitor.post(&[]).await, Answered::Refused(Refusal::SignInNeeded));
        assert_eq!(user_count(&store).await, 1);
    }
}
