//! `guestlist invitation batch`.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::json;

use super::{Machine, Ran};

#[test]
fn a_batch_by_a_template_prints_its_links_as_csv() {
    let machine = Machine::with_flow();
    let arguments = ["invitation", "batch", "--count", "3", "--name", "eng-{n:2}", "--expires", "2w", "--note", "fair"];
    let dry = machine.run(&[&arguments[..], &["--dry-run"]].concat()).done();
    assert!(dry.out.contains("eng-03") && dry.err.contains("Would make 3 invitations"), "{dry:?}");
    assert_eq!(machine.json(&["invitation", "list"]), json!([]));
    let ran = machine.run(&arguments).done();
    assert!(ran.err.contains("Made 3 invitations."), "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!((lines.len(), lines[0]), (4, "name,email,link"));
    let kept = machine.json(&["invitation", "show", "eng-01"]);
    assert_eq!(lines[1], format!("eng-01,,{}", kept["link"].as_str().unwrap()));
    assert_eq!((&kept["single_use"], &kept["note"]), (&json!(true), &json!("fair")));
    let again = machine.run(&arguments).complained(1, "The name `eng-01` is taken. `eng-04` is free.");
    assert!(again.err.contains("--free-names") && again.err.contains("Nothing was made."), "{}", again.err);
    let free = machine.json(&[&arguments[..], &["--free-names"]].concat());
    assert_eq!(free["invitations"][2]["name"], "eng-06");
}

#[test]
fn a_file_makes_one_invitation_a_row_and_its_links_go_to_a_private_file() {
    let machine = Machine::with_flow();
    machine.write("guests.csv", "\u{feff}name;email;attributes.team\r\njane;jane@example.com;eng\r\njoe;=1+1;\r\n");
    let batch = ["invitation", "batch", "--csv", "guests.csv", "--data", "attributes: {site: B}", "--flow"];
    let batch = [&batch[..], &["default-enrollment-flow", "--output", "links.csv"]].concat();
    let made = machine.json(&batch);
    assert_eq!(made["output"], "links.csv");
    let path = machine.home.path().join("links.csv");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let links = std::fs::read_to_string(&path).unwrap();
    assert!(links.contains("\njoe,'=1+1,http"), "{links}");
    let jane = machine.json(&["invitation", "show", "jane"]);
    let data = json!({ "email": "jane@example.com", "attributes": { "site": "B", "team": "eng" } });
    assert_eq!(jane["fixed_data"], data);
    machine.write("more.csv", "name\nann\n");
    let again = ["invitation", "batch", "--csv", "more.csv", "--output", "links.csv"];
    machine.run(&again).complained(1, "links.csv is there already");
    machine.run(&["invitation", "show", "ann"]).complained(1, "no invitation `ann`");
}

#[test]
fn a_file_comes_from_standard_input_too() {
    let machine = Machine::with_flow();
    let arguments = ["invitation", "batch", "--csv", "-", "--name", "{email}"];
    let mut child = machine
        .command(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"email\njane@example.com\n").unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap()).done();
    assert!(ran.out.contains("\njane-example-com,jane@example.com,http"), "{ran:?}");
}

#[test]
fn faults_are_told_by_file_and_line() {
    let machine = Machine::with_flow();
    machine.write("bad.csv", "name,email\nok,x\nlone\n");
    let batch = |arguments: &[&str]| machine.run(&[&["invitation", "batch"], arguments].concat());
    batch(&["--csv", "bad.csv"]).complained(1, "bad.csv:3: 1 value for 2 columns.");
    batch(&["--csv", "nowhere.csv"]).complained(1, "nowhere.csv can't be read");
    machine.write("names.csv", "name,email\nok,x\nJane Doe,y\n");
    batch(&["--csv", "names.csv"]).complained(1, "line 3: The name `Jane Doe`");
    batch(&[]).complained(2, "<--count <N>|--csv <FILE>>");
    batch(&["--count", "0", "--name", "a{n}"]).complained(2, "--count: Enter how many");
    batch(&["--count", "100001", "--name", "a{n}"]).complained(2, "--count: Make at most 10000");
    batch(&["--count", "2", "--name", "eng-{x}"]).complained(2, "--name: There is no column `x`");
    batch(&["--count", "3"]).complained(2, "--name");
    batch(&["--count", "3", "--csv", "bad.csv", "--name", "x"]).complained(2, "cannot be used with");
    batch(&["--count", "3", "--name", "eng-{n"]).complained(2, "--name: A `{` is never closed");
    batch(&["--count", "3", "--name", "eng"]).complained(2, "--name: The name needs {n}");
    batch(&["--count", "3", "--name", "a{n}", "--expires", "2020-01-01"]).complained(2, "in the past");
    batch(&["--count", "3", "--name", "a{n}", "--flow", "zzz"]).complained(1, "There is no flow `zzz`");
    machine.run(&["--read-only", "invitation", "batch", "--count", "1", "--name", "a"]).complained(1, "read-only");
    machine.run(&["--read-only", "invitation", "batch", "--count", "1", "--name", "a", "--dry-run"]).done();
    assert_eq!(machine.json(&["invitation", "list"]), json!([]));
}

#[test]
fn the_help_shows_the_placeholders_of_names_in_one_piece() {
    let help = Machine::new().run(&["help", "invitation", "batch"]).done().out;
    assert!(help.contains("eng-{n:2}"), "{help}");
    assert!(!help.contains("Their names: \n"), "{help}");
}

#[test]
fn numbered_names_sort_however_many_there_are() {
    let machine = Machine::with_flow();
    let made = machine.json(&["invitation", "batch", "--count", "101", "--name", "eng-{n:2}"]);
    let names: Vec<&str> =
        made["invitations"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!((names[0], names[100]), ("eng-001", "eng-101"));
    assert!(names.is_sorted(), "{names:?}");
}
