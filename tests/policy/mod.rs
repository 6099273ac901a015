//! Policies: how they combine, what expressions may do, what each kind answers.

mod corpus;
mod engine;
mod hostile;
mod kinds;
mod leaked;

use guestlist::clock;
use guestlist::domain::id::{FlowId, PolicyBindingId, PolicyId};
use guestlist::domain::policy::{Decider, Guarded, Policy, PolicyBinding, PolicyModel};
use guestlist::policy::Request;
use guestlist::store::{Store, policies};
use serde_json::{Value, json};

use crate::support::fixture::{mapping, noon, write};

/// A policy of that kind, in the database.
async fn add_policy(store: &Store, name: &str, model: PolicyModel, settings: Value) -> Policy {
    let policy = Policy {
        id: PolicyId(clock::new_id()),
        name: name.into(),
        model,
        execution_logging: false,
        settings: mapping(settings),
    };
    write(store, async |tx, act| policies::insert(tx, &policy, act).await.unwrap()).await;
    policy
}

/// A policy whose result is fixed.
async fn dummy(store: &Store, name: &str, result: bool) -> PolicyId {
    add_policy(store, name, PolicyModel::Dummy, json!({ "result": result })).await.id
}

/// An enabled binding of a flow.
fn binding(flow: FlowId, decider: Decider) -> PolicyBinding {
    PolicyBinding {
        id: PolicyBindingId(clock::new_ordered_id()),
        target: Guarded::Flow(flow),
        decider,
        order: 0,
        negate: false,
        enabled: true,
        timeout: 30,
        failure_result: false,
    }
}

/// A request at noon that knows nothing.
fn request() -> Request {
    Request::new(noon())
}
