//! Expressions that want too much: each costs one failure within bounds, and nothing else.

use std::time::Duration;

use guestlist::domain::policy::PolicyModel;
use guestlist::policy::{Policies, PolicyError, check_syntax, unavailable};
use guestlist::store::Store;
use serde_json::json;

use super::{add_policy, request};
use crate::support::fixture::read;
use crate::support::stores::on_both;

/// The message with which an expression fails.
async fn failure(store: &Store, policies: &Policies, text: &str) -> String {
    let name = format!("policy-{}", guestlist::clock::new_id());
    let policy = add_policy(store, &name, PolicyModel::Expression, json!({ "expression": text })).await;
    let verdict = read(store, async |tx| policies.ask(tx, policy.id, &request()).await.unwrap()).await;
    assert!(!verdict.passing, "{text}");
    assert_eq!(verdict.events.last().unwrap().detail["message"], "Policy failed to execute", "{text}");
    verdict.messages.last().unwrap().to_string()
}

on_both! {
    async fn what_takes_too_much_fails_and_the_next_one_runs(store: Store) {
        let policies = Policies::new();
        for (text, said) in [
            ("while True:\n    pass", "took longer than 200 ms"),
            ("return len(\"x\" * 10 ** 10)", "took too much memory"),
            ("return 2 ** 10 ** 9 > 1", "took too much memory"),
            ("x = [0] * 1000\nwhile True:\n    x = x + x", "took"),
            ("def f(n):\n    return f(n + 1)\nreturn f(0)", "recursion"),
            // Whichever comes first: on a busy machine the time is up before so many are asked.
            ("while True:\n    ip_address(\"10.0.0.1\")", "too many questions|took longer than 200 ms"),
            ("x = []\nfor i in range(100000):\n    x = [x]\nreturn x", ""),
            ("import re\nreturn re.search(r\"(a+)+(?=b)\\1$\", \"a\" * 60) is None", ""),
            ("return \"(\" * 100000", ""),
        ] {
            let name = text.lines().next().unwrap();
            if said.is_empty() {
                // Either limit or answer: what counts is that it ends and that the next one runs.
                let policy = add_policy(&store, &format!("policy-{}", guestlist::clock::new_id()), PolicyModel::Expression, json!({ "expression": text })).await;
                read(&store, async |tx| policies.ask(tx, policy.id, &request()).await.unwrap()).await;
            } else {
                let message = failure(&store, &policies, text).await;
                assert!(said.split('|').any(|said| message.contains(said)), "{name}: {message}");
            }
        }
        let fine = add_policy(&store, "fine", PolicyModel::Expression, json!({ "expression": "return True" })).await;
        let verdict = read(&store, async |tx| policies.ask(tx, fine.id, &request()).await.unwrap()).await;
        assert!(verdict.passing, "{:?}", verdict.messages);
    }

    async fn policies_that_call_themselves_end(store: Store) {
        let text = "for i in range(20):\n    ak_call_policy(\"self\")\nreturn True";
        let policy = add_policy(&store, "self", PolicyModel::Expression, json!({ "expression": text })).await;
        let ask = read(&store, async |tx| {
            let asked = tokio::time::timeout(Duration::from_mins(1), async { Policies::new().ask(tx, policy.id, &request()).await.unwrap() });
            asked.await.unwrap()
        });
        let verdict = ask.await;
        assert!(!verdict.passing);
        assert_eq!(verdict.messages, ["policies call each other too often"]);
    }

    async fn where_too_many_wait_nothing_is_decided(store: Store) {
        let policy = add_policy(&store, "slow", PolicyModel::Expression, json!({ "expression": "return True" })).await;
        let policies = Policies::new();
        let mut working = Vec::new();
        // All turns are taken as soon as the next one does not come at once.
        while let Ok(turn) = tokio::time::timeout(Duration::from_millis(50), policies.in_turn()).await {
            working.push(turn.unwrap());
        }
        let crowd: Vec<_> = (0..80).map(|_| tokio::spawn({
            let policies = policies.clone();
            async move { policies.in_turn().await.map(drop) }
        })).collect();
        while crowd.iter().filter(|one| one.is_finished()).count() < 16 {
            tokio::task::yield_now().await;
        }
        let asked = read(&store, async |tx| policies.ask(tx, policy.id, &request()).await).await;
        assert!(matches!(asked, Err(PolicyError::Busy(_))), "{asked:?}");
        drop(working);
        let mut waited = 0;
        for one in crowd {
            waited += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(waited, 64);
        assert!(read(&store, async |tx| policies.ask(tx, policy.id, &request()).await).await.unwrap().passing);
    }

    async fn nothing_outside_is_reached_and_what_would_be_needed_is_named(store: Store) {
        let policies = Policies::new();
        for (text, said) in [
            ("return open(\"/etc/passwd\").read()", "open"),
            ("import os\nreturn os.environ[\"HOME\"]", "import os"),
            ("import subprocess", "import subprocess"),
            ("from pathlib import Path\nreturn Path(\"/\").exists()", "from pathlib import Path"),
            ("return requests.get(\"http://localhost\").status_code == 200", "requests (policies have no network)"),
            ("return resolve_dns(\"localhost\")", "resolve_dns (policies have no network)"),
            ("from authentik.events.models import Event\nreturn True", "from authentik.events.models import Event"),
            ("return eval(\"1\")", "'eval' is not defined"),
        ] {
            let message = failure(&store, &policies, text).await;
            assert!(message.contains(said), "{text}: {message}");
        }
    }

    async fn a_fault_names_the_line_that_the_author_wrote(store: Store) {
        let policy = add_policy(&store, "late", PolicyModel::Expression, json!({ "expression": "import re\n\nx = {}\nreturn x[\"a\"]" })).await;
        let verdict = read(&store, async |tx| Policies::new().ask(tx, policy.id, &request()).await.unwrap()).await;
        assert_eq!(verdict.events[0].detail["exception"], "KeyError: 'a' (line 4)");
    }
}

#[test]
fn what_does_not_parse_is_refused_at_its_place() {
    let at = |text: &str| {
        let fault = check_syntax(text).unwrap_err();
        (fault.line, fault.column)
    };
    assert_eq!(at("x = 1\nreturn x +"), (2, 11));
    assert_eq!(at("if True:\nreturn 1"), (2, 1));
    assert_eq!(at("return (1"), (1, 10));
    assert_eq!(at("# nothing"), (1, 1));
    assert_eq!(at("x = 1\nyield x").0, 2);
    let fault = check_syntax("x = 1\ndel x").unwrap_err();
    assert_eq!((fault.line, fault.message.as_str()), (2, "uses what is not available here: the 'del' statement"));
    assert_eq!(check_syntax("x = {1: 2}\ndel x[1]\nreturn x"), Ok(()));
    assert!(check_syntax(&format!("return {}1{}", "(".repeat(5000), ")".repeat(5000))).is_err());
}

#[test]
fn what_is_not_available_is_listed_before_it_is_missed() {
    assert_eq!(unavailable("import re\nimport socket\nreturn requests.get(\"x\")"), ["import socket", "requests"]);
    assert!(unavailable("from authentik.core.models import User, Group\nreturn True").is_empty());
}
