//! Every page: small, complete in itself, readable by machines that read aloud, and deaf to hostile text.

use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::store::Store;
use serde_json::json;

use super::browser::{Browser, CREDENTIALS, DETAILS, Page, attribute};
use super::running::start;
use crate::support::fixture::{invite, making, mapping, optional, prompt, settings, two_pages};
use crate::support::stores::on_both;

const HOSTILE: &str = "\"><script>alert(1)</script>'<b>&amp;\u{1b}[31m\u{202e}";

/// What holds for every page.
fn check(page: &Page) {
    assert!(page.body.len() < 20_000, "{} bytes", page.body.len());
    assert!(page.body.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{page:?}");
    assert!(!page.body.contains("<script"), "{page:?}");
    for tag in page.body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
        let mut words = tag.split_whitespace();
        assert!(!words.any(|word| word.starts_with("on") && word.contains('=')), "a handler: {tag}");
        for link in ["src", "href", "action"] {
            let address = attribute(tag, link);
            let own = address.is_empty()
                || address.starts_with("data:,")
                || address.starts_with('#')
                || address.starts_with("?lang=");
            assert!(own || (address.starts_with('/') && !address.starts_with("//")), "{tag}");
        }
    }
    let ids: Vec<&str> = page.body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for tag in page.inputs() {
        let id = attribute(&format!("id{tag}"), "id").to_owned();
        assert!(page.body.contains(&format!("<label for=\"{id}\">")), "{id} has no label: {page:?}");
        assert_eq!(ids.iter().filter(|other| **other == id).count(), 1, "{id}");
        for described in attribute(tag, "aria-describedby").split_whitespace() {
            assert!(ids.contains(&described), "{described} is missing: {page:?}");
        }
    }
}

on_both! {
    async fn every_page_is_small_and_complete_in_itself(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let opened = browser.get(&server.link("enroll", id)).await;
        let session = opened.cookie().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
        assert!(session.len() > 20, "{session}");
        let first = browser.follow(opened).await;
        let secrets = [id.token(), id.0.simple().to_string(), session.clone()];
        let check = |page: &Page| {
            check(page);
            assert!(secrets.iter().all(|secret| !page.body.contains(secret.as_str())), "{page:?}");
        };
        check(&first);
        for (name, autocomplete, kind) in [("username", "username", "text"), ("password", "new-password", "password"), ("password_repeat", "new-password", "password")] {
            assert_eq!((attribute(first.input(name), "autocomplete"), attribute(first.input(name), "type")), (autocomplete, kind));
        }
        check(&browser.submit(&first, &[]).await);
        let second = browser.go_on(&first, CREDENTIALS).await;
        check(&second);
        assert_eq!((attribute(second.input("name"), "autocomplete"), attribute(second.input("email"), "autocomplete")), ("name", "email"));
        check(&browser.submit(&second, &[("email", "x")]).await);
        let finished = browser.submit(&second, DETAILS).await;
        let signed_in = finished.cookie().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
        let closing = browser.follow(finished).await;
        check(&closing);
        let own = browser.get(&format!("{}/", server.url)).await;
        assert!(!closing.body.contains(&signed_in) && !own.body.contains(&signed_in), "{own:?}");
        for address in [server.link("enroll", id), server.link("none", id), server.flow("none"), server.flow("none") + "?itoken=x", format!("{}/", server.url), format!("{}/none", server.url)] {
            check(&browser.get(&address).await);
        }
    }

    async fn hostile_text_is_shown_and_does_nothing(store: Store) {
        let hostile = |kind, key: &str| Prompt {
            label: HOSTILE.into(),
            placeholder: HOSTILE.into(),
            sub_text: HOSTILE.into(),
            initial_value: HOSTILE.into(),
            field_key: format!("{key}{HOSTILE}"),
            ..optional(key, kind)
        };
        let every = PromptType::NAMES.iter().map(|name| PromptType::parse(name).unwrap());
        let fields = every.map(|kind| hostile(kind, kind.as_str())).collect();
        let mut flow = making("hostile").invitation().page(fields).page(vec![prompt("name", PromptType::Text), prompt("static", PromptType::Static)]).user_write();
        flow.flow.title = HOSTILE.into();
        flow.insert(&store).await;
        let brought = mapping(json!({"name": HOSTILE, "static": {"a": [HOSTILE]}}));
        let id = invite(&store, &Settings { fixed_data: brought, ..settings("welcome") }).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("hostile", id)).await;
        check(&first);
        assert!(!first.heading().contains(['\u{1b}', '\u{202e}']), "{first:?}");
        let again = browser.submit(&first, &[(&format!("text{HOSTILE}"), HOSTILE)]).await;
        check(&again);
        assert_eq!(again.status, 422);
    }

    async fn hints_and_errors_are_bound_to_their_field(store: Store) {
        let hinted = Prompt { sub_text: "As in your passport.".into(), ..prompt("name", PromptType::Text) };
        making("enroll").invitation().page(vec![hinted, optional("email", PromptType::Email)]).insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        check(&first);
        assert_eq!(attribute(first.input("name"), "aria-describedby"), "field-1-hint");
        assert!(first.body.contains("EMAIL <span class=\"optional\">(optional)</span>"), "{first:?}");
        let again = browser.submit(&first, &[("name", "")]).await;
        check(&again);
        assert_eq!(attribute(again.input("name"), "aria-describedby"), "field-1-hint field-1-error");
        assert!(!again.input("email").contains("aria-"));
    }
}
