//! Many invitations at once.

use guestlist::batch::{self, MakeError, Order, Plan, Rows, Table, Template};
use guestlist::clock;
use guestlist::domain::Mapping;
use guestlist::domain::invitation::link;
use guestlist::store::Store;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use tokio::sync::watch;

use crate::support::fixture::{alice, invite, making, mapping, noon, read, settings, slug, two_pages};
use crate::support::stores::on_both;

fn counted(count: usize, template: &str) -> Order {
    Order {
        rows: Rows::Count(count),
        template: Some(Template::parse(template).unwrap()),
        first: 1,
        flow: None,
        expires: None,
        fixed_data: Mapping::new(),
        note: String::new(),
        free_names: false,
    }
}

fn from_file(text: &str) -> Order {
    Order { rows: Rows::Table(Table::read(text.as_bytes()).unwrap()), template: None, ..counted(0, "x") }
}

async fn plan(store: &Store, order: &Order) -> Plan {
    read(store, async |tx| batch::plan(tx, order, noon()).await.unwrap()).await
}

async fn make(store: &Store, plan: &Plan) -> Result<Vec<batch::Link>, MakeError> {
    let by = alice();
    batch::make(store, plan, "https://id.example.com", None, &by.at(noon()), clock::new_id, &watch::Sender::default())
        .await
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.rows.iter().map(|row| row.settings.name.as_str()).collect()
}

fn faults(plan: &Plan) -> Vec<String> {
    plan.faults.iter().map(ToString::to_string).collect()
}

async fn all_names(store: &Store) -> Vec<String> {
    use guestlist::store::invitations::{Filter, Sort, page};
    let first = guestlist::store::page::Anchor::First;
    let page = read(store, async |tx| page(tx, &Filter::default(), Sort::default(), noon(), &first, 200).await);
    page.await.unwrap().rows.into_iter().map(|view| view.invitation.settings.name.to_string()).collect()
}

on_both! {
    async fn a_template_makes_single_use_invitations_with_their_links(store: Store) {
        two_pages(&store).await;
        let planned = plan(&store, &counted(3, "eng-{n:2}")).await;
        assert!(planned.is_ready(), "{planned:?}");
        assert_eq!(names(&planned), ["eng-01", "eng-02", "eng-03"]);
        assert!(all_names(&store).await.is_empty(), "a plan writes nothing");
        let made = make(&store, &planned).await.unwrap();
        assert_eq!(all_names(&store).await, ["eng-01", "eng-02", "eng-03"]);
        for one in made {
            let it = read(&store, async |tx| guestlist::store::invitations::get(tx, one.id).await.unwrap()).await;
            assert_eq!((&it.settings.name, it.settings.max_uses), (&one.name, Some(1)));
            assert_eq!((it.created_by_name.as_str(), it.created_at), ("alice", noon()));
            assert_eq!(one.link, link("https://id.example.com", &slug("enroll"), one.id));
        }
        let events = read(&store, async |tx| guestlist::store::events::list(tx, 10).await.unwrap()).await;
        assert_eq!(events.iter().filter(|event| event.object_kind == "invitation").count(), 3);
    }

    async fn the_columns_of_a_file_become_custom_attributes(store: Store) {
        two_pages(&store).await;
        let mut order = from_file("name,email,attributes.team,attributes.level\njane,j@x.org,eng,\njoe,,ops,2\n");
        order.fixed_data = mapping(json!({"email": "none@x.org", "attributes": {"site": "B"}}));
        let planned = plan(&store, &order).await;
        assert_eq!(faults(&planned), [""; 0]);
        let data: Vec<_> = planned.rows.iter().map(|row| json!(row.settings.fixed_data)).collect();
        assert_eq!(data[0], json!({"email": "j@x.org", "attributes": {"site": "B", "team": "eng"}}));
        assert_eq!(data[1], json!({"email": "none@x.org", "attributes": {"site": "B", "team": "ops", "level": "2"}}));
        assert_eq!(planned.rows[0].email, "j@x.org");
        order.template = Some(Template::parse("{name}-{n}").unwrap());
        let planned = plan(&store, &order).await;
        assert_eq!(names(&planned), ["jane-1", "joe-2"]);
        assert_eq!(json!(planned.rows[0].settings.fixed_data)["name"], "jane");
    }

    async fn taken_names_are_told_with_a_free_one_and_replaced_on_demand(store: Store) {
        two_pages(&store).await;
        for name in ["eng-2", "eng-4", "jane", "jane-2"] {
            invite(&store, &settings(name)).await;
        }
        let mut order = counted(3, "eng-{n}");
        let planned = plan(&store, &order).await;
        assert_eq!(faults(&planned), ["The name `eng-2` is taken. `eng-5` is free."]);
        assert!(matches!(make(&store, &planned).await, Err(MakeError::Faulty)));
        order.free_names = true;
        assert_eq!(names(&plan(&store, &order).await), ["eng-1", "eng-5", "eng-3"]);

        let mut order = from_file("name\njane\njane-3\n");
        assert_eq!(faults(&plan(&store, &order).await), ["line 2: The name `jane` is taken. `jane-4` is free."]);
        order.free_names = true;
        let planned = plan(&store, &order).await;
        assert_eq!(names(&planned), ["jane-4", "jane-3"]);
        assert_eq!(planned.rows[0].instead_of, Some(slug("jane")));
        make(&store, &planned).await.unwrap();
    }

    async fn what_somebody_took_meanwhile_leaves_nothing_of_the_batch(store: Store) {
        two_pages(&store).await;
        let planned = plan(&store, &counted(5, "eng-{n}")).await;
        invite(&store, &settings("eng-4")).await;
        assert!(matches!(make(&store, &planned).await, Err(MakeError::Taken(name)) if name == slug("eng-4")));
        assert_eq!(all_names(&store).await, ["eng-4"]);
    }

    async fn many_collisions_are_told_a_few_and_counted(store: Store) {
        two_pages(&store).await;
        let first = plan(&store, &counted(120, "eng-{n}")).await;
        make(&store, &first).await.unwrap();
        let again = plan(&store, &counted(120, "eng-{n}")).await;
        assert_eq!((again.taken, again.faults.len(), again.more_faults), (120, 20, 100));
        let mut order = counted(120, "eng-{n}");
        order.free_names = true;
        let free = plan(&store, &order).await;
        assert_eq!((names(&free)[0], names(&free)[119]), ("eng-121", "eng-240"));
    }
}

#[tokio::test]
async fn each_fault_stands_at_its_line() {
    let (store, _folder) = empty().await;
    two_pages(&store).await;
    let planned = plan(&store, &from_file("name,email\nok,a\nJane Doe,b\nok,c\n,d\n")).await;
    let told = faults(&planned);
    assert!(told[0].starts_with("line 3: The name `Jane Doe`: Use only letters"), "{told:?}");
    assert!(told[0].contains("A template names them otherwise"), "{told:?}");
    assert!(told[2].starts_with("line 5: The name ``: Enter a name."), "{told:?}");
    assert_eq!(told[1], "line 4: The name `ok` stands in line 2 already.");
    assert_eq!(names(&planned), ["ok"]);
}

#[tokio::test]
async fn what_can_t_be_meant_is_said_once() {
    let (store, _folder) = empty().await;
    two_pages(&store).await;
    for (order, about) in [
        (counted(0, "a-{n}"), "1 or more"),
        (counted(10_001, "a-{n}"), "at most 10000"),
        (counted(2, "a"), "needs {n}"),
        (counted(2, "{email}-{n}"), "no column `email` without a file"),
        (from_file("email\nx\n"), "no column `name`"),
        (Order { template: Some(Template::parse("{nme}").unwrap()), ..from_file("name\nx\n") }, "no column `nme`"),
    ] {
        let planned = plan(&store, &order).await;
        assert_eq!(planned.faults.len(), 1, "{planned:?}");
        assert!(planned.faults[0].message.contains(about), "{planned:?}");
    }
}

#[tokio::test]
async fn links_need_one_flow_that_takes_invitations() {
    let (store, _folder) = empty().await;
    let open = making("plain").credentials().user_write().insert(&store).await;
    let planned = plan(&store, &counted(1, "a")).await;
    assert!(faults(&planned)[0].contains("no enrollment flow has an invitation stage"), "{planned:?}");
    two_pages(&store).await;
    assert!(plan(&store, &counted(1, "a")).await.is_ready());
    making("other").invitation().credentials().user_write().insert(&store).await;
    assert!(faults(&plan(&store, &counted(1, "a")).await)[0].contains("several would accept it"));
    let planned = plan(&store, &Order { flow: Some(open.id), ..counted(1, "a") }).await;
    assert!(planned.is_ready());
    assert!(planned.warnings[0].contains("plain has no invitation stage"), "{planned:?}");
}

#[tokio::test]
async fn a_misspelt_column_is_told_its_neighbour() {
    let (store, _folder) = empty().await;
    two_pages(&store).await;
    let planned = plan(&store, &from_file("name,emial,attributes.team\na,b,c\n")).await;
    assert_eq!(planned.warnings, ["`emial` matches no field of enroll. Did you mean `email`?"]);
}

#[tokio::test]
async fn the_file_of_links_is_private_and_never_overwritten() {
    let (store, folder) = empty().await;
    two_pages(&store).await;
    let (by, progress) = (alice(), watch::Sender::default());
    let path = folder.path().join("links.csv");
    let write = async |order: &Order, path: &std::path::Path| {
        let planned = plan(&store, order).await;
        let act = by.at(noon());
        batch::make(&store, &planned, "https://x", Some(path), &act, clock::new_id, &progress).await
    };
    let made = write(&counted(30, "a-{n}"), &path).await.unwrap();
    assert_eq!(*progress.borrow(), 30);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.starts_with(&format!("name,email,link\na-1,,{}\n", made[0].link)), "{kept}");
    let refused = write(&counted(1, "b"), &path).await.unwrap_err();
    assert!(refused.to_string().contains("is there already"), "{refused}");
    assert!(write(&counted(1, "b"), &folder.path().join("no/where.csv")).await.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), kept);
    assert_eq!(all_names(&store).await.len(), 30);
}

#[tokio::test]
async fn a_batch_that_is_dropped_on_the_way_leaves_nothing() {
    let (store, folder) = empty().await;
    two_pages(&store).await;
    let planned = plan(&store, &counted(2_000, "a-{n}")).await;
    let (by, path) = (alice(), folder.path().join("links.csv"));
    let (progress, mut told) = watch::channel(0);
    let act = by.at(noon());
    let made = batch::make(&store, &planned, "https://x", Some(&path), &act, clock::new_id, &progress);
    tokio::select! {
        made = made => panic!("it was quicker than its first word: {made:?}"),
        changed = told.changed() => changed.unwrap(),
    }
    assert!(!path.exists());
    assert!(all_names(&store).await.is_empty());
    make(&store, &plan(&store, &counted(1, "a-{n}")).await).await.unwrap();
    assert_eq!(all_names(&store).await, ["a-1"]);
}

async fn empty() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("guestlist.db").display())).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}
