//! The sender as a task of the server.

use std::sync::Arc;

use guestlist::clock;
use guestlist::mail::{Sender, Settings};
use guestlist::store::Store;
use tokio::sync::watch;

use super::shared::{from, queue, server};
use crate::support::smtp::Smtp;
use crate::support::stores::on_both;

on_both! {
    async fn a_letter_is_sent_as_soon_as_it_is_written_and_the_sender_stops_when_told_to(store: Store) {
        let mut smtp = Smtp::start().await;
        let settings = Settings::Smtp { server: server(&smtp), from: from() };
        let sender = Sender::new(store.clone(), &settings, Arc::new(clock::now)).unwrap();
        let (stop, stopped) = watch::channel(false);
        queue(&store).await;
        let running = tokio::spawn(sender.run(stopped));
        smtp.next().await;
        queue(&store).await;
        smtp.next().await;
        stop.send(true).unwrap();
        tokio::time::timeout(crate::support::output::DEADLINE, running).await.expect("it does not stop").unwrap();
        queue(&store).await;
        assert!(smtp.others().is_empty());
    }
}
