//! Visitors' sessions.

use chrono::TimeDelta;
use guestlist::domain::enrollment::Session;
use guestlist::domain::user::User;
use guestlist::store::{Store, enrollments, sessions, users};

use super::enrollments::enrollment;
use crate::support::fixture::{add_user, noon, two_pages, user, write};
use crate::support::stores::on_both;

/// A session of nobody that ends in an hour.
pub fn session(byte: u8) -> Session {
    Session { token_hash: vec![byte; 32], user: None, expires_at: noon() + TimeDelta::hours(1) }
}

on_both! {
    async fn a_session_is_found_until_it_ends(store: Store) {
        let it = session(1);
        write(&store, async |tx, _| {
            sessions::insert(tx, &it, noon()).await.unwrap();
            let just_before = it.expires_at - TimeDelta::microseconds(1);
            assert_eq!(sessions::find(tx, &it.token_hash, just_before).await.unwrap().as_ref(), Some(&it));
            assert_eq!(sessions::find(tx, &it.token_hash, it.expires_at).await.unwrap(), None);
            assert_eq!(sessions::find(tx, &[2; 32], noon()).await.unwrap(), None);
        })
        .await;
    }

    async fn a_rotated_session_keeps_its_enrollment_and_the_old_token_is_dead(store: Store) {
        let flow = two_pages(&store).await;
        let jane = user("jane");
        add_user(&store, &jane).await;
        write(&store, async |tx, _| {
            let (old, new) = (session(1), Session { user: Some(jane.id), ..session(2) });
            sessions::insert(tx, &old, noon()).await.unwrap();
            let begun = enrollment(&flow, &old);
            enrollments::replace(tx, &begun).await.unwrap();
            sessions::rotate(tx, &old.token_hash, &new).await.unwrap();
            assert_eq!(sessions::find(tx, &old.token_hash, noon()).await.unwrap(), None);
            assert_eq!(sessions::find(tx, &new.token_hash, noon()).await.unwrap().as_ref(), Some(&new));
            assert_eq!(enrollments::find(tx, &old.token_hash, noon()).await.unwrap(), None);
            assert_eq!(enrollments::find(tx, &new.token_hash, noon()).await.unwrap().unwrap().id, begun.id);
        })
        .await;
    }

    async fn an_inactive_user_is_signed_in_nowhere(store: Store) {
        let sleeper = User { is_active: false, ..user("sleeper") };
        add_user(&store, &sleeper).await;
        write(&store, async |tx, _| {
            let it = Session { user: Some(sleeper.id), ..session(1) };
            sessions::insert(tx, &it, noon()).await.unwrap();
            assert_eq!(sessions::find(tx, &it.token_hash, noon()).await.unwrap().unwrap().user, None);
        })
        .await;
    }

    async fn a_user_s_other_sessions_end_and_nobody_else_s(store: Store) {
        let (jane, bob) = (user("jane"), user("bob"));
        add_user(&store, &jane).await;
        add_user(&store, &bob).await;
        write(&store, async |tx, _| {
            for (byte, owner) in [(1, Some(jane.id)), (2, Some(jane.id)), (3, Some(bob.id)), (4, None)] {
                sessions::insert(tx, &Session { user: owner, ..session(byte) }, noon()).await.unwrap();
            }
            sessions::delete_others(tx, jane.id, &[1; 32]).await.unwrap();
            for (byte, stays) in [(1, true), (2, false), (3, true), (4, true)] {
                assert_eq!(sessions::find(tx, &[byte; 32], noon()).await.unwrap().is_some(), stays, "{byte}");
            }
        })
        .await;
    }

    async fn who_is_deactivated_is_signed_out_for_good_and_nobody_else(store: Store) {
        let (jane, bob) = (user("jane"), user("bob"));
        add_user(&store, &jane).await;
        add_user(&store, &bob).await;
        write(&store, async |tx, _| {
            for (byte, owner) in [(2, Some(bob.id)), (3, None)] {
                sessions::insert(tx, &Session { user: owner, ..session(byte) }, noon()).await.unwrap();
            }
        })
        .await;
        for by_blueprint in [false, true] {
            write(&store, async |tx, act| {
                sessions::insert(tx, &Session { user: Some(jane.id), ..session(1) }, noon()).await.unwrap();
                if by_blueprint {
                    users::replace(tx, &User { is_active: false, ..jane.clone() }, act).await.unwrap();
                } else {
                    users::set_active(tx, jane.id, false, act).await.unwrap();
                }
                users::set_active(tx, jane.id, true, act).await.unwrap();
                for (byte, stays) in [(1, false), (2, true), (3, true)] {
                    let found = sessions::find(tx, &[byte; 32], noon()).await.unwrap();
                    assert_eq!(found.is_some(), stays, "{byte} {by_blueprint}");
                }
            })
            .await;
        }
    }

    async fn what_has_ended_is_forgotten_and_nothing_else(store: Store) {
        let flow = two_pages(&store).await;
        write(&store, async |tx, _| {
            let (ended, running) = (session(1), Session { expires_at: noon() + TimeDelta::hours(2), ..session(2) });
            for it in [&ended, &running] {
                sessions::insert(tx, it, noon()).await.unwrap();
                enrollments::replace(tx, &enrollment(&flow, it)).await.unwrap();
            }
            assert_eq!(sessions::forget_ended(tx, ended.expires_at).await.unwrap(), 2);
            assert_eq!(sessions::forget_ended(tx, ended.expires_at).await.unwrap(), 0);
            assert!(enrollments::find(tx, &running.token_hash, ended.expires_at).await.unwrap().is_some());
        })
        .await;
    }
}
