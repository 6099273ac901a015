//! What can be told of a file without a database: every problem at once, with line, column, entry and advice.

use guestlist::blueprint::{Options, check, check_with};

const FLOW: &str = "\
version: 1
entries:
  - id: flow
    model: authentik_flows.flow
    identifiers: {slug: enroll}
    attrs: {name: Enroll, title: Welcome, designation: enrollment}
";

/// The problems of entries that follow a good flow entry; they begin in line 7.
fn problems(entries: &str) -> Vec<String> {
    let problems = check(format!("{FLOW}{entries}").as_bytes()).expect_err(entries);
    problems.0.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_is_summed_up() {
    let summary = check(format!("metadata: {{name: Test}}\n{FLOW}").as_bytes()).unwrap();
    assert_eq!((summary.name.as_deref(), summary.entries), (Some("Test"), 1));
}

#[test]
fn a_misspelt_id_finds_its_neighbour() {
    let entries = "  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf folw, order: 1}}\n";
    assert_eq!(
        problems(entries),
        ["7:69: entry `flowstagebinding`: `!KeyOf` points at `folw`, and no entry has that id. Did you mean `flow`?"]
    );
}

#[test]
fn a_reference_to_a_later_or_absent_entry_says_so() {
    let entries = "  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf login, order: 1}}
  - {id: login, model: authentik_stages_user_login.userloginstage, identifiers: {name: login}}
  - {id: old, state: absent, model: authentik_core.group, identifiers: {name: old}}
  - {model: authentik_stages_user_write.userwritestage, identifiers: {name: write}, attrs: {create_users_group: !KeyOf old}}
";
    let found = problems(entries);
    assert_eq!(
        found[0],
        "7:89: entry `flowstagebinding`: `!KeyOf` points at `login`, but that entry (line 8) comes later."
    );
    assert_eq!(
        found[1],
        "10:113: entry `write`: `!KeyOf` points at `old`, but that entry (line 9) has no object at this point."
    );
    assert_eq!(found.len(), 2);
}

#[test]
fn a_reference_to_the_wrong_kind_of_object_says_what_was_wanted() {
    let entries = "  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf flow, order: 1}}\n";
    assert_eq!(
        problems(entries),
        ["7:89: entry `flowstagebinding`: `stage` has to refer to a stage, and this is a flow."]
    );
}

#[test]
fn wrong_values_are_reported_all_at_once_with_what_would_be_right() {
    let entries = "  - id: field
    model: authentik_stages_prompt.prompt
    identifiers: {name: field}
    attrs:
      field_key: true
      label: ''
      type: usernme
      required: maybe
      order: first
      placeholder_expression: perhaps
      initial_valeu: x
      something_else: ignored
";
    assert_eq!(
        problems(entries),
        [
            "11:18: entry `field`: `field_key`: It has to be text, and is the boolean true (yes, no, on and off are booleans); put it in quotes.",
            "12:14: entry `field`: `label`: It may not be blank.",
            "13:13: entry `field`: `type`: It has to be one of `text`, `text_area`, `text_read_only`, `text_area_read_only`, `username`, `email`, `password`, `number`, `checkbox`, `radio-button-group`, `dropdown`, `date`, `date-time`, `file`, `separator`, `hidden`, `static` or `ak-locale`, and is `usernme`. Did you mean `username`?",
            "14:17: entry `field`: `required`: It has to be true or false, and is the text `maybe`.",
            "15:14: entry `field`: `order`: It has to be a whole number, and is the text `first`.",
            "16:31: entry `field`: `placeholder_expression`: It has to be true or false, and is the text `perhaps`.",
            "17:7: entry `field`: A prompt has no attribute `initial_valeu`. Did you mean `initial_value`?",
        ]
    );
}

#[test]
fn models_are_unknown_not_supported_or_misspelt() {
    let entries = "  - {id: a, model: authentik_rbac.role, identifiers: {name: a}}
  - {id: b, model: authentik_core.application, identifiers: {name: b}}
  - {id: c, model: authentik_core.gruop, identifiers: {name: c}}
  - {id: d, model: 5, identifiers: {name: d}}
";
    assert_eq!(
        problems(entries),
        [
            "7:20: entry `a`: The model `authentik_rbac.role` is not supported: roles can't be imported yet.",
            "8:20: entry `b`: The model `authentik_core.application` is unknown here.",
            "9:20: entry `c`: The model `authentik_core.gruop` is unknown here. Did you mean `authentik_core.group`?",
            "10:20: entry `d`: `model` has to be a name such as `authentik_flows.flow`, and is the number 5.",
        ]
    );
}

#[test]
fn states_and_identifiers_that_are_wrong_say_what_would_be_right() {
    let entries = "  - {id: f, model: authentik_core.group, identifiers: {name: f}, state: presnt}
  - {id: g, model: authentik_core.group}
  - {id: h, model: authentik_core.group, identifiers: {nmae: h}}
";
    assert_eq!(
        problems(entries),
        [
            "7:73: entry `f`: `state` has to be one of `present`, `created`, `must_created` or `absent`, and is the text `presnt`. Did you mean `present`?",
            "8:5: entry `g`: The entry has no `identifiers` to find its object by.",
            "9:56: entry `h`: A group has no `nmae` to be found by. Did you mean `name`?",
        ]
    );
}

#[test]
fn an_entry_that_is_wrong_does_not_make_those_wrong_that_refer_to_it() {
    let entries = "  - {id: mail, model: authentik_stages_email.mailstage, identifiers: {name: mail}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf mail, order: 1}}
";
    assert_eq!(problems(entries).len(), 1);
}

#[test]
fn names_that_could_steer_a_terminal_are_refused() {
    let entries = "  - {model: authentik_core.group, identifiers: {name: \"a\\e[31m\"}}\n  - {model: authentik_core.group, identifiers: {name: \"a\\u202eb\"}}\n";
    let found = problems(entries);
    assert!(found[0].contains("U+001B") && found[1].contains("U+202E"), "{found:?}");
    assert!(!found.concat().contains('\u{1b}'));
}

#[test]
fn faults_of_form_don_t_hide_the_others() {
    let entries = "  - {id: broken, model: authentik_core.group, identifiers: {name: g}, conditions: yes}
  - {id: twice, model: authentik_core.group, identifiers: {name: g, name: h}, attrs: {is_superuser: perhaps}}
  - {model: authentik_stages_user_write.userwritestage, identifiers: {name: w}, attrs: {create_users_group: !KeyOf broken, user_type: intrenal}}
  - {model: authentik_stages_invitation.invitation, identifiers: {name: i}, attrs: {expires: 2026-02-30}}
";
    let found = problems(entries);
    let places: Vec<&str> = found.iter().map(|problem| problem.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["7:83", "8:69", "8:101", "9:135", "10:94"], "{found:?}");
}

#[test]
fn what_is_missed_at_the_end_is_named_in_the_last_line_that_there_is() {
    let fault = |text: &str| guestlist::blueprint::parse_mapping(text).unwrap_err().0.remove(0);
    for (text, line, column) in [("a: 1\nz", 2, 1), ("a: 1\n\n\nz\n\n", 4, 1)] {
        let fault = fault(text);
        assert_eq!((fault.line, fault.column), (line, column), "{fault}");
    }
}

#[test]
fn all_rules_between_attributes_that_do_not_hold_are_told_at_once() {
    let entries = "  - model: authentik_core.user
    identifiers: {username: 'a b'}
    attrs: {name: 1, path: /x, email: nobody, type: internal_service_account}
  - model: authentik_policies_geoip.geoippolicy
    identifiers: {name: geo}
    attrs: {countries: [CH, xx, Y]}
  - {id: g, model: authentik_core.group, identifiers: {name: g}}
  - {id: p, model: authentik_policies_dummy.dummypolicy, identifiers: {name: p}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, order: 0}, attrs: {policy: !KeyOf p, group: !KeyOf g}}
";
    let found = problems(entries);
    let places: Vec<&str> = found.iter().map(|problem| problem.split(": ").next().unwrap()).collect();
    assert!(found.iter().any(|one| one.starts_with("9:28: entry `a b`: A path has no slash")), "{found:#?}");
    assert!(found.iter().any(|one| one.contains("Nobody can be made an internal service account.")), "{found:#?}");
    assert!(found.iter().any(|one| one.contains("`xx` is no country")), "{found:#?}");
    assert!(found.iter().any(|one| one.contains("`Y` is no country")), "{found:#?}");
    assert!(found.iter().any(|one| one.starts_with("15:") && one.contains("Only one of")), "{found:#?}");
    assert!(places.iter().filter(|place| place.starts_with("9:")).count() >= 3, "{found:#?}");
}

#[test]
fn what_follows_from_a_wrong_value_is_no_fault_of_its_own() {
    let entries = "  - {id: s, model: authentik_stages_dummy.dummystage, identifiers: {name: s}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf s, order: 0}, attrs: {evaluate_on_plan: sure, re_evaluate_policies: false}}
";
    let found = problems(entries);
    assert!(found.len() == 1 && found[0].contains("`evaluate_on_plan`"), "{found:#?}");
}

#[test]
fn an_attribute_that_nobody_knows_is_told_with_one_that_may_be_meant() {
    let entries = "  - {model: authentik_stages_invitation.invitation, identifiers: {name: x}, attrs: {single: true, color: red}}\n";
    let notes = check(format!("{FLOW}{entries}").as_bytes()).unwrap().notes;
    let told: Vec<&str> = notes.iter().map(|note| note.message.as_str()).collect();
    assert!(told.contains(&"An invitation has no attribute `single`. Did you mean `single_use`?"), "{told:?}");
    assert!(told.contains(&"An invitation has no attribute `color`."), "{told:?}");
}

#[test]
fn everything_that_is_left_out_is_listed_however_much_it_is() {
    let entries = "  - {model: authentik_core.application, identifiers: {slug: a}}\n".repeat(250);
    let options = Options { skip_unsupported: true, ..Options::default() };
    let summary = check_with(format!("{FLOW}{entries}").as_bytes(), &options).unwrap();
    assert_eq!(summary.left_out.len(), 250);
    let problems = check(format!("{FLOW}{entries}").as_bytes()).unwrap_err();
    assert!(problems.to_string().ends_with("\nAnd 50 more problems."), "{problems}");
}

#[test]
fn each_element_of_a_list_that_is_wrong_is_told_where_it_stands() {
    let entries = "  - {id: p, model: authentik_stages_prompt.prompt, identifiers: {name: p}, attrs: {field_key: a, label: A, type: text}}
  - {model: authentik_stages_prompt.promptstage, identifiers: {name: s}, attrs: {fields: [!KeyOf p, !KeyOf q, 3, abc], validation_policies: !KeyOf p}}
";
    let found = problems(entries);
    let begins =
        ["8:101: entry `s`: `!KeyOf` points at `q`", "8:111: entry `s`: `fields`: ", "8:114: entry `s`: `fields`: "];
    assert!(found.len() == 4 && begins.iter().zip(&found).all(|(begin, one)| one.starts_with(begin)), "{found:#?}");
    assert!(found[3].ends_with("It has to be a list, and is a reference to one object."), "{found:#?}");
}

#[test]
fn a_reference_to_an_entry_without_an_id_says_that_it_needs_one() {
    let entries = "  - {model: authentik_stages_dummy.dummystage, identifiers: {name: s}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf s, order: 0}}
";
    assert!(problems(entries)[0].ends_with("no entry has that id. The entry in line 7 is called so: give it an `id`."));
}

#[test]
fn keys_that_mean_nothing_are_told_and_slips_are_refused() {
    let found = problems("  - {model: group, identifiers: {name: g}, atrs: {is_superuser: true}}\n");
    assert_eq!(
        found,
        [
            "7:13: entry `g`: The model `group` is unknown here. Did you mean `authentik_core.group`?",
            "7:44: entry `g`: `atrs` means nothing in an entry. Did you mean `attrs`?",
        ]
    );
    let found = check(b"contxt: {a: 1}\nentries: []\n").unwrap_err();
    assert_eq!(found.to_string(), "1:1: `contxt` means nothing in a blueprint. Did you mean `context`?");
    let told = check(format!("owner: me\nx-more: 1\n{FLOW}    comment: x\n").as_bytes()).unwrap().notes;
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert!(told.contains(&"1:1: `owner` means nothing in a blueprint.".to_owned()), "{told:?}");
    assert!(told.contains(&"9:5: entry `flow`: `comment` means nothing in an entry.".to_owned()), "{told:?}");
    assert!(!told.iter().any(|one| one.contains("x-more")), "{told:?}");
}
