//! Changing one's own account: settings and passwords.

use guestlist::domain::flow::{Authentication, Designation, Flow};
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{OtherModel, StageKind, UserCreationMode, UserWriteStage};
use guestlist::domain::user::User;
use guestlist::executor::{Answered, Opened, Refusal, View};
use guestlist::secret::Hasher;
use guestlist::store::{Store, sessions, users};
use serde_json::{Value, json};

use super::identity::{asks_password, jane};
use super::visitor::{Visitor, again, shown};
use crate::support::fixture::{QUICK, add_user, making, optional, prompt, read, user, user_count, write};
use crate::support::stores::on_both;

fn changes() -> StageKind {
    StageKind::UserWrite(UserWriteStage {
        user_creation_mode: UserCreationMode::NeverCreate,
        ..UserWriteStage::default()
    })
}

/// A flow in which people change their own account.
async fn settings_flow(store: &Store) -> Flow {
    let mut flow = making("settings")
        .to(Designation::StageConfiguration)
        .page(vec![
            optional("username", PromptType::Username),
            optional("name", PromptType::Text),
            optional("attributes.phone", PromptType::Text),
        ])
        .stage(changes());
    flow.flow.authentication = Authentication::RequireAuthenticated;
    flow.insert(store).await
}

/// A browser in which somebody has signed in.
async fn signed_in(store: &Store, name: &str) -> Visitor {
    making(&format!("in-{name}"))
        .to(Designation::Authentication)
        .other(OtherModel::Identification, json!({ "user_fields": ["username"] }))
        .login()
        .insert(store)
        .await;
    let mut visitor = Visitor::new(store, &format!("in-{name}"));
    visitor.begin(None).await;
    visitor.go_on(&[("uid_field", name)]).await;
    visitor
}

async fn now(store: &Store, user: &User) -> User {
    read(store, async |tx| users::find(tx, user.id).await.unwrap().unwrap()).await
}

on_both! {
    async fn somebody_changes_their_own_account_and_what_is_not_asked_stays(store: Store) {
        let known = jane(&store).await;
        settings_flow(&store).await;
        let mut visitor = signed_in(&store, "jane").await;
        visitor.slug = "settings".into();
        assert_eq!(visitor.begin(None).await, Opened::Begun { fresh: false });
        visitor.go_on(&[("username", "JANE"), ("name", "Jane Doe"), ("attributes.phone", "1")]).await;
        let changed = now(&store, &known).await;
        assert_eq!((changed.username.as_str(), changed.name.as_str()), ("JANE", "Jane Doe"), "one's own name is free");
        assert_eq!(Value::Object(changed.attributes), json!({ "upn": "jane@corp", "phone": "1" }));
        assert_eq!((changed.email, changed.password, changed.kind), (known.email, known.password, known.kind));
        assert_eq!(user_count(&store).await, 1);
    }

    async fn somebody_else_s_name_is_taken_and_said_so_at_the_field(store: Store) {
        jane(&store).await;
        add_user(&store, &user("joe")).await;
        settings_flow(&store).await;
        let mut visitor = signed_in(&store, "jane").await;
        visitor.slug = "settings".into();
        visitor.begin(None).await;
        let answered = again(visitor.post(&[("username", "Joe"), ("name", "J")]).await);
        assert!(!shown(&answered)[0].2.is_empty(), "{answered:?}");
    }

    async fn nobody_goes_on_with_the_settings_of_who_has_left(store: Store) {
        let known = jane(&store).await;
        settings_flow(&store).await;
        let mut visitor = signed_in(&store, "jane").await;
        visitor.slug = "settings".into();
        visitor.begin(None).await;
        let stage = visitor.questions().await.stage;
        write(&store, async |tx, _| {
            let session = sessions::find(tx, visitor.session(), visitor.now).await.unwrap().unwrap();
            let out = guestlist::domain::enrollment::Session { user: None, ..session };
            sessions::rotate(tx, visitor.session(), &out).await.unwrap();
        })
        .await;
        let refused = visitor.post_to(stage, &[("username", "evil"), ("name", "Evil")]).await;
        assert_eq!(refused, Answered::Refused(Refusal::SignInNeeded));
        assert_eq!(visitor.look().await, View::Refused(Refusal::SignInNeeded));
        assert_eq!(now(&store, &known).await.username.as_str(), "Jane");
    }

    async fn a_new_password_counts_and_ends_the_other_sessions(store: Store) {
        let known = jane(&store).await;
        let mut flow = making("password")
            .to(Designation::StageConfiguration)
            .other(OtherModel::Password, asks_password())
            .page(vec![prompt("password", PromptType::Password), prompt("password_repeat", PromptType::Password)])
            .stage(changes());
        flow.flow.authentication = Authentication::RequireAuthenticated;
        flow.insert(&store).await;
        let mut here = signed_in(&store, "jane").await;
        let mut there = Visitor::new(&store, "in-jane");
        there.begin(None).await;
        there.go_on(&[("uid_field", "jane")]).await;
        here.slug = "password".into();
        here.begin(None).await;
        here.go_on(&[("password", "s3cret")]).await;
        here.go_on(&[("password", "n3w"), ("password_repeat", "n3w")]).await;
        let hash = now(&store, &known).await.password.unwrap();
        assert!(Hasher::new(QUICK).unwrap().matches("n3w".into(), hash).await.unwrap());
        let alive = async |visitor: &Visitor| {
            read(&store, async |tx| sessions::find(tx, visitor.session(), visitor.now).await.unwrap()).await.is_some()
        };
        assert_eq!((alive(&here).await, alive(&there).await), (true, false));
    }

    async fn who_deactivates_their_own_account_is_signed_out_everywhere_for_good(store: Store) {
        let known = jane(&store).await;
        let mut flow = making("leave")
            .to(Designation::StageConfiguration)
            .page(vec![optional("is_active", PromptType::Checkbox)])
            .stage(changes());
        flow.flow.authentication = Authentication::RequireAuthenticated;
        flow.insert(&store).await;
        let mut here = signed_in(&store, "jane").await;
        let mut there = Visitor::new(&store, "in-jane");
        there.begin(None).await;
        there.go_on(&[("uid_field", "jane")]).await;
        here.slug = "leave".into();
        here.begin(None).await;
        here.go_on(&[]).await;
        assert!(!now(&store, &known).await.is_active);
        write(&store, async |tx, act| users::set_active(tx, known.id, true, act).await.unwrap()).await;
        let user = async |visitor: &Visitor| {
            read(&store, async |tx| sessions::find(tx, visitor.session(), visitor.now).await.unwrap()).await.map(|it| it.user)
        };
        assert_eq!((user(&here).await, user(&there).await), (Some(None), None));
    }

    async fn who_is_nobody_changes_nothing(store: Store) {
        settings_flow(&store).await;
        let mut visitor = Visitor::new(&store, "settings");
        visitor.begin(None).await;
        assert_eq!(visitor.look().await, View::Refused(Refusal::SignInNeeded));
        making("free").to(Designation::StageConfiguration).page(vec![prompt("name", PromptType::Text)]).stage(changes()).insert(&store).await;
        let mut visitor = Visitor::new(&store, "free");
        visitor.begin(None).await;
        let answered = visitor.post(&[("name", "x")]).await;
        assert!(matches!(answered, Answered::Refused(Refusal::Misconfigured(_))), "{answered:?}");
    }
}
