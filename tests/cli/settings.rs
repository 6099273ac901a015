//! Flags over environment over file over defaults.

use super::Machine;

const FILE: &str = ".config/guestlist/config.yaml";

fn creator(machine: &Machine, name: &str, more: &[&str]) -> String {
    let made = machine.json(&[&["invitation", "create", name], more].concat());
    made["created_by"].as_str().unwrap().to_owned()
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let machine = Machine::with_flow();
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    assert_eq!(creator(&machine, "a", &[]), user);
    machine.write(FILE, "as: from-file\npublic_url: https://id.example.com/guests/\n");
    assert_eq!(creator(&machine, "b", &[]), "from-file");
    let machine = machine.with("GUESTLIST_AS", "from-environment").with("USER", "somebody-else");
    assert_eq!(creator(&machine, "c", &[]), "from-environment");
    assert_eq!(creator(&machine, "d", &["--as", "from-flag"]), "from-flag");
    let link = machine.run(&["invitation", "link", "d"]).done().out;
    assert!(link.starts_with("https://id.example.com/guests/if/flow/"), "{link}");
}

#[test]
fn another_file_can_be_named_and_must_be_there() {
    let machine = Machine::with_flow();
    machine.write("other.yaml", "as: other\n");
    assert_eq!(creator(&machine, "a", &["--config", "other.yaml"]), "other");
    machine.run(&["user", "list", "--config", "none.yaml"]).complained(1, "none.yaml can't be read");
}

#[test]
fn a_wrong_setting_is_named_with_its_file_and_key() {
    let machine = Machine::new();
    for (text, about) in [
        ("databse: x\n", "databse"),
        ("listen: here\n", "`listen`"),
        ("clipboard: x\n", "clipboard"),
        ("as: [\n", "line"),
    ] {
        machine.write(FILE, text);
        let ran = machine.run(&["user", "list"]).complained(1, about);
        assert!(ran.err.contains("config.yaml"), "{}", ran.err);
    }
}

#[test]
fn a_wrong_flag_is_a_matter_of_usage() {
    let machine = Machine::new();
    machine.run(&["user", "list", "--listen", "here"]).complained(2, "127.0.0.1:9000");
    machine.run(&["user", "list", "--public-url", "example.com"]).complained(2, "https://");
    machine.run(&["user", "list", "--as", "a\u{1b}b"]).complained(2, "U+001B");
    machine.run(&["user", "lst"]).complained(2, "list");
    machine.run(&["invitation"]).complained(2, "Usage");
    assert!(machine.run(&["--help"]).done().out.contains("GUESTLIST_DATABASE"));
}

#[test]
fn an_address_that_no_database_has_is_a_fault_of_whoever_named_it() {
    let machine = Machine::new();
    for bad in ["mysql://x", "sqlite:", "sqlite://", "sqlite::memory:", "x", "postgres://[", ""] {
        for command in [&["user", "list"][..], &["database", "status"], &["database", "migrate"], &["serve"]] {
            machine.run(&[command, &["--database", bad]].concat()).complained(2, "the database address is wrong");
            machine.run(&[command, &["--database", bad, "--read-only"]].concat());
        }
    }
    machine.write(FILE, "database: mysql://x\n");
    machine.run(&["user", "list"]).complained(1, "the database address is wrong");
}

#[test]
fn a_database_server_that_is_not_there_is_told_at_once_and_why() {
    let machine = Machine::new();
    let begun = std::time::Instant::now();
    let told =
        machine.run(&["user", "list", "--database", "postgres://jane@127.0.0.1:1/guests"]).complained(1, "refused");
    assert!(!told.err.contains("said nothing"), "{}", told.err);
    assert!(begun.elapsed() < std::time::Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[test]
fn who_has_no_name_runs_servers_and_migrations_and_is_asked_for_one_where_somebody_acts() {
    let machine = Machine::new();
    // An account that the system has no name for, as in a container.
    let nameless = |arguments: &[&str]| {
        let mut command = machine.command(&[]);
        let environment: Vec<_> = command.get_envs().map(|(k, v)| (k.to_owned(), v.unwrap().to_owned())).collect();
        command = std::process::Command::new("unshare");
        command.args(["--user", "--map-user=54321"]).arg(crate::support::serve::guestlist()).args(arguments);
        command.env_clear().envs(environment).current_dir(machine.home.path());
        super::Ran::from(command.output().unwrap())
    };
    if std::process::Command::new("unshare")
        .args(["--user", "--map-user=54321", "true"])
        .status()
        .is_ok_and(|it| it.success())
    {
        nameless(&["database", "migrate"]).done();
        nameless(&["blueprint", "check", "nowhere.yaml"]).complained(1, "nowhere.yaml");
        nameless(&["user", "list"]).done();
        nameless(&["invitation", "create", "a"]).complained(1, "say who acts with --as");
        assert!(nameless(&["serve", "--listen", "127.0.0.1:0", "--log", "nonsense=="]).err.contains("--log"));
        nameless(&["invitation", "create", "a", "--as", "jane"]).done();
    } else {
        crate::support::requires::missing(
            crate::support::requires::Part::Namespaces,
            "`unshare --user` is not allowed here",
        );
    }
}

#[test]
fn a_password_in_the_database_address_never_shows() {
    let url = "mysql://jane:hunter2@127.0.0.1/guests";
    let machine = Machine::new();
    let by_flag = machine.run(&["user", "list", "--database", url]).complained(2, "jane:***@127.0.0.1");
    assert!(!by_flag.err.contains("hunter2"), "{}", by_flag.err);
    let machine = machine.with("GUESTLIST_DATABASE", url);
    for arguments in [&["--help"][..], &["database", "status"], &["user", "lst"]] {
        let ran = machine.run(arguments);
        assert!(!format!("{ran:?}").contains("hunter2"), "{ran:?}");
    }
}

#[test]
fn the_file_is_checked_with_the_line_and_key_of_each_fault() {
    let machine = Machine::new();
    assert!(machine.run(&["config", "check"]).done().out.contains("by default"));
    machine.write(FILE, "theme: light\nkeys:\n  new: i\ncolumns:\n  log: [when, who]\n");
    assert!(machine.run(&["config", "check"]).done().out.contains("config.yaml is right."));
    assert_eq!(machine.json(&["config", "check"])["ok"], true);
    for (text, about) in [
        ("theme: light\nkeys:\n  new: i\n  edti: e\n", "line 4: `keys.edti`: there is no action `edti`"),
        ("keys:\n  users.edit: j\n", "line 2: `keys.users.edit`: `j` is lists.down already"),
        ("columns:\n  users: [nme]\n", "line 2: `columns.users`: there is no column `nme`"),
        ("# x\n\nlisten: here\n", "line 3: `listen`"),
        ("theme: pink\n", "line 1"),
        ("as: me\nmoose: true\n", "line 2"),
    ] {
        machine.write(FILE, text);
        for command in [&["config", "check"][..], &["user", "list"]] {
            machine.run(command).complained(1, about);
        }
    }
}

#[test]
fn every_setting_is_shown_with_where_it_comes_from_and_without_passwords() {
    let machine = Machine::new().with("GUESTLIST_AS", "jane");
    machine.write(FILE, "database: postgres://jane:hunter2@db/guests\nkeys: {new: [i, Ctrl-n]}\n");
    let shown = machine.json(&["config", "show"]);
    let setting = |key: &str| (shown["settings"][key]["value"].clone(), shown["settings"][key]["from"].clone());
    assert_eq!(setting("database"), ("postgres://jane:***@db/guests".into(), "file".into()));
    assert_eq!(setting("as"), ("jane".into(), "flag or environment".into()));
    assert_eq!(setting("default_expiry_days"), (7.into(), "default".into()));
    assert_eq!(setting("keys").0["new"][1], "Ctrl-n");
    let table = machine.run(&["config", "show"]).done().out;
    assert!(table.contains("theme") && !table.contains("hunter2"), "{table}");
}

#[test]
fn every_fault_of_the_file_is_told_at_once_those_of_the_console_too() {
    let machine = Machine::new();
    machine.write(FILE, "theme: drak\nlisten: here\nkeys: {edti: e}\n");
    let told = machine.run(&["config", "check"]);
    assert_eq!(told.code, 1);
    for part in ["line 1: `theme`", "did you mean `dark`?", "line 2: `listen`", "`keys.edti`", "did you mean `edit`?"] {
        assert!(told.err.contains(part), "no `{part}` in {}", told.err);
    }
}

#[test]
fn invitations_may_be_good_for_ever_by_default() {
    let machine = Machine::with_flow();
    machine.write(FILE, "default_expiry_days: never\n");
    assert_eq!(machine.json(&["invitation", "create", "welcome"])["expires"], serde_json::Value::Null);
    assert_eq!(machine.json(&["config", "show"])["settings"]["default_expiry_days"]["value"], "never");
}

#[test]
fn a_word_that_is_no_level_is_refused_wherever_it_stands() {
    let machine = Machine::new();
    machine.run(&["--log", "loud", "serve"]).complained(2, "`loud` is no level");
    machine.write(FILE, "# x\nlog: guestlist=lod\n");
    for command in [&["config", "check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        machine.run(command).complained(1, "line 2: `log`: `guestlist=lod` is no filter");
    }
    machine.write(FILE, "");
    machine.with("RUST_LOG", "loud").run(&["config", "check"]).complained(2, "'RUST_LOG': `loud` is no level");
}

#[test]
fn mail_that_would_stop_the_server_is_told_before_anything_listens() {
    let machine = Machine::new();
    let mail = "mail: {host: localhost, from: a@example.com, username: a, ";
    for (wrong, about) in [
        ("password_file: /nowhere}", "mail: `password_file` /nowhere: No such file"),
        ("password: a, ca_file: /nowhere}", "mail: `ca_file` /nowhere: No such file"),
        ("password: a, ca_file: /etc/passwd}", "holds no certificates"),
    ] {
        machine.write(FILE, &format!("{mail}{wrong}\n"));
        for command in [&["config", "check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
            machine.run(command).complained(1, about);
        }
    }
}

#[test]
fn every_fault_is_told_at_once_those_of_what_does_not_fit_together_too() {
    let machine = Machine::new();
    machine.write(FILE, "database: mysql://x\nmail: {host: a}\nkeys: {edti: E, new: {a: b}}\n");
    let told = machine.run(&["config", "check"]).complained(1, "line 1: `database`: the database address is wrong").err;
    let parts = ["line 2: `mail`: `from` is missing", "line 3: `keys.new`: write a key", "line 3: `keys.edti`"];
    assert!(parts.iter().all(|part| told.contains(part)), "{told}");
    assert_eq!(told.matches("config.yaml: line ").count(), 4, "{told}");
}

#[test]
fn mail_is_shown_with_all_its_keys_but_the_password_and_where_it_comes_from() {
    let machine = Machine::new();
    let shown = |machine: &Machine, arguments: &[&str]| {
        let settings = machine.json(&[&["config", "show"], arguments].concat())["settings"].clone();
        (settings["mail"]["value"].clone(), settings["mail"]["from"].as_str().unwrap().to_owned())
    };
    assert_eq!(shown(&machine, &[]), ("off".into(), "default".into()));
    let dry = ["--mail", "dry", "--mail-dry-dir", "letters"];
    assert_eq!(shown(&machine, &dry).1, "flag or environment");
    let mail =
        "{host: mail.example.com, from: Ex <a@example.com>, username: a, password: hunter2, timeout: 7, tls: tls}";
    machine.write(FILE, &format!("mail: {mail}\n"));
    let (value, from) = shown(&machine, &[]);
    assert_eq!(from, "file");
    let expected = serde_json::json!({
        "transport": "smtp", "host": "mail.example.com", "port": 465, "tls": "tls", "from": "Ex <a@example.com>",
        "timeout": 7, "username": "a", "password_file": null, "ca_file": null,
    });
    assert_eq!(value, expected);
    assert_eq!(shown(&machine, &["--mail", "off"]), ("off".into(), "flag or environment".into()));
    // Nothing of it is cut.
    let table = machine.run(&["config", "show"]).done().out;
    assert!(table.contains(r#""account":{"burst":10,"per_minute":1}"#) && !table.contains("hunter2"), "{table}");
}

#[test]
fn what_is_wrong_in_a_variable_is_told_by_its_name() {
    let machine = Machine::new().with("GUESTLIST_READ_ONLY", "maybe");
    machine.run(&["user", "list"]).complained(2, "for 'GUESTLIST_READ_ONLY': value was not a boolean");
    machine.run(&["user", "list", "--read-only=perhaps"]).complained(2, "for '--read-only[=<BOOL>]'");
    let machine = Machine::new().with("GUESTLIST_DATABASE", "");
    machine.run(&["user", "list"]).complained(2, "GUESTLIST_DATABASE ``: the database address is wrong");
    machine.run(&["user", "list", "--database", "x"]).complained(2, "--database `x`: the database address is wrong");
    let machine = Machine::new().with("GUESTLIST_MAIL_TLS", "ssl");
    machine.run(&["user", "list"]).complained(2, "for 'GUESTLIST_MAIL_TLS'");
}

#[test]
fn variables_that_are_set_are_no_part_of_a_command_s_usage() {
    let machine = Machine::new().with("GUESTLIST_DATABASE", "sqlite:x.db").with("GUESTLIST_LISTEN", "127.0.0.1:1");
    let told =
        machine.run(&["invitation", "show"]).complained(2, "Usage: guestlist invitation show [OPTIONS] <NAME_OR_ID>");
    assert!(!told.err.contains("--database") && !told.err.contains("--listen"), "{}", told.err);
    machine.run(&["usr"]).complained(2, "a similar subcommand exists: 'user'");
    assert!(machine.run(&["help", "invitation"]).done().out.contains("Usage: guestlist invitation"));
}
