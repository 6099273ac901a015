//! Pages whose answers policies check.

use guestlist::domain::id::PolicyId;
use guestlist::domain::message::Counted;
use guestlist::domain::policy::PolicyModel;
use guestlist::domain::prompt::PromptType;
use guestlist::executor::{Answered, Challenge, Remark, View};
use guestlist::store::{Store, enrollments};
use serde_json::json;

use super::visitor::{CREDENTIALS, DETAILS, Visitor, again, shown};
use crate::support::fixture::{
    expression, invite, making, noon, policy, prompt, read, settings, user_count, user_named, uses,
};
use crate::support::stores::on_both;

/// Somebody at a page with credentials that these policies check, before another page.
async fn asked(store: &Store, checks: Vec<PolicyId>) -> Visitor {
    let fields = vec![
        prompt("username", PromptType::Username),
        prompt("password", PromptType::Password),
        prompt("password_repeat", PromptType::Password),
    ];
    making("enroll").invitation().checked(fields, checks).details().user_write().insert(store).await;
    let id = invite(store, &settings("welcome")).await;
    Visitor::with(store, "enroll", id).await
}

fn said(page: &Challenge) -> Vec<String> {
    page.faults.iter().map(ToString::to_string).collect()
}

/// The rules at the password, and whether what was entered meets them.
fn rules(page: &Challenge) -> Vec<(Counted, Option<bool>)> {
    page.fields()[1].rules.iter().map(|rule| (rule.rule.of, rule.met)).collect()
}

on_both! {
    async fn a_policy_that_fails_brings_the_page_back_with_what_it_says(store: Store) {
        let text = "if context[\"prompt_data\"][\"username\"] in context[\"prompt_data\"][\"password\"]:\n    ak_message(\"Too simple\")\n    return False\nreturn True";
        let check = expression(&store, "simple", text).await;
        let mut jane = asked(&store, vec![check]).await;
        let page = again(jane.post(&[("username", "jane"), ("password", "jane1"), ("password_repeat", "jane1")]).await);
        assert_eq!((said(&page), shown(&page)[0].1, shown(&page)[1].1), (vec!["Too simple".to_owned()], "jane", ""));
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        assert_eq!(user_count(&store).await, 1);
    }

    async fn every_policy_must_pass_and_their_words_come_by_name(store: Store) {
        let mut checks = Vec::new();
        for (name, text) in [("b", "ak_message(\"from b\")\nreturn False"), ("c", "ak_message(\"from c\")\nreturn True"), ("a", "return context[\"no\"]")] {
            checks.push(expression(&store, name, text).await);
        }
        let mut jane = asked(&store, checks).await;
        assert_eq!(said(&again(jane.post(CREDENTIALS).await)), ["'no'", "from b", "from c"]);
    }

    async fn a_policy_that_fails_in_silence_still_says_that_something_is_wrong(store: Store) {
        let check = expression(&store, "no", "return False").await;
        let mut jane = asked(&store, vec![check]).await;
        assert_eq!(again(jane.post(CREDENTIALS).await).faults, [Remark::NotAccepted]);
    }

    async fn what_a_passing_policy_says_stands_on_the_next_page(store: Store) {
        let check = expression(&store, "yes", "ak_message(\"Well chosen\")\nreturn True").await;
        let mut jane = asked(&store, vec![check]).await;
        jane.go_on(CREDENTIALS).await;
        assert_eq!(jane.questions().await.notices, [Remark::Said("Well chosen".into())]);
    }

    async fn a_policy_may_make_the_user_name_of_the_address(store: Store) {
        let text = "context[\"prompt_data\"][\"username\"] = context[\"prompt_data\"][\"email\"].split(\"@\")[0]\nreturn True";
        let check = expression(&store, "name", text).await;
        let fields = vec![prompt("email", PromptType::Email), prompt("password", PromptType::Password)];
        making("enroll").invitation().checked(fields, vec![check]).user_write().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(&[("email", "jd@example.com"), ("password", "s3cret")]).await;
        let user = user_named(&store, "jd").await.unwrap().user;
        assert_eq!((user.email.as_str(), user.password.is_some(), uses(&store, id).await), ("jd@example.com", true, 1));
    }

    async fn a_check_sees_this_page_and_nothing_else(store: Store) {
        let text = "return sorted(context[\"prompt_data\"]) == [\"name\"] and \"flow_plan\" not in context and \"invitation\" not in context";
        let check = expression(&store, "alone", text).await;
        let fields = vec![prompt("name", PromptType::Text)];
        making("enroll").invitation().credentials().checked(fields, vec![check]).user_write().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.go_on(&[("name", "Jane")]).await;
        assert!(matches!(jane.look().await, View::Closed(_)));
    }

    async fn a_password_is_told_its_rules_before_and_which_it_meets_after(store: Store) {
        let rule = json!({ "length_min": 8, "amount_digits": 1, "error_message": "" });
        let check = policy(&store, "strong", PolicyModel::Password, rule).await;
        let mut jane = asked(&store, vec![check]).await;
        assert_eq!(rules(&jane.questions().await), [(Counted::Length, None), (Counted::Digits, None)]);
        let page = again(jane.post(CREDENTIALS).await);
        assert_eq!(rules(&page), [(Counted::Length, Some(false)), (Counted::Digits, Some(true))]);
        assert_eq!(said(&page), ["The password needs at least 8 characters."]);
        jane.go_on(&[("username", "jane"), ("password", "s3cret-enough"), ("password_repeat", "s3cret-enough")]).await;
    }

    async fn passwords_are_shown_to_policies_and_kept_nowhere(store: Store) {
        let text = "context[\"prompt_data\"][\"attributes\"] = {\"length\": len(context[\"prompt_data\"][\"password\"])}\nreturn True";
        let check = expression(&store, "length", text).await;
        let mut jane = asked(&store, vec![check]).await;
        jane.go_on(CREDENTIALS).await;
        let kept = read(&store, async |tx| enrollments::find(tx, jane.session(), noon()).await.unwrap().unwrap()).await;
        let text = serde_json::to_string(&kept.context).unwrap();
        assert!(!text.contains("s3cret"), "{text}");
        assert_eq!(kept.context.prompt_data["attributes"], json!({ "length": 6 }));
        let answered = jane.post(DETAILS).await;
        assert!(matches!(answered, Answered::Next { .. }), "{answered:?}");
        assert!(user_named(&store, "jane").await.unwrap().user.password.is_some());
    }
}
