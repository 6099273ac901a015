//! `authentik_stages_user_login.userloginstage`.

use super::Spec;
use super::attribute::{Attribute, Default, Kind, optional, required};
use super::stage::{StageModel, no_rules};
use crate::domain::stage::{GeoipBinding, NetworkBinding};

/// Full name.
pub const NAME: &str = "authentik_stages_user_login.userloginstage";

const ATTRIBUTES: &[Attribute] = &[
    required("name", Kind::Line(255)),
    optional("session_duration", Kind::Duration, Default::Int(0)),
    optional("terminate_other_sessions", Kind::Bool, Default::Bool(false)),
    optional("remember_me_offset", Kind::Duration, Default::Int(0)),
    optional("remember_device", Kind::Duration, Default::Int(30 * 86_400)),
    optional("network_binding", Kind::Choice(NetworkBinding::NAMES), Default::Text("no_binding")),
    optional("geoip_binding", Kind::Choice(GeoipBinding::NAMES), Default::Text("no_binding")),
];

static SPEC: Spec = Spec { name: NAME, noun: "a user login stage", unique: Some("name"), attributes: ATTRIBUTES };

/// The row of the table.
pub static MODEL: StageModel = StageModel { spec: &SPEC, kind: "user_login", rules: no_rules };
