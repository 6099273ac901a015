//! Handing letters over: to a mail server, which may refuse them, or into a folder.

use std::os::unix::fs::PermissionsExt;

use chrono::TimeDelta;
use guestlist::domain::id::StageId;
use guestlist::domain::letter::LetterStatus;
use guestlist::domain::stage::{OtherModel, OtherStage, Stage, StageKind};
use guestlist::mail::{self, Language, Letter, Settings};
use guestlist::store::{Store, invitations, letters, stages};
use serde_json::json;

use super::outbox::letter;
use super::shared::{by, from, last_event, now_is, queue, sender, server};
use crate::support::fixture::{invite, mapping, noon, settings, write};
use crate::support::smtp::Smtp;
use crate::support::stores::on_both;

on_both! {
    async fn a_letter_arrives_with_all_that_belongs_to_it(store: Store) {
        let mut smtp = Smtp::start().await;
        let id = write(&store, async |tx, act| {
            let subject = "Grüße\r\nBcc: eve@example.com";
            let it = Letter { subject, language: Language::German, ..letter("jane@example.com") };
            mail::enqueue(tx, &it, act).await.unwrap()
        })
        .await;
        assert_eq!(sender(&store, server(&smtp), noon()).round().await.unwrap(), None);
        let taken = smtp.next().await;
        assert_eq!(taken.to, ["RCPT TO:<jane@example.com>"]);
        assert!(taken.from.starts_with("MAIL FROM:<guests@example.com>"), "{}", taken.from);
        let (headers, body) = taken.text.split_once("\n\n").unwrap();
        for header in [
            "To: jane@example.com".to_owned(),
            "Date: Sun, 22 Nov 2026 12:00:00 +0000".to_owned(),
            format!("Message-ID: <{id}@example.com>"),
            "Auto-Submitted: auto-generated".to_owned(),
        ] {
            assert!(headers.lines().any(|line| line == header), "no {header} in {headers}");
        }
        assert!(headers.contains("multipart/alternative") && headers.contains("From: =?utf-8?"), "{headers}");
        assert!(!taken.text.lines().any(|line| line.starts_with("Bcc")), "{headers}");
        assert!(body.contains("text/plain") && body.contains("text/html"), "{body}");
        let kept = now_is(&store, id).await;
        assert_eq!((kept.status, kept.attempts, kept.finished_at), (LetterStatus::Sent, 1, Some(noon())));
        let (action, detail) = last_event(&store).await;
        assert_eq!((action, &detail["to"]), ("email_sent", &json!("jane@example.com")));
        assert!(!detail.to_string().contains("4711"), "a token in an event: {detail}");
    }

    async fn a_busy_mail_server_gets_the_letter_later(store: Store) {
        let mut smtp = Smtp::start().await;
        let id = queue(&store).await;
        smtp.refuse("RCPT", "450 4.2.0 come back later");
        let next = sender(&store, server(&smtp), noon()).round().await.unwrap();
        assert_eq!(next, Some(noon() + TimeDelta::minutes(1)));
        let waiting = now_is(&store, id).await;
        assert_eq!(waiting.status, LetterStatus::Queued);
        assert!(waiting.error.contains("come back later"), "{}", waiting.error);
        assert!(smtp.others().is_empty());
        sender(&store, server(&smtp), noon() + TimeDelta::minutes(1)).round().await.unwrap();
        assert_eq!(smtp.next().await.to.len(), 1);
        assert_eq!(now_is(&store, id).await.error, "");
    }

    async fn a_letter_that_is_refused_for_good_is_given_up_at_once(store: Store) {
        let mut smtp = Smtp::start().await;
        let id = queue(&store).await;
        smtp.refuse("TEXT", "550 5.1.1 no such person, see https://id.example.com/?itoken=4711");
        assert_eq!(sender(&store, server(&smtp), noon()).round().await.unwrap(), None);
        let kept = now_is(&store, id).await;
        assert_eq!((kept.status, kept.attempts), (LetterStatus::Failed, 1));
        let (action, detail) = last_event(&store).await;
        assert_eq!(action, "email_failed");
        assert!(detail["error"].as_str().unwrap().contains("no such person"), "{detail}");
        assert!(!detail.to_string().contains("4711") && !kept.error.contains("4711"), "a token in {detail}");
        assert!(smtp.others().is_empty());
        write(&store, async |tx, _| assert!(letters::retry(tx, id, noon()).await.unwrap())).await;
        sender(&store, server(&smtp), noon()).round().await.unwrap();
        assert!(smtp.next().await.text.contains("4711"));
    }

    async fn after_six_attempts_nobody_tries_any_more(store: Store) {
        let id = queue(&store).await;
        let nobody = server(&Smtp::start().await);
        let gone = mail::Server { port: 1, ..nobody };
        let mut now = noon();
        for attempt in 1..=6 {
            let next = sender(&store, gone.clone(), now).round().await.unwrap();
            assert_eq!(now_is(&store, id).await.attempts, attempt);
            assert_eq!(next.is_some(), attempt < 6);
            now = next.unwrap_or(now);
        }
        assert_eq!((now - noon()).num_minutes(), 1 + 5 + 30 + 120 + 360);
        assert_eq!(now_is(&store, id).await.status, LetterStatus::Failed);
        assert_eq!(last_event(&store).await.0, "email_failed");
    }

    async fn two_servers_send_each_letter_once(store: Store) {
        let mut smtp = Smtp::start().await;
        for _ in 0..20 {
            queue(&store).await;
        }
        let (one, other) = (sender(&store, server(&smtp), noon()), sender(&store, server(&smtp), noon()));
        let (first, second) = tokio::join!(one.round(), other.round());
        first.unwrap();
        second.unwrap();
        // Whoever found nothing to take may have left while the other still sent; what is left is sent now.
        one.round().await.unwrap();
        let ids: std::collections::BTreeSet<_> = smtp
            .others()
            .iter()
            .map(|taken| taken.text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 20);
        assert!(smtp.heard.lock().unwrap().iter().filter(|command| *command == "DATA").count() == 20);
    }

    async fn a_letter_whose_server_died_is_sent_by_another_after_a_while(store: Store) {
        let mut smtp = Smtp::start().await;
        let id = queue(&store).await;
        let lease = noon() + TimeDelta::minutes(5);
        write(&store, async |tx, _| letters::claim(tx, noon(), lease, true).await.unwrap().unwrap()).await;
        assert_eq!(sender(&store, server(&smtp), noon()).round().await.unwrap(), Some(lease));
        assert!(smtp.others().is_empty());
        sender(&store, server(&smtp), lease).round().await.unwrap();
        assert_eq!(smtp.others().len(), 1);
        assert_eq!(now_is(&store, id).await.attempts, 2);
    }

    async fn a_link_that_is_dead_by_now_is_not_sent(store: Store) {
        let smtp = Smtp::start().await;
        let ends = noon() + TimeDelta::hours(1);
        let revoked = invite(&store, &settings("revoked")).await;
        let ids = write(&store, async |tx, act| {
            let about_revoked = Letter { invitation: Some(revoked), ..letter("jane@example.com") };
            let mut ended = letter("joe@example.com");
            ended.values.expires = Some(ends);
            let ids = [
                mail::enqueue(tx, &about_revoked, act).await.unwrap(),
                mail::enqueue(tx, &ended, act).await.unwrap(),
            ];
            invitations::set_revoked(tx, revoked, true, act).await.unwrap();
            ids
        })
        .await;
        sender(&store, server(&smtp), ends).round().await.unwrap();
        assert!(smtp.heard.lock().unwrap().is_empty());
        let [first, second] = [now_is(&store, ids[0]).await, now_is(&store, ids[1]).await];
        assert_eq!((first.status, second.status), (LetterStatus::Failed, LetterStatus::Failed));
        assert!(first.error.contains("revoked") && second.error.contains("ended"), "{} {}", first.error, second.error);
    }

    async fn a_stage_s_own_mail_server_takes_its_letters_even_where_none_is_configured(store: Store) {
        let (mut own, mut configured) = (Smtp::start().await, Smtp::start().await);
        let host = json!({ "host": "localhost", "port": own.port, "from_address": "stage@example.com" });
        let kind = StageKind::Other(OtherStage { model: OtherModel::Email, settings: mapping(host) });
        let stage = Stage { id: StageId(guestlist::clock::new_id()), name: "mail".into(), kind };
        let id = write(&store, async |tx, act| {
            stages::insert(tx, &stage, act).await.unwrap();
            mail::enqueue(tx, &Letter { stage: Some(&stage), ..letter("jane@example.com") }, act).await.unwrap()
        })
        .await;
        let other = queue(&store).await;
        by(&store, &Settings::Off, noon()).round().await.unwrap();
        assert!(own.next().await.from.starts_with("MAIL FROM:<stage@example.com>"));
        assert_eq!(now_is(&store, id).await.status, LetterStatus::Sent);
        assert_eq!(now_is(&store, other).await.status, LetterStatus::Queued);
        sender(&store, server(&configured), noon()).round().await.unwrap();
        assert_eq!((configured.others().len(), own.others().len()), (1, 0));
    }

    async fn a_dry_letter_lies_in_its_folder_for_its_owner_alone(store: Store) {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("letters");
        let id = queue(&store).await;
        by(&store, &Settings::Dry { folder: folder.clone(), from: from() }, noon()).round().await.unwrap();
        let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [format!("{id}.eml").as_str()]);
        let path = folder.join(&names[0]);
        assert!(std::fs::read_to_string(&path).unwrap().contains("To: jane@example.com"));
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder)), (0o600, 0o700));
        assert_eq!(now_is(&store, id).await.status, LetterStatus::Sent);
    }
}
