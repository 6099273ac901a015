//! The outbox: who gets which letter, and what is remembered of it.

use chrono::TimeDelta;
use guestlist::clock;
use guestlist::domain::id::{InvitationId, LetterId};
use guestlist::domain::letter::{Body, Letter, LetterStatus};
use guestlist::store::{Store, Tx, invitations, letters};

use crate::support::fixture::{invite, noon, settings, write};
use crate::support::stores::on_both;

const BOTH: Option<LetterStatus> = None;

fn body() -> Body {
    Body { text: "text".into(), html: "<p>html</p>".into() }
}

async fn queued(tx: &mut Tx, minutes: i64, invitation: Option<InvitationId>) -> Letter {
    let letter = Letter {
        id: LetterId(clock::new_ordered_id()),
        recipient: "jane@example.com".into(),
        subject: "Hello".into(),
        template: "email/invitation.html".into(),
        stage: None,
        invitation,
        about: ("invitation".into(), "jane".into()),
        status: LetterStatus::Queued,
        attempts: 0,
        queued_at: noon(),
        queued_by: "alice".into(),
        next_attempt_at: noon() + TimeDelta::minutes(minutes),
        expires_at: Some(noon() + TimeDelta::days(1)),
        finished_at: None,
        error: String::new(),
    };
    letters::insert(tx, &letter, &body()).await.unwrap();
    letter
}

on_both! {
    async fn letters_are_claimed_when_they_are_due_the_oldest_first(store: Store) {
        write(&store, async |tx, _| {
            let (later, first) = (queued(tx, 2, None).await, queued(tx, 1, None).await);
            let lease = noon() + TimeDelta::minutes(10);
            assert_eq!(letters::next_due(tx, true).await.unwrap(), Some(first.next_attempt_at));
            assert_eq!(letters::claim(tx, noon(), lease, true).await.unwrap(), None);
            let claimed = letters::claim(tx, later.next_attempt_at, lease, true).await.unwrap().unwrap();
            assert_eq!(claimed, (Letter { attempts: 1, next_attempt_at: lease, ..first.clone() }, body()));
            let (next, _) = letters::claim(tx, later.next_attempt_at, lease, true).await.unwrap().unwrap();
            assert_eq!(next.id, later.id);
            assert_eq!(letters::claim(tx, later.next_attempt_at, lease, true).await.unwrap(), None);
        })
        .await;
    }

    async fn a_claim_whose_server_died_is_taken_again_and_the_dead_one_changes_nothing_more(store: Store) {
        write(&store, async |tx, _| {
            queued(tx, 0, None).await;
            let lease = noon() + TimeDelta::minutes(5);
            let (dead, _) = letters::claim(tx, noon(), lease, true).await.unwrap().unwrap();
            let (alive, _) = letters::claim(tx, lease, lease + TimeDelta::minutes(5), true).await.unwrap().unwrap();
            assert_eq!((alive.id, alive.attempts), (dead.id, 2));
            assert!(!letters::sent(tx, &dead, lease).await.unwrap());
            assert!(!letters::postpone(tx, &dead, "late", lease).await.unwrap());
            assert!(!letters::give_up(tx, &dead, "late", lease).await.unwrap());
            assert!(letters::sent(tx, &alive, lease).await.unwrap());
        })
        .await;
    }

    async fn what_a_letter_said_is_forgotten_once_it_is_sent(store: Store) {
        let invitation = invite(&store, &settings("jane")).await;
        write(&store, async |tx, _| {
            let id = queued(tx, 0, Some(invitation)).await.id;
            let (letter, _) = letters::claim(tx, noon(), noon() + TimeDelta::minutes(5), true).await.unwrap().unwrap();
            assert!(letters::sent(tx, &letter, noon()).await.unwrap());
            let kept = letters::find(tx, id).await.unwrap().unwrap();
            assert_eq!((kept.status, kept.finished_at, kept.attempts), (LetterStatus::Sent, Some(noon()), 1));
            assert!(!letters::retry(tx, id, noon()).await.unwrap());
            assert_eq!(letters::next_due(tx, true).await.unwrap(), None);
            assert_eq!(invitations::get(tx, invitation).await.unwrap().mailed_at, Some(noon()));
        })
        .await;
    }

    async fn a_letter_that_failed_waits_or_is_given_up_and_can_be_tried_again(store: Store) {
        write(&store, async |tx, _| {
            let id = queued(tx, 0, None).await.id;
            let (minute, lease) = (noon() + TimeDelta::minutes(1), noon() + TimeDelta::minutes(5));
            let (letter, _) = letters::claim(tx, noon(), lease, true).await.unwrap().unwrap();
            assert!(letters::postpone(tx, &letter, "busy", minute).await.unwrap());
            let waiting = letters::find(tx, id).await.unwrap().unwrap();
            assert_eq!((waiting.status, waiting.next_attempt_at, waiting.error.as_str()), (LetterStatus::Queued, minute, "busy"));
            let (letter, _) = letters::claim(tx, minute, lease, true).await.unwrap().unwrap();
            assert!(letters::give_up(tx, &letter, "no such mailbox", minute).await.unwrap());
            assert_eq!(letters::next_due(tx, true).await.unwrap(), None);
            assert_eq!(letters::list(tx, Some(LetterStatus::Failed), 10).await.unwrap().len(), 1);
            assert!(letters::retry(tx, id, lease).await.unwrap());
            let (again, said) = letters::claim(tx, lease, lease + TimeDelta::minutes(5), true).await.unwrap().unwrap();
            assert_eq!((again.id, again.attempts, said), (id, 1, body()));
        })
        .await;
    }

    async fn without_a_mail_server_letters_wait(store: Store) {
        write(&store, async |tx, _| {
            queued(tx, 0, None).await;
            assert_eq!(letters::next_due(tx, false).await.unwrap(), None);
            assert_eq!(letters::claim(tx, noon(), noon() + TimeDelta::minutes(5), false).await.unwrap(), None);
        })
        .await;
    }

    async fn old_letters_are_forgotten_and_waiting_ones_never(store: Store) {
        write(&store, async |tx, _| {
            let failed = queued(tx, 0, None).await.id;
            let (letter, _) = letters::claim(tx, noon(), noon() + TimeDelta::minutes(5), true).await.unwrap().unwrap();
            letters::give_up(tx, &letter, "no", noon()).await.unwrap();
            let waiting = queued(tx, 0, None).await.id;
            let later = noon() + TimeDelta::days(7);
            assert_eq!(letters::forget(tx, later, noon()).await.unwrap(), 1);
            assert!(!letters::retry(tx, failed, later).await.unwrap(), "what it said is forgotten");
            assert_eq!(letters::forget(tx, later, later).await.unwrap(), 1);
            let left: Vec<_> = letters::list(tx, BOTH, 10).await.unwrap().iter().map(|letter| letter.id).collect();
            assert_eq!(left, [waiting]);
        })
        .await;
    }
}
