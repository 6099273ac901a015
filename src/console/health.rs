//! Whether the enrollment server answers, where it runs in another process: asked at the address that links begin with.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::ServerStatus;

/// How often it is asked. A console is open for hours, over slow lines and on small machines.
const EVERY: Duration = Duration::from_secs(15);
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is known before it was asked. By way of TLS it is never asked: the console speaks plain HTTP only, which is what
/// the server itself speaks.
pub(super) fn begin(public_url: &str) -> ServerStatus {
    match public_url.split_once("://") {
        Some(("http", _)) => ServerStatus::Starting,
        _ => ServerStatus::NotAsked(public_url.to_owned()),
    }
}

/// Asks again and again, and tells what has changed, until nobody listens.
pub(super) async fn ask(public_url: String, tell: watch::Sender<ServerStatus>) {
    let Some(address) = public_url.strip_prefix("http://") else { return tell.closed().await };
    loop {
        let status = match timeout(PATIENCE, ready(address)).await {
            Ok(Ok(true)) => ServerStatus::Listening(public_url.clone()),
            // It answers, and says that it can't work.
            Ok(Ok(false)) => ServerStatus::Failed("it is not ready".to_owned()),
            Ok(Err(_)) | Err(_) => ServerStatus::Silent(public_url.clone()),
        };
        tell.send_if_modified(|known| {
            let changed = *known != status;
            *known = status;
            changed
        });
        tokio::select! {
            () = sleep(EVERY) => {}
            () = tell.closed() => return,
        }
    }
}

/// Asks a server at `host:port/path` whether it is ready.
async fn ready(address: &str) -> io::Result<bool> {
    let (authority, path) = address.find('/').map_or((address, ""), |slash| address.split_at(slash));
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let mut stream = if has_port {
        TcpStream::connect(authority).await?
    } else {
        TcpStream::connect(format!("{authority}:80")).await?
    };
    let request = format!("GET {path}/-/health/ready/ HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).await?;
    match &begin {
        b"HTTP/1.1 204" => Ok(true),
        b"HTTP/1.1 503" => Ok(false),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A server that answers each of these in turn; gives what it was asked.
    async fn serve(listener: TcpListener, answers: [&str; 4]) -> Vec<String> {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        asked
    }

    #[tokio::test]
    async fn a_server_is_asked_at_the_public_address_and_believed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answers = ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 503 x\r\n\r\n", "SSH-2.0-OpenSSH_9\r\n", ""];
        let server = tokio::spawn(serve(listener, answers));
        assert!(ready(&format!("{address}/guests")).await.unwrap());
        assert!(!ready(&address).await.unwrap());
        assert!(ready(&address).await.is_err());
        assert!(ready(&address).await.is_err());
        let asked = server.await.unwrap();
        assert!(asked[0].starts_with("GET /guests/-/health/ready/ HTTP/1.1\r\n"), "{asked:?}");
        assert!(asked[1].starts_with("GET /-/health/ready/ HTTP/1.1\r\n"), "{asked:?}");
        assert!(ready(&address).await.is_err(), "nobody is there any more");
    }

    #[tokio::test]
    async fn what_changes_is_told_and_nothing_else() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        assert_eq!(begin(&url), ServerStatus::Starting);
        let (tell, mut told) = watch::channel(begin(&url));
        drop(listener);
        let asking = tokio::spawn(ask(url.clone(), tell));
        told.changed().await.unwrap();
        assert_eq!(*told.borrow_and_update(), ServerStatus::Silent(url));
        drop(told);
        asking.await.unwrap();
    }

    #[test]
    fn a_server_behind_tls_is_not_asked() {
        let url = "https://id.example.com";
        assert_eq!(begin(url), ServerStatus::NotAsked(url.into()));
    }
}
