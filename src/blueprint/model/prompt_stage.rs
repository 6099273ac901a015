//! `authentik_stages_prompt.promptstage`.

use super::Spec;
use super::attribute::{Attribute, Default, Kind, optional, required};
use super::stage::{StageModel, no_rules};

/// Full name.
pub const NAME: &str = "authentik_stages_prompt.promptstage";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Line(255)),
    required("fields", Kind::References(&[super::prompt::NAME])),
    optional("validation_policies", Kind::MaybeReferences(super::POLICIES), Default::EmptyList),
];

static SPEC: Spec = Spec { name: NAME, noun: "a prompt stage", unique: Some("name"), attributes: ATTRIBUTES };

/// The row of the table.
pub static MODEL: StageModel = StageModel { spec: &SPEC, kind: "prompt", rules: no_rules };
