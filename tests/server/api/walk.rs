//! The enrollment in two stages, request by request.

use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::PromptType;
use guestlist::store::Store;
use serde_json::{Value, json};

use super::client::{Api, credentials, details, keys};
use crate::server::running::{start, start_as};
use crate::support::fixture::{
    invite, making, mapping, optional, prompt, settings, two_pages, use_rows, user_count, user_named, uses,
};
use crate::support::stores::on_both;

on_both! {
    async fn a_client_of_authentik_enrolls_by_the_same_answers(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { fixed_data: mapping(json!({ "email": "brought@example.com" })), ..settings("welcome") }).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        let here = api.url.strip_prefix(&server.url).unwrap().to_owned();
        let opened = api.get().await;
        assert_eq!((opened.status.as_u16(), opened.location()), (302, here.as_str()));
        let cookie = opened.cookie_named("authentik_session").unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        assert!(opened.cookie_named("guestlist_session").is_none() && opened.cookie_named("authentik_csrf").is_none());
        let first = api.get().await;
        assert!(first.cookie().is_none(), "{first:?}");
        let first = first.challenge();
        assert_eq!(keys(&first), ["username", "password", "password_repeat"]);
        assert_eq!(first["flow_info"], json!({
            "title": "Welcome", "background": "", "background_themed_urls": null, "cancel_url": "/flows/-/cancel/", "layout": "stacked",
        }));
        assert!(first.get("response_errors").is_none(), "{first}");
        let answered = api.post(credentials()).await;
        assert_eq!((answered.status.as_u16(), answered.location()), (302, here.as_str()));
        let second = api.get().await.challenge();
        assert_eq!(second["fields"][1], json!({
            "field_key": "email", "label": "EMAIL", "type": "email", "required": true, "placeholder": "",
            "initial_value": "brought@example.com", "order": 1, "sub_text": "", "choices": null,
        }));
        assert_eq!((user_count(&store).await, uses(&store, id).await), (0, 0));
        let answered = api.post(details()).await;
        assert_eq!((answered.status.as_u16(), answered.location()), (302, here.as_str()));
        let rotated = answered.cookie_named("authentik_session").unwrap();
        assert_ne!(rotated, cookie, "who is signed in has a new token");
        let csrf = answered.cookie_named("authentik_csrf").unwrap();
        assert!(csrf.ends_with("; Path=/; SameSite=Lax"), "{csrf}");
        for _ in 0..2 {
            assert_eq!(api.get().await.challenge(), json!({ "component": "xak-flow-redirect", "to": "/" }));
        }
        let jane = user_named(&store, "jane").await.unwrap().user;
        assert_eq!((jane.name.as_str(), jane.email.as_str()), ("Jane Doe", "jane@example.com"));
        assert_eq!(use_rows(&store, id).await.len(), 1);
    }

    async fn a_client_that_follows_redirects_by_itself_needs_three_calls(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let client = reqwest::Client::builder().cookie_store(true).no_proxy().build().unwrap();
        let url = Api::invited(&server, id).url;
        let read = async |request: reqwest::RequestBuilder| request.send().await.unwrap().json::<Value>().await.unwrap();
        assert_eq!(keys(&read(client.get(&url)).await)[0], "username");
        assert_eq!(keys(&read(client.post(&url).json(&credentials())).await)[0], "name");
        assert_eq!(read(client.post(&url).json(&details())).await["component"], "xak-flow-redirect");
        assert_eq!(uses(&store, id).await, 1);
    }

    async fn a_flow_that_asks_at_once_is_answered_at_once(store: Store) {
        making("enroll").credentials().details().user_write().insert(&store).await;
        let server = start(&store).await;
        let api = Api::at(&server, "enroll", "");
        let first = api.get().await;
        assert!(first.cookie_named("authentik_session").is_some());
        assert_eq!(keys(&first.challenge())[0], "username");
        api.answer(credentials()).await;
        let end = api.post(details()).await;
        assert!(end.cookie_named("authentik_csrf").is_none(), "nobody was signed in");
        assert_eq!(api.follow(end).await, json!({ "component": "xak-flow-redirect", "to": "/" }));
        assert!(user_named(&store, "jane").await.is_some());
    }

    async fn an_answer_that_comes_first_begins_the_flow_and_is_dropped(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        let begun = api.post(credentials()).await;
        assert_eq!(begun.status, 302);
        assert!(begun.cookie_named("authentik_session").is_some());
        assert_eq!(keys(&api.get().await.challenge())[0], "username");
    }

    async fn the_component_may_be_wrong_and_other_keys_do_not_count(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        let mut body = credentials();
        body["component"] = json!(["ak-stage-captcha"]);
        body["is_superuser"] = json!(true);
        body["attributes"] = json!({ "admin": true });
        assert_eq!(keys(&api.answer(body).await)[0], "name");
        let mut body = details();
        body.as_object_mut().unwrap().remove("component");
        body["path"] = json!("admins");
        api.answer(body).await;
        let jane = user_named(&store, "jane").await.unwrap().user;
        assert_eq!((jane.path.as_str(), jane.attributes.len()), ("users", 0));
    }

    async fn answers_in_the_types_of_json_are_kept_in_the_types_of_the_prompts(store: Store) {
        making("enroll")
            .page(vec![
                prompt("username", PromptType::Username),
                prompt("attributes.age", PromptType::Number),
                prompt("attributes.desk", PromptType::Text),
                optional("attributes.news", PromptType::Checkbox),
                optional("attributes.spam", PromptType::Checkbox),
            ])
            .user_write()
            .insert(&store)
            .await;
        let server = start(&store).await;
        let api = Api::at(&server, "enroll", "");
        api.challenge().await;
        let body = json!({ "username": 1234, "attributes.age": 42, "attributes.desk": 7.5, "attributes.news": true, "attributes.spam": "false" });
        assert_eq!(api.answer(body).await["component"], "xak-flow-redirect");
        let made = user_named(&store, "1234").await.unwrap().user;
        assert_eq!(made.attributes, mapping(json!({ "age": 42, "desk": "7.5", "news": true, "spam": false })));
    }

    async fn a_public_address_with_a_path_is_kept_and_https_is_told_to_cookies(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start_as(&store, "https://id.example.com/guests").await;
        let api = Api::invited(&server, id);
        let opened = api.get().await;
        assert!(opened.location().starts_with("/guests/api/v3/flows/executor/enroll/?query="), "{opened:?}");
        let cookie = opened.cookie_named("authentik_session").unwrap();
        assert!(cookie.ends_with("; Path=/guests; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        // The test's own client speaks http, so that the cookie is carried by hand.
        let cookie = format!("authentik_session={}", cookie.split(';').next().unwrap());
        let shown = crate::server::browser::page(api.client.get(&api.url).header("cookie", cookie)).await.challenge();
        assert_eq!(shown["flow_info"]["cancel_url"], "/guests/flows/-/cancel/");
    }
}
