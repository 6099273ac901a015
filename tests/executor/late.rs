//! What happens to an invitation between the opening of its link and the end of the enrollment.

use chrono::TimeDelta;
use guestlist::domain::invitation::Settings;
use guestlist::executor::{Answered, Opened, Refusal, View};
use guestlist::store::{Store, invitations};

use super::visitor::{CREDENTIALS, DETAILS, Visitor};
use crate::support::fixture::{invite, making, noon, settings, two_pages, user_count, user_named, uses, write};
use crate::support::stores::on_both;

on_both! {
    async fn an_invitation_that_expired_a_moment_ago_opens_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { expires: Some(noon()), ..settings("welcome") }).await;
        for (seconds, good) in [(-1, true), (0, false), (1, false)] {
            let mut jane = Visitor::new(&store, "enroll");
            jane.now = noon() + TimeDelta::seconds(seconds);
            let expected = if good { Opened::Begun { fresh: true } } else { Opened::Refused(Refusal::Expired) };
            assert_eq!(jane.open(&id.token()).await, expected);
        }
    }

    async fn an_invitation_that_expires_while_the_form_is_filled_makes_no_account(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { expires: Some(noon() + TimeDelta::minutes(5)), ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let last = jane.questions().await.stage;
        jane.wait(TimeDelta::minutes(5) + TimeDelta::seconds(1));
        assert_eq!(jane.post_to(last, DETAILS).await, Answered::Refused(Refusal::Expired));
        assert_eq!(jane.look().await, View::Refused(Refusal::Expired));
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
    }

    async fn an_invitation_that_is_revoked_while_the_form_is_filled_makes_no_account_until_it_is_restored(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let last = jane.questions().await.stage;
        write(&store, async |tx, act| invitations::set_revoked(tx, id, true, act).await.unwrap()).await;
        assert_eq!(jane.post_to(last, DETAILS).await, Answered::Refused(Refusal::Revoked));
        assert_eq!(jane.look().await, View::Refused(Refusal::Revoked));
        assert_eq!(user_count(&store).await, 0);
        write(&store, async |tx, act| invitations::set_revoked(tx, id, false, act).await.unwrap()).await;
        jane.go_on(DETAILS).await;
        assert_eq!((uses(&store, id).await, user_count(&store).await), (1, 1));
    }

    async fn an_invitation_that_is_deleted_while_the_form_is_filled_makes_no_account(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let first = jane.questions().await.stage;
        write(&store, async |tx, act| invitations::delete(tx, id, act).await.unwrap()).await;
        assert_eq!(jane.post_to(first, CREDENTIALS).await, Answered::Refused(Refusal::InvitationNotFound));
        assert_eq!(jane.look().await, View::Refused(Refusal::InvitationNotFound));
        assert_eq!(user_count(&store).await, 0);
    }

    async fn who_comes_second_is_told_that_the_invitation_was_used(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let (mut jane, mut joe) = (Visitor::with(&store, "enroll", id).await, Visitor::with(&store, "enroll", id).await);
        jane.go_on(CREDENTIALS).await;
        joe.go_on(&[("username", "joe"), ("password", "x"), ("password_repeat", "x")]).await;
        let last = joe.questions().await.stage;
        jane.go_on(DETAILS).await;
        assert_eq!(joe.post_to(last, DETAILS).await, Answered::Refused(Refusal::Used));
        assert_eq!((uses(&store, id).await, user_count(&store).await), (1, 1));
        assert!(user_named(&store, "joe").await.is_none());
    }

    async fn an_invitation_to_one_flow_opens_no_other(store: Store) {
        let flow = two_pages(&store).await;
        making("other").invitation().credentials().user_write().insert(&store).await;
        let id = invite(&store, &Settings { flow: Some(flow.id), ..settings("welcome") }).await;
        let mut jane = Visitor::new(&store, "other");
        assert_eq!(jane.open(&id.token()).await, Opened::Refused(Refusal::OtherFlow));
        assert_eq!(jane.look().await, View::Refused(Refusal::InvitationNeeded));
        jane.slug = "enroll".into();
        assert_eq!(jane.open(&id.token()).await, Opened::Begun { fresh: true });
        // The enrollment of one flow is none of another's.
        jane.slug = "other".into();
        assert_eq!(jane.look().await, View::Refused(Refusal::InvitationNeeded));
        let stage = { jane.slug = "enroll".into(); jane.questions().await.stage };
        jane.slug = "other".into();
        assert_eq!(jane.post_to(stage, CREDENTIALS).await, Answered::NotBegun);
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
    }

    async fn an_invitation_moved_to_another_flow_meanwhile_does_not_go_on(store: Store) {
        let flow = two_pages(&store).await;
        let other = making("other").invitation().credentials().user_write().insert(&store).await;
        let id = invite(&store, &Settings { flow: Some(flow.id), ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let first = jane.questions().await.stage;
        let moved = Settings { flow: Some(other.id), ..settings("welcome") };
        write(&store, async |tx, act| invitations::update(tx, id, 1, &moved, act).await.unwrap()).await;
        assert_eq!(jane.post_to(first, CREDENTIALS).await, Answered::Refused(Refusal::OtherFlow));
    }

    async fn a_second_link_in_one_browser_replaces_the_first_and_mixes_nothing(store: Store) {
        two_pages(&store).await;
        let with = |name: &str, mail: &str| Settings { fixed_data: crate::support::fixture::mapping(serde_json::json!({"email": mail, name: "x"})), ..settings(name) };
        let first = invite(&store, &with("first", "first@example.com")).await;
        let second = invite(&store, &with("second", "second@example.com")).await;
        let mut jane = Visitor::with(&store, "enroll", first).await;
        jane.go_on(CREDENTIALS).await;
        assert_eq!(jane.open(&second.token()).await, Opened::Begun { fresh: false });
        assert_eq!(jane.questions().await.page, 1);
        jane.go_on(CREDENTIALS).await;
        assert_eq!(jane.questions().await.fields()[1].value, "second@example.com");
        jane.go_on(DETAILS).await;
        assert_eq!((uses(&store, first).await, uses(&store, second).await), (0, 1));
    }
}
