//! Models that have something in common: look-ups may name what authentik derives them from.

use super::attribute::Attribute;
use super::{ANY_POLICY, Model, NoModel, POLICIES, STAGES, find, flow, subject};

/// What authentik derives every stage from.
const ANY_STAGE: &str = "authentik_flows.stage";

/// One model, or several with common attributes. Never empty.
#[derive(Debug, Clone, Copy)]
pub struct Family(&'static [&'static str]);

/// The model of a name, or the models that authentik derives from it.
pub fn find_family(name: &str) -> Result<Family, NoModel> {
    match name.to_ascii_lowercase().as_str() {
        ANY_STAGE => Ok(Family(STAGES)),
        ANY_POLICY => Ok(Family(POLICIES)),
        _ => find(name).map(|model| Family(std::slice::from_ref(&model.spec().name))),
    }
}

impl Family {
    /// These models, as an attribute names those that it may refer to.
    pub fn of(models: &'static [&'static str]) -> Self {
        Self(if models.is_empty() { &[flow::NAME] } else { models })
    }

    /// Their names.
    pub fn models(self) -> &'static [&'static str] {
        self.0
    }

    /// The first of them.
    pub fn first(self) -> &'static dyn Model {
        find(self.0[0]).unwrap_or(&flow::Flows)
    }

    /// The attributes of any of them.
    pub fn attributes(self) -> impl Iterator<Item = &'static Attribute> {
        self.0.iter().filter_map(|name| find(name).ok()).flat_map(|model| model.spec().attributes)
    }

    /// The first attribute of a name that any of them has.
    pub fn attribute(self, name: &str) -> Option<&'static Attribute> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// What a sentence about one of them begins with.
    pub fn subject(self) -> String {
        if self.0.len() == 1 {
            return subject(self.first());
        }
        let family = super::family(self.0);
        family[..1].to_uppercase() + &family[1..]
    }
}
