//! Users.

use chrono::TimeDelta;
use guestlist::domain::enrollment::Session;
use guestlist::domain::id::InvitationId;
use guestlist::domain::user::{PasswordHash, Profile, User, Username};
use guestlist::store::{Store, StoreError, events, invitations, sessions, users};
use serde_json::json;

use crate::support::fixture::{add_user, invite, mapping, noon, read, settings, user, user_named, write};
use crate::support::stores::on_both;

on_both! {
    async fn an_account_becomes_one_of_another_kind_once_with_an_event(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        write(&store, async |tx, act| {
            assert!(users::set_kind(tx, jane.id, guestlist::domain::stage::UserType::External, act).await.unwrap());
            assert!(!users::set_kind(tx, jane.id, guestlist::domain::stage::UserType::External, act).await.unwrap());
            assert_eq!(users::find(tx, jane.id).await.unwrap().unwrap().kind, guestlist::domain::stage::UserType::External);
            let log = events::list(tx, 1).await.unwrap();
            assert_eq!((log[0].action.as_str(), &log[0].detail["type"]), ("model_updated", &json!("external")));
        })
        .await;
    }

    async fn a_user_comes_back_as_it_was_written(store: Store) {
        let jane = User {
            name: "Jané 山田".into(),
            email: "jane@example.com".into(),
            is_active: false,
            path: "users/external".into(),
            kind: guestlist::domain::stage::UserType::ServiceAccount,
            attributes: mapping(json!({"team": {"name": "Backend"}, "n": 1})),
            password: Some(PasswordHash("$argon2id$x".into())),
            ..user("Jane")
        };
        add_user(&store, &jane).await;
        let found = read(&store, async |tx| users::find(tx, jane.id).await.unwrap()).await;
        assert_eq!(found.as_ref(), Some(&jane));
        assert_eq!(found.unwrap().password, jane.password);
        assert_eq!(user_named(&store, "jAnE").await.unwrap().user, jane);
        assert!(user_named(&store, "jan").await.is_none());
    }

    async fn names_that_differ_in_case_are_one_and_a_refusal_leaves_the_transaction_usable(store: Store) {
        add_user(&store, &user("Jürgen")).await;
        write(&store, async |tx, act| {
            for name in ["jürgen", "JÜRGEN", "Jürgen"] {
                assert!(users::is_taken(tx, &Username::parse(name).unwrap()).await.unwrap(), "{name}");
                let taken = users::insert(tx, &user(name), json!({}), act).await;
                assert!(matches!(taken, Err(StoreError::Taken(_))), "{name} {taken:?}");
            }
            assert!(!users::is_taken(tx, &Username::parse("jurgen").unwrap()).await.unwrap());
            users::insert(tx, &user("jurgen"), json!({}), act).await.unwrap();
        })
        .await;
    }

    async fn a_user_is_shown_with_the_invitation_that_brought_them(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, act| {
            assert!(invitations::claim_use(tx, id, Some((jane.id, "jane")), act).await.unwrap());
        })
        .await;
        assert_eq!(user_named(&store, "jane").await.unwrap().invitation.unwrap().as_str(), "welcome");
    }

    async fn a_user_is_changed_by_whoever_read_the_user_last(store: Store) {
        let (jane, bob) = (user("jane"), user("bob"));
        add_user(&store, &jane).await;
        add_user(&store, &bob).await;
        let profile = |username: &str| Profile {
            username: Username::parse(username).unwrap(),
            name: "Jane".into(),
            email: "jane@example.com".into(),
            path: "users/staff".into(),
            attributes: mapping(json!({"a": {"b": 1}})),
        };
        write(&store, async |tx, act| {
            let taken = users::update(tx, &jane, &profile("BOB"), act).await;
            assert!(matches!(taken, Err(StoreError::Taken(_))), "{taken:?}");
            users::record_login(tx, &jane, act).await.unwrap();
            users::update(tx, &jane, &profile("Jane"), act).await.unwrap();
            let now = users::find(tx, jane.id).await.unwrap().unwrap();
            assert_eq!((now.username.as_str(), now.email.as_str()), ("Jane", "jane@example.com"));
            assert_eq!((now.path.as_str(), &now.attributes), ("users/staff", &mapping(json!({"a": {"b": 1}}))));
            assert!(matches!(users::update(tx, &jane, &profile("jane"), act).await, Err(StoreError::Stale)));
            users::update(tx, &now, &profile("janet"), act).await.unwrap();
            assert!(users::is_taken(tx, &Username::parse("JANET").unwrap()).await.unwrap());
            let gone = users::update(tx, &user("nobody"), &profile("x"), act).await;
            assert!(matches!(gone, Err(StoreError::NotFound(_))), "{gone:?}");
        })
        .await;
    }

    async fn a_user_is_deactivated_gets_another_password_and_is_deleted(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        let last = async || {
            let newest = read(&store, async |tx| events::list(tx, 1).await.unwrap().remove(0)).await;
            (newest.action.to_string(), newest.object_name, newest.detail)
        };
        write(&store, async |tx, act| {
            assert!(users::set_active(tx, jane.id, false, act).await.unwrap());
            assert!(!users::set_active(tx, jane.id, false, act).await.unwrap());
        })
        .await;
        assert_eq!(last().await, ("model_updated".into(), "jane".into(), json!({"is_active": false})));
        assert!(!user_named(&store, "jane").await.unwrap().user.is_active);
        let session = Session { token_hash: vec![7; 32], user: Some(jane.id), expires_at: noon() + TimeDelta::days(1) };
        let hash = PasswordHash("$argon2id$new".into());
        write(&store, async |tx, act| {
            sessions::insert(tx, &session, noon()).await.unwrap();
            users::set_password(tx, jane.id, &hash, act).await.unwrap();
            assert!(sessions::find(tx, &session.token_hash, noon()).await.unwrap().is_none());
        })
        .await;
        assert_eq!(last().await, ("password_set".into(), "jane".into(), json!({})));
        assert_eq!(user_named(&store, "jane").await.unwrap().user.password, Some(hash));
        write(&store, async |tx, act| {
            sessions::insert(tx, &session, noon()).await.unwrap();
            users::take_password(tx, jane.id, act).await.unwrap();
            assert!(sessions::find(tx, &session.token_hash, noon()).await.unwrap().is_none());
        })
        .await;
        assert_eq!(last().await, ("password_set".into(), "jane".into(), json!({"usable": false})));
        assert_eq!(user_named(&store, "jane").await.unwrap().user.password, None);
        write(&store, async |tx, act| {
            users::delete(tx, jane.id, act).await.unwrap();
            assert!(matches!(users::delete(tx, jane.id, act).await, Err(StoreError::NotFound(_))));
        })
        .await;
        assert_eq!(last().await.0, "model_deleted");
    }

    async fn a_deleted_user_s_invitations_keep_the_name(store: Store) {
        let maker = user("maker");
        add_user(&store, &maker).await;
        let by = guestlist::domain::event::Actor { id: Some(maker.id), name: "maker".into(), address: "local".into() };
        let id = InvitationId(guestlist::clock::new_id());
        write(&store, async |tx, act| {
            invitations::insert(tx, id, &settings("welcome"), &by.at(noon())).await.unwrap();
            invitations::claim_use(tx, id, Some((maker.id, "maker")), act).await.unwrap();
            users::delete(tx, maker.id, act).await.unwrap();
            let it = invitations::get(tx, id).await.unwrap();
            assert_eq!((it.created_by, it.created_by_name.as_str(), it.uses), (None, "maker", 1));
            assert_eq!(invitations::uses(tx, id).await.unwrap()[0].username, "maker");
        })
        .await;
    }

    async fn nobody_locks_themselves_out(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        let own = guestlist::domain::event::Actor { id: Some(jane.id), name: "jane".into(), address: "local".into() };
        write(&store, async |tx, _| {
            let act = own.at(noon());
            assert!(matches!(users::set_active(tx, jane.id, false, &act).await, Err(StoreError::Own)));
            assert!(matches!(users::delete(tx, jane.id, &act).await, Err(StoreError::Own)));
        })
        .await;
    }

    async fn signing_in_is_noted_with_the_user_and_in_the_log(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        let later = noon() + TimeDelta::hours(1);
        write(&store, async |tx, act| {
            let act = guestlist::domain::event::Act { at: later, ..*act };
            users::record_login(tx, &jane, &act).await.unwrap();
            assert_eq!(users::find(tx, jane.id).await.unwrap().unwrap().last_login, Some(later));
            assert_eq!(events::list(tx, 1).await.unwrap()[0].action.as_str(), "login");
        })
        .await;
    }
}
