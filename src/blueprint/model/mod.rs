//! The table of models: what an entry can describe, each model a row in a small file of its own.
//!
//! A model names its attributes with type and default, and knows how to find, save and delete its objects. Everything
//! else (matching, comparing, checking, reporting) is the same for all and stands outside. To add a model, write its file
//! and add it to the table below.

pub mod attribute;
mod binding;
mod brand;
mod family;
pub mod fault;
mod flow;
mod group;
mod invitation;
mod invitation_stage;
mod other_stages;
pub(super) mod policies;
mod policy;
mod policy_binding;
pub(super) mod prompt;
mod prompt_stage;
mod stage;
mod user;
mod user_login;
mod user_write;
mod values;

use super::problem::{Remedy, quote};
use crate::domain::Mapping;
use crate::domain::event::Act;
use crate::domain::policy::PolicyModel;
use crate::domain::stage::OtherModel;
use crate::domain::validation::nearest;
use crate::store::{self, Tx};
use attribute::Attribute;
pub use family::{Family, find_family};
use fault::Fault;
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use uuid::Uuid;

/// Every model that can be imported.
static ALL: [&dyn Model; 29] = [
    &flow::Flows,
    &binding::Bindings,
    &prompt::Prompts,
    &prompt_stage::MODEL,
    &invitation_stage::MODEL,
    &user_write::MODEL,
    &user_login::MODEL,
    &other_stages::EMAIL,
    &other_stages::IDENTIFICATION,
    &other_stages::PASSWORD,
    &other_stages::DENY,
    &other_stages::REDIRECT,
    &other_stages::DUMMY,
    &other_stages::CONSENT,
    &other_stages::CAPTCHA,
    &other_stages::USER_DELETE,
    &other_stages::USER_LOGOUT,
    &policies::EXPRESSION,
    &policies::PASSWORD,
    &policies::EVENT_MATCHER,
    &policies::DUMMY,
    &policies::REPUTATION,
    &policies::EXPIRY,
    &policies::GEOIP,
    &policy_binding::PolicyBindings,
    &invitation::Invitations,
    &group::Groups,
    &user::Users,
    &brand::Brands,
];

/// Every model of the table, by its full name.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|model| model.spec().name).collect()
}

/// The model of flows.
pub const FLOW: &str = flow::NAME;

/// The model of prompts.
pub const PROMPT: &str = prompt::NAME;

/// The model of stages' places in flows.
pub const STAGE_BINDING: &str = binding::NAME;

/// The model of policies' places before what they guard.
pub const POLICY_BINDING: &str = policy_binding::NAME;

/// The model of groups.
pub const GROUP: &str = group::NAME;

/// The model of users.
pub const USER: &str = user::NAME;

/// Stands for whichever model of [`POLICIES`] an object has.
pub const ANY_POLICY: &str = "authentik_policies.policy";

/// All models of stages, for attributes that refer to any stage.
pub const STAGES: &[&str] = &[
    prompt_stage::NAME,
    invitation_stage::NAME,
    user_write::NAME,
    user_login::NAME,
    OtherModel::Email.as_str(),
    OtherModel::Identification.as_str(),
    OtherModel::Password.as_str(),
    OtherModel::Deny.as_str(),
    OtherModel::Redirect.as_str(),
    OtherModel::Dummy.as_str(),
    OtherModel::Consent.as_str(),
    OtherModel::Captcha.as_str(),
    OtherModel::UserDelete.as_str(),
    OtherModel::UserLogout.as_str(),
];

/// All models of policies.
pub const POLICIES: &[&str] = &[
    PolicyModel::Expression.as_str(),
    PolicyModel::Password.as_str(),
    PolicyModel::EventMatcher.as_str(),
    PolicyModel::Dummy.as_str(),
    PolicyModel::Reputation.as_str(),
    PolicyModel::Expiry.as_str(),
    PolicyModel::Geoip.as_str(),
];

/// Models of authentik that a flow or an invitation may need and that are no rows of the table yet.
const LATER: [(&str, &str); 2] = [("authentik_core.token", "tokens"), ("authentik_rbac.role", "roles")];

/// What the store's asynchronous work returns behind a `dyn Model`.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = store::Result<T>> + Send + 'a>>;

/// What a model says of itself.
#[derive(Debug)]
pub struct Spec {
    /// Full name in files: `app.model`, in lower case.
    pub name: &'static str,
    /// What messages call one object, with its article: "a flow".
    pub noun: &'static str,
    /// The attribute that no two objects share, if there is one.
    pub unique: Option<&'static str>,
    /// Every attribute that the format knows for this model.
    pub attributes: &'static [Attribute],
}

/// An object in the database as blueprints see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its primary key.
    pub key: Uuid,
    /// Its attributes in the form in which [`attribute::Kind::read`] yields them, and whatever else [`Model::check`] needs.
    pub values: Mapping,
}

/// An object to be written.
#[derive(Debug)]
pub struct Save<'a> {
    /// Its primary key, new or not.
    pub key: Uuid,
    /// All its attributes.
    pub values: &'a Mapping,
    /// What there is now; none when the object is new.
    pub before: Option<&'a Record>,
    /// Who does it and when.
    pub act: &'a Act<'a>,
}

/// One row of the table.
pub trait Model: Sync {
    /// Name and attributes.
    fn spec(&self) -> &'static Spec;

    /// Turns attributes of the file that are another way to say something into those that are kept.
    fn translate(&self, _given: &mut Mapping, _before: Option<&Record>) {}

    /// Every rule over one object's attributes that does not hold.
    fn check(&self, _values: &Mapping, _before: Option<&Record>) -> Vec<Fault> {
        Vec::new()
    }

    /// The object with this key.
    fn by_key<'a>(&'a self, tx: &'a mut Tx, key: Uuid) -> Pending<'a, Option<Record>>;

    /// The object whose [`Spec::unique`] attribute has this value; nothing where there is no such attribute.
    fn by_name<'a>(&'a self, tx: &'a mut Tx, name: &'a str) -> Pending<'a, Option<Record>>;

    /// Every object.
    fn list<'a>(&'a self, tx: &'a mut Tx) -> Pending<'a, Vec<Record>>;

    /// Writes an object and its event. [`StoreError::Taken`](store::StoreError::Taken) is told to the user as it is.
    fn save<'a>(&'a self, tx: &'a mut Tx, save: Save<'a>) -> Pending<'a, ()>;

    /// Deletes an object and writes the event.
    fn delete<'a>(&'a self, tx: &'a mut Tx, record: &'a Record, act: &'a Act<'a>) -> Pending<'a, ()>;

    /// What reports call an object with these attributes.
    fn title<'a>(&'a self, _tx: &'a mut Tx, values: &'a Mapping) -> Pending<'a, String> {
        let title = self.spec().unique.and_then(|unique| values.get(unique)).and_then(|value| value.as_str());
        Box::pin(async move { Ok(title.unwrap_or_default().to_owned()) })
    }
}

/// Why a name is no model of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoModel {
    /// A sentence about it.
    pub message: String,
    /// Whether the name is probably a slip, rather than a model of something that is not done here.
    pub misspelt: bool,
}

impl NoModel {
    /// What can be done about it: a slip has to be mended.
    pub fn remedy(&self) -> Remedy {
        if self.misspelt { Remedy::None } else { Remedy::LeaveOut }
    }
}

/// The model of a name, whatever its case. The error says whether there is such a model at all.
pub fn find(name: &str) -> Result<&'static dyn Model, NoModel> {
    let lower = name.to_ascii_lowercase();
    if let Some(model) = ALL.iter().find(|model| model.spec().name == lower) {
        return Ok(*model);
    }
    if let Some((_, what)) = LATER.iter().find(|(later, _)| *later == lower) {
        let message = format!("The model {} is not supported: {what} can't be imported yet.", quote(name));
        return Err(NoModel { message, misspelt: false });
    }
    let known = ALL.iter().map(|model| model.spec().name).chain(LATER.iter().map(|(later, _)| *later));
    let near = nearest_model(&lower, known).or_else(|| {
        // The model's name alone, without what stands before it.
        let ends = |model: &&str| model.rsplit_once('.').is_some_and(|(_, last)| last == lower);
        names().into_iter().find(ends)
    });
    let advice = near.map(|near| format!(" Did you mean {}?", quote(near))).unwrap_or_default();
    let message = format!("The model {} is unknown here.{advice}", quote(name));
    Err(NoModel { message, misspelt: near.is_some() || lower.matches('.').count() != 1 })
}

/// The model of which a name is a slip: both parts are near, apart from what most names begin with.
fn nearest_model<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let parts = |name: &str| {
        let name = name.strip_prefix("authentik_").unwrap_or(name);
        let name = name.strip_prefix("stages_").or_else(|| name.strip_prefix("policies_")).unwrap_or(name);
        name.split_once('.').map(|(app, model)| (app.to_owned(), model.to_owned()))
    };
    let is_near = |one: &str, other: &str| one == other || nearest(one, [other]).is_some();
    let (app, model) = parts(name)?;
    known.into_iter().find(|candidate| {
        parts(candidate).is_some_and(|(near_app, near_model)| is_near(&app, &near_app) && is_near(&model, &near_model))
    })
}

/// What `!Context` sees in every file, whatever the file says.
pub fn built_in_context() -> Value {
    let models = ALL.iter().filter_map(|model| model.spec().name.split_once('.'));
    let models: Mapping = models.map(|(app, name)| (name.to_owned(), Value::from(app))).collect();
    // authentik's licence check is a list of one element by accident, and so always true.
    json!({ "goauthentik.io/rbac/models": models, "goauthentik.io/enterprise/licensed": [false] })
}

/// An object as `!FindObject` shows it.
pub fn show(model: &dyn Model, record: &Record) -> Value {
    let key = || Value::from(record.key.to_string());
    let mut shown = Mapping::from_iter([("pk".to_owned(), key())]);
    if [FLOW, STAGE_BINDING].contains(&model.spec().name) {
        // What policies guard has another key in authentik, by which it is found here too.
        shown.insert("policybindingmodel_ptr_id".to_owned(), key());
    }
    for attribute in model.spec().attributes {
        if let Some(value) = record.values.get(attribute.name).and_then(|value| attribute.kind.show(value)) {
            shown.insert(attribute.name.to_owned(), value);
        }
    }
    Value::Object(shown)
}

/// What authentik tells of its objects and nobody sets, apart from what ends in `_obj` and `_set`.
const READ_ONLY: &[&str] = &[
    "avatar",
    "background_themed_urls",
    "background_url",
    "bound_to",
    "cache_count",
    "children",
    "component",
    "created",
    "date_joined",
    "expiring",
    "export_url",
    "last_updated",
    "managed",
    "meta_model_name",
    "num_pk",
    "parent_name",
    "password_change_date",
    "pk",
    "policies",
    "policybindingmodel_ptr",
    "policybindingmodel_ptr_id",
    "prompt_stages",
    "stages",
    "uid",
    "uuid",
    "verbose_name",
    "verbose_name_plural",
];

/// Whether an attribute is one that authentik shows and does not take: exports of all kinds carry some.
pub fn is_read_only(name: &str) -> bool {
    READ_ONLY.contains(&name) || name.ends_with("_obj") || name.ends_with("_set")
}

/// Whether a field is another name of a model's primary key.
pub fn is_key_of(model: &dyn Model, field: &str) -> bool {
    let name = match model.spec().name {
        FLOW => "flow_uuid",
        STAGE_BINDING => "fsb_uuid",
        POLICY_BINDING => "policy_binding_uuid",
        PROMPT => "prompt_uuid",
        USER => "uuid",
        group::NAME => "group_uuid",
        brand::NAME => "brand_uuid",
        invitation::NAME => "invite_uuid",
        name if STAGES.contains(&name) => "stage_uuid",
        _ => "policy_uuid",
    };
    field == name
}

/// What a sentence about an object of this model begins with: "A flow".
pub fn subject(model: &dyn Model) -> String {
    let noun = model.spec().noun;
    noun[..1].to_uppercase() + &noun[1..]
}

/// What an object of one of several models is called.
pub fn family(models: &[&str]) -> &'static str {
    match models.first() {
        Some(first) if models.len() > 1 && STAGES.contains(first) => "a stage",
        Some(first) if models.len() > 1 && POLICIES.contains(first) => "a policy",
        Some(_) if models.len() > 1 => "a flow or a stage binding",
        Some(first) => noun(first),
        None => "something else",
    }
}

/// The noun of a model that is in the table.
pub fn noun(name: &str) -> &'static str {
    find(name).map_or("something else", |model| model.spec().noun)
}

#[cfg(test)]
mod tests {
    use super::attribute::Default as Unnamed;
    use super::*;
    use crate::domain::flow::{Designation, Flow, StageBinding};
    use crate::domain::id::{BindingId, FlowId, PromptId, StageId};
    use crate::domain::prompt::{Prompt, PromptType};
    use crate::domain::slug::Slug;
    use crate::domain::stage::{InvitationStage, PromptStage, Stage, StageKind, UserLoginStage, UserWriteStage};

    /// New objects of the domain, by the name of their model.
    fn blanks() -> Vec<(&'static str, Mapping)> {
        let nil = Uuid::nil();
        let flow = Flow::new(FlowId(nil), Slug::parse("x").unwrap(), Designation::Enrollment);
        let binding = StageBinding::new(BindingId(nil), FlowId(nil), StageId(nil), 0);
        let prompt = Prompt::new(PromptId(nil), "x", "x", PromptType::Text);
        let mut all = vec![
            (FLOW, values::to_values(FLOW, &flow).unwrap()),
            (binding::Bindings.spec().name, values::to_values(FLOW, &binding).unwrap()),
            (prompt::NAME, prompt::record(&prompt).unwrap().values),
        ];
        let kinds = [
            StageKind::Invitation(InvitationStage::default()),
            StageKind::Prompt(PromptStage::default()),
            StageKind::UserWrite(UserWriteStage::default()),
            StageKind::UserLogin(UserLoginStage::default()),
        ];
        for kind in kinds {
            let name = kind.model();
            all.push((name, stage::record(&Stage { id: StageId(nil), name: "x".to_owned(), kind }).unwrap().values));
        }
        all
    }

    #[test]
    fn attributes_and_their_defaults_are_those_of_the_domain() {
        for (name, values) in blanks() {
            let attributes =
                find(name).map_err(|why| panic!("{}", why.message)).map_or(&[][..], |model| model.spec().attributes);
            let kept = attributes.iter().filter(|attribute| !matches!(attribute.default, Unnamed::NotKept));
            let mut names: Vec<&str> = Vec::new();
            for attribute in kept {
                names.push(attribute.name);
                if let Some(default) = attribute.default.value() {
                    assert_eq!(values.get(attribute.name), Some(&default), "{name} {}", attribute.name);
                }
            }
            names.sort_unstable();
            assert_eq!(names, values.keys().collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn no_model_is_both_in_the_table_and_left_for_later() {
        for (later, _) in LATER {
            assert!(find(later).is_err(), "{later}");
        }
    }
}
