//! Importing the same file twice changes nothing, whatever it leaves out, forgets or lists in another order.

use super::{Database, actions, actor, apply, count, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, Options, Report, applied, import};
use guestlist::store::{Store, groups, membership};

async fn skipping(store: &Store, text: &str) -> Report {
    let options = Options { skip_unsupported: true, ..Options::default() };
    import(store, text.as_bytes(), &options, &actor()).await.unwrap()
}

on_both! {
    async fn what_shall_go_and_is_found_by_what_is_not_there_is_not_there(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {state: absent, model: authentik_flows.flowstagebinding, identifiers: {target: !Find [authentik_flows.flow, [slug, gone]], order: 1}}
  - {state: absent, model: authentik_policies.policybinding, identifiers: {target: !Find [authentik_flows.flow, [slug, gone]]}}
  - {state: absent, model: authentik_core.group, identifiers: {pk: !Find [authentik_core.group, [name, gone]]}}
";
        assert_eq!(actions(&apply(&store, text).await), [&Action::Unchanged; 3]);
        assert_eq!(count(&store).await, [0; 5]);
    }

    async fn members_and_parents_are_sets_and_their_order_is_no_change(database: Database) {
        let store = open(&database).await;
        let text = "metadata: {name: People}
entries:
  - {id: z, model: authentik_core.group, identifiers: {name: z}}
  - {id: a, model: authentik_core.group, identifiers: {name: a}}
  - {id: zoe, model: authentik_core.user, identifiers: {username: zoe}, attrs: {name: Zoe, groups: [!KeyOf z, !KeyOf a]}}
  - {id: abe, model: authentik_core.user, identifiers: {username: abe}, attrs: {name: Abe}}
  - {model: authentik_core.group, identifiers: {name: b}, attrs: {parents: [!KeyOf z, !KeyOf a], users: [!KeyOf zoe, !KeyOf abe]}}
";
        // The last entry puts people into a group that the entries before it don't name.
        let text = text.replace("groups: [!KeyOf z, !KeyOf a]", "attributes: {a: 1}") + "  - {model: authentik_core.user, identifiers: {username: zoe}, attrs: {groups: [!Find [authentik_core.group, [name, z]], !Find [authentik_core.group, [name, b]], !KeyOf a]}}\n";
        apply(&store, &text).await;
        let again = apply(&store, &text).await;
        assert!(!again.has_changes(), "{again:?}");
        let mut tx = store.begin().await.unwrap();
        assert_eq!(applied(&mut tx).await.unwrap()[0].drifted, []);
    }

    async fn a_group_within_itself_is_refused(database: Database) {
        let store = open(&database).await;
        let own = "entries:\n  - {id: a, model: authentik_core.group, identifiers: {name: a}}\n  - {id: again, model: authentik_core.group, identifiers: {name: a}, attrs: {parents: [!KeyOf a]}}\n";
        assert_eq!(refuse(&store, own).await, "3:87: entry `again`: A group can't be within itself, directly or by other groups.");
        let circle = "entries:
  - {id: a, model: authentik_core.group, identifiers: {name: a}}
  - {id: b, model: authentik_core.group, identifiers: {name: b}, attrs: {parents: [!KeyOf a]}}
  - {id: c, model: authentik_core.group, identifiers: {name: a}, attrs: {parents: [!KeyOf b]}}
";
        assert_eq!(refuse(&store, circle).await, "4:83: entry `c`: A group can't be within itself, directly or by other groups.");
        assert_eq!(count(&store).await, [0; 5]);
    }

    async fn what_refers_to_what_is_left_out_is_the_same_each_time(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {id: source, model: authentik_sources_oauth.oauthsource, identifiers: {slug: s}}
  - {id: app, model: authentik_core.application, identifiers: {slug: app}}
  - {id: policy, model: authentik_policies_unique_password.uniquepasswordpolicy, identifiers: {name: u}}
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: authentication}}
  - {id: who, model: authentik_stages_identification.identificationstage, identifiers: {name: who}, attrs: {user_fields: [email], sources: [!KeyOf source], webauthn_stage: !KeyOf source}}
  - {id: brand, model: authentik_brands.brand, identifiers: {domain: d}, attrs: {default_application: !KeyOf app, attributes: {app: !KeyOf app, kept: 1}}}
  - {id: bound, model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, order: 0}, attrs: {policy: !KeyOf policy}}
  - {id: found, model: authentik_brands.brand, identifiers: {domain: e}, attrs: {default_application: !Find [authentik_core.application, [slug, app]], web_certificate: !AtIndex [!FindObject [authentik_crypto.certificatekeypair, [name, x]], pk]}}
  - {id: target, model: authentik_policies.policybinding, identifiers: {target: !Find [authentik_core.application, [slug, app]], policy: !Find [authentik_policies.policy, [name, x]], order: 0}}
  - {id: skipped, conditions: [!Find [authentik_core.application, [slug, app]]], model: authentik_core.group, identifiers: {name: g}}
";
        let first = skipping(&store, text).await;
        let left_out: Vec<String> = first.left_out.iter().map(|one| one.entry.clone().unwrap()).collect();
        assert_eq!(left_out, ["source", "app", "policy", "bound", "target"]);
        assert_eq!(first.changes.last().unwrap().action, Action::Skipped);
        let notes: Vec<String> = first.notes.iter().map(ToString::to_string).collect();
        assert!(notes.iter().any(|note| note.contains("entry `who`: Left out: `webauthn_stage` refers to")), "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("entry `brand`: Left out: `attributes` refers to")), "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("entry `found`: Left out: The model `authentik_core.application`")), "{notes:?}");
        let again = skipping(&store, text).await;
        assert!(!again.has_changes(), "{again:?}");
        let mut tx = store.begin().await.unwrap();
        let brand = guestlist::store::brands::find_by_domain(&mut tx, "d").await.unwrap().unwrap();
        assert_eq!(serde_json::json!(brand.settings["attributes"]), serde_json::json!({"app": null, "kept": 1}));
        assert!(brand.settings["default_application"].is_null());
    }

    async fn users_by_their_numbers_are_understood_within_a_file_and_left_out_beyond(database: Database) {
        let store = open(&database).await;
        let text = "entries:
  - {model: authentik_core.user, identifiers: {pk: 5, username: joe}, attrs: {name: Joe}}
  - {id: g, model: authentik_core.group, identifiers: {name: g}, attrs: {users: [5]}}
";
        let report = apply(&store, text).await;
        assert_eq!(report.notes[0].to_string(), "2:52: entry `joe`: Users have no numbers here: `pk` finds nobody.");
        let mut tx = store.begin().await.unwrap();
        let group = groups::find_by_name(&mut tx, "g").await.unwrap().unwrap();
        assert_eq!(membership::members(&mut tx, group.id).await.unwrap().len(), 1);
        drop(tx);
        let unknown = "entries:
  - {id: h, model: authentik_core.group, identifiers: {name: h}, attrs: {users: [6]}}
  - {id: nobody, model: authentik_core.user, identifiers: {pk: 7}, attrs: {is_active: false}}
";
        assert_eq!(refuse(&store, unknown).await, "\
2:82: entry `h`: `users`: It is the number 6, and users have no numbers here: refer to the user by `!Find [authentik_core.user, [username, ...]]`.
3:64: entry `nobody`: Users have no numbers here: the entry has to find its user by `username`.");
        let report = skipping(&store, unknown).await;
        assert_eq!((report.changes.len(), report.left_out.len()), (1, 1));
    }
}
