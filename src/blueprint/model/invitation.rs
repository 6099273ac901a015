//! `authentik_stages_invitation.invitation`.
//!
//! `expires` that is not named means never, as in every blueprint. `single_use` is kept as `max_uses`, which blueprints
//! of our own may name directly, as they may `note`. The acting administrator becomes the creator.

use super::attribute::{Attribute, Default, Kind, not_kept, optional, required, show_instant};
use super::fault::Fault;
use super::{Model, Pending, Record, Save, Spec};
use crate::clock;
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::id::{FlowId, InvitationId};
use crate::domain::invitation::{Invitation, Settings, check_fixed_data};
use crate::domain::slug::Slug;
use crate::store::invitations::{self, Filter, Sort};
use crate::store::page::Anchor;
use crate::store::{self, StoreError, Tx};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_stages_invitation.invitation";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Slug),
    optional("flow", Kind::MaybeReference(&[super::flow::NAME]), Default::Null),
    optional("expires", Kind::Instant, Default::Null),
    optional("fixed_data", Kind::Mapping, Default::EmptyMapping),
    optional("max_uses", Kind::Count, Default::Null),
    optional("note", Kind::Blank(500), Default::Text("")),
    not_kept("single_use", Kind::Bool),
    not_kept("created_by", Kind::NotApplied("whoever imports an invitation is its creator")),
];

static SPEC: Spec = Spec { name: NAME, noun: "an invitation", unique: Some("name"), attributes: ATTRIBUTES };

/// More than anybody looks through for one that is not found by its name.
const MANY: usize = 100_000;

/// The row of the table.
pub struct Invitations;

fn record(invitation: &Invitation) -> Record {
    let settings = &invitation.settings;
    let values = json!({
        "name": settings.name.as_str(),
        "flow": settings.flow.map(|flow| flow.0.to_string()),
        "expires": settings.expires.map(show_instant),
        "fixed_data": settings.fixed_data,
        "max_uses": settings.max_uses,
        "single_use": settings.max_uses == Some(1),
        "note": settings.note,
        "uses": invitation.uses,
        "revision": invitation.revision,
    });
    Record { key: invitation.id.0, values: values.as_object().cloned().unwrap_or_default() }
}

fn part<T: DeserializeOwned>(values: &Mapping, name: &str) -> store::Result<T> {
    serde_json::from_value(values.get(name).cloned().unwrap_or_default())
        .map_err(|error| StoreError::corrupt(NAME, error))
}

fn settings(values: &Mapping) -> store::Result<Settings> {
    Ok(Settings {
        name: part::<Slug>(values, "name")?,
        flow: part::<Option<FlowId>>(values, "flow")?,
        expires: part::<Option<DateTime<Utc>>>(values, "expires")?,
        fixed_data: part(values, "fixed_data")?,
        max_uses: part(values, "max_uses")?,
        note: part(values, "note")?,
    })
}

impl Model for Invitations {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn translate(&self, given: &mut Mapping, before: Option<&Record>) {
        let Some(Value::Bool(single)) = given.remove("single_use") else { return };
        let limit = before.and_then(|record| record.values.get("max_uses")).and_then(Value::as_u64);
        if single {
            given.insert("max_uses".to_owned(), Value::from(1));
        } else if limit == Some(1) && !given.contains_key("max_uses") {
            given.insert("max_uses".to_owned(), Value::Null);
        }
    }

    fn check(&self, values: &Mapping, before: Option<&Record>) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Some(Value::Object(data)) = values.get("fixed_data") {
            faults.extend(check_fixed_data(data).err().map(|message| Fault::of("fixed_data", message)));
        }
        let uses = before.and_then(|record| record.values.get("uses")).and_then(Value::as_u64).unwrap_or(0);
        if values.get("max_uses").and_then(Value::as_u64).is_some_and(|limit| limit < uses) {
            let message = format!("The invitation has been used {uses} times already.");
            faults.push(Fault::between("max_uses", &["single_use"], message));
        }
        faults
    }

    // Expired ones are found too: authentik does not see them and makes a second one of the same name.

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(
            async move { Ok(invitations::find(tx, InvitationId(key)).await?.map(|view| record(&view.invitation))) },
        )
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move { Ok(invitations::find_by_name(tx, name).await?.map(|view| record(&view.invitation))) })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move {
            let page =
                invitations::page(tx, &Filter::default(), Sort::default(), clock::now(), &Anchor::First, MANY).await?;
            Ok(page.rows.iter().map(|view| record(&view.invitation)).collect())
        })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let (id, settings) = (InvitationId(save.key), settings(save.values)?);
            match save.before {
                None => invitations::insert(tx, id, &settings, save.act).await,
                Some(before) => {
                    let revision = part(&before.values, "revision")?;
                    invitations::update(tx, id, revision, &settings, save.act).await
                }
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(invitations::delete(tx, InvitationId(record.key), act))
    }
}
