//! `up`, `serve` and `console`, as far as the command line goes.

use std::net::TcpListener;
use std::process::Stdio;

use super::Machine;
use crate::support::http::visitor;
use crate::support::output::wait_for;
use crate::support::postgres::{drop_database, fresh_database};
use crate::support::pty::Terminal;
use crate::support::serve::{Serving, guestlist};

#[tokio::test]
async fn the_server_says_where_it_listens_and_stops_when_told() {
    let machine = Machine::new();
    let database = format!("sqlite://{}", machine.home.path().join("guests.db").display());
    let mut serving = Serving::start(&database);
    let health = format!("{}/-/health/live/", serving.url);
    assert_eq!(visitor().get(&health).send().await.unwrap().status(), 204);
    assert!(serving.stop().success());
}

#[test]
fn a_port_in_use_is_said_plainly_by_serve() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Machine::new().run(&["serve", "--listen", &address]).complained(1, &format!("{address} is in use"));
    assert!(ran.err.contains("--listen"), "{}", ran.err);
}

#[test]
fn a_port_in_use_is_said_plainly_by_up() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let terminal = Terminal::spawn(guestlist(), &["up", "--listen", &address], &[], (120, 24));
    assert_eq!(terminal.wait_exit().exit_code(), 1);
    assert!(terminal.screen().contains(&format!("{address} is in use")), "{}", terminal.screen());
    assert!(!terminal.output().contains(&0x1b), "the console was opened");
}

#[test]
fn without_a_terminal_the_console_says_what_to_use_instead() {
    let machine = Machine::new();
    for arguments in [&[][..], &["console"], &["up"]] {
        let output = machine.command(arguments).stdin(Stdio::null()).output().unwrap();
        super::Ran::from(output).complained(1, "needs a terminal");
    }
}

#[tokio::test]
async fn a_password_on_the_command_line_is_gone_from_it_once_the_server_listens() {
    let Some(url) = fresh_database().await else { return };
    let machine = Machine::new();
    let secret = format!("{url}&password=hunter2");
    let mut command = machine.command(&["serve", "--database", &secret, "--listen", "127.0.0.1:0"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    wait_for(child.stdout.take().unwrap(), "listening on ").unwrap();
    let shown = std::fs::read_to_string(format!("/proc/{}/cmdline", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(shown.contains("serve") && !shown.contains("hunter2"), "{shown}");
    drop_database(&url).await;
}
