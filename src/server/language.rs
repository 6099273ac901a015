//! Which language a visitor reads: the one asked for with `?lang=` (kept by a cookie), else the browser's first choice
//! that there are words for, else English.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue, SET_COOKIE};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::asked::is_token;
use super::router::Shared;
use super::session::cookies;
use crate::mail::Language;

const COOKIE_NAME: &str = "guestlist_language";

/// For how many seconds a choice is kept: a year.
const KEPT: u32 = 31_536_000;

/// What the pages of one request need to know about the visitor's language.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// The language.
    pub language: Language,
    /// Whether the page may offer the others: looking at its address once more shows it again, and nothing that was
    /// typed is lost.
    pub may_switch: bool,
}

tokio::task_local! {
    /// Pages are made in many places, faults of ours among them, which know nothing of the request. So the language
    /// belongs to the task that answers it.
    static READER: Reader;
}

/// Who reads the page that is being made.
pub fn reader() -> Reader {
    READER.try_with(|reader| *reader).unwrap_or(Reader { language: Language::English, may_switch: false })
}

/// Lets every page of this request be in the visitor's language, and keeps a choice.
pub async fn choose(State(server): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let looks = *request.method() == Method::GET;
    let chosen = asked_for(request.uri()).filter(|_| looks);
    let language = chosen.unwrap_or_else(|| preferred(request.headers()));
    // The same page without the token of its address would be another one.
    let may_switch = looks && !has_token(request.uri());
    let mut response = READER.scope(Reader { language, may_switch }, next.run(request)).await;
    if let Some(cookie) = chosen.and_then(|language| cookie(&server, language)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn cookie(server: &Shared, language: Language) -> Option<HeaderValue> {
    let secure = if server.secure { "; Secure" } else { "" };
    let path = server.cookie_path();
    let cookie = format!("{COOKIE_NAME}={language}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={KEPT}{secure}");
    HeaderValue::from_str(&cookie).ok()
}

fn has_token(address: &Uri) -> bool {
    let mut keys =
        address.query().unwrap_or_default().split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    keys.any(is_token)
}

fn asked_for(address: &Uri) -> Option<Language> {
    let mut pairs = address.query()?.split('&').filter_map(|pair| pair.split_once('='));
    known(pairs.find(|(key, _)| *key == "lang")?.1)
}

fn preferred(headers: &HeaderMap) -> Language {
    let kept = cookies(headers).find(|(name, _)| *name == COOKIE_NAME).and_then(|(_, tag)| known(tag));
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|list| list.to_str().ok()).and_then(accepted);
    kept.or_else(accepted).unwrap_or(Language::English)
}

/// The language of a list such as `fr;q=0.9, de-AT;q=0.8, en;q=0` that is wanted most; of equals the first.
fn accepted(list: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for entry in list.split(',') {
        let (tag, quality) = match entry.split_once(";q=") {
            Some((tag, quality)) => (tag, quality.trim().parse().unwrap_or(0.0)),
            None => (entry, 1.0),
        };
        if let Some(language) = known(tag)
            && quality > best.map_or(0.0, |(best, _)| best)
        {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

/// The language of a tag, where there are words for it.
fn known(tag: &str) -> Option<Language> {
    let primary = tag.split(['-', '_', ';']).next().unwrap_or_default().trim();
    Language::parse(&primary.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_wanted_most_is_chosen() {
        let cases = [
            ("de", Some(Language::German)),
            ("de-AT, en;q=0.9", Some(Language::German)),
            ("fr, en;q=0.4, de;q=0.7", Some(Language::German)),
            ("en, de", Some(Language::English)),
            ("de;q=0, en;q=0.1", Some(Language::English)),
            ("DE-ch;q=1.0", Some(Language::German)),
            ("fr-CA, *;q=0.5", None),
            ("de;q=x", None),
            ("", None),
        ];
        for (list, wanted) in cases {
            assert_eq!(accepted(list), wanted, "{list}");
        }
    }

    #[test]
    fn an_address_asks_for_a_language_that_there_is() {
        assert_eq!(asked_for(&"/if/flow/x/?itoken=1&lang=de".parse().unwrap()), Some(Language::German));
        assert_eq!(asked_for(&"/?lang=tlh".parse().unwrap()), None);
        assert_eq!(asked_for(&"/?language=de".parse().unwrap()), None);
    }

    #[test]
    fn a_kept_choice_counts_more_than_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        assert_eq!(preferred(&headers), Language::English);
        headers.insert("cookie", HeaderValue::from_static("other=1; guestlist_language=de"));
        assert_eq!(preferred(&headers), Language::German);
    }
}
