//! Flows, invitations and accounts made in code, for tests that are not about making them.

use chrono::{DateTime, Utc};
use guestlist::clock;
use guestlist::domain::Mapping;
use guestlist::domain::event::{Act, Actor};
use guestlist::domain::flow::{Designation, Flow, StageBinding};
use guestlist::domain::group::Group;
use guestlist::domain::id::{BindingId, FlowId, GroupId, InvitationId, PolicyId, PromptId, StageId, UserId};
use guestlist::domain::invitation::{Settings, Use};
use guestlist::domain::policy::{Policy, PolicyModel};
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::domain::slug::Slug;
use guestlist::domain::stage::{
    InvitationStage, OtherModel, OtherStage, PromptStage, Stage, StageKind, UserLoginStage, UserType, UserWriteStage,
};
use guestlist::domain::user::{PasswordHash, User, UserView, Username};
use guestlist::executor::Hashing;
use guestlist::store::{Store, Tx, flows, invitations, policies, prompts, stages, users};
use serde_json::json;

/// Password hashing that costs nothing.
pub const QUICK: Hashing = Hashing { memory_kib: 8, iterations: 1, parallelism: 1, waiting: 64 };

/// An instant.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The instant at which tests with a fixed clock begin.
pub fn noon() -> DateTime<Utc> {
    at("2026-11-22T12:00:00Z")
}

/// The administrator of tests.
pub fn alice() -> Actor {
    Actor { id: None, name: "alice".into(), address: "local".into() }
}

/// Reads from the store.
pub async fn read<T>(store: &Store, ask: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let mut tx = store.begin().await.unwrap();
    let answer = ask(&mut tx).await;
    tx.rollback().await.unwrap();
    answer
}

/// Changes the store, as alice at noon.
pub async fn write<T>(store: &Store, change: impl AsyncFnOnce(&mut Tx, &Act<'_>) -> T) -> T {
    let mut tx = store.begin_write().await.unwrap();
    let answer = change(&mut tx, &alice().at(noon())).await;
    tx.commit().await.unwrap();
    answer
}

/// A slug.
pub fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// A JSON object as a mapping.
pub fn mapping(value: serde_json::Value) -> Mapping {
    serde_json::from_value(value).unwrap()
}

/// Settings of a single-use invitation to any flow, without expiry.
pub fn settings(name: &str) -> Settings {
    Settings {
        name: slug(name),
        flow: None,
        expires: None,
        fixed_data: Mapping::new(),
        max_uses: Some(1),
        note: String::new(),
    }
}

/// Adds an invitation.
pub async fn invite(store: &Store, settings: &Settings) -> InvitationId {
    let id = InvitationId(clock::new_id());
    write(store, async |tx, act| invitations::insert(tx, id, settings, act).await.unwrap()).await;
    id
}

/// How often an invitation was used.
pub async fn uses(store: &Store, id: InvitationId) -> u32 {
    read(store, async |tx| invitations::get(tx, id).await.unwrap().uses).await
}

/// Who used an invitation.
pub async fn use_rows(store: &Store, id: InvitationId) -> Vec<Use> {
    read(store, async |tx| invitations::uses(tx, id).await.unwrap()).await
}

/// Sets when an invitation expires.
pub async fn expire(store: &Store, id: InvitationId, expires: DateTime<Utc>) {
    write(store, async |tx, act| {
        let it = invitations::get(tx, id).await.unwrap();
        let settings = Settings { expires: Some(expires), ..it.settings };
        invitations::update(tx, id, it.revision, &settings, act).await.unwrap();
    })
    .await;
}

/// A user of that name, not in the database yet.
pub fn user(name: &str) -> User {
    User {
        id: UserId(clock::new_id()),
        username: Username::parse(name).unwrap(),
        name: String::new(),
        email: String::new(),
        is_active: true,
        path: "users".into(),
        kind: UserType::Internal,
        attributes: Mapping::new(),
        password: None::<PasswordHash>,
        created_at: noon(),
        last_login: None,
    }
}

/// Adds a user.
pub async fn add_user(store: &Store, user: &User) {
    write(store, async |tx, act| users::insert(tx, user, json!({}), act).await.unwrap()).await;
}

/// The user of that name, in whatever case.
pub async fn user_named(store: &Store, name: &str) -> Option<UserView> {
    let name = Username::parse(name).unwrap();
    read(store, async |tx| users::find_by_username(tx, &name).await.unwrap()).await
}

/// How many users there are.
pub async fn user_count(store: &Store) -> u64 {
    use guestlist::store::page::Anchor;
    read(store, async |tx| {
        users::page(tx, &users::Filter::default(), users::Sort::default(), &Anchor::First, 1).await.unwrap().total
    })
    .await
}

/// A group of that name, not in the database yet.
pub fn group(name: &str) -> Group {
    Group { id: GroupId(clock::new_id()), name: name.into(), is_superuser: false, attributes: Mapping::new() }
}

/// A prompt whose label is its field key in capitals.
pub fn prompt(field_key: &str, kind: PromptType) -> Prompt {
    let mut prompt = Prompt::new(PromptId(clock::new_id()), field_key, field_key, kind);
    prompt.label = field_key.to_uppercase();
    prompt
}

/// An optional prompt.
pub fn optional(field_key: &str, kind: PromptType) -> Prompt {
    Prompt { required: false, ..prompt(field_key, kind) }
}

/// Adds a policy.
pub async fn policy(store: &Store, name: &str, model: PolicyModel, settings: serde_json::Value) -> PolicyId {
    let id = PolicyId(clock::new_id());
    let policy = Policy { id, name: name.into(), model, execution_logging: false, settings: mapping(settings) };
    write(store, async |tx, act| policies::insert(tx, &policy, act).await.unwrap()).await;
    id
}

/// Adds a policy that evaluates this.
pub async fn expression(store: &Store, name: &str, text: &str) -> PolicyId {
    policy(store, name, PolicyModel::Expression, json!({ "expression": text })).await
}

/// A flow in the making: its stages in order.
pub struct Making {
    /// The flow; change it before it is inserted.
    pub flow: Flow,
    stages: Vec<(StageKind, Vec<Prompt>)>,
}

/// Begins to make an enrollment flow without stages.
pub fn making(name: &str) -> Making {
    let mut flow = Flow::new(FlowId(clock::new_id()), slug(name), Designation::Enrollment);
    flow.title = "Welcome".into();
    Making { flow, stages: Vec::new() }
}

impl Making {
    /// Adds a stage.
    pub fn stage(mut self, kind: StageKind) -> Making {
        self.stages.push((kind, Vec::new()));
        self
    }

    /// Adds an invitation stage that lets nobody through without one.
    pub fn invitation(self) -> Making {
        self.stage(StageKind::Invitation(InvitationStage::default()))
    }

    /// Adds a page of prompts.
    pub fn page(mut self, prompts: Vec<Prompt>) -> Making {
        self.stages.push((StageKind::Prompt(PromptStage::default()), prompts));
        self
    }

    /// Adds a page of prompts whose answers these policies check.
    pub fn checked(mut self, prompts: Vec<Prompt>, validation_policies: Vec<PolicyId>) -> Making {
        self.stages.push((StageKind::Prompt(PromptStage { validation_policies, ..PromptStage::default() }), prompts));
        self
    }

    /// Adds a page that asks for user name, password and the password once more.
    pub fn credentials(self) -> Making {
        self.page(vec![
            prompt("username", PromptType::Username),
            prompt("password", PromptType::Password),
            prompt("password_repeat", PromptType::Password),
        ])
    }

    /// Adds a page that asks for name and address.
    pub fn details(self) -> Making {
        self.page(vec![prompt("name", PromptType::Text), prompt("email", PromptType::Email)])
    }

    /// Adds the writing of the account.
    pub fn user_write(self) -> Making {
        self.stage(StageKind::UserWrite(UserWriteStage::default()))
    }

    /// Adds the signing in.
    pub fn login(self) -> Making {
        self.stage(StageKind::UserLogin(UserLoginStage::default()))
    }

    /// Adds a stage of another kind, with these settings.
    pub fn other(self, model: OtherModel, settings: serde_json::Value) -> Making {
        self.stage(StageKind::Other(OtherStage { model, settings: mapping(settings) }))
    }

    /// Makes it a flow for something else than enrolling.
    pub fn to(mut self, designation: Designation) -> Making {
        self.flow.designation = designation;
        self
    }

    /// Puts the flow with all its stages into the database.
    pub async fn insert(self, store: &Store) -> Flow {
        let Making { flow, stages } = self;
        write(store, async |tx, act| {
            flows::insert(tx, &flow, act).await.unwrap();
            for ((kind, fields), order) in stages.into_iter().zip((0..).step_by(10)) {
                let stage = insert_stage(tx, format!("{}-{order}", flow.slug), kind, fields, act).await;
                let binding = StageBinding::new(BindingId(clock::new_id()), flow.id, stage.id, order);
                flows::insert_binding(tx, &binding, act).await.unwrap();
            }
        })
        .await;
        flow
    }
}

/// Adds a stage and its prompts, whose names begin with the stage's and which are asked in this order.
pub async fn insert_stage(
    tx: &mut Tx,
    name: String,
    mut kind: StageKind,
    mut fields: Vec<Prompt>,
    act: &Act<'_>,
) -> Stage {
    for (field, order) in fields.iter_mut().zip(0..) {
        field.name = format!("{name}-{}", field.name);
        field.order = order;
        prompts::insert(tx, field, act).await.unwrap();
    }
    if let StageKind::Prompt(page) = &mut kind {
        page.fields = fields.iter().map(|field| field.id).collect();
    }
    let stage = Stage { id: StageId(clock::new_id()), name, kind };
    stages::insert(tx, &stage, act).await.unwrap();
    stage
}

/// The flow that most tests walk: an invitation, two pages, an account, signed in.
pub async fn two_pages(store: &Store) -> Flow {
    making("enroll").invitation().credentials().details().user_write().login().insert(store).await
}

/// A blueprint with the flow `guarded`, which has what a preview has to tell: expressions, choices, rules, policies of every
/// place, a group, and a page that is left out.
pub const GUARDED: &str = include_str!("guarded.yaml");

/// Imports a blueprint.
pub async fn import(store: &Store, text: &str) {
    let options = guestlist::blueprint::Options { at: Some(noon()), ..Default::default() };
    guestlist::blueprint::import(store, text.as_bytes(), &options, &alice()).await.unwrap();
}
