//! The event log.

use guestlist::domain::event::{Action, Actor, Event};
use guestlist::domain::invitation::Settings;
use guestlist::store::events::{Filter, Object};
use guestlist::store::page::{Anchor, How, Page, Term};
use guestlist::store::{Store, events, flows, invitations};
use serde_json::json;

use crate::support::fixture::{invite, noon, read, settings, two_pages, write};
use crate::support::stores::on_both;

on_both! {
    async fn every_change_of_an_invitation_is_told_newest_first_and_never_its_token(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &Settings { flow: Some(flow.id), ..settings("welcome") }).await;
        write(&store, async |tx, act| {
            invitations::update(tx, id, 1, &settings("welcome"), act).await.unwrap();
            invitations::set_revoked(tx, id, true, act).await.unwrap();
            invitations::set_revoked(tx, id, false, act).await.unwrap();
            invitations::delete(tx, id, act).await.unwrap();
            invitations::undelete(tx, id, act).await.unwrap();
            assert!(invitations::claim_use(tx, id, None, &Actor::visitor("192.0.2.7").at(noon())).await.unwrap());
        })
        .await;
        let told = read(&store, async |tx| events::list_of(tx, Object("invitation", "welcome"), 50).await.unwrap()).await;
        let actions: Vec<_> = told.iter().rev().map(|event| event.action).collect();
        assert_eq!(
            actions,
            [
                Action::InvitationCreated,
                Action::InvitationUpdated,
                Action::InvitationRevoked,
                Action::InvitationRestored,
                Action::InvitationDeleted,
                Action::InvitationUndeleted,
                Action::InvitationUsed,
            ]
        );
        assert_eq!((told[0].actor.as_str(), told[0].address.as_str(), told[0].at), ("visitor", "192.0.2.7", noon()));
        assert_eq!((told[1].actor.as_str(), told[1].address.as_str()), ("alice", "local"));
        let every = format!("{:?}", read(&store, async |tx| events::list(tx, 1_000).await.unwrap()).await);
        assert!(!every.contains(&id.token()) && !every.contains(&id.0.simple().to_string()));
    }

    async fn the_log_is_cut_to_what_is_asked_for(store: Store) {
        let flow = two_pages(&store).await;
        read(&store, async |tx| {
            assert_eq!(events::list(tx, 3).await.unwrap().len(), 3);
            let of_flow = events::list_of(tx, Object("authentik_flows.flow", flow.slug.as_str()), 10).await.unwrap();
            assert_eq!(of_flow.len(), 1);
            assert_eq!(of_flow[0].action, Action::ModelCreated);
        })
        .await;
    }

    async fn an_event_that_is_rolled_back_was_never_told(store: Store) {
        let mut tx = store.begin_write().await.unwrap();
        let by = Actor::system();
        events::log(&mut tx, &by.at(noon()), Action::Logout, Object("user", "jane"), json!({"a": 1})).await.unwrap();
        assert_eq!(events::list(&mut tx, 1).await.unwrap()[0].detail, json!({"a": 1}));
        drop(tx);
        assert!(read(&store, async |tx| events::list(tx, 1).await.unwrap()).await.is_empty());
    }

    async fn binding_a_stage_is_told_with_the_flow_s_and_the_stage_s_name(store: Store) {
        let flow = crate::support::fixture::making("open").insert(&store).await;
        write(&store, async |tx, act| {
            flows::bind_invitation_stage(tx, &flow, act).await.unwrap();
            let told = events::list(tx, 2).await.unwrap();
            assert_eq!((told[0].action, told[0].object_name.as_str()), (Action::InvitationStageBound, "open"));
            assert_eq!(told[1].object_name, "open #0 open-invitation");
        })
        .await;
    }

    async fn the_log_is_read_a_window_at_a_time_newest_first(store: Store) {
        for number in 0..7 {
            invite(&store, &settings(&format!("it-{number}"))).await;
        }
        read(&store, async |tx| {
            let all = Filter::default();
            let first = events::page(tx, &all, &Anchor::First, 3).await.unwrap();
            assert_eq!(names(&first), ["it-6", "it-5", "it-4"]);
            assert_eq!((first.total, first.more_before, first.more_after), (7, false, true));
            let around = events::page(tx, &all, &Anchor::Around(first.rows[2].id), 4).await.unwrap();
            assert_eq!(names(&around), ["it-6", "it-5", "it-4", "it-3"]);
            let last = events::page(tx, &all, &Anchor::Last, 2).await.unwrap();
            assert_eq!(names(&last), ["it-1", "it-0"]);
            assert!(last.more_before && !last.more_after);
        })
        .await;
    }

    async fn the_log_is_filtered_by_actions_and_by_words_that_must_or_must_not_be_found(store: Store) {
        let id = invite(&store, &settings("eng_1")).await;
        invite(&store, &settings("eng-2")).await;
        write(&store, async |tx, act| {
            invitations::set_revoked(tx, id, true, act).await.unwrap();
            events::log(tx, act, Action::Login, Object("user", "Jane"), json!({"where": "Ulm"})).await.unwrap();
        })
        .await;
        let found = async |actions: &[Action], words: &[(&str, bool)]| {
            let how = |lacks: bool| if lacks { How::Lacks } else { How::Contains };
            let words = words.iter().map(|(text, lacks)| Term { text: (*text).to_owned(), how: how(*lacks) }).collect();
            let filter = Filter { actions: actions.to_vec(), words };
            names(&read(&store, async |tx| events::page(tx, &filter, &Anchor::First, 9).await.unwrap()).await)
        };
        assert_eq!(found(&[Action::InvitationCreated], &[]).await, ["eng-2", "eng_1"]);
        assert_eq!(found(&[Action::InvitationRevoked, Action::Login], &[]).await, ["Jane", "eng_1"]);
        assert_eq!(found(&[], &[("ENG_", false)]).await, ["eng_1", "eng_1"]);
        assert_eq!(found(&[], &[("alice", false), ("eng", true)]).await, ["Jane"]);
        assert_eq!(found(&[], &[("ulm", false)]).await, ["Jane"]);
        assert_eq!(found(&[], &[("revoked", false), ("eng", false), ("user", true)]).await, ["eng_1"]);
        let fuzzy = Filter { words: vec![Term { text: "jnulm".into(), how: How::Fuzzy }], ..Filter::default() };
        let found_by_letters = read(&store, async |tx| events::page(tx, &fuzzy, &Anchor::First, 9).await.unwrap()).await;
        assert_eq!(names(&found_by_letters), ["Jane"]);
        assert!(found(&[Action::Logout], &[]).await.is_empty());
    }
}

fn names(page: &Page<Event>) -> Vec<String> {
    page.rows.iter().map(|event| event.object_name.clone()).collect()
}
