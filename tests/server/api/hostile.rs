//! Nothing that a program can send makes a fault of ours.

use guestlist::store::Store;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::client::{Api, address, credentials, keys};
use crate::server::browser::page;
use crate::server::running::start;
use crate::support::fixture::{invite, making, optional, settings, two_pages, user_count};
use crate::support::http::visitor;
use crate::support::stores::on_both;

const KEYS: &[&str] = &[
    "username",
    "password",
    "password_repeat",
    "name",
    "email",
    "attributes.n",
    "attributes.d",
    "attributes.f",
    "attributes.c",
    "attributes",
    "component",
    "token",
    "",
    "\0",
    "__stage",
    "is_active",
];

/// JSON that is not meant well.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>().prop_map(Value::from),
        prop_oneof![
            Just("\0"),
            Just("a\0b"),
            Just("\u{202e}x"),
            Just("\u{1b}[2J"),
            Just("x@y.zz"),
            Just("' OR 1=1 --"),
            Just("2027-03-05"),
            Just("data:x;base64,AA=="),
            Just("\u{10ffff}"),
            Just("İ")
        ]
        .prop_map(Value::from),
        Just(Value::from("ü".repeat(10_001))),
    ];
    let leaf = prop_oneof![
        4 => text,
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Mostly a mapping with keys that mean something.
fn body() -> impl Strategy<Value = Value> {
    let key = prop_oneof![6 => prop::sample::select(KEYS).prop_map(str::to_owned), 1 => any::<String>()];
    let mapping =
        prop::collection::vec((key, value()), 0..8).prop_map(|pairs| Value::Object(pairs.into_iter().collect()));
    prop_oneof![8 => mapping, 1 => value()]
}

on_both! {
    async fn no_json_makes_a_fault_of_ours(store: Store) {
        use guestlist::domain::prompt::PromptType::{Checkbox, DateTime, File, Number};
        making("enroll")
            .credentials()
            .details()
            .page(vec![optional("attributes.n", Number), optional("attributes.d", DateTime), optional("attributes.f", File), optional("attributes.c", Checkbox)])
            .user_write()
            .insert(&store)
            .await;
        let server = start(&store).await;
        let mut dice = TestRunner::new_with_rng(Config::default(), proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha));
        for round in 0..6 {
            let api = Api::at(&server, "enroll", "");
            api.challenge().await;
            for number in 0..24 {
                let mut sent = body().new_tree(&mut dice).unwrap().current();
                if number % 3 == 0 && sent.is_object() {
                    // Pages further in are tried too.
                    for (key, text) in [("username", format!("jane-{round}-{number}").as_str()), ("password", "x"), ("password_repeat", "x"), ("name", "J"), ("email", "j@example.com")] {
                        sent[key] = json!(text);
                    }
                }
                let answer = api.post(sent.clone()).await;
                assert!([200, 302].contains(&answer.status.as_u16()), "{sent} {answer:?}");
            }
        }
    }

    async fn no_query_makes_a_fault_of_ours(store: Store) {
        making("enroll").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let long = "a=b&".repeat(2_000);
        for query in ["%00=%00", "next=%00", "next=\u{0}", "flow_token=", "flow_token=%ff", "itoken=%", "=&=&&", "\u{202e}=\u{1b}", "query=itoken", &long] {
            let api = Api::at(&server, "enroll", query);
            for answer in [api.get().await, api.post(json!({})).await, api.get().await] {
                assert!([200, 302].contains(&answer.status.as_u16()), "{query} {answer:?}");
            }
        }
        for raw in ["?query=%ff%00&query", "?query", "?%00", "?query=%25%30%30", "?query[]=x", "?&&="] {
            let answer = page(visitor().get(format!("{}/api/v3/flows/executor/enroll/{raw}", server.url))).await;
            assert_eq!(answer.status, 200, "{raw}");
        }
        page(visitor().get(format!("{}/api/v3/flows/executor/enroll", server.url))).await.challenge();
        page(visitor().put(address(&server, "enroll", ""))).await.check_calm(405);
    }

    async fn a_body_that_is_no_json_is_an_error_of_the_stage_and_loses_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        let json = "application/json";
        let deep = format!("{{\"username\": {}", "[".repeat(200_000));
        for session in ["none", "begun"] {
            for (kind, body) in [
                (json, b"{".to_vec()),
                (json, b"username=jane".to_vec()),
                (json, b"{\"username\": \"\xff\"}".to_vec()),
                (json, b"\xef\xbb\xbf{}".to_vec()),
                (json, b"{\"username\": \"\\ud800\"}".to_vec()),
                (json, deep.clone().into_bytes()),
                ("application/x-www-form-urlencoded", b"username=jane&password=x".to_vec()),
                ("text/plain", b"{\"username\": \"jane\"}".to_vec()),
                ("multipart/form-data; boundary=x", b"--x--".to_vec()),
                ("application/json-patch+json", b"{}".to_vec()),
                ("", b"{}".to_vec()),
            ] {
                let answer = page(api.request().header("content-type", kind).body(body)).await;
                let shown = answer.challenge();
                assert_eq!(shown["component"], "ak-stage-flow-error", "{session} {kind}");
                assert_eq!(shown.as_object().unwrap().len(), 2, "{shown}");
                assert!(answer.cookie().is_none(), "{answer:?}");
            }
            api.challenge().await;
        }
        let charset = page(api.request().header("content-type", "Application/JSON; charset=utf-8").body(credentials().to_string())).await;
        assert_eq!(keys(&api.follow(charset).await)[0], "name");
        assert_eq!(user_count(&store).await, 0);
    }

    async fn a_body_that_is_too_large_is_told_so_and_lists_in_it_cost_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        let large = page(api.request().json(&json!({ "username": "x".repeat(10 * 1024 * 1024) }))).await;
        assert_eq!(large.status, 413);
        assert!(large.body.contains("ak-stage-flow-error"), "{large:?}");
        let lists = format!("{{\"username\": [{}0]}}", "[0],".repeat(1_500_000));
        let answer = page(api.request().header("content-type", "application/json").body(lists)).await;
        assert_eq!(answer.challenge()["response_errors"]["username"][0]["string"], "Not a valid string.");
        let many: serde_json::Map<String, Value> = (0..10_000).map(|number| (number.to_string(), json!(1))).collect();
        assert_eq!(api.post(Value::Object(many)).await.challenge()["component"], "ak-stage-flow-error");
        assert_eq!(keys(&api.answer(credentials()).await)[0], "name");
    }
}
