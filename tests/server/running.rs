//! A server in this process, on a port of its own.

use guestlist::config::RateLimits;
use guestlist::domain::id::InvitationId;
use guestlist::server::{Options, Patience, bind, serve};
use guestlist::store::Store;
use tokio::task::JoinHandle;

use crate::support::fixture::QUICK;

/// A running server; it ends with this.
pub struct Running {
    /// Where it listens, with the path of its public address: `http://127.0.0.1:1234/guests`.
    pub url: String,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a server as most are: its public address is where it listens.
pub async fn start(store: &Store) -> Running {
    start_as(store, "http://127.0.0.1:9000").await
}

/// Starts a server that has this public address.
pub async fn start_as(store: &Store, public_url: &str) -> Running {
    start_with(store, public_url, vec![]).await
}

/// Starts a server that has this public address and believes these proxies.
pub async fn start_with(store: &Store, public_url: &str, trusted_proxies: Vec<std::net::IpAddr>) -> Running {
    run(store, options(public_url, trusted_proxies)).await
}

/// Starts a server that waits only so long for requests that were begun.
pub async fn start_impatient(store: &Store, patience: Patience) -> Running {
    run(store, Options { patience, ..options("http://127.0.0.1:9000", vec![]) }).await
}

fn options(public_url: &str, trusted_proxies: Vec<std::net::IpAddr>) -> Options {
    Options {
        public_url: public_url.into(),
        hashing: QUICK,
        leaked_passwords: None,
        rate_limits: RateLimits::default(),
        trusted_proxies,
        patience: Patience::default(),
    }
}

/// Starts a server.
pub async fn run(store: &Store, options: Options) -> Running {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let (_, rest) = options.public_url.split_once("://").unwrap();
    let path = rest.find('/').map_or("", |slash| rest[slash..].trim_end_matches('/'));
    let url = format!("http://{}{path}", listener.local_addr().unwrap());
    let store = store.clone();
    let task = tokio::spawn(async move { serve(store, listener, options, std::future::pending()).await.unwrap() });
    Running { url, task }
}

impl Running {
    /// The address of a flow.
    pub fn flow(&self, slug: &str) -> String {
        format!("{}/if/flow/{slug}/", self.url)
    }

    /// The address of a flow with a token.
    pub fn link(&self, slug: &str, id: InvitationId) -> String {
        format!("{}?itoken={}", self.flow(slug), id.token())
    }
}
