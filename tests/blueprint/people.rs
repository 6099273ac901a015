//! Users, groups within groups, and brands.

use super::{Database, actions, actor, apply, count, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, Options, import};
use guestlist::domain::event::Actor;
use guestlist::domain::id::UserId;
use guestlist::domain::user::{PasswordHash, Username};
use guestlist::secret::{Hasher, Hashing};
use guestlist::store::{Store, blueprints, brands, groups, membership, users};
use serde_json::json;

const PEOPLE: &str = "\
entries:
  - {id: staff, model: authentik_core.group, identifiers: {name: staff}, attrs: {is_superuser: true}}
  - {id: team, model: authentik_core.group, identifiers: {name: team}, attrs: {parents: [!KeyOf staff]}}
  - {id: jane, model: authentik_core.user, identifiers: {username: Jane}, attrs: {name: Jane Doe, email: jane@example.com, path: users/staff, groups: [!KeyOf team], attributes: {team: blue}}}
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: recovery}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, user: !KeyOf jane, order: 0}}
  - {model: authentik_brands.brand, identifiers: {domain: example.com}, attrs: {default: true, flow_recovery: !KeyOf flow}}
";

async fn jane(store: &Store) -> guestlist::domain::user::User {
    let mut tx = store.begin().await.unwrap();
    users::find_by_username(&mut tx, &Username::parse("jane").unwrap()).await.unwrap().unwrap().user
}

on_both! {
    async fn users_groups_and_brands_are_kept_whole(database: Database) {
        let store = open(&database).await;
        let first = apply(&store, PEOPLE).await;
        assert!(actions(&first).iter().all(|action| **action == Action::Created));
        assert_eq!(first.changes[4].name, "f #0 Jane");
        assert!(!apply(&store, PEOPLE).await.has_changes());
        let user = jane(&store).await;
        assert_eq!((user.username.as_str(), user.kind.as_str(), user.path.as_str()), ("Jane", "internal", "users/staff"));
        assert_eq!(json!(user.attributes), json!({"team": "blue"}));
        let mut tx = store.begin().await.unwrap();
        assert!(groups::is_superuser(&mut tx, user.id).await.unwrap(), "by the group around the group");
        assert!(!groups::is_superuser(&mut tx, UserId(uuid::Uuid::nil())).await.unwrap());
        let brand = brands::find_by_domain(&mut tx, "example.com").await.unwrap().unwrap();
        assert!(brand.is_default && brand.settings["branding_title"] == "authentik" && brand.settings["flow_recovery"].is_string());
    }

    async fn a_user_with_an_empty_list_of_groups_is_in_none(database: Database) {
        let store = open(&database).await;
        apply(&store, PEOPLE).await;
        let groups_of = async || {
            let mut tx = store.begin().await.unwrap();
            users::find_by_username(&mut tx, &Username::parse("jane").unwrap()).await.unwrap().unwrap().groups
        };
        assert_eq!(groups_of().await, ["team"]);
        let emptied = "entries:\n  - {model: authentik_core.user, identifiers: {username: Jane}, attrs: {groups: []}}\n";
        apply(&store, emptied).await;
        assert_eq!(groups_of().await, [""; 0]);
    }

    async fn an_update_of_a_user_leaves_the_password_alone(database: Database) {
        let store = open(&database).await;
        apply(&store, PEOPLE).await;
        let mut user = jane(&store).await;
        let mut tx = store.begin_write().await.unwrap();
        users::delete(&mut tx, user.id, &actor().at(guestlist::clock::now())).await.unwrap();
        user.password = Some(PasswordHash("$argon2id$x".to_owned()));
        users::insert(&mut tx, &user, json!({}), &actor().at(guestlist::clock::now())).await.unwrap();
        tx.commit().await.unwrap();
        let text = "entries:\n  - {model: authentik_core.user, identifiers: {username: jane}, attrs: {is_active: false, password: null}}\n";
        let report = apply(&store, text).await;
        assert_eq!(actions(&report), [&Action::Updated(vec!["is_active".to_owned()])]);
        assert_eq!(report.notes, []);
        let user = jane(&store).await;
        assert_eq!((user.is_active, user.password), (false, Some(PasswordHash("$argon2id$x".to_owned()))));
    }

    async fn a_password_is_kept_as_its_hash_and_changes_only_when_it_is_another(database: Database) {
        let store = open(&database).await;
        let hashing = Hashing { memory_kib: 8, iterations: 1, parallelism: 1, ..Hashing::default() };
        let options = Options { hashing, ..Options::default() };
        let apply = async |text: &str, options: &Options| import(&store, text.as_bytes(), options, &actor()).await.unwrap();
        let text = "metadata: {name: P}\nentries:\n  - {model: authentik_core.user, identifiers: {username: jane}, attrs: {name: Jane, password: correct horse}}\n  - {model: authentik_core.user, identifiers: {username: joe}, attrs: {name: Joe, password: correct horse}}\n";
        let preview = apply(text, &Options { dry_run: true, ..options.clone() }).await;
        assert!(!format!("{preview:?}").contains("horse"), "{preview:?}");
        assert_eq!(preview.changes[0].differences.last().map(|one| (one.attribute.as_str(), one.after.as_str())), Some(("password", "•••")));
        assert_eq!(count(&store).await, [0; 5]);
        apply(text, &options).await;
        let hasher = Hasher::new(hashing).unwrap();
        let first = jane(&store).await.password.unwrap();
        assert!(hasher.matches("correct horse".into(), first.clone()).await.unwrap());
        assert!(!apply(text, &options).await.has_changes());
        assert_eq!(jane(&store).await.password, Some(first.clone()));
        let mut tx = store.begin().await.unwrap();
        let joe = users::find_by_username(&mut tx, &Username::parse("joe").unwrap()).await.unwrap().unwrap().user;
        assert_ne!(joe.password, Some(first), "each has a salt of their own");
        let noted = blueprints::list(&mut tx).await.unwrap();
        let kept = format!("{noted:?}");
        assert!(!kept.contains("horse") && !kept.contains("argon2"), "{kept}");
        drop(tx);
        let report = apply(&text.replace("name: Jane, password: correct horse", "password: another"), &options).await;
        assert_eq!(actions(&report), [&Action::Updated(vec!["password".to_owned()]), &Action::Unchanged]);
        assert!(hasher.matches("another".into(), jane(&store).await.password.unwrap()).await.unwrap());
    }

    async fn a_blank_password_takes_it_away_and_none_leaves_it(database: Database) {
        let store = open(&database).await;
        let options = Options { hashing: Hashing { memory_kib: 8, iterations: 1, parallelism: 1, ..Hashing::default() }, ..Options::default() };
        let mut had = Vec::new();
        for (password, changes) in [("secret", true), ("null", false), ("''", true), ("''", false)] {
            let text = format!("entries:\n  - {{model: authentik_core.user, identifiers: {{username: jane}}, attrs: {{name: Jane, password: {password}}}}}\n");
            let report = import(&store, text.as_bytes(), &options, &actor()).await.unwrap();
            assert_eq!(report.has_changes(), changes, "{password}");
            had.push(jane(&store).await.password.is_some());
        }
        assert_eq!(had, [true, true, false, false]);
    }

    async fn nobody_is_found_by_a_password(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {id: a, model: authentik_core.user, identifiers: {username: a, password: x}, attrs: {name: A}}
  - {id: b, model: authentik_core.group, identifiers: {name: b}, attrs: {users: [!Find [authentik_core.user, [password__startswith, $argon2]]]}}
";
        assert_eq!(
            refuse(&store, text).await,
            "2:68: entry `a`: A user has no `password` to be found by.\n\
             3:111: entry `b`: The field `password` is secret: nothing is found by it."
        );
    }

    async fn members_are_replaced_only_where_the_file_names_them(database: Database) {
        let store = open(&database).await;
        apply(&store, PEOPLE).await;
        let rename = "entries:\n  - {model: authentik_core.group, identifiers: {name: team}, attrs: {attributes: {a: 1}}}\n";
        apply(&store, rename).await;
        let mut tx = store.begin().await.unwrap();
        let team = groups::find_by_name(&mut tx, "team").await.unwrap().unwrap();
        assert_eq!(membership::members(&mut tx, team.id).await.unwrap().len(), 1);
        drop(tx);
        let empty = "entries:\n  - {model: authentik_core.group, identifiers: {name: team}, attrs: {users: [], parent: null}}\n";
        assert_eq!(apply(&store, empty).await.changes[0].differences.len(), 2);
        let mut tx = store.begin().await.unwrap();
        assert!(membership::members(&mut tx, team.id).await.unwrap().is_empty());
        assert!(membership::parents(&mut tx, team.id).await.unwrap().is_empty());
    }

    async fn what_no_user_may_be_is_refused(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {id: a, model: authentik_core.user, identifiers: {username: a}, attrs: {name: A, type: internal_service_account}}
  - {id: b, model: authentik_core.user, identifiers: {username: b}, attrs: {name: B, path: /users}}
  - {id: c, model: authentik_core.user, identifiers: {username: c}, attrs: {name: C, email: nowhere}}
";
        assert_eq!(
            refuse(&store, text).await,
            "2:92: entry `a`: Nobody can be made an internal service account.\n\
             3:92: entry `b`: A path has no slash at its beginning or end.\n\
             4:93: entry `c`: This is not an email address."
        );
    }

    async fn nobody_takes_their_own_account_away(database: Database) {
        let store = open(&database).await;
        apply(&store, PEOPLE).await;
        let me = jane(&store).await;
        let by = Actor { id: Some(me.id), ..actor() };
        for what in ["state: absent", "attrs: {is_active: false}"] {
            let text = format!("entries:\n  - {{id: me, model: authentik_core.user, identifiers: {{username: Jane}}, {what}}}\n");
            let refused = import(&store, text.as_bytes(), &Options::default(), &by).await.unwrap_err();
            assert_eq!(refused.to_string(), "2:5: entry `me`: Nobody takes their own account away.");
        }
        assert!(jane(&store).await.is_active);
    }

    async fn there_is_one_default_brand(database: Database) {
        let store = open(&database).await;
        apply(&store, PEOPLE).await;
        let second = "entries:\n  - {id: other, model: authentik_brands.brand, identifiers: {domain: other}, attrs: {default: true}}\n";
        assert_eq!(refuse(&store, second).await, "2:5: entry `other`: There is a default brand already.");
        assert!(apply(&store, &second.replace("default: true", "default: false")).await.has_changes());
    }
}
