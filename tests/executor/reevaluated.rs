//! Policies of a stage are asked again when its form comes: what has changed since it was shown counts.

use guestlist::domain::event::Action;
use guestlist::domain::flow::{Flow, StageBinding};
use guestlist::domain::policy::{Decider, Guarded};
use guestlist::executor::{Answered, Remark, View};
use guestlist::store::{Store, events, flows};

use super::guarded::bind;
use super::visitor::{CREDENTIALS, DETAILS, Visitor};
use crate::support::fixture::{
    add_user, expression, invite, making, read, settings, two_pages, user, user_named, uses, write,
};
use crate::support::stores::on_both;

/// Passes until there is somebody called `stop`.
const UNTIL_STOP: &str =
    "if ak_user_by(username='stop'):\n    {SAY}\n    return False\nak_create_event('asked')\nreturn True";

async fn guard(store: &Store, flow: &Flow, place: usize, say: &str) -> StageBinding {
    let policy = expression(store, "until-stop", &UNTIL_STOP.replace("{SAY}", say)).await;
    let binding = read(store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(place);
    bind(store, Guarded::Stage(binding.id), Decider::Policy(policy)).await;
    binding
}

/// How often something was asked.
async fn events_of(store: &Store) -> usize {
    let events = read(store, async |tx| events::list(tx, 100).await.unwrap()).await;
    events.iter().filter(|event| event.action == Action::Custom).count()
}

on_both! {
    async fn a_page_that_no_longer_belongs_is_left_out_when_its_form_comes(store: Store) {
        let flow = two_pages(&store).await;
        guard(&store, &flow, 2, "pass").await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let shown = jane.questions().await;
        assert_eq!(shown.fields().len(), 2);
        add_user(&store, &user("stop")).await;
        assert!(matches!(jane.post(DETAILS).await, Answered::Next { .. }));
        assert!(matches!(jane.look().await, View::Closed(_)));
        assert_eq!(user_named(&store, "jane").await.unwrap().user.name, "", "what was entered there is not taken");
        assert_eq!(uses(&store, id).await, 1);
        // The same form once more, as a double click sends it.
        assert!(matches!(jane.post_to(shown.stage, DETAILS).await, Answered::Next { .. }));
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn whoever_answered_such_a_page_is_told(store: Store) {
        for (say, told) in [("pass", Remark::LeftOut), ("ak_message('Closed.')", Remark::Said("Closed.".into()))] {
            let name = format!("enroll-{}", say.len());
            let flow = making(&name).invitation().details().credentials().user_write().insert(&store).await;
            let policy = expression(&store, &name, &UNTIL_STOP.replace("{SAY}", say).replace("stop", &name)).await;
            let binding = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(1);
            bind(&store, Guarded::Stage(binding.id), Decider::Policy(policy)).await;
            let id = invite(&store, &settings(&name)).await;
            let mut jane = Visitor::with(&store, &name, id).await;
            add_user(&store, &user(&name)).await;
            jane.go_on(DETAILS).await;
            let next = jane.questions().await;
            assert_eq!((next.notices.as_slice(), next.fields().len(), next.pages), ([told].as_slice(), 3, 1));
        }
    }

    async fn a_stage_that_is_not_to_be_evaluated_again_is_not(store: Store) {
        let flow = two_pages(&store).await;
        let binding = guard(&store, &flow, 2, "pass").await;
        let binding = StageBinding { evaluate_on_plan: true, re_evaluate_policies: false, ..binding };
        write(&store, async |tx, act| flows::update_binding(tx, &binding, act).await.unwrap()).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        add_user(&store, &user("stop")).await;
        jane.go_on(DETAILS).await;
        assert_eq!(user_named(&store, "jane").await.unwrap().user.name, "Jane Doe");
    }

    async fn policies_are_asked_once_a_form_and_what_they_say_stands_there_once(store: Store) {
        let flow = two_pages(&store).await;
        let policy = expression(&store, "says", "ak_create_event('asked')\nak_message('Hello.')\nreturn True").await;
        let binding = read(&store, async |tx| flows::bindings(tx, flow.id).await.unwrap()).await.remove(1);
        bind(&store, Guarded::Stage(binding.id), Decider::Policy(policy)).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let hello = [Remark::Said("Hello.".into())];
        assert_eq!(jane.questions().await.notices, hello);
        for asked in 2..4 {
            let answered = jane.post(&[("username", "jane"), ("password", "a"), ("password_repeat", "b")]).await;
            let Answered::Again(again) = answered else { panic!("{answered:?}") };
            assert_eq!(again.notices, hello);
            assert_eq!(events_of(&store).await, asked);
        }
        jane.go_on(CREDENTIALS).await;
        assert_eq!((jane.questions().await.notices, events_of(&store).await), (Vec::new(), 4), "it was said before");
    }
}
