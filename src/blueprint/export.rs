//! From a flow in the database to a blueprint that makes it again: names and slugs for keys, a fixed order, no secrets.

use super::emit;
use super::model::attribute::{Attribute, Kind};
use super::model::{self, Model, POLICIES, Record, STAGES};
use crate::domain::flow::Outline;
use crate::domain::policy::{Decider, PolicyBinding};
use crate::domain::stage::StageKind;
use crate::store::{self, Tx, flows};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use uuid::Uuid;

/// A flow with its prompts, policies, stages, bindings and policy bindings as a blueprint; nothing where there is no flow
/// of that slug.
///
/// Importing the text where it came from changes nothing, and where nothing is it makes all of it: stages that others
/// refer to come with it, before those. Groups, users and other flows that it refers to are looked for by their names.
/// What is secret, such as a mail password, is left out; a secret that a stage can't be without is asked for by
/// `!Context`. Keys of objects that are not known here are left out too.
pub async fn export(tx: &mut Tx, slug: &str) -> store::Result<Option<String>> {
    let Some(flow) = flows::find_by_slug(tx, slug).await? else { return Ok(None) };
    let outline = flows::outline(tx, flow).await?;
    let mut writer = Writer { ids: BTreeMap::new(), asked: BTreeSet::new(), out: String::new() };
    for part in parts(&outline) {
        if STAGES.contains(&part.model) {
            for part in with_needed(tx, part).await? {
                writer.entry(tx, part).await?;
            }
        } else {
            writer.entry(tx, part).await?;
        }
    }
    let mut out = format!(
        "version: 1\nmetadata:\n  name: {}\n  labels:\n    blueprints.goauthentik.io/generated: \"true\"\n",
        emit::text(&outline.flow.name)
    );
    if !writer.asked.is_empty() {
        out.push_str(
            "# What is secret is not exported; an import into an empty database needs these values.\ncontext:\n",
        );
        for key in &writer.asked {
            let _ = writeln!(out, "  {}: null", emit::text(key));
        }
    }
    out.push_str("entries:\n");
    Ok(Some(out + &writer.out))
}

/// One object of the flow.
struct Part {
    model: &'static str,
    key: Uuid,
    /// What `!KeyOf` calls it, where that can be told without looking at it.
    id: Option<String>,
}

fn part(model: &'static str, key: Uuid, id: impl Into<Option<String>>) -> Part {
    Part { model, key, id: id.into() }
}

/// A stage after those that it refers to, whether or not these are bound to the flow themselves.
async fn with_needed(tx: &mut Tx, stage: Part) -> store::Result<Vec<Part>> {
    let mut found: Vec<Part> = Vec::new();
    let mut open = vec![stage];
    while let Some(next) = open.pop() {
        if found.iter().any(|part| part.key == next.key) {
            continue;
        }
        if let Some((model, record)) = find(tx, &[next.model], next.key).await? {
            for attribute in model.spec().attributes {
                let models = attribute.kind.models().unwrap_or_default();
                if !models.iter().all(|model| STAGES.contains(model)) {
                    continue;
                }
                let Some(key) = record.values.get(attribute.name).and_then(key_of) else { continue };
                if let Some((model, record)) = find(tx, models, key).await? {
                    open.push(part(model.spec().name, key, format!("stage-{}", label(model, &record))));
                }
            }
        }
        found.push(next);
    }
    found.reverse();
    Ok(found)
}

fn key_of(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|key| Uuid::parse_str(key).ok())
}

/// Every object of a flow in the order in which one needs the other.
fn parts(outline: &Outline) -> Vec<Part> {
    let mut parts = vec![part(model::FLOW, outline.flow.id.0, "flow".to_owned())];
    for prompt in outline.prompts() {
        parts.push(part(model::PROMPT, prompt.id.0, format!("prompt-{}", prompt.name)));
    }
    let guards = || outline.policies.iter().chain(outline.steps.iter().flat_map(|step| &step.policies));
    let checks = outline.steps.iter().flat_map(|step| match &step.stage.kind {
        StageKind::Prompt(page) => page.validation_policies.as_slice(),
        _ => &[],
    });
    for policy in guards().filter_map(decided_by_policy).chain(checks.map(|policy| policy.0)) {
        parts.push(part(model::ANY_POLICY, policy, None));
    }
    for step in &outline.steps {
        parts.push(part(step.stage.kind.model(), step.stage.id.0, format!("stage-{}", step.stage.name)));
    }
    for step in &outline.steps {
        let id = format!("binding-{}-{}", step.binding.order, step.stage.name);
        parts.push(part(model::STAGE_BINDING, step.binding.id.0, id));
    }
    parts.extend(guards().map(|guard| part(model::POLICY_BINDING, guard.id.0, None)));
    parts
}

fn decided_by_policy(binding: &PolicyBinding) -> Option<Uuid> {
    match binding.decider {
        Decider::Policy(policy) => Some(policy.0),
        Decider::Group(_) | Decider::User(_) => None,
    }
}

struct Writer {
    /// What the objects so far are called, by key.
    ids: BTreeMap<Uuid, String>,
    /// Keys of `!Context` that whoever imports has to give a value.
    asked: BTreeSet<String>,
    out: String,
}

impl Writer {
    async fn entry(&mut self, tx: &mut Tx, part: Part) -> store::Result<()> {
        let Part { model: name, key, id } = part;
        if self.ids.contains_key(&key) {
            return Ok(());
        }
        let names = if name == model::ANY_POLICY { POLICIES } else { &[name] };
        let Some((model, record)) = find(tx, names, key).await? else { return Ok(()) };
        let id = match (id, name) {
            (Some(id), _) => id,
            (None, model::ANY_POLICY) => format!("policy-{}", label(model, &record)),
            (None, _) => String::new(),
        };
        let _ = writeln!(self.out, "  - model: {}", model.spec().name);
        if !id.is_empty() {
            let _ = writeln!(self.out, "    id: {}", emit::text(&id));
        }
        self.ids.insert(key, id);
        let is_identifier = |attribute: &&Attribute| is_identifier(model, &record, attribute);
        let attributes = model.spec().attributes;
        self.out.push_str("    identifiers:\n");
        for attribute in attributes.iter().filter(is_identifier) {
            self.attribute(tx, attribute, &record).await?;
        }
        self.out.push_str("    attrs:\n");
        for attribute in attributes.iter().filter(|attribute| !is_identifier(attribute)) {
            self.attribute(tx, attribute, &record).await?;
        }
        // An entry without attributes has an empty mapping, not nothing.
        if self.out.ends_with("    attrs:\n") {
            self.out.truncate(self.out.len() - "    attrs:\n".len());
        }
        Ok(())
    }

    async fn attribute(&mut self, tx: &mut Tx, attribute: &Attribute, record: &Record) -> store::Result<()> {
        match attribute.kind {
            // Said whether or not there is one, so that a text is the same wherever it was exported.
            Kind::Foreign => {
                let _ = writeln!(self.out, "      # {}: not exported, only this database knows it", attribute.name);
                return Ok(());
            }
            Kind::Secret(_) if attribute.is_required() => {
                let name = record.values.get("name").and_then(Value::as_str).unwrap_or_default();
                let key = format!("{name}-{}", attribute.name);
                let _ = writeln!(self.out, "      {}: !Context {}", attribute.name, emit::text(&key));
                self.asked.insert(key);
                return Ok(());
            }
            _ => {}
        }
        let Some(value) = record.values.get(attribute.name).and_then(|value| attribute.kind.show(value)) else {
            return Ok(());
        };
        let Some(models) = attribute.kind.models() else {
            self.out.push_str("      ");
            emit::pair(&mut self.out, 6, attribute.name, &value);
            return Ok(());
        };
        match &value {
            Value::Array(keys) => {
                let mut lines = Vec::new();
                for key in keys {
                    lines.extend(self.reference(tx, models, key).await?);
                }
                if lines.is_empty() {
                    let _ = writeln!(self.out, "      {}: []", attribute.name);
                } else {
                    let _ = writeln!(self.out, "      {}:", attribute.name);
                    for line in lines {
                        let _ = writeln!(self.out, "        - {line}");
                    }
                }
            }
            key => {
                let reference = self.reference(tx, models, key).await?.unwrap_or_else(|| "null".to_owned());
                let _ = writeln!(self.out, "      {}: {reference}", attribute.name);
            }
        }
        Ok(())
    }

    /// How an object is referred to; nothing where there is none.
    async fn reference(&mut self, tx: &mut Tx, models: &[&str], key: &Value) -> store::Result<Option<String>> {
        let Some(key) = key_of(key) else { return Ok(None) };
        if let Some(id) = self.ids.get(&key).filter(|id| !id.is_empty()) {
            return Ok(Some(format!("!KeyOf {}", emit::text(id))));
        }
        let Some((model, record)) = find(tx, models, key).await? else { return Ok(None) };
        let unique = model.spec().unique.unwrap_or("pk");
        Ok(Some(format!("!Find [{}, [{unique}, {}]]", model.spec().name, emit::quoted(label(model, &record)))))
    }
}

async fn find(tx: &mut Tx, models: &[&str], key: Uuid) -> store::Result<Option<(&'static dyn Model, Record)>> {
    for name in models {
        let Ok(model) = model::find(name) else { continue };
        if let Some(record) = model.by_key(tx, key).await? {
            return Ok(Some((model, record)));
        }
    }
    Ok(None)
}

fn label<'r>(model: &dyn Model, record: &'r Record) -> &'r str {
    model.spec().unique.and_then(|unique| record.values.get(unique)).and_then(Value::as_str).unwrap_or_default()
}

/// Objects are found again by their unique attribute; bindings by their order and both their ends.
fn is_identifier(model: &dyn Model, record: &Record, attribute: &Attribute) -> bool {
    if let Some(unique) = model.spec().unique {
        return attribute.name == unique;
    }
    let is_end = matches!(attribute.kind, Kind::Reference(_) | Kind::MaybeReference(_));
    let is_set = record.values.get(attribute.name).is_some_and(|value| !value.is_null());
    attribute.name == "order" || (is_end && is_set)
}
