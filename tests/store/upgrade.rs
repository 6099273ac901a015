//! A database of the first version with invitations in use: every later migration keeps all of it.

use guestlist::blueprint::{Options, Origin, applied, hash, import};
use guestlist::domain::applied::Source;
use guestlist::domain::enrollment::Context;
use guestlist::domain::event::Actor;
use guestlist::domain::id::{FlowId, InvitationId, UserId};
use guestlist::domain::invitation::Status;
use guestlist::domain::user::Username;
use guestlist::store::{Store, Tx, enrollments, invitations, sessions, users};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use uuid::Uuid;

use crate::support::fixture::{noon, read, use_rows, write};
use crate::support::stores::{Database, on_both};

/// Every table of the first version, and how many rows of it there are.
const ROWS: &[(&str, i64)] = &[
    ("flow", 1),
    ("user_group", 1),
    ("stage", 1),
    ("stage_binding", 1),
    ("prompt", 1),
    ("stage_prompt", 1),
    ("user_account", 2),
    ("group_member", 1),
    ("invitation", 4),
    ("invitation_use", 2),
    ("visitor_session", 2),
    ("enrollment", 1),
    ("event", 1),
];

const FLOW: u8 = 1;
const GROUP: u8 = 2;
const STAGE: u8 = 3;
const PROMPT: u8 = 4;
const ALICE: u8 = 5;
const JANE: u8 = 6;
/// An invitation that one of three has used, one that is used up, one that is revoked, one that is deleted.
const OPEN: u8 = 10;
const USED: u8 = 11;
const REVOKED: u8 = 12;
const DELETED: u8 = 13;

fn uuid(number: u8) -> Uuid {
    Uuid::from_u128(number.into())
}

/// What the first version would have written, as SQL of either database.
fn rows(postgres: bool) -> Vec<String> {
    let id = |number: u8| {
        if postgres { format!("'{}'", uuid(number)) } else { format!("x'{}'", uuid(number).simple()) }
    };
    let hash = |byte: u8| {
        let digits = format!("{byte:02x}").repeat(32);
        if postgres { format!("'\\x{digits}'") } else { format!("x'{digits}'") }
    };
    let (at, later) = ("'2026-11-22T12:00:00+00:00'", "'2026-11-23T12:00:00+00:00'");
    let (flow, group, stage, prompt, alice, jane) = (id(FLOW), id(GROUP), id(STAGE), id(PROMPT), id(ALICE), id(JANE));
    let mut rows = vec![
        format!(
            "INSERT INTO flow VALUES ({flow}, 'enroll', 'Enroll', 'Welcome', 'enrollment', 'none', 'message_continue', 'any', 'stacked', FALSE, '')"
        ),
        format!("INSERT INTO user_group VALUES ({group}, 'staff', FALSE, '{{}}')"),
        format!("INSERT INTO stage VALUES ({stage}, 'write', '{{}}', {group})"),
        format!("INSERT INTO stage_binding VALUES ({}, {flow}, {stage}, 0, FALSE, TRUE, 'any', 'retry', {at})", id(20)),
        format!("INSERT INTO prompt VALUES ({prompt}, 'email', 'email', 'Email', 'email', TRUE, '', '', 0, '')"),
        format!("INSERT INTO stage_prompt VALUES ({stage}, {prompt}, 0)"),
        format!("INSERT INTO group_member VALUES ({group}, {jane})"),
        format!("INSERT INTO visitor_session VALUES ({}, {jane}, {at}, {later})", hash(1)),
        format!("INSERT INTO visitor_session VALUES ({}, NULL, {at}, {later})", hash(2)),
        format!(
            "INSERT INTO event VALUES ({}, {at}, {alice}, 'alice', 'local', 'invitation_created', 'invitation', 'open', '{{}}')",
            id(21)
        ),
    ];
    for (user, name) in [(&jane, "jane"), (&alice, "alice")] {
        rows.insert(0, format!("INSERT INTO user_account VALUES ({user}, '{name}', '{name}', '', '{name}@example.com', TRUE, 'users', 'internal', '{{\"team\": \"red\"}}', NULL, {at}, NULL)"));
    }
    for (invitation, name, max, uses, revoked, deleted) in [
        (OPEN, "open", 3, 1, "NULL", "NULL"),
        (USED, "used", 1, 1, "NULL", "NULL"),
        (REVOKED, "revoked", 1, 0, at, "NULL"),
        (DELETED, "deleted", 1, 0, "NULL", at),
    ] {
        rows.push(format!("INSERT INTO invitation VALUES ({}, '{name}', {flow}, {later}, '{{\"email\": \"jane@example.com\"}}', {max}, {uses}, 'a note', {alice}, 'alice', {at}, {at}, 2, {revoked}, {at}, 5, {deleted})", id(invitation)));
    }
    for (number, invitation) in [(30, OPEN), (31, USED)] {
        rows.push(format!(
            "INSERT INTO invitation_use VALUES ({}, {}, {jane}, 'jane', {at}, '192.0.2.7')",
            id(number),
            id(invitation)
        ));
    }
    let context = serde_json::to_string(&Context::default()).unwrap();
    rows.push(format!(
        "INSERT INTO enrollment VALUES ({}, {}, {flow}, {}, '[]', 0, '{context}', FALSE, {at}, {at}, {later})",
        id(40),
        hash(2),
        id(OPEN)
    ));
    rows
}

/// Makes a database as the first version left it.
async fn first_version(url: &str) {
    let postgres = url.starts_with("postgres");
    let kind = if postgres { "postgres" } else { "sqlite" };
    let folder = tempfile::tempdir().unwrap();
    let first = format!("{}/migrations/{kind}/0001_initial.sql", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(first, folder.path().join("0001_initial.sql")).unwrap();
    let migrations = Migrator::new(folder.path()).await.unwrap();
    if postgres {
        let mut connection = PgConnection::connect(url).await.unwrap();
        migrations.run(&mut connection).await.unwrap();
        for row in rows(postgres) {
            connection.execute(AssertSqlSafe(row)).await.unwrap();
        }
        connection.close().await.unwrap();
    } else {
        let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
        migrations.run(&mut connection).await.unwrap();
        for row in rows(postgres) {
            connection.execute(AssertSqlSafe(row)).await.unwrap();
        }
        connection.close().await.unwrap();
    }
}

/// Brings a database of the first version as far as that, and writes rows there.
async fn brought_to(url: &str, version: i64, rows: &[&str]) {
    let kind = if url.starts_with("postgres") { "postgres" } else { "sqlite" };
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(format!("{}/migrations/{kind}", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if name[..4].parse::<i64>().unwrap() <= version {
            std::fs::copy(file.path(), folder.path().join(name)).unwrap();
        }
    }
    let migrations = Migrator::new(folder.path()).await.unwrap();
    macro_rules! run {
        ($connection:expr) => {{
            let mut connection = $connection;
            migrations.run(&mut connection).await.unwrap();
            for row in rows {
                connection.execute(AssertSqlSafe((*row).to_owned())).await.unwrap();
            }
            connection.close().await.unwrap();
        }};
    }
    if kind == "postgres" {
        run!(PgConnection::connect(url).await.unwrap());
    } else {
        run!(SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap());
    }
}

async fn count(tx: &mut Tx, table: &str) -> i64 {
    let query = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let (count,): (i64,) = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(query).fetch_one(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_as(query).fetch_one(&mut **tx).await.unwrap(),
    };
    count
}

on_both! {
    async fn invitations_in_use_come_through_every_migration(database: Database) {
        first_version(&database.url).await;
        let store = Store::open(&database.url).await.unwrap();
        let applied = store.migrations().await.unwrap().iter().filter(|it| it.applied).count();
        assert_eq!(applied, 1, "the first version is the first migration alone");
        store.migrate().await.unwrap();

        for (table, rows) in ROWS {
            assert_eq!(read(&store, async |tx| count(tx, table).await).await, *rows, "{table}");
        }
        for (number, status, uses) in [(OPEN, Status::Active, 1), (USED, Status::Used, 1), (REVOKED, Status::Revoked, 0)] {
            let view = read(&store, async |tx| invitations::find(tx, InvitationId(uuid(number))).await.unwrap()).await.unwrap();
            let it = &view.invitation;
            assert_eq!((it.status(noon()), it.uses, it.opens, it.revision), (status, uses, 5, 2));
            assert_eq!((it.settings.flow, view.flow_slug.unwrap().as_str()), (Some(FlowId(uuid(FLOW))), "enroll"));
            assert_eq!((it.created_by, it.settings.fixed_data["email"].as_str()), (Some(UserId(uuid(ALICE))), Some("jane@example.com")));
            assert_eq!(use_rows(&store, it.id).await.len(), usize::try_from(uses).unwrap());
        }
        let deleted = read(&store, async |tx| invitations::find_deleted(tx, "deleted", None).await.unwrap()).await;
        assert_eq!(deleted, Some(InvitationId(uuid(DELETED))));
        let jane = Username::parse("jane").unwrap();
        let view = read(&store, async |tx| users::find_by_username(tx, &jane).await.unwrap()).await.unwrap();
        assert_eq!((view.user.id, view.groups), (UserId(uuid(JANE)), vec!["staff".to_owned()]));
        let session = read(&store, async |tx| sessions::find(tx, &[1; 32], noon()).await.unwrap()).await.unwrap();
        assert_eq!(session.user, Some(UserId(uuid(JANE))));
        let under_way = read(&store, async |tx| enrollments::find(tx, &[2; 32], noon()).await.unwrap()).await.unwrap();
        assert_eq!((under_way.invitation, under_way.flow), (Some(InvitationId(uuid(OPEN))), FlowId(uuid(FLOW))));

        // What is left of it can be used, and no more than that.
        let claim = async |number: u8| {
            write(&store, async |tx, act| invitations::claim_use(tx, InvitationId(uuid(number)), None, act).await.unwrap()).await
        };
        assert!(claim(OPEN).await && claim(OPEN).await && !claim(OPEN).await);
        assert!(!claim(USED).await && !claim(REVOKED).await && !claim(DELETED).await);
    }

    async fn blueprints_that_were_applied_are_known_by_name_until_they_are_applied_again(database: Database) {
        let text = b"metadata: {name: Guests}\nentries:\n  - {model: authentik_core.group, identifiers: {name: guests}}\n";
        let objects = r#"[{"model": "authentik_core.group", "key": "00000000-0000-0000-0000-000000000002", "title": "staff", "values": {"name": "staff"}}]"#;
        let row = |name: &str, hash: &str| format!("INSERT INTO applied_blueprint (name, hash, applied_at, applied_by, objects) VALUES ('{name}', '{hash}', '2026-11-22T12:00:00+00:00', 'alice', '{objects}')");
        let rows = [row("Guests", &hash(text)), row("Staff", &"0".repeat(64)), row(&"1".repeat(12), &"1".repeat(64))];
        first_version(&database.url).await;
        brought_to(&database.url, 9, &rows.each_ref().map(String::as_str)).await;
        let store = Store::open(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        let listed = read(&store, async |tx| applied(tx).await.unwrap()).await;
        let told: Vec<_> = listed.iter().map(|one| (one.applied.name.as_str(), one.applied.source, one.applied.at, one.drifted.len())).collect();
        assert_eq!(told, [("111111111111", Source::Unknown, noon(), 0), ("Guests", Source::Unknown, noon(), 0), ("Staff", Source::Unknown, noon(), 0)]);

        let origin = Origin::file("guests.yaml", std::path::Path::new("/nowhere/guests.yaml"), None);
        let actor = Actor { id: None, name: "bob".to_owned(), address: "local".to_owned() };
        import(&store, text, &Options { origin, ..Options::default() }, &actor).await.unwrap();
        let listed = read(&store, async |tx| applied(tx).await.unwrap()).await;
        let told: Vec<_> = listed.iter().map(|one| (one.applied.name.as_str(), one.applied.source, one.applied.by.as_str())).collect();
        assert_eq!(told, [("111111111111", Source::Unknown, "alice"), ("Guests", Source::File, "bob"), ("Staff", Source::Unknown, "alice")]);
    }
}
