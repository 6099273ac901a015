//! Stages and prompts.

use guestlist::clock;
use guestlist::domain::id::{PromptId, StageId};
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::domain::stage::{InvitationStage, PromptStage, Stage, StageKind, UserLoginStage, UserWriteStage};
use guestlist::domain::when::Span;
use guestlist::store::{Store, StoreError, groups, prompts, stages};

use crate::support::fixture::{group, prompt, read, write};
use crate::support::stores::on_both;

fn stage(name: &str, kind: StageKind) -> Stage {
    Stage { id: StageId(clock::new_id()), name: name.into(), kind }
}

on_both! {
    async fn a_stage_of_every_kind_comes_back_as_it_was(store: Store) {
        let staff = group("staff");
        let field = prompt("email", PromptType::Email);
        let write_stage = UserWriteStage {
            create_users_group: Some(staff.id),
            create_users_as_inactive: true,
            user_path_template: "guests".into(),
            ..UserWriteStage::default()
        };
        let login = UserLoginStage { session_duration: Span(3_600), terminate_other_sessions: true, ..UserLoginStage::default() };
        let every = [
            stage("a", StageKind::Invitation(InvitationStage { continue_flow_without_invitation: true })),
            stage("b", StageKind::Prompt(PromptStage { fields: vec![field.id], ..PromptStage::default() })),
            stage("c", StageKind::UserWrite(write_stage)),
            stage("d", StageKind::UserLogin(login)),
        ];
        write(&store, async |tx, act| {
            groups::insert(tx, &staff, act).await.unwrap();
            prompts::insert(tx, &field, act).await.unwrap();
            for stage in &every {
                stages::insert(tx, stage, act).await.unwrap();
            }
        })
        .await;
        read(&store, async |tx| {
            assert_eq!(stages::list(tx).await.unwrap(), every);
            for stage in &every {
                assert_eq!(stages::find(tx, stage.id).await.unwrap().as_ref(), Some(stage));
                assert_eq!(stages::find_by_name(tx, &stage.name).await.unwrap().as_ref(), Some(stage));
            }
            assert_eq!(stages::find_by_name(tx, "none").await.unwrap(), None);
        })
        .await;
    }

    async fn a_stage_s_name_is_unique_over_all_kinds(store: Store) {
        let taken = write(&store, async |tx, act| {
            stages::insert(tx, &stage("one", StageKind::Prompt(PromptStage::default())), act).await.unwrap();
            let mut two = stage("two", StageKind::UserLogin(UserLoginStage::default()));
            stages::insert(tx, &two, act).await.unwrap();
            two.name = "one".into();
            assert!(matches!(stages::update(tx, &two, act).await, Err(StoreError::Taken(_))));
            stages::insert(tx, &stage("one", StageKind::UserLogin(UserLoginStage::default())), act).await
        })
        .await;
        assert!(matches!(taken, Err(StoreError::Taken(_))), "{taken:?}");
    }

    async fn a_changed_stage_has_its_new_prompts_only(store: Store) {
        let (first, second) = (prompt("first", PromptType::Text), prompt("second", PromptType::Text));
        let mut page = stage("page", StageKind::Prompt(PromptStage { fields: vec![first.id], ..PromptStage::default() }));
        write(&store, async |tx, act| {
            prompts::insert(tx, &first, act).await.unwrap();
            prompts::insert(tx, &second, act).await.unwrap();
            stages::insert(tx, &page, act).await.unwrap();
            page.kind = StageKind::Prompt(PromptStage { fields: vec![second.id], ..PromptStage::default() });
            page.name = "renamed".into();
            stages::update(tx, &page, act).await.unwrap();
            assert_eq!(stages::find(tx, page.id).await.unwrap().as_ref(), Some(&page));
            assert_eq!(prompts::list_of_stage(tx, page.id).await.unwrap(), [second]);
        })
        .await;
    }

    async fn a_deleted_stage_is_gone_and_its_prompts_stay(store: Store) {
        let field = prompt("email", PromptType::Email);
        let page = stage("page", StageKind::Prompt(PromptStage { fields: vec![field.id], ..PromptStage::default() }));
        write(&store, async |tx, act| {
            prompts::insert(tx, &field, act).await.unwrap();
            stages::insert(tx, &page, act).await.unwrap();
            stages::delete(tx, &page, act).await.unwrap();
            assert_eq!(stages::find(tx, page.id).await.unwrap(), None);
            assert_eq!(prompts::list(tx).await.unwrap(), [field]);
        })
        .await;
    }

    async fn a_page_shows_prompts_by_their_order_and_ties_as_the_stage_lists_them(store: Store) {
        let ordered = |key: &str, order| Prompt { order, ..prompt(key, PromptType::Text) };
        let fields = [ordered("late", 2), ordered("tie-z", 1), ordered("tie-a", 1), ordered("early", -5)];
        let twice: Vec<PromptId> = fields.iter().chain(&fields[..1]).map(|field| field.id).collect();
        let page = stage("page", StageKind::Prompt(PromptStage { fields: twice, ..PromptStage::default() }));
        let keys: Vec<String> = write(&store, async |tx, act| {
            for field in &fields {
                prompts::insert(tx, field, act).await.unwrap();
            }
            stages::insert(tx, &page, act).await.unwrap();
            prompts::list_of_stage(tx, page.id).await.unwrap().into_iter().map(|field| field.field_key).collect()
        })
        .await;
        assert_eq!(keys, ["early", "tie-z", "tie-a", "late"]);
    }

    async fn prompts_are_changed_deleted_and_have_unique_names(store: Store) {
        let mut field = prompt("email", PromptType::Email);
        write(&store, async |tx, act| {
            prompts::insert(tx, &field, act).await.unwrap();
            let again = Prompt { id: PromptId(clock::new_id()), ..field.clone() };
            assert!(matches!(prompts::insert(tx, &again, act).await, Err(StoreError::Taken(_))));
            field.label = "Your address".into();
            field.required = false;
            field.sub_text = "We write to it once.".into();
            field.order = i32::MIN;
            prompts::update(tx, &field, act).await.unwrap();
            assert_eq!(prompts::list(tx).await.unwrap(), [field.clone()]);
            let mut other = prompt("other", PromptType::Text);
            prompts::insert(tx, &other, act).await.unwrap();
            other.name.clone_from(&field.name);
            assert!(matches!(prompts::update(tx, &other, act).await, Err(StoreError::Taken(_))));
            prompts::delete(tx, &other, act).await.unwrap();
            prompts::delete(tx, &field, act).await.unwrap();
            assert_eq!(prompts::list(tx).await.unwrap(), []);
        })
        .await;
    }

    async fn a_deleted_group_leaves_the_stages_that_named_it(store: Store) {
        let staff = group("staff");
        let settings = UserWriteStage { create_users_group: Some(staff.id), ..UserWriteStage::default() };
        let it = stage("write", StageKind::UserWrite(settings));
        let kind = write(&store, async |tx, act| {
            groups::insert(tx, &staff, act).await.unwrap();
            stages::insert(tx, &it, act).await.unwrap();
            groups::delete(tx, &staff, act).await.unwrap();
            stages::find(tx, it.id).await.unwrap().unwrap().kind
        })
        .await;
        assert_eq!(kind, StageKind::UserWrite(UserWriteStage::default()));
    }
}
