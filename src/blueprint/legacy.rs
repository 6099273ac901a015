//! Formats of the wild: what older versions of authentik wrote, turned into what it means today. `.akflow` files are JSON
//! with `version: 1` and keys for identifiers, which needs nothing more than that.

use super::document::{Document, Entry};
use super::node::{Key, Kind, Node};
use super::problem::Problems;
use serde_json::Value;
use std::collections::HashMap;

const PROMPT: &str = "authentik_stages_prompt.prompt";
const PROMPT_STAGE: &str = "authentik_stages_prompt.promptstage";
const USER_WRITE: &str = "authentik_stages_user_write.userwritestage";
const BINDING: &str = "authentik_flows.flowstagebinding";
/// Merged into the password policy in 2022.11; the name is spelt as it was.
const PWNED: &str = "authentik_policies_hibp.haveibeenpwendpolicy";
const PASSWORD_POLICY: &str = "authentik_policies_password.passwordpolicy";

/// Puts today's words for old ones; each change is noted.
pub fn modernize(document: &mut Document) -> Problems {
    let mut notes = Problems::default();
    let stages = asking(&document.entries);
    let names: Vec<Option<String>> = document.entries.iter().map(|entry| missing_name(entry, &stages)).collect();
    for (entry, name) in document.entries.iter_mut().zip(names) {
        let Some(model) = entry.model.as_text().map(str::to_ascii_lowercase) else { continue };
        match model.as_str() {
            PROMPT => prompt(entry, name, &mut notes),
            BINDING => binding(entry, &mut notes),
            USER_WRITE => user_write(entry, &mut notes),
            PWNED => pwned(entry, &mut notes),
            _ => {}
        }
    }
    notes
}

fn is(entry: &Entry, model: &str) -> bool {
    entry.model.as_text().is_some_and(|name| name.eq_ignore_ascii_case(model))
}

fn find<'e>(entry: &'e Entry, name: &str) -> Option<&'e Node> {
    entry.attrs.iter().chain(&entry.identifiers).find(|(key, _)| key.text == name).map(|(_, node)| node)
}

fn set(entry: &mut Entry, name: &str, value: Value) {
    let key = Key { line: entry.line, column: entry.column, text: name.to_owned() };
    entry.attrs.push((key, Node { line: entry.line, column: entry.column, tag: None, kind: Kind::Scalar(value) }));
}

fn note(entry: &Entry, notes: &mut Problems, message: String) {
    let mut problem = entry.model.problem(message);
    problem.entry = entry.label().map(str::to_owned);
    notes.push(problem);
}

/// The name of the first stage that asks each prompt, by what the stage calls the prompt: `!KeyOf` and an id, or a key.
fn asking(all: &[Entry]) -> HashMap<(bool, String), String> {
    let mut stages = HashMap::new();
    for stage in all.iter().filter(|entry| is(entry, PROMPT_STAGE)) {
        let Some(name) = find(stage, "name").and_then(Node::as_text) else { continue };
        let Some(Kind::List(items)) = find(stage, "fields").map(|node| &node.kind) else { continue };
        for item in items {
            let by_id = item.tag.as_deref() == Some("KeyOf");
            if let (true, Kind::Scalar(Value::String(text))) = (by_id || item.tag.is_none(), &item.kind) {
                stages.entry((by_id, text.clone())).or_insert_with(|| name.to_owned());
            }
        }
    }
    stages
}

/// The name that authentik's own migration would give a prompt from before names (2023.2): its field key and the first
/// stage that asks it.
fn missing_name(entry: &Entry, stages: &HashMap<(bool, String), String>) -> Option<String> {
    if !is(entry, PROMPT) || find(entry, "name").is_some() {
        return None;
    }
    let key = find(entry, "field_key")?.as_text()?;
    let pk = entry.identifiers.iter().find(|(key, _)| key.text == "pk").and_then(|(_, node)| node.as_text());
    let by_id = entry.id.clone().and_then(|id| stages.get(&(true, id)));
    let by_pk = pk.and_then(|pk| stages.get(&(false, pk.to_owned())));
    let of = by_id.or(by_pk).map(String::as_str).or(pk)?;
    Some(format!("{key}_{of}"))
}

fn prompt(entry: &mut Entry, name: Option<String>, notes: &mut Problems) {
    if let Some(name) = name {
        note(entry, notes, format!("The prompt has no name, as before 2023.2; it is called `{name}`."));
        set(entry, "name", Value::from(name));
    }
    let has_type = find(entry, "type").is_some();
    for (key, node) in &mut entry.attrs {
        if key.text == "prompt_type" && !has_type {
            "type".clone_into(&mut key.text);
        }
        if key.text != "type" || node.tag.is_some() {
            continue;
        }
        let today = match node.as_text() {
            Some("data") => "date",
            Some("data-time") => "date-time",
            _ => continue,
        };
        notes.push(node.problem(format!("The type was spelt so before 2021.3; it is `{today}`.")));
        node.kind = Kind::Scalar(Value::from(today));
    }
}

/// Before 2023.3 policies were evaluated when the plan was made unless the file said otherwise. Exports of then find
/// everything by keys; elsewhere it is a mistake of today.
fn binding(entry: &mut Entry, notes: &mut Problems) {
    let is_off = find(entry, "re_evaluate_policies").is_some_and(|node| node.is_truthy() == Some(false));
    let is_export = entry.identifiers.iter().any(|(key, _)| key.text == "pk");
    if is_off && is_export && find(entry, "evaluate_on_plan").is_none() {
        note(entry, notes, "`evaluate_on_plan` is on, as it was by default before 2023.3.".to_owned());
        set(entry, "evaluate_on_plan", Value::Bool(true));
    }
}

/// 2022.12 alone had a boolean here.
fn user_write(entry: &mut Entry, notes: &mut Problems) {
    let Some(may) = find(entry, "can_create_users").and_then(Node::is_truthy) else { return };
    entry.attrs.retain(|(key, _)| key.text != "can_create_users");
    if find(entry, "user_creation_mode").is_none() {
        let mode = if may { "create_when_required" } else { "never_create" };
        note(entry, notes, format!("`can_create_users` of 2022.12 means `user_creation_mode: {mode}`."));
        set(entry, "user_creation_mode", Value::from(mode));
    }
}

fn pwned(entry: &mut Entry, notes: &mut Problems) {
    note(entry, notes, "This policy is part of the password policy since 2022.11.".to_owned());
    entry.model.kind = Kind::Scalar(Value::from(PASSWORD_POLICY));
    for (key, _) in &mut entry.attrs {
        if key.text == "allowed_count" {
            "hibp_allowed_count".clone_into(&mut key.text);
        }
    }
    set(entry, "check_have_i_been_pwned", Value::Bool(true));
    set(entry, "check_static_rules", Value::Bool(false));
}
