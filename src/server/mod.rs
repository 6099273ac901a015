//! The enrollment server: HTTP around the executor. Plain HTTP/1.1; TLS is the reverse proxy's.

mod address;
mod api;
mod asked;
mod error;
mod field;
mod flow;
mod form;
mod language;
mod limits;
mod listen;
mod markup;
pub(crate) mod page;
mod questions;
mod refused;
mod router;
mod security;
mod session;
mod stage_page;
mod usual;
mod words;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;

use crate::clock;
use crate::config::RateLimits;
use crate::executor::{Executor, ExecutorError, Hashing};
use crate::policy::Lists;
use crate::store::{Store, sessions};
pub use listen::Patience;

/// How long requests may take to end after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often ended sessions are forgotten. Nothing depends on it but the size of the database.
const HOUSEKEEPING: Duration = Duration::from_hours(1);

/// What the server needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address that links begin with, as people see it, without a slash at its end: `https://id.example.com/guests`.
    pub public_url: String,
    /// How passwords are hashed.
    pub hashing: Hashing,
    /// How often who may try what.
    pub rate_limits: RateLimits,
    /// Where passwords are looked up in lists of leaked ones, where a policy wants that.
    pub leaked_passwords: Option<String>,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long visitors may take to ask.
    pub patience: Patience,
}

/// Why the server can't run.
#[derive(Debug, Error)]
pub enum ServerError {
    /// Another program listens there.
    #[error(
        "{0} is in use. Is guestlist already running? Choose another address with --listen, such as 127.0.0.1:9001."
    )]
    InUse(SocketAddr),
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The configuration of the executor is wrong.
    #[error(transparent)]
    Executor(#[from] ExecutorError),
    /// The listener failed.
    #[error("the server failed: {0}")]
    Io(#[from] io::Error),
}

/// Listens on an address. Port 0 takes any free port.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServerError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServerError::InUse(address),
        _ => ServerError::Listen { address, source },
    })
}

/// Serves until `shutdown` is ready, then lets requests under way end.
pub async fn serve(
    store: Store,
    listener: TcpListener,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServerError> {
    let gate = Arc::new(limits::Limits::new(&options.rate_limits));
    let lists = options.leaked_passwords.as_deref().map(Lists::at);
    let executor = Executor::new(store.clone(), options.hashing)?.at(&options.public_url).behind(gate).asking(lists);
    let app = router::router(store.clone(), executor, &options);
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let housekeeper = tokio::spawn(keep_house(store));
    let server = listen::run(listener, app, options.patience.head, async move {
        shutdown.await;
        // Nobody listens any more only where the server has ended.
        let _ = stopping.send(true);
    });
    tokio::select! {
        () = server => {}
        () = async {
            // An error means that the sender is gone: the server has ended, and the other branch is ready.
            let _ = stopped.wait_for(|stop| *stop).await;
            tokio::time::sleep(GRACE).await;
        } => {}
    }
    housekeeper.abort();
    Ok(())
}

async fn keep_house(store: Store) {
    loop {
        if let Err(error) = forget_ended(&store).await {
            tracing::warn!("housekeeping: {error}");
        }
        tokio::time::sleep(HOUSEKEEPING).await;
    }
}

async fn forget_ended(store: &Store) -> crate::store::Result<()> {
    let mut tx = store.begin_write().await?;
    // A commit wakes every console: only where something was forgotten.
    if sessions::forget_ended(&mut tx, clock::now()).await? > 0 { tx.commit().await } else { tx.rollback().await }
}
