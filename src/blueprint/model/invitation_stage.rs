//! `authentik_stages_invitation.invitationstage`.

use super::Spec;
use super::attribute::{Attribute, Default, Kind, optional, required};
use super::stage::{StageModel, no_rules};

/// Full name.
pub const NAME: &str = "authentik_stages_invitation.invitationstage";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Line(255)),
    optional("continue_flow_without_invitation", Kind::Bool, Default::Bool(false)),
];

static SPEC: Spec = Spec { name: NAME, noun: "an invitation stage", unique: Some("name"), attributes: ATTRIBUTES };

/// The row of the table.
pub static MODEL: StageModel = StageModel { spec: &SPEC, kind: "invitation", rules: no_rules };
