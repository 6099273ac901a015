//! Many invitations at once.

use guestlist::console::batch::{Answer, Ask};
use guestlist::console::event::{Effect, Outcome};
use serde_json::json;

use super::harness::{Console, Start};

async fn names(console: &Console) -> Vec<String> {
    console.invitations().await.iter().map(|row| row.invitation.settings.name.to_string()).collect()
}

#[tokio::test]
async fn a_batch_is_tried_made_copied_and_undone() {
    let mut console = Console::new().await;
    console.press("B <C-u> 3 <tab> <tab> <C-u> eng-{n} <tab> <tab> <C-u> +2d <C-s>").await;
    console.sees("3 invitations to default-enrollment-flow, single use.");
    console.sees("Expires: Tue 24 Nov 2026 14:05.");
    console.sees("eng-3");
    assert!(console.invitations().await.is_empty(), "trying writes nothing");
    console.press("B").await;
    assert!(console.invitations().await.is_empty(), "the key that asked does not confirm");
    console.press("y").await;
    console.sees("✓ Made 3 invitations.");
    assert_eq!(names(&console).await, ["eng-1", "eng-2", "eng-3"]);
    console.press("c").await;
    let Some(Effect::Write(sequence)) = console.seen.pop() else { panic!("nothing was written") };
    let encoded = sequence.trim_start_matches("\u{1b}]52;c;").trim_end_matches('\u{7}');
    let copied = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).unwrap();
    let copied = String::from_utf8(copied).unwrap();
    let first = console.invitations().await.remove(0);
    let link =
        format!("https://id.example.com/if/flow/default-enrollment-flow/?itoken={}", first.invitation.id.token());
    assert!(copied.starts_with(&format!("name,email,link\neng-1,,{link}\n")), "{copied}");
    console.press("<esc> u").await;
    console.sees("Undo making 3 invitations? Their links are dead at once.");
    console.press("n").await;
    assert_eq!(names(&console).await.len(), 3);
    console.press("u y").await;
    console.sees("Deleted 3 invitations.");
    assert!(console.invitations().await.is_empty());
    console.press("u").await;
    console.sees("There is nothing to undo.");
}

#[tokio::test]
async fn a_file_makes_one_a_row_with_what_the_selected_one_brings_along() {
    let mut console = Console::new().await;
    console.press("n team <tab> <tab> <tab>").await;
    console.paste("attributes:\n  site: B").await;
    let folder = tempfile::tempdir().unwrap();
    let (csv, links) = (folder.path().join("guests.csv"), folder.path().join("links.csv"));
    std::fs::write(&csv, "name,email,attributes.team\njane,jane@example.com,eng\njoe,joe@example.com,ops\n").unwrap();
    console.press("<C-s> B <tab>").await;
    console.paste(&csv.display().to_string()).await;
    // The name that is proposed gives way to a column of that name.
    console.press("<tab> <tab> <tab> <tab> <tab>").await;
    console.paste(&links.display().to_string()).await;
    console.press("<C-s>").await;
    console.sees("2 invitations to default-enrollment-flow");
    console.sees(r#"2  jane  {"attributes":{"site":"B","team":"eng"},"email":"jane@example"#);
    console.press("y").await;
    console.sees("Their links are in");
    let written = std::fs::read_to_string(&links).unwrap();
    assert!(written.contains("\njoe,joe@example.com,https://id.example.com/"), "{written}");
    let joe = console.invitations().await.remove(1).invitation.settings;
    assert_eq!(json!(joe.fixed_data)["attributes"], json!({"site": "B", "team": "ops"}));
}

#[tokio::test]
async fn faults_stand_where_they_belong_and_nothing_typed_is_lost() {
    let mut console = Console::new().await;
    console.press("B <C-u> <tab> <tab> <C-u> <lt> eng-{n <tab> <tab> <C-u> yesterday <C-s>").await;
    console.sees("✗ Enter how many, or name a CSV file.");
    console.sees("✗ A `{` is never closed");
    console.sees("✗ Write a time such as +7d");
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("bad.csv");
    std::fs::write(&csv, "name,email\nok,x\nlone\n").unwrap();
    console.press("<esc> y B <tab>").await;
    console.paste(&csv.display().to_string()).await;
    console.press("<C-s>").await;
    console.sees("line 3: 1 value for 2");
    console.sees("bad.csv");
    console.press("<esc> n").await;
    console.sees("Create many invitations");
}

#[tokio::test]
async fn taken_names_are_shown_with_free_ones_that_one_key_takes() {
    let mut console = Console::new().await;
    console.press("n eng-2 <C-s> B <C-u> 3 <tab> <tab> <C-u> eng-{n} <C-s>").await;
    console.sees("✗ The name `eng-2` is taken. `eng-4` is free.");
    console.press("y").await;
    assert_eq!(names(&console).await, ["eng-2"]);
    console.press("f").await;
    console.sees("instead of eng-2");
    console.press("y").await;
    assert_eq!(names(&console).await, ["eng-1", "eng-2", "eng-3", "eng-4"]);
}

#[tokio::test]
async fn escape_gives_a_batch_up_and_nothing_is_left() {
    let mut console = Console::new().await;
    console.press("B <C-u> 300 <C-s>").await;
    let yes = console.hand("y");
    let [Effect::Batch(ask)] = yes.as_slice() else { panic!("{yes:?}") };
    let Ask::Make(_) = ask.as_ref() else { panic!("{yes:?}") };
    assert!(console.tell(Outcome::Batch(Box::new(Answer::Progress(75)))).is_empty());
    console.sees("75 of 300");
    console.sees("Esc gives up");
    // The word to give up comes before the making has begun: it is heeded nevertheless.
    let stop = console.hand("<esc>");
    console.perform([stop, yes].concat()).await;
    console.sees("Given up: nothing was made.");
    assert!(console.invitations().await.is_empty());
    console.sees("300");
}

#[tokio::test]
async fn a_batch_begins_at_a_flow_too_and_not_where_nothing_may_be_written() {
    let mut console = Console::new().await;
    console.press("1 B").await;
    console.sees("default-enrollment-flow ▾");
    console.press("<C-s> y").await;
    console.sees("✓ Made 10 invitations.");
    let mut console = Start { read_only: true, ..Start::default() }.open().await;
    console.press("B").await;
    console.sees_no("Create many");
}

#[tokio::test]
async fn the_steps_of_a_batch_look_as_they_did() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("60x20", (60, 20))] {
        let mut console = Start { size, ..Start::default() }.open().await;
        console.press("n eng-2 <C-s> B").await;
        insta::assert_snapshot!(format!("batch_form_{name}"), console.screen());
        console.press("<C-u> 40 <tab> <tab> <C-u> eng-{n} <C-s>").await;
        insta::assert_snapshot!(format!("batch_taken_{name}"), console.screen());
        console.press("f").await;
        insta::assert_snapshot!(format!("batch_plan_{name}"), console.screen());
        let make = console.hand("y");
        console.tell(Outcome::Batch(Box::new(Answer::Progress(25))));
        insta::assert_snapshot!(format!("batch_making_{name}"), console.screen());
        console.perform(make).await;
        insta::assert_snapshot!(format!("batch_made_{name}"), console.screen());
    }
}

#[tokio::test]
async fn tab_completes_the_paths_of_files_and_then_leads_on() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["guests-a.csv", "guests-b.csv", "other.yaml"] {
        std::fs::write(folder.path().join(name), "name\njane\n").unwrap();
    }
    let mut console = Console::new().await;
    console.press("B <tab>").await;
    console.paste(&format!("{}/g", folder.path().display())).await;
    console.press("<tab>").await;
    console.sees("guests-a.csv  guests-b.csv");
    console.press("b <tab>").await;
    console.sees("guests-b.csv");
    // The next field is the name.
    console.press("<tab> <C-u> welcome-{n} <C-s>").await;
    console.sees("welcome-1");
}

#[tokio::test]
async fn the_links_of_a_batch_are_copied_in_words_of_their_own() {
    let mut console = Console::new().await;
    console.press("B <C-s> y c").await;
    console.sees("A CSV of 10 links was sent to your terminal by OSC 52");
    assert!(matches!(console.seen.last(), Some(guestlist::console::event::Effect::Write(_))));
}
