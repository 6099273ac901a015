//! Writing letters into the outbox.

use guestlist::domain::id::StageId;
use guestlist::domain::stage::{OtherModel, OtherStage, Stage, StageKind};
use guestlist::mail::{Language, Letter, MailError, Template, Values, enqueue};
use guestlist::store::events::Object;
use guestlist::store::{Store, letters, stages};
use serde_json::json;

use crate::support::fixture::{mapping, noon, write};
use crate::support::stores::on_both;

/// A letter to Jane.
pub fn letter(to: &str) -> Letter<'_> {
    let url = "https://id.example.com/if/flow/enroll/?itoken=4711".into();
    Letter {
        to,
        subject: "",
        template: Template::Invitation,
        values: Values { url, site: "id.example.com".into(), ..Values::default() },
        language: Language::English,
        about: Object("invitation", "jane"),
        invitation: None,
        stage: None,
    }
}

on_both! {
    async fn a_letter_is_in_the_outbox_once_its_transaction_is_committed(store: Store) {
        let mut tx = store.begin_write().await.unwrap();
        enqueue(&mut tx, &letter("lost@example.com"), &crate::support::fixture::alice().at(noon())).await.unwrap();
        drop(tx);
        let id = write(&store, async |tx, act| enqueue(tx, &letter("jane@example.com"), act).await.unwrap()).await;
        write(&store, async |tx, _| {
            let all = letters::list(tx, None, 10).await.unwrap();
            assert_eq!(all.len(), 1);
            assert_eq!((all[0].id, all[0].recipient.as_str(), all[0].queued_by.as_str()), (id, "jane@example.com", "alice"));
            assert_eq!(all[0].subject, "You are invited to id.example.com");
            assert_eq!(letters::next_due(tx, true).await.unwrap(), Some(noon()));
        })
        .await;
    }

    async fn an_address_that_is_none_gets_no_letter(store: Store) {
        write(&store, async |tx, act| {
            for to in ["", "jane", "jane@example.com\r\nBcc: eve@example.com", "jane@example.com, eve@example.com", "<jane@example.com>"] {
                let refused = enqueue(tx, &letter(to), act).await.unwrap_err();
                assert!(matches!(refused, MailError::Address(_)), "{to:?}: {refused}");
            }
            assert!(letters::list(tx, None, 10).await.unwrap().is_empty());
        })
        .await;
    }

    async fn a_stage_s_own_server_is_remembered_and_a_default_one_is_not(store: Store) {
        write(&store, async |tx, act| {
            for (name, settings, own) in [("own", json!({ "host": "mail.example.com" }), true), ("default", json!({}), false)] {
                let kind = StageKind::Other(OtherStage { model: OtherModel::Email, settings: mapping(settings) });
                let stage = Stage { id: StageId(guestlist::clock::new_id()), name: name.into(), kind };
                stages::insert(tx, &stage, act).await.unwrap();
                let it = Letter { stage: Some(&stage), ..letter("jane@example.com") };
                let id = enqueue(tx, &it, act).await.unwrap();
                assert_eq!(letters::find(tx, id).await.unwrap().unwrap().stage.is_some(), own, "{name}");
            }
        })
        .await;
    }
}
