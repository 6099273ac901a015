//! Users and groups that come back after they were deleted.

use guestlist::clock;
use guestlist::domain::event::Actor;
use guestlist::domain::id::{PolicyBindingId, StageId};
use guestlist::domain::policy::{Decider, Guarded, PolicyBinding};
use guestlist::domain::stage::{Stage, StageKind, UserWriteStage};
use guestlist::domain::user::PasswordHash;
use guestlist::store::{Store, StoreError, groups, invitations, membership, policies, restore, stages, users};

use crate::support::fixture::{add_user, group, invite, noon, read, settings, two_pages, use_rows, user, write};
use crate::support::stores::on_both;

fn binding(target: Guarded, decider: Decider) -> PolicyBinding {
    PolicyBinding {
        id: PolicyBindingId(clock::new_id()),
        target,
        decider,
        order: 0,
        negate: false,
        enabled: true,
        timeout: 30,
        failure_result: false,
    }
}

on_both! {
    async fn a_user_comes_back_with_password_groups_decisions_and_what_they_made(store: Store) {
        let flow = two_pages(&store).await;
        let jane = guestlist::domain::user::User { password: Some(PasswordHash("$argon2id$x".into())), ..user("jane") };
        let staff = group("staff");
        add_user(&store, &jane).await;
        let by = Actor { id: Some(jane.id), name: "jane".into(), address: "local".into() };
        let guard = binding(Guarded::Flow(flow.id), Decider::User(jane.id));
        let (made, used) = (clock::new_id(), invite(&store, &settings("used")).await);
        let made = guestlist::domain::id::InvitationId(made);
        write(&store, async |tx, act| {
            groups::insert(tx, &staff, act).await.unwrap();
            groups::add_member(tx, staff.id, jane.id).await.unwrap();
            policies::insert_binding(tx, &guard, act).await.unwrap();
            invitations::insert(tx, made, &settings("made"), &by.at(noon())).await.unwrap();
            assert!(invitations::claim_use(tx, used, Some((jane.id, "jane")), act).await.unwrap());
        })
        .await;
        let kept = read(&store, async |tx| restore::keep_user(tx, jane.id).await.unwrap().unwrap()).await;
        assert!(!format!("{kept:?}").contains("argon2id"), "no hash is shown");
        write(&store, async |tx, act| users::delete(tx, jane.id, act).await.unwrap()).await;
        write(&store, async |tx, act| {
            assert_eq!(invitations::get(tx, made).await.unwrap().created_by, None);
            restore::restore_user(tx, &kept, act).await.unwrap();
            assert!(matches!(restore::restore_user(tx, &kept, act).await, Err(StoreError::Taken(_))));
        })
        .await;
        read(&store, async |tx| {
            assert_eq!(users::find(tx, jane.id).await.unwrap(), Some(jane.clone()));
            assert_eq!(membership::groups_of(tx, jane.id).await.unwrap(), [staff.id]);
            assert_eq!(policies::bindings_by(tx, Decider::User(jane.id)).await.unwrap(), vec![guard.clone()]);
            assert_eq!(invitations::get(tx, made).await.unwrap().created_by, Some(jane.id));
            let view = users::find_by_username(tx, &jane.username).await.unwrap().unwrap();
            assert_eq!(view.invitation.unwrap().as_str(), "used");
        })
        .await;
        assert_eq!(use_rows(&store, used).await.len(), 1);
    }

    async fn a_group_comes_back_with_members_places_stages_and_decisions(store: Store) {
        let flow = two_pages(&store).await;
        let jane = user("jane");
        add_user(&store, &jane).await;
        let (staff, all, crew) = (group("staff"), group("all"), group("crew"));
        let guard = binding(Guarded::Flow(flow.id), Decider::Group(staff.id));
        write(&store, async |tx, act| {
            for it in [&staff, &all, &crew] {
                groups::insert(tx, it, act).await.unwrap();
            }
            membership::set_members(tx, staff.id, &[jane.id]).await.unwrap();
            membership::set_parents(tx, staff.id, &[all.id]).await.unwrap();
            membership::set_parents(tx, crew.id, &[staff.id]).await.unwrap();
            policies::insert_binding(tx, &guard, act).await.unwrap();
        })
        .await;
        let writes = StageKind::UserWrite(UserWriteStage { create_users_group: Some(staff.id), ..UserWriteStage::default() });
        let stage = Stage { id: StageId(clock::new_id()), name: "writes".into(), kind: writes.clone() };
        write(&store, async |tx, act| stages::insert(tx, &stage, act).await.unwrap()).await;
        let kept = read(&store, async |tx| restore::keep_group(tx, staff.id).await.unwrap().unwrap()).await;
        write(&store, async |tx, act| groups::delete(tx, &staff, act).await.unwrap()).await;
        write(&store, async |tx, act| {
            users::delete(tx, jane.id, act).await.unwrap();
            restore::restore_group(tx, &kept, act).await.unwrap();
        })
        .await;
        read(&store, async |tx| {
            assert_eq!(groups::find(tx, staff.id).await.unwrap(), Some(staff.clone()));
            assert!(membership::members(tx, staff.id).await.unwrap().is_empty(), "who is gone stays gone");
            assert_eq!(membership::parents(tx, staff.id).await.unwrap(), [all.id]);
            assert_eq!(membership::parents(tx, crew.id).await.unwrap(), [staff.id]);
            assert_eq!(policies::bindings_by(tx, Decider::Group(staff.id)).await.unwrap(), vec![guard.clone()]);
            assert_eq!(stages::find(tx, stage.id).await.unwrap().unwrap().kind, writes);
        })
        .await;
    }
}
