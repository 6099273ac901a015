//! PostgreSQL goes away under a running console and comes back.

use guestlist::store::Store;

use super::run;
use crate::cli::Machine;
use crate::support::postgres::{bring_back, drop_database, fresh_database, take_away};

#[tokio::test]
async fn a_console_says_that_the_database_is_away_keeps_what_was_typed_and_goes_on() {
    let Some(url) = fresh_database().await else { return };
    let machine = Machine::new().with("GUESTLIST_DATABASE", &url);
    machine.run(&["blueprint", "import", "default-enrollment-flow", "--bind-invitation-stage"]).done();
    let terminal = run(&machine, &["console"], &[("GUESTLIST_DATABASE", &url)]);
    terminal.wait_for_text("No invitation yet.");
    terminal.send("n welcome <tab> <C-u> +3d");
    terminal.wait_for_text("+3d");
    take_away(&url).await;
    terminal.wait_for_text("The database does not answer. What you typed is kept");
    bring_back(&url).await;
    terminal.wait_for("the message gone, and what was typed still there", |screen| {
        let shown = screen.contents();
        !shown.contains("The database does not answer") && shown.contains("welcome") && shown.contains("+3d")
    });
    terminal.send("<C-s>");
    terminal.wait_for_text("Saved welcome.");
    terminal.send("q");
    assert!(terminal.wait_exit().success());
    assert_eq!(machine.json(&["invitation", "show", "welcome"])["name"], "welcome");
    drop_database(&url).await;
}

#[tokio::test]
async fn a_console_that_can_t_begin_because_of_somebody_else_says_what_it_waits_for() {
    let machine = Machine::with_flow();
    let store = Store::open(&format!("sqlite://{}", machine.database().display())).await.unwrap();
    let held = store.begin_write().await.unwrap();
    let terminal = run(&machine, &["console"], &[]);
    terminal.wait_for_text("waiting for the database…");
    held.rollback().await.unwrap();
    terminal.wait_for_text("No invitation yet");
    terminal.send("q");
    assert!(terminal.wait_exit().success());
}
