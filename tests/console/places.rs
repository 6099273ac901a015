//! Every pane, dialog and overlay at three sizes, as it looked when somebody last looked at it.

use guestlist::domain::id::UserId;
use guestlist::domain::invitation::{Draft, Settings};
use guestlist::domain::user::User;
use guestlist::store::{groups, invitations};

use super::harness::{Console, Start, alice};
use crate::support::fixture::{add_user, group, user, write};

const SIZES: [(&str, (u16, u16)); 3] = [("80x24", (80, 24)), ("120x40", (120, 40)), ("60x20", (60, 20))];

/// A console in use: three accounts, a group of superusers, an invitation.
async fn furnished(size: (u16, u16)) -> Console {
    let mut console = Start { size, mail: true, ..Start::default() }.open().await;
    let store = console.world.store.clone();
    let now = console.now;
    for (number, (name, shown, days)) in
        [("ann", "Ann Example", 3), ("bob", "", 200), ("joanna", "Joanna Example", 0)].into_iter().enumerate()
    {
        let login = (days > 0).then(|| now - chrono::TimeDelta::days(days));
        let email = format!("{name}@example.com");
        let id = UserId(uuid::Uuid::from_u128(number as u128 + 1));
        add_user(&store, &User { id, name: shown.into(), email, last_login: login, created_at: now, ..user(name) })
            .await;
    }
    let admins = guestlist::domain::group::Group { is_superuser: true, ..group("admins") };
    write(&store, async |tx, act| {
        groups::insert(tx, &admins, act).await.unwrap();
        groups::insert(tx, &group("staff"), act).await.unwrap();
        for name in ["ann", "joanna"] {
            let name = guestlist::domain::user::Username::parse(name).unwrap();
            let member = guestlist::store::users::find_by_username(tx, &name).await.unwrap().unwrap().user;
            groups::set_member(tx, &admins, &member, true, act).await.unwrap();
        }
    })
    .await;
    console.press("n welcome <tab> <tab> <tab> email:<space>jane@example.com <C-s>").await;
    console.wait(chrono::TimeDelta::seconds(10)).await;
    console
}

macro_rules! looks {
    ($($name:ident: $keys:literal),+ $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            for (name, size) in SIZES {
                let mut console = furnished(size).await;
                console.press($keys).await;
                insta::assert_snapshot!(format!("{}_{name}", stringify!($name)), console.screen());
            }
        })+
    };
}

looks! {
    users: "2 j l",
    groups: "3 l",
    a_filter_that_is_typed: "/ wel",
    a_filter_that_keeps_nothing: "/ zzz",
    the_code_of_a_link: "Q",
    a_link_alone: "L",
    what_to_import: "1 i",
    where_to_export: "1 o",
    help_in_users: "2 ?",
    help_that_is_searched: "? / copy <space> link",
    a_user_dialog: "2 n",
    a_user_dialog_with_faults: "2 n <tab> <tab> nowhere <C-s>",
    a_group_dialog: "3 n",
    a_password_dialog: "2 w secret <tab> other <C-s>",
    a_member_to_add: "3 + jo <down>",
    a_member_to_remove: "3 - <down>",
    a_letter: "m",
    a_deletion_of_a_user: "2 d",
    a_deletion_of_superusers: "3 d",
    a_deletion_of_a_group: "3 j d",
    a_deletion_of_an_invitation: "d",
    a_deletion_of_a_flow: "1 d",
}

/// The path of a file with this text.
fn file(folder: &tempfile::TempDir, text: &str) -> String {
    let path = folder.path().join("odd.yaml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn what_is_wrong_with_a_blueprint() {
    for (name, size) in SIZES {
        let folder = tempfile::tempdir().unwrap();
        let path =
            file(&folder, "version: 1\nentries:\n- model: authentik_core.gruop\n  identifiers: {name: x}\n- a: [\n");
        let mut console = furnished(size).await;
        console.press("1 i").await;
        console.paste(&path).await;
        console.press("<enter>").await;
        let screen = console.screen().replace(&path, "/odd.yaml");
        insta::assert_snapshot!(format!("what_is_wrong_with_a_blueprint_{name}"), screen);
    }
}

#[tokio::test]
async fn what_became_of_many() {
    for (name, size) in SIZES {
        let mut console = furnished(size).await;
        console.press("n other <C-s> a m <C-s>").await;
        insta::assert_snapshot!(format!("what_became_of_many_{name}"), console.screen());
    }
}

/// Makes so many invitations at once.
pub async fn fill(console: &Console, count: usize) {
    let act = alice();
    let mut tx = console.world.store.begin_write().await.unwrap();
    for number in 0..count {
        let draft = Draft {
            name: format!("guest-{number:04}"),
            flow: None,
            expires: None,
            fixed_data: guestlist::domain::Mapping::new(),
            max_uses: Some(1),
            note: String::new(),
        };
        let settings = Settings::check(draft, console.now).unwrap();
        let id = guestlist::domain::id::InvitationId((console.world.new_id)());
        invitations::insert(&mut tx, id, &settings, &act.at(console.now)).await.unwrap();
    }
    tx.commit().await.unwrap();
}
