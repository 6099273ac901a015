//! The walls that a single package lacks: who may use whom, what may stand where, and how long it may be.
//!
//! Each rule is a function from sources to faults, held against `src/` in one test and against a made-up bad source
//! in another, so that a rule that can't fail doesn't go unnoticed.

use std::collections::BTreeMap;
use std::path::Path;

mod source;

use source::{Source, line_at, read};

/// The rooms and the rooms that each may use. `main.rs` and `lib.rs` put everything together and are exempt.
const MAY_USE: &[(&str, &[&str])] = &[
    ("cli", &["config", "batch", "blueprint", "executor", "mail", "policy", "secret", "store", "clock", "domain"]),
    ("console", &["config", "batch", "blueprint", "executor", "mail", "policy", "secret", "store", "clock", "domain"]),
    ("server", &["config", "blueprint", "executor", "mail", "policy", "secret", "store", "clock", "domain"]),
    ("config", &["blueprint", "executor", "mail", "policy", "secret", "store", "clock", "domain"]),
    ("batch", &["store", "clock", "domain"]),
    ("blueprint", &["mail", "policy", "secret", "store", "clock", "domain"]),
    ("executor", &["mail", "policy", "secret", "store", "turns", "clock", "domain"]),
    ("mail", &["policy", "store", "clock", "domain"]),
    ("policy", &["store", "turns", "clock", "domain"]),
    ("store", &["clock", "domain"]),
    ("secret", &["turns", "domain"]),
    ("turns", &[]),
    ("clock", &[]),
    ("domain", &[]),
];

/// Crates that stand in one room only.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("ratatui", &["console"]),
    ("crossterm", &["console"]),
    ("tui_textarea", &["console"]),
    ("arboard", &["console"]),
    ("qrcode", &["console"]),
    ("axum", &["server"]),
    // Its client asks lists of leaked passwords.
    ("hyper", &["server", "policy"]),
    ("hyper_util", &["server", "policy"]),
    ("sqlx", &["store"]),
    ("argon2", &["secret"]),
];

/// What the pure room may use besides itself.
const PURE: &[&str] =
    &["std", "core", "alloc", "serde", "serde_json", "chrono", "uuid", "thiserror", "unicode_normalization", "zxcvbn"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "common", "helper", "type", "manager", "service"];

const LONGEST_FILE: usize = 500;
const MEDIAN_FILE: usize = 180;

/// Fails with all faults at once, each on a line, below what to do about them.
fn hold(advice: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{advice}\n  {}", faults.join("\n  "));
}

fn exempt(source: &Source) -> bool {
    ["src/main.rs", "src/lib.rs"].contains(&source.path.as_str())
}

fn uses_across(sources: &[Source]) -> Vec<String> {
    let rooms: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !exempt(source)) {
        let Some(allowed) = rooms.get(source.room()) else {
            faults.push(format!("{}: `{}` is no room of the table", source.path, source.room()));
            continue;
        };
        for (line, used) in source.rooms_used() {
            // What is neither a room nor this crate by its name is a macro at the root, or `crate` in `pub(crate)`.
            let known = rooms.contains_key(used.as_str()) || used == "guestlist";
            if known && used != source.room() && !allowed.contains(&used.as_str()) {
                faults.push(format!("{}:{line}: {} may not use {used}", source.path, source.room()));
            }
        }
    }
    faults
}

#[test]
fn each_room_uses_only_the_rooms_below_it() {
    hold(
        "Move what both need into the lower room, or hand it over in `main.rs`. See MAY_USE.",
        &uses_across(&read("src")),
    );
}

#[test]
fn the_rule_on_rooms_can_fail() {
    let bad = |path, text| uses_across(&[Source::new(path, text)]).len();
    assert_eq!(bad("src/domain/user.rs", "use crate::store::Store;"), 1);
    assert_eq!(bad("src/domain/user.rs", "use super::super::clock;"), 1);
    assert_eq!(bad("src/cli/user.rs", "fn f() { crate::server::run() }"), 1);
    assert_eq!(bad("src/store/mod.rs", "use super::config::Config;"), 1);
    assert_eq!(bad("src/blueprint/mod.rs", "use crate::{domain, executor::plan};"), 1);
    assert_eq!(bad("src/server/mod.rs", "use guestlist::console;"), 1);
    assert_eq!(bad("src/cellar/mod.rs", ""), 1);
    assert_eq!(bad("src/store/users.rs", "use crate::{clock, domain::user::User, sql};\npub(crate) fn f() {}"), 0);
}

/// The crates that `Cargo.toml` names, as code writes them.
fn dependencies() -> Vec<String> {
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let (_, after) = manifest.split_once("\n[dependencies]\n").unwrap();
    let section = after.split("\n[").next().unwrap();
    let names = section.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    names.map(|(name, _)| name.trim().replace('-', "_")).collect()
}

fn impurities(sources: &[Source]) -> Vec<String> {
    let crates = dependencies();
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.room() == "domain") {
        for (line, root) in source.path_roots() {
            if crates.contains(&root) && !PURE.contains(&root.as_str()) {
                faults.push(format!("{}:{line}: uses {root}", source.path));
            }
        }
        for word in ["async fn", "async move", ".await", "std::fs", "std::net", "std::env", "std::process", "std::io"] {
            if let Some(offset) = source.code_outside_tests().find(word) {
                faults.push(format!("{}:{}: `{word}`", source.path, line_at(&source.code_outside_tests(), offset)));
            }
        }
    }
    faults
}

#[test]
fn the_domain_is_pure() {
    hold(
        "The domain does no I/O and uses only the crates of PURE: do this one room higher.",
        &impurities(&read("src")),
    );
}

#[test]
fn the_rule_on_purity_can_fail() {
    let bad = |text| impurities(&[Source::new("src/domain/user.rs", text)]).len();
    assert_eq!(bad("use tokio::sync::Mutex;"), 1);
    assert_eq!(bad("fn f() { sha2::Sha256::digest(b\"\") }"), 1);
    assert_eq!(bad("async fn f() { g().await }"), 2);
    assert_eq!(bad("use serde_json::Value;\nuse super::slug::Slug;"), 0);
}

fn misplaced_crates(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        for (line, root) in source.path_roots() {
            let strays = |(name, rooms): &&(&str, &[&str])| *name == root && !rooms.contains(&source.room());
            for (name, rooms) in KEPT_IN.iter().filter(strays) {
                faults.push(format!("{}:{line}: {name} stands only in {}/", source.path, rooms.join("/ and ")));
            }
        }
    }
    faults
}

#[test]
fn each_library_stays_in_its_room() {
    hold("Give the room that keeps the library a function that says what you want.", &misplaced_crates(&read("src")));
}

#[test]
fn the_rule_on_libraries_can_fail() {
    let bad = |path, text| misplaced_crates(&[Source::new(path, text)]).len();
    assert_eq!(bad("src/cli/user.rs", "use crossterm::style;"), 1);
    assert_eq!(bad("src/main.rs", "fn main() { ratatui::restore() }"), 1);
    assert_eq!(bad("src/executor/mod.rs", "use axum;"), 1);
    assert_eq!(bad("src/console/mod.rs", "use ratatui::Frame;"), 0);
}

/// Whether a text reads like a statement for a database.
fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let changes = ["TABLE", "INDEX", "UNIQUE", "TRIGGER"];
    match words.as_slice() {
        ["CREATE" | "ALTER" | "DROP", what, ..] => changes.contains(what),
        ["WITH", rest @ ..] => rest.contains(&"AS") && rest.iter().any(|word| word.starts_with("(SELECT")),
        ["SELECT", _, ..] | ["INSERT", "INTO", _, ..] | ["DELETE", "FROM", _, ..] | ["UPDATE", _, "SET", ..] => true,
        _ => false,
    }
}

fn stray_sql(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.room() != "store") {
        let found = source.texts.iter().filter(|(_, text)| is_sql(text));
        faults.extend(found.map(|(line, text)| format!("{}:{line}: {text:?}", source.path)));
        if let Some(offset) = source.code.find("sql!(") {
            faults.push(format!("{}:{}: sql!(", source.path, line_at(&source.code, offset)));
        }
    }
    faults
}

#[test]
fn sql_stands_only_in_the_store() {
    hold("Write a function in the fitting file of src/store/ and call it.", &stray_sql(&read("src")));
}

#[test]
fn the_rule_on_sql_can_fail() {
    let bad = |path, text| stray_sql(&[Source::new(path, text)]).len();
    assert_eq!(bad("src/server/page.rs", "f(\"SELECT 1\"); g(r\"\n UPDATE user SET a = 1\");"), 2);
    assert_eq!(bad("src/cli/user.rs", "tx.all(sql!(TEXT))"), 1);
    assert_eq!(bad("src/cli/user.rs", "f(\"Select a flow\"); g(\"UPDATE now\")"), 0);
    assert_eq!(bad("src/store/users.rs", "sql!(\"SELECT 1\")"), 0);
}

fn empty_names(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let path = source.path.trim_end_matches(".rs");
        let inline = source.code.split("mod ").skip(1).map(|after| after.split([' ', ';', '{']).next().unwrap_or(""));
        for name in path.split('/').chain(inline) {
            let plain = name.strip_suffix('s').unwrap_or(name);
            if EMPTY_NAMES.contains(&plain) {
                faults.push(format!("{}: `{name}`", source.path));
            }
        }
    }
    faults
}

#[test]
fn modules_are_named_for_what_they_hold() {
    hold("Name the module for what it holds, or move each thing to where it belongs.", &empty_names(&read("src")));
}

#[test]
fn the_rule_on_names_can_fail() {
    let bad = |path, text| empty_names(&[Source::new(path, text)]).len();
    assert_eq!(bad("src/store/utils.rs", ""), 1);
    assert_eq!(bad("src/store/mod.rs", "pub mod helpers;"), 1);
    assert_eq!(bad("src/store/users.rs", "mod tests { }"), 0);
}

fn overlong(sources: &[Source]) -> Vec<String> {
    let lengths = sources.iter().map(|source| (&source.path, source.text.lines().count()));
    lengths.filter(|(_, lines)| *lines > LONGEST_FILE).map(|(path, lines)| format!("{path}: {lines} lines")).collect()
}

fn median(sources: &[Source]) -> usize {
    let mut lengths: Vec<usize> = sources.iter().map(|source| source.text.lines().count()).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or_default()
}

#[test]
fn files_are_short() {
    let (sources, tests) = (read("src"), read("tests"));
    let advice = format!("No file has more than {LONGEST_FILE} lines: split it by what its parts are for.");
    hold(&advice, &[overlong(&sources), overlong(&tests)].concat());
    let median = median(&sources);
    assert!(median <= MEDIAN_FILE, "half of the files in src/ have more than {median} lines: split the longest ones");
}

#[test]
fn the_rule_on_length_can_fail() {
    let sources = [Source::new("src/a.rs", &"\n".repeat(501)), Source::new("src/b.rs", &"\n".repeat(500))];
    assert_eq!(overlong(&sources), ["src/a.rs: 501 lines"]);
    assert_eq!(median(&sources), 501);
}

fn unwraps(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let code = source.code_outside_tests();
        let found = code.match_indices(".unwrap()");
        faults.extend(found.map(|(offset, _)| format!("{}:{}", source.path, line_at(&code, offset))));
    }
    faults
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    hold("Return the error, or `expect` with why it can't happen.", &unwraps(&read("src")));
}

#[test]
fn the_rule_on_unwrap_can_fail() {
    let bad = "fn f() {\n g().unwrap() }\n#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }";
    assert_eq!(unwraps(&[Source::new("src/a.rs", bad)]), ["src/a.rs:2"]);
}

/// What is wrong with two folders' lists of migrations.
fn unpaired(sqlite: &[String], postgres: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    for (here, there, folder) in [(sqlite, postgres, "postgres"), (postgres, sqlite, "sqlite")] {
        let lone = here.iter().filter(|name| !there.contains(name));
        faults.extend(lone.map(|name| format!("{name} is missing in migrations/{folder}/")));
    }
    let mut numbers = BTreeMap::new();
    for name in sqlite {
        let number = name.split('_').next().unwrap_or_default();
        if name.strip_suffix(".sql").is_none()
            || number.is_empty()
            || !number.chars().all(|digit| digit.is_ascii_digit())
        {
            faults.push(format!("{name} is not named NUMBER_NAME.sql"));
        } else if let Some(other) = numbers.insert(number, name) {
            faults.push(format!("{other} and {name} have the same number"));
        }
    }
    faults
}

fn migrations(database: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_migration_stands_in_both_folders() {
    let advice = "A migration stands in both folders, under the same number and name, even when one has nothing to do.";
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    assert!(!sqlite.is_empty(), "there are no migrations in migrations/sqlite/");
    hold(advice, &unpaired(&sqlite, &postgres));
}

#[test]
fn the_rule_on_migrations_can_fail() {
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(unpaired(&names(&["0001_a.sql"]), &names(&["0001_b.sql"])).len(), 2);
    assert_eq!(unpaired(&names(&["0001_a.sql", "0001_b.sql"]), &names(&["0001_a.sql", "0001_b.sql"])).len(), 1);
    assert_eq!(unpaired(&names(&["first.sql"]), &names(&["first.sql"])).len(), 1);
    assert!(unpaired(&names(&["0001_a.sql"]), &names(&["0001_a.sql"])).is_empty());
}

/// Files and folders that a document names between backticks: those that begin with a folder of the package, and those
/// that begin with a room.
fn named_paths(text: &str) -> Vec<&str> {
    let folders = ["src", "tests", "benches", "blueprints", "migrations", "assets", "fuzz"];
    let begins = |name: &str| {
        let (first, rest) = name.split_once('/').unwrap_or_default();
        !rest.contains("//") && (folders.contains(&first) || MAY_USE.iter().any(|(room, _)| *room == first))
    };
    let plain = |name: &str| !name.contains(|c: char| c.is_whitespace() || "{}*<>:".contains(c));
    text.split('`').skip(1).step_by(2).filter(|name| plain(name) && begins(name)).collect()
}

/// Whether a document's path is there: as it stands, or as a module.
fn is_there(name: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ways = [name.to_owned(), format!("{name}.rs"), format!("src/{name}"), format!("src/{name}.rs")];
    ways.iter().any(|way| root.join(way).exists())
}

#[test]
fn every_path_that_the_documents_name_is_there() {
    for (document, text) in
        [("README.md", include_str!("../README.md")), ("ARCHITECTURE.md", include_str!("../ARCHITECTURE.md"))]
    {
        let named = named_paths(text);
        assert!(named.len() > 10, "{document} names {} paths", named.len());
        let gone: Vec<String> =
            named.iter().filter(|name| !is_there(name)).map(|name| format!("{document}: {name}")).collect();
        hold("Name what is there.", &gone);
    }
}

#[test]
fn the_rule_on_named_paths_can_fail() {
    let text = "`src/store/` and `src/nowhere.rs`, `server/flow.rs`, `console/keymap`; not `GET /if/flow/`, `postgres://x`, `a/b`";
    let named = named_paths(text);
    assert_eq!(named, ["src/store/", "src/nowhere.rs", "server/flow.rs", "console/keymap"]);
    let gone: Vec<_> = named.into_iter().filter(|name| !is_there(name)).collect();
    assert_eq!(gone, ["src/nowhere.rs"]);
}
