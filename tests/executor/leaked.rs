//! A page whose password must be on no list of leaked ones.

use guestlist::domain::message::{Counted, Message, Sentence};
use guestlist::domain::policy::PolicyModel;
use guestlist::domain::prompt::PromptType;
use guestlist::executor::{Challenge, Remark};
use guestlist::policy::Lists;
use guestlist::store::Store;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::visitor::{Visitor, again};
use crate::support::fixture::{making, policy, prompt, user_named};
use crate::support::stores::on_both;

/// Lists on which `password` stands, and nothing else.
async fn lists() -> Lists {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let body = "1E4C9B93F3F0682250B6CF8331B7EE68FD8:7";
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    Lists::at(&url)
}

fn told(page: &Challenge) -> Vec<(Counted, Option<bool>)> {
    page.fields()[1].rules.iter().map(|rule| (rule.rule.of, rule.met)).collect()
}

on_both! {
    async fn that_rule_is_told_before_and_a_leaked_password_is_refused(store: Store) {
        let settings = json!({ "check_have_i_been_pwned": true, "length_min": 4 });
        let check = policy(&store, "leaked", PolicyModel::Password, settings).await;
        let fields = vec![prompt("username", PromptType::Username), prompt("password", PromptType::Password)];
        making("enroll").checked(fields, vec![check]).user_write().insert(&store).await;
        let mut nobody_asks = Visitor::new(&store, "enroll");
        nobody_asks.begin(None).await;
        assert_eq!(told(&nobody_asks.questions().await), [(Counted::Length, None)], "what is not looked up is not promised");
        let mut jane = Visitor::new(&store, "enroll");
        jane.executor = jane.executor.asking(Some(lists().await));
        jane.begin(None).await;
        assert_eq!(told(&jane.questions().await), [(Counted::Length, None), (Counted::Unknown, None)]);
        let page = again(jane.post(&[("username", "jane"), ("password", "password")]).await);
        let leaked = Message::Ours(Sentence::PasswordLeaked { times: 7 });
        assert_eq!(page.faults, [Remark::Said(leaked)]);
        assert_eq!(told(&page), [(Counted::Length, Some(true)), (Counted::Unknown, Some(false))]);
        let page = again(jane.post(&[("username", "jane"), ("password", "abc")]).await);
        assert_eq!(told(&page), [(Counted::Length, Some(false)), (Counted::Unknown, None)], "it was not looked up");
        jane.go_on(&[("username", "jane"), ("password", "gravel-mutton")]).await;
        assert!(user_named(&store, "jane").await.unwrap().user.password.is_some());
    }
}
