//! Work that takes its time says how far it has got.

use std::fmt::Write;

use super::super::harness::Start;
use super::{check, talk};

#[tokio::test]
async fn a_long_import_says_how_far_it_has_got_in_whole_lines() {
    let console = Start { blueprints: &[], ..Start::default() }.open().await;
    let mut text = "version: 1\nentries:\n".to_owned();
    for number in 0..3_000 {
        writeln!(text, "- {{model: authentik_core.group, identifiers: {{name: team-{number}}}}}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("teams.yaml");
    std::fs::write(&path, text).unwrap();
    let said = talk(&console, &["2", "import", &path.display().to_string(), "yes", "q"]).await;
    check(&said, &["of 3,000 entries.", "Imported "]);
    let lines: Vec<_> = said.lines().filter(|line| line.ends_with(" of 3,000 entries.")).collect();
    assert!(lines.len() < 60, "somebody listens to all of this: {lines:?}");
}
