//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The client's address: the peer's, unless the peer is a trusted proxy. Then it is the last address of
/// `X-Forwarded-For` that is no trusted proxy: everything before it could have been made up by the client.
pub fn of_client(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.ip().to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let listed = headers
        .get_all("x-forwarded-for")
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut hops: Vec<&str> = listed.map(str::trim).collect();
    while let Some(hop) = hops.pop() {
        match hop.parse::<IpAddr>() {
            Ok(address) if trusted.contains(&address.to_canonical()) => {}
            Ok(address) => return address.to_canonical(),
            Err(_) => return peer,
        }
    }
    peer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        of_client(peer.parse().unwrap(), &headers, &["127.0.0.1".parse().unwrap()]).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(client("203.0.113.9:1", "198.51.100.7"), "203.0.113.9");
        assert_eq!(client("127.0.0.1:1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(client("127.0.0.1:1", "6.6.6.6, 198.51.100.7, 127.0.0.1"), "198.51.100.7");
        assert_eq!(client("127.0.0.1:1", "made up"), "127.0.0.1");
    }
}
