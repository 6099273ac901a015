//! The link reaches the clipboard of the person's own terminal, by each way that there is.

use super::{SIZE, invite, run};
use crate::cli::Machine;
use crate::support::pty::{Terminal, osc52};
use crate::support::serve::guestlist;
use crate::support::sshd::Sshd;
use crate::support::tmux::Tmux;

const OVER_SSH: (&str, &str) = ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");

/// A machine with one invitation, and its link.
fn with_invitation() -> (Machine, String) {
    let machine = Machine::with_flow();
    invite(&machine, "welcome");
    let link = machine.run(&["invitation", "link", "welcome"]).done().out.trim().to_owned();
    assert!(link.starts_with("http://127.0.0.1:9000/if/flow/default-enrollment-flow/?itoken="), "{link}");
    (machine, link)
}

#[test]
fn over_ssh_the_link_is_sent_to_the_terminal() {
    let (machine, link) = with_invitation();
    let terminal = run(&machine, &["console"], &[OVER_SSH]);
    terminal.wait_for_text("welcome");
    terminal.send("c");
    terminal.wait_for_text("OSC 52");
    assert_eq!(osc52(&terminal.output()), Some(link));
    terminal.wait_for_text("unconfirmed");
}

#[test]
fn the_bare_link_stands_alone_and_unbroken() {
    let (machine, link) = with_invitation();
    let terminal = run(&machine, &["console"], &[OVER_SSH]);
    terminal.resize((60, 20));
    terminal.wait_for_text("welcome");
    terminal.send("L");
    // A terminal joins the rows of a long line when it is selected; so does this.
    terminal.wait_for("the link alone", |screen| {
        let rows: String = screen.rows(0, 60).collect();
        rows.contains(&link) && !screen.contents().contains('│')
    });
    terminal.send("<esc>");
    terminal.wait_for_text("Invitations");
}

/// One shell word.
fn quoted(word: &str) -> String {
    format!("'{word}'")
}

#[test]
fn through_sshd_and_tmux_the_link_arrives_where_the_person_sits() {
    let (Some(sshd), Some(tmux)) = (Sshd::start(), Tmux::new()) else { return };
    let (machine, link) = with_invitation();
    // On the far side: tmux with its default settings, and the console in it.
    let console =
        format!("env HOME={} {} console", quoted(&machine.home.path().display().to_string()), guestlist().display());
    let mut remote = vec![format!("env LANG=C.UTF-8 TERM=xterm-256color {}", tmux.program().display())];
    remote.extend(tmux.arguments().iter().map(|argument| quoted(argument)));
    remote.extend(["new-session".to_owned(), format!("\"{console}\"")]);
    let mut arguments = vec!["-t".to_owned()];
    arguments.extend(sshd.arguments());
    arguments.push(remote.join(" "));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();

    let terminal = Terminal::spawn(sshd.ssh(), &arguments, &[], SIZE);
    terminal.wait_for_text("welcome");
    terminal.send("c");
    terminal.wait_for_text("through tmux");
    terminal.wait_for_output("OSC 52 at the near end", b"\x1b]52;");
    assert_eq!(osc52(&terminal.output()), Some(link));
    // The secret does not stay in a buffer on the far side.
    assert_eq!(tmux.run(&["list-buffers"]).unwrap(), "");
    terminal.send("q");
    assert!(terminal.wait_exit().success());
}

#[test]
fn through_sshd_alone_the_link_is_sent_to_the_terminal() {
    let Some(sshd) = Sshd::start() else { return };
    let (machine, link) = with_invitation();
    let home = quoted(&machine.home.path().display().to_string());
    let mut arguments = vec!["-t".to_owned()];
    arguments.extend(sshd.arguments());
    arguments.push(format!("env HOME={home} LANG=C.UTF-8 {} console", guestlist().display()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();

    let terminal = Terminal::spawn(sshd.ssh(), &arguments, &[], SIZE);
    terminal.wait_for_text("welcome");
    terminal.send("c");
    terminal.wait_for_text("OSC 52");
    assert_eq!(osc52(&terminal.output()), Some(link));
    terminal.send("q");
    assert!(terminal.wait_exit().success());
}
