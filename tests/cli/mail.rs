//! `guestlist mail` and `guestlist invitation send`.

use serde_json::json;

use super::Machine;
use crate::support::serve::Serving;
use crate::support::smtp::{LOGIN, Manner, Smtp};
use crate::support::stores::{Database, on_both};

/// A machine with a flow, and an invitation for Jane that names her address.
fn machine(database: &str) -> Machine {
    let machine = Machine::new().with("GUESTLIST_DATABASE", database);
    machine.run(&["blueprint", "import", "default-enrollment-flow", "--bind-invitation-stage"]).done();
    machine.run(&["invitation", "create", "jane", "--data", "{email: jane@example.com, name: Jane}"]).done();
    machine
}

/// The link in a letter that came, put together again where it was wrapped.
fn link_in(text: &str) -> String {
    let whole = text.replace("=\n", "").replace("=3D", "=");
    let at = whole.find("http://").unwrap_or_else(|| panic!("no link in {whole}"));
    whole[at..].split_whitespace().next().unwrap().to_owned()
}

on_both! {
    async fn an_invitation_is_sent_by_the_server_and_its_letter_leads_to_the_form(database: Database) {
        let mut smtp = Smtp::start_with(Manner { auth: "PLAIN", ..Manner::default() }).await;
        let machine = machine(&database.url);
        let port = smtp.port.to_string();
        let environment = [
            ("GUESTLIST_MAIL_HOST", "localhost"), ("GUESTLIST_MAIL_PORT", &port), ("GUESTLIST_MAIL_TLS", "none"),
            ("GUESTLIST_MAIL_FROM", "Example <guests@example.com>"), ("GUESTLIST_MAIL_USERNAME", LOGIN.0),
            ("GUESTLIST_MAIL_PASSWORD", LOGIN.1),
        ];
        let serving = Serving::start_with(&database.url, "127.0.0.1:0", &environment);
        let mut sending = machine.with("GUESTLIST_PUBLIC_URL", &serving.url);
        for (name, value) in environment {
            sending = sending.with(name, value);
        }
        let sent = sending.json(&["invitation", "send", "jane", "--language", "de", "--message", "Bis Montag!"]);
        assert_eq!((&sent["to"], &sent["status"]), (&json!("jane@example.com"), &json!("queued")));
        let taken = smtp.next().await;
        assert_eq!(taken.to, ["RCPT TO:<jane@example.com>"]);
        assert!(taken.text.contains("Guten Tag Jane,") && taken.text.contains("> Bis Montag!"), "{}", taken.text);
        let link = link_in(&taken.text);
        assert_eq!(link, sending.run(&["invitation", "link", "jane"]).done().out.trim());
        let browser = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let page = browser.get(&link).send().await.unwrap();
        assert!(page.status().is_success() && !page.url().as_str().contains("itoken"), "{}", page.url());

        let id = sent["letter"].as_str().unwrap();
        let log = sending.run(&["event", "list", "--json"]).done().out;
        assert!(log.contains("\"invitation_sent\"") && !log.contains(link.split_once("itoken=").unwrap().1), "{log}");
        let complaints = serving.complaints();
        assert!(!complaints.contains("itoken=") && !complaints.contains(LOGIN.1), "{complaints}");
        // The mail server tells that it has the letter before the outbox knows.
        let deadline = std::time::Instant::now() + crate::support::output::DEADLINE;
        while sending.json(&["mail", "show", id])["status"] != "sent" {
            assert!(std::time::Instant::now() < deadline, "{}", sending.run(&["mail", "show", id]).out);
        }
        assert_eq!(sending.json(&["mail", "list", "--status", "sent"])[0]["id"], id);
        assert!(!sending.json(&["invitation", "show", "jane"])["mailed_at"].is_null());
        sending.run(&["mail", "retry", id]).complained(1, "it was sent");
    }
}

#[test]
fn where_mail_is_off_nothing_is_queued_and_it_is_said_what_to_set() {
    let machine = Machine::with_flow();
    machine.run(&["invitation", "create", "jane", "--data", "email: jane@example.com"]).done();
    machine.run(&["invitation", "send", "jane"]).complained(1, "Mail is off");
    machine.run(&["mail", "test", "jane@example.com"]).complained(1, "--mail-host");
    assert_eq!(machine.json(&["mail", "list"]), json!([]));
}

#[test]
fn a_letter_that_can_t_be_is_refused_before_it_is_written() {
    let machine = Machine::with_flow().with("GUESTLIST_MAIL", "dry").with("GUESTLIST_MAIL_DRY_DIR", "letters");
    machine.run(&["invitation", "create", "jane"]).done();
    machine.run(&["invitation", "send", "jane"]).complained(2, "--to");
    machine.run(&["invitation", "send", "jane", "--to", "jane"]).complained(2, "--to: This is not an email address.");
    machine.run(&["invitation", "send", "joe", "--to", "a@example.com"]).complained(1, "There is no invitation `joe`");
    machine
        .run(&["invitation", "send", "jane", "--to", "a@example.com", "--language", "xx"])
        .complained(2, "en and de");
    machine.run(&["invitation", "send", "jane", "--to", "a@example.com"]).done();
    machine
        .run(&["invitation", "send", "jane", "--to", "a@example.com"])
        .complained(1, "is waiting to be sent already");
    machine.run(&["invitation", "revoke", "jane"]).done();
    machine.run(&["invitation", "send", "jane", "--to", "b@example.com"]).complained(1, "jane is revoked");
    assert_eq!(machine.json(&["mail", "list"]).as_array().unwrap().len(), 1);
    machine.run(&["mail", "show", "x"]).complained(1, "There is no letter `x`");
    machine.run(&["mail", "retry"]).complained(2, "<ID|--failed>");
    assert_eq!(machine.json(&["mail", "retry", "--failed"]), json!({ "due": [] }));
}

#[test]
fn a_test_letter_tells_whether_mail_leaves() {
    let machine = Machine::new().with("GUESTLIST_MAIL", "dry").with("GUESTLIST_MAIL_DRY_DIR", "letters");
    let ran = machine.run(&["mail", "test", "jane@example.com"]).done();
    assert!(ran.out.contains("it lies in letters"), "{}", ran.out);
    assert_eq!(std::fs::read_dir(machine.home.path().join("letters")).unwrap().count(), 1);
    machine.run(&["mail", "test", "jane"]).complained(2, "ADDRESS");
    let gone = [
        "mail",
        "test",
        "jane@example.com",
        "--mail",
        "smtp",
        "--mail-host",
        "127.0.0.1",
        "--mail-port",
        "1",
        "--mail-from",
        "guests@example.com",
    ];
    machine.run(&gone).complained(1, "127.0.0.1:1");
}

#[test]
fn settings_of_mail_that_do_not_fit_are_named_with_file_key_and_line() {
    let machine = Machine::new();
    for (text, part) in [
        ("mail:\n  host: mail.example.com\n  from: nobody\n", "line 3: `mail.from`"),
        ("mail:\n  hots: mail.example.com\n", "hots"),
        ("mail:\n  host: mail.example.com\n", "line 1: `mail`: `from` is missing"),
    ] {
        machine.write(".config/guestlist/config.yaml", text);
        machine.run(&["mail", "list"]).complained(1, part);
    }
}
