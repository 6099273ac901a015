//! How many there are.

use guestlist::store::counts::{self, Counts};
use guestlist::store::{Store, groups, invitations};

use crate::support::fixture::{add_user, group, invite, read, settings, user, write};
use crate::support::stores::on_both;

on_both! {
    async fn what_is_there_is_counted_and_what_is_deleted_is_not(store: Store) {
        let counted = async || read(&store, async |tx| counts::count(tx).await.unwrap()).await;
        assert_eq!(counted().await, Counts { users: 0, groups: 0, invitations: 0 });
        for name in ["jane", "bob"] {
            add_user(&store, &user(name)).await;
        }
        invite(&store, &settings("kept")).await;
        let gone = invite(&store, &settings("gone")).await;
        write(&store, async |tx, act| {
            groups::insert(tx, &group("staff"), act).await.unwrap();
            invitations::delete(tx, gone, act).await.unwrap();
        })
        .await;
        assert_eq!(counted().await, Counts { users: 2, groups: 1, invitations: 1 });
    }
}
