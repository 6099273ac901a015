//! Groups and their members.

use guestlist::domain::group::Group;
use guestlist::domain::user::Username;
use guestlist::store::{Store, StoreError, events, groups};
use serde_json::json;

use crate::support::fixture::{add_user, group, mapping, user, user_named, write};
use crate::support::stores::on_both;

on_both! {
    async fn members_are_found_by_a_part_of_their_name(store: Store) {
        let staff = group("staff");
        let people = [user("ann"), user("joanna"), user("bob")];
        for person in &people {
            add_user(&store, person).await;
        }
        write(&store, async |tx, act| {
            groups::insert(tx, &staff, act).await.unwrap();
            for person in &people[..2] {
                groups::set_member(tx, &staff, person, true, act).await.unwrap();
            }
            let names = async |tx: &mut _, search: &str, most| {
                let found = groups::find_members(tx, staff.id, search, most).await.unwrap();
                found.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
            };
            assert_eq!(names(tx, "", 10).await, ["ann", "joanna"]);
            assert_eq!(names(tx, "ANN", 10).await, ["ann", "joanna"]);
            assert_eq!(names(tx, "ann", 1).await, ["ann"]);
            assert_eq!(names(tx, "jo", 10).await, ["joanna"]);
            assert!(names(tx, "bob", 10).await.is_empty() && names(tx, "%", 10).await.is_empty());
        })
        .await;
    }

    async fn a_group_is_found_changed_listed_and_deleted(store: Store) {
        let (mut staff, admins) = (group("staff"), Group { is_superuser: true, ..group("admins") });
        write(&store, async |tx, act| {
            groups::insert(tx, &staff, act).await.unwrap();
            groups::insert(tx, &admins, act).await.unwrap();
            assert!(matches!(groups::insert(tx, &group("staff"), act).await, Err(StoreError::Taken(_))));
            staff.name = "everybody".into();
            staff.attributes = mapping(json!({"b": {"c": "d"}}));
            groups::update(tx, &staff, act).await.unwrap();
            assert_eq!(groups::find(tx, staff.id).await.unwrap().as_ref(), Some(&staff));
            assert_eq!(groups::find_by_name(tx, "everybody").await.unwrap().as_ref(), Some(&staff));
            assert_eq!(groups::list(tx).await.unwrap(), [admins.clone(), staff.clone()]);
            groups::delete(tx, &staff, act).await.unwrap();
            assert_eq!(groups::find_by_name(tx, "staff").await.unwrap(), None);
            assert_eq!(groups::list(tx).await.unwrap(), std::slice::from_ref(&admins));
        })
        .await;
    }

    async fn a_group_can_t_take_another_s_name_but_keep_its_own(store: Store) {
        let (staff, admins) = (group("staff"), group("admins"));
        write(&store, async |tx, act| {
            groups::insert(tx, &staff, act).await.unwrap();
            groups::insert(tx, &admins, act).await.unwrap();
            let taken = groups::update(tx, &Group { name: "admins".into(), ..staff.clone() }, act).await;
            assert!(matches!(taken, Err(StoreError::Taken(_))), "{taken:?}");
            groups::update(tx, &Group { is_superuser: true, ..staff.clone() }, act).await.unwrap();
        })
        .await;
    }

    async fn members_are_added_and_removed_once_each_with_an_event(store: Store) {
        let (staff, jane) = (group("staff"), user("jane"));
        add_user(&store, &jane).await;
        write(&store, async |tx, act| {
            groups::insert(tx, &staff, act).await.unwrap();
            for (member, changes, word) in
                [(true, true, "added"), (true, false, "added"), (false, true, "removed"), (false, false, "removed")]
            {
                assert_eq!(groups::set_member(tx, &staff, &jane, member, act).await.unwrap(), changes);
                let event = events::list(tx, 1).await.unwrap().remove(0);
                assert_eq!((event.object_name.as_str(), &event.detail), ("staff", &json!({ word: "jane" })));
            }
            assert!(groups::members(tx, staff.id).await.unwrap().is_empty());
        })
        .await;
    }

    async fn members_join_once_and_survive_their_group(store: Store) {
        let (staff, admins) = (group("staff"), Group { is_superuser: true, ..group("admins") });
        let (jane, bob) = (user("Jane"), user("bob"));
        add_user(&store, &jane).await;
        add_user(&store, &bob).await;
        write(&store, async |tx, act| {
            for group in [&staff, &admins] {
                groups::insert(tx, group, act).await.unwrap();
                groups::add_member(tx, group.id, jane.id).await.unwrap();
                groups::add_member(tx, group.id, jane.id).await.unwrap();
            }
            groups::add_member(tx, staff.id, bob.id).await.unwrap();
            assert_eq!(groups::members(tx, staff.id).await.unwrap(), ["bob", "Jane"]);
            assert!(groups::is_superuser(tx, jane.id).await.unwrap());
            assert!(!groups::is_superuser(tx, bob.id).await.unwrap());
            for (group, name, there) in [("staff", "JANE", true), ("admins", "jane", true), ("admins", "bob", false)] {
                let name = Username::parse(name).unwrap();
                assert_eq!(groups::has_member(tx, group, &name).await.unwrap(), there, "{group} {name}");
            }
        })
        .await;
        assert_eq!(user_named(&store, "jane").await.unwrap().groups, ["admins", "staff"]);
        write(&store, async |tx, act| groups::delete(tx, &admins, act).await.unwrap()).await;
        assert_eq!(user_named(&store, "jane").await.unwrap().groups, ["staff"]);
    }
}
