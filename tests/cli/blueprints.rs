//! `guestlist blueprint` beyond a plain import.

use super::Machine;
use crate::support::stores::on_both;
use serde_json::json;

/// A flow and something that is not known here.
const MIXED: &str = "\
version: 1
metadata: {name: Mixed}
context: {title: Welcome}
entries:
  - {model: authentik_flows.flow, identifiers: {slug: enroll}, attrs: {name: Enroll, title: !Context title, designation: enrollment}}
  - {id: app, model: authentik_core.application, identifiers: {slug: app}, attrs: {name: App}}
  - {model: authentik_core.group, identifiers: {name: team}, attrs: {attributes: {home: !Env HOME}}}
";

#[test]
fn a_file_is_checked_without_a_database() {
    let machine = Machine::new();
    let file = machine.home.path().join("mixed.yaml");
    std::fs::write(&file, MIXED).unwrap();
    let file = file.to_str().unwrap();
    let refused = machine.run(&["blueprint", "check", file, "--database", "postgres://nobody@127.0.0.1:1/none"]);
    refused.complained(1, ":6:22: entry `app`: The model `authentik_core.application` is unknown here.");
    let refused = machine.run(&["blueprint", "check", file]);
    refused.complained(1, ":7:89: entry `team`: `!Env` reads the environment of this machine, which is off");
    let checked = machine.json(&["blueprint", "check", file, "--skip-unsupported", "--allow-env"]);
    assert_eq!((&checked["name"], &checked["entries"]), (&json!("Mixed"), &json!(3)));
    assert_eq!(checked["left_out"][0]["entry"], "app");
}

#[test]
fn what_is_wrong_is_a_document_too_where_json_is_wanted() {
    let machine = Machine::new();
    machine.write("mixed.yaml", MIXED);
    let file = machine.home.path().join("mixed.yaml");
    let file = file.to_str().unwrap();
    for command in ["check", "import"] {
        let told = machine.run(&["blueprint", command, file, "--skip-unsupported", "--json"]);
        assert!(told.code == 1 && told.err.contains("`!Env` reads the"), "{told:?}");
        let document: serde_json::Value = serde_json::from_str(&told.out).unwrap();
        let problem = json!({
            "file": file, "line": 7, "column": 89, "entry": "team",
            "message": "`!Env` reads the environment of this machine, which is off; `--allow-env` allows it.",
        });
        assert_eq!(document, json!({ "problems": [problem], "more": 0 }), "{command}");
    }
    machine.write("empty.yaml", "");
    let told = machine.run(&["blueprint", "check", file, "--context", "x=1"]).complained(1, "asks for the context key");
    assert!(told.err.contains("mixed.yaml: Nothing in the file"), "{}", told.err);
}

#[test]
fn blueprints_that_are_asked_for_lie_in_the_configured_folder() {
    let machine = Machine::new();
    std::fs::create_dir(machine.home.path().join("more")).unwrap();
    machine.write(
        "more/inner.yaml",
        "metadata: {name: inner}\nentries:\n  - {model: authentik_core.group, identifiers: {name: in}}\n",
    );
    machine.write(
        "asks.yaml",
        "entries:\n  - {model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: inner}}}\n",
    );
    let path = |name: &str| machine.home.path().join(name).to_str().unwrap().to_owned();
    machine.run(&["blueprint", "check", &path("asks.yaml")]).complained(1, "is neither shipped nor in the folder");
    machine.run(&["blueprint", "check", &path("asks.yaml"), "--blueprints", &path("more")]).done();
    machine.write("config.yaml", &format!("blueprints: {}\n", path("more")));
    let imported = machine.json(&["blueprint", "import", &path("asks.yaml"), "--config", &path("config.yaml")]);
    assert_eq!(imported["changes"][0]["name"], "in");
}

#[test]
fn an_import_shows_each_attribute_before_and_after() {
    let machine = Machine::new();
    let file = machine.home.path().join("mixed.yaml");
    std::fs::write(&file, MIXED).unwrap();
    let file = file.to_str().unwrap();
    let import = ["blueprint", "import", file, "--skip-unsupported", "--allow-env"];
    machine.run(&import).done();
    let again = machine.json(&[&import[..], &["--dry-run", "--context", "title=Hello"]].concat());
    let flow = &again["changes"][0];
    assert_eq!(flow["action"], "updated");
    assert_eq!(flow["differences"], json!([{ "attribute": "title", "before": "Welcome", "after": "Hello" }]));
    assert_eq!(again["changes"][1]["action"], "unchanged");
    let table = machine.run(&[&import[..], &["--dry-run", "--context", "title=Hello"]].concat()).done().out;
    assert!(table.contains("title: Welcome → Hello"), "{table}");
}

#[test]
fn a_value_that_nothing_asks_for_is_refused_with_the_key_that_was_meant() {
    let machine = Machine::new();
    machine.write("mixed.yaml", MIXED);
    let file = machine.home.path().join("mixed.yaml");
    let check = ["blueprint", "check", file.to_str().unwrap(), "--skip-unsupported", "--allow-env"];
    machine.run(&[&check[..], &["--context", "title=Hello"]].concat()).done();
    machine
        .run(&[&check[..], &["--context", "titel=Hello"]].concat())
        .complained(1, "Nothing in the file asks for the context key `titel`. Did you mean `title`?");
}

#[test]
fn a_flow_is_exported_and_no_file_is_overwritten_by_accident() {
    let machine = Machine::with_flow();
    let text = machine.run(&["blueprint", "export", "default-enrollment-flow"]).done().out;
    assert!(text.starts_with("version: 1\nmetadata:\n"), "{text}");
    assert_eq!(machine.json(&["blueprint", "export", "default-enrollment-flow"])["blueprint"], text);
    let path = machine.home.path().join("flow.yaml");
    let file = path.to_str().unwrap();
    let export = ["blueprint", "export", "default-enrollment-flow", "--output", file];
    machine.run(&export).done();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    machine.run(&export).complained(1, "exists already; --force overwrites it.");
    machine.run(&[&export[..], &["--force"]].concat()).done();
    assert_eq!(machine.json(&["blueprint", "import", file])["has_changes"], false);
    machine
        .run(&["blueprint", "export", "default-enrolment-flow"])
        .complained(1, "Did you mean `default-enrollment-flow`?");
}

#[test]
fn the_list_tells_what_was_applied_and_changed_since() {
    let machine = Machine::new();
    machine.run(&["blueprint", "import", "minimal", "--as", "Alice"]).done();
    let listed = machine.json(&["blueprint", "list"]);
    let minimal = listed.as_array().unwrap().iter().find(|one| one["name"] == "minimal").unwrap();
    assert_eq!((&minimal["shipped"], &minimal["applied"]["by"]), (&json!(true), &json!("Alice")));
    assert_eq!(minimal["applied"]["changed_since"], json!([]));
    assert!(machine.run(&["blueprint", "list"]).done().out.contains("by Alice; everything is still as it asked."));
    let slug = machine.json(&["flow", "list"])[0]["slug"].as_str().unwrap().to_owned();
    let file = machine.home.path().join("title.yaml");
    let text = format!(
        "entries:\n  - {{model: authentik_flows.flow, identifiers: {{slug: {slug}}}, attrs: {{title: Other}}}}\n"
    );
    std::fs::write(&file, text).unwrap();
    machine.run(&["blueprint", "import", file.to_str().unwrap()]).done();
    assert!(machine.run(&["blueprint", "list"]).done().out.contains(&format!("changed since: {slug}.")));
    assert_eq!(machine.json(&["blueprint", "list"]).as_array().unwrap().len(), 4);
}

#[test]
fn the_list_tells_from_which_file_each_came() {
    let machine = Machine::new();
    let group = |name: &str| {
        format!(
            "metadata: {{name: Same}}\nentries:\n  - {{model: authentik_core.group, identifiers: {{name: {name}}}}}\n"
        )
    };
    machine.write("a.yaml", &group("a"));
    machine.write("folder/b.yaml", &group("b"));
    let path = |name: &str| machine.home.path().join(name).to_str().unwrap().to_owned();
    machine.run(&["blueprint", "import", &path("a.yaml"), "--as", "Alice"]).done();
    machine.run(&["blueprint", "import", &path("folder/b.yaml"), "--blueprints", &path("folder")]).done();
    let listed = machine.json(&["blueprint", "list"]);
    let same: Vec<_> = listed.as_array().unwrap().iter().filter(|one| one["name"] == "Same").collect();
    let origin = |at: usize| (same[at]["applied"]["source"].as_str(), same[at]["applied"]["path"].as_str());
    assert_eq!(
        (same.len(), origin(0), origin(1)),
        (2, (Some("file"), Some(path("a.yaml").as_str())), (Some("folder"), Some("b.yaml")))
    );
    let hash = same[0]["applied"]["hash"].as_str().unwrap();
    let told = machine.run(&["blueprint", "list"]).done().out;
    let sentence = format!("from {} ({}) by Alice; everything is still as it asked.", path("a.yaml"), &hash[..12]);
    assert!(told.contains(&sentence) && told.contains("from b.yaml in the folder of blueprints ("), "{told}");
    machine.run(&["group", "delete", "a"]).done();
    assert!(machine.run(&["blueprint", "list"]).done().out.contains("; gone since: a."));
}

on_both! {
    async fn a_blueprint_whose_file_is_gone_is_forgotten_and_what_it_made_stays(machine: Machine) {
        let group = |name: &str| {
            format!("metadata: {{name: Same}}\nentries:\n  - {{model: authentik_core.group, identifiers: {{name: {name}}}}}\n")
        };
        for name in ["a", "b"] {
            machine.write("gone.yaml", &group(name));
            let path = machine.home.path().join(format!("{name}.yaml"));
            std::fs::rename(machine.home.path().join("gone.yaml"), &path).unwrap();
            machine.run(&["blueprint", "import", path.to_str().unwrap()]).done();
            std::fs::remove_file(path).unwrap();
        }
        let listed = |machine: &Machine| -> Vec<(String, String)> {
            let all = machine.json(&["blueprint", "list"]);
            let same = all.as_array().unwrap().iter().filter(|one| one["name"] == "Same");
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            same.map(|one| (text(&one["applied"]["path"]), text(&one["applied"]["hash"]))).collect()
        };
        let before = listed(&machine);
        assert_eq!(before.len(), 2);
        let told = machine.run(&["blueprint", "forget", "Same"]).complained(1, "Several blueprints are called `Same`");
        assert!(before.iter().all(|(path, hash)| told.err.contains(path) && told.err.contains(&hash[..12])), "{}", told.err);
        machine.run(&["--read-only", "blueprint", "forget", &before[0].0]).complained(1, "read-only");
        assert_eq!(listed(&machine), before);
        assert!(machine.run(&["blueprint", "forget", &before[0].0]).done().out.contains("Forgot Same; what it made stays"));
        assert_eq!(listed(&machine), before[1..]);
        assert_eq!(machine.json(&["blueprint", "forget", &before[1].1[..12]])["forgotten"], true);
        assert!(listed(&machine).is_empty());
        machine.run(&["blueprint", "forget", "Same"]).complained(1, "There is no blueprint that was applied `Same`");
        machine.run(&["group", "show", "a"]).done();
        let events = machine.json(&["event", "list"]);
        let forgotten: Vec<_> = events.as_array().unwrap().iter().filter(|it| it["action"] == "blueprint_forgotten").collect();
        assert_eq!((forgotten.len(), &forgotten[0]["object_name"], &forgotten[0]["detail"]["hash"]), (2, &json!("Same"), &json!(before[1].1)));
    }
}
