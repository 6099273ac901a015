//! What tests of sending stand on.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use guestlist::domain::id::LetterId;
use guestlist::domain::letter::Letter;
use guestlist::mail::{self, Mailbox, Password, Secret, Sender, Server, Settings, Tls};
use guestlist::store::{Store, events, letters};

use super::outbox::letter;
use crate::support::fixture::{read, write};
use crate::support::smtp::{LOGIN, Smtp};

/// A mail server on this machine.
pub fn server(smtp: &Smtp) -> Server {
    let (host, timeout) = ("localhost".into(), Duration::from_mins(1));
    Server { host, port: smtp.port, tls: Tls::None, login: None, timeout, ca_file: None }
}

/// The right user name and password.
pub fn login() -> (String, Password) {
    (LOGIN.0.into(), Password::Text(Secret(LOGIN.1.into())))
}

pub fn from() -> Mailbox {
    Mailbox::parse("Gästeliste <guests@example.com>").unwrap()
}

/// A sender by this server, which takes it to be this instant.
pub fn sender(store: &Store, server: Server, now: DateTime<Utc>) -> Sender {
    by(store, &Settings::Smtp { server, from: from() }, now)
}

/// A sender with these settings, which takes it to be this instant.
pub fn by(store: &Store, settings: &Settings, now: DateTime<Utc>) -> Sender {
    Sender::new(store.clone(), settings, Arc::new(move || now)).unwrap()
}

/// Queues a letter to Jane, at noon.
pub async fn queue(store: &Store) -> LetterId {
    write(store, async |tx, act| mail::enqueue(tx, &letter("jane@example.com"), act).await.unwrap()).await
}

/// The letter as it is now.
pub async fn now_is(store: &Store, id: LetterId) -> Letter {
    read(store, async |tx| letters::find(tx, id).await.unwrap().unwrap()).await
}

/// The newest event: what, and its detail.
pub async fn last_event(store: &Store) -> (&'static str, serde_json::Value) {
    let mut newest = read(store, async |tx| events::list(tx, 1).await.unwrap()).await;
    newest.pop().map(|event| (event.action.as_str(), event.detail)).unwrap_or_default()
}
