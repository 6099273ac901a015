//! What `!Find` can ask for.

use super::{Database, apply, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::check;
use guestlist::store::{Store, groups};
use serde_json::{Value, json};
use std::fmt::Write as _;

const THERE: &str = "entries:
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: enrollment}}
  - {id: p, model: authentik_stages_prompt.prompt, identifiers: {name: p}, attrs: {field_key: p, label: P, type: text, order: 5}}
  - {id: q, model: authentik_stages_prompt.prompt, identifiers: {name: q}, attrs: {field_key: q, label: Q, type: text, order: 9}}
  - {id: page, model: authentik_stages_prompt.promptstage, identifiers: {name: page}, attrs: {fields: [!KeyOf p, !KeyOf q]}}
  - {id: bare, model: authentik_stages_prompt.promptstage, identifiers: {name: bare}, attrs: {fields: [!KeyOf q]}}
  - {id: fixed, model: authentik_policies_dummy.dummypolicy, identifiers: {name: fixed}}
  - {id: bind, model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf page, order: 3}}
  - {model: authentik_stages_invitation.invitation, identifiers: {name: once}, attrs: {single_use: true, flow: !KeyOf flow, expires: 2030-01-01T00:00:00Z, fixed_data: {a: {b: 1}}}}
  - {model: authentik_stages_invitation.invitation, identifiers: {name: many}}
";

/// What look-ups find, each by the name of what it should find.
async fn found(store: &Store, lookups: &[(&str, &str)]) -> Vec<Value> {
    let mut text = THERE.to_owned();
    for (at, (_, lookup)) in lookups.iter().enumerate() {
        let _ = writeln!(
            text,
            "  - {{model: authentik_core.group, identifiers: {{name: g{at}}}, attrs: {{attributes: {{found: !AtIndex [!FindObject {lookup}, name, null]}}}}}}"
        );
    }
    apply(store, &text).await;
    let mut tx = store.begin().await.unwrap();
    let mut all = Vec::new();
    for at in 0..lookups.len() {
        let group = groups::find_by_name(&mut tx, &format!("g{at}")).await.unwrap().unwrap();
        all.push(group.attributes["found"].clone());
    }
    all
}

on_both! {
    async fn lists_orders_patterns_and_other_names_are_understood(database: Database) {
        let store = open(&database).await;
        let lookups = [
            ("page", "[authentik_stages_prompt.promptstage, [fields__name, p]]"),
            ("page", "[authentik_stages_prompt.promptstage, [fields, !KeyOf p]]"),
            ("bare", "[authentik_stages_prompt.promptstage, [fields__name, q], [fields__order__gt, 8]]"),
            ("page", "[authentik_flows.stage, [name, page]]"),
            ("page", "[authentik_flows.stage, [pk, !KeyOf page]]"),
            ("page", "[authentik_flows.stage, [stage_uuid, !KeyOf page]]"),
            ("fixed", "[authentik_policies.policy, [name, fixed]]"),
            ("q", "[authentik_stages_prompt.prompt, [order__gt, 5]]"),
            ("p", "[authentik_stages_prompt.prompt, [order__lte, 5]]"),
            ("q", "[authentik_stages_prompt.prompt, [order__range, [6, 9]]]"),
            ("q", "[authentik_stages_prompt.prompt, [name__regex, '^[q-z]$']]"),
            ("p", "[authentik_stages_prompt.prompt, [label__iregex, '^P']]"),
            ("p", "[authentik_stages_prompt.prompt, [prompt_uuid, !KeyOf p]]"),
            ("F", "[authentik_flows.flow, [flow_uuid, !KeyOf flow]]"),
            ("once", "[authentik_stages_invitation.invitation, [single_use, true]]"),
            ("many", "[authentik_stages_invitation.invitation, [single_use, false]]"),
            ("once", "[authentik_stages_invitation.invitation, [flow__slug, f], [expires__gte, 2029-05-05T00:00:00Z]]"),
            ("once", "[authentik_stages_invitation.invitation, [fixed_data__contains, {a: {b: 1}}]]"),
            ("many", "[authentik_stages_invitation.invitation, [flow__isnull, true]]"),
        ];
        let expected: Vec<&str> = lookups.iter().map(|(name, _)| *name).collect();
        assert_eq!(json!(found(&store, &lookups).await), json!(expected));
    }

    async fn what_is_not_as_asked_is_not_found(database: Database) {
        let store = open(&database).await;
        let lookups = [
            ("", "[authentik_stages_prompt.promptstage, [fields__name, x]]"),
            ("", "[authentik_stages_prompt.promptstage, [fields__isnull, true]]"),
            ("", "[authentik_stages_prompt.prompt, [name, p], [order__gt, 5]]"),
            ("", "[authentik_flows.stage, [name, fixed]]"),
            ("", "[authentik_policies.policy, [name, page]]"),
        ];
        assert_eq!(found(&store, &lookups).await, vec![Value::Null; lookups.len()]);
    }

    async fn what_policies_guard_is_found_by_its_other_key_too(database: Database) {
        let store = open(&database).await;
        let text = THERE.to_owned()
            + "  - {model: authentik_policies.policybinding, identifiers: {target: !AtIndex [!FindObject [authentik_flows.flow, [slug, f]], policybindingmodel_ptr_id], policy: !KeyOf fixed, order: 0}}\n";
        assert_eq!(apply(&store, &text).await.changes.last().unwrap().name, "f #0 fixed");
    }

    async fn a_base_class_is_for_looking_only(database: Database) {
        let store = open(&database).await;
        let text = "entries:\n  - {id: s, model: authentik_flows.stage, identifiers: {name: s}}\n";
        assert!(refuse(&store, text).await.starts_with("2:20: entry `s`: The model `authentik_flows.stage` is unknown here."));
    }

    async fn a_reference_that_finds_nothing_is_said(database: Database) {
        let store = open(&database).await;
        let text = "entries:\n  - {model: authentik_stages_user_write.userwritestage, identifiers: {name: w}, attrs: {create_users_group: !Find [authentik_core.group, [name, nobody]]}}\n";
        let notes: Vec<String> = apply(&store, text).await.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes, ["2:109: entry `w`: `create_users_group`: The look-up finds nothing, so there is none."]);
    }
}

#[test]
fn what_can_t_be_compared_with_is_refused_at_its_place() {
    let text = "entries:
  - {id: a, model: authentik_core.group, identifiers: {name: a}, attrs: {attributes: {x: !Find [authentik_flows.flow, [slug__regex, '(']]}}}
  - {id: b, model: authentik_core.group, identifiers: {name: b}, attrs: {attributes: {x: !Find [authentik_flows.flow, [slug__in, a]]}}}
  - {id: c, model: authentik_core.group, identifiers: {name: c}, attrs: {attributes: {x: !Find [authentik_flows.stage, [nmae, a]]}}}
";
    let problems = check(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        problems,
        "\
2:133: entry `a`: This pattern is none, or one that is not possible here.
3:130: entry `b`: It has to be a list of what the field may be.
4:121: entry `c`: A stage has no field `nmae` to look for. Did you mean `name`?"
    );
}
