//! Enrollments under way.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::enrollment::{Context, Enrollment, Session};
use guestlist::domain::flow::Flow;
use guestlist::domain::id::{BindingId, EnrollmentId};
use guestlist::domain::user::PasswordHash;
use guestlist::store::{Store, enrollments, sessions};
use serde_json::json;

use super::sessions::session;
use crate::support::fixture::{invite, mapping, noon, settings, two_pages, write};
use crate::support::stores::on_both;

/// An enrollment of a session that ends with it.
pub fn enrollment(flow: &Flow, session: &Session) -> Enrollment {
    Enrollment {
        id: EnrollmentId(clock::new_id()),
        session: session.token_hash.clone(),
        flow: flow.id,
        invitation: None,
        plan: vec![BindingId(clock::new_id()), BindingId(clock::new_id())],
        position: 0,
        context: Context::default(),
        done: false,
        created_at: noon(),
        updated_at: noon(),
        expires_at: session.expires_at,
    }
}

on_both! {
    async fn an_enrollment_comes_back_with_all_that_its_stages_know(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, _| {
            let owner = session(1);
            sessions::insert(tx, &owner, noon()).await.unwrap();
            let mut it = enrollment(&flow, &owner);
            it.invitation = Some(id);
            enrollments::replace(tx, &it).await.unwrap();
            assert_eq!(enrollments::find(tx, &owner.token_hash, noon()).await.unwrap().as_ref(), Some(&it));
            it.position = 2;
            it.done = true;
            it.context.prompt_data = mapping(json!({"attributes": {"a": [null, 1.5]}, "name": "J"}));
            it.context.password = Some(PasswordHash("$argon2id$x".into()));
            it.context.invitation_in_effect = true;
            it.expires_at += TimeDelta::hours(1);
            enrollments::update(tx, &it).await.unwrap();
            let found = enrollments::find(tx, &owner.token_hash, noon()).await.unwrap().unwrap();
            assert_eq!(found.context.password, it.context.password);
            assert_eq!(found, it);
        })
        .await;
    }

    async fn an_enrollment_that_is_given_up_is_gone_and_nobody_else_s(store: Store) {
        let flow = two_pages(&store).await;
        write(&store, async |tx, _| {
            let (mine, other) = (session(1), session(2));
            for owner in [&mine, &other] {
                sessions::insert(tx, owner, noon()).await.unwrap();
                enrollments::replace(tx, &enrollment(&flow, owner)).await.unwrap();
            }
            assert!(enrollments::delete(tx, &mine.token_hash).await.unwrap());
            assert!(!enrollments::delete(tx, &mine.token_hash).await.unwrap());
            assert_eq!(enrollments::find(tx, &mine.token_hash, noon()).await.unwrap(), None);
            assert!(enrollments::find(tx, &other.token_hash, noon()).await.unwrap().is_some());
            assert!(sessions::find(tx, &mine.token_hash, noon()).await.unwrap().is_some());
        })
        .await;
    }

    async fn a_session_has_one_enrollment_the_latest(store: Store) {
        let flow = two_pages(&store).await;
        write(&store, async |tx, _| {
            let owner = session(1);
            sessions::insert(tx, &owner, noon()).await.unwrap();
            let (first, second) = (enrollment(&flow, &owner), enrollment(&flow, &owner));
            enrollments::replace(tx, &first).await.unwrap();
            enrollments::replace(tx, &second).await.unwrap();
            assert_eq!(enrollments::find(tx, &owner.token_hash, noon()).await.unwrap().unwrap().id, second.id);
        })
        .await;
    }

    async fn an_enrollment_that_has_ended_is_neither_shown_nor_locked(store: Store) {
        let flow = two_pages(&store).await;
        write(&store, async |tx, _| {
            let owner = session(1);
            sessions::insert(tx, &owner, noon()).await.unwrap();
            let it = enrollment(&flow, &owner);
            enrollments::replace(tx, &it).await.unwrap();
            let later = noon() + TimeDelta::minutes(5);
            assert_eq!(enrollments::lock(tx, &owner.token_hash, later).await.unwrap().unwrap().updated_at, later);
            assert_eq!(enrollments::find(tx, &owner.token_hash, it.expires_at).await.unwrap(), None);
            assert_eq!(enrollments::lock(tx, &owner.token_hash, it.expires_at).await.unwrap(), None);
        })
        .await;
    }

    async fn who_locks_an_enrollment_second_sees_what_the_first_has_done(store: Store) {
        let flow = two_pages(&store).await;
        let owner = session(1);
        write(&store, async |tx, _| {
            sessions::insert(tx, &owner, noon()).await.unwrap();
            enrollments::replace(tx, &enrollment(&flow, &owner)).await.unwrap();
        })
        .await;
        let step = async || {
            let mut tx = store.begin_write().await.unwrap();
            let mut it = enrollments::lock(&mut tx, &owner.token_hash, noon()).await.unwrap().unwrap();
            it.position += 1;
            enrollments::update(&mut tx, &it).await.unwrap();
            tx.commit().await.unwrap();
        };
        tokio::join!(step(), step(), step(), step(), step(), step(), step(), step());
        let reached = write(&store, async |tx, _| {
            enrollments::find(tx, &owner.token_hash, noon()).await.unwrap().unwrap().position
        })
        .await;
        assert_eq!(reached, 8);
    }
}
