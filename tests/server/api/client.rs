//! A scripted client: one address, cookies, JSON; it follows a 302 with a GET.

use guestlist::domain::id::InvitationId;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::server::browser::{Page, page};
use crate::server::running::Running;
use crate::support::http::visitor;

/// A client at one flow.
pub struct Api {
    /// Its network.
    pub client: Client,
    /// The address that it asks again and again.
    pub url: String,
}

/// The address of a flow's executor, with the page's query.
pub fn address(server: &Running, slug: &str, query: &str) -> String {
    let executor = format!("{}/api/v3/flows/executor/{slug}/", server.url);
    let query: String = query
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    format!("{executor}?query={query}")
}

impl Api {
    /// A client with an invitation to the flow `enroll`.
    pub fn invited(server: &Running, id: InvitationId) -> Api {
        Api::at(server, "enroll", &format!("itoken={}", id.token()))
    }

    /// A client at a flow, with the page's query.
    pub fn at(server: &Running, slug: &str, query: &str) -> Api {
        Api { client: visitor(), url: address(server, slug, query) }
    }

    /// The same client at another address.
    pub fn moved(&self, url: String) -> Api {
        Api { client: self.client.clone(), url }
    }

    /// Asks for the challenge.
    pub async fn get(&self) -> Page {
        page(self.client.get(&self.url)).await
    }

    /// A POST without a body.
    pub fn request(&self) -> RequestBuilder {
        self.client.post(&self.url)
    }

    /// Answers.
    pub async fn post(&self, body: Value) -> Page {
        page(self.request().json(&body)).await
    }

    /// Goes on until there is a challenge.
    pub async fn follow(&self, mut from: Page) -> Value {
        for _ in 0..5 {
            if from.status != 302 {
                return from.challenge();
            }
            assert!(self.url.ends_with(from.location()), "{from:?}");
            from = self.get().await;
        }
        panic!("led round and round: {from:?}");
    }

    /// The challenge that waits.
    pub async fn challenge(&self) -> Value {
        self.follow(self.get().await).await
    }

    /// Answers; the next challenge.
    pub async fn answer(&self, body: Value) -> Value {
        self.follow(self.post(body).await).await
    }
}

impl Page {
    /// The challenge in an answer.
    pub fn challenge(&self) -> Value {
        assert_eq!(
            (self.status.as_u16(), self.headers["content-type"].to_str().unwrap()),
            (200, "application/json"),
            "{self:?}"
        );
        serde_json::from_str(&self.body).unwrap()
    }

    /// The cookie of that name that was set, with its attributes.
    pub fn cookie_named(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        set.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned).next()
    }
}

/// What the first page of [`two_pages`](crate::support::fixture::two_pages) is answered with.
pub fn credentials() -> Value {
    json!({ "component": "ak-stage-prompt", "username": "jane", "password": "s3cret", "password_repeat": "s3cret" })
}

/// What its second page is answered with.
pub fn details() -> Value {
    json!({ "component": "ak-stage-prompt", "name": "Jane Doe", "email": "jane@example.com" })
}

/// The keys of the fields that a challenge asks.
pub fn keys(challenge: &Value) -> Vec<&str> {
    assert_eq!(challenge["component"], "ak-stage-prompt", "{challenge}");
    challenge["fields"].as_array().unwrap().iter().map(|field| field["field_key"].as_str().unwrap()).collect()
}

/// The text with which access is denied.
pub fn denied(challenge: &Value) -> &str {
    assert_eq!(challenge["component"], "ak-stage-access-denied", "{challenge}");
    challenge["error_message"].as_str().unwrap()
}
