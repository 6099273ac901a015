//! Invitations: making, changing, revoking, deleting, status.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::event::{Act, Action};
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::{Settings, Status};
use guestlist::store::events::Object;
use guestlist::store::invitations::{self, Filter, Sort};
use guestlist::store::page::Anchor;
use guestlist::store::{Store, StoreError, events, users};
use serde_json::json;

use crate::support::fixture::{alice, invite, mapping, noon, read, settings, slug, two_pages, use_rows, user, write};
use crate::support::stores::on_both;

on_both! {
    async fn an_invitation_comes_back_as_it_was_made(store: Store) {
        let flow = two_pages(&store).await;
        let made = Settings {
            flow: Some(flow.id),
            expires: Some(noon() + TimeDelta::microseconds(1)),
            fixed_data: mapping(json!({"email": "jane@example.com", "attributes": {"tags": [1, null, true, 2.5, "ü"]}})),
            max_uses: Some(3),
            note: "for Jane".into(),
            ..settings("welcome")
        };
        let id = invite(&store, &made).await;
        read(&store, async |tx| {
            let view = invitations::find(tx, id).await.unwrap().unwrap();
            assert_eq!(view.invitation.settings, made);
            assert_eq!(view.flow_slug, Some(slug("enroll")));
            assert_eq!((view.invitation.uses, view.invitation.opens, view.invitation.revision), (0, 0, 1));
            assert_eq!((view.invitation.created_by_name.as_str(), view.invitation.created_at), ("alice", noon()));
            assert_eq!(invitations::find_by_name(tx, "welcome").await.unwrap(), Some(view));
            assert!(invitations::find(tx, InvitationId(clock::new_id())).await.unwrap().is_none());
            assert!(matches!(invitations::get(tx, InvitationId(clock::new_id())).await, Err(StoreError::NotFound(_))));
        })
        .await;
    }

    async fn a_name_is_taken_until_its_invitation_is_deleted(store: Store) {
        let id = invite(&store, &settings("welcome")).await;
        let second = InvitationId(clock::new_id());
        write(&store, async |tx, act| {
            assert!(matches!(invitations::insert(tx, second, &settings("welcome"), act).await, Err(StoreError::Taken(_))));
            invitations::delete(tx, id, act).await.unwrap();
            invitations::insert(tx, second, &settings("welcome"), act).await.unwrap();
            assert!(matches!(invitations::undelete(tx, id, act).await, Err(StoreError::Taken(_))));
            invitations::delete(tx, second, act).await.unwrap();
            invitations::undelete(tx, id, act).await.unwrap();
            assert_eq!(invitations::find_by_name(tx, "welcome").await.unwrap().unwrap().invitation.id, id);
        })
        .await;
    }

    async fn a_token_is_never_issued_again(store: Store) {
        let id = invite(&store, &settings("first")).await;
        write(&store, async |tx, act| {
            invitations::delete(tx, id, act).await.unwrap();
            assert!(invitations::insert(tx, id, &settings("second"), act).await.is_err());
        })
        .await;
    }

    async fn of_two_who_change_an_invitation_at_once_the_second_is_told(store: Store) {
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, act| {
            let noted = |note: &str| Settings { note: note.into(), ..settings("welcome") };
            invitations::update(tx, id, 1, &noted("mine"), act).await.unwrap();
            assert!(matches!(invitations::update(tx, id, 1, &noted("theirs"), act).await, Err(StoreError::Stale)));
            let it = invitations::get(tx, id).await.unwrap();
            assert_eq!((it.settings.note.as_str(), it.revision), ("mine", 2));
            invitations::delete(tx, id, act).await.unwrap();
            assert!(matches!(invitations::update(tx, id, 3, &noted("late"), act).await, Err(StoreError::Stale)));
        })
        .await;
    }

    async fn an_invitation_can_t_take_another_s_name_but_keep_its_own(store: Store) {
        let id = invite(&store, &settings("first")).await;
        invite(&store, &settings("second")).await;
        write(&store, async |tx, act| {
            let taken = invitations::update(tx, id, 1, &settings("second"), act).await;
            assert!(matches!(taken, Err(StoreError::Taken(_))), "{taken:?}");
            invitations::update(tx, id, 1, &settings("first"), act).await.unwrap();
        })
        .await;
    }

    async fn revoking_and_restoring_twice_changes_nothing_the_second_time(store: Store) {
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, act| {
            for revoked in [true, true, false, false] {
                invitations::set_revoked(tx, id, revoked, act).await.unwrap();
                assert_eq!(invitations::get(tx, id).await.unwrap().revoked_at, revoked.then_some(noon()));
            }
            assert_eq!(invitations::get(tx, id).await.unwrap().revision, 3);
        })
        .await;
    }

    async fn a_reissued_invitation_has_a_new_token_and_the_old_one_is_dead(store: Store) {
        let made = Settings { max_uses: Some(2), note: "kept".into(), ..settings("welcome") };
        let old = invite(&store, &made).await;
        let new = InvitationId(clock::new_id());
        write(&store, async |tx, act| {
            assert!(invitations::claim_use(tx, old, None, act).await.unwrap());
            invitations::set_revoked(tx, old, true, act).await.unwrap();
            assert_eq!(invitations::reissue(tx, old, new, act).await.unwrap(), made);
            assert_eq!(events::list(tx, 1).await.unwrap()[0].action.as_str(), "invitation_reissued");
            assert!(!invitations::claim_use(tx, old, None, act).await.unwrap());
            let it = invitations::find_by_name(tx, "welcome").await.unwrap().unwrap().invitation;
            assert_eq!((it.id, it.uses, it.revoked_at, &it.settings), (new, 0, None, &made));
            assert!(matches!(invitations::reissue(tx, old, new, act).await, Err(StoreError::NotFound(_))));
            invitations::take_back_reissue(tx, old, new, act).await.unwrap();
            let it = invitations::find_by_name(tx, "welcome").await.unwrap().unwrap().invitation;
            assert_eq!((it.id, it.uses, it.revoked_at.is_some()), (old, 1, true));
        })
        .await;
    }

    async fn a_reissue_is_not_taken_back_once_somebody_came_by_it(store: Store) {
        let old = invite(&store, &settings("welcome")).await;
        let new = InvitationId(clock::new_id());
        write(&store, async |tx, act| {
            invitations::reissue(tx, old, new, act).await.unwrap();
            assert!(invitations::claim_use(tx, new, None, act).await.unwrap());
            let spent = invitations::take_back_reissue(tx, old, new, act).await;
            assert!(matches!(spent, Err(StoreError::Spent(1))), "{spent:?}");
        })
        .await;
    }

    async fn an_expired_invitation_is_reissued_for_as_long_as_it_had(store: Store) {
        let old = invite(&store, &Settings { expires: Some(noon() + TimeDelta::days(7)), ..settings("welcome") }).await;
        let new = InvitationId(clock::new_id());
        let later = noon() + TimeDelta::days(7);
        write(&store, async |tx, act| {
            let act = Act { at: later, ..*act };
            let settings = invitations::reissue(tx, old, new, &act).await.unwrap();
            assert_eq!(settings.expires, Some(later + TimeDelta::days(7)));
        })
        .await;
    }

    async fn a_deleted_invitation_is_not_found_and_can_t_be_deleted_again(store: Store) {
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, act| {
            invitations::delete(tx, id, act).await.unwrap();
            assert!(invitations::find(tx, id).await.unwrap().is_none());
            assert!(matches!(invitations::delete(tx, id, act).await, Err(StoreError::NotFound(_))));
            assert!(matches!(invitations::set_revoked(tx, id, true, act).await, Err(StoreError::NotFound(_))));
            assert!(!invitations::claim_use(tx, id, None, act).await.unwrap());
            invitations::undelete(tx, id, act).await.unwrap();
            assert!(invitations::find(tx, id).await.unwrap().is_some());
            assert!(matches!(invitations::undelete(tx, id, act).await, Err(StoreError::NotFound(_))));
        })
        .await;
    }

    async fn an_invitation_can_t_allow_fewer_uses_than_are_spent(store: Store) {
        let id = invite(&store, &Settings { max_uses: Some(3), ..settings("welcome") }).await;
        write(&store, async |tx, act| {
            for _ in 0..2 {
                assert!(invitations::claim_use(tx, id, None, act).await.unwrap());
            }
            let fewer = Settings { max_uses: Some(1), ..settings("welcome") };
            assert!(matches!(invitations::update(tx, id, 1, &fewer, act).await, Err(StoreError::Spent(2))));
            let enough = Settings { max_uses: Some(2), ..settings("welcome") };
            invitations::update(tx, id, 1, &enough, act).await.unwrap();
            assert_eq!(invitations::get(tx, id).await.unwrap().settings.max_uses, Some(2));
        })
        .await;
    }

    async fn opening_is_counted_and_spends_nothing(store: Store) {
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, _| {
            for _ in 0..3 {
                invitations::record_open(tx, id, noon()).await.unwrap();
            }
            let it = invitations::get(tx, id).await.unwrap();
            assert_eq!((it.opens, it.opened_at, it.uses, it.revision), (3, Some(noon()), 0, 1));
        })
        .await;
    }

    async fn the_list_s_status_is_the_domain_s(store: Store) {
        for (number, (max_uses, spent, expires, revoked)) in cases().into_iter().enumerate() {
            let expires = expires.map(|micros| noon() + TimeDelta::microseconds(micros));
            let id = invite(&store, &Settings { max_uses, expires: None, ..settings(&format!("case-{number}")) }).await;
            write(&store, async |tx, act| {
                for _ in 0..spent {
                    assert!(invitations::claim_use(tx, id, None, act).await.unwrap());
                }
                let it = invitations::get(tx, id).await.unwrap();
                invitations::update(tx, id, it.revision, &Settings { expires, ..it.settings }, act).await.unwrap();
                invitations::set_revoked(tx, id, revoked, act).await.unwrap();
            })
            .await;
        }
        let of = async |statuses| {
            let filter = Filter { statuses, ..Filter::default() };
            let (sort, first) = (Sort::default(), Anchor::First);
            read(&store, async |tx| invitations::page(tx, &filter, sort, noon(), &first, 100).await.unwrap()).await
        };
        let every = of(vec![]).await;
        assert_eq!(every.rows.len(), cases().len());
        for status in [Status::Active, Status::Used, Status::Expired, Status::Revoked] {
            let expected: Vec<_> = every.rows.iter().filter(|row| row.invitation.status(noon()) == status).collect();
            let listed = of(vec![status]).await;
            assert_eq!(listed.rows.iter().collect::<Vec<_>>(), expected, "{status}");
            assert_eq!(listed.total, expected.len() as u64);
            assert!(!expected.is_empty(), "{status} is among the cases");
        }
    }

    async fn an_invitation_its_uses_and_its_events_survive_whoever_made_it(store: Store) {
        let maker = user("maker");
        let id = InvitationId(clock::new_id());
        let told = async || {
            let events = read(&store, async |tx| events::list_of(tx, Object("invitation", "welcome"), 50).await.unwrap()).await;
            events.into_iter().map(|event| (event.actor, event.action)).collect::<Vec<_>>()
        };
        write(&store, async |tx, act| {
            users::insert(tx, &maker, json!({}), act).await.unwrap();
            let by = guestlist::domain::event::Actor { id: Some(maker.id), name: "maker".into(), ..alice() };
            invitations::insert(tx, id, &settings("welcome"), &by.at(noon())).await.unwrap();
            assert_eq!(invitations::get(tx, id).await.unwrap().created_by, Some(maker.id));
            assert!(invitations::claim_use(tx, id, Some((maker.id, "maker")), act).await.unwrap());
        })
        .await;
        let before = told().await;
        assert_eq!(before.len(), 2);
        assert!(before.contains(&("maker".to_owned(), Action::InvitationCreated)), "{before:?}");
        write(&store, async |tx, act| users::delete(tx, maker.id, act).await.unwrap()).await;
        let it = read(&store, async |tx| invitations::get(tx, id).await.unwrap()).await;
        assert_eq!((it.created_by, it.created_by_name.as_str(), it.uses), (None, "maker", 1));
        assert_eq!(use_rows(&store, id).await[0].username, "maker");
        assert_eq!(told().await, before);
    }
}

type Case = (Option<u32>, u32, Option<i64>, bool);

/// Greatest number of uses, uses, expiry in microseconds from now, whether revoked.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (max_uses, spent) in [(None, 0), (None, 2), (Some(1), 0), (Some(1), 1), (Some(2), 1)] {
        for expires in [None, Some(-1), Some(0), Some(1), Some(500_000), Some(1_000_000), Some(-86_400_000_000)] {
            cases.extend([(max_uses, spent, expires, false), (max_uses, spent, expires, true)]);
        }
    }
    cases
}
