//! Prompts that are expressions: what they propose, what can be chosen, and what happens where they fail.

use guestlist::domain::event::Action;
use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::executor::Challenge;
use guestlist::store::{Store, events};
use serde_json::{Value, json};

use super::visitor::{CREDENTIALS, Visitor, again, shown};
use crate::support::fixture::{invite, making, mapping, optional, prompt, read, settings, user_named};
use crate::support::stores::on_both;

const TEAMS: &str = "return [{\"label\": c.upper(), \"value\": c} for c in (\"dev\", \"ops\")]";

/// A prompt whose initial value is an expression.
fn proposing(key: &str, kind: PromptType, text: &str) -> Prompt {
    Prompt { initial_value: text.into(), initial_value_expression: true, ..optional(key, kind) }
}

/// A drop-down whose choices are an expression.
fn offering(key: &str, text: &str) -> Prompt {
    Prompt { placeholder: text.into(), placeholder_expression: true, ..prompt(key, PromptType::Dropdown) }
}

/// Somebody at the page with these prompts, after the credentials.
async fn asked(store: &Store, prompts: Vec<Prompt>, brought: Value) -> Visitor {
    making("enroll").invitation().credentials().page(prompts).user_write().insert(store).await;
    let id = invite(store, &Settings { fixed_data: mapping(brought), ..settings("welcome") }).await;
    let mut jane = Visitor::with(store, "enroll", id).await;
    jane.go_on(CREDENTIALS).await;
    jane
}

fn labels(page: &Challenge) -> Vec<&str> {
    page.fields()[0].choices.iter().map(|choice| choice.label.as_str()).collect()
}

async fn failures(store: &Store) -> usize {
    let events = read(store, async |tx| events::list(tx, 100).await.unwrap()).await;
    events.iter().filter(|event| event.action == Action::PropertyMappingException).count()
}

on_both! {
    async fn choices_and_proposals_are_evaluated_for_whoever_is_asked(store: Store) {
        let named = proposing("name", PromptType::Text, "return prompt_context.get(\"username\", \"\").title()");
        let mut jane = asked(&store, vec![offering("attributes.team", TEAMS), named], json!({})).await;
        let page = jane.questions().await;
        assert_eq!((labels(&page), shown(&page)[1].1), (vec!["DEV", "OPS"], "Jane"));
        let page = again(jane.post(&[("attributes.team", "sales"), ("name", "Jane Doe")]).await);
        assert_eq!(shown(&page)[0].2, "Choose one of the answers.");
        assert_eq!(labels(&page), ["DEV", "OPS"], "the same can be chosen where the form comes back");
        jane.go_on(&[("attributes.team", "ops"), ("name", "Jane Doe")]).await;
        let user = user_named(&store, "jane").await.unwrap().user;
        assert_eq!((user.name.as_str(), user.attributes["team"].clone()), ("Jane Doe", json!("ops")));
    }

    async fn what_is_known_is_not_proposed(store: Store) {
        let named = proposing("name", PromptType::Text, "return 1 / 0");
        let team = offering("attributes.team", "return 1 / 0");
        let brought = json!({ "name": "Jane", "attributes.team__choices": ["a", "b"] });
        let jane = asked(&store, vec![team, named], brought).await;
        let page = jane.questions().await;
        assert_eq!((labels(&page), shown(&page)[1].1), (vec!["a", "b"], "Jane"));
        assert_eq!(failures(&store).await, 0);
    }

    async fn an_expression_that_fails_is_its_own_text_and_is_logged(store: Store) {
        let jane = asked(&store, vec![offering("attributes.team", "return 1 / 0")], json!({})).await;
        assert_eq!(labels(&jane.questions().await), ["return 1 / 0"]);
        assert_eq!(failures(&store).await, 1);
    }

    async fn what_is_evaluated_and_not_asked_can_t_be_overridden(store: Store) {
        let hidden = proposing("attributes.domain", PromptType::Hidden, "return \"example.com\"");
        let read_only = proposing("attributes.desk", PromptType::TextReadOnly, "return 7");
        let mut jane = asked(&store, vec![hidden, read_only], json!({})).await;
        jane.go_on(&[("attributes.domain", "evil.example"), ("attributes.desk", "1")]).await;
        let user = user_named(&store, "jane").await.unwrap().user;
        assert_eq!(Value::Object(user.attributes), json!({ "domain": "example.com", "desk": 7 }));
    }

    async fn an_expression_without_end_costs_one_failure_and_no_page(store: Store) {
        let mut jane = asked(&store, vec![proposing("name", PromptType::Text, "while True:\n    pass")], json!({})).await;
        assert_eq!(shown(&jane.questions().await)[0].1, "while True:\n    pass");
        jane.go_on(&[("name", "Jane")]).await;
        assert_eq!(user_named(&store, "jane").await.unwrap().user.name, "Jane");
    }
}
