//! No page keeps anybody out: axe-core finds nothing, in light and in dark, and nothing is wider than a small phone.

use fantoccini::Client;
use fantoccini::elements::Element;
use fantoccini::{Locator, wd::TimeoutConfiguration};
use guestlist::domain::flow::Designation;
use guestlist::domain::invitation::Settings;
use guestlist::domain::policy::PolicyModel;
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::domain::stage::{OtherModel, StageKind, UserLoginStage};
use guestlist::domain::when::Span;
use guestlist::store::Store;
use serde_json::json;

use crate::server::running::{Running, start};
use crate::support::chromium::Chromium;
use crate::support::fixture::{invite, making, mapping, policy, prompt, settings};
use crate::support::requires::{Part, missing};
use crate::support::stores::on_both;

/// The script; none where its path is not given, and then the test is skipped.
fn axe() -> Option<String> {
    let path = std::env::var_os("GUESTLIST_TEST_AXE");
    let script = path.and_then(|path| std::fs::read_to_string(path).ok());
    if script.is_none() {
        missing(Part::Axe, "GUESTLIST_TEST_AXE names no file with axe-core");
    }
    script
}

/// Fails with everything that axe-core finds on the page, and where.
async fn check(chromium: &Chromium, axe: &str) {
    let client = &chromium.client;
    client.execute(axe, vec![]).await.unwrap();
    let run = "const done = arguments[arguments.length - 1]; \
               axe.run().then(found => done(found.violations.flatMap(rule => \
               rule.nodes.map(node => `${rule.id}: ${node.html} ${node.failureSummary}`))), error => done([String(error)]));";
    let found = client.execute_async(run, vec![]).await.unwrap();
    let title = client.title().await.unwrap();
    assert_eq!(found, json!([]), "{title}");
    chromium.check_narrow().await;
}

async fn press(client: &Client) {
    let button: Element = client.find(Locator::Css("button[type=submit]")).await.unwrap();
    button.click().await.unwrap();
}

/// A page with a prompt of every type, with everything that a prompt can have.
async fn every_type(store: &Store) -> (Running, String) {
    let each = PromptType::NAMES.iter().map(|name| PromptType::parse(name).unwrap());
    let full = each.map(|kind| Prompt {
        label: format!("Question of type {kind}, which is asked at some length"),
        placeholder: "For example".into(),
        sub_text: "As in your <b>passport</b>, see <a href=\"https://example.com\">there</a>.".into(),
        initial_value: if kind == PromptType::Static {
            "<h2>Read</h2><ul><li>this</li></ul>".into()
        } else {
            String::new()
        },
        ..prompt(&format!("attributes.{kind}"), kind)
    });
    making("enroll").invitation().page(full.collect()).details().user_write().insert(store).await;
    let choices = json!(["One", {"label": "Two", "value": 2}]);
    let fixed_data =
        mapping(json!({ "attributes.dropdown__choices": choices, "attributes.radio-button-group__choices": choices }));
    let id = invite(store, &Settings { fixed_data, ..settings("welcome") }).await;
    let server = start(store).await;
    let link = server.link("enroll", id);
    (server, link)
}

/// A flow to enroll by invitation and one to sign in, with stages of every kind that has a page.
async fn other_stages(store: &Store) {
    let rule = json!({ "length_min": 8, "amount_digits": 1, "check_zxcvbn": true });
    let strong = policy(store, "strong", PolicyModel::Password, rule).await;
    let account = vec![
        prompt("username", PromptType::Username),
        prompt("email", PromptType::Email),
        prompt("password", PromptType::Password),
    ];
    let stay = UserLoginStage { remember_me_offset: Span(3600), ..UserLoginStage::default() };
    making("enroll")
        .invitation()
        .checked(account, vec![strong])
        .other(OtherModel::Consent, json!({}))
        .other(OtherModel::Dummy, json!({}))
        .user_write()
        .other(OtherModel::Email, json!({}))
        .insert(store)
        .await;
    making("sign-in")
        .to(Designation::Authentication)
        .other(OtherModel::Identification, json!({ "user_fields": ["email", "username"] }))
        .other(OtherModel::Password, json!({ "backends": ["authentik.core.auth.InbuiltBackend"] }))
        .stage(StageKind::UserLogin(stay))
        .insert(store)
        .await;
}

on_both! {
    async fn nothing_on_any_page_keeps_anybody_out(store: Store) {
        let (Some(axe), Some(chromium)) = (axe(), Chromium::start().await) else { return };
        let client = &chromium.client;
        let patient = TimeoutConfiguration::new(Some(std::time::Duration::from_mins(1)), None, None);
        client.update_timeouts(patient).await.unwrap();
        let (server, link) = every_type(&store).await;
        for address in [format!("{}/", server.url), server.flow("none"), server.flow("enroll"), link] {
            client.goto(&address).await.unwrap();
            check(&chromium, &axe).await;
            client.goto(&format!("{}?lang=de", client.current_url().await.unwrap())).await.unwrap();
            check(&chromium, &axe).await;
            client.goto(&format!("{}?lang=en", server.flow("enroll"))).await.unwrap();
        }
        // The browser would not send it so.
        client.execute("document.querySelector('form').noValidate = true", vec![]).await.unwrap();
        press(client).await;
        client.wait().for_element(Locator::Id("summary")).await.unwrap();
        let focused = client.execute("return document.activeElement.id", vec![]).await.unwrap();
        assert_eq!(focused, json!("summary"), "what is wrong is read first");
        check(&chromium, &axe).await;
    }

    async fn the_pages_of_the_other_stages_keep_nobody_out(store: Store) {
        let (Some(axe), Some(chromium)) = (axe(), Chromium::start().await) else { return };
        let client = &chromium.client;
        let patient = TimeoutConfiguration::new(Some(std::time::Duration::from_mins(1)), None, None);
        client.update_timeouts(patient).await.unwrap();
        other_stages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let fill = async |selector: &str, text: &str| {
            client.find(Locator::Css(selector)).await.unwrap().send_keys(text).await.unwrap();
        };
        client.goto(&server.link("enroll", id)).await.unwrap();
        check(&chromium, &axe).await;
        fill("[name=username]", "jane").await;
        fill("[name=email]", "jane@example.com").await;
        fill("[name=password]", "short").await;
        press(client).await;
        client.wait().for_element(Locator::Id("summary")).await.unwrap();
        check(&chromium, &axe).await;
        fill("[name=password]", "gravel-mutton-oblique-7").await;
        press(client).await;
        // Consent, the dummy's name, the mail that was sent.
        for step in 2..=4 {
            client.wait().for_element(Locator::Css(&format!("progress[value='{step}']"))).await.unwrap();
            check(&chromium, &axe).await;
            if step < 4 {
                press(client).await;
            }
        }
        client.goto(&server.link("enroll", id)).await.unwrap();
        check(&chromium, &axe).await;
        client.goto(&server.flow("sign-in")).await.unwrap();
        check(&chromium, &axe).await;
        fill("[name=uid_field]", "jane").await;
        press(client).await;
        client.wait().for_element(Locator::Css("[name=password]")).await.unwrap();
        check(&chromium, &axe).await;
        fill("[name=password]", "wrong").await;
        press(client).await;
        client.wait().for_element(Locator::Id("summary")).await.unwrap();
        check(&chromium, &axe).await;
        fill("[name=password]", "gravel-mutton-oblique-7").await;
        press(client).await;
        client.wait().for_element(Locator::Css("[name=remember_me]")).await.unwrap();
        check(&chromium, &axe).await;
        press(client).await;
        client.wait().for_element(Locator::Css("main > p")).await.unwrap();
        check(&chromium, &axe).await;
        client.goto(&format!("{}/", server.url)).await.unwrap();
        check(&chromium, &axe).await;
    }
}
