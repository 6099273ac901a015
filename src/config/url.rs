//! The two addresses among the settings: one that must not be shown whole, one that everybody sees.

use std::fmt;
use std::net::SocketAddr;

/// A database's address. Shown without its password, by `Debug` too.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl DatabaseUrl {
    /// The address with its password: for the store only.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Whether there is a password in it.
    pub fn has_password(&self) -> bool {
        self.to_string() != self.0
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://").filter(|(scheme, _)| *scheme != "sqlite") else {
            return f.write_str(&self.0);
        };
        let (address, query) = rest.split_once('?').map_or((rest, None), |(address, query)| (address, Some(query)));
        write!(f, "{scheme}://")?;
        // An unescaped `/` or `@` in a password is a mistake, but no reason to show the rest of it.
        match address.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?.0, host))) {
            Some((user, host)) => write!(f, "{user}:***@{host}")?,
            None => f.write_str(address)?,
        }
        for (index, pair) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            match pair.split_once('=') {
                Some((key, _)) if key.contains("password") => write!(f, "{separator}{key}=***")?,
                _ => write!(f, "{separator}{pair}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where visitors reach the enrollment server: http or https, a host, perhaps a port and a sub-path; no slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads an address, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let example = "write it such as https://id.example.com or https://example.com/guests";
        let (scheme, rest) = text.split_once("://").ok_or_else(|| format!("an address has a scheme: {example}"))?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return Err(format!("only http and https are known: {example}"));
        }
        if rest.contains(['?', '#']) {
            return Err(format!("leave out everything from `?` or `#` on: {example}"));
        }
        // What could break out of an attribute, a header or a line of text has no place in any link.
        if !rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/[]!$&'()*+,;=@%".contains(c)) {
            return Err(format!("letters outside of ASCII are written in punycode or with `%`: {example}"));
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        if authority.contains('@') {
            return Err(format!("leave out the user before the `@`: {example}"));
        }
        check_authority(authority).map_err(|why| format!("{why}: {example}"))?;
        Ok(Self(format!("{scheme}://{}{}", authority.to_ascii_lowercase(), path.trim_end_matches('/'))))
    }

    /// The address of a server that is reached directly.
    pub fn of_address(address: SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_authority(authority: &str) -> Result<(), String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or("a `]` is missing")?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| "what stands in brackets is no IPv6 address")?;
            (host, after.strip_prefix(':').or((!after.is_empty()).then_some("")))
        }
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err("the host is missing".into());
    }
    if !authority.starts_with('[') && !host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
        return Err("the host is misspelt".into());
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => Ok(()),
        Some(_) => Err("the port is a number from 1 to 65535".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_address_is_shown_without_its_password() {
        for (url, shown) in [
            ("postgres://jane:secret@db/guests", "postgres://jane:***@db/guests"),
            ("postgres://jane:se@c:ret/@db/guests", "postgres://jane:***@db/guests"),
            ("postgres://db/guests?user=jane&password=secret", "postgres://db/guests?user=jane&password=***"),
            ("postgres://jane@db:5432/guests", "postgres://jane@db:5432/guests"),
            ("sqlite:///var/a:b@c.db", "sqlite:///var/a:b@c.db"),
        ] {
            let url = DatabaseUrl::from(url.to_owned());
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), shown);
            assert_eq!(url.has_password(), shown.contains("***"));
        }
    }

    #[test]
    fn a_public_address_keeps_its_sub_path_and_loses_its_last_slash() {
        for (text, kept) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("HTTPS://Id.Example.com/Guests//", "https://id.example.com/Guests"),
            ("http://[::1]:81/", "http://[::1]:81"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_public_address_is_refused() {
        for bad in [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://:80",
            "https://a/?x",
            "https://a/#x",
            "https://jane:x@a",
            "https://a b",
            "https://a:0",
            "https://a:x",
            "https://[::1",
            "https://[::1]x",
            "https://bücher.example",
            "https://a/\"><script>",
            "https://a/\n",
            "https://a\\b",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad:?}");
        }
    }
}
