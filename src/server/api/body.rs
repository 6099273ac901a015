//! The body of a POST: one JSON mapping. It is read into answers at once, without keeping what no answer can be: a body of
//! a million lists costs no more memory than its text.

use std::fmt;

use axum::RequestExt;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures_util::StreamExt;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::prompt::Sent;
use crate::executor::Answers;

/// The largest body: several files, as data URIs, and what else a page asks.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// How much is read at all, so that a client that sends more than that is still told so.
const MAX_UPLOAD: usize = 32 * 1024 * 1024;
/// How many keys a body may have.
const MAX_KEYS: usize = 500;

/// What was posted.
#[derive(Debug, PartialEq, Eq)]
pub enum Posted {
    /// A mapping.
    Mapping(Answers),
    /// JSON of another kind: its name in Python, as authentik's clients are told it.
    Other(&'static str),
    /// No JSON.
    Unreadable,
    /// More than is read.
    TooLarge,
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = std::convert::Infallible;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let is_json = is_json(request.headers());
        DefaultBodyLimit::max(MAX_UPLOAD).apply(&mut request);
        let mut chunks = request.into_limited_body().into_data_stream();
        let (mut body, mut size) = (Vec::new(), 0);
        while let Some(chunk) = chunks.next().await {
            // Either more than that, or the client is gone.
            let Ok(chunk) = chunk else { return Ok(Self::TooLarge) };
            size += chunk.len();
            if size <= MAX_BODY {
                body.extend_from_slice(&chunk);
            }
        }
        Ok(match size {
            // Nothing to read is read as nothing, whatever it claims to be.
            0 => Self::Mapping(Answers::new()),
            1..=MAX_BODY if is_json => Self::read(&body),
            1..=MAX_BODY => Self::Unreadable,
            _ => Self::TooLarge,
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

impl Posted {
    fn read(body: &[u8]) -> Self {
        serde_json::from_slice::<Read>(body).map_or(Self::Unreadable, |read| read.0)
    }
}

struct Read(Posted);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Body).map(Read)
    }
}

/// Reads the body as a whole.
struct Body;

impl<'de> Visitor<'de> for Body {
    type Value = Posted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Posted, A::Error> {
        let mut answers = Answers::new();
        while let Some(key) = map.next_key::<String>()? {
            let One(sent) = map.next_value()?;
            answers.insert(key, sent);
            if answers.len() > MAX_KEYS {
                return Err(serde::de::Error::custom("too many keys"));
            }
        }
        Ok(Posted::Mapping(answers))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Posted, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Posted::Other("list"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Posted, E> {
        Ok(Posted::Other("str"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Posted, E> {
        Ok(Posted::Other("bool"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Posted, E> {
        Ok(Posted::Other("int"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Posted, E> {
        Ok(Posted::Other("int"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Posted, E> {
        Ok(Posted::Other("float"))
    }

    fn visit_unit<E>(self) -> Result<Posted, E> {
        Ok(Posted::Other("NoneType"))
    }
}

/// One answer.
struct One(Sent);

impl<'de> Deserialize<'de> for One {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Answer).map(One)
    }
}

/// Reads one answer.
struct Answer;

impl<'de> Visitor<'de> for Answer {
    type Value = Sent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_str<E>(self, text: &str) -> Result<Sent, E> {
        Ok(Sent::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Sent, E> {
        Ok(Sent::Text(text))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Sent, E> {
        Ok(Sent::Truth(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Sent, E> {
        Ok(Sent::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Sent, E> {
        Ok(Sent::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Sent, E> {
        // With its fraction, as Python writes it: `5.0`.
        Ok(Sent::Text(format!("{number:?}")))
    }

    fn visit_unit<E>(self) -> Result<Sent, E> {
        Ok(Sent::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sent, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Sent::Structure)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sent, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Sent::Structure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(body: &str) -> Sent {
        match Posted::read(body.as_bytes()) {
            Posted::Mapping(answers) => answers.sent("a").unwrap().clone(),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn values_become_answers_and_of_two_keys_the_last_counts() {
        let text = |text: &str| Sent::Text(text.into());
        for (value, wanted) in [
            ("\"x\"", text("x")),
            ("\"\\u0041\"", text("A")),
            ("7", text("7")),
            ("-7", text("-7")),
            ("5.0", text("5.0")),
            ("true", Sent::Truth(true)),
            ("null", Sent::Null),
            ("[1, {\"b\": []}]", Sent::Structure),
            ("{\"b\": 1}", Sent::Structure),
            ("1, \"a\": \"last\"", text("last")),
        ] {
            assert_eq!(sent(&format!("{{\"a\": {value}}}")), wanted, "{value}");
        }
    }

    #[test]
    fn what_is_no_mapping_is_named_and_what_is_no_json_is_not_read() {
        for (body, kind) in [
            ("[]", "list"),
            ("\"x\"", "str"),
            ("1", "int"),
            ("-1", "int"),
            ("1.5", "float"),
            ("false", "bool"),
            ("null", "NoneType"),
        ] {
            assert_eq!(Posted::read(body.as_bytes()), Posted::Other(kind), "{body}");
        }
        for body in [
            &b"{"[..],
            b"{\"a\": }",
            b"{\"a\": 1} x",
            b"{\"a\": NaN}",
            b"\xff",
            b"{\"a\": \"\xff\"}",
            b"a=b",
            b"{'a': 1}",
        ] {
            assert_eq!(Posted::read(body), Posted::Unreadable, "{body:?}");
        }
        let many: Vec<String> = (0..=MAX_KEYS).map(|number| format!("\"{number}\": 1")).collect();
        assert_eq!(Posted::read(format!("{{{}}}", many.join(",")).as_bytes()), Posted::Unreadable);
    }

    #[test]
    fn depth_is_no_danger() {
        for depth in [100, 1_000_000] {
            let body = format!("{{\"a\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
            let read = Posted::read(body.as_bytes());
            assert!(matches!(read, Posted::Mapping(_) | Posted::Unreadable), "{depth}");
            let open = format!("{{\"a\": {}", "{\"b\":".repeat(depth));
            assert_eq!(Posted::read(open.as_bytes()), Posted::Unreadable, "{depth}");
        }
    }
}
