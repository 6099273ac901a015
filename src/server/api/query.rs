//! The page's query, which clients hand over whole as one parameter named `query`.

/// The pairs of a query, decoded. Bytes that are no text become replacement characters, and so does the zero character,
/// which no database here keeps.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

/// The pairs as a query.
pub fn written<'a>(pairs: impl IntoIterator<Item = &'a (String, String)>) -> String {
    let parts: Vec<String> =
        pairs.into_iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
    parts.join("&")
}

/// A text as it stands in a query.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if let (b'%', Some(value)) = (byte, escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            bytes.push(value);
            rest = &after[2..];
        } else {
            bytes.push(if byte == b'+' { b' ' } else { byte });
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}")
}

/// Whether an address leads to another host or to no page at all: it names a scheme or a host.
pub fn leads_away(address: &str) -> bool {
    let first = address.split(['/', '?', '#']).next().unwrap_or_default();
    let trimmed = address.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    first.contains(':') || trimmed.replace('\\', "/").starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_and_written() {
        let read = pairs("itoken=a%2Fb+c&&next=%2F%3Fx%3D1&flag&%zz=%&bad=%ff%00");
        let wanted = [("itoken", "a/b c"), ("next", "/?x=1"), ("flag", ""), ("%zz", "%"), ("bad", "\u{fffd}\u{fffd}")];
        assert_eq!(read, wanted.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(pairs(&written(&read)), read);
    }

    #[test]
    fn what_names_a_host_or_a_scheme_leads_away() {
        for away in
            ["https://evil.example/x", "//evil", "/\\evil", "\\\\evil", "javascript:alert(1)", " //evil", "data:x"]
        {
            assert!(leads_away(away), "{away}");
        }
        for here in ["/", "/if/flow/x/?a=b:c", "x", "", "?a=http://x", "/x:y"] {
            assert!(!leads_away(here), "{here}");
        }
    }
}
