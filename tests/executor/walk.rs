//! The way that everybody walks, and the ways back.

use argon2::{Argon2, PasswordVerifier};
use chrono::TimeDelta;
use guestlist::domain::stage::{StageKind, UserLoginStage, UserType, UserWriteStage};
use guestlist::domain::when::Span;
use guestlist::executor::plan::Closing;
use guestlist::executor::{Answered, Executor, Opened, Refusal, View};
use guestlist::store::{Store, events, groups, sessions};

use super::visitor::{CREDENTIALS, DETAILS, Visitor, again, shown};
use crate::support::fixture::{
    QUICK, group, invite, making, noon, prompt, read, settings, two_pages, use_rows, user_count, user_named, uses,
    write,
};
use crate::support::stores::on_both;

on_both! {
    async fn two_pages_make_an_account_and_spend_the_invitation(store: Store) {
        let staff = group("staff");
        write(&store, async |tx, act| groups::insert(tx, &staff, act).await.unwrap()).await;
        let user_write = UserWriteStage {
            create_users_group: Some(staff.id),
            user_type: UserType::Internal,
            user_path_template: "users/invited".into(),
            ..UserWriteStage::default()
        };
        let login = UserLoginStage { session_duration: Span(7_200), terminate_other_sessions: true, ..UserLoginStage::default() };
        making("enroll")
            .invitation()
            .credentials()
            .details()
            .stage(StageKind::UserWrite(user_write))
            .stage(StageKind::UserLogin(login))
            .insert(&store)
            .await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let first = jane.questions().await;
        assert_eq!((first.page, first.pages, first.title.as_str()), (1, 2, "Welcome"));
        jane.go_on(CREDENTIALS).await;
        assert_eq!((jane.questions().await.page, user_count(&store).await, uses(&store, id).await), (2, 0, 0));
        jane.wait(TimeDelta::minutes(1));
        let old = jane.session().to_vec();
        let answered = jane.post(DETAILS).await;
        assert!(matches!(answered, Answered::Next { login: Some(login) } if login.seconds == Some(7_200)), "{answered:?}");

        let view = user_named(&store, "jane").await.unwrap();
        assert_eq!((view.user.name.as_str(), view.user.email.as_str()), ("Jane Doe", "jane@example.com"));
        assert_eq!((view.user.path.as_str(), view.user.kind, view.user.is_active), ("users/invited", UserType::Internal, true));
        assert_eq!((view.groups, view.invitation.unwrap().to_string()), (vec!["staff".to_owned()], "welcome".to_owned()));
        assert_eq!(view.user.last_login, Some(jane.now));
        assert!(view.user.attributes.is_empty());
        let hash = view.user.password.unwrap().0;
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        let parsed = argon2::PasswordHash::new(&hash).unwrap();
        assert!(Argon2::default().verify_password(b"s3cret", &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"S3cret", &parsed).is_err());
        let rows = use_rows(&store, id).await;
        assert_eq!((rows.len(), rows[0].username.as_str(), rows[0].at), (1, "jane", jane.now));
        let signed_in = read(&store, async |tx| sessions::find(tx, jane.session(), jane.now).await.unwrap()).await.unwrap();
        assert_eq!((signed_in.user, signed_in.expires_at), (Some(view.user.id), jane.now + TimeDelta::hours(2)));
        let left = read(&store, async |tx| sessions::find(tx, &old, jane.now).await.unwrap()).await.unwrap();
        assert_eq!(left.user, None, "the old token is signed in nowhere");
        let closing = Closing { title: "Welcome".into(), username: Some("jane".into()), signed_in: true, waits_for_activation: false, created: true, can_begin_again: false, offers_again: false, next: None };
        assert_eq!(jane.look().await, View::Closed(closing));
    }

    async fn the_log_tells_of_an_enrollment_without_secrets(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        let told = read(&store, async |tx| events::list(tx, 100).await.unwrap()).await;
        let actions: Vec<_> = told[..3].iter().map(|event| (event.action.as_str(), event.address.as_str())).collect();
        assert_eq!(actions, [("login", "192.0.2.7"), ("invitation_used", "192.0.2.7"), ("user_write", "192.0.2.7")]);
        let every = format!("{told:?}");
        for secret in ["s3cret", "argon2", &id.token(), &id.0.simple().to_string()] {
            assert!(!every.contains(secret), "{secret}");
        }
    }

    async fn a_used_link_opens_nothing_and_shows_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        assert_eq!(jane.open(&id.token()).await, Opened::Refused(Refusal::Used));
        assert_eq!(Visitor::new(&store, "enroll").open(&id.token()).await, Opened::Refused(Refusal::Used));
        assert!(matches!(jane.look().await, View::Closed(_)), "the closing page stays");
    }

    async fn looking_and_opening_spend_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        for _ in 0..10 {
            jane.open(&id.token()).await;
            jane.questions().await;
            Visitor::with(&store, "enroll", id).await;
        }
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn who_clicked_twice_sees_the_closing_page_without_being_signed_in_by_the_old_token(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let (last, old) = (jane.questions().await.stage, jane.session().to_vec());
        jane.go_on(DETAILS).await;
        let new = jane.use_session(old);
        assert_eq!(jane.post_to(last, DETAILS).await, Answered::Next { login: None });
        let closing = Closing { title: "Welcome".into(), username: Some("jane".into()), signed_in: false, waits_for_activation: false, created: true, can_begin_again: false, offers_again: false, next: None };
        assert_eq!(jane.look().await, View::Closed(closing));
        jane.wait(TimeDelta::minutes(10));
        assert_eq!(jane.look().await, View::Refused(Refusal::InvitationNeeded));
        jane.use_session(new);
        assert!(matches!(jane.look().await, View::Closed(Closing { signed_in: true, .. })));
        assert_eq!((user_count(&store).await, uses(&store, id).await), (1, 1));
    }

    async fn what_is_wrong_stands_at_its_field_with_the_rest_kept_and_no_password(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        for (typed, errors) in [
            (&[("username", "jane"), ("password", "a"), ("password_repeat", "b")][..], ["", "", "The two passwords are not the same."]),
            (&[("username", "jane"), ("password", ""), ("password_repeat", "")], ["", "Please fill in this field.", "Please fill in this field."]),
            (&[("username", " "), ("password", "a"), ("password_repeat", "a")], ["Please fill in this field.", "", ""]),
            (&[("username", "a\u{202e}b"), ("password", "a"), ("password_repeat", "a")], ["The invisible character U+202E is not allowed here.", "", ""]),
        ] {
            let challenge = again(jane.post(typed).await);
            let expected = [("username", typed[0].1, errors[0].to_owned()), ("password", "", errors[1].to_owned()), ("password_repeat", "", errors[2].to_owned())];
            assert_eq!(shown(&challenge), expected);
        }
        jane.go_on(CREDENTIALS).await;
        let challenge = again(jane.post(&[("name", "Jane"), ("email", "jane")]).await);
        assert_eq!(shown(&challenge)[0], ("name", "Jane", String::new()));
        assert_eq!(shown(&challenge)[1].1, "jane");
        assert!(shown(&challenge)[1].2.contains("jane@example.com"));
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
    }

    async fn a_form_posted_twice_counts_once(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let first = jane.questions().await.stage;
        jane.go_on(CREDENTIALS).await;
        let other = [("username", "other"), ("password", "x"), ("password_repeat", "x")];
        assert_eq!(jane.post_to(first, &other).await, Answered::Next { login: None });
        let second = jane.questions().await;
        assert_eq!(second.page, 2);
        jane.go_on(DETAILS).await;
        assert_eq!(jane.post_to(second.stage, DETAILS).await, Answered::Next { login: None });
        let late: [(_, &[_]); 2] = [(first, CREDENTIALS), (second.stage, &[("name", "Joe"), ("email", "joe@example.com")])];
        for (stage, other) in late {
            let late = jane.post_to(stage, other).await;
            assert_eq!(late, Answered::Refused(Refusal::Finished { can_begin_again: false }));
        }
        assert!(user_named(&store, "jane").await.is_some());
        assert_eq!((user_count(&store).await, uses(&store, id).await), (1, 1));
    }

    async fn another_server_goes_on_where_one_stopped(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.executor = Executor::new(store.clone(), QUICK).unwrap();
        assert_eq!(jane.questions().await.page, 2);
        jane.go_on(DETAILS).await;
        assert!(user_named(&store, "jane").await.unwrap().user.password.is_some());
    }

    async fn without_an_invitation_nothing_begins(store: Store) {
        two_pages(&store).await;
        let mut stranger = Visitor::new(&store, "enroll");
        assert_eq!(stranger.look().await, View::Refused(Refusal::InvitationNeeded));
        assert_eq!(stranger.begin(None).await, Opened::Refused(Refusal::InvitationNeeded));
        let stage = guestlist::domain::id::BindingId(guestlist::clock::new_id());
        assert_eq!(stranger.post_to(stage, CREDENTIALS).await, Answered::NotBegun);
        for token in ["", " ", "\0", "nonsense", "00000000-0000-0000-0000-000000000000", &"1".repeat(10_000)] {
            assert_eq!(stranger.open(token).await, Opened::Refused(Refusal::InvitationNotFound));
        }
        assert_eq!(user_count(&store).await, 0);
    }

    async fn a_flow_that_there_is_not_is_a_refusal(store: Store) {
        for slug in ["none", "", "\0", "a\0b", "../x", "ü", &"x".repeat(10_000)] {
            let mut stranger = Visitor::new(&store, slug);
            assert_eq!(stranger.look().await, View::Refused(Refusal::NoSuchFlow));
            assert_eq!(stranger.begin(None).await, Opened::Refused(Refusal::NoSuchFlow));
            let stage = guestlist::domain::id::BindingId(guestlist::clock::new_id());
            assert_eq!(stranger.post_to(stage, CREDENTIALS).await, Answered::Refused(Refusal::NoSuchFlow));
        }
    }

    async fn an_enrollment_is_forgotten_a_day_after_its_last_step_and_the_link_still_good(store: Store) {
        making("enroll").invitation().credentials().page(vec![prompt("name", guestlist::domain::prompt::PromptType::Text)]).user_write().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.wait(TimeDelta::hours(23));
        jane.go_on(CREDENTIALS).await;
        jane.wait(TimeDelta::hours(23));
        assert_eq!(jane.questions().await.page, 2);
        jane.wait(TimeDelta::hours(1));
        assert_eq!(jane.look().await, View::Refused(Refusal::InvitationNeeded));
        assert!(jane.now > noon());
        assert_eq!(jane.open(&id.token()).await, Opened::Begun { fresh: false });
        assert_eq!(jane.questions().await.page, 1);
    }
}
