//! Lists of leaked passwords, asked without telling them the password: the first five digits of its SHA-1 are sent, and
//! all endings that are known for these come back (k-anonymity, as haveibeenpwned.com has it).

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use sha1::{Digest as _, Sha1};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// How long a question may take, waiting for a turn included. A person waits for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many questions are asked at once.
const AT_ONCE: usize = 16;
/// The longest answer that is read. Real ones have 40 kB, or twice that with what is added to hide their length.
const LONGEST: usize = 1024 * 1024;
/// How many digits of the hash are told.
const TOLD: usize = 5;

/// The SHA-1 of a password, by which lists know it. It is never shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint([u8; 20]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(..)")
    }
}

impl Fingerprint {
    pub(super) fn of(password: &str) -> Self {
        Self(Sha1::digest(password.as_bytes()).into())
    }

    fn digits(&self) -> String {
        self.0.iter().fold(String::new(), |mut digits, byte| {
            // Writing to a String can't fail.
            let _ = write!(digits, "{byte:02X}");
            digits
        })
    }
}

/// Why the lists could not be asked: a sentence for the log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the lists of leaked passwords at {at} could not be asked: {why}")]
pub struct Unasked {
    /// The address.
    at: String,
    /// What went wrong.
    why: String,
}

/// What was found out within one question: how often a password stands there.
pub(super) type Found = BTreeMap<Fingerprint, Result<u64, Unasked>>;

/// Where lists of leaked passwords are asked. A clone shares the bound on how many are asked at once.
#[derive(Clone)]
pub struct Lists {
    /// Ends before `/range/`.
    url: Arc<str>,
    tls: TlsConnector,
    turns: Arc<Semaphore>,
    patience: Duration,
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lists").field(&self.url).finish()
    }
}

impl Lists {
    /// The lists at an address, `/range/` not included.
    pub fn at(url: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map(|builder| builder.with_root_certificates(roots).with_no_client_auth());
        let tls = tls.unwrap_or_else(|why| unreachable!("ring speaks the usual versions of TLS: {why}"));
        let tls = TlsConnector::from(Arc::new(tls));
        Self {
            url: url.trim_end_matches('/').into(),
            tls,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            patience: PATIENCE,
        }
    }

    /// The same, waiting only so long for an answer.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How often a password stands there.
    pub(super) async fn count(&self, fingerprint: &Fingerprint) -> Result<u64, Unasked> {
        let digits = fingerprint.digits();
        let (told, rest) = digits.split_at(TOLD);
        let asked = tokio::time::timeout(self.patience, async {
            let _turn = self.turns.acquire().await.map_err(said)?;
            let answer = self.get(told).await?;
            count_in(&answer, rest)
        });
        let found = asked.await.unwrap_or_else(|_| Err("it takes too long".to_owned()));
        found.map_err(|why| Unasked { at: self.url.to_string(), why })
    }

    async fn get(&self, told: &str) -> Result<Bytes, String> {
        let uri: Uri = format!("{}/range/{told}", self.url).parse().map_err(said)?;
        let host = uri.host().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let stream = TcpStream::connect((bare.as_str(), port)).await.map_err(said)?;
        if !is_tls {
            return exchange(stream, &uri).await;
        }
        let name = ServerName::try_from(bare).map_err(said)?;
        exchange(self.tls.connect(name, stream).await.map_err(said)?, &uri).await
    }
}

fn said(why: impl fmt::Display) -> String {
    why.to_string()
}

/// A task that ends with whoever waits for it.
struct Tied(tokio::task::JoinHandle<()>);

impl Drop for Tied {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One request and its answer. Another status than 200, a redirect among them, is no answer.
async fn exchange<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(stream: S, uri: &Uri) -> Result<Bytes, String> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(said)?;
    let _connection = Tied(tokio::spawn(async {
        // What goes wrong is told by the request, too.
        let _ = connection.await;
    }));
    let authority = uri.authority().map(hyper::http::uri::Authority::as_str).unwrap_or_default();
    let path = uri.path_and_query().map_or("/", hyper::http::uri::PathAndQuery::as_str);
    let request = Request::get(path)
        .header(HOST, authority)
        .header(USER_AGENT, concat!("guestlist/", env!("CARGO_PKG_VERSION")))
        // The length of the answer tells nobody on the way what was asked.
        .header("add-padding", "true")
        .body(Empty::<Bytes>::new())
        .map_err(said)?;
    let response = sender.send_request(request).await.map_err(said)?;
    if response.status() != StatusCode::OK {
        return Err(format!("it answers with the status {}", response.status().as_u16()));
    }
    let body = Limited::new(response.into_body(), LONGEST).collect().await.map_err(said)?;
    Ok(body.to_bytes())
}

/// How often the ending stands in an answer: lines of `ENDING:COUNT`. Anything else is not what was asked, such as the
/// page of a hotel's network.
fn count_in(answer: &[u8], ending: &str) -> Result<u64, String> {
    let strange = || "the answer is no list".to_owned();
    let text = std::str::from_utf8(answer).map_err(|_| strange())?;
    let mut found = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (one, count) = line.split_once(':').ok_or_else(strange)?;
        let count: u64 = count.trim().parse().map_err(|_| strange())?;
        if one.len() != ending.len() || !one.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(strange());
        }
        if one.eq_ignore_ascii_case(ending) {
            found = count;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_digits_are_told_and_the_rest_is_looked_for() {
        let digits = Fingerprint::of("password").digits();
        assert_eq!(digits.split_at(TOLD), ("5BAA6", "1E4C9B93F3F0682250B6CF8331B7EE68FD8"));
        assert_eq!(format!("{:?}", Fingerprint::of("password")), "Fingerprint(..)");
    }

    #[test]
    fn an_answer_is_a_list_and_nothing_else() {
        let ending = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
        let padding = "0018A45C4D1DEF81644B54AB7F969B88D65:0";
        for (answer, expected) in [
            (format!("{padding}\r\n{ending}:9545824\r\n"), Some(9_545_824)),
            (format!("{}:7", ending.to_lowercase()), Some(7)),
            (padding.to_owned(), Some(0)),
            (String::new(), Some(0)),
            ("<html>Please sign in: here</html>".to_owned(), None),
            (format!("{ending}:many"), None),
            (format!("{}:3", &ending[1..]), None),
            (format!("{ending}:99999999999999999999999"), None),
        ] {
            assert_eq!(count_in(answer.as_bytes(), ending).ok(), expected, "{answer}");
        }
        assert!(count_in(b"\xff\xfe", ending).is_err());
    }
}
