//! Visitors who begin to ask and do not end: they are not waited for.

use std::time::Duration;

use guestlist::server::Patience;
use guestlist::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::browser::{Browser, CREDENTIALS};
use super::running::{Running, start_impatient};
use crate::support::fixture::{invite, settings, two_pages, user_count, uses};
use crate::support::output::DEADLINE;
use crate::support::stores::on_both;

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_hours(1);

/// Sends this and no more; what came back when the server closed the connection.
async fn unfinished(server: &Running, text: &str) -> String {
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is closed while something of ours is on its way is reset, which is an end too.
    let _ = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut answer)).await.expect("it was waited for");
    String::from_utf8_lossy(&answer).into_owned()
}

on_both! {
    async fn a_head_that_does_not_end_is_not_waited_for(store: Store) {
        let server = start_impatient(&store, Patience { head: SHORT, body: LONG }).await;
        for begun in ["", "GET / HT", "POST /if/flow/enroll/ HTTP/1.1\r\nHost: x\r\nContent-Le"] {
            let answer = unfinished(&server, begun).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{begun}: {answer}");
        }
        // Whoever asks whole questions is answered, one after the other on one connection.
        let browser = Browser::new(&server);
        for _ in 0..3 {
            browser.get(&format!("{}/", server.url)).await.check_calm(200);
        }
    }

    async fn a_form_that_does_not_end_is_not_waited_for_and_changes_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start_impatient(&store, Patience { head: LONG, body: SHORT }).await;
        let browser = Browser::new(&server);
        let opened = browser.get(&server.link("enroll", id)).await;
        let cookie = opened.cookie().unwrap().split(';').next().unwrap().to_owned();
        let first = browser.follow(opened).await;
        let head = |kind: &str| format!("POST /if/flow/enroll/ HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\nContent-Length: 5000\r\n\r\n");
        for (kind, body) in [
            ("application/x-www-form-urlencoded", "username=jane&passw"),
            ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nja"),
        ] {
            let answer = unfinished(&server, &format!("{}{body}", head(kind))).await;
            let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
            assert!((400..500).contains(&status), "{answer}");
        }
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
        // The person goes on where they were.
        let second = browser.go_on(&first, CREDENTIALS).await;
        assert!(second.body.contains("Step 2 of 2"), "{second:?}");
    }
}
