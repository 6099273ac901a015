//! Back to an earlier page, and the same link opened once more.

use guestlist::domain::flow::{Designation, StageBinding};
use guestlist::domain::invitation::Settings;
use guestlist::domain::policy::{Decider, Guarded};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::OtherModel;
use guestlist::executor::plan::Closing;
use guestlist::executor::{Answered, Component, Looking, Opened, Refusal, Remark, View};
use guestlist::store::{Store, flows, invitations};
use serde_json::json;

use super::guarded::bind;
use super::identity::{asks_password, jane as jane_known};
use super::visitor::{CREDENTIALS, DETAILS, Visitor, again, shown};
use crate::support::fixture::{
    expression, invite, making, mapping, prompt, read, settings, two_pages, user_named, uses, write,
};
use crate::support::stores::on_both;

on_both! {
    async fn who_goes_back_finds_what_was_answered_and_can_change_it(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        assert!(!jane.questions().await.can_go_back);
        assert_eq!(jane.go_back().await, Answered::Next { login: None });
        assert_eq!(jane.questions().await.page, 1, "there is nothing before the first page");
        jane.go_on(CREDENTIALS).await;
        assert!(jane.questions().await.can_go_back);
        jane.go_back().await;
        let page = jane.questions().await;
        assert_eq!((page.page, shown(&page)[0].1, shown(&page)[1].1), (1, "jane", ""));
        jane.go_on(&[("username", "jd"), ("password", "other"), ("password_repeat", "other")]).await;
        jane.go_on(DETAILS).await;
        assert_eq!((user_named(&store, "jd").await.is_some(), user_named(&store, "jane").await.is_some()), (true, false));
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn a_page_that_the_old_answers_left_out_comes_back_with_new_ones(store: Store) {
        let fields = vec![prompt("username", PromptType::Username), prompt("password", PromptType::Password)];
        let flow = making("enroll").page(fields).details().page(vec![prompt("attributes.last", PromptType::Text)]).user_write().insert(&store).await;
        let details = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(1);
        let check = expression(&store, "long", "return context[\"prompt_data\"][\"username\"] != \"jane\"").await;
        bind(&store, Guarded::Stage(details.id), Decider::Policy(check)).await;
        let mut jane = Visitor::new(&store, "enroll");
        jane.begin(None).await;
        let answer = |name| [("username", name), ("password", "s3cret")];
        jane.go_on(&answer("jane")).await;
        assert_eq!(jane.questions().await.fields()[0].key, "attributes.last");
        jane.go_back().await;
        jane.go_on(&answer("jd")).await;
        assert_eq!(jane.questions().await.fields()[0].key, "name");
    }

    async fn nobody_goes_back_behind_what_was_written_or_proved(store: Store) {
        making("enroll").credentials().user_write().details().user_write().insert(&store).await;
        let mut jane = Visitor::new(&store, "enroll");
        jane.begin(None).await;
        jane.go_on(CREDENTIALS).await;
        assert!(!jane.questions().await.can_go_back);
        jane.go_back().await;
        assert_eq!(jane.questions().await.page, 2);
    }

    async fn who_mistyped_their_name_goes_back_to_it_from_the_password(store: Store) {
        jane_known(&store).await;
        making("sign-in")
            .to(Designation::Authentication)
            .other(OtherModel::Identification, json!({ "user_fields": ["username"] }))
            .other(OtherModel::Password, asks_password())
            .page(vec![prompt("attributes.last", PromptType::Text)])
            .login()
            .insert(&store)
            .await;
        let mut jane = Visitor::new(&store, "sign-in");
        jane.begin(None).await;
        jane.go_on(&[("uid_field", "jnae")]).await;
        assert!(jane.questions().await.can_go_back);
        jane.go_back().await;
        let Component::Identification(asked) = jane.questions().await.component else { panic!() };
        assert_eq!(asked.typed, "jnae");
        jane.go_on(&[("uid_field", "jane")]).await;
        jane.go_on(&[("password", "s3cret")]).await;
        assert!(!jane.questions().await.can_go_back, "the password is proved");
        jane.go_on(&[("attributes.last", "x")]).await;
        assert!(matches!(jane.look().await, View::Closed(Closing { signed_in: true, .. })));
    }

    async fn pages_that_only_show_something_are_gone_back_over(store: Store) {
        let field = |key| vec![prompt(key, PromptType::Text)];
        making("open")
            .page(field("name"))
            .other(OtherModel::Dummy, json!({}))
            .page(field("email"))
            .other(OtherModel::Consent, json!({}))
            .page(field("attributes.last"))
            .insert(&store)
            .await;
        let mut jane = Visitor::new(&store, "open");
        jane.begin(None).await;
        jane.go_on(&[("name", "Jane")]).await;
        jane.go_on(&[]).await;
        jane.go_on(&[("email", "jane@example.com")]).await;
        let Component::Consent { token, .. } = jane.questions().await.component else { panic!() };
        jane.go_on(&[("token", &token)]).await;
        for page in [5, 4, 3, 2] {
            let here = jane.questions().await;
            assert_eq!((here.page, here.can_go_back), (page, true));
            jane.go_back().await;
        }
        assert!(!jane.questions().await.can_go_back);
    }

    async fn what_was_typed_on_the_page_that_is_left_is_there_again(store: Store) {
        let fields = vec![prompt("email", PromptType::Email), prompt("attributes.yes", PromptType::Checkbox), prompt("password", PromptType::Password)];
        making("open").page(vec![prompt("name", PromptType::Text)]).page(fields).insert(&store).await;
        let mut jane = Visitor::new(&store, "open");
        jane.begin(None).await;
        jane.go_on(&[("name", "Jane")]).await;
        jane.go_back_with(&[("email", "jane@"), ("attributes.yes", "true"), ("password", "s3cret")]).await;
        jane.go_on(&[("name", "Jane")]).await;
        let page = jane.questions().await;
        let values: Vec<_> = shown(&page).into_iter().map(|(_, value, error)| (value, error)).collect();
        assert_eq!(values, [("jane@", String::new()), ("true", String::new()), ("", String::new())]);
        assert!(page.fields().iter().all(|field| field.initial.is_empty()));
        again(jane.post(&[("email", "jane@"), ("attributes.yes", "true"), ("password", "x")]).await);
    }

    async fn an_earlier_page_sent_with_other_answers_is_not_taken_and_told(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let first = jane.questions().await.stage;
        jane.go_on(CREDENTIALS).await;
        jane.post_to(first, CREDENTIALS).await;
        assert_eq!(jane.questions().await.notices, [], "a copy is not worth a word");
        jane.post_to(first, &[("username", "other"), ("password", "x"), ("password_repeat", "x")]).await;
        assert_eq!(jane.questions().await.notices, [Remark::AnsweredBefore]);
        jane.go_on(DETAILS).await;
        assert!(user_named(&store, "jane").await.is_some());
    }

    async fn the_same_link_opened_again_leads_to_the_page_where_one_was(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        assert_eq!(jane.open(&id.token()).await, Opened::Begun { fresh: false });
        assert_eq!(jane.questions().await.page, 2);
        let view = read(&store, async |tx| invitations::get(tx, id).await.unwrap()).await;
        assert_eq!(view.opens, 2);
        jane.now += chrono::TimeDelta::minutes(1);
        let changed = Settings { fixed_data: mapping(json!({ "name": "Jane" })), ..settings("welcome") };
        let act = crate::support::fixture::alice();
        let mut tx = store.begin_write().await.unwrap();
        invitations::update(&mut tx, id, view.revision, &changed, &act.at(jane.now)).await.unwrap();
        tx.commit().await.unwrap();
        jane.now += chrono::TimeDelta::minutes(1);
        jane.open(&id.token()).await;
        assert_eq!(jane.questions().await.page, 1, "what was changed counts");
    }

    async fn the_link_of_several_people_begins_anew_each_time(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { max_uses: Some(2), ..settings("welcome") }).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        jane.open(&id.token()).await;
        let page = jane.questions().await;
        assert_eq!((page.page, shown(&page)[0].1), (1, ""));
    }

    async fn an_invitation_stage_that_a_policy_leaves_out_asks_for_none(store: Store) {
        let flow = two_pages(&store).await;
        let stage = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(0);
        let stage = StageBinding { evaluate_on_plan: true, ..stage };
        write(&store, async |tx, act| flows::update_binding(tx, &stage, act).await.unwrap()).await;
        let check = expression(&store, "never", "return False").await;
        bind(&store, Guarded::Stage(stage.id), Decider::Policy(check)).await;
        let mut jane = Visitor::new(&store, "enroll");
        assert_eq!(jane.look().await, View::NotBegun);
        assert_eq!(jane.begin(None).await, Opened::Begun { fresh: true });
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        assert!(user_named(&store, "jane").await.is_some());
    }

    async fn what_is_said_to_whom_is_forgotten_depends_on_the_flow(store: Store) {
        two_pages(&store).await;
        making("open").credentials().user_write().insert(&store).await;
        let executor = Visitor::new(&store, "open").executor;
        let nobody = guestlist::domain::event::Actor::visitor("");
        for (slug, said) in [("enroll", Refusal::InvitationNeeded), ("open", Refusal::Forgotten), ("none", Refusal::NoSuchFlow)] {
            let looking = Looking { slug, session: None, http: None, act: nobody.at(crate::support::fixture::noon()) };
            assert_eq!(executor.forgotten(&looking).await.unwrap(), said);
        }
    }
}
