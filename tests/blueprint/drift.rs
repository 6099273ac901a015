//! What was applied, when and by whom, and what was changed since.

use super::{Database, actor, apply, open};
use crate::support::stores::on_both;
use guestlist::blueprint::{Drift, Drifted, Fate, Options, Origin, applied, applied_to, hash, import, shipped};
use guestlist::clock;
use guestlist::domain::applied::Source;
use guestlist::store::{Store, flows, groups};
use std::path::Path;

async fn drifted(store: &Store) -> Vec<Drifted> {
    let mut tx = store.begin().await.unwrap();
    applied(&mut tx).await.unwrap().pop().unwrap().drifted
}

async fn all(store: &Store) -> Vec<Drift> {
    let mut tx = store.begin().await.unwrap();
    applied(&mut tx).await.unwrap()
}

/// What is listed, as name and path.
async fn listed(store: &Store) -> Vec<(String, Option<String>)> {
    all(store).await.into_iter().map(|one| (one.applied.name, one.applied.path)).collect()
}

fn row(name: &str, path: Option<&str>) -> (String, Option<String>) {
    (name.to_owned(), path.map(str::to_owned))
}

fn group(name: &str) -> String {
    format!("entries:\n  - {{model: authentik_core.group, identifiers: {{name: {name}}}}}\n")
}

fn absent(name: &str) -> String {
    format!("entries:\n  - {{model: authentik_core.group, state: absent, identifiers: {{name: {name}}}}}\n")
}

fn named(name: &str, text: &str) -> String {
    format!("metadata: {{name: {name}}}\n{text}")
}

/// Applies a text that comes from somewhere.
async fn from(store: &Store, text: &str, origin: Origin) {
    let options = Options { origin, ..Options::default() };
    import(store, text.as_bytes(), &options, &actor()).await.unwrap();
}

/// Writes a file and applies it, under the name that it has in the folder.
async fn from_file(store: &Store, folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
    from(store, text, Origin::file(name, &folder.join(name), None)).await;
}

async fn make_group(store: &Store, name: &str) {
    let mut tx = store.begin_write().await.unwrap();
    let by = actor();
    let id = guestlist::domain::id::GroupId(clock::new_id());
    let group = guestlist::domain::group::Group {
        id,
        name: name.to_owned(),
        is_superuser: false,
        attributes: guestlist::domain::Mapping::new(),
    };
    groups::insert(&mut tx, &group, &by.at(clock::now())).await.unwrap();
    tx.commit().await.unwrap();
}

async fn delete_group(store: &Store, name: &str) {
    let mut tx = store.begin_write().await.unwrap();
    let group = groups::find_by_name(&mut tx, name).await.unwrap().unwrap();
    let by = actor();
    groups::delete(&mut tx, &group, &by.at(clock::now())).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn two_files_of_one_name_are_two_and_an_edited_file_is_one(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        from_file(&store, path, "a.yaml", &named("N", &group("one"))).await;
        from_file(&store, path, "b.yaml", &named("N", &group("two"))).await;
        from_file(&store, path, "a.yaml", &named("N", &group("three"))).await;
        assert_eq!(listed(&store).await, [row("N", Some("a.yaml")), row("N", Some("b.yaml"))]);
        let titles: Vec<String> = all(&store).await.into_iter().map(|one| one.applied.objects[0].title.clone()).collect();
        assert_eq!(titles, ["three", "two"]);
        // The same file by another path to it.
        let text = named("Other", &group("three"));
        std::fs::create_dir(path.join("x")).unwrap();
        from(&store, &text, Origin::file("x/../a.yaml", &path.join("x/../a.yaml"), None)).await;
        assert_eq!(listed(&store).await, [row("N", Some("b.yaml")), row("Other", Some("x/../a.yaml"))]);
    }

    async fn files_without_a_name_go_by_their_path(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        for text in [group("one"), group("two")] {
            from_file(&store, folder.path(), "old.akflow", &text).await;
        }
        assert_eq!(listed(&store).await, [row("old.akflow", Some("old.akflow"))]);
    }

    async fn a_file_that_was_moved_is_the_same_and_a_copy_is_another(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let text = named("N", &group("g"));
        from_file(&store, path, "a.yaml", &text).await;
        from_file(&store, path, "copy.yaml", &text).await;
        assert_eq!(listed(&store).await.len(), 2);
        std::fs::remove_file(path.join("a.yaml")).unwrap();
        from_file(&store, path, "moved.yaml", &text).await;
        assert_eq!(listed(&store).await, [row("N", Some("copy.yaml")), row("N", Some("moved.yaml"))]);
        // Moved and edited, about the same objects.
        std::fs::remove_file(path.join("moved.yaml")).unwrap();
        from_file(&store, path, "again.yaml", &named("N", &format!("{}  - {{model: authentik_core.group, identifiers: {{name: h}}}}\n", group("g")))).await;
        assert_eq!(listed(&store).await, [row("N", Some("again.yaml")), row("N", Some("copy.yaml"))]);
        // Another of that name, about other objects.
        std::fs::remove_file(path.join("again.yaml")).unwrap();
        from_file(&store, path, "other.yaml", &named("N", &group("i"))).await;
        assert_eq!(listed(&store).await.len(), 3);
    }

    async fn standard_input_goes_by_name_and_an_edited_text_without_one_leaves_no_orphan(database: Database) {
        let store = open(&database).await;
        let two = format!("{}  - {{model: authentik_core.group, identifiers: {{name: b}}}}\n", group("a"));
        from(&store, &group("a"), Origin::input()).await;
        from(&store, &two, Origin::input()).await;
        from(&store, &named("N", &group("c")), Origin::input()).await;
        from(&store, &named("N", &group("d")), Origin::input()).await;
        from(&store, &group("e"), Origin::input()).await;
        let mut names: Vec<String> = listed(&store).await.into_iter().map(|(name, _)| name).collect();
        names.sort();
        let mut wanted = [hash(two.as_bytes())[..12].to_owned(), "N".to_owned(), hash(group("e").as_bytes())[..12].to_owned()];
        wanted.sort();
        assert_eq!(names, wanted);
    }

    async fn shipped_ones_and_the_configured_folder_say_so(database: Database) {
        let store = open(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::create_dir(path.join("more")).unwrap();
        std::fs::write(path.join("more/inner.yaml"), named("inner", &group("in"))).unwrap();
        let asks = "metadata: {name: outer}\nentries:\n  - {model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: inner}}}\n  - {model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: minimal}}}\n";
        let options = Options { blueprints: Some(path.to_owned()), origin: Origin::input(), ..Options::default() };
        let report = import(&store, asks.as_bytes(), &options, &actor()).await.unwrap();
        assert_eq!((report.changes[0].file.as_deref(), report.changes[1].file.as_deref()), (Some("more/inner.yaml"), Some("minimal.yaml")));
        let rows: Vec<_> = all(&store).await.into_iter().map(|one| (one.applied.source, one.applied.path)).collect();
        let of = |source, path: Option<&str>| rows.contains(&(source, path.map(str::to_owned)));
        assert!(of(Source::Folder, Some("more/inner.yaml")) && of(Source::Shipped, Some("minimal")) && of(Source::Input, None), "{rows:?}");
        assert_eq!(rows.len(), 3);
        // By itself it is the same file.
        let file = path.join("more/inner.yaml");
        from(&store, &named("inner", &group("in2")), Origin::file("inner.yaml", &file, Some(path))).await;
        let listed = listed(&store).await;
        assert!(listed.len() == 3 && listed.contains(&row("inner", Some("more/inner.yaml"))), "{listed:?}");
    }

    async fn what_shall_not_be_there_and_is_there_again_is_a_change(database: Database) {
        let store = open(&database).await;
        apply(&store, &group("g")).await;
        let text = named("Gone", &absent("g"));
        apply(&store, &text).await;
        let gone = async || all(&store).await.into_iter().find(|one| one.applied.name == "Gone").unwrap();
        assert_eq!((gone().await.drifted, gone().await.applied.objects.len()), (vec![], 1));
        make_group(&store, "g").await;
        let back = Drifted { model: "authentik_core.group".to_owned(), title: "g".to_owned(), fate: Fate::Back };
        assert_eq!(gone().await.drifted, [back]);
        let mut tx = store.begin().await.unwrap();
        let key = groups::find_by_name(&mut tx, "g").await.unwrap().unwrap().id.0;
        let about = applied_to(&mut tx, key).await.unwrap();
        assert_eq!(about.iter().map(|one| one.applied.name.as_str()).collect::<Vec<_>>(), ["Gone"]);
        drop(tx);
        let at = gone().await.applied.at;
        apply(&store, &text).await;
        assert_eq!(gone().await.drifted, []);
        assert!(gone().await.applied.at > at, "it was taken away again");
        let last = gone().await;
        apply(&store, &text).await;
        assert_eq!(gone().await, last, "again without a change is not noted");
    }

    async fn an_absent_object_without_a_name_is_found_by_what_it_was_found_by(database: Database) {
        let store = open(&database).await;
        let flow = "entries:\n  - {id: f, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: enrollment}}\n  - {id: s, model: authentik_stages_dummy.dummystage, identifiers: {name: s}}\n";
        let bound = format!("{flow}  - {{model: authentik_flows.flowstagebinding, identifiers: {{target: !KeyOf f, stage: !KeyOf s, order: 1}}}}\n");
        let text = named("Unbound", &bound.replace("identifiers: {target", "state: absent, identifiers: {target"));
        apply(&store, &text).await;
        let of = async || all(&store).await.into_iter().find(|one| one.applied.name == "Unbound").unwrap();
        assert_eq!(of().await.drifted, []);
        apply(&store, &bound).await;
        assert_eq!(of().await.drifted.iter().map(|one| &one.fate).collect::<Vec<_>>(), [&Fate::Back]);
    }

    async fn what_a_file_says_twice_of_an_object_is_asked_once(database: Database) {
        let store = open(&database).await;
        let text = format!("{}  - {{model: authentik_core.group, identifiers: {{name: g}}, attrs: {{is_superuser: true}}}}\n  - {{model: authentik_core.group, identifiers: {{name: g}}, attrs: {{is_superuser: false}}}}\n", group("g"));
        apply(&store, &text).await;
        assert_eq!((drifted(&store).await, all(&store).await[0].applied.objects.len()), (vec![], 1));
        // What is made and taken away, and what is taken away and made.
        apply(&store, &named("Both", &format!("{}{}{}{}", group("x"), &absent("x")[9..], &absent("y")[9..], &group("y")[9..]))).await;
        let both = all(&store).await.into_iter().find(|one| one.applied.name == "Both").unwrap();
        let kept: Vec<_> = both.applied.objects.iter().map(|one| (one.title.as_str(), one.absent)).collect();
        assert_eq!((both.drifted, kept), (vec![], vec![("x", true), ("y", false)]));
        delete_group(&store, "y").await;
        let both = all(&store).await.into_iter().find(|one| one.applied.name == "Both").unwrap();
        assert_eq!(both.drifted.iter().map(|one| &one.fate).collect::<Vec<_>>(), [&Fate::Gone]);
    }

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
        assert_eq!((of("authentik_flows.flow").title.as_str(), &of("authentik_flows.flow").fate), (flow.slug.as_str(), &Fate::Changed(vec!["title".to_owned()])));
        assert_eq!(of("authentik_core.group").fate, Fate::Gone);
        assert_eq!(of("authentik_stages_user_write.userwritestage").fate, Fate::Changed(vec!["create_users_group".to_owned()]));
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
