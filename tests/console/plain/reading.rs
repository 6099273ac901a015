//! A blueprint that wants to read this machine, asked about in lines.

use super::{Console, check, talk};

const WANTS: &str = "entries:\n  - {model: authentik_core.group, identifiers: {name: g}, attrs: {attributes: {a: !If [!Env PATH, !Env [CARGO_MANIFEST_DIR, x], !File [secret.txt, none]]}}}\n";

#[tokio::test]
async fn what_a_file_reads_is_named_and_asked_about_and_off_until_then() {
    let console = Console::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wants.yaml");
    std::fs::write(&path, WANTS).unwrap();
    let path = path.to_str().unwrap();
    let said = talk(&console, &["2", "import", path, "no", "b", "3", "q"]).await;
    check(
        &said,
        &[
            "`!Env` reads the environment",
            "The file wants to read of this machine:",
            "the variable CARGO_MANIFEST_DIR of",
            "the variable PATH of",
            &format!("the file secret.txt below {}", folder.path().display()),
            "and nothing else, for this import? (yes or no) [no]:",
            "Nothing was imported.",
        ],
    );
    let root = env!("CARGO_MANIFEST_DIR");
    assert!(!said.contains(root) && !said.contains("created"), "{said}");
    // Enter is no, too.
    let said = talk(&console, &["2", "import", path, "", "b", "q"]).await;
    assert!(!said.contains(root) && said.contains("Nothing was imported."), "{said}");
    let said = talk(&console, &["2", "import", path, "yes", "yes", "b", "q"]).await;
    check(&said, &["for this import?", "created group g", root, "Import it?", "Imported "]);
    // What was allowed was allowed for that import.
    let said = talk(&console, &["2", "import", path, "no", "b", "q"]).await;
    check(&said, &["`!Env` reads the environment", "Nothing was imported."]);
}

#[tokio::test]
async fn a_file_that_reads_nothing_is_not_asked_about() {
    let console = Console::new().await;
    let said = talk(&console, &["2", "import", "1", "yes", "yes", "b", "q"]).await;
    assert!(!said.contains("wants to read"), "{said}");
}
