//! What an invitation's preview tells, and that it tells what happens.

use guestlist::domain::flow::{Authentication, Outline};
use guestlist::domain::invitation::{Invitation, Settings};
use guestlist::domain::policy::{Decider, Guarded};
use guestlist::domain::prompt::{AnswerFault, PromptType};
use guestlist::domain::stage::{OtherModel, StageKind, UserCreationMode, UserWriteStage};
use guestlist::executor::findings;
use guestlist::executor::preview::{End, Field, Origin, Page, Preview, Previewing, Reach, Shows, Stage, preview};
use guestlist::policy::{Found, Policies};
use guestlist::store::{Store, flows, policies};
use serde_json::{Value, json};

use super::guarded::{bind, dummy};
use super::visitor::Visitor;
use crate::support::fixture::{
    GUARDED, add_user, import, invite, making, mapping, noon, prompt, read, settings, two_pages, user, user_count,
    write,
};
use crate::support::stores::on_both;

async fn outline(store: &Store, slug: &str) -> Outline {
    read(store, async |tx| {
        let flow = flows::find_by_slug(tx, slug).await.unwrap().unwrap();
        flows::outline(tx, flow).await.unwrap()
    })
    .await
}

fn unsaved(name: &str, data: Value) -> Invitation {
    Invitation::unsaved(Settings { fixed_data: mapping(data), ..settings(name) }, noon())
}

async fn look(store: &Store, slug: &str, invitation: &Invitation) -> Preview {
    let outline = outline(store, slug).await;
    let asked = Previewing { outline: &outline, invitation, public_url: "https://id.example.com" };
    read(store, async |tx| preview(&Policies::new(), tx, &asked, noon()).await.unwrap()).await
}

fn page(stage: &Stage) -> &Page {
    match &stage.shows {
        Some(Shows::Page(page)) => page,
        other => panic!("no page: {other:?}"),
    }
}

fn field<'a>(stage: &'a Stage, key: &str) -> &'a Field {
    page(stage).fields.iter().find(|field| field.key == key).unwrap()
}

fn verdicts(seen: &[guestlist::executor::preview::Verdict]) -> Vec<(&str, Found, bool)> {
    seen.iter().map(|it| (it.name.as_str(), it.found.clone(), it.passes)).collect()
}

on_both! {
    async fn every_stage_is_told_with_its_fields_values_and_verdicts(store: Store) {
        import(&store, GUARDED).await;
        let seen = look(&store, "guarded", &unsaved("eng-jane", json!({"email": "jane@corp.example", "team": "Backend"}))).await;
        assert_eq!((seen.flow.as_str(), seen.title.as_str(), seen.obstacles.len()), ("guarded", "Welcome in", 0));
        let reaches: Vec<Reach> = seen.stages.iter().map(|stage| stage.reach).collect();
        assert_eq!(reaches.iter().map(|reach| *reach == Reach::Skipped).collect::<Vec<_>>(), [false, false, true, false, false, false]);
        assert!(!reaches.contains(&Reach::Beyond));

        let details = &seen.stages[1];
        let (email, team) = (field(details, "email"), field(details, "team"));
        assert_eq!((email.value.as_str(), email.origin), ("jane@corp.example", Origin::Known));
        assert_eq!((team.value.as_str(), team.origin, team.choices.len()), ("Backend", Origin::Known, 2));
        let greeting = field(details, "greeting");
        assert_eq!((greeting.is_asked, greeting.failures.as_slice()), (false, ["KeyError: 'nam' (line 1)".to_owned()].as_slice()));
        assert_eq!(field(details, "attributes.source").value, "invitation");
        let checks = page(details).checks.as_ref().unwrap();
        assert_eq!(
            verdicts(&checks.verdicts),
            [("company-mail", Found::Answer(true), true), ("needs-nickname", Found::Fault("'nickname'".into()), false)]
        );

        let skipped = &seen.stages[2].gates[0];
        assert_eq!(verdicts(&skipped.verdicts), [("team", Found::Answer(false), false)]);
        let password = field(&seen.stages[3], "password");
        assert_eq!((password.value.as_str(), password.origin), ("", Origin::Secret));
        assert_eq!(password.rules, ["at least 12 characters", "at least 1 digit (0-9)"]);

        let gate = &seen.stages[4].gates[0];
        assert_eq!(
            verdicts(&gate.verdicts),
            [
                ("only-invited", Found::Answer(true), true),
                ("sets-path", Found::Answer(true), true),
                ("never", Found::Answer(false), true),
                ("company-mail", Found::Disabled, false),
            ]
        );
        assert_eq!((gate.verdicts[0].messages[0].as_str(), gate.changes[0].as_str()), ("Good that you are here.", "user_path"));
        let Some(Shows::Account(account)) = &seen.stages[4].shows else { panic!("{:?}", seen.stages[4]) };
        assert_eq!((account.path.as_str(), account.is_active, account.groups.as_slice()), ("users/backend", false, ["team".to_owned()].as_slice()));
        assert_eq!((account.email.value.as_str(), account.username.is_asked, account.has_password), ("jane@corp.example", true, true));
        assert_eq!(Value::Object(account.attributes.clone()), json!({"source": "invitation"}));
        let End::Done { account, waits_for_activation, signed_in, use_counted, .. } = seen.end else { panic!("{:?}", seen.end) };
        assert!(account && waits_for_activation && !signed_in && use_counted);
    }

    async fn an_invitation_that_is_not_saved_is_seen_by_policies_as_it_would_be(store: Store) {
        import(&store, GUARDED).await;
        let id = invite(&store, &settings("eng-saved")).await;
        let saved = read(&store, async |tx| guestlist::store::invitations::get(tx, id).await.unwrap()).await;
        let data = json!({"email": "jane@corp.example"});
        for (invitation, passes) in [
            (unsaved("eng-new", data.clone()), true),
            (unsaved("sales-new", data.clone()), false),
            (saved.clone(), true),
            (Invitation { settings: settings("sales-changed"), ..saved }, false),
        ] {
            let seen = look(&store, "guarded", &invitation).await;
            let only_invited = &seen.stages[4].gates[0].verdicts[0];
            assert_eq!((only_invited.name.as_str(), only_invited.passes), ("only-invited", passes), "{}", seen.invitation);
        }
    }

    async fn nothing_is_written_by_looking(store: Store) {
        import(&store, GUARDED).await;
        let state = async || read(&store, async |tx| {
            let events = guestlist::store::events::list(tx, 1_000).await.unwrap().len();
            let invitations = guestlist::store::counts::count(tx).await.unwrap();
            (events, invitations.users, invitations.invitations)
        }).await;
        let before = state().await;
        look(&store, "guarded", &unsaved("eng-jane", json!({"username": "jane"}))).await;
        assert_eq!(state().await, before);
        assert_eq!(user_count(&store).await, before.1);
    }

    async fn the_page_that_is_told_is_the_page_that_comes(store: Store) {
        let flow = two_pages(&store).await;
        let no = dummy(&store, "no", false).await;
        let bindings = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await;
        bind(&store, Guarded::Stage(bindings[1].id), Decider::Policy(no)).await;
        let data = Settings { fixed_data: mapping(json!({"email": "jane@example.com"})), ..settings("welcome") };
        let id = invite(&store, &data).await;
        let invitation = read(&store, async |tx| guestlist::store::invitations::get(tx, id).await.unwrap()).await;
        let seen = look(&store, "enroll", &invitation).await;
        let jane = Visitor::with(&store, "enroll", id).await;
        let real = jane.questions().await;
        assert_eq!(seen.stages[1].reach, Reach::Skipped);
        let told: Vec<(&str, &str)> = page(&seen.stages[2]).fields.iter().map(|it| (it.key.as_str(), it.value.as_str())).collect();
        let asked: Vec<(&str, &str)> = real.fields().iter().map(|it| (it.key.as_str(), it.value.as_str())).collect();
        assert_eq!(told, asked);
        // Without a page that asks for a name, none can be written.
        assert!(matches!(&seen.end, End::Refused(why) if why[0].contains("Nobody is asked for a user name")), "{:?}", seen.end);
        assert_eq!(seen.stages[4].reach, Reach::Beyond);
    }

    async fn what_lets_nobody_in_is_told_and_the_rest_all_the_same(store: Store) {
        let mut flow = making("enroll").invitation().credentials().user_write();
        flow.flow.authentication = Authentication::RequireAuthenticated;
        let flow = flow.insert(&store).await;
        let no = dummy(&store, "no", false).await;
        bind(&store, Guarded::Flow(flow.id), Decider::Policy(no)).await;
        let mut invitation = unsaved("old", json!({}));
        invitation.settings.expires = Some(noon());
        let seen = look(&store, "enroll", &invitation).await;
        assert!(seen.obstacles[0].contains("is expired"), "{:?}", seen.obstacles);
        assert!(seen.obstacles[1].contains("signed in already"), "{:?}", seen.obstacles);
        assert_eq!(seen.end, End::Refused(vec!["dummy".into()]));
        assert_eq!(page(&seen.stages[1]).fields.len(), 3);
    }

    async fn a_stage_that_stops_everybody_leaves_the_rest_unreached(store: Store) {
        for (model, settings, says) in [
            (OtherModel::Deny, json!({"deny_message": "Not today."}), "Refuses: Not today."),
            (OtherModel::Captcha, json!({}), "The stage is a captcha stage, which is not executed here: nobody gets further."),
            (OtherModel::Email, json!({}), "The email stage knows nobody to write to: no account was written before."),
        ] {
            let slug = format!("enroll-{}", model.kind());
            making(&slug).invitation().other(model, settings).user_write().insert(&store).await;
            let seen = look(&store, &slug, &unsaved("jane", json!({}))).await;
            assert_eq!(seen.stages[1].shows, Some(Shows::Stops(says.into())));
            assert_eq!(seen.stages[2].reach, Reach::Beyond);
            assert!(matches!(seen.end, End::Refused(_)), "{:?}", seen.end);
        }
        making("away").invitation().other(OtherModel::Redirect, json!({"target_static": "https://example.com/"})).insert(&store).await;
        let seen = look(&store, "away", &unsaved("jane", json!({}))).await;
        assert_eq!(seen.end, End::Elsewhere("https://example.com/".into()));
    }

    async fn a_prefilled_value_that_would_be_refused_is_told_at_its_field(store: Store) {
        add_user(&store, &user("jane")).await;
        making("enroll").invitation().credentials().page(vec![prompt("age", PromptType::Number)]).user_write().insert(&store).await;
        let seen = look(&store, "enroll", &unsaved("x", json!({"username": "JANE", "age": "old", "password": "secret"}))).await;
        assert_eq!(field(&seen.stages[1], "username").refused, Some(AnswerFault::Taken));
        assert_eq!(field(&seen.stages[2], "age").refused, Some(AnswerFault::NotNumber));
        let words: Vec<String> = seen.told().into_iter().map(|line| line.text).collect();
        assert!(!words.join("\n").contains("secret"), "{words:?}");
    }

    async fn an_account_that_can_t_be_made_says_why(store: Store) {
        add_user(&store, &user("jane")).await;
        let never = UserWriteStage { user_creation_mode: UserCreationMode::NeverCreate, ..UserWriteStage::default() };
        making("never").invitation().credentials().stage(StageKind::UserWrite(never)).insert(&store).await;
        making("fixed").invitation().user_write().login().insert(&store).await;
        let why = async |slug: &str, data: Value| match look(&store, slug, &unsaved("x", data)).await.end {
            End::Refused(why) => why.join(" "),
            other => panic!("{other:?}"),
        };
        assert_eq!(why("never", json!({})).await, "The stage makes no new accounts, and there is none to change.");
        assert_eq!(why("fixed", json!({"username": "Jane"})).await, "The user name Jane is taken, and nobody is asked for another.");
        assert_eq!(why("fixed", json!({"username": "paul", "path": "//"})).await.split(':').next(), Some("path"));
        let made = look(&store, "fixed", &unsaved("x", json!({"username": "paul"}))).await;
        assert!(matches!(made.end, End::Done { signed_in: true, .. }), "{:?}", made.end);
    }

    async fn what_the_database_tells_of_an_invitation_is_diagnosed(store: Store) {
        import(&store, GUARDED).await;
        add_user(&store, &user("jane")).await;
        let outline = outline(&store, "guarded").await;
        let broken = read(&store, async |tx| findings::broken(tx, &outline).await.unwrap()).await;
        assert_eq!(broken, []);
        let codes = async |data: Value, is_open: bool| -> Vec<&'static str> {
            let data = mapping(data);
            let found = read(&store, async |tx| findings::examine(&Policies::new(), tx, &data, is_open, &outline, &broken, noon()).await.unwrap()).await;
            found.into_iter().map(|problem| problem.code).collect()
        };
        assert_eq!(codes(json!({"username": "JANE"}), true).await, ["username_taken"]);
        assert_eq!(codes(json!({"username": "JANE"}), false).await, [""; 0]);
        assert_eq!(codes(json!({"team": "Backend"}), true).await, ["value_hidden_by_expression"]);
        assert_eq!(codes(json!({"team": "Backend", "email": "a@b.example"}), true).await, [""; 0]);

        write(&store, async |tx, act| {
            for (name, text) in [("company-mail", "return ("), ("only-invited", "return requests.get(\"x\")")] {
                let mut policy = policies::find_by_name(tx, name).await.unwrap().unwrap();
                policy.settings.insert("expression".into(), text.into());
                policies::update(tx, &policy, act).await.unwrap();
            }
        })
        .await;
        let broken = read(&store, async |tx| findings::broken(tx, &outline).await.unwrap()).await;
        let names: Vec<&str> = broken.iter().map(|broken| broken.name.as_str()).collect();
        assert_eq!(names, ["only-invited", "company-mail"]);
    }
}
