//! What was applied, when and by whom, and what was changed since.

use super::{Database, actor, apply, open};
use crate::support::stores::on_both;
use guestlist::blueprint::{Drifted, Options, applied, hash, import, shipped};
use guestlist::clock;
use guestlist::store::{Store, flows, groups};

async fn drifted(store: &Store) -> Vec<Drifted> {
    let mut tx = store.begin().await.unwrap();
    applied(&mut tx).await.unwrap().pop().unwrap().drifted
}

on_both! {
    async fn an_application_is_noted_and_a_dry_run_is_not(database: Database) {
        let store = open(&database).await;
        let text = shipped()[1].text;
        import(&store, text.as_bytes(), &Options { dry_run: true, ..Options::default() }, &actor()).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert_eq!(applied(&mut tx).await.unwrap(), []);
        drop(tx);
        let before = clock::now();
        let report = apply(&store, text).await;
        let mut tx = store.begin().await.unwrap();
        let noted = applied(&mut tx).await.unwrap();
        drop(tx);
        assert_eq!((noted.len(), &noted[0].drifted), (1, &vec![]));
        let one = &noted[0].applied;
        assert_eq!((Some(&one.name), &one.hash, one.by.as_str()), (report.name.as_ref(), &hash(text.as_bytes()), "alice"));
        assert!(one.at >= before && one.objects.len() == report.changes.len());
        apply(&store, text).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(applied(&mut tx).await.unwrap(), noted, "again without a change is not noted");
    }

    async fn what_was_changed_since_is_told_by_attribute(database: Database) {
        let store = open(&database).await;
        apply(&store, shipped()[1].text).await;
        let mut tx = store.begin_write().await.unwrap();
        let by = actor();
        let act = by.at(clock::now());
        let mut flow = flows::list(&mut tx).await.unwrap().remove(0);
        flow.title = "Other".into();
        flows::update(&mut tx, &flow, &act).await.unwrap();
        let group = groups::find_by_name(&mut tx, "team").await.unwrap().unwrap();
        groups::delete(&mut tx, &group, &act).await.unwrap();
        tx.commit().await.unwrap();
        let found = drifted(&store).await;
        let of = |model: &str| found.iter().find(|one| one.model == model).unwrap();
        assert_eq!((of("authentik_flows.flow").title.as_str(), &of("authentik_flows.flow").attributes), (flow.slug.as_str(), &Some(vec!["title".to_owned()])));
        assert_eq!(of("authentik_core.group").attributes, None);
        assert_eq!(of("authentik_stages_user_write.userwritestage").attributes, Some(vec!["create_users_group".to_owned()]));
        apply(&store, shipped()[1].text).await;
        assert_eq!(drifted(&store).await, []);
    }

    async fn an_object_made_again_under_its_name_is_the_same_object(database: Database) {
        let store = open(&database).await;
        let text = "metadata: {name: G}\nentries:\n  - {model: authentik_core.group, identifiers: {name: g}}\n";
        apply(&store, text).await;
        let mut tx = store.begin_write().await.unwrap();
        let by = actor();
        let act = by.at(clock::now());
        let mut group = groups::find_by_name(&mut tx, "g").await.unwrap().unwrap();
        groups::delete(&mut tx, &group, &act).await.unwrap();
        group.id = guestlist::domain::id::GroupId(clock::new_id());
        groups::insert(&mut tx, &group, &act).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(drifted(&store).await, []);
    }

    async fn a_blueprint_without_a_name_goes_by_its_hash_and_keeps_no_secret(database: Database) {
        let store = open(&database).await;
        let text = "entries:\n  - {model: authentik_stages_email.emailstage, identifiers: {name: mail}, attrs: {password: hunter2, host: a}}\n";
        apply(&store, text).await;
        let mut tx = store.begin().await.unwrap();
        let noted = applied(&mut tx).await.unwrap();
        assert_eq!(noted[0].applied.name, hash(text.as_bytes())[..12]);
        assert!(!format!("{noted:?}").contains("hunter2"));
        assert_eq!(noted[0].drifted, []);
    }
}
