//! The kinds of policies that are not Python.

use guestlist::domain::policy::PolicyModel;
use guestlist::domain::user::PasswordHash;

use guestlist::policy::{Policies, Request};
use guestlist::store::{Store, users};
use serde_json::{Value, json};

use super::{add_policy, request};
use crate::support::fixture::{add_user, mapping, read, user, write};
use crate::support::stores::on_both;

async fn ask(store: &Store, model: PolicyModel, settings: Value, request: &Request) -> (bool, Vec<String>) {
    let policy = add_policy(store, &format!("policy-{}", guestlist::clock::new_id()), model, settings).await;
    let verdict = read(store, async |tx| Policies::new().validate(tx, &[policy.id], request).await.unwrap()).await;
    (verdict.passing, verdict.messages.iter().map(ToString::to_string).collect())
}

on_both! {
    async fn a_password_policy_says_what_is_wrong_with_the_first_rule_that_is_not_met(store: Store) {
        let with = |data: Value| Request { context: mapping(json!({ "prompt_data": data })), ..request() };
        let rules = json!({"length_min": 8, "amount_digits": 1, "error_message": "Longer!", "check_zxcvbn": true});
        let judge = async |data: Value| ask(&store, PolicyModel::Password, rules.clone(), &with(data)).await;
        assert_eq!(judge(json!({})).await, (false, vec!["Password not set in context".to_owned()]));
        assert_eq!(judge(json!({"password": "short"})).await, (false, vec!["Longer!".to_owned()]));
        let weak = judge(json!({"password": "password1"})).await;
        assert!(!weak.0 && weak.1[0] == "Password is too weak." && weak.1.len() > 1, "{weak:?}");
        let own_name = judge(json!({"password": "marigoldine7", "username": "marigoldine7"})).await;
        assert_eq!((own_name.0, own_name.1[0].as_str()), (false, "Password is too weak."));
        assert_eq!(judge(json!({"password": "gravel-mutton-oblique-7"})).await, (true, vec![]));
        let elsewhere = Request { context: mapping(json!({"pin": "12345678"})), ..request() };
        let pin = json!({"password_field": "pin", "amount_digits": 8});
        assert!(ask(&store, PolicyModel::Password, pin, &elsewhere).await.0);
    }

    async fn a_password_is_as_old_as_its_last_change_or_the_account(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        let after = |days: i64| Request { user: Some(jane.id), now: request().now + chrono::Duration::days(days), ..request() };
        let expiry = async |request: &Request| ask(&store, PolicyModel::Expiry, json!({"days": 90, "deny_only": true}), request).await;
        assert!(expiry(&after(90)).await.0);
        assert_eq!(expiry(&after(93)).await, (false, vec!["Password expired 3 days ago. Please update your password.".to_owned()]));
        assert!(!expiry(&request()).await.0);
        write(&store, async |tx, act| users::set_password(tx, jane.id, &PasswordHash("x".into()), act).await.unwrap()).await;
        assert!(expiry(&after(90)).await.0);
    }

    async fn what_can_t_be_known_here_does_not_pass_in_silence(store: Store) {
        assert_eq!(ask(&store, PolicyModel::Reputation, json!({"threshold": -5}), &request()).await, (false, vec![]));
        assert_eq!(ask(&store, PolicyModel::Reputation, json!({"threshold": 0}), &request()).await, (true, vec![]));
        let (passing, messages) = ask(&store, PolicyModel::Geoip, json!({"countries": ["CH"]}), &request()).await;
        assert!(!passing && messages[0].contains("GeoIP"));
        let event = json!({"event": {"action": "login", "client_ip": "10.0.0.1"}});
        let noted = Request { context: mapping(event), ..request() };
        for (settings, request, passing) in [
            (json!({"action": "login"}), request(), false),
            (json!({"action": "login", "client_ip": null}), noted.clone(), true),
            (json!({"action": "logout"}), noted, false),
        ] {
            assert_eq!(ask(&store, PolicyModel::EventMatcher, settings, &request).await.0, passing);
        }
    }
}
