//! What policies cost: `cargo bench --bench policies`.
//!
//! An expression that reads the context and one that asks the database, each compiled for the first time and then again
//! and again from what was compiled; and a password that is judged.

#![allow(clippy::print_stdout, reason = "a measurement is printed")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails is repeated")]

use std::time::Instant;

use guestlist::clock;
use guestlist::domain::event::Actor;
use guestlist::domain::id::PolicyId;
use guestlist::domain::policy::{Policy, PolicyModel};
use guestlist::policy::{Policies, Request};
use guestlist::store::{Store, policies};
use serde_json::{Value, json};

const RUNS: u32 = 500;

const READS: &str =
    "mail = context[\"prompt_data\"][\"email\"]\nreturn mail.split(\"@\")[-1] in (\"a.example\", \"b.example\")";
const ASKS: &str = "from authentik.core.models import User\nreturn not User.objects.filter(email__iexact=context[\"prompt_data\"][\"email\"]).exists()";

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/bench.db", folder.path().display())).await.unwrap();
    store.migrate().await.unwrap();
    for (name, model, settings) in [
        ("reads the context", PolicyModel::Expression, json!({ "expression": READS })),
        ("asks the database", PolicyModel::Expression, json!({ "expression": ASKS })),
        ("judges a password", PolicyModel::Password, json!({ "length_min": 8, "check_zxcvbn": true })),
    ] {
        let policy = insert(&store, name, model, settings).await;
        measure(&store, name, policy).await;
    }
}

async fn insert(store: &Store, name: &str, model: PolicyModel, settings: Value) -> PolicyId {
    let settings = serde_json::from_value(settings).unwrap();
    let id = PolicyId(clock::new_id());
    let policy = Policy { id, name: name.to_owned(), model, execution_logging: false, settings };
    let mut tx = store.begin_write().await.unwrap();
    policies::insert(&mut tx, &policy, &Actor::system().at(clock::now())).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn measure(store: &Store, name: &str, policy: PolicyId) {
    let mut request = Request::new(clock::now());
    let answers = json!({ "email": "jo@a.example", "password": "gravel-mutton-oblique-7" });
    request.context.insert("prompt_data".to_owned(), answers);
    let policies = Policies::new();
    let mut tx = store.begin().await.unwrap();
    let first = Instant::now();
    assert!(policies.ask(&mut tx, policy, &request).await.unwrap().passing);
    let first = first.elapsed().as_secs_f64() * 1_000.0;
    let begin = Instant::now();
    for _ in 0..RUNS {
        policies.ask(&mut tx, policy, &request).await.unwrap();
    }
    let each = begin.elapsed().as_secs_f64() * 1_000.0 / f64::from(RUNS);
    println!("{name:<20} first {first:6.2} ms, then {each:6.3} ms each");
}
