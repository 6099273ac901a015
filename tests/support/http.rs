//! The client that stands for a visitor's browser where no real one is needed.

/// A client with a cookie jar that follows no redirect, so that each answer can be looked at.
pub fn visitor() -> reqwest::Client {
    reqwest::Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(super::output::DEADLINE)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_visitor_keeps_cookies_and_stays_at_a_redirect() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut requests = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 2048];
            let length = stream.read(&mut request).await.unwrap();
            requests.push(String::from_utf8_lossy(&request[..length]).to_lowercase());
            let answer = "HTTP/1.1 303 See Other\r\nLocation: /next\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\
                          Connection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    let visitor = visitor();
    for _ in 0..2 {
        assert_eq!(visitor.get(&url).send().await.unwrap().status(), 303);
    }
    let requests = server.await.unwrap();
    assert!(!requests[0].contains("cookie: a=b"));
    assert!(requests[1].contains("cookie: a=b"));
}
