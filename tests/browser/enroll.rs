//! Somebody enrolls with a browser, by keyboard and labels, as people do.

use fantoccini::{Client, Locator};
use guestlist::store::Store;

use crate::server::running::start;
use crate::support::chromium::Chromium;
use crate::support::fixture::{invite, mapping, settings, two_pages, user_named, uses};
use crate::support::stores::on_both;

/// Types into the field that a label names.
async fn fill(client: &Client, label: &str, text: &str) {
    let xpath = format!("//input[@id = //label[normalize-space(text()) = '{label}']/@for]");
    let field = client.find(Locator::XPath(&xpath)).await.unwrap_or_else(|why| panic!("{label}: {why}"));
    field.clear().await.unwrap();
    field.send_keys(text).await.unwrap();
}

async fn press(client: &Client) {
    client.find(Locator::Css("button[type=submit]")).await.unwrap().click().await.unwrap();
}

/// Waits for a page by its heading's text.
async fn wait_for(client: &Client, text: &str) {
    let xpath = format!("//*[contains(normalize-space(.), '{text}')]");
    client.wait().for_element(Locator::XPath(&xpath)).await.unwrap_or_else(|why| panic!("{text}: {why}"));
}

on_both! {
    async fn somebody_enrolls_with_a_browser(store: Store) {
        let Some(chromium) = Chromium::start().await else { return };
        let client = &chromium.client;
        two_pages(&store).await;
        let mut wanted = settings("welcome");
        wanted.fixed_data = mapping(serde_json::json!({ "email": "jane@example.com" }));
        let id = invite(&store, &wanted).await;
        let server = start(&store).await;

        client.goto(&server.link("enroll", id)).await.unwrap();
        wait_for(client, "Step 1 of 2").await;
        assert!(!client.current_url().await.unwrap().as_str().contains(&id.token()));
        chromium.check_narrow().await;
        fill(client, "USERNAME", "jane").await;
        fill(client, "PASSWORD", "s3cret").await;
        fill(client, "PASSWORD_REPEAT", "different").await;
        press(client).await;
        wait_for(client, "The two passwords are not the same").await;
        chromium.check_narrow().await;
        fill(client, "PASSWORD", "s3cret").await;
        fill(client, "PASSWORD_REPEAT", "s3cret").await;
        press(client).await;

        wait_for(client, "Step 2 of 2").await;
        let email = client.find(Locator::Css("input[name=email]")).await.unwrap();
        assert_eq!(email.prop("value").await.unwrap().as_deref(), Some("jane@example.com"));
        fill(client, "NAME", "Jane Doe").await;
        press(client).await;
        wait_for(client, "You are all set").await;

        let jane = user_named(&store, "jane").await.unwrap();
        assert_eq!((jane.user.name.as_str(), jane.user.email.as_str()), ("Jane Doe", "jane@example.com"));
        assert_eq!(uses(&store, id).await, 1);
        client.goto(&server.link("enroll", id)).await.unwrap();
        wait_for(client, "This invitation has already been used").await;
    }
}
