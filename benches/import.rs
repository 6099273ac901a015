//! What an import costs: `cargo bench --bench import`.
//!
//! Imports a blueprint of two thousand entries into an embedded database, once when everything is new, once when nothing
//! is, and once as a preview in which everything changes. The first has to stay under two seconds.

#![allow(clippy::print_stdout, reason = "a measurement is printed")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails is repeated")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use guestlist::blueprint::{Options, Report, import};
use guestlist::domain::event::Actor;
use guestlist::store::Store;

/// Four entries each: a prompt, a stage, its place in the flow, an invitation.
const PARTS: usize = 500;

const MOST: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/bench.db", folder.path().display())).await.unwrap();
    store.migrate().await.unwrap();
    let text = blueprint("A");
    let (first, report) = measure("new", &store, &text, &Options::default()).await;
    assert!(report.has_changes());
    let (_, report) = measure("as it was", &store, &text, &Options::default()).await;
    assert!(!report.has_changes());
    let dry_run = Options { dry_run: true, ..Options::default() };
    measure("previewed", &store, &blueprint("B"), &dry_run).await;
    assert!(first < MOST, "{first:?} is more than {MOST:?}");
}

async fn measure(name: &str, store: &Store, text: &str, options: &Options) -> (Duration, Report) {
    let begin = Instant::now();
    let report = import(store, text.as_bytes(), options, &Actor::system()).await.unwrap();
    let took = begin.elapsed();
    println!("{name:<10} {} entries in {:7.1} ms", report.changes.len(), took.as_secs_f64() * 1_000.0);
    (took, report)
}

fn blueprint(label: &str) -> String {
    let mut text = "version: 1\nmetadata: {name: Bench}\ncontext: {flow: bench}\nentries:\n".to_owned();
    let _ = writeln!(
        text,
        "  - {{id: flow, model: authentik_flows.flow, identifiers: {{slug: !Context flow}}, attrs: {{name: Bench, title: {label}, designation: enrollment}}}}"
    );
    for part in 0..PARTS {
        let _ = writeln!(
            text,
            "  - {{id: p{part}, model: authentik_stages_prompt.prompt, identifiers: {{name: !Format ['p%d', {part}]}}, attrs: {{field_key: f{part}, label: {label}, type: text}}}}"
        );
        let _ = writeln!(
            text,
            "  - {{id: s{part}, model: authentik_stages_prompt.promptstage, identifiers: {{name: s{part}}}, attrs: {{fields: [!KeyOf p{part}]}}}}"
        );
        let _ = writeln!(
            text,
            "  - {{model: authentik_flows.flowstagebinding, identifiers: {{target: !KeyOf flow, stage: !KeyOf s{part}, order: {part}}}}}"
        );
        let _ = writeln!(
            text,
            "  - {{model: authentik_stages_invitation.invitation, identifiers: {{name: i{part}}}, attrs: {{flow: !KeyOf flow, fixed_data: {{name: {label}}}}}}}"
        );
    }
    text
}
