//! A flow that an administrator changes while somebody walks it.

use guestlist::clock;
use guestlist::domain::flow::{Outline, StageBinding};
use guestlist::domain::id::BindingId;
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{PromptStage, StageKind};
use guestlist::executor::{Refusal, View};
use guestlist::store::{Store, flows, prompts};

use super::visitor::{CREDENTIALS, DETAILS, Visitor, shown};
use crate::support::fixture::{insert_stage, invite, prompt, read, settings, two_pages, user_named, uses, write};
use crate::support::stores::on_both;

async fn outline(store: &Store, flow: &guestlist::domain::flow::Flow) -> Outline {
    read(store, async |tx| flows::outline(tx, flow.clone()).await.unwrap()).await
}

on_both! {
    async fn a_page_that_is_unbound_leads_to_the_beginning_with_everything_kept(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let gone = outline(&store, &flow).await.steps.remove(2).binding;
        let last = jane.questions().await.stage;
        write(&store, async |tx, act| flows::delete_binding(tx, &gone, act).await.unwrap()).await;
        assert_eq!(jane.post_to(last, DETAILS).await, guestlist::executor::Answered::Next { login: None });
        assert_eq!(jane.look().await, View::NotBegun);
        jane.begin(None).await;
        let page = jane.questions().await;
        assert_eq!((page.page, page.pages, shown(&page)[0].1), (1, 1, "jane"));
        jane.go_on(CREDENTIALS).await;
        assert!(user_named(&store, "jane").await.is_some());
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn a_page_that_is_added_meanwhile_is_for_those_who_come_later(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        write(&store, async |tx, act| {
            let kind = StageKind::Prompt(PromptStage::default());
            let page = insert_stage(tx, "more".into(), kind, vec![prompt("attributes.more", PromptType::Text)], act).await;
            let binding = StageBinding::new(BindingId(clock::new_id()), flow.id, page.id, 15);
            flows::insert_binding(tx, &binding, act).await.unwrap();
        })
        .await;
        jane.go_on(CREDENTIALS).await;
        jane.go_on(DETAILS).await;
        assert!(matches!(jane.look().await, View::Closed(_)));
    }

    async fn a_prompt_that_is_removed_meanwhile_is_not_asked(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        jane.go_on(CREDENTIALS).await;
        let name = outline(&store, &flow).await.steps[2].prompts[0].clone();
        write(&store, async |tx, act| prompts::delete(tx, &name, act).await.unwrap()).await;
        jane.go_on(DETAILS).await;
        assert_eq!(user_named(&store, "jane").await.unwrap().user.name, "");
    }

    async fn a_flow_that_loses_all_its_stages_says_that_it_is_not_set_up(store: Store) {
        let flow = two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let mut jane = Visitor::with(&store, "enroll", id).await;
        let last = jane.questions().await.stage;
        let steps = outline(&store, &flow).await.steps;
        write(&store, async |tx, act| {
            for step in steps {
                flows::delete_binding(tx, &step.binding, act).await.unwrap();
            }
        })
        .await;
        assert!(matches!(jane.look().await, View::Refused(Refusal::Misconfigured(_))));
        jane.post_to(last, CREDENTIALS).await;
        assert_eq!(uses(&store, id).await, 0);
    }
}
