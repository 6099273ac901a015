//! Links in mails.

use chrono::TimeDelta;
use guestlist::domain::enrollment::{Context, MailLink};
use guestlist::domain::flow::Flow;
use guestlist::domain::id::BindingId;
use guestlist::domain::user::User;
use guestlist::store::{Store, Tx, flows, mail_links, sessions, users};
use serde_json::json;

use crate::support::fixture::{add_user, mapping, noon, read, two_pages, user, write};
use crate::support::stores::on_both;

fn link(number: u8, flow: &Flow, stage: BindingId) -> MailLink {
    MailLink {
        token_hash: vec![number; 32],
        flow: flow.id,
        stage,
        user: None,
        invitation: None,
        recipient: "jane@example.com".into(),
        plan: vec![stage],
        position: 1,
        context: Context { prompt_data: mapping(json!({ "name": "J" })), ..Context::default() },
        created_at: noon() + TimeDelta::minutes(number.into()),
        expires_at: noon() + TimeDelta::minutes(30),
        used_at: None,
    }
}

async fn stage_of(tx: &mut Tx, flow: &Flow) -> BindingId {
    flows::bindings(tx, flow.id).await.unwrap()[0].id
}

on_both! {
    async fn a_link_comes_back_and_is_used_once(store: Store) {
        let flow = two_pages(&store).await;
        write(&store, async |tx, _| {
            let stage = stage_of(tx, &flow).await;
            let it = link(1, &flow, stage);
            mail_links::insert(tx, &it).await.unwrap();
            assert_eq!(mail_links::find(tx, &it.token_hash, noon()).await.unwrap().as_ref(), Some(&it));
            assert!(mail_links::claim(tx, &it.token_hash, noon()).await.unwrap());
            assert!(!mail_links::claim(tx, &it.token_hash, noon()).await.unwrap());
            let used = mail_links::find(tx, &it.token_hash, noon()).await.unwrap().unwrap();
            assert_eq!(used.used_at, Some(noon()));
        })
        .await;
    }

    async fn a_link_that_is_too_old_is_neither_found_nor_used_and_then_forgotten(store: Store) {
        let flow = two_pages(&store).await;
        write(&store, async |tx, _| {
            let stage = stage_of(tx, &flow).await;
            let it = link(1, &flow, stage);
            mail_links::insert(tx, &it).await.unwrap();
            assert_eq!(mail_links::find(tx, &it.token_hash, it.expires_at).await.unwrap(), None);
            assert!(!mail_links::claim(tx, &it.token_hash, it.expires_at).await.unwrap());
            assert_eq!(sessions::forget_ended(tx, it.expires_at).await.unwrap(), 1);
        })
        .await;
    }

    async fn links_are_counted_by_recipient_stage_and_time(store: Store) {
        let flow = two_pages(&store).await;
        write(&store, async |tx, _| {
            let bindings = flows::bindings(tx, flow.id).await.unwrap();
            for number in 1..=3 {
                mail_links::insert(tx, &link(number, &flow, bindings[0].id)).await.unwrap();
            }
            mail_links::insert(tx, &link(4, &flow, bindings[1].id)).await.unwrap();
            let since = noon() + TimeDelta::minutes(1);
            let count = mail_links::count_since(tx, bindings[0].id, "jane@example.com", since).await.unwrap();
            let nobody = mail_links::count_since(tx, bindings[0].id, "joe@example.com", since).await.unwrap();
            assert_eq!((count, nobody), (2, 0));
        })
        .await;
    }

    async fn people_are_found_by_address_and_upn_those_who_may_sign_in_first(store: Store) {
        let gone = User { email: "J@example.com".into(), is_active: false, ..user("gone") };
        let here = User { email: "j@example.com".into(), attributes: mapping(json!({ "upn": "J@corp" })), ..user("here") };
        let bare = user("bare");
        for user in [&gone, &here, &bare] {
            add_user(&store, user).await;
        }
        read(&store, async |tx| {
            let by_address = users::find_by_email(tx, "J@EXAMPLE.com").await.unwrap();
            assert_eq!(by_address.map(|user| user.id), Some(here.id));
            assert_eq!(users::find_by_email(tx, "").await.unwrap(), None);
            assert_eq!(users::find_by_upn(tx, "j@CORP").await.unwrap().map(|user| user.id), Some(here.id));
            assert_eq!(users::find_by_upn(tx, "").await.unwrap(), None);
        })
        .await;
    }

    async fn an_account_is_rewritten_but_not_under_a_name_that_is_taken(store: Store) {
        let (jane, joe) = (user("jane"), user("joe"));
        add_user(&store, &jane).await;
        add_user(&store, &joe).await;
        write(&store, async |tx, act| {
            let new = User { name: "Jane".into(), email: "j@x.de".into(), is_active: false, ..jane.clone() };
            users::rewrite(tx, &new, json!({}), act).await.unwrap();
            assert_eq!(users::find(tx, jane.id).await.unwrap(), Some(new.clone()));
            let taken = User { username: joe.username.clone(), ..new };
            assert!(users::rewrite(tx, &taken, json!({}), act).await.is_err());
        })
        .await;
    }
}
