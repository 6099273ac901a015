//! What prompt data and policies say about an account (flow-execution reference, section 7).

use serde_json::Value;

use crate::clock;
use crate::domain::Mapping;
use crate::domain::enrollment::Context;
use crate::domain::event::Act;
use crate::domain::id::{GroupId, UserId};
use crate::domain::prompt::Prompt;
use crate::domain::prompt_data;
use crate::domain::stage::{UserType, UserWriteStage};
use crate::domain::text;
use crate::domain::user::{User, Username, check_path};
use crate::store::{Tx, groups};

use super::super::guard::reference;
use super::super::memo::Halt;

/// Where new accounts go when nothing says otherwise.
const DEFAULT_PATH: &str = "users";
/// The longest display name or address that is kept, in characters: what a prompt lets through must not fail here, where
/// nobody could mend it.
const MAX_LINE: usize = Prompt::MAX_ANSWER;

/// A new account as a stage makes it, without a password; [`describe`] adds what is known of the person.
pub(crate) fn fresh(stage: &UserWriteStage, context: &Context, host: &str, username: Username, act: &Act<'_>) -> User {
    User {
        id: UserId(clock::new_id()),
        username,
        name: String::new(),
        email: String::new(),
        is_active: !stage.create_users_as_inactive,
        path: path(stage, host),
        kind: user_type(context).unwrap_or(stage.own_type()),
        attributes: Mapping::new(),
        password: None,
        created_at: act.at,
        last_login: None,
    }
}

/// Writes what the context says into a user that is new or was read.
pub(crate) fn describe(user: &mut User, context: &Context, is_new: bool) -> Result<(), Halt> {
    let data = &context.prompt_data;
    if let Some(name) = data.get("username").map(prompt_data::as_text) {
        user.username = Username::parse(&name).map_err(|why| wrong("username", &why))?;
    }
    for (field, value) in [("name", &mut user.name), ("email", &mut user.email)] {
        if let Some(given) = data.get(field).map(prompt_data::as_text) {
            text::check_line(&given, MAX_LINE).map_err(|why| wrong(field, &why))?;
            *value = given;
        }
    }
    if let Some(active) = data.get("is_active").and_then(Value::as_bool) {
        user.is_active = active;
    }
    if let Some(path) = said(context, "user_path").or(data.get("path").map(prompt_data::as_text)) {
        user.path = path;
    }
    check_path(&user.path).map_err(|why| wrong("path", &why))?;
    if let Some(kind) = user_type(context) {
        user.kind = kind;
    }
    if is_new {
        user.attributes = attributes(data);
    } else {
        prompt_data::overlay(&mut user.attributes, attributes(data));
    }
    Ok(())
}

/// Where a stage puts new accounts; `%(host)s` and `%(type)s` in its template stand for the site and the type.
fn path(stage: &UserWriteStage, host: &str) -> String {
    if stage.user_path_template.is_empty() {
        return DEFAULT_PATH.to_owned();
    }
    stage.user_path_template.replace("%(host)s", host).replace("%(type)s", stage.user_type.as_str())
}

/// What a policy's `user_type`, else the invitation's `type`, says; nobody becomes an internal service account.
fn user_type(context: &Context) -> Option<UserType> {
    let data = context.prompt_data.get("type").and_then(Value::as_str);
    let wanted = said(context, "user_type").as_deref().and_then(UserType::parse).or(data.and_then(UserType::parse))?;
    Some(if wanted == UserType::InternalServiceAccount { UserType::ServiceAccount } else { wanted })
}

fn said(context: &Context, key: &str) -> Option<String> {
    context.other.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn wrong(field: &str, why: &str) -> Halt {
    Halt::misconfigured(format!("{field}: {why}"))
}

/// The groups that policies put into the context: references, or names.
pub(crate) async fn groups_said(tx: &mut Tx, context: &Context) -> Result<Vec<GroupId>, Halt> {
    let mut found = Vec::new();
    let Some(Value::Array(said)) = context.other.get("groups") else { return Ok(found) };
    for group in said {
        let known = match (reference(group, "group"), group.as_str()) {
            (Some(id), _) => groups::find(tx, GroupId(id)).await?,
            (None, Some(name)) => groups::find_by_name(tx, name).await?,
            (None, None) => None,
        };
        match known {
            Some(group) => found.push(group.id),
            None => return Err(Halt::misconfigured("a policy named a group that is not there")),
        }
    }
    Ok(found)
}

/// `attributes` as it is, then `attributes.a.b` and `attributes_x` (whose first underscore stands for a dot).
fn attributes(data: &Mapping) -> Mapping {
    let mut attributes = match data.get("attributes") {
        Some(Value::Object(attributes)) => attributes.clone(),
        _ => Mapping::new(),
    };
    for (key, value) in data {
        if let Some(rest) = key.strip_prefix("attributes.").or_else(|| key.strip_prefix("attributes_")) {
            prompt_data::store(&mut attributes, rest, value.clone());
        }
    }
    attributes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(value: &Value) -> Mapping {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn attributes_are_collected_from_every_notation() {
        let data = json!({"attributes": {"team": "Backend"}, "attributes.a.b": 1, "attributes_c_d": 2, "name": "x"});
        let collected = attributes(&mapping(&data));
        assert_eq!(Value::Object(collected), json!({"team": "Backend", "a": {"b": 1}, "c_d": 2}));
    }

    #[test]
    fn an_invitation_may_choose_the_type_but_not_the_system_s_own() {
        let of = |data: Value| user_type(&Context { prompt_data: mapping(&data), ..Context::default() });
        assert_eq!(of(json!({"type": "internal"})), Some(UserType::Internal));
        assert_eq!(of(json!({"type": "internal_service_account"})), Some(UserType::ServiceAccount));
        assert_eq!(of(json!({"type": "emperor"})), None);
    }

    #[test]
    fn a_policy_s_type_goes_before_the_invitation_s() {
        let context = Context {
            prompt_data: mapping(&json!({"type": "internal"})),
            other: mapping(&json!({"user_type": "external"})),
            ..Context::default()
        };
        assert_eq!(user_type(&context), Some(UserType::External));
    }

    #[test]
    fn a_path_may_name_site_and_type() {
        let stage =
            UserWriteStage { user_path_template: "guests/%(host)s/%(type)s".into(), ..UserWriteStage::default() };
        assert_eq!(path(&stage, "id.example.com"), "guests/id.example.com/external");
        assert_eq!(path(&UserWriteStage::default(), ""), "users");
    }
}
