//! Flows of other shapes: without prompts, without an account, open to everybody, with the invitation asked late.

use guestlist::domain::flow::Authentication;
use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{InvitationStage, StageKind, UserWriteStage};
use guestlist::executor::plan::Closing;
use guestlist::executor::{Answered, Opened, Refusal, View};
use guestlist::store::{Store, enrollments};
use serde_json::json;

use super::visitor::{CREDENTIALS, DETAILS, Visitor};
use crate::support::fixture::{
    invite, making, mapping, prompt, read, settings, two_pages, use_rows, user_count, user_named, uses,
};
use crate::support::stores::on_both;

fn lax() -> StageKind {
    StageKind::Invitation(InvitationStage { continue_flow_without_invitation: true })
}

on_both! {
    async fn whatever_a_prompt_lets_through_becomes_an_account_and_leaves_no_copy(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let long = "x".repeat(1_000);
        jane.go_on(&[("name", &long), ("email", "jane@example.com")]).await;
        assert_eq!(user_named(&store, "jane").await.unwrap().user.name, long);
        let left = read(&store, async |tx| enrollments::find(tx, jane.session(), jane.now).await.unwrap().unwrap()).await;
        assert!(left.done && left.context.password.is_none() && left.context.prompt_data.is_empty(), "{left:?}");
    }

    async fn a_flow_without_prompts_asks_before_it_writes(store: Store) {
        making("quick").invitation().user_write().login().insert(&store).await;
        let id = invite(&store, &Settings { fixed_data: mapping(json!({"username": "jane"})), ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "quick", id).await;
        let page = jane.questions().await;
        assert_eq!((page.fields().len(), page.page, page.pages), (0, 1, 1));
        assert_eq!((user_count(&store).await, uses(&store, id).await), (0, 0));
        jane.go_on(&[]).await;
        assert_eq!((user_count(&store).await, uses(&store, id).await), (1, 1));
        assert!(matches!(jane.look().await, View::Closed(Closing { signed_in: true, .. })));
    }

    async fn a_flow_that_writes_no_account_counts_the_use_at_its_end(store: Store) {
        making("survey").invitation().page(vec![prompt("name", PromptType::Text)]).insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let (mut jane, mut joe) = (Visitor::with(&store, "survey", id).await, Visitor::with(&store, "survey", id).await);
        let stage = joe.questions().await.stage;
        assert_eq!(uses(&store, id).await, 0);
        jane.go_on(&[("name", "Jane")]).await;
        assert_eq!((uses(&store, id).await, user_count(&store).await), (1, 0));
        assert_eq!(use_rows(&store, id).await[0].username, "");
        assert_eq!(joe.post_to(stage, &[("name", "Joe")]).await, Answered::Refused(Refusal::Used));
        assert!(matches!(jane.look().await, View::Closed(Closing { username: None, .. })));
    }

    async fn a_flow_of_an_invitation_stage_alone_counts_the_use_when_it_is_confirmed(store: Store) {
        making("gate").invitation().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "gate", id).await;
        assert_eq!((jane.questions().await.fields().len(), uses(&store, id).await), (0, 0));
        jane.go_on(&[]).await;
        assert_eq!(uses(&store, id).await, 1);
        assert!(matches!(jane.look().await, View::Closed(_)));
    }

    async fn an_account_that_waits_for_activation_is_not_signed_in(store: Store) {
        let waiting = UserWriteStage { create_users_as_inactive: true, ..UserWriteStage::default() };
        making("enroll").invitation().credentials().stage(StageKind::UserWrite(waiting)).login().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        assert_eq!(jane.post(CREDENTIALS).await, Answered::Next { login: None });
        assert!(!user_named(&store, "jane").await.unwrap().user.is_active);
        assert!(matches!(jane.look().await, View::Closed(Closing { signed_in: false, waits_for_activation: true, .. })));
    }

    async fn who_is_signed_in_is_not_let_into_a_flow_for_those_who_are_not(store: Store) {
        let mut flow = making("enroll").invitation().credentials().details().user_write().login();
        flow.flow.authentication = Authentication::RequireUnauthenticated;
        flow.insert(&store).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        assert!(matches!(jane.look().await, View::Closed(_)), "the closing page is hers");
        let before = user_named(&store, "jane").await;
        assert_eq!(jane.open(&id.token()).await, Opened::Begun { fresh: false });
        let refused = Refusal::SignedIn { username: "jane".into() };
        assert_eq!(jane.look().await, View::Refused(refused.clone()));
        let mut stranger = Visitor::with(&store, "enroll", id).await;
        let stage = stranger.questions().await.stage;
        assert_eq!(jane.post_to(stage, CREDENTIALS).await, Answered::Refused(refused));
        assert_eq!((user_named(&store, "jane").await, uses(&store, id).await), (before, 1));
        stranger.go_on(&[("username", "joe"), ("password", "x"), ("password_repeat", "x")]).await;
    }

    async fn enrolling_while_signed_in_leaves_that_account_alone(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        let before = user_named(&store, "jane").await;
        jane.open(&id.token()).await;
        jane.go_on(&[("username", "joe"), ("password", "x"), ("password_repeat", "x")]).await;
        jane.go_on(&[("name", "Joe"), ("email", "joe@example.com")]).await;
        assert_eq!(user_named(&store, "jane").await, before);
        assert_eq!((user_count(&store).await, uses(&store, id).await), (2, 2));
    }

    async fn a_flow_for_those_who_are_signed_in_lets_nobody_else_in(store: Store) {
        for (number, needed) in [Authentication::RequireAuthenticated, Authentication::RequireSuperuser, Authentication::RequireOutpost, Authentication::RequireRedirect].into_iter().enumerate() {
            let slug = format!("flow-{number}");
            let mut flow = making(&slug).invitation().credentials().user_write();
            flow.flow.authentication = needed;
            flow.insert(&store).await;
            let id = invite(&store, &settings(&slug)).await;
            let jane = Visitor::with(&store, &slug, id).await;
            assert!(matches!(jane.look().await, View::Refused(Refusal::SignInNeeded | Refusal::NotApplicable)), "{needed}");
        }
    }

    async fn a_flow_that_goes_on_without_an_invitation_spends_one_where_there_is_one(store: Store) {
        making("open").stage(lax()).credentials().user_write().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut stranger = Visitor::new(&store, "open");
        assert_eq!(stranger.look().await, View::NotBegun);
        assert_eq!(stranger.begin(None).await, Opened::Begun { fresh: true });
        stranger.go_on(&[("username", "joe"), ("password", "x"), ("password_repeat", "x")]).await;
        assert_eq!((user_count(&store).await, uses(&store, id).await), (1, 0));
        let mut jane = Visitor::with(&store, "open", id).await;
        jane.go_on(CREDENTIALS).await;
        assert_eq!((user_count(&store).await, uses(&store, id).await), (2, 1));
        let wrong = guestlist::domain::id::InvitationId(guestlist::clock::new_id()).token();
        assert_eq!(Visitor::new(&store, "open").open(&wrong).await, Opened::Refused(Refusal::InvitationNotFound));
    }

    async fn an_invitation_stage_after_a_page_takes_the_invitation_that_was_opened(store: Store) {
        for (slug, kind) in [("strict", StageKind::Invitation(InvitationStage::default())), ("lax", lax())] {
            making(slug).credentials().stage(kind).details().user_write().insert(&store).await;
            let brought = Settings { fixed_data: mapping(json!({"email": "brought@example.com"})), ..settings(slug) };
            let id = invite(&store, &brought).await;
            let mut jane = Visitor::with(&store, slug, id).await;
            jane.go_on(&[("username", slug), ("password", "x"), ("password_repeat", "x")]).await;
            assert_eq!(jane.questions().await.fields()[1].value, "brought@example.com", "{slug}");
            jane.go_on(&[("name", "Jane")]).await;
            assert_eq!(uses(&store, id).await, 1, "{slug}");
        }
    }

    async fn an_invitation_stage_after_the_account_still_spends_the_use_on_that_account(store: Store) {
        making("late").credentials().user_write().invitation().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "late", id).await;
        jane.go_on(CREDENTIALS).await;
        assert_eq!((uses(&store, id).await, use_rows(&store, id).await[0].username.as_str()), (1, "jane"));
        let mut stranger = Visitor::new(&store, "late");
        assert_eq!(stranger.look().await, View::Refused(Refusal::InvitationNeeded));
        assert_eq!(stranger.begin(None).await, Opened::Refused(Refusal::InvitationNeeded));
        assert_eq!(user_count(&store).await, 1);
    }

    async fn a_flow_that_can_t_write_an_account_says_so_and_spends_nothing(store: Store) {
        let never = UserWriteStage { user_creation_mode: guestlist::domain::stage::UserCreationMode::NeverCreate, ..UserWriteStage::default() };
        making("never").invitation().credentials().stage(StageKind::UserWrite(never)).insert(&store).await;
        making("nameless").invitation().details().user_write().insert(&store).await;
        making("nobody").invitation().details().login().insert(&store).await;
        for (slug, answers) in [("never", CREDENTIALS), ("nameless", DETAILS), ("nobody", DETAILS)] {
            let id = invite(&store, &settings(slug)).await;
            let mut jane = Visitor::with(&store, slug, id).await;
            let answered = jane.post(answers).await;
            assert!(matches!(answered, Answered::Refused(Refusal::Misconfigured(_))), "{slug} {answered:?}");
            assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 0));
        }
    }
}
