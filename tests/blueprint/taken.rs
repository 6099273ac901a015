//! What an update would take from another object is a fault of the file, with its place, on both databases.

use super::{Database, apply, count, open, refuse};
use crate::support::stores::on_both;

const KEY: &str = "6f2b1a52-0000-4000-8000-00000000000";

/// A flow with two places and two guards, everything with keys of its own.
fn everything() -> String {
    format!(
        "entries:
  - {{model: authentik_flows.flow, identifiers: {{pk: {KEY}1, slug: f}}, attrs: {{name: F, title: F, designation: enrollment}}}}
  - {{model: authentik_stages_user_login.userloginstage, identifiers: {{pk: {KEY}2, name: login}}}}
  - {{model: authentik_stages_dummy.dummystage, identifiers: {{pk: {KEY}3, name: dummy}}}}
  - {{model: authentik_flows.flowstagebinding, identifiers: {{pk: {KEY}4}}, attrs: {{target: {KEY}1, stage: {KEY}2, order: 0}}}}
  - {{model: authentik_flows.flowstagebinding, identifiers: {{pk: {KEY}5}}, attrs: {{target: {KEY}1, stage: {KEY}2, order: 1}}}}
  - {{model: authentik_policies_expression.expressionpolicy, identifiers: {{pk: {KEY}6, name: python}}, attrs: {{expression: return True}}}}
  - {{model: authentik_policies_dummy.dummypolicy, identifiers: {{pk: {KEY}7, name: fixed}}}}
  - {{model: authentik_policies.policybinding, identifiers: {{pk: {KEY}8}}, attrs: {{target: {KEY}1, policy: {KEY}6, order: 0}}}}
  - {{model: authentik_policies.policybinding, identifiers: {{pk: {KEY}9}}, attrs: {{target: {KEY}1, policy: {KEY}6, order: 1}}}}
"
    )
}

on_both! {
    async fn an_update_that_takes_another_object_s_place_is_refused_with_its_line(database: Database) {
        let store = open(&database).await;
        apply(&store, &everything()).await;
        let before = count(&store).await;
        for (model, key, attrs, what) in [
            ("authentik_flows.flowstagebinding", 5, "order: 0", "that stage at that place of the flow"),
            ("authentik_policies.policybinding", 9, "order: 0", "that policy at that place"),
            ("authentik_stages_dummy.dummystage", 3, "name: login", "a stage of that name"),
            ("authentik_policies_dummy.dummypolicy", 7, "name: python", "a policy of that name"),
        ] {
            let text = format!("entries:\n  - {{id: x, model: {model}, identifiers: {{pk: {KEY}{key}}}, attrs: {{{attrs}}}}}\n");
            assert_eq!(refuse(&store, &text).await, format!("2:5: entry `x`: There is {what} already."));
        }
        assert_eq!(count(&store).await, before);
    }
}
