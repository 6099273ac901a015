//! The console in lines: what is typed goes in, what is said comes out.

mod anew;
mod answering;
mod late;
mod menus;
mod reading;
mod several;
mod talking;
mod undoing;
mod working;

use guestlist::console::plain::{Ends, converse};

use super::harness::{Console, Start};

/// Types lines into a plain console on the same database; gives what it said.
async fn talk(console: &Console, lines: &[&str]) -> String {
    let mut said = Vec::new();
    let typed = [lines, &[""]].concat().join("\n");
    let setting = console.setting.clone();
    converse(console.world.clone(), setting, typed.as_bytes(), &mut said, Ends::default()).await.unwrap();
    let said = String::from_utf8(said).unwrap();
    assert!(!said.contains('\x1b'), "{said:?}");
    said
}

fn check(said: &str, expected: &[&str]) {
    let mut rest = said;
    for text in expected {
        let Some(at) = rest.find(text) else { panic!("no `{text}` in what follows\n{rest}\nof\n{said}") };
        rest = &rest[at + text.len()..];
    }
}

const LINK: &str = "https://id.example.com/if/flow/default-enrollment-flow/?itoken=";

#[tokio::test]
async fn an_invitation_is_made_shown_and_its_link_printed_alone_on_its_line() {
    let console = Console::new().await;
    let new = ["1", "new", "welcome jane", "welcome-jane", "+2d", "", "{email: jane@example.com}", "", "-"];
    let said = talk(&console, &[&new[..], &["1", "b", "/ jane", "1", "b", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "Invitations, 0",
            "Nothing yet.",
            "Error: Name:",
            "How many may use it, or any [1]:",
            "Saved welcome-jane.",
            "1 Print the link",
            LINK,
            "welcome-jane; flow default-enrollment-flow; expires in 2 days; uses 0/1; created by alice; status active",
            "email: jane@example.com",
            "Invitations, 1",
        ],
    );
    assert!(said.lines().any(|line| line.trim_start_matches("> ").starts_with(LINK)), "{said}");
    let made = console.invitations().await;
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].invitation.settings.fixed_data["email"], "jane@example.com");
    assert_eq!(made[0].invitation.settings.max_uses, Some(1));
}

#[tokio::test]
async fn an_invitation_is_revoked_restored_reissued_edited_copied_and_deleted_and_comes_back() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let before = console.invitations().await[0].invitation.id;
    let said = talk(&console, &["1", "1", "revoke", "restore", "new link", "no", "new link", "yes", "b", "q"]).await;
    check(
        &said,
        &["Revoked welcome.", "1 Print", "Restore", "Restored welcome.", "The old link", "has a new link", LINK],
    );
    let now = console.invitations().await;
    assert!(now[0].invitation.id != before && now[0].invitation.revoked_at.is_none());

    let edit = ["edit", "", "never", "1", "a: b", "any", "for the team"];
    let said =
        talk(&console, &[&["1", "1"][..], &edit, &["2", "duplicate", "", "", "", "", "", "", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "Expires",
            "Saved welcome.",
            "takes no clipboard, nothing was sent. 1 prints it.",
            "Name [welcome-2]:",
            "Saved welcome-2.",
        ],
    );
    let now = console.invitations().await;
    let settings = &now[0].invitation.settings;
    assert_eq!((settings.expires, settings.flow, settings.max_uses), (None, None, None));
    assert_eq!((settings.note.as_str(), &settings.fixed_data["a"]), ("for the team", &"b".into()));
    assert_eq!(now[1].invitation.settings.note, "for the team");

    let said = talk(&console, &["1", "2", "delete", "no", "delete", "delete", "undo", "yes", "b", "q"]).await;
    check(&said, &["Type delete to do it:", "Nothing was done.", "Deleted welcome-2.", "welcome-2 is back."]);
    assert_eq!(console.invitations().await.len(), 2);
}

#[tokio::test]
async fn lists_are_turned_filtered_and_sorted() {
    let mut console = Console::new().await;
    for number in 10..35 {
        console.press(&format!("n guest-{number} <C-s>")).await;
    }
    let said = talk(&console, &["1", "n", "n", "n", "p", "/3", "s created", "s", "s length", "nonsense", "q"]).await;
    check(
        &said,
        &[
            "Invitations, 25 by name",
            "1 guest-10;",
            "1 guest-20;",
            "1 guest-30;",
            "There is no more that way.",
            "1 guest-20;",
            "filtered by 3",
            "guest-13;",
            "by created",
            "by created, backwards",
            "Error: sort by name, flow, expires, uses, created, creator.",
            "Error: the list has no `nonsense`.",
        ],
    );
}

#[tokio::test]
async fn accounts_and_groups_are_made_changed_and_deleted() {
    let console = Console::new().await;
    let jane = ["3", "new", "Jane", "Jane Doe", "jane@example.com", "", "team: red"];
    let word = ["1", "set", "correct-horse", "correct-horsy", "set", "correct-horse", "correct-horse"];
    let said = talk(&console, &[&jane[..], &word, &["1", "deactivate", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "Made Jane, without a password yet.",
            "Jane; name Jane Doe",
            "two passwords differ",
            "has another password",
            "can't sign in",
        ],
    );
    assert!(!said.contains("correct-hors"), "{said}");
    let staff = ["4", "new", "staff", "yes", "", "1", "add", "nobody", "add", "jane", "b", "1", "b"];
    let said = talk(&console, &[&staff[..], &["1", "delete", "delete", "delete", "staff", "b", "q"]].concat()).await;
    let lost = "Its only member is a superuser by it and loses that. Type staff to do it:";
    check(
        &said,
        &["Saved staff.", "Error:", "Jane is in", lost, "Nothing was done.", "Deleted staff. undo takes that back."],
    );
    let said = talk(
        &console,
        &["3", "1", "delete", "delete", "undo", "yes", "1", "delete", "delete", "b", "5", "1", "b", "q"],
    )
    .await;
    check(&said, &["Deleted Jane.", "Jane is back.", "Deleted Jane.", "Events", "Who"]);
}

#[tokio::test]
async fn a_blueprint_is_previewed_asked_about_and_imported() {
    let console = Start { blueprints: &[], ..Start::default() }.open().await;
    let said = talk(&console, &["2", "import", "99", "/nowhere.yaml", "import", "1", "yes", "no", "q"]).await;
    check(
        &said,
        &[
            "1 default-enrollment-flow",
            "Error: A number",
            "Error: /nowhere.yaml",
            "created flow",
            "Nothing was imported.",
        ],
    );
    let said = talk(&console, &["2", "import", "1", "yes", "yes", "1", "print", "b", "q"]).await;
    check(
        &said,
        &[
            "created flow",
            "Import it?",
            "Imported default-enrollment-flow",
            "Print its address",
            "/if/flow/default-enrollment-flow/",
        ],
    );
    let said = talk(&console, &["2", "1", "delete", "delete", "q"]).await;
    check(&said, &["Deleted default-enrollment-flow", "Flows, 0"]);
}

#[tokio::test]
async fn the_end_of_the_input_is_the_end_wherever_it_comes() {
    let console = Console::new().await;
    for lines in [&[][..], &["1"], &["1", "new"], &["1", "new", "half-typed", "+2d"], &["3", "new"], &["2", "import"]] {
        talk(&console, lines).await;
    }
    assert_eq!(console.invitations().await.len(), 0);
}

#[tokio::test]
async fn help_is_always_at_hand_and_wrong_choices_are_explained() {
    let console = Console::new().await;
    let said = talk(&console, &["?", "9", "", "back", "1", "?", "back", "users", "b", "q"]).await;
    check(
        &said,
        &[
            "b goes back",
            "Error: the menu has no `9`",
            "This is the main menu",
            "A number opens",
            "b goes back",
            "Users, 0",
        ],
    );
}

#[tokio::test]
async fn nothing_that_writes_is_offered_to_who_may_only_read() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    console.setting.read_only = true;
    let said = talk(&console, &["1", "new", "1", "delete", "b", "b", "2", "import", "1", "b", "q"]).await;
    check(&said, &["Read only.", "Error: the list has no `new`", "Error: the menu has no `delete`", "no `import`"]);
    assert!(!said.contains("Edit") && !said.contains("Revoke"), "{said}");
}

#[tokio::test]
async fn hostile_bytes_stay_harmless_and_ascii_is_kept_to() {
    let mut console = Console::new().await;
    console.setting.theme.ascii = true;
    let said = talk(&console, &["1", "new", "x", "", "", "{a: \"\\e[2J\\u202e\u{e9}\"}", "", "", "b", "q"]).await;
    assert!(said.is_ascii(), "{said}");
    check(&said, &["Saved x."]);
}

#[tokio::test]
async fn the_stages_of_a_flow_are_moved_unbound_and_bound_and_prompts_changed() {
    let console = Console::new().await;
    let stages = ["flows", "1", "edit"];
    let said =
        talk(&console, &[&stages[..], &["1", "later", "b", "undo", "5", "unbind", "no", "b", "b", "b", "q"]].concat())
            .await;
    check(
        &said,
        &[
            "1  Invitation · default-enrollment-flow-invitation",
            "Stages of default-enrollment-flow",
            "1 Invitation default-enrollment-flow-invitation, order 0",
            "2 Prompt default-enrollment-credentials, order 10, 3 prompts",
            "Stage default-enrollment-flow-invitation, 1 of 5",
            "Moved.",
            "Stage default-enrollment-flow-invitation, 2 of 5",
            "Stages of default-enrollment-flow",
            "Undo what was done last",
            "Moved.",
            "1 Invitation default-enrollment-flow-invitation, order 0",
            "Unbind default-enrollment-login from default-enrollment-flow? (yes or no)",
            "5 User login",
        ],
    );
    assert!(!said.contains('│'), "{said}");
    let unbind = ["5", "unbind", "yes", "undo", "5", "unbind", "yes", "bind", "user login", "b", "b", "q"];
    let said = talk(&console, &[&stages[..], &unbind].concat()).await;
    check(
        &said,
        &[
            "Unbound default-enrollment-login",
            "Bound again as it was.",
            "Unbound",
            "Bound default-enrollment-login, last in order",
        ],
    );
    let prompt = ["2", "prompt choose a username", "Pick a name", "first", "", "no", "-", "", ""];
    let said = talk(&console, &[&stages[..], &prompt, &["b", "undo", "b", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "Label [Choose a username]:",
            "Error: Order: Enter a whole number.",
            "Saved default-enrollment-username.",
            "Prompt Pick a name",
            "is as it was",
        ],
    );
}

#[tokio::test]
async fn what_an_invited_person_sees_is_read_out_stage_by_stage() {
    let mut console = Console::new().await;
    console.press("n welcome <tab> <tab> <tab> email:<space>jane@example.com <C-s>").await;
    let said = talk(&console, &["1", "1", "preview", "b", "b", "q"]).await;
    check(
        &said,
        &[
            "welcome → default-enrollment-flow",
            "Prompt:",
            "jane@example.com · prefilled",
            "Makes an account",
            "In the end",
        ],
    );
}

#[tokio::test]
async fn what_was_done_is_taken_back_in_turn() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let link = console.invitations().await[0].invitation.id;
    let act = ["1", "undo", "1", "revoke", "new link", "yes", "b"];
    let back = ["undo", "no", "undo", "yes", "undo", "yes", "undo", "q"];
    let said = talk(&console, &[&act[..], &back].concat()).await;
    check(
        &said,
        &[
            "There is nothing to undo.",
            "Revoked welcome. undo takes that back.",
            "has a new link, the old one is dead. undo takes that back.",
            "new, batch, many, undo, b back.",
            "Undo: re-issue welcome? (yes or no) [no]:",
            "Nothing was done.",
            "Undo: re-issue welcome?",
            "welcome is back.",
            "Undo: revoke welcome?",
            "Restored welcome.",
            "There is nothing to undo.",
        ],
    );
    let now = console.invitations().await;
    assert!(now[0].invitation.id == link && now[0].invitation.revoked_at.is_none());

    let made = ["3", "new", "jane", "", "", "", "", "1", "deactivate", "b", "b", "undo", "yes", "3", "1"];
    let said = talk(&console, &[&made[..], &["b", "b", "q"]].concat()).await;
    check(
        &said,
        &[
            "jane can't sign in any more.",
            "3 Activate:",
            "7 Undo: deactivate jane",
            "jane can sign in.",
            "3 Deactivate:",
        ],
    );
}

#[tokio::test]
async fn something_is_done_to_several_by_number_by_name_and_by_filter() {
    let mut console = Start { mail: true, ..Start::default() }.open().await;
    for name in ["ann", "ben", "cat", "dan"] {
        console.press(&format!("n {name} <C-s>")).await;
    }
    let revoke = ["1", "many", "1-2, 9", "nobody", "1-2, dan, 1", "revoke", "yes", "undo", "yes", "q"];
    let said = talk(&console, &revoke).await;
    check(
        &said,
        &[
            "Error: there is no invitation `9`.",
            "Error: there is no invitation `nobody`.",
            "All 3 invitations",
            "Revoked 3 invitations. undo takes that back.",
            "Restored 3 invitations.",
        ],
    );
    let said = talk(&console, &["1", "many", "ann, ben", "re-issue", "yes", "undo", "yes", "q"]).await;
    check(&said, &["Re-issued 2 invitations. undo takes that back.", "2 invitations"]);
    let delete = ["1", "/ n", "many", "all", "delete", "no", "many", "all", "delete", "delete", "many", "all", "q"];
    let said = talk(&console, &delete).await;
    check(
        &said,
        &["All 3 invitations", "Type delete", "Nothing was done.", "Deleted 3 invitations.", "there is none."],
    );
    assert_eq!(console.invitations().await.len(), 1);
    let said = talk(&console, &["1", "many", "cat", "copy", "many", "cat", "send", "de", "Hallo", "yes", "q"]).await;
    check(
        &said,
        &[
            "takes no clipboard, nothing was sent. Each invitation prints its own.",
            "Sie sind zu",
            "Queued 0 letters",
            "Error: cat: its custom attributes",
        ],
    );
}

#[tokio::test]
async fn an_invitation_is_sent_by_letter_and_drawn_as_a_code() {
    let mut console = Start { mail: true, ..Start::default() }.open().await;
    console.press("n jane <tab> <tab> <tab> email:<space>jane@example.com <C-s>").await;
    let said =
        talk(&console, &["1", "1", "qr", "send", "", "fr", "english", "", "no", "send", "", "", "", "yes", "q"]).await;
    check(
        &said,
        &[
            "██ ▄▄▄▄▄ █",
            "To [jane@example.com]:",
            "type english or german.",
            "  You are invited to id.example.com",
            "Nothing was sent.",
            "Queued a letter to jane@example.com",
        ],
    );
    console.setting.mail = false;
    let said = talk(&console, &["1", "1", "send", "q"]).await;
    check(&said, &["Error: the menu has no `send`"]);
}

#[tokio::test]
async fn a_batch_is_tried_made_and_taken_back_as_one() {
    let mut console = Console::new().await;
    console.press("n eng-1 <C-s>").await;
    let batch = ["1", "batch", "0", "2", "eng-{n}", "", "", "", "", "yes", "yes", "undo", "yes", "q"];
    let said = talk(&console, &batch).await;
    check(
        &said,
        &[
            "type a number above zero",
            "Error: ",
            "eng-1",
            "Take free names instead?",
            "2 invitations to default-enrollment-flow, single use: eng-3, eng-2.",
            "Made 2 invitations. undo takes them all back.",
            "eng-3 https://id.example.com/",
            "Deleted 2 invitations.",
        ],
    );
    assert_eq!(console.invitations().await.len(), 1);
    let said = talk(&console, &["1", "1", "batch", "/nowhere.csv", "-", "", "", "", "", "b", "q"]).await;
    check(&said, &["/nowhere.csv can't be read"]);
}

#[tokio::test]
async fn which_way_copying_takes_is_told_and_tested() {
    let console = Console::new().await;
    let said = talk(&console, &["clipboard", "test", "b", "q"]).await;
    check(
        &said,
        &[
            "because this is an SSH session",
            "Your terminal takes no clipboard: by OSC 52 nothing is sent.",
            "Error: Your terminal takes no clipboard, nothing was sent. Links can be printed.",
        ],
    );
}

#[tokio::test]
async fn what_is_not_known_in_a_blueprint_can_be_left_out() {
    let console = Start { blueprints: &[], ..Start::default() }.open().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.yaml");
    let odd = "version: 1\nentries:\n- model: authentik_odd.thing\n  identifiers: {name: x}\n- model: authentik_core.group\n  \
        identifiers: {name: staff}\n";
    std::fs::write(&path, odd).unwrap();
    let path = path.display().to_string();
    let said = talk(&console, &["2", "import", &path, "no", "import", &path, "yes", "yes", "q"]).await;
    check(&said, &["Error: ", "Nothing was imported.", "Error: ", "Import it?", "Imported "]);
}

#[tokio::test]
async fn leaving_out_is_offered_only_where_that_helps() {
    let console = Console::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.yaml");
    let entry = |model: &str, more: &str| format!("entries:\n- {{model: {model}, identifiers: {{name: x}}{more}}}\n");
    let question = "leave out what is not known here?";
    for (text, is_offered) in [
        (entry("authentik_odd.thing", ""), true),
        (entry("authentik_rbac.role", ""), true),
        // Slips have to be mended.
        (entry("authentik_core.gruop", ""), false),
        (entry("authentik_core.group", ", state: presnet"), false),
        ("entries: [".to_owned(), false),
    ] {
        std::fs::write(&path, &text).unwrap();
        let said = talk(&console, &["2", "import", path.to_str().unwrap(), "no", "b", "q"]).await;
        check(&said, &["Error: ", "Flows, 1"]);
        assert_eq!(said.contains(question), is_offered, "{text}{said}");
    }
}
