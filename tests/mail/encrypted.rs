//! Signing in at the mail server, and encryption on the way to it.

use guestlist::domain::letter::LetterStatus;
use guestlist::mail::{Password, Post, Secret, Server, Settings, Tls};
use guestlist::store::Store;

use super::shared::{from, login, now_is, queue, sender, server};
use crate::support::fixture::noon;
use crate::support::smtp::{LOGIN, Manner, Smtp, When, certificate};
use crate::support::stores::{on_both, on_sqlite};

on_both! {
    async fn whoever_has_an_account_signs_in(store: Store) {
        for auth in ["PLAIN LOGIN", "LOGIN"] {
            let mut smtp = Smtp::start_with(Manner { auth, ..Manner::default() }).await;
            queue(&store).await;
            sender(&store, Server { login: Some(login()), ..server(&smtp) }, noon()).round().await.unwrap();
            assert_eq!(smtp.next().await.login, Some((LOGIN.0.to_owned(), LOGIN.1.to_owned())), "{auth}");
        }
    }

    async fn a_wrong_password_is_not_the_letter_s_fault(store: Store) {
        let smtp = Smtp::start_with(Manner { auth: "PLAIN", ..Manner::default() }).await;
        let id = queue(&store).await;
        let wrong = Some(("guests".to_owned(), Password::Text(Secret("letmein".into()))));
        let next = sender(&store, Server { login: wrong, ..server(&smtp) }, noon()).round().await.unwrap();
        let waiting = now_is(&store, id).await;
        assert_eq!((waiting.status, next.is_some()), (LetterStatus::Queued, true));
        assert!(waiting.error.contains("535") && !waiting.error.contains("letmein"), "{}", waiting.error);
    }
}

#[test]
fn the_way_to_the_mail_server_is_encrypted_from_its_beginning_or_when_asked() {
    on_sqlite(async |store: Store| {
        let folder = tempfile::tempdir().unwrap();
        let Some(acceptor) = certificate(folder.path()) else { return };
        for (tls, when) in [(Tls::Starttls, When::Asked), (Tls::Tls, When::First)] {
            let manner = Manner { auth: "PLAIN", tls: Some((acceptor.clone(), when)) };
            let mut smtp = Smtp::start_with(manner).await;
            queue(&store).await;
            let ca_file = Some(folder.path().join("cert.pem"));
            let trusting = Server { tls, login: Some(login()), ca_file, ..server(&smtp) };
            sender(&store, trusting, noon()).round().await.unwrap();
            let taken = smtp.next().await;
            assert!(taken.encrypted && taken.login.is_some(), "{tls:?}");
        }
    });
}

#[test]
fn a_server_that_nobody_vouches_for_hears_no_password() {
    on_sqlite(async |store: Store| {
        let folder = tempfile::tempdir().unwrap();
        let Some(acceptor) = certificate(folder.path()) else { return };
        let manner = Manner { auth: "PLAIN", tls: Some((acceptor, When::Asked)) };
        for manner in [manner, Manner { auth: "PLAIN", tls: None }] {
            let mut smtp = Smtp::start_with(manner).await;
            let id = queue(&store).await;
            let server = Server { tls: Tls::Starttls, login: Some(login()), ..server(&smtp) };
            sender(&store, server, noon()).round().await.unwrap();
            assert_eq!(now_is(&store, id).await.status, LetterStatus::Queued);
            assert!(smtp.others().is_empty());
            let heard = smtp.heard.lock().unwrap().clone();
            assert!(
                !heard.iter().any(|command| command.starts_with("AUTH") || command.starts_with("MAIL")),
                "{heard:?}"
            );
        }
    });
}

#[tokio::test]
async fn files_that_are_needed_and_missing_are_named_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let junk = folder.path().join("junk.pem");
    std::fs::write(&junk, "junk").unwrap();
    let plain = Server {
        host: "mail.example.com".into(),
        port: 587,
        tls: Tls::Starttls,
        login: None,
        timeout: std::time::Duration::from_secs(10),
        ca_file: None,
    };
    let absent = Some(("guests".to_owned(), Password::File("/nowhere/password".into())));
    for (server, part) in [
        (Server { ca_file: Some("/nowhere/ca.pem".into()), ..plain.clone() }, "/nowhere/ca.pem"),
        (Server { ca_file: Some(junk), ..plain.clone() }, "junk.pem"),
        (Server { login: absent, ..plain.clone() }, "/nowhere/password"),
    ] {
        let why = Post::new(&Settings::Smtp { server, from: from() }).err().unwrap().to_string();
        assert!(why.contains(part), "{why}");
    }
    let password = folder.path().join("password");
    std::fs::write(&password, "hunter2\n").unwrap();
    let fine = Server { login: Some(("guests".into(), Password::File(password))), ..plain };
    assert!(Post::new(&Settings::Smtp { server: fine, from: from() }).unwrap().is_some());
}
