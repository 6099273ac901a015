//! Policies and their bindings: imported whole, checked, and seen by the outline of what they guard.

use super::{Database, actions, apply, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, check};
use guestlist::domain::diagnosis::flow_problems;
use guestlist::domain::policy::Decider;
use guestlist::store::{flows, policies};
use serde_json::json;

const GUARDED: &str = "\
entries:
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: enrollment}}
  - {id: python, model: authentik_policies_expression.expressionpolicy, identifiers: {name: python}, attrs: {expression: \"  return True\\n\"}}
  - {id: strong, model: authentik_policies_password.passwordpolicy, identifiers: {name: strong}, attrs: {length_min: 12, error_message: Longer!}}
  - {model: authentik_policies_event_matcher.eventmatcherpolicy, identifiers: {name: event}, attrs: {action: login, client_ip: null}}
  - {model: authentik_policies_dummy.dummypolicy, identifiers: {name: dummy}}
  - {model: authentik_policies_reputation.reputationpolicy, identifiers: {name: reputation}}
  - {model: authentik_policies_expiry.passwordexpirypolicy, identifiers: {name: expiry}, attrs: {days: 90}}
  - {model: authentik_policies_geoip.geoippolicy, identifiers: {name: geoip}, attrs: {countries: [CH, AT], asns: [1]}}
  - {id: field, model: authentik_stages_prompt.prompt, identifiers: {name: p}, attrs: {field_key: password, label: P, type: password}}
  - {id: page, model: authentik_stages_prompt.promptstage, identifiers: {name: page}, attrs: {fields: [!KeyOf field], validation_policies: [!KeyOf strong]}}
  - {id: login, model: authentik_stages_user_login.userloginstage, identifiers: {name: login}}
  - {id: first, model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf page, order: 0}}
  - {id: second, model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf login, order: 1}}
  - {id: team, model: authentik_core.group, identifiers: {name: team}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, group: !KeyOf team, order: 0}, attrs: {enabled: false}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf second, policy: !KeyOf python, order: 0}, attrs: {negate: true, timeout: 5}}
";

on_both! {
    async fn policies_and_bindings_are_kept_whole(database: Database) {
        let store = open(&database).await;
        let first = apply(&store, GUARDED).await;
        assert!(actions(&first).iter().all(|action| **action == Action::Created));
        assert_eq!(first.changes[15].name, "f #1 login #0 python");
        assert!(!apply(&store, GUARDED).await.has_changes());
        let mut tx = store.begin().await.unwrap();
        let python = policies::find_by_name(&mut tx, "python").await.unwrap().unwrap();
        assert_eq!(json!(python.settings), json!({"expression": "  return True\n"}));
        let strong = policies::find_by_name(&mut tx, "strong").await.unwrap().unwrap();
        let symbols = strong.settings["symbol_charset"].as_str().unwrap();
        assert_eq!((symbols.matches('\\').count(), symbols.ends_with("~ ")), (2, true));
        let flow = flows::find_by_slug(&mut tx, "f").await.unwrap().unwrap();
        let outline = flows::outline(&mut tx, flow).await.unwrap();
        assert!(matches!(outline.policies[0].decider, Decider::Group(_)) && !outline.policies[0].enabled);
        assert!(outline.steps[0].policies.is_empty());
        let guard = &outline.steps[1].policies[0];
        assert_eq!((guard.decider, guard.negate, guard.timeout), (Decider::Policy(python.id), true, 5));
        let problems: Vec<String> = flow_problems(&outline).into_iter().filter(|it| it.code == "not_executed").map(|it| it.sentence).collect();
        assert!(problems.is_empty(), "{problems:?}");
        drop(tx);
        let enabled = GUARDED.replace("enabled: false", "enabled: true");
        assert_eq!(apply(&store, &enabled).await.count(Action::is_change), 1);
        let mut tx = store.begin().await.unwrap();
        let flow = flows::find_by_slug(&mut tx, "f").await.unwrap().unwrap();
        let outline = flows::outline(&mut tx, flow).await.unwrap();
        assert!(outline.policies[0].enabled);
    }

    async fn a_policy_binding_needs_exactly_one_who_decides(database: Database) {
        let store = open(&database).await;
        let text = format!("{GUARDED}  - {{model: authentik_policies.policybinding, identifiers: {{target: !KeyOf flow, order: 3}}}}
  - {{model: authentik_policies.policybinding, identifiers: {{target: !KeyOf first, order: 4, policy: !KeyOf python, group: !KeyOf team}}}}
  - {{model: authentik_policies_reputation.reputationpolicy, identifiers: {{name: r}}, attrs: {{check_ip: false, check_username: false}}}}
");
        assert_eq!(
            refuse(&store, &text).await,
            "18:5: entry `policybinding`: One of `policy`, `group` and `user` has to be set.\n\
             19:101: entry `policybinding`: Only one of `policy`, `group` and `user` can be set.\n\
             20:126: entry `r`: Either `check_ip` or `check_username` has to be on."
        );
    }

    async fn a_policy_that_is_deleted_takes_its_bindings_with_it(database: Database) {
        let store = open(&database).await;
        apply(&store, GUARDED).await;
        apply(&store, "entries:\n  - {state: absent, model: authentik_policies_expression.expressionpolicy, identifiers: {name: python}}\n").await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(policies::list_bindings(&mut tx).await.unwrap().len(), 1);
        assert_eq!(policies::list(&mut tx).await.unwrap().len(), 6);
    }
}

#[test]
fn references_of_the_wrong_kind_are_named() {
    let text = format!(
        "{GUARDED}  - {{model: authentik_policies.policybinding, identifiers: {{target: !KeyOf team, policy: !KeyOf flow, order: 3}}}}\n"
    );
    let problems = check(text.as_bytes()).unwrap_err().to_string();
    let expected = [
        "18:69: entry `policybinding`: `target` has to refer to a flow or a stage binding, and this is a group.",
        "18:90: entry `policybinding`: `policy` has to refer to a policy, and this is a flow.",
    ];
    assert_eq!(problems.lines().collect::<Vec<_>>(), expected);
}
