//! The session cookie and the token against cross-site requests.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};
use sha2::{Digest, Sha256};

use crate::clock;
use crate::domain::enrollment::SessionHash;

/// The cookie that the pages set.
pub const COOKIE_NAME: &str = "guestlist_session";
/// The cookie that the flow API sets, by the name that authentik's clients know. It holds the same token.
pub const API_COOKIE_NAME: &str = "authentik_session";

/// The cookie with what the flow API's header repeats.
pub const CSRF_COOKIE_NAME: &str = "authentik_csrf";

/// A session's token: 64 hexadecimal digits, known to the browser only.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new token.
    pub fn new() -> Result<Self, getrandom::Error> {
        clock::new_secret().map(Self)
    }

    /// The token that the browser sent, if it sent one that we could have made. Of both cookies the pages' counts:
    /// whoever hands out a token renews that one, if it was sent.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let ours = |token: &&str| token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit());
        let named = |name: &str| cookies(headers).find(|(it, _)| *it == name).map(|(_, token)| token).filter(ours);
        named(COOKIE_NAME).or_else(|| named(API_COOKIE_NAME)).map(|token| Self(token.to_owned()))
    }

    /// What the database knows of the token.
    pub fn hash(&self) -> SessionHash {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// What forms of this session carry. It tells nothing about the token.
    pub fn csrf(&self) -> String {
        let digest = Sha256::new().chain_update(b"form\0").chain_update(self.0.as_bytes()).finalize();
        digest.iter().take(16).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// Whether a form carries what this session's forms carry. Compared by hash, so that the time it takes tells
    /// nothing about where two values begin to differ.
    pub fn csrf_matches(&self, sent: &str) -> bool {
        Sha256::digest(sent.as_bytes()) == Sha256::digest(self.csrf().as_bytes())
    }

    /// The cookie that hands the token to the browser: until it is closed, or for so many seconds.
    pub fn cookie(&self, path: &str, secure: bool, seconds: Option<i64>) -> Option<HeaderValue> {
        self.cookie_named(COOKIE_NAME, path, secure, seconds)
    }

    /// The same, under another name.
    pub fn cookie_named(&self, name: &str, path: &str, secure: bool, seconds: Option<i64>) -> Option<HeaderValue> {
        let (age, secure) = life(secure, seconds);
        HeaderValue::from_str(&format!("{name}={}; Path={path}; HttpOnly; SameSite=Lax{age}{secure}", self.0)).ok()
    }

    /// The cookie that hands [`csrf`](Self::csrf) to a program in the browser, which is to send it back as a header.
    pub fn csrf_cookie(&self, path: &str, secure: bool, seconds: Option<i64>) -> Option<HeaderValue> {
        let (age, secure) = life(secure, seconds);
        let value = self.csrf();
        HeaderValue::from_str(&format!("{CSRF_COOKIE_NAME}={value}; Path={path}; SameSite=Lax{age}{secure}")).ok()
    }
}

/// How long a cookie is kept, and whether it is sent over TLS only.
fn life(secure: bool, seconds: Option<i64>) -> (String, &'static str) {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    (age, if secure { "; Secure" } else { "" })
}

/// The cookies that the browser sent, name and value.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_as_the_same_token() {
        let token = Token::new().unwrap();
        let cookie = token.cookie("/", true, None).unwrap();
        let text = cookie.to_str().unwrap();
        assert!(text.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{text}");
        let mut headers = HeaderMap::new();
        headers
            .insert(COOKIE, HeaderValue::from_str(&format!("other=1; {}", text.split(';').next().unwrap())).unwrap());
        assert_eq!(Token::of(&headers).unwrap().hash(), token.hash());
    }

    #[test]
    fn of_both_cookies_the_pages_counts_unless_it_is_none_of_ours() {
        let (page, api) = ("a".repeat(64), "b".repeat(64));
        for (sent, wanted) in [
            (format!("authentik_session={api}"), Some(&api)),
            (format!("authentik_session={api}; guestlist_session={page}"), Some(&page)),
            (format!("guestlist_session=x; authentik_session={api}"), Some(&api)),
            ("authentik_session=eyJ0eXAiOiJKV1QifQ.e30.x".into(), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_str(&sent).unwrap());
            assert_eq!(Token::of(&headers).map(|token| token.0).as_ref(), wanted, "{sent}");
        }
    }

    #[test]
    fn a_program_in_the_browser_reads_what_it_repeats_but_not_the_token() {
        let token = Token::new().unwrap();
        let cookie = token.csrf_cookie("/guests", true, Some(60)).unwrap();
        let wanted = format!("authentik_csrf={}; Path=/guests; SameSite=Lax; Max-Age=60; Secure", token.csrf());
        assert_eq!(cookie.to_str().unwrap(), wanted);
    }

    #[test]
    fn a_form_of_another_session_does_not_match() {
        let (mine, other) = (Token::new().unwrap(), Token::new().unwrap());
        assert!(mine.csrf_matches(&mine.csrf()));
        assert!(!mine.csrf_matches(&other.csrf()));
        assert!(!mine.csrf_matches(""));
    }

    #[test]
    fn a_cookie_that_we_never_made_is_no_session() {
        for bad in ["", "x", &"z".repeat(64), &"a".repeat(65)] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_str(&format!("{COOKIE_NAME}={bad}")).unwrap());
            assert!(Token::of(&headers).is_none(), "{bad}");
        }
    }
}
