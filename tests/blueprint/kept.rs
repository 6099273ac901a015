//! Stages and prompts that are kept and not executed here: whole, with their rules, and secrets unseen.

use super::{Database, actions, apply, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, check};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::StageKind;
use guestlist::store::{prompts, stages};
use serde_json::json;
use std::fmt::Write as _;

const KINDS: &str = "\
entries:
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: enrollment}}
  - {id: mail, model: authentik_stages_email.emailstage, identifiers: {name: mail}, attrs: {password: hunter2, token_expiry: 45}}
  - {id: password, model: authentik_stages_password.passwordstage, identifiers: {name: password}, attrs: {backends: [authentik.core.auth.InbuiltBackend]}}
  - {model: authentik_stages_identification.identificationstage, identifiers: {name: who}, attrs: {user_fields: [email], password_stage: !KeyOf password, enrollment_flow: !KeyOf flow}}
  - {model: authentik_stages_deny.denystage, identifiers: {name: deny}, attrs: {deny_message: Sorry.}}
  - {model: authentik_stages_redirect.redirectstage, identifiers: {name: redirect}, attrs: {mode: flow, target_flow: !KeyOf flow}}
  - {model: authentik_stages_dummy.dummystage, identifiers: {name: dummy}}
  - {model: authentik_stages_consent.consentstage, identifiers: {name: consent}}
  - {model: authentik_stages_captcha.captchastage, identifiers: {name: captcha}, attrs: {public_key: p, private_key: s3cret}}
  - {model: authentik_stages_user_delete.userdeletestage, identifiers: {name: delete}}
  - {model: authentik_stages_user_logout.userlogoutstage, identifiers: {name: logout}}
  - {model: authentik_stages_user_login.userloginstage, identifiers: {name: login}, attrs: {network_binding: bind_asn, remember_me_offset: days=1}}
";

on_both! {
    async fn every_kind_of_stage_is_kept_whole(database: Database) {
        let store = open(&database).await;
        let first = apply(&store, KINDS).await;
        assert!(actions(&first).iter().all(|action| **action == Action::Created));
        assert!(!apply(&store, KINDS).await.has_changes());
        let mut tx = store.begin().await.unwrap();
        let StageKind::Other(mail) = stages::find_by_name(&mut tx, "mail").await.unwrap().unwrap().kind else { panic!() };
        assert_eq!((&mail.settings["password"], &mail.settings["token_expiry"]), (&json!("hunter2"), &json!(2700)));
        assert!(!mail.shown().contains_key("password"));
        let StageKind::Other(captcha) = stages::find_by_name(&mut tx, "captcha").await.unwrap().unwrap().kind else { panic!() };
        assert_eq!((captcha.model.kind(), &captcha.settings["score_min_threshold"]), ("captcha", &json!(0.5)));
        let told = format!("{first:?}");
        assert!(!told.contains("hunter2") && !told.contains("s3cret") && told.contains("•••"), "{told}");
    }

    async fn every_prompt_is_kept_whole(database: Database) {
        let store = open(&database).await;
        let mut text = "entries:\n".to_owned();
        for kind in PromptType::NAMES {
            let _ = writeln!(text, "  - {{model: authentik_stages_prompt.prompt, identifiers: {{name: {kind}}}, attrs: {{field_key: a, label: L, type: {kind}, placeholder: return 1, placeholder_expression: true}}}}");
        }
        apply(&store, &text).await;
        assert!(!apply(&store, &text).await.has_changes());
        let mut tx = store.begin().await.unwrap();
        let prompt = prompts::find_by_name(&mut tx, "ak-locale").await.unwrap().unwrap();
        assert!(prompt.placeholder_expression && !prompt.initial_value_expression);
        assert_eq!(prompt.kind, PromptType::Locale);
    }

    async fn rules_between_attributes_are_held(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {model: authentik_stages_redirect.redirectstage, identifiers: {name: r}, attrs: {mode: static}}
  - {model: authentik_stages_identification.identificationstage, identifiers: {name: i}, attrs: {user_fields: []}}
  - {model: authentik_stages_email.emailstage, identifiers: {name: m}, attrs: {template: confirmation}}
";
        assert_eq!(
            refuse(&store, text).await,
            "2:5: entry `r`: With the mode `static` a `target_static` is needed.\n\
             3:111: entry `i`: Without `user_fields` there has to be a source.\n\
             4:90: entry `m`: A template is a file such as `email/account_confirmation.html`."
        );
    }
}

#[test]
fn attributes_of_kept_stages_are_checked_like_all_others() {
    let text = "entries:
  - {model: authentik_stages_email.emailstage, identifiers: {name: m}, attrs: {prot: 25, token_expiry: soon, password: [a]}}
  - {model: authentik_stages_password.passwordstage, identifiers: {name: p}, attrs: {backends: [authentik.core.auth.InbuildBackend], failed_attempts_before_cancel: x}}
  - {model: authentik_stages_captcha.captchastage, identifiers: {name: c}, attrs: {score_min_threshold: high}}
";
    let problems = check(text.as_bytes()).unwrap_err().to_string();
    let expected = [
        "2:80: entry `m`: An email stage has no attribute `prot`. Did you mean `port`?",
        "2:104: entry `m`: `token_expiry`: `soon` is not a duration such as `hours=3;minutes=1`.",
        "2:120: entry `m`: `password`: It has to be text; put it in quotes.",
        "3:97: entry `p`: `backends`: It has to be one of `authentik.core.auth.InbuiltBackend`, `authentik.core.auth.TokenBackend`, `authentik.sources.ldap.auth.LDAPBackend` or `authentik.sources.kerberos.auth.KerberosBackend`, and is `authentik.core.auth.InbuildBackend`. Did you mean `authentik.core.auth.InbuiltBackend`?",
        "3:165: entry `p`: `failed_attempts_before_cancel`: It has to be a whole number, and is the text `x`.",
        "4:105: entry `c`: `score_min_threshold`: It has to be a number, and is the text `high`.",
    ];
    assert_eq!(problems.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn settings_of_mails_and_what_a_page_asks_with_are_held_to_what_they_are_for() {
    let text = "entries:
  - {id: a, model: authentik_stages_email.emailstage, identifiers: {name: a}, attrs: {from_address: nobody}}
  - {id: b, model: authentik_stages_email.emailstage, identifiers: {name: b}, attrs: {port: 70000}}
  - {id: c, model: authentik_stages_email.emailstage, identifiers: {name: c}, attrs: {timeout: 0}}
  - {id: who, model: authentik_stages_identification.identificationstage, identifiers: {name: who}, attrs: {user_fields: [email], password_stage: !KeyOf a, captcha_stage: !KeyOf b}}
";
    assert_eq!(
        check(text.as_bytes()).unwrap_err().to_string(),
        "\
2:101: entry `a`: `from_address`: This is not an email address.
3:93: entry `b`: `port`: It has to be from 1 to 65535, and is 70000.
4:96: entry `c`: `timeout`: It has to be 1 or more, and is 0.
5:147: entry `who`: `password_stage` has to refer to a password stage, and this is an email stage.
5:172: entry `who`: `captcha_stage` has to refer to a captcha stage, and this is an email stage."
    );
}

#[test]
fn what_authentik_shows_and_pages_may_say_is_no_fault() {
    let text = "entries:
  - {model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: enrollment, background_url: /x, policybindingmodel_ptr_id: x}}
  - {model: authentik_policies_geoip.geoippolicy, identifiers: {name: g}, attrs: {countries: [CH], countries_obj: []}}
  - {model: authentik_brands.brand, identifiers: {brand_uuid: 6f2b1a52-0000-4000-8000-000000000001}, attrs: {domain: d}}
  - {model: authentik_stages_prompt.prompt, identifiers: {name: p}, attrs: {field_key: p, type: static, label: \"two\\nlines\", initial_value: \"soft\\u00adhyphen\\u200b\", prompt_stages_obj: []}}
  - {model: authentik_stages_invitation.invitation, identifiers: {name: i}, attrs: {created_by: 5}}
";
    let notes: Vec<String> = check(text.as_bytes()).unwrap().notes.iter().map(|note| note.message.clone()).collect();
    let read_only = |name: &str| format!("`{name}` can only be read, not set: it is passed over.");
    assert_eq!(
        notes,
        [
            read_only("background_url"),
            read_only("policybindingmodel_ptr_id"),
            read_only("countries_obj"),
            read_only("prompt_stages_obj"),
            "`created_by` is not applied: whoever imports an invitation is its creator.".to_owned(),
        ]
    );
    let hostile = text.replace("\\u00ad", "\\u001b");
    assert!(check(hostile.as_bytes()).unwrap_err().to_string().contains("U+001B"));
    let long = text.replace("soft", &"x".repeat(50_000));
    assert!(check(long.as_bytes()).is_ok());
}
