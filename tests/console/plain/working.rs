//! Work that takes its time says how far it has got.

use std::fmt::Write;

use guestlist::console::plain::{Ends, converse};

use super::super::harness::{Console, Start};
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

/// Lets go of the database when it is told that it is waited for.
struct LettingGo {
    said: Vec<u8>,
    held: Option<guestlist::store::Tx>,
}

impl std::io::Write for LettingGo {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.said.extend_from_slice(bytes);
        if String::from_utf8_lossy(&self.said).contains("Waiting for the database…") {
            self.held = None;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn who_waits_for_the_database_is_told() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let held = Some(console.world.store.begin_write().await.unwrap());
    let mut output = LettingGo { said: Vec::new(), held };
    let typed = ["1", "1", "revoke", "b", "q", ""].join("\n");
    let setting = console.setting.clone();
    converse(console.world.clone(), setting, typed.as_bytes(), &mut output, Ends::default()).await.unwrap();
    check(&String::from_utf8(output.said).unwrap(), &["Waiting for the database…", "Revoked welcome."]);
}
