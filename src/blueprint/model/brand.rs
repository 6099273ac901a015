//! `authentik_brands.brand`.

use super::attribute::{Attribute, Default, Kind, optional, required};
use super::{FLOW, Model, Pending, Record, Save, Spec};
use crate::domain::Mapping;
use crate::domain::brand::Brand;
use crate::domain::event::Act;
use crate::domain::id::BrandId;
use crate::store::{self, StoreError, Tx, brands};
use serde_json::Value;
use uuid::Uuid;

/// Full name.
pub const NAME: &str = "authentik_brands.brand";

const ATTRIBUTES: &[Attribute] = &[
    required("domain", Kind::Line(1000)),
    optional("default", Kind::Bool, Default::Bool(false)),
    optional("branding_title", Kind::Line(1000), Default::Text("authentik")),
    optional("branding_logo", Kind::Line(1000), Default::Text("/static/dist/assets/icons/icon_left_brand.svg")),
    optional("branding_favicon", Kind::Line(1000), Default::Text("/static/dist/assets/icons/icon.png")),
    optional("branding_custom_css", Kind::Lines(100_000), Default::Text("")),
    optional(
        "branding_default_flow_background",
        Kind::Line(1000),
        Default::Text("/static/dist/assets/images/flow_background.jpg"),
    ),
    optional("flow_authentication", Kind::MaybeReference(&[FLOW]), Default::Null),
    optional("flow_invalidation", Kind::MaybeReference(&[FLOW]), Default::Null),
    optional("flow_recovery", Kind::MaybeReference(&[FLOW]), Default::Null),
    optional("flow_unenrollment", Kind::MaybeReference(&[FLOW]), Default::Null),
    optional("flow_user_settings", Kind::MaybeReference(&[FLOW]), Default::Null),
    optional("flow_device_code", Kind::MaybeReference(&[FLOW]), Default::Null),
    optional("default_application", Kind::Foreign, Default::Null),
    optional("web_certificate", Kind::Foreign, Default::Null),
    optional("client_certificates", Kind::Foreign, Default::EmptyList),
    optional("attributes", Kind::Mapping, Default::EmptyMapping),
];

static SPEC: Spec = Spec { name: NAME, noun: "a brand", unique: Some("domain"), attributes: ATTRIBUTES };

/// The row of the table.
pub struct Brands;

fn record(brand: &Brand) -> Record {
    let mut values = brand.settings.clone();
    values.insert("domain".to_owned(), Value::from(brand.domain.clone()));
    values.insert("default".to_owned(), Value::from(brand.is_default));
    Record { key: brand.id.0, values }
}

fn read(key: Uuid, values: &Mapping) -> store::Result<Brand> {
    let mut settings = values.clone();
    match (settings.remove("domain"), settings.remove("default")) {
        (Some(Value::String(domain)), Some(Value::Bool(is_default))) => {
            Ok(Brand { id: BrandId(key), domain, is_default, settings })
        }
        _ => Err(StoreError::corrupt(NAME, "attributes of the wrong type")),
    }
}

impl Model for Brands {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>> {
        Box::pin(async move { Ok(brands::find(tx, BrandId(key)).await?.as_ref().map(record)) })
    }

    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(async move { Ok(brands::find_by_domain(tx, name).await?.as_ref().map(record)) })
    }

    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>> {
        Box::pin(async move { Ok(brands::list(tx).await?.iter().map(record).collect()) })
    }

    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()> {
        Box::pin(async move {
            let brand = read(save.key, save.values)?;
            match save.before {
                None => brands::insert(tx, &brand, save.act).await,
                Some(_) => brands::update(tx, &brand, save.act).await,
            }
        })
    }

    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()> {
        Box::pin(async move { brands::delete(tx, &read(record.key, &record.values)?, act).await })
    }
}
