//! Where a push may go: to globally reachable addresses, and nowhere near this machine.
//!
//! A callback address comes from outside. Without this check a shop could make the relay knock
//! at its own network: a metadata service, a database, another tenant's admin page.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), bits)
}

const fn v6(a: u16, b: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), bits)
}

/// IANA's special-purpose registry for IPv4, without what is globally reachable.
const CLOSED_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 8),
    v4(10, 0, 0, 8),
    v4(100, 64, 0, 10),
    v4(127, 0, 0, 8),
    // Link-local; metadata services live here.
    v4(169, 254, 0, 16),
    v4(172, 16, 0, 12),
    v4(192, 0, 0, 24),
    v4(192, 0, 2, 24),
    v4(192, 88, 99, 24),
    v4(192, 168, 0, 16),
    v4(198, 18, 0, 15),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
];

/// Of IPv6 only 2000::/3 is in use between networks; these parts of it are special all the same.
const CLOSED_V6: [Ipv6Net; 4] = [
    // Protocol assignments, Teredo and ORCHID among them.
    v6(0x2001, 0, 23),
    v6(0x2001, 0xdb8, 32),
    v6(0x3fff, 0, 20),
    // Deprecated site-wide experiments.
    v6(0x3ffe, 0, 16),
];

const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 96);
const SIX_TO_FOUR: Ipv6Net = v6(0x2002, 0, 16);

/// Whether the address belongs to the public internet. One that carries an IPv4 address is
/// judged by the carried one.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED_V4.iter().any(|block| block.contains(&address)),
        IpAddr::V6(address) => carried(address).map_or_else(
            || {
                GLOBAL_V6.contains(&address)
                    && !CLOSED_V6.iter().any(|block| block.contains(&address))
            },
            |inner| is_public(inner.into()),
        ),
    }
}

fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [_, a, b, _, _, _, c, d] = address.segments();
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    if NAT64.contains(&address) {
        Some(from(c, d))
    } else if SIX_TO_FOUR.contains(&address) {
        Some(from(a, b))
    } else {
        address.to_ipv4_mapped()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn the_public_internet_is_open() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "198.17.255.255",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4009::200e",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is_closed() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2002:c0a8:101::1",
            "5f00::1",
        ] {
            assert!(!public(text), "{text}");
        }
    }
}
