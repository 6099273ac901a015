//! What changes because time passes.

use chrono::TimeDelta;
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::{Draft, Settings};
use guestlist::store::invitations;

use super::harness::{Console, alice};

/// An invitation that expires after so many seconds.
async fn expiring(console: &Console, name: &str, seconds: i64) {
    let expires = Some(console.now + TimeDelta::seconds(seconds));
    let draft = Draft { name: name.into(), expires, ..Draft::default() };
    let settings = Settings::check(draft, console.now).unwrap();
    let by = alice();
    let mut tx = console.world.store.begin_write().await.unwrap();
    let id = InvitationId((console.world.new_id)());
    invitations::insert(&mut tx, id, &settings, &by.at(console.now)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_invitation_whose_time_comes_is_shown_as_expired_at_that_moment() {
    let mut console = Console::new().await;
    console.now += TimeDelta::seconds(20);
    expiring(&console, "soon", 2).await;
    console.press("r").await;
    console.sees("active");
    let mut waited = TimeDelta::zero();
    while waited < TimeDelta::seconds(2) {
        let quiet = console.app.quiet_for();
        assert!(quiet <= TimeDelta::milliseconds(1_001), "{quiet}");
        waited += quiet;
        console.wait(quiet).await;
    }
    assert!(waited < TimeDelta::milliseconds(2_100), "{waited}");
    console.sees("expired");
    console.sees_no("active ");
}

#[tokio::test]
async fn nothing_wakes_for_what_is_out_of_sight_or_far_away() {
    let mut console = Console::new().await;
    expiring(&console, "later", 7 * 86_400).await;
    super::lists::fill(&console, 100).await;
    console.press("r").await;
    console.screen();
    assert_eq!(console.app.quiet_for(), TimeDelta::seconds(60));
    expiring(&console, "zz", 30).await;
    console.press("r").await;
    console.screen();
    assert_eq!(console.app.quiet_for(), TimeDelta::seconds(60), "it is below the last row of the screen");
    console.press("G").await;
    console.screen();
    assert!(console.app.quiet_for() <= TimeDelta::seconds(1));
}
