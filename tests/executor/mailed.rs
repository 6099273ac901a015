//! Mails whose link leads back into a flow.

use chrono::TimeDelta;
use guestlist::domain::flow::Designation;
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{OtherModel, StageKind, UserCreationMode, UserWriteStage};
use guestlist::executor::component::About;
use guestlist::executor::{Answered, Component, Executor, Opened, Refusal, Remark, View};
use guestlist::store::{Store, letters};
use serde_json::json;

use super::identity::jane;
use super::visitor::{CREDENTIALS, DETAILS, Visitor, again};
use crate::support::fixture::{QUICK, invite, making, mapping, noon, prompt, settings, user_named, uses, write};
use crate::support::stores::on_both;

const SITE: &str = "https://id.example.com";

fn visitor(store: &Store, slug: &str) -> Visitor {
    let mut visitor = Visitor::new(store, slug);
    visitor.executor = Executor::new(store.clone(), QUICK).unwrap().at(SITE);
    visitor
}

/// The tokens of the links in the letters that were written, by address.
async fn posted(store: &Store) -> Vec<(String, String)> {
    let mut found = Vec::new();
    write(store, async |tx, _| {
        let soon = noon() + TimeDelta::days(1);
        while let Some((letter, body)) = letters::claim(tx, noon() + TimeDelta::hours(1), soon, true).await.unwrap() {
            let (_, rest) = body.text.split_once("flow_token=").unwrap();
            let token = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
            found.push((letter.recipient, token.to_owned()));
        }
    })
    .await;
    found
}

/// A flow that makes an account, asks whether the address is right, and signs in.
async fn confirming(store: &Store) {
    let waiting = UserWriteStage { create_users_as_inactive: true, ..UserWriteStage::default() };
    let mail = json!({ "activate_user_on_success": true, "template": "email/account_confirmation.html", "use_global_settings": true, "recovery_max_attempts": 2 });
    making("enroll")
        .invitation()
        .credentials()
        .details()
        .stage(StageKind::UserWrite(waiting))
        .other(OtherModel::Email, mail)
        .login()
        .insert(store)
        .await;
}

/// Jane, who waits for a mail.
async fn waiting(store: &Store) -> Visitor {
    confirming(store).await;
    let id = invite(store, &settings("welcome")).await;
    let mut jane = visitor(store, "enroll");
    jane.open(&id.token()).await;
    jane.go_on(CREDENTIALS).await;
    jane.go_on(DETAILS).await;
    assert_eq!(uses(store, id).await, 1);
    jane
}

/// Follows a link.
fn follow(visitor: &mut Visitor, token: &str) {
    visitor.query = vec![("flow_token".into(), token.into())];
}

/// Answers the question whether it was oneself who followed the link.
async fn confirm(visitor: &mut Visitor) -> Answered {
    let Component::Consent { about: About::MailLink, token } = visitor.questions().await.component else { panic!() };
    visitor.post(&[("token", &token)]).await
}

on_both! {
    async fn whoever_has_no_invitation_gets_no_mail_sent(store: Store) {
        confirming(&store).await;
        // A flow that would ask nothing before it sends a mail.
        let mail = json!({ "template": "email/account_confirmation.html", "use_global_settings": true });
        making("eager").invitation().user_write().other(OtherModel::Email, mail).insert(&store).await;
        let brought = mapping(json!({ "username": "jane", "email": "jane@example.com" }));
        let expired = invite(&store, &Settings { expires: Some(noon()), fixed_data: brought, ..settings("expired") }).await;
        let unknown = InvitationId(guestlist::clock::new_id());
        for slug in ["enroll", "eager"] {
            for token in [None, Some(String::new()), Some("nonsense".into()), Some(unknown.token()), Some(expired.token())] {
                let mut stranger = visitor(&store, slug);
                let opened = stranger.begin(token.as_deref()).await;
                assert!(matches!(opened, Opened::Refused(_)), "{slug} {token:?} {opened:?}");
                assert!(!matches!(stranger.look().await, View::Challenge(_)));
            }
        }
        assert_eq!(posted(&store).await, []);
        let mut invited = visitor(&store, "enroll");
        invited.open(&invite(&store, &settings("sound")).await.token()).await;
        invited.go_on(CREDENTIALS).await;
        invited.go_on(DETAILS).await;
        assert_eq!(posted(&store).await.len(), 1, "with one it is sent");
    }

    async fn the_link_works_in_another_browser_and_once(store: Store) {
        let here = waiting(&store).await;
        assert_eq!(here.questions().await.component, Component::Email { address: Some("jane@example.com".into()) });
        assert!(!user_named(&store, "jane").await.unwrap().user.is_active);
        let [(to, token)] = posted(&store).await.try_into().unwrap();
        assert_eq!(to, "jane@example.com");
        let mut scanner = visitor(&store, "enroll");
        follow(&mut scanner, &token);
        assert_eq!(scanner.begin(None).await, Opened::Begun { fresh: true }, "opening it proves nothing yet");
        assert!(!user_named(&store, "jane").await.unwrap().user.is_active);
        let mut phone = visitor(&store, "enroll");
        follow(&mut phone, &token);
        phone.begin(None).await;
        let answered = confirm(&mut phone).await;
        assert!(matches!(answered, Answered::Next { login: Some(_) }), "{answered:?}");
        assert!(user_named(&store, "jane").await.unwrap().user.is_active);
        assert_eq!(again(confirm(&mut scanner).await).faults, [Remark::LinkUsed]);
        let mut late = visitor(&store, "enroll");
        follow(&mut late, &token);
        assert_eq!(late.begin(None).await, Opened::Refused(Refusal::LinkUsed));
        follow(&mut phone, &token);
        assert_eq!(phone.begin(None).await, Opened::Begun { fresh: false }, "who follows it twice is where it led");
        assert!(matches!(phone.look().await, View::Closed(_)));
    }

    async fn a_link_that_is_too_old_or_made_up_leads_nowhere(store: Store) {
        waiting(&store).await;
        let [(_, token)] = posted(&store).await.try_into().unwrap();
        for (token, minutes) in [(token.as_str(), 31), ("made-up", 0), ("", 0)] {
            let mut jane = visitor(&store, "enroll");
            jane.wait(TimeDelta::minutes(minutes));
            follow(&mut jane, token);
            assert_eq!(jane.begin(None).await, Opened::Refused(Refusal::LinkUsed), "{minutes}");
        }
    }

    async fn the_mail_is_sent_again_but_not_for_ever(store: Store) {
        let mut here = waiting(&store).await;
        for _ in 0..2 {
            assert_eq!(again(here.post(&[]).await).faults, [Remark::MailSent]);
        }
        assert_eq!(again(here.post(&[]).await).faults, [Remark::TooManyMails { minutes: 5 }]);
        assert_eq!(posted(&store).await.len(), 3);
        here.wait(TimeDelta::minutes(6));
        assert_eq!(again(here.post(&[]).await).faults, [Remark::MailSent]);
    }

    async fn who_lost_a_password_gets_a_mail_and_who_does_not_exist_sees_the_same(store: Store) {
        jane(&store).await;
        let never = UserWriteStage { user_creation_mode: UserCreationMode::NeverCreate, ..UserWriteStage::default() };
        making("recover")
            .to(Designation::Recovery)
            .other(OtherModel::Identification, json!({ "user_fields": ["email"] }))
            .other(OtherModel::Email, json!({ "use_global_settings": true, "recovery_max_attempts": 1 }))
            .page(vec![prompt("password", PromptType::Password), prompt("password_repeat", PromptType::Password)])
            .stage(StageKind::UserWrite(never))
            .login()
            .insert(&store)
            .await;
        let mut seen = Vec::new();
        for address in ["jane@example.com", "nobody@example.com"] {
            let mut somebody = visitor(&store, "recover");
            somebody.begin(None).await;
            somebody.go_on(&[("uid_field", address)]).await;
            let first = somebody.questions().await;
            let again_ = [again(somebody.post(&[]).await).faults, again(somebody.post(&[]).await).faults];
            let mut other = visitor(&store, "recover");
            other.begin(None).await;
            other.go_on(&[("uid_field", address)]).await;
            seen.push((first.component, again_, other.questions().await.notices));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0].0, Component::Email { address: None });
        let letters = posted(&store).await;
        assert_eq!(letters.len(), 2, "{letters:?}");
        let mut phone = visitor(&store, "recover");
        follow(&mut phone, &letters[0].1);
        phone.begin(None).await;
        assert_eq!(confirm(&mut phone).await, Answered::Next { login: None });
        let before = user_named(&store, "jane").await.unwrap().user.password;
        phone.go_on(&[("password", "n3w"), ("password_repeat", "n3w")]).await;
        assert_ne!(user_named(&store, "jane").await.unwrap().user.password, before);
    }

    async fn who_mistyped_their_address_goes_back_to_it_from_the_mail(store: Store) {
        jane(&store).await;
        making("recover")
            .to(Designation::Recovery)
            .other(OtherModel::Identification, json!({ "user_fields": ["email"] }))
            .other(OtherModel::Email, json!({ "use_global_settings": true }))
            .page(vec![prompt("password", PromptType::Password)])
            .insert(&store)
            .await;
        let mut here = visitor(&store, "recover");
        here.begin(None).await;
        here.go_on(&[("uid_field", "jnae@example.com")]).await;
        assert!(here.questions().await.can_go_back);
        here.go_back().await;
        here.go_on(&[("uid_field", "jane@example.com")]).await;
        let letters = posted(&store).await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        let mut phone = visitor(&store, "recover");
        follow(&mut phone, &letters[0].1);
        phone.begin(None).await;
        assert!(!phone.questions().await.can_go_back, "the link leads nowhere else");
        confirm(&mut phone).await;
        assert!(!phone.questions().await.can_go_back, "the address is proved");
    }

    async fn a_template_that_is_not_there_is_said_and_nothing_is_written(store: Store) {
        making("enroll").credentials().details().user_write().other(OtherModel::Email, json!({ "template": "mine.html" })).insert(&store).await;
        let mut jane = visitor(&store, "enroll");
        jane.begin(None).await;
        jane.go_on(CREDENTIALS).await;
        let answered = jane.post(DETAILS).await;
        assert!(matches!(&answered, Answered::Refused(Refusal::Misconfigured(why)) if why.contains("mine.html")), "{answered:?}");
        assert!(user_named(&store, "jane").await.is_none());
    }
}
