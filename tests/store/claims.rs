//! Spending a use: the one moment at which an invitation is checked and counted.

use chrono::TimeDelta;
use guestlist::domain::event::Actor;
use guestlist::domain::invitation::Settings;
use guestlist::store::{Store, invitations};

use crate::support::fixture::{add_user, invite, noon, read, settings, use_rows, user, uses, write};
use crate::support::stores::on_both;

on_both! {
    async fn a_use_is_spent_until_the_last_moment_before_the_expiry(store: Store) {
        for (number, (micros, good)) in [(-1, false), (0, false), (1, true)].into_iter().enumerate() {
            let expires = Some(noon() + TimeDelta::microseconds(micros));
            let id = invite(&store, &Settings { expires, ..settings(&format!("edge-{number}")) }).await;
            let claimed = write(&store, async |tx, act| invitations::claim_use(tx, id, None, act).await.unwrap()).await;
            assert_eq!(claimed, good, "{micros}");
            assert_eq!(uses(&store, id).await, u32::from(good));
        }
    }

    async fn a_revoked_invitation_is_not_spent_and_a_restored_one_is(store: Store) {
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, act| {
            invitations::set_revoked(tx, id, true, act).await.unwrap();
            assert!(!invitations::claim_use(tx, id, None, act).await.unwrap());
            invitations::set_revoked(tx, id, false, act).await.unwrap();
            assert!(invitations::claim_use(tx, id, None, act).await.unwrap());
        })
        .await;
    }

    async fn as_many_uses_are_spent_as_there_are(store: Store) {
        let few = invite(&store, &Settings { max_uses: Some(2), ..settings("few") }).await;
        let many = invite(&store, &Settings { max_uses: None, ..settings("many") }).await;
        write(&store, async |tx, act| {
            for expected in [true, true, false] {
                assert_eq!(invitations::claim_use(tx, few, None, act).await.unwrap(), expected);
                assert!(invitations::claim_use(tx, many, None, act).await.unwrap());
            }
        })
        .await;
        assert_eq!((uses(&store, few).await, uses(&store, many).await), (2, 3));
        assert_eq!(use_rows(&store, few).await.len(), 2);
    }

    async fn a_use_tells_who_when_and_from_where_latest_first(store: Store) {
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        for (name, address) in [("jane", "192.0.2.7"), ("joe", "2001:db8::1")] {
            let person = user(name);
            add_user(&store, &person).await;
            let by = Actor::visitor(address);
            write(&store, async |tx, _| {
                assert!(invitations::claim_use(tx, id, Some((person.id, name)), &by.at(noon())).await.unwrap());
            })
            .await;
        }
        let rows = use_rows(&store, id).await;
        let told: Vec<_> = rows.iter().map(|row| (row.username.as_str(), row.address.as_str(), row.at)).collect();
        assert_eq!(told, [("joe", "2001:db8::1", noon()), ("jane", "192.0.2.7", noon())]);
    }

    async fn a_use_that_is_rolled_back_was_never_spent(store: Store) {
        let id = invite(&store, &settings("welcome")).await;
        let mut tx = store.begin_write().await.unwrap();
        assert!(invitations::claim_use(&mut tx, id, None, &Actor::system().at(noon())).await.unwrap());
        drop(tx);
        assert_eq!(uses(&store, id).await, 0);
        assert!(read(&store, async |tx| invitations::uses(tx, id).await.unwrap()).await.is_empty());
    }

    async fn the_greatest_number_of_uses_can_t_be_set_below_what_was_used(store: Store) {
        let id = invite(&store, &Settings { max_uses: Some(2), ..settings("welcome") }).await;
        let mut tx = store.begin_write().await.unwrap();
        let act = Actor::system();
        for _ in 0..2 {
            assert!(invitations::claim_use(&mut tx, id, None, &act.at(noon())).await.unwrap());
        }
        let fewer = Settings { max_uses: Some(1), ..settings("welcome") };
        assert!(invitations::update(&mut tx, id, 1, &fewer, &act.at(noon())).await.is_err());
    }
}
