//! Bringing flows in.

use super::harness::Start;

#[tokio::test]
async fn the_first_start_offers_the_well_known_flow_and_one_key_imports_it() {
    let mut console = Start { size: (120, 40), blueprints: &[], ..Start::default() }.open().await;
    console.sees("There is no flow yet");
    console.press("<enter>").await;
    console.sees("Imported default-enrollment-flow");
    console.press("1 l").await;
    console.sees("only with an invitation");
}

#[tokio::test]
async fn the_offer_is_declined_and_not_repeated() {
    let mut console = Start { blueprints: &[], ..Start::default() }.open().await;
    console.press("<esc>").await;
    console.notice().await;
    console.sees_no("There is no flow yet");
    console.press("1").await;
    console.sees("No flow yet. Press i to import one.");
}

#[tokio::test]
async fn a_file_is_previewed_before_it_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    let shipped = guestlist::blueprint::shipped()[0].text;
    std::fs::write(&path, shipped).unwrap();
    let mut console = Start { blueprints: &[], ..Start::default() }.open().await;
    console.press("<esc> 1 i").await;
    console.paste(&folder.path().join("fl").display().to_string()).await;
    console.press("<tab>").await;
    console.sees("flow.yaml");
    console.press("<enter>").await;
    console.sees("created");
    console.sees("Without an invitation stage: default-enrollment-flow");
    console.press("y").await;
    console.sees("1 invitation stage bound");
    console.sees("yes");
    console.press("i <enter>").await;
    console.sees("unchanged");
}

#[tokio::test]
async fn a_faulty_file_is_refused_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.yaml");
    std::fs::write(&path, "version: 1\nentries:\n  - model: authentik_flows.flwo\n    identifiers: {slug: x}\n")
        .unwrap();
    let mut console = Start::default().open().await;
    console.press("1 i").await;
    console.paste(&path.display().to_string()).await;
    console.press("<enter>").await;
    console.sees("✗ 3:");
}

#[tokio::test]
async fn a_missing_file_is_said_plainly() {
    let mut console = Start::default().open().await;
    console.press("1 i /no/such.yaml <enter>").await;
    console.sees("No such file");
}

#[tokio::test]
async fn a_flow_gets_an_invitation_stage_by_one_key() {
    let mut console = Start { bind: false, ..Start::default() }.open().await;
    console.press("1").await;
    console.sees("⚠ no");
    console.sees("b Bind stage");
    console.press("b").await;
    console.sees("has an invitation stage now");
    console.sees_no("b Bind stage");
}
