//! The pages: own templates, one small style sheet, no script.

use askama::Template;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};

use super::words::{Text, Words};
use crate::domain::text::printable;
use crate::executor::Remark;

/// The style sheet.
pub const STYLE: &str = include_str!("../../assets/style.css");

/// Changes with every version, so that browsers fetch the style sheet again.
pub const STYLE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// A page with a message.
#[derive(Debug, Default, Template)]
#[template(path = "message.html")]
pub struct Message {
    base: String,
    heading: String,
    paragraphs: Vec<String>,
    link: Option<(String, String)>,
    sign_out: Option<SignOut>,
}

/// A button that signs out and goes on somewhere.
#[derive(Debug)]
pub struct SignOut {
    /// The token of the form.
    pub csrf: String,
    /// Where to go then: a flow's slug, or nothing.
    pub next: String,
    /// What the button says.
    pub label: &'static str,
}

impl Message {
    /// A message that we have words for.
    pub fn of(text: &Text) -> Self {
        text.paragraphs.iter().fold(Self::new(text.heading), |message, paragraph| message.say(*paragraph))
    }

    /// A message with a heading.
    pub fn new(heading: impl Into<String>) -> Self {
        Self { heading: printable(&heading.into()).into_owned(), ..Self::default() }
    }

    /// Adds a paragraph.
    pub fn say(mut self, paragraph: impl Into<String>) -> Self {
        self.paragraphs.push(printable(&paragraph.into()).into_owned());
        self
    }

    /// Sets the path that our addresses begin with; needed by all but faults, which show no links.
    pub fn at(mut self, base: &str) -> Self {
        base.clone_into(&mut self.base);
        self
    }

    /// Adds a link.
    pub fn link(mut self, address: String, text: &str) -> Self {
        self.link = Some((address, text.to_owned()));
        self
    }

    /// Adds a button that signs out.
    pub fn sign_out(mut self, sign_out: SignOut) -> Self {
        self.sign_out = Some(sign_out);
        self
    }
}

/// Remarks as pages show them.
pub fn remarks<'a>(remarks: impl IntoIterator<Item = &'a Remark>) -> Vec<String> {
    remarks.into_iter().map(|remark| printable(&Words::here().remark(remark)).into_owned()).collect()
}

/// The answer to HEAD where the page is not made: it says nothing about how long that is.
pub fn unmeasured(kind: &'static str) -> Response {
    let nothing = futures_util::stream::empty::<Result<&str, std::convert::Infallible>>();
    ([(CONTENT_TYPE, kind)], Body::from_stream(nothing)).into_response()
}

/// Answers with a page.
pub fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!("a page could not be made: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
