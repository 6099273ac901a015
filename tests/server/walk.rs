//! The way of somebody who was invited.

use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::PromptType;
use guestlist::store::{Store, invitations};
use serde_json::json;

use super::browser::{Browser, CREDENTIALS, DETAILS, page};
use super::running::{start, start_with};
use crate::support::fixture::{
    add_user, invite, making, mapping, prompt, read, settings, two_pages, use_rows, user, user_count, user_named, uses,
};
use crate::support::stores::on_both;

on_both! {
    async fn a_link_leads_through_the_pages_to_an_account(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { fixed_data: mapping(json!({"email": "brought@example.com"})), ..settings("welcome") }).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let opened = browser.get(&server.link("enroll", id)).await;
        assert_eq!((opened.status.as_u16(), opened.location()), (303, "/if/flow/enroll/"));
        let cookie = opened.cookie().unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        let first = browser.follow(opened).await;
        first.check_calm(200);
        assert!(first.body.contains("Step 1 of 2"), "{first:?}");
        assert_eq!(user_count(&store).await, 0);
        let second = browser.go_on(&first, CREDENTIALS).await;
        assert!(second.body.contains("Step 2 of 2"), "{second:?}");
        assert_eq!(second.value("email"), "brought@example.com");
        let finished = browser.submit(&second, DETAILS).await;
        let rotated = finished.cookie().unwrap().to_owned();
        let closing = browser.follow(finished).await;
        closing.check_calm(200);
        closing.check_no_form();
        assert!(closing.body.contains("signed in as jane"), "{closing:?}");
        for shown in [&first, &second, &closing] {
            assert!(!shown.body.contains(&id.token()), "{shown:?}");
        }
        assert!(!rotated.is_empty());
        let jane = user_named(&store, "jane").await.unwrap().user;
        assert_eq!((jane.name.as_str(), jane.email.as_str()), ("Jane Doe", "jane@example.com"));
        assert_eq!(use_rows(&store, id).await[0].address, "127.0.0.1");
        for other in [browser.clone(), Browser::new(&server)] {
            let again = other.get(&server.link("enroll", id)).await;
            again.check_calm(410);
            again.check_no_form();
            assert!(!again.body.contains("brought@example.com"));
        }
    }

    async fn a_taken_user_name_comes_back_with_what_was_typed_and_never_a_password(store: Store) {
        making("enroll")
            .invitation()
            .page(vec![
                prompt("username", PromptType::Username),
                prompt("name", PromptType::Text),
                prompt("password", PromptType::Password),
            ])
            .user_write()
            .insert(&store)
            .await;
        add_user(&store, &user("jane")).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let typed = [("username", "JANE"), ("name", "Jane \"Doe\" <x>"), ("password", "hunter22")];
        let again = browser.submit(&first, &typed).await;
        again.check_calm(409);
        assert_eq!((again.value("username"), again.value("name"), again.value("password")), ("JANE", "Jane &#34;Doe&#34; &#60;x&#62;", ""));
        assert!(again.input("username").contains("aria-invalid=\"true\""));
        assert!(!again.body.contains("hunter22"));
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 1));
        browser.go_on(&again, &[("username", "jane2"), ("name", "Jane"), ("password", "x")]).await;
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn what_is_wrong_is_told_with_a_status_that_says_so(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let again = browser.submit(&first, &[("username", ""), ("password", "hunter22"), ("password_repeat", "hunter23")]).await;
        again.check_calm(422);
        assert!(again.body.contains("<title>Error: "), "{again:?}");
        assert!(!again.body.contains("hunter2"));
        let again = browser.submit(&again, &[("username", "a\u{1b}[31m"), ("password", "x"), ("password_repeat", "x")]).await;
        again.check_calm(422);
        let again = browser.submit(&again, &[("username", &"x".repeat(10_000)), ("password", "x"), ("password_repeat", "x")]).await;
        assert_eq!(again.status, 422);
        assert_eq!(user_count(&store).await, 0);
    }

    async fn a_form_posted_twice_is_harmless(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        let late = browser.submit(&first, &[("username", "other"), ("password", "x"), ("password_repeat", "x")]).await;
        assert!(browser.follow(late).await.body.contains("Step 2 of 2"));
        browser.go_on(&second, DETAILS).await;
        assert_eq!((uses(&store, id).await, user_count(&store).await), (1, 1));
        assert!(user_named(&store, "jane").await.is_some());
    }

    async fn looking_a_hundred_times_spends_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let scanner = Browser::new(&server);
        for _ in 0..50 {
            assert_eq!(page(scanner.client.head(server.link("enroll", id))).await.status, 303);
            assert_eq!(Browser::new(&server).get(&server.link("enroll", id)).await.status, 303);
        }
        let it = read(&store, async |tx| invitations::get(tx, id).await.unwrap()).await;
        assert_eq!((it.uses, it.opens), (0, 50));
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        browser.go_on(&second, DETAILS).await;
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn an_address_that_a_client_makes_up_is_not_believed(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        let direct = start(&store).await;
        let behind_proxy = start_with(&store, "http://127.0.0.1:9000", vec!["127.0.0.1".parse().unwrap()]).await;
        for (server, name) in [(direct, "joe"), (behind_proxy, "jane")] {
            let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
            let second = browser.go_on(&first, &[("username", name), ("password", "x"), ("password_repeat", "x")]).await;
            page(browser.form(&second, DETAILS).header("x-forwarded-for", "6.6.6.6, 198.51.100.7")).await;
        }
        let rows = use_rows(&store, id).await;
        let told: Vec<_> = rows.iter().map(|row| (row.username.as_str(), row.address.as_str())).collect();
        assert_eq!(told, [("jane", "198.51.100.7"), ("joe", "127.0.0.1")]);
    }

    async fn a_flow_that_is_open_to_everybody_begins_at_its_address(store: Store) {
        making("open").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("open")).await;
        first.check_calm(200);
        let closing = browser.go_on(&first, CREDENTIALS).await;
        assert!(closing.body.contains("jane"));
        assert_eq!(user_count(&store).await, 1);
    }
}
