//! A browser without JavaScript: keeps cookies, reads forms out of pages, follows redirects one by one.

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, RequestBuilder, StatusCode};

use super::running::Running;
use crate::support::http::visitor;

/// A browser.
#[derive(Clone)]
pub struct Browser {
    /// Its network.
    pub client: Client,
    /// Where addresses without a host lead.
    pub origin: String,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

/// What the pages of [`two_pages`](crate::support::fixture::two_pages) are answered with.
pub const CREDENTIALS: &[(&str, &str)] = &[("username", "jane"), ("password", "s3cret"), ("password_repeat", "s3cret")];
/// See [`CREDENTIALS`].
pub const DETAILS: &[(&str, &str)] = &[("name", "Jane Doe"), ("email", "jane@example.com")];

/// Reads an answer; whatever it is, it is no fault of ours and has the headers that every answer has.
pub async fn page(request: RequestBuilder) -> Page {
    let page = unchecked(request).await;
    assert!(!page.status.is_server_error(), "{page:?}");
    page
}

/// Reads an answer.
pub async fn unchecked(request: RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let page = Page { status, headers, body: response.text().await.unwrap() };
    page.check_headers();
    page
}

impl Browser {
    /// A new browser, used for one server.
    pub fn new(server: &Running) -> Browser {
        let origin = server.url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        Browser { client: visitor(), origin }
    }

    /// A new browser that has opened a link and stands at the first page.
    pub async fn at(server: &Running, link: &str) -> (Browser, Page) {
        let browser = Browser::new(server);
        let page = browser.follow(browser.get(link).await).await;
        assert_eq!(page.status, 200, "{page:?}");
        (browser, page)
    }

    /// Opens an address.
    pub async fn get(&self, url: &str) -> Page {
        page(self.client.get(url)).await
    }

    /// Follows a redirect.
    pub async fn follow(&self, from: Page) -> Page {
        self.get(&self.target(&from)).await
    }

    /// Where a redirect leads.
    pub fn target(&self, from: &Page) -> String {
        assert_eq!(from.status, 303, "{from:?}");
        format!("{}{}", self.origin, from.location())
    }

    /// Fills in the form of a page and sends it.
    pub async fn submit(&self, shown: &Page, answers: &[(&str, &str)]) -> Page {
        page(self.form(shown, answers)).await
    }

    /// The request that sends the form of a page.
    pub fn form(&self, shown: &Page, answers: &[(&str, &str)]) -> RequestBuilder {
        let mut fields = shown.hidden();
        fields.extend(answers.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        self.client.post(format!("{}{}", self.origin, shown.action())).form(&fields)
    }

    /// Fills in the form of a page rightly; the next page.
    pub async fn go_on(&self, shown: &Page, answers: &[(&str, &str)]) -> Page {
        let answer = self.submit(shown, answers).await;
        let next = self.follow(answer).await;
        assert_eq!(next.status, 200, "{next:?}");
        next
    }
}

impl Page {
    /// The headers that every answer carries.
    fn check_headers(&self) {
        let is = |name: &str, value: &str| {
            let there = self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert!(there.contains(value), "{name}: {there} in {self:?}");
        };
        is("content-security-policy", "default-src 'none'");
        is("content-security-policy", "frame-ancestors 'none'");
        is("referrer-policy", "no-referrer");
        is("x-content-type-options", "nosniff");
        is("x-frame-options", "DENY");
        let style = self.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/css"));
        is("cache-control", if style { "immutable" } else { "no-store" });
    }

    /// Checks that this is one of our pages and says something: neither blank nor a bare line of text.
    pub fn check_calm(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert!(!self.heading().is_empty(), "{self:?}");
        assert!(self.body.len() < 20_000, "{} bytes", self.body.len());
        assert!(self.headers[CONTENT_TYPE].as_bytes().starts_with(b"text/html"), "{self:?}");
    }

    /// Checks that nothing can be filled in here.
    pub fn check_no_form(&self) {
        assert!(!self.body.contains("<input id"), "{self:?}");
    }

    /// The heading.
    pub fn heading(&self) -> &str {
        between(&self.body, "<h1>", "</h1>").unwrap_or_default()
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }

    /// Where the form is sent.
    pub fn action(&self) -> &str {
        between(&self.body, "<form method=\"post\" action=\"", "\"").unwrap_or_else(|| panic!("no form: {self:?}"))
    }

    /// The cookie that was set, with its attributes.
    pub fn cookie(&self) -> Option<&str> {
        self.headers.get("set-cookie").map(|cookie| cookie.to_str().unwrap())
    }

    /// The form's hidden fields.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.body.split("<input type=\"hidden\" ").skip(1);
        inputs.map(|input| (attribute(input, "name").to_owned(), attribute(input, "value").to_owned())).collect()
    }

    /// The tag of the input of that name.
    pub fn input(&self, name: &str) -> &str {
        self.inputs().find(|tag| attribute(tag, "name") == name).unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    /// The tags of all inputs that can be seen.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.body.split("<input id").skip(1).map(|tag| tag.split('>').next().unwrap())
    }

    /// What stands in the input of that name.
    pub fn value(&self, name: &str) -> &str {
        attribute(self.input(name), "value")
    }
}

/// The value of a tag's attribute, as it stands in the page.
pub fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    between(tag, &format!("{name}=\""), "\"").unwrap_or_default()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}
