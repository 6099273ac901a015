//! The link reaches the clipboard of the person's own terminal, by each way that there is.

use super::{SIZE, invite, run};
use crate::cli::Machine;
use crate::support::programs::need;
use crate::support::pty::{Terminal, osc52};
use crate::support::requires::Part;
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

/// The console inside GNU screen, in a terminal. The folder is where screen keeps its socket; it goes last.
fn inside_screen(machine: &Machine) -> Option<(Terminal, tempfile::TempDir)> {
    use std::os::unix::fs::PermissionsExt;

    let program = need(Part::Screen, "screen")?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let settings = folder.path().join("screenrc");
    std::fs::write(&settings, "startup_message off\n").unwrap();
    let (settings, sockets) = (settings.display().to_string(), folder.path().display().to_string());
    let home = machine.home.path().display().to_string();
    let console = guestlist().display().to_string();
    let arguments = ["-U", "-c", &settings, "-S", "guestlist", &console, "console"];
    let environment = [("HOME", home.as_str()), ("SCREENDIR", sockets.as_str())];
    Some((Terminal::spawn(&program, &arguments, &environment, SIZE), folder))
}

#[test]
fn through_gnu_screen_the_link_arrives_where_the_person_sits() {
    let (machine, link) = with_invitation();
    let Some((terminal, _folder)) = inside_screen(&machine) else { return };
    terminal.wait_for_text("welcome");
    terminal.send("c");
    terminal.wait_for_text("OSC 52");
    assert_eq!(osc52(&terminal.output()), Some(link));
    terminal.send("q");
    assert!(terminal.wait_exit().success());
}

#[test]
fn through_gnu_screen_a_long_list_of_links_arrives_in_one_piece() {
    let (machine, _) = with_invitation();
    let Some((terminal, _folder)) = inside_screen(&machine) else { return };
    terminal.wait_for_text("welcome");
    terminal.send("B <C-u> 30 <C-s>");
    terminal.wait_for_text("y makes them");
    terminal.send("y");
    terminal.wait_for_text("Made 30 invitations.");
    terminal.send("c");
    terminal.wait_for_text("A CSV of 30 links");
    let copied = osc52(&terminal.output()).unwrap();
    assert_eq!((copied.lines().count(), copied.matches("?itoken=").count()), (31, 30), "{copied}");
    terminal.send("<enter>");
    terminal.wait_for("the dialog closed", |screen| !screen.contents().contains("copies all links"));
    terminal.send("q");
    assert!(terminal.wait_exit().success());
}

#[test]
fn where_the_clipboard_is_switched_off_nothing_is_sent_and_that_is_said() {
    let (machine, _) = with_invitation();
    machine.write(".config/guestlist/config.yaml", "clipboard: off\n");
    let terminal = run(&machine, &["console"], &[OVER_SSH]);
    terminal.wait_for_text("welcome");
    terminal.send("c");
    terminal.wait_for_text("The clipboard is switched off. L shows the link.");
    assert_eq!(osc52(&terminal.output()), None);
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
