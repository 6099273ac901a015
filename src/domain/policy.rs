//! Policies and what they guard. What they answer is found in `policy/`.

use serde::{Deserialize, Serialize};

use super::Mapping;
use super::flow::names;
use super::id::{BindingId, FlowId, GroupId, PolicyBindingId, PolicyId, UserId};

names!(
    /// Models of policies.
    PolicyModel {
        /// Evaluates Python.
        Expression = "authentik_policies_expression.expressionpolicy",
        /// Asks for strong passwords.
        Password = "authentik_policies_password.passwordpolicy",
        /// Compares an event.
        EventMatcher = "authentik_policies_event_matcher.eventmatcherpolicy",
        /// Has a fixed result.
        Dummy = "authentik_policies_dummy.dummypolicy",
        /// Compares a reputation with a threshold.
        Reputation = "authentik_policies_reputation.reputationpolicy",
        /// Looks at a password's age.
        Expiry = "authentik_policies_expiry.passwordexpirypolicy",
        /// Looks at where somebody is.
        Geoip = "authentik_policies_geoip.geoippolicy",
    }
);

impl PolicyModel {
    /// The model's name for people, within a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Self::Expression => "expression",
            Self::Password => "password",
            Self::EventMatcher => "event matcher",
            Self::Dummy => "dummy",
            Self::Reputation => "reputation",
            Self::Expiry => "password expiry",
            Self::Geoip => "geoip",
        }
    }
}

/// A policy. Names are unique over all models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Its name.
    pub name: String,
    /// What kind of policy.
    pub model: PolicyModel,
    /// Whether each run becomes an event.
    pub execution_logging: bool,
    /// Its settings as blueprints name them.
    pub settings: Mapping,
}

/// What a policy binding guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarded {
    /// A whole flow.
    Flow(FlowId),
    /// A stage's place in a flow.
    Stage(BindingId),
}

/// Who or what decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decider {
    /// A policy.
    Policy(PolicyId),
    /// Membership of a group.
    Group(GroupId),
    /// Being this user.
    User(UserId),
}

/// A policy's, group's or user's place before something that it guards. Fields and defaults as in the model reference,
/// section 5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyBinding {
    /// Its id.
    pub id: PolicyBindingId,
    /// What is guarded.
    pub target: Guarded,
    /// Who or what decides.
    pub decider: Decider,
    /// Lower comes first.
    pub order: i32,
    /// Whether the result is turned around.
    pub negate: bool,
    /// Whether it counts at all.
    pub enabled: bool,
    /// How many seconds a run may take.
    pub timeout: u32,
    /// The result where a run fails.
    pub failure_result: bool,
}
