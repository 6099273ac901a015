//! Blueprints and custom attributes: text in, objects or located problems out.

mod again;
mod attributes;
mod check;
mod drift;
mod export;
mod expressions;
mod hostile;
mod import;
mod kept;
mod lookups;
mod people;
mod policies;
mod preview;
mod real;
mod tags;
mod taken;
mod together;
mod wild;

use crate::support::stores::Database;
use guestlist::blueprint::{Action, ImportError, Options, Report, import};
use guestlist::domain::event::Actor;
use guestlist::store::{Store, flows, groups, invitations, prompts, stages};

/// A migrated store on the test's own database.
async fn open(database: &Database) -> Store {
    let store = Store::open(&database.url).await.unwrap();
    store.migrate().await.unwrap();
    store
}

fn actor() -> Actor {
    Actor { id: None, name: "alice".to_owned(), address: "local".to_owned() }
}

async fn apply(store: &Store, text: &str) -> Report {
    import(store, text.as_bytes(), &Options::default(), &actor()).await.unwrap()
}

/// The problems for which nothing was applied.
async fn refuse(store: &Store, text: &str) -> String {
    match import(store, text.as_bytes(), &Options::default(), &actor()).await {
        Err(ImportError::Invalid(problems)) => problems.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

/// How many flows, stages, prompts, groups and events there are.
async fn count(store: &Store) -> [usize; 5] {
    let mut tx = store.begin().await.unwrap();
    [
        flows::list(&mut tx).await.unwrap().len(),
        stages::list(&mut tx).await.unwrap().len(),
        prompts::list(&mut tx).await.unwrap().len(),
        groups::list(&mut tx).await.unwrap().len(),
        guestlist::store::events::list(&mut tx, 1000).await.unwrap().len(),
    ]
}

async fn invitation(store: &Store, name: &str) -> guestlist::domain::invitation::Invitation {
    let mut tx = store.begin().await.unwrap();
    invitations::find_by_name(&mut tx, name).await.unwrap().expect(name).invitation
}

fn actions(report: &Report) -> Vec<&Action> {
    report.changes.iter().map(|change| &change.action).collect()
}
