//! Connections: accepted, spoken HTTP on, and given up where a visitor begins to ask and does not end.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout_at};

/// How long visitors may take to ask. Whoever is slower is not an enrolling person, and would hold a connection for
/// ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the head of a request; also how long a connection may stay without one.
    pub head: Duration,
    /// For what is sent along: a form with a photograph, over a slow line.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), body: Duration::from_mins(1) }
    }
}

/// How long to wait before the next connection is accepted where the system has no room for one.
const NO_ROOM: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is ready; returns when the requests under way have ended.
pub async fn run(listener: TcpListener, app: Router, head: Duration, shutdown: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head);
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                recover(&error).await;
                continue;
            }
        };
        let inner = TowerToHyperService::new(app.clone());
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            inner.call(request)
        });
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended early: {error}");
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}

/// A visitor who was gone before being accepted is no reason to wait; anything else is a lack that others may end.
async fn recover(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!("no connection can be accepted: {error}");
        sleep(NO_ROOM).await;
    }
}

/// Breaks off what is sent along with a request when it takes longer than that.
pub async fn bound_body(request: Request, next: Next, limit: Duration) -> Response {
    let deadline = Instant::now() + limit;
    next.run(request.map(|body| {
        Body::from_stream(stream::unfold(body.into_data_stream(), move |mut body| async move {
            let chunk = match timeout_at(deadline, body.next()).await {
                Ok(chunk) => chunk?,
                Err(_) => Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut))),
            };
            Some((chunk, body))
        }))
    }))
    .await
}
