//! Flows, bindings and outlines.

use guestlist::clock;
use guestlist::domain::flow::{Authentication, Designation, Flow, InvalidResponseAction, StageBinding};
use guestlist::domain::id::{BindingId, FlowId, StageId};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{InvitationStage, Stage, StageKind, UserLoginStage, UserWriteStage};
use guestlist::store::page::{Anchor, How, Term};
use guestlist::store::{Store, StoreError, flows, invitations, stages};

use crate::support::fixture::{insert_stage, invite, making, prompt, read, settings, slug, two_pages, write};
use crate::support::stores::on_both;

fn flow(name: &str) -> Flow {
    Flow::new(FlowId(clock::new_id()), slug(name), Designation::Enrollment)
}

fn binding(flow: &Flow, stage: &Stage, order: i32) -> StageBinding {
    StageBinding::new(BindingId(clock::new_id()), flow.id, stage.id, order)
}

fn login(name: &str) -> Stage {
    Stage { id: StageId(clock::new_id()), name: name.into(), kind: StageKind::UserLogin(UserLoginStage::default()) }
}

on_both! {
    async fn a_flow_is_found_changed_and_listed(store: Store) {
        let (mut first, second) = (flow("first"), flow("second"));
        write(&store, async |tx, act| {
            flows::insert(tx, &second, act).await.unwrap();
            flows::insert(tx, &first, act).await.unwrap();
            first.title = "Wëlcome".into();
            first.authentication = Authentication::RequireUnauthenticated;
            first.compatibility_mode = true;
            flows::update(tx, &first, act).await.unwrap();
        })
        .await;
        read(&store, async |tx| {
            assert_eq!(flows::find(tx, first.id).await.unwrap().as_ref(), Some(&first));
            assert_eq!(flows::find_by_slug(tx, "first").await.unwrap().as_ref(), Some(&first));
            assert_eq!(flows::find_by_slug(tx, "none").await.unwrap(), None);
            assert_eq!(flows::list(tx).await.unwrap(), [first.clone(), second.clone()]);
        })
        .await;
    }

    async fn a_slug_belongs_to_one_flow(store: Store) {
        let (first, mut second) = (flow("first"), flow("second"));
        write(&store, async |tx, act| {
            flows::insert(tx, &first, act).await.unwrap();
            assert!(matches!(flows::insert(tx, &flow("first"), act).await, Err(StoreError::Taken(_))));
            flows::insert(tx, &second, act).await.unwrap();
            second.slug = slug("first");
            assert!(matches!(flows::update(tx, &second, act).await, Err(StoreError::Taken(_))));
        })
        .await;
    }

    async fn stages_run_by_order_and_ties_as_they_were_bound(store: Store) {
        let it = flow("enroll");
        let names = ["late", "tie-b", "tie-a", "early"];
        let order = write(&store, async |tx, act| {
            flows::insert(tx, &it, act).await.unwrap();
            for (name, order) in names.into_iter().zip([9, 5, 5, -3]) {
                let stage = login(name);
                stages::insert(tx, &stage, act).await.unwrap();
                let later = guestlist::domain::event::Act { at: act.at + chrono::TimeDelta::seconds(i64::from(name == "tie-a")), ..*act };
                flows::insert_binding(tx, &binding(&it, &stage, order), &later).await.unwrap();
            }
            let outline = flows::outline(tx, it.clone()).await.unwrap();
            outline.steps.into_iter().map(|step| step.stage.name).collect::<Vec<_>>()
        })
        .await;
        assert_eq!(order, ["early", "tie-b", "tie-a", "late"]);
    }

    async fn a_binding_is_changed_and_removed_and_its_place_is_taken_once(store: Store) {
        let (it, stage) = (flow("enroll"), login("login"));
        let mut bound = binding(&it, &stage, 10);
        write(&store, async |tx, act| {
            flows::insert(tx, &it, act).await.unwrap();
            stages::insert(tx, &stage, act).await.unwrap();
            flows::insert_binding(tx, &bound, act).await.unwrap();
            assert!(matches!(flows::insert_binding(tx, &binding(&it, &stage, 10), act).await, Err(StoreError::Taken(_))));
            bound.order = i32::MAX;
            bound.evaluate_on_plan = true;
            bound.invalid_response_action = InvalidResponseAction::RestartWithContext;
            flows::update_binding(tx, &bound, act).await.unwrap();
            let second = binding(&it, &stage, 10);
            flows::insert_binding(tx, &second, act).await.unwrap();
            let moved = StageBinding { order: i32::MAX, ..second.clone() };
            assert!(matches!(flows::update_binding(tx, &moved, act).await, Err(StoreError::Taken(_))));
            flows::delete_binding(tx, &second, act).await.unwrap();
            assert_eq!(flows::bindings(tx, it.id).await.unwrap(), [bound.clone()]);
            flows::delete_binding(tx, &bound, act).await.unwrap();
            assert_eq!(flows::bindings(tx, it.id).await.unwrap(), []);
            assert!(stages::find(tx, stage.id).await.unwrap().is_some());
        })
        .await;
    }

    async fn an_outline_has_each_stage_with_its_prompts(store: Store) {
        let it = two_pages(&store).await;
        let outline = read(&store, async |tx| flows::outline(tx, it).await.unwrap()).await;
        let shape: Vec<_> = outline.steps.iter().map(|step| (step.stage.kind.as_str(), step.prompts.len())).collect();
        assert_eq!(shape, [("invitation", 0), ("prompt", 3), ("prompt", 2), ("user_write", 0), ("user_login", 0)]);
    }

    async fn an_invitation_stage_is_bound_first_and_only_once(store: Store) {
        let it = making("open").credentials().user_write().insert(&store).await;
        write(&store, async |tx, act| {
            assert!(flows::bind_invitation_stage(tx, &it, act).await.unwrap());
            assert!(!flows::bind_invitation_stage(tx, &it, act).await.unwrap());
            let outline = flows::outline(tx, it.clone()).await.unwrap();
            assert_eq!(outline.steps.len(), 3);
            assert_eq!(outline.steps[0].stage.name, "open-invitation");
            let closed = StageKind::Invitation(InvitationStage { continue_flow_without_invitation: false });
            assert_eq!(outline.steps[0].stage.kind, closed);
        })
        .await;
    }

    async fn binding_an_invitation_stage_takes_nobody_s_stage_of_that_name(store: Store) {
        let it = making("open").credentials().insert(&store).await;
        write(&store, async |tx, act| {
            let lax = StageKind::Invitation(InvitationStage { continue_flow_without_invitation: true });
            insert_stage(tx, "open-invitation".into(), lax, vec![], act).await;
            assert!(flows::bind_invitation_stage(tx, &it, act).await.unwrap());
            let first = flows::outline(tx, it.clone()).await.unwrap().steps.remove(0).stage;
            assert_ne!(first.name, "open-invitation");
            assert_eq!(first.kind, StageKind::Invitation(InvitationStage::default()));
        })
        .await;
    }

    async fn a_flow_with_invitations_is_not_deleted(store: Store) {
        let it = two_pages(&store).await;
        let id = invite(&store, &guestlist::domain::invitation::Settings { flow: Some(it.id), ..settings("welcome") }).await;
        write(&store, async |tx, act| {
            assert_eq!(flows::invitations_of(tx, it.id).await.unwrap(), 1);
            assert!(matches!(flows::delete(tx, &it, act).await, Err(StoreError::Taken(_))));
            assert!(flows::find(tx, it.id).await.unwrap().is_some());
            invitations::delete(tx, id, act).await.unwrap();
            flows::delete(tx, &it, act).await.unwrap();
            assert_eq!(flows::find(tx, it.id).await.unwrap(), None);
            assert!(matches!(invitations::undelete(tx, id, act).await, Err(StoreError::NotFound(_))));
            assert!(stages::find_by_name(tx, "enroll-0").await.unwrap().is_some(), "stages stay");
        })
        .await;
    }

    async fn the_list_of_flows_tells_how_many_stages_and_whether_one_asks_for_an_invitation(store: Store) {
        two_pages(&store).await;
        making("another").page(vec![prompt("name", PromptType::Text)]).insert(&store).await;
        let page = read(&store, async |tx| flows::page(tx, &[], flows::Sort::default(), &Anchor::First, 10).await.unwrap()).await;
        let rows: Vec<_> =
            page.rows.iter().map(|row| (row.flow.slug.as_str(), row.stages, row.has_invitation_stage)).collect();
        assert_eq!(rows, [("another", 1, false), ("enroll", 5, true)]);
        let found = read(&store, async |tx| flows::page(tx, &[Term::contains("ENR")], flows::Sort::default(), &Anchor::First, 10).await.unwrap()).await;
        assert_eq!((found.rows.len(), found.total), (1, 1));
        let terms = [Term { text: "ero".into(), how: How::Fuzzy }, Term { text: "ENR".into(), how: How::Lacks }];
        for (terms, expected) in [(&terms[..1], vec!["enroll"]), (&terms[1..], vec!["another"]), (&terms, vec![])] {
            let sort = flows::Sort { by: flows::Order::Slug, reverse: true };
            let page = read(&store, async |tx| flows::page(tx, terms, sort, &Anchor::First, 10).await.unwrap()).await;
            let found: Vec<_> = page.rows.iter().map(|row| row.flow.slug.as_str()).collect();
            assert_eq!(found, expected, "{terms:?}");
        }
        let sort = flows::Sort { by: flows::Order::Stages, reverse: true };
        let page = read(&store, async |tx| flows::page(tx, &[], sort, &Anchor::First, 1).await.unwrap()).await;
        assert_eq!((page.rows[0].flow.slug.as_str(), page.more_after, page.total), ("enroll", true, 2));
        let place = flows::place(&page.rows[0], flows::Order::Stages);
        let page = read(&store, async |tx| flows::page(tx, &[], sort, &Anchor::Around(place), 2).await.unwrap()).await;
        assert_eq!(page.rows.len(), 1, "{page:?}");
    }

    async fn a_stage_bound_to_two_flows_is_one_stage(store: Store) {
        let shared = Stage { id: StageId(clock::new_id()), name: "write".into(), kind: StageKind::UserWrite(UserWriteStage::default()) };
        let (first, second) = (flow("first"), flow("second"));
        write(&store, async |tx, act| {
            stages::insert(tx, &shared, act).await.unwrap();
            for it in [&first, &second] {
                flows::insert(tx, it, act).await.unwrap();
                flows::insert_binding(tx, &binding(it, &shared, 0), act).await.unwrap();
            }
            flows::delete(tx, &first, act).await.unwrap();
            assert_eq!(flows::outline(tx, second.clone()).await.unwrap().steps.len(), 1);
            stages::delete(tx, &shared, act).await.unwrap();
            assert_eq!(flows::outline(tx, second.clone()).await.unwrap().steps, []);
        })
        .await;
    }
}
