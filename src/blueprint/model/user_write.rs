//! `authentik_stages_user_write.userwritestage`.

use super::Spec;
use super::attribute::{Attribute, Default, Kind, optional, required};
use super::stage::{StageModel, no_rules};
use crate::domain::stage::{UserCreationMode, UserType};

/// Full name.
pub const NAME: &str = "authentik_stages_user_write.userwritestage";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Line(255)),
    optional("user_creation_mode", Kind::Choice(UserCreationMode::NAMES), Default::Text("create_when_required")),
    optional("create_users_as_inactive", Kind::Bool, Default::Bool(false)),
    optional("create_users_group", Kind::MaybeReference(&[super::group::NAME]), Default::Null),
    optional("user_type", Kind::Choice(UserType::NAMES), Default::Text("external")),
    optional("user_path_template", Kind::Blank(255), Default::Text("")),
];

static SPEC: Spec = Spec { name: NAME, noun: "a user write stage", unique: Some("name"), attributes: ATTRIBUTES };

/// The row of the table.
pub static MODEL: StageModel = StageModel { spec: &SPEC, kind: "user_write", rules: no_rules };
