//! What is kept for blueprints: brands, groups within groups, and which blueprints were applied.

use guestlist::clock;
use guestlist::domain::applied::{Applied, AppliedObject, Source};
use guestlist::domain::brand::Brand;
use guestlist::domain::id::BrandId;
use guestlist::store::{Store, StoreError, blueprints, brands, groups, membership};
use serde_json::json;

use crate::support::fixture::{add_user, group, mapping, noon, read, user, write};
use crate::support::stores::on_both;

fn brand(domain: &str, is_default: bool) -> Brand {
    Brand { id: BrandId(clock::new_id()), domain: domain.into(), is_default, settings: mapping(json!({ "a": [1] })) }
}

on_both! {
    async fn one_brand_of_a_domain_and_one_default_at_most(store: Store) {
        let (mut one, two) = (brand("one", true), brand("two", false));
        write(&store, async |tx, act| {
            brands::insert(tx, &one, act).await.unwrap();
            brands::insert(tx, &two, act).await.unwrap();
            assert!(matches!(brands::insert(tx, &brand("one", false), act).await, Err(StoreError::Taken("a brand of that domain"))));
            assert!(matches!(brands::insert(tx, &brand("three", true), act).await, Err(StoreError::Taken("a default brand"))));
            let second = Brand { is_default: true, ..two.clone() };
            assert!(matches!(brands::update(tx, &second, act).await, Err(StoreError::Taken("a default brand"))));
            one.domain = "uno".into();
            brands::update(tx, &one, act).await.unwrap();
            brands::delete(tx, &two, act).await.unwrap();
        })
        .await;
        read(&store, async |tx| {
            assert_eq!(brands::find(tx, one.id).await.unwrap(), Some(one.clone()));
            assert_eq!(brands::find_by_domain(tx, "uno").await.unwrap(), Some(one.clone()));
            assert_eq!(brands::list(tx).await.unwrap(), [one.clone()]);
        })
        .await;
    }

    async fn a_host_has_the_brand_of_its_longest_domain_else_the_default_one(store: Store) {
        let all = [brand("example.com", false), brand("join.example.com", false), brand("other", true)];
        write(&store, async |tx, act| {
            for one in &all {
                brands::insert(tx, one, act).await.unwrap();
            }
        })
        .await;
        for (host, domain) in [("example.com", "example.com"), ("a.join.example.com", "join.example.com"), ("badexample.com", "other"), ("", "other")] {
            let found = read(&store, async |tx| brands::of_host(tx, host).await.unwrap()).await;
            assert_eq!(found.unwrap().domain, domain, "{host}");
        }
        write(&store, async |tx, act| brands::delete(tx, &all[2], act).await.unwrap()).await;
        assert_eq!(read(&store, async |tx| brands::of_host(tx, "none").await.unwrap()).await, None);
    }

    async fn a_group_within_a_superuser_group_makes_superusers_and_none_is_within_itself(store: Store) {
        let jane = user("jane");
        add_user(&store, &jane).await;
        let (mut top, middle, bottom) = (group("top"), group("middle"), group("bottom"));
        top.is_superuser = true;
        write(&store, async |tx, act| {
            for group in [&top, &middle, &bottom] {
                groups::insert(tx, group, act).await.unwrap();
            }
            membership::set_groups_of(tx, jane.id, &[bottom.id, bottom.id]).await.unwrap();
            assert!(!groups::is_superuser(tx, jane.id).await.unwrap());
            membership::set_parents(tx, bottom.id, &[middle.id]).await.unwrap();
            membership::set_parents(tx, middle.id, &[top.id, top.id]).await.unwrap();
            for (group, parent) in [(&top, &top), (&middle, &bottom), (&top, &bottom)] {
                let refused = membership::set_parents(tx, group.id, &[parent.id]).await;
                assert!(matches!(refused, Err(StoreError::Circular)), "{refused:?}");
            }
            assert!(groups::is_superuser(tx, jane.id).await.unwrap());
            assert_eq!(membership::parents(tx, bottom.id).await.unwrap(), [middle.id]);
            assert_eq!(membership::groups_of(tx, jane.id).await.unwrap(), [bottom.id]);
            membership::set_members(tx, middle.id, &[jane.id]).await.unwrap();
            assert_eq!(membership::members(tx, middle.id).await.unwrap(), [jane.id]);
            assert_eq!(membership::groups_of(tx, jane.id).await.unwrap(), [bottom.id, middle.id]);
        })
        .await;
    }

    async fn the_last_application_of_a_blueprint_is_known(store: Store) {
        let object = AppliedObject { model: "m".into(), key: clock::new_id(), title: "t".into(), values: mapping(json!({ "a": null })), absent: false };
        let first = Applied { place: "file:/b".into(), name: "b".into(), source: Source::File, path: Some("b".into()), hash: "1".into(), at: noon(), by: "alice".into(), objects: vec![object] };
        let second = Applied { hash: "2".into(), by: "bob".into(), objects: vec![], ..first.clone() };
        let other = Applied { place: "file:/a".into(), ..first.clone() };
        let gone = Applied { place: "name:b".into(), source: Source::Unknown, path: None, ..first.clone() };
        write(&store, async |tx, _| {
            blueprints::replace(tx, &first).await.unwrap();
            assert_eq!(blueprints::list(tx).await.unwrap(), std::slice::from_ref(&first));
            blueprints::replace(tx, &gone).await.unwrap();
            assert_eq!(blueprints::list(tx).await.unwrap(), [first.clone(), gone]);
            blueprints::forget(tx, "name:b").await.unwrap();
            blueprints::replace(tx, &second).await.unwrap();
            blueprints::replace(tx, &other).await.unwrap();
        })
        .await;
        assert_eq!(read(&store, async |tx| blueprints::list(tx).await.unwrap()).await, [other, second]);
    }
}
