//! Lists of leaked passwords, on a server of this machine.

use std::time::Duration;

use guestlist::domain::event::Action;
use guestlist::domain::flow::{Flow, PolicyEngineMode};
use guestlist::domain::id::FlowId;
use guestlist::domain::message::{Message, Sentence};
use guestlist::domain::policy::{Decider, Guarded, Policy, PolicyBinding, PolicyModel};
use guestlist::policy::{Asked, Lists, Policies, Request, Verdict};
use guestlist::store::{Store, flows, policies};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{add_policy, binding, request};
use crate::support::fixture::{mapping, slug, write};
use crate::support::stores::on_both;

/// What `password` ends with there, after its first five digits.
const ENDING: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

/// What a server answers.
#[derive(Clone)]
enum Answers {
    /// This status line and these lines.
    With(&'static str, String),
    /// Lines without end.
    Endless,
    /// Nothing.
    Never,
}

/// Lists that a server of this machine has, and what it is asked.
async fn lists(answers: Answers) -> (Lists, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hibp/", listener.local_addr().unwrap());
    let (tell, asked) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (tell, answers) = (tell.clone(), answers.clone());
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                // Not every test listens.
                let _ = tell.send(String::from_utf8(head).unwrap());
                match answers {
                    Answers::With(status, body) => {
                        let head =
                            format!("HTTP/1.1 {status}\r\nlocation: /\r\ncontent-length: {}\r\n\r\n", body.len());
                        stream.write_all((head + &body).as_bytes()).await.unwrap();
                    }
                    Answers::Endless => {
                        let line = format!("{}:1\r\n", "0".repeat(35)).repeat(1000);
                        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                        // Until nobody reads any more.
                        while stream.write_all(line.as_bytes()).await.is_ok() {}
                    }
                    Answers::Never => std::future::pending().await,
                }
            });
        }
    });
    (Lists::at(&url), asked)
}

fn list(body: &str) -> Answers {
    Answers::With("200 OK", body.to_owned())
}

async fn check(store: &Store, settings: serde_json::Value) -> Policy {
    add_policy(store, &format!("leaked-{}", guestlist::clock::new_id()), PolicyModel::Password, settings).await
}

fn with(password: &str) -> Request {
    Request { context: mapping(json!({ "prompt_data": { "password": password } })), ..request() }
}

async fn judge(store: &Store, policy: &Policy, lists: Option<Lists>, password: &str) -> Verdict {
    let asked = Asked::Validate(vec![policy.id]);
    Policies::new().asking(lists).settle(store, &asked, &with(password)).await.unwrap().0
}

on_both! {
    async fn a_password_that_has_leaked_too_often_is_refused_and_only_five_digits_are_told(store: Store) {
        let known = list(&format!("0018A45C4D1DEF81644B54AB7F969B88D65:9\r\n{ENDING}:3\r\n"));
        for (allowed, password, passing) in [(0, "password", false), (2, "password", false), (3, "password", true), (0, "p4ssw0rd", true)] {
            let policy = check(&store, json!({ "check_have_i_been_pwned": true, "hibp_allowed_count": allowed })).await;
            let (lists, mut asked) = lists(known.clone()).await;
            let verdict = judge(&store, &policy, Some(lists), password).await;
            assert_eq!(verdict.passing, passing, "{allowed} {password}");
            let said: Vec<Message> = if passing { vec![] } else { vec![Sentence::PasswordLeaked { times: 3 }.into()] };
            assert_eq!(verdict.messages, said);
            let head = asked.recv().await.unwrap().to_lowercase();
            let told = if password == "password" { "get /hibp/range/5baa6 http/1.1\r\n" } else { "get /hibp/range/" };
            assert!(head.starts_with(told) && head.contains("add-padding: true\r\n"), "{head}");
            assert!(!head.contains(&ENDING.to_lowercase()), "{head}");
            assert!(asked.try_recv().is_err(), "one question is enough");
        }
        let policy = check(&store, json!({ "check_have_i_been_pwned": true })).await;
        let words = judge(&store, &policy, Some(lists(known).await.0), "password").await.messages;
        assert_eq!(words, ["Password exists on 3 online lists."]);
    }

    async fn lists_are_asked_about_passwords_that_meet_the_other_rules_only(store: Store) {
        let policy = check(&store, json!({ "check_have_i_been_pwned": true, "length_min": 9 })).await;
        let (lists, mut asked) = lists(list("")).await;
        assert!(!judge(&store, &policy, Some(lists.clone()), "password").await.passing);
        assert!(asked.try_recv().is_err());
        assert!(judge(&store, &policy, Some(lists), "password-longer").await.passing);
        assert!(asked.try_recv().is_ok());
        // Where they are off that rule passes.
        let policy = check(&store, json!({ "check_have_i_been_pwned": true })).await;
        assert!(judge(&store, &policy, None, "password").await.passing);
    }

    async fn lists_that_don_t_answer_are_a_fault_of_the_policy(store: Store) {
        let policy = check(&store, json!({ "check_have_i_been_pwned": true })).await;
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let hurried = lists(Answers::Never).await.0.within(Duration::from_millis(20));
        for (lists, why) in [
            (Lists::at(&format!("http://{closed}")), "refused"),
            (hurried, "too long"),
            (lists(Answers::Endless).await.0, "length limit"),
            (lists(list("<html>Please sign in</html>")).await.0, "no list"),
            (lists(list(&format!("{ENDING}:0x7"))).await.0, "no list"),
            (lists(Answers::With("503 Busy", String::new())).await.0, "503"),
            (lists(Answers::With("302 Found", String::new())).await.0, "302"),
            (lists(Answers::With("HELLO", String::new())).await.0, "invalid"),
        ] {
            let verdict = judge(&store, &policy, Some(lists), "password").await;
            assert_eq!((verdict.passing, verdict.messages), (false, vec![Sentence::ListsAway.into()]), "{why}");
            let noted = &verdict.events[0];
            let exception = noted.detail["exception"].as_str().unwrap();
            assert_eq!(noted.action, Action::PolicyException);
            assert!(exception.contains(why) && !exception.contains("5BAA6") && !exception.contains(ENDING), "{exception}");
        }
    }

    async fn the_binding_says_what_counts_where_lists_don_t_answer(store: Store) {
        let policy = check(&store, json!({ "check_have_i_been_pwned": true })).await;
        for (name, failure_result) in [("strict", false), ("lenient", true)] {
            let flow = Flow::new(FlowId(guestlist::clock::new_id()), slug(name), guestlist::domain::flow::Designation::Enrollment);
            let bound = PolicyBinding { failure_result, ..binding(flow.id, Decider::Policy(policy.id)) };
            write(&store, async |tx, act| {
                flows::insert(tx, &flow, act).await.unwrap();
                policies::insert_binding(tx, &bound, act).await.unwrap();
            }).await;
            let asked = Asked::Guard(Guarded::Flow(flow.id), PolicyEngineMode::Any);
            let away = lists(Answers::With("500 No", String::new())).await.0;
            let (verdict, _) = Policies::new().asking(Some(away)).settle(&store, &asked, &with("password")).await.unwrap();
            assert_eq!(verdict.passing, failure_result);
        }
    }
}
