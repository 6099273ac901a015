//! What people and blueprints put into names must not reach the terminal as control sequences.

use guestlist::domain::event::Actor;
use guestlist::domain::flow::{Designation, Flow, StageBinding};
use guestlist::domain::group::Group;
use guestlist::domain::id::{BindingId, FlowId, GroupId, InvitationId, StageId, UserId};
use guestlist::domain::invitation::Settings;
use guestlist::domain::slug::Slug;
use guestlist::domain::stage::{InvitationStage, Stage, StageKind, UserType};
use guestlist::domain::user::{User, Username};
use guestlist::store::{flows, groups, invitations, stages, users};
use serde_json::json;
use uuid::Uuid;

use super::harness::{Console, alice};
use crate::support::fixture::settings;

const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{202e}txt\u{9b}2J\n";

#[tokio::test]
async fn hostile_names_are_shown_harmlessly_in_every_pane() {
    let mut console = Console::new().await;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = alice();
    let act = by.at(console.now);
    let attributes = json!({ HOSTILE: HOSTILE, "long": "x".repeat(10_000) }).as_object().cloned().unwrap();
    let group = Group {
        id: GroupId(Uuid::from_u128(1)),
        name: format!("{HOSTILE}{}", "g".repeat(10_000)),
        is_superuser: false,
        attributes: attributes.clone(),
    };
    groups::insert(&mut tx, &group, &act).await.unwrap();
    let user = User {
        id: UserId(Uuid::from_u128(2)),
        username: Username::parse("山田太郎").unwrap(),
        name: format!("{HOSTILE}{}", "n".repeat(10_000)),
        email: HOSTILE.into(),
        is_active: true,
        path: "users".into(),
        kind: UserType::External,
        attributes,
        password: None,
        created_at: console.now,
        last_login: None,
    };
    users::insert(&mut tx, &user, json!({}), &act).await.unwrap();
    groups::add_member(&mut tx, group.id, user.id).await.unwrap();
    let mut flow = Flow::new(FlowId(Uuid::from_u128(3)), Slug::parse("aaa").unwrap(), Designation::Enrollment);
    flow.name = HOSTILE.into();
    flow.title = format!("{HOSTILE}{}", "t".repeat(10_000));
    flows::insert(&mut tx, &flow, &act).await.unwrap();
    let stage = Stage {
        id: StageId(Uuid::from_u128(4)),
        name: HOSTILE.into(),
        kind: StageKind::Invitation(InvitationStage::default()),
    };
    stages::insert(&mut tx, &stage, &act).await.unwrap();
    let binding = StageBinding::new(BindingId(Uuid::from_u128(5)), flow.id, stage.id, 0);
    flows::insert_binding(&mut tx, &binding, &act).await.unwrap();
    let fixed_data = json!({ "name": HOSTILE, "attributes": { HOSTILE: [HOSTILE] } }).as_object().cloned().unwrap();
    let settings = Settings { flow: Some(flow.id), fixed_data, note: HOSTILE.into(), ..settings("aaa") };
    let id = InvitationId(Uuid::from_u128(6));
    let visitor = Actor { id: None, name: HOSTILE.into(), address: HOSTILE.into() };
    invitations::insert(&mut tx, id, &settings, &visitor.at(console.now)).await.unwrap();
    invitations::claim_use(&mut tx, id, Some((user.id, HOSTILE)), &visitor.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
    // In every pane the first row is the hostile one.
    for keys in ["1 g l", "2 g l", "3 g l", "4 g l", "5 g l"] {
        console.press(keys).await;
        for (width, height) in [(80, 24), (200, 60), (41, 11)] {
            console.resize(width, height);
            let screen = console.screen();
            assert!(!screen.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']), "{screen:?}");
            // On the smallest screen an invitation's link takes all the room.
            assert!(width < 80 || screen.contains("\\u{"), "{keys} {screen}");
        }
    }
}

#[tokio::test]
async fn wide_names_keep_the_columns_aligned() {
    let mut console = Console::wide().await;
    let mut tx = console.world.store.begin_write().await.unwrap();
    let by = alice();
    for (number, name) in ["山田太郎", "e\u{301}mile", "plain", "👩🏽‍🚀"].into_iter().enumerate() {
        let user = User {
            id: UserId(Uuid::from_u128(number as u128 + 1)),
            username: Username::parse(&format!("user{number}")).unwrap(),
            name: name.into(),
            email: "x@example.com".into(),
            is_active: true,
            path: "users".into(),
            kind: UserType::External,
            attributes: serde_json::Map::new(),
            password: None,
            created_at: console.now,
            last_login: None,
        };
        users::insert(&mut tx, &user, json!({}), &by.at(console.now)).await.unwrap();
    }
    tx.commit().await.unwrap();
    console.press("2").await;
    let screen = console.screen();
    let columns: Vec<usize> = screen
        .lines()
        .filter_map(|line| {
            line.find("x@example.com").map(|place| unicode_width::UnicodeWidthStr::width(&line[..place]))
        })
        .collect();
    assert_eq!(columns.len(), 4, "{screen}");
    assert!(columns.iter().all(|column| *column == columns[0]), "{columns:?}\n{screen}");
}

#[tokio::test]
async fn a_hostile_paste_loses_its_sting() {
    let mut console = Console::new().await;
    console.press("n").await;
    console.paste(&format!("a{HOSTILE}b")).await;
    console.press("<tab> <tab> <tab>").await;
    console.paste(&format!("name: {HOSTILE}")).await;
    let screen = console.screen();
    assert!(!screen.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']), "{screen:?}");
}
