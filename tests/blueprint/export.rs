//! Export: a blueprint that makes the same flow again.

use super::{Database, actor, apply, count, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Options, check, document, export, import, shipped};
use guestlist::store::{Store, flows};

/// Everything that a flow can hold.
const FULL: &str = "\
entries:
  - {id: team, model: authentik_core.group, identifiers: {name: 'team, \"a\"'}}
  - {id: jane, model: authentik_core.user, identifiers: {username: jane}, attrs: {name: Jane}}
  - {model: authentik_flows.flow, identifiers: {slug: other}, attrs: {name: O, title: O, designation: recovery}}
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: full}, attrs: {name: 'yes', title: '2026-01-01', designation: enrollment, layout: sidebar_left}}
  - {id: a, model: authentik_stages_prompt.prompt, identifiers: {name: 'a: b'}, attrs: {field_key: a, label: A, type: text, placeholder: \"return 1\\nreturn 2\", placeholder_expression: true}}
  - {id: b, model: authentik_stages_prompt.prompt, identifiers: {name: b}, attrs: {field_key: b, label: B, type: password}}
  - {id: python, model: authentik_policies_expression.expressionpolicy, identifiers: {name: python}, attrs: {expression: \"  if x:\\n  \\treturn True \\n\"}}
  - {id: strong, model: authentik_policies_password.passwordpolicy, identifiers: {name: strong}}
  - {id: one, model: authentik_stages_prompt.promptstage, identifiers: {name: one}, attrs: {fields: [!KeyOf b, !KeyOf a], validation_policies: [!KeyOf strong]}}
  - {id: two, model: authentik_stages_prompt.promptstage, identifiers: {name: two}, attrs: {fields: [!KeyOf b]}}
  - {id: mail, model: authentik_stages_email.emailstage, identifiers: {name: mail}, attrs: {password: hunter2, token_expiry: hours=2}}
  - {id: who, model: authentik_stages_identification.identificationstage, identifiers: {name: who}, attrs: {user_fields: [email, upn], recovery_flow: !Find [authentik_flows.flow, [slug, other]], enrollment_flow: !KeyOf flow}}
  - {id: write, model: authentik_stages_user_write.userwritestage, identifiers: {name: write}, attrs: {create_users_group: !KeyOf team}}
  - {id: login, model: authentik_stages_user_login.userloginstage, identifiers: {name: login}, attrs: {session_duration: hours=1;minutes=30}}
  - {id: logout, model: authentik_stages_user_logout.userlogoutstage, identifiers: {name: logout}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf who, order: -5}}
  - {id: first, model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf one, order: 0}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf two, order: 0}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf one, order: 1}, attrs: {invalid_response_action: restart}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf write, order: 2}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf mail, order: 3}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf login, order: 4}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf logout, order: 5}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, group: !KeyOf team, order: 0}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, user: !KeyOf jane, order: 0}, attrs: {negate: true}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf first, policy: !KeyOf python, order: 7}, attrs: {timeout: 5}}
";

/// A page that asks for who somebody is, whose other stages stand behind it or nowhere in the flow.
const NEEDED: &str = "\
entries:
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: sign-in}, attrs: {name: S, title: S, designation: authentication}}
  - {id: password, model: authentik_stages_password.passwordstage, identifiers: {name: password}, attrs: {backends: [authentik.core.auth.InbuiltBackend], configure_flow: !KeyOf flow}}
  - {id: human, model: authentik_stages_captcha.captchastage, identifiers: {name: human}, attrs: {public_key: p, private_key: s3cret}}
  - {id: who, model: authentik_stages_identification.identificationstage, identifiers: {name: who}, attrs: {user_fields: [email], password_stage: !KeyOf password, captcha_stage: !KeyOf human, webauthn_stage: 6f2b1a52-0000-4000-8000-000000000001, sources: [6f2b1a52-0000-4000-8000-000000000002]}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf who, order: 0}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf password, order: 1}}
";

async fn exported(store: &Store, slug: &str) -> String {
    let mut tx = store.begin().await.unwrap();
    export(&mut tx, slug).await.unwrap().unwrap()
}

/// Exports, imports where it came from and where nothing was, and exports again.
async fn goes_round(store: &Store, slug: &str, surroundings: &str) {
    let text = exported(store, slug).await;
    check(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    let before = count(store).await;
    let again = apply(store, &text).await;
    assert!(!again.has_changes(), "{again:?}\n{text}");
    assert_eq!(count(store).await, before);
    let folder = tempfile::tempdir().unwrap();
    let other = Store::open(&format!("sqlite://{}", folder.path().join("other.sqlite").display())).await.unwrap();
    other.migrate().await.unwrap();
    if !surroundings.is_empty() {
        apply(&other, surroundings).await;
    }
    apply(&other, &text).await;
    assert_eq!(exported(&other, slug).await, text);
}

on_both! {
    async fn every_shipped_flow_goes_round(database: Database) {
        let store = open(&database).await;
        for blueprint in shipped() {
            apply(&store, blueprint.text).await;
        }
        let mut tx = store.begin().await.unwrap();
        let flows = flows::list(&mut tx).await.unwrap();
        drop(tx);
        for flow in flows {
            goes_round(&store, flow.slug.as_str(), "entries:\n  - {model: authentik_core.group, identifiers: {name: team}}\n").await;
        }
    }

    async fn everything_that_a_flow_can_hold_goes_round_without_keys_and_secrets(database: Database) {
        let store = open(&database).await;
        apply(&store, FULL).await;
        let surroundings: String = FULL.split_inclusive('\n').take(4).collect();
        goes_round(&store, "full", &surroundings).await;
        let text = exported(&store, "full").await;
        assert!(!text.contains("hunter2"), "{text}");
        let is_key = |word: &str| uuid::Uuid::try_parse(word.trim_matches(['"', ',', ']'])).is_ok();
        assert!(!text.split_whitespace().any(is_key), "{text}");
        for expected in [
            "      create_users_group: !Find [authentik_core.group, [name, \"team, \\\"a\\\"\"]]\n",
            "        - !KeyOf \"prompt-a: b\"\n",
            "      session_duration: seconds=5400\n",
            "      user: !Find [authentik_core.user, [username, \"jane\"]]\n",
            "      title: \"2026-01-01\"\n",
            "      recovery_flow: !Find [authentik_flows.flow, [slug, \"other\"]]\n",
            "      enrollment_flow: !KeyOf flow\n",
        ] {
            assert!(text.contains(expected), "no {expected} in\n{text}");
        }
        let document = document::parse(text.as_bytes()).unwrap();
        assert_eq!(document.labels["blueprints.goauthentik.io/generated"], "true");
        assert_eq!(document.entries.len(), FULL.lines().count() - 4);
    }

    async fn stages_that_others_need_come_first_whether_bound_or_not_and_secrets_are_asked_for(database: Database) {
        let store = open(&database).await;
        apply(&store, NEEDED).await;
        let text = exported(&store, "sign-in").await;
        assert!(!apply(&store, &text).await.has_changes(), "{text}");
        for expected in [
            "context:\n  human-private_key: null\n",
            "      private_key: !Context human-private_key\n",
            "      # webauthn_stage: not exported, only this database knows it\n",
            "      password_stage: !KeyOf stage-password\n      captcha_stage: !KeyOf stage-human\n",
        ] {
            assert!(text.contains(expected), "no {expected} in\n{text}");
        }
        assert!(!text.contains("s3cret") && !text.contains("6f2b1a52"), "{text}");
        let folder = tempfile::tempdir().unwrap();
        let other = Store::open(&format!("sqlite://{}", folder.path().join("other.sqlite").display())).await.unwrap();
        other.migrate().await.unwrap();
        let why = refuse(&other, &text).await;
        assert!(why.ends_with("A new captcha stage needs `private_key`: give the context key `human-private_key` a value."), "{why}");
        let context = [("human-private_key".to_owned(), "other".to_owned())].into();
        let options = Options { context, ..Options::default() };
        import(&other, text.as_bytes(), &options, &actor()).await.unwrap();
        assert_eq!(exported(&other, "sign-in").await, text);
    }

    async fn a_flow_that_is_not_there_is_not_exported(database: Database) {
        let store = open(&database).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(export(&mut tx, "nothing").await.unwrap(), None);
    }
}
