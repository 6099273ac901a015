//! Importing file by file: values, previews, problems, progress; and exporting.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use guestlist::blueprint::Progress;
use guestlist::console::event::{Effect, Event, Outcome, What};
use guestlist::console::import::{Answer, Ask, Request, Source, Step};
use guestlist::store::groups;
use tokio::sync::mpsc;

use super::harness::{Console, Start};
use crate::support::keys;

const ASKS: &str = "\
version: 1
metadata: {name: Asks}
context: {title: Welcome}
entries:
  - model: authentik_flows.flow
    identifiers: {slug: !Context [slug, enroll-here]}
    attrs: {name: Enroll, title: !Context title, designation: enrollment}
  - model: authentik_stages_email.emailstage
    identifiers: {name: mail}
    attrs: {password: !Context smtp_password}
";

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        // A path of one length everywhere: it stands on screens that are compared.
        Self(tempfile::Builder::new().prefix("files-").tempdir_in("/tmp").unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// Goes to the preview of a file, or to whatever comes before.
async fn open(console: &mut Console, path: &std::path::Path) {
    console.press("1 i").await;
    console.paste(&path.display().to_string()).await;
    console.press("<enter>").await;
}

/// A file of many groups.
fn many(count: usize) -> String {
    let mut text = "entries:\n".to_owned();
    for number in 0..count {
        let _ = writeln!(text, "  - {{model: authentik_core.group, identifiers: {{name: g{number}}}}}");
    }
    text
}

async fn how_many_groups(console: &Console) -> usize {
    let mut tx = console.world.store.begin().await.unwrap();
    groups::list(&mut tx).await.unwrap().len()
}

/// What is shown now, at each size.
fn looks(name: &str, console: &mut Console, files: &Files) {
    let before = console.terminal.size().unwrap();
    for (width, height) in [(80, 24), (120, 40), (60, 20), (39, 9)] {
        console.resize(width, height);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), scrubbed(&console.screen(), files));
    }
    console.resize(before.width, before.height);
}

#[tokio::test]
async fn values_are_asked_with_their_defaults_and_secrets_are_not_shown() {
    let files = Files::new();
    let path = files.write("asks.yaml", ASKS);
    let mut console = Start { size: (120, 40), blueprints: &[], ..Start::default() }.open().await;
    console.press("<esc>").await;
    open(&mut console, &path).await;
    for text in ["title", "Welcome", "slug", "enroll-here", "smtp_password"] {
        console.sees(text);
    }
    looks("values", &mut console, &files);
    console.press("<C-u> come-in <tab> Hi <tab>").await;
    console.paste("hunter2").await;
    console.sees_no("hunter2");
    console.press("<C-s>").await;
    console.sees("come-in");
    console.sees("title: WelcomeHi");
    console.sees("password: •••");
    console.sees_no("hunter2");
    console.press("<esc>").await;
    console.sees("come-in");
    console.press("<C-s> y").await;
    console.sees("Imported");
    console.sees("come-in");
}

#[tokio::test]
async fn a_preview_shows_every_attribute_before_and_after() {
    let files = Files::new();
    let text = guestlist::blueprint::shipped()[0].text;
    let mut console = Start { size: (100, 40), ..Start::default() }.open().await;
    let changed = text
        .replace("Nice to have you here", "Come in")
        .replace("e.g. Jane Doe", "|-\n        In full,\n        please");
    assert_ne!(changed, text);
    let path = files.write("changed.yaml", &changed);
    open(&mut console, &path).await;
    console.sees("~ changed");
    console.sees("→");
    looks("preview", &mut console, &files);
    let top = console.screen();
    console.resize(80, 16);
    console.press("G").await;
    console.sees("unchanged flowstagebinding");
    console.press("g").await;
    console.resize(100, 40);
    assert_eq!(console.screen(), top);
    console.press("y").await;
    console.sees("changed.");
}

#[tokio::test]
async fn all_problems_are_listed_with_their_places_and_the_mended_file_is_read_again() {
    let files = Files::new();
    let mut bad = "entries:\n".to_owned();
    for number in 0..40 {
        let _ = writeln!(bad, "  - {{model: authentik_core.group, identifiers: {{nme: g{number}}}}}");
    }
    let path = files.write("bad.yaml", &bad);
    let mut console = Console::new().await;
    open(&mut console, &path).await;
    console.sees("40 problems. Nothing was imported.");
    console.sees("✗ 2:");
    console.sees("`name`?");
    console.press("<C-d> <C-d> <C-d> <C-d> <C-d> <C-d> <C-d> <C-d> <C-d>").await;
    console.sees("✗ 41:");
    files.write("bad.yaml", &bad.replace("nme", "name"));
    console.press("r").await;
    console.sees("40 created");
}

#[tokio::test]
async fn answers_are_not_lost_without_a_question_and_nothing_is_left_out_where_all_is_known() {
    let files = Files::new();
    let text = "entries:\n  - {model: authentik_core.group, identifiers: {name: !Context team}}\n";
    let path = files.write("asks.yaml", text);
    let mut console = Console::new().await;
    open(&mut console, &path).await;
    console.press("red <esc>").await;
    console.sees("lose what you typed?");
    console.press("n").await;
    console.sees("red");
    console.press("<esc> y <esc> <esc>").await;
    open(&mut console, &files.0.path().join("no-such-file.yaml")).await;
    console.sees("r reads it again once it is mended.");
    console.sees_no("Leave out");
}

#[tokio::test]
async fn a_file_reads_this_machine_only_after_it_was_allowed_twice() {
    let files = Files::new();
    files.write("secret.txt", "s3cret");
    let text = "entries:\n  - {model: authentik_core.group, identifiers: {name: team}, attrs: {attributes: {read: !File secret.txt}}}\n";
    let path = files.write("reads.yaml", text);
    let mut console = Console::new().await;
    open(&mut console, &path).await;
    console.sees("`!File` reads files of this machine, which is off");
    console.sees("a tells what it would read");
    console.press("a").await;
    console.sees("⚠ The file would read below");
    console.sees("`secret.txt`");
    console.sees_no("environment");
    // Any other key takes the question back.
    console.press("j").await;
    console.sees_no("⚠ The file would read");
    console.press("a a").await;
    console.sees("1 created");
    console.sees("s3cret");
}

#[tokio::test]
async fn what_was_not_named_is_not_read_either_when_the_file_changes_meanwhile() {
    let files = Files::new();
    files.write("secret.txt", "s3cret");
    let text = |tag: &str| {
        format!(
            "entries:\n  - {{model: authentik_core.group, identifiers: {{name: team}}, attrs: {{attributes: {{read: {tag}}}}}}}\n"
        )
    };
    let path = files.write("reads.yaml", &text("!Env HARMLESS"));
    let mut console = Console::new().await;
    open(&mut console, &path).await;
    console.press("a").await;
    console.sees("environment `HARMLESS`");
    files.write("reads.yaml", &text("!File secret.txt"));
    console.press("a").await;
    console.sees("`!File` reads files of this machine, which is off");
    console.sees_no("s3cret");
    console.press("a a").await;
    console.sees("s3cret");
}

#[tokio::test]
async fn what_is_not_known_here_is_left_out_where_that_is_wanted() {
    let files = Files::new();
    let text = "entries:\n  - {model: authentik_core.application, identifiers: {slug: app}}\n  - {model: authentik_core.group, identifiers: {name: team}}\n";
    let path = files.write("mixed.yaml", text);
    let mut console = Console::new().await;
    open(&mut console, &path).await;
    console.sees("is unknown here");
    console.press("s").await;
    console.sees("1 created");
    console.sees("Left out");
    console.press("y").await;
    console.sees("1 created.");
    assert!(how_many_groups(&console).await >= 1);
}

#[tokio::test]
async fn what_leaving_out_does_not_help_does_not_offer_it() {
    let files = Files::new();
    for (model, is_offered) in [("authentik_rbac.role", true), ("authentik_core.gruop", false)] {
        let text = format!("entries:\n  - {{model: {model}, identifiers: {{name: team}}}}\n");
        let path = files.write("odd.yaml", &text);
        let mut console = Console::new().await;
        open(&mut console, &path).await;
        console.sees("1 problem");
        if is_offered { console.sees("s leaves out") } else { console.sees_no("s leaves out") }
    }
}

#[tokio::test]
async fn an_import_under_way_shows_how_far_it_is_and_answers_to_what_was_given_up_are_dropped() {
    let files = Files::new();
    let path = files.write("many.yaml", &many(4));
    let mut console = Console::new().await;
    open(&mut console, &path).await;
    let press = |console: &mut Console, key: &str| {
        let key = keys::parse(key).remove(0);
        console.app.handle(Event { at: console.now, what: What::Key(key) })
    };
    let began = press(&mut console, "y");
    let [Effect::Blueprint(ask)] = began.as_slice() else { panic!("{began:?}") };
    let Ask::Step(number, Step::Import, request) = ask.as_ref().clone() else { panic!("{ask:?}") };
    console.sees_no("Importing");
    let tell = |answer| Outcome::Blueprint(Box::new(answer));
    console.tell(tell(Answer::Progress(number, Progress { done: 1_000, total: 2_000 })));
    console.sees("Importing");
    console.sees("1,000 of 2,000 entries");
    looks("importing", &mut console, &files);
    let gave_up = press(&mut console, "<esc>");
    assert_eq!(gave_up, [Effect::Blueprint(Box::new(Ask::Cancel(number)))]);
    console.sees("Giving up");
    console.tell(tell(Answer::Cancelled(number)));
    console.sees("nothing of it was imported");
    console.sees("y imports");
    // A late answer of a step that is over opens nothing.
    console.tell(tell(Answer::Previewed(number, Err("late".to_owned().into()))));
    console.sees_no("late");
    assert_eq!(request.source.label(), path.display().to_string());
}

#[tokio::test]
async fn an_import_that_is_given_up_leaves_nothing_behind() {
    let files = Files::new();
    let path = files.write("many.yaml", &many(3_000));
    let mut console = Console::new().await;
    let before = how_many_groups(&console).await;
    let (telling, mut told) = mpsc::unbounded_channel();
    console.world.telling = Some(telling);
    let request = Request::new(Source::File(path.display().to_string()));
    let world = console.world.clone();
    let step = Effect::Blueprint(Box::new(Ask::Step(7, Step::Import, request)));
    let import = tokio::spawn(async move { world.perform(step).await });
    // The first word of how far it is: it has begun, and is not done.
    let first = tokio::time::timeout(Duration::from_mins(1), told.recv()).await.unwrap().unwrap();
    assert!(matches!(&first, Outcome::Blueprint(answer) if matches!(**answer, Answer::Progress(7, _))), "{first:?}");
    console.world.perform(Effect::Blueprint(Box::new(Ask::Cancel(7)))).await;
    let ended = import.await.unwrap();
    match ended {
        Some(Outcome::Blueprint(answer)) if *answer == Answer::Cancelled(7) => {
            assert_eq!(how_many_groups(&console).await, before);
        }
        other => panic!("not given up: {other:?}"),
    }
}

#[tokio::test]
async fn a_file_that_was_imported_is_offered_again() {
    let files = Files::new();
    let path = files.write("asks.yaml", &many(2));
    let mut console = Start { size: (120, 40), ..Start::default() }.open().await;
    console.press("1 i").await;
    console.sees_no("Recent files");
    console.press("<esc>").await;
    open(&mut console, &path).await;
    console.press("y i").await;
    console.sees("Recent files");
    console.press("<down> <down> <down> <enter>").await;
    console.sees("2 unchanged");
}

#[tokio::test]
async fn a_flow_is_exported_and_no_file_is_overwritten_unasked() {
    let files = Files::new();
    let there = files.write("there.yaml", "mine");
    let mut console = Console::new().await;
    console.press("1 o").await;
    console.sees("default-enrollment-flow.yaml");
    console.press("<C-u>").await;
    console.paste(&files.0.path().join("out.yaml").display().to_string()).await;
    console.press("<enter>").await;
    console.sees("Wrote ");
    let text = std::fs::read_to_string(files.0.path().join("out.yaml")).unwrap();
    assert!(text.starts_with("version: 1\n"), "{text}");
    console.press("o <C-u>").await;
    console.paste(&there.display().to_string()).await;
    console.press("<C-s>").await;
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine", "before it was asked");
    console.press("<enter>").await;
    console.sees("is there already. Ctrl-s overwrites");
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
    console.press("<C-s>").await;
    console.sees("Wrote ");
    assert_eq!(std::fs::read_to_string(&there).unwrap(), text);
    console.press("o <C-u>").await;
    console.paste("/no/such/folder/x.yaml").await;
    console.press("<enter>").await;
    console.sees("can't be written");
}

#[tokio::test]
async fn an_expanded_flow_tells_which_blueprint_asked_for_it_and_what_is_other_since() {
    let mut console = Start { size: (120, 40), ..Start::default() }.open().await;
    console.press("1 l").await;
    console.sees("by alice");
    console.sees("unchanged since");
    let files = Files::new();
    let text = "entries:\n  - {model: authentik_flows.flow, identifiers: {slug: default-enrollment-flow}, attrs: {title: Other}}\n";
    let path = files.write("title.yaml", text);
    console.press("h").await;
    open(&mut console, &path).await;
    console.press("y l").await;
    console.sees("changed since: default-enrollment-flow (title)");
}

/// The screen without the folder's name, which is another each time.
fn scrubbed(screen: &str, files: &Files) -> String {
    let folder = files.0.path().display().to_string();
    let blank = "x".repeat(folder.len());
    screen.replace(&folder, &blank).replace(&format!("{}…", &folder[..folder.len().min(20)]), "")
}
