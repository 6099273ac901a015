//! What an import costs: `cargo bench --bench import`.
//!
//! Imports blueprints of two thousand entries into an embedded database, each of another shape, once when everything is
//! new, once when nothing is, and once as a preview in which everything changes. Each has to stay under two seconds.

#![allow(clippy::print_stdout, reason = "a measurement is printed")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails is repeated")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use guestlist::blueprint::{Options, Report, import};
use guestlist::domain::event::Actor;
use guestlist::store::Store;

const ENTRIES: usize = 2_000;

const MOST: Duration = Duration::from_secs(2);

/// What a file of two thousand entries may look like, by what the entries are found by; and its text, of which a part is
/// the label.
type Shape = (&'static str, fn(&str) -> String);

const SHAPES: [Shape; 9] = [
    ("a flow with stages, prompts, invitations", blueprint),
    ("policy bindings of one flow", policy_bindings),
    ("groups before one flow, by group alone", group_bindings),
    ("places in one flow, by order", places),
    ("prompts by field_key", prompts),
    ("invitations by fixed_data", invitations),
    ("users by email", users),
    ("look-ups by field_key", lookups),
    ("prompts to go, by field_key", gone),
];

#[tokio::main]
async fn main() {
    let mut slow = Vec::new();
    for (shape, text) in SHAPES {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/bench.db", folder.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        println!("{shape}");
        let (new, report) = measure("new", &store, &text("A"), &Options::default()).await;
        assert!(report.has_changes());
        let (same, _) = measure("again", &store, &text("A"), &Options::default()).await;
        let dry_run = Options { dry_run: true, ..Options::default() };
        let (other, _) = measure("previewed", &store, &text("B"), &dry_run).await;
        slow.extend([new, same, other].into_iter().filter(|took| *took > MOST).map(|took| (shape, took)));
    }
    assert!(slow.is_empty(), "more than {MOST:?}: {slow:?}");
}

async fn measure(name: &str, store: &Store, text: &str, options: &Options) -> (Duration, Report) {
    let begin = Instant::now();
    let report = import(store, text.as_bytes(), options, &Actor::system()).await.unwrap();
    let took = begin.elapsed();
    println!("    {name:<10} {} entries in {:7.1} ms", report.changes.len(), took.as_secs_f64() * 1_000.0);
    (took, report)
}

const FLOW: &str = "\
entries:
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: bench}, attrs: {name: Bench, title: T, designation: enrollment}}
  - {id: stage, model: authentik_stages_dummy.dummystage, identifiers: {name: stage}}
  - {id: python, model: authentik_policies_expression.expressionpolicy, identifiers: {name: python}, attrs: {expression: return True}}
";

/// A head, and as many entries as are wanted in all.
fn many(head: &str, entry: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for at in 0..ENTRIES - (head.lines().count() - 1) {
        let _ = writeln!(text, "  - {}", entry(at));
    }
    text
}

fn policy_bindings(label: &str) -> String {
    let timeout = label.len() + usize::from(label == "B");
    many(FLOW, |at| {
        format!(
            "{{model: authentik_policies.policybinding, identifiers: {{target: !KeyOf flow, policy: !KeyOf python, order: {at}}}, attrs: {{timeout: {timeout}}}}}"
        )
    })
}

fn group_bindings(label: &str) -> String {
    let head = many(FLOW, |at| format!("{{id: g{at}, model: authentik_core.group, identifiers: {{name: g{at}}}}}"));
    let half: String =
        head.lines().take(FLOW.lines().count() + ENTRIES / 2).fold(String::new(), |text, line| text + line + "\n");
    many(&half, |at| {
        format!(
            "{{model: authentik_policies.policybinding, identifiers: {{target: !KeyOf flow, group: !KeyOf g{at}}}, attrs: {{order: 0, negate: {}}}}}",
            label == "B"
        )
    })
}

fn places(label: &str) -> String {
    let action = if label == "B" { "restart" } else { "retry" };
    many(FLOW, |at| {
        format!(
            "{{model: authentik_flows.flowstagebinding, identifiers: {{target: !KeyOf flow, order: {at}}}, attrs: {{stage: !KeyOf stage, invalid_response_action: {action}}}}}"
        )
    })
}

fn prompts(label: &str) -> String {
    many("entries:\n", |at| {
        format!(
            "{{model: authentik_stages_prompt.prompt, identifiers: {{field_key: f{at}}}, attrs: {{name: p{at}, label: {label}, type: text}}}}"
        )
    })
}

fn invitations(label: &str) -> String {
    many("entries:\n", |at| {
        format!(
            "{{model: authentik_stages_invitation.invitation, identifiers: {{fixed_data: {{username: u{at}}}}}, attrs: {{name: i{at}, note: {label}}}}}"
        )
    })
}

fn users(label: &str) -> String {
    many("entries:\n", |at| {
        format!(
            "{{model: authentik_core.user, identifiers: {{email: u{at}@example.com}}, attrs: {{username: u{at}, name: {label}}}}}"
        )
    })
}

fn lookups(label: &str) -> String {
    let head = prompts("A").lines().take(1 + ENTRIES / 2).fold(String::new(), |text, line| text + line + "\n");
    many(&head, |at| {
        format!(
            "{{model: authentik_stages_prompt.promptstage, identifiers: {{name: {label}{at}}}, attrs: {{fields: [!Find [authentik_stages_prompt.prompt, [field_key, f{at}]]]}}}}"
        )
    })
}

fn gone(label: &str) -> String {
    let head = prompts(label).lines().take(1 + ENTRIES / 2).fold(String::new(), |text, line| text + line + "\n");
    many(&head, |at| {
        format!("{{model: authentik_stages_prompt.prompt, state: absent, identifiers: {{field_key: f{at}}}}}")
    })
}

fn blueprint(label: &str) -> String {
    let mut text = "version: 1\nmetadata: {name: Bench}\ncontext: {flow: bench}\nentries:\n".to_owned();
    let _ = writeln!(
        text,
        "  - {{id: flow, model: authentik_flows.flow, identifiers: {{slug: !Context flow}}, attrs: {{name: Bench, title: {label}, designation: enrollment}}}}"
    );
    // Four entries each: a prompt, a stage, its place in the flow, an invitation.
    for part in 0..ENTRIES / 4 {
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
