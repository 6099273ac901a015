//! Addresses and networks, with the facts that Python's `ipaddress` knows of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

/// A network: its first address and how many bits are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network(IpAddr, u8);

/// Networks that `is_private` is about (Python 3.13), exceptions first.
const PUBLIC: &[&str] = &[
    "192.0.0.9/32",
    "192.0.0.10/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:20::/28",
    "2001:30::/28",
];
const PRIVATE: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "::1/128",
    "::/128",
    "::ffff:0:0/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "fc00::/7",
    "fe80::/10",
];
/// Neither private nor global.
const SHARED: &str = "100.64.0.0/10";

fn bits(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{:032b}", address.to_bits()),
        IpAddr::V6(address) => format!("{:0128b}", address.to_bits()),
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let length = match (prefix, address) {
            (None, _) => widest,
            (Some(mask), IpAddr::V4(_)) if mask.contains('.') => {
                let mask = mask.parse::<Ipv4Addr>().ok()?.to_bits();
                let ones = mask.leading_ones();
                (mask.count_ones() == ones).then_some(u8::try_from(ones).ok()?)?
            }
            (Some(length), _) => length.parse().ok().filter(|length| *length <= widest)?,
        };
        Some(Self(address, length))
    }

    /// The network without bits beyond its length.
    fn trimmed(self) -> Self {
        let Self(address, length) = self;
        let address = match address {
            IpAddr::V4(it) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(it.to_bits() & mask))
            }
            IpAddr::V6(it) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(it.to_bits() & mask))
            }
        };
        Self(address, length)
    }

    fn contains(self, address: IpAddr) -> bool {
        self.0.is_ipv4() == address.is_ipv4() && Self(address, self.1).trimmed().0 == self.trimmed().0
    }
}

fn within(list: &[&str], address: IpAddr) -> bool {
    list.iter().filter_map(|text| Network::parse(text)).any(|network| network.contains(address))
}

fn is_private(address: IpAddr) -> bool {
    within(PRIVATE, address) && !within(PUBLIC, address)
}

/// What an expression may know of an address.
pub(super) fn facts(address: IpAddr) -> Value {
    let is_link_local = within(&["169.254.0.0/16", "fe80::/10"], address);
    json!({
        "_gl_bits": bits(address),
        "_gl_text": address.to_string(),
        "compressed": address.to_string(),
        "version": if address.is_ipv4() { 4 } else { 6 },
        "is_private": is_private(address),
        "is_global": !is_private(address) && !within(&[SHARED], address),
        "is_loopback": address.is_loopback(),
        "is_multicast": address.is_multicast(),
        "is_unspecified": address.is_unspecified(),
        "is_link_local": is_link_local,
    })
}

/// Reads an address, or says what Python says.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let address = text.parse().map_err(|_| format!("'{text}' does not appear to be an IPv4 or IPv6 address"))?;
    Ok(facts(address))
}

/// Reads a network, or says what Python says. A strict one has no bits beyond its length.
pub(super) fn network(text: &str, strict: bool) -> Result<Value, String> {
    let network =
        Network::parse(text).ok_or_else(|| format!("'{text}' does not appear to be an IPv4 or IPv6 network"))?;
    let trimmed = network.trimmed();
    if strict && trimmed != network {
        return Err(format!("{text} has host bits set"));
    }
    let Network(address, length) = trimmed;
    Ok(json!({
        "_gl_bits": bits(address),
        "_gl_text": format!("{address}/{length}"),
        "version": if address.is_ipv4() { 4 } else { 6 },
        "prefixlen": length,
        "is_private": is_private(address),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_is_what_python_calls_private() {
        let private = |text: &str| is_private(text.parse().unwrap());
        for yes in
            ["10.1.2.3", "172.31.255.255", "192.168.0.1", "127.0.0.1", "203.0.113.9", "::1", "fd00::1", "fe80::1"]
        {
            assert!(private(yes), "{yes}");
        }
        for no in ["8.8.8.8", "172.32.0.1", "192.0.0.9", "100.64.0.1", "2a00::1"] {
            assert!(!private(no), "{no}");
        }
        assert_eq!(facts("100.64.0.1".parse().unwrap())["is_global"], false);
    }

    #[test]
    fn a_strict_network_has_no_host_bits() {
        assert_eq!(network("10.0.0.0/8", true).unwrap()["prefixlen"], 8);
        assert_eq!(network("10.0.0.0/255.0.0.0", true).unwrap()["_gl_text"], "10.0.0.0/8");
        assert_eq!(network("10.0.0.1/8", true).unwrap_err(), "10.0.0.1/8 has host bits set");
        assert_eq!(network("10.0.0.1/8", false).unwrap()["_gl_text"], "10.0.0.0/8");
        assert_eq!(network("0.0.0.0/0", true).unwrap()["prefixlen"], 0);
        for bad in ["10.0.0.0/33", "10.0.0.0/255.0.255.0", "x", "::/129"] {
            assert!(network(bad, true).unwrap_err().contains("does not appear"), "{bad}");
        }
        assert!(parse("300.1.1.1").unwrap_err().contains("'300.1.1.1' does not appear to be"));
    }
}
