//! Edits that come too late: somebody else was faster.

use std::io::{self, BufRead, Read};

use guestlist::console::plain::{Ends, converse};
use guestlist::domain::Mapping;
use guestlist::domain::event::Actor;
use guestlist::domain::user::{Profile, ProfileDraft, Username};
use guestlist::store::{Store, invitations, users};

use super::super::harness::{Console, alice};
use super::{check, talk};

/// Does something when it is read, and has nothing to say.
struct Meanwhile<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Read for Meanwhile<F> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.fill_buf().map(<[u8]>::len)
    }
}

impl<F: FnOnce()> BufRead for Meanwhile<F> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(act) = self.0.take() {
            act();
        }
        Ok(&[])
    }

    fn consume(&mut self, _: usize) {}
}

/// Types lines; before those of `after` somebody else changes the database.
pub(super) async fn interrupted(
    console: &Console,
    before: &[&str],
    meanwhile: impl AsyncFnOnce(Store) + Send,
    after: &[&str],
) -> String {
    let lines = |lines: &[&str]| [lines, &[""]].concat().join("\n");
    let (before, after) = (lines(before), lines(after));
    let store = console.world.store.clone();
    let act = move || {
        std::thread::scope(|scope| {
            let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            scope.spawn(move || runtime().block_on(meanwhile(store))).join().unwrap();
        });
    };
    let input = before.as_bytes().chain(Meanwhile(Some(act))).chain(after.as_bytes());
    let mut said = Vec::new();
    converse(console.world.clone(), console.setting.clone(), input, &mut said, Ends::default()).await.unwrap();
    String::from_utf8(said).unwrap()
}

fn bob() -> Actor {
    Actor { name: "bob".into(), ..alice() }
}

#[tokio::test]
async fn an_edit_of_an_invitation_that_comes_too_late_says_who_changed_what_and_asks_whose_to_keep() {
    let mut console = Console::new().await;
    console.press("n welcome <C-s>").await;
    let (view, now) = (console.invitations().await.remove(0), console.now);
    let meanwhile = async |store: Store| {
        let mut settings = view.invitation.settings.clone();
        settings.max_uses = Some(9);
        let mut tx = store.begin_write().await.unwrap();
        let act = bob();
        let it = &view.invitation;
        invitations::update(&mut tx, it.id, it.revision, &settings, &act.at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let said =
        interrupted(&console, &["1", "1", "edit", "mine", "", "", "", ""], meanwhile, &["ours", "yes", "b", "q"]).await;
    check(
        &said,
        &["Error: not saved. bob changed it, ", "How many may use it: from `1` to `9`", "Save yours", "Saved mine."],
    );
    let after = console.invitations().await.remove(0).invitation.settings;
    assert_eq!((after.name.as_str(), after.max_uses, after.note.as_str()), ("mine", Some(1), "ours"));
}

#[tokio::test]
async fn an_edit_of_an_account_that_comes_too_late_says_so_too() {
    let mut console = Console::new().await;
    console.press("2 n jane <C-s>").await;
    let now = console.now;
    let meanwhile = async |store: Store| {
        let mut tx = store.begin_write().await.unwrap();
        let read = users::find_by_username(&mut tx, &Username::parse("jane").unwrap()).await.unwrap().unwrap().user;
        let profile = Profile::check(ProfileDraft {
            username: "jane".into(),
            name: "Jane of Bob".into(),
            email: String::new(),
            path: "users".into(),
            attributes: Mapping::new(),
        });
        users::update(&mut tx, &read, &profile.unwrap(), &bob().at(now)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let edit = ["3", "1", "edit", "", "Jane of Alice", "", ""];
    let said = interrupted(&console, &edit, meanwhile, &["", "no", "b", "b", "q"]).await;
    check(&said, &["bob changed it, ", "  name: from `` to `Jane of Bob`", "Nothing was saved."]);
    let said = talk(&console, &["3", "1", "b", "q"]).await;
    check(&said, &["jane; name Jane of Bob"]);
}
