//! Stages that are kept and not executed here, one row each.

use super::attribute::{Attribute, Default, Kind, optional, required};
use super::fault::Fault;
use super::stage::{StageModel, no_rules};
use super::{FLOW, Spec};
use crate::domain::Mapping;
use crate::domain::stage::OtherModel;
use serde_json::Value;

const NAME: Attribute = required("name", Kind::Line(255));

/// How long a consent, a link or a session lasts.
const SECOND: i64 = 1;
const MINUTE: i64 = 60 * SECOND;
const WEEK: i64 = 7 * 24 * 60 * MINUTE;

/// A row: model, noun, the attributes beside the name, and what must hold between them.
macro_rules! row {
    ($(#[$doc:meta])* $row:ident, $model:ident, $noun:literal, [$($attribute:expr),* $(,)?], $rules:expr) => {
        $(#[$doc])*
        pub static $row: StageModel = StageModel {
            spec: &Spec {
                name: OtherModel::$model.as_str(),
                noun: $noun,
                unique: Some("name"),
                attributes: &[NAME, $($attribute),*],
            },
            kind: "other",
            rules: $rules,
        };
    };
}

row!(
    /// Sends a mail.
    EMAIL,
    Email,
    "an email stage",
    [
        optional("use_global_settings", Kind::Bool, Default::Bool(false)),
        optional("host", Kind::Line(255), Default::Text("localhost")),
        optional("port", Kind::Within(1, 65_535), Default::Int(25)),
        optional("username", Kind::Blank(255), Default::Text("")),
        optional("password", Kind::Secret(1000), Default::Text("")),
        optional("use_tls", Kind::Bool, Default::Bool(false)),
        optional("use_ssl", Kind::Bool, Default::Bool(false)),
        optional("timeout", Kind::Within(1, i32::MAX), Default::Int(10)),
        optional("from_address", Kind::Email, Default::Text("system@authentik.local")),
        optional("token_expiry", Kind::DurationOrMinutes, Default::Int(30 * MINUTE)),
        optional("subject", Kind::Line(1000), Default::Text("authentik")),
        optional("template", Kind::Line(1000), Default::Text("email/password_reset.html")),
        optional("activate_user_on_success", Kind::Bool, Default::Bool(false)),
        optional("recovery_max_attempts", Kind::Unsigned, Default::Int(5)),
        optional("recovery_cache_timeout", Kind::Duration, Default::Int(5 * MINUTE)),
    ],
    |values| match values.get("template").and_then(Value::as_str) {
        Some(template) if template.rsplit_once('.').is_none_or(|(_, ending)| ending != "html") => {
            vec![Fault::of("template", "A template is a file such as `email/account_confirmation.html`.")]
        }
        _ => Vec::new(),
    }
);

row!(
    /// Asks who somebody is.
    IDENTIFICATION,
    Identification,
    "an identification stage",
    [
        optional("user_fields", Kind::Choices(&["email", "username", "upn"]), Default::EmptyList),
        optional("password_stage", Kind::MaybeReference(&[OtherModel::Password.as_str()]), Default::Null),
        optional("captcha_stage", Kind::MaybeReference(&[OtherModel::Captcha.as_str()]), Default::Null),
        optional("webauthn_stage", Kind::Foreign, Default::Null),
        optional("enrollment_flow", Kind::MaybeReference(&[FLOW]), Default::Null),
        optional("recovery_flow", Kind::MaybeReference(&[FLOW]), Default::Null),
        optional("passwordless_flow", Kind::MaybeReference(&[FLOW]), Default::Null),
        optional("case_insensitive_matching", Kind::Bool, Default::Bool(true)),
        optional("show_matched_user", Kind::Bool, Default::Bool(true)),
        optional("pretend_user_exists", Kind::Bool, Default::Bool(true)),
        optional("enable_remember_me", Kind::Bool, Default::Bool(false)),
        optional("sources", Kind::Foreign, Default::EmptyList),
        optional("show_source_labels", Kind::Bool, Default::Bool(false)),
    ],
    |values| {
        let is_empty = |name: &str| values.get(name).and_then(Value::as_array).is_none_or(Vec::is_empty);
        if is_empty("user_fields") && is_empty("sources") {
            let message = "Without `user_fields` there has to be a source.";
            return vec![Fault::between("user_fields", &["sources"], message)];
        }
        Vec::new()
    }
);

row!(
    /// Asks for the password of who is known.
    PASSWORD,
    Password,
    "a password stage",
    [
        required(
            "backends",
            Kind::Choices(&[
                "authentik.core.auth.InbuiltBackend",
                "authentik.core.auth.TokenBackend",
                "authentik.sources.ldap.auth.LDAPBackend",
                "authentik.sources.kerberos.auth.KerberosBackend",
            ])
        ),
        optional("configure_flow", Kind::MaybeReference(&[FLOW]), Default::Null),
        optional("failed_attempts_before_cancel", Kind::Integer, Default::Int(5)),
        optional("allow_show_password", Kind::Bool, Default::Bool(false)),
    ],
    no_rules
);

row!(
    /// Refuses.
    DENY,
    Deny,
    "a deny stage",
    [optional("deny_message", Kind::Blank(10_000), Default::Text(""))],
    no_rules
);

row!(
    /// Leads elsewhere.
    REDIRECT,
    Redirect,
    "a redirect stage",
    [
        required("mode", Kind::Choice(&["static", "flow"])),
        optional("target_static", Kind::Blank(1000), Default::Text("")),
        optional("target_flow", Kind::MaybeReference(&[FLOW]), Default::Null),
        optional("keep_context", Kind::Bool, Default::Bool(true)),
    ],
    redirect
);

fn redirect(values: &Mapping) -> Vec<Fault> {
    let has = |name: &str| values.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    match values.get("mode").and_then(Value::as_str) {
        Some("static") if !has("target_static") => {
            vec![Fault::between("target_static", &["mode"], "With the mode `static` a `target_static` is needed.")]
        }
        Some("flow") if !has("target_flow") => {
            vec![Fault::between("target_flow", &["mode"], "With the mode `flow` a `target_flow` is needed.")]
        }
        _ => Vec::new(),
    }
}

row!(
    /// Does nothing.
    DUMMY,
    Dummy,
    "a dummy stage",
    [optional("throw_error", Kind::Bool, Default::Bool(false))],
    no_rules
);

row!(
    /// Asks for consent.
    CONSENT,
    Consent,
    "a consent stage",
    [
        optional("mode", Kind::Choice(&["always_require", "permanent", "expiring"]), Default::Text("expiring")),
        optional("consent_expire_in", Kind::Duration, Default::Int(4 * WEEK)),
    ],
    no_rules
);

row!(
    /// Asks whether somebody is human.
    CAPTCHA,
    Captcha,
    "a captcha stage",
    [
        required("public_key", Kind::Line(1000)),
        required("private_key", Kind::Secret(1000)),
        optional("js_url", Kind::Line(1000), Default::Text("https://www.recaptcha.net/recaptcha/api.js")),
        optional("api_url", Kind::Line(1000), Default::Text("https://www.recaptcha.net/recaptcha/api/siteverify")),
        optional("interactive", Kind::Bool, Default::Bool(false)),
        optional("score_min_threshold", Kind::Float, Default::Float(0.5)),
        optional("score_max_threshold", Kind::Float, Default::Float(1.0)),
        optional("error_on_invalid_score", Kind::Bool, Default::Bool(true)),
    ],
    no_rules
);

row!(
    /// Deletes the account.
    USER_DELETE,
    UserDelete,
    "a user delete stage",
    [],
    no_rules
);

row!(
    /// Signs out.
    USER_LOGOUT,
    UserLogout,
    "a user logout stage",
    [],
    no_rules
);
