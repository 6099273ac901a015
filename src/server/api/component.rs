//! The part of a challenge that its stage says: the component's name, and what it asks.

use serde_json::{Value, json};

use super::call::{Call, Object, object};
use super::refusal::AVATAR;
use crate::domain::prompt_data::as_text;
use crate::executor::component::{About, Identification};
use crate::executor::{Component, Field};

/// The component.
pub fn of(call: &Call, component: &Component) -> Object {
    object(match component {
        Component::Prompt(fields) => {
            json!({ "component": "ak-stage-prompt", "fields": fields.iter().map(field).collect::<Vec<_>>() })
        }
        Component::Identification(asked) => identification(call, asked),
        Component::Password { username, recovery, may_show } => {
            let mut shown = json!({
                "component": "ak-stage-password",
                "pending_user": username,
                "pending_user_avatar": AVATAR,
                "allow_show_password": may_show,
            });
            if let Some(slug) = recovery {
                shown["recovery_url"] = format!("{}/if/flow/{slug}/", call.server.base).into();
            }
            shown
        }
        Component::Consent { about, token } => consent(call, *about, token),
        Component::Email { .. } => json!({ "component": "ak-stage-email" }),
        Component::Dummy { name } => json!({ "component": "ak-stage-dummy", "name": name }),
        Component::UserLogin { username } => json!({
            "component": "ak-stage-user-login",
            "pending_user": username,
            "pending_user_avatar": AVATAR,
        }),
        Component::Redirect { to } => json!({ "component": "xak-flow-redirect", "to": call.server.path(to) }),
        // In authentik whoever looks runs such a stage. Here looking changes nothing, so any answer is waited for, as by the
        // one component that asks for no more.
        Component::Continue => json!({ "component": "ak-stage-dummy", "name": "Continue" }),
    })
}

fn field(field: &Field) -> Value {
    let choice =
        |choice: &crate::domain::prompt::Choice| json!({ "value": as_text(&choice.value), "label": choice.label });
    let choices = field.kind.is_choice().then(|| field.choices.iter().map(choice).collect::<Vec<_>>());
    json!({
        "field_key": field.key,
        "label": field.label,
        "type": field.kind.as_str(),
        "required": field.required,
        "placeholder": field.placeholder,
        "initial_value": field.initial,
        "order": field.order,
        "sub_text": field.sub_text,
        "choices": choices,
    })
}

fn identification(call: &Call, asked: &Identification) -> Value {
    let address = |slug: &Option<String>| slug.as_ref().map(|slug| format!("{}/if/flow/{slug}/", call.server.base));
    let mut shown = json!({
        "component": "ak-stage-identification",
        "user_fields": asked.user_fields.iter().map(|field| field.as_str()).collect::<Vec<_>>(),
        "password_fields": asked.asks_password,
        "allow_show_password": asked.may_show,
        "flow_designation": call.flow.designation.as_str(),
        "captcha_stage": null,
        "enable_remember_me": asked.may_remember,
        "primary_action": if asked.asks_password { "Log in" } else { "Continue" },
        "sources": [],
        "show_source_labels": false,
    });
    for (key, flow) in [("enroll_url", &asked.enrollment), ("recovery_url", &asked.recovery)] {
        if let Some(address) = address(flow) {
            shown[key] = address.into();
        }
    }
    shown
}

fn consent(call: &Call, about: About, token: &str) -> Value {
    let mut shown = json!({
        "component": "ak-stage-consent",
        "pending_user": call.user.as_deref().unwrap_or_default(),
        "pending_user_avatar": AVATAR,
        "permissions": [],
        "additional_permissions": [],
        "token": token,
    });
    if about == About::MailLink {
        shown["header_text"] = "Continue to confirm this email address.".into();
    }
    shown
}
