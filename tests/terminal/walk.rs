//! The main job, from a first start to an account.

use std::os::unix::fs::PermissionsExt;

use super::{SIZE, invite, run, up};
use crate::cli::Machine;
use crate::server::browser::Browser;
use crate::support::http::visitor;
use crate::support::pty::Terminal;

/// What the shipped `default-enrollment-flow` asks.
const CREDENTIALS: &[(&str, &str)] = &[("username", "jane"), ("password", "s3cret"), ("password_repeat", "s3cret")];

/// The address of the server that a console's first line shows.
fn server(terminal: &Terminal) -> String {
    terminal.wait_for_text("http://127.0.0.1:");
    let screen = terminal.screen();
    let line = screen.lines().next().unwrap();
    let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
    format!("http://{address}")
}

/// Starts on an empty machine and takes the offer of a flow.
fn first_start(machine: &Machine) -> Terminal {
    let terminal = up(machine, &[("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")]);
    terminal.wait_for_text("Welcome to guestlist");
    terminal.send("<enter>");
    terminal.wait_for_text("Imported default-enrollment-flow");
    terminal.send("<esc>");
    terminal.wait_for("the message to be gone", |screen| !screen.contents().contains("Imported"));
    terminal
}

fn enroll(origin: &str, link: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let browser = Browser { client: visitor(), origin: origin.to_owned() };
        let first = browser.follow(browser.get(link).await).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        assert_eq!(second.value("email"), "jane@example.com");
        let last = browser.go_on(&second, &[("name", "Jane"), ("email", "jane@example.com")]).await;
        assert_eq!(last.heading(), "You are all set");
        browser.get(link).await.check_calm(410);
    });
}

#[test]
fn an_administrator_invites_somebody_who_enrolls_and_the_console_tells() {
    let machine = Machine::new();
    let terminal = first_start(&machine);
    let origin = server(&terminal);

    terminal.send("n");
    terminal.wait_for_text("Create Invitation");
    terminal.send("welcome-jane <tab> <tab> <tab> email:<space>jane@example.com <C-s>");
    terminal.wait_for_text("Link to use the invitation");
    terminal.wait_for_text("0/1");

    let link = format!("{origin}/if/flow/default-enrollment-flow/?itoken=");
    let shown = machine.json(&["invitation", "show", "welcome-jane", "--public-url", &origin]);
    let link = shown["link"].as_str().filter(|whole| whole.starts_with(&link)).unwrap();
    enroll(&origin, link);

    // Nothing is pressed: the console learns it by itself.
    terminal.wait_for_text("1/1");
    terminal
        .wait_for("who used it", |screen| screen.contents().contains("Used by") && screen.contents().contains("used"));
    let people = machine.json(&["user", "list"]);
    let jane = people.as_array().unwrap().iter().find(|user| user["username"] == "jane").unwrap();
    assert_eq!((jane["invitation"].as_str(), jane["email"].as_str()), (Some("welcome-jane"), Some("jane@example.com")));

    let mode = std::fs::metadata(machine.database()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    terminal.send("q");
    assert!(terminal.wait_exit().success());
}

#[test]
fn what_another_process_does_appears_without_a_key() {
    let machine = Machine::with_flow();
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("No invitation yet");
    invite(&machine, "from-elsewhere");
    terminal.wait_for_text("from-elsewhere");
    machine.run(&["invitation", "delete", "from-elsewhere"]).done();
    terminal.wait_for_text("No invitation yet");
}

#[test]
fn a_half_filled_form_survives_every_size() {
    let machine = Machine::with_flow();
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("No invitation yet");
    terminal.send("n");
    terminal.wait_for_text("Create Invitation");
    terminal.send("half-typed");
    terminal.wait_for_text("half-typed");
    for size in [(200, 60), (60, 20), (39, 9), (10, 3), (1, 1), (300, 100), (40, 10)] {
        terminal.resize(size);
    }
    terminal.resize(SIZE);
    terminal.wait_for_text("half-typed");
    terminal.send("<C-s>");
    terminal.wait_for_text("Saved half-typed");
    assert_eq!(machine.json(&["invitation", "show", "half-typed"])["name"], "half-typed");
}
