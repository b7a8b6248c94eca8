//! The text of `ifconfig` and `ifconfig -a`, of both net-tools ages.

use std::collections::HashMap;
use std::net::IpAddr;

use libvirt_model::vocab::MacAddr;

use super::capture::{Lines, Notes};
use crate::topology::{Address, Link};

/// Reads `ifconfig`. Without `-a` it lists only links that are up, so a link's absence means nothing.
///
/// An alias such as `eth1:1` is an address of `eth1`, as the kernel has it.
pub(super) fn parse(text: &str, notes: &mut Notes) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut current: Option<usize> = None;
    for (number, line) in Lines::of(text) {
        if let Some((name, rest)) = heading(line) {
            let name = name.split_once(':').map_or(name, |(device, _)| device);
            let index = *known.entry(name).or_insert_with(|| {
                links.push(bare(name, links.len()));
                links.len() - 1
            });
            current = Some(index);
            if let Some(link) = links.get_mut(index) {
                facts(link, rest, number, notes);
            }
        } else {
            match current.and_then(|index| links.get_mut(index)) {
                Some(link) => facts(link, line, number, notes),
                None => notes.line(number, "it belongs to no link"),
            }
        }
    }
    links
}

/// A link of which no more than its name is known.
pub(super) fn bare(name: &str, before: usize) -> Link {
    Link {
        // Such a capture does not number the links; their order is that of the kernel's numbers.
        index: u32::try_from(before).map_or(u32::MAX, |before| before.saturating_add(1)),
        ..Link::named(name)
    }
}

/// `eth0 Link encap:Ethernet …` of net-tools 1.60, `eth0: flags=4163<UP,…>  mtu 1500` of later ones.
pub(super) fn heading(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    if rest.starts_with("Link encap:") {
        return Some((name, rest));
    }
    let name = name.strip_suffix(':')?;
    rest.starts_with("flags=").then_some((name, rest))
}

fn facts(link: &mut Link, text: &str, number: usize, notes: &mut Notes) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let after = |word: &str| {
        words
            .iter()
            .position(|at| *at == word)
            .and_then(|at| words.get(at + 1).copied())
    };
    let prefixed = |prefix: &str| words.iter().find_map(|word| word.strip_prefix(prefix));
    if let Some(mac) = after("HWaddr").or_else(|| after("ether")) {
        match mac.parse::<MacAddr>() {
            Ok(mac) => link.mac = Some(mac),
            Err(_) => notes.line(number, "a hardware address that is none"),
        }
    }
    if let Some(mtu) = prefixed("MTU:").or_else(|| after("mtu")) {
        link.mtu_bytes = mtu.parse().ok();
    }
    if let Some(flags) = prefixed("flags=") {
        let names = flags
            .split_once('<')
            .map_or("", |(_, names)| names.trim_end_matches('>'));
        up(link, names.split(','));
    } else if words.contains(&"MULTICAST") || words.contains(&"BROADCAST") || words.first() == Some(&"UP") {
        up(link, words.iter().copied());
    }
    // "inet addr:10.0.0.1 Bcast:… Mask:255.255.254.0", "inet 10.0.0.1  netmask 255.255.254.0",
    // "inet6 addr: fe80::1/64 Scope:Link", "inet6 fe80::1  prefixlen 64".
    let v4 = prefixed("addr:")
        .filter(|ip| !ip.is_empty())
        .or_else(|| after("inet"));
    if words.first() == Some(&"inet")
        && let Some(ip) = v4
    {
        let mask = prefixed("Mask:").or_else(|| after("netmask"));
        address(link, ip, mask.and_then(prefix_of_mask), number, notes);
    }
    if words.first() == Some(&"inet6") {
        let text = after("addr:").or_else(|| after("inet6"));
        let (ip, prefix) = text.map_or(("", None), |text| match text.split_once('/') {
            Some((ip, prefix)) => (ip, prefix.parse().ok()),
            None => (text, after("prefixlen").and_then(|prefix| prefix.parse().ok())),
        });
        address(link, ip, prefix, number, notes);
    }
}

fn up<'w>(link: &mut Link, words: impl Iterator<Item = &'w str>) {
    let words: Vec<&str> = words.collect();
    link.admin_up = Some(words.contains(&"UP"));
    link.link_up = Some(words.contains(&"RUNNING"));
}

fn address(link: &mut Link, ip: &str, prefix: Option<u8>, number: usize, notes: &mut Notes) {
    match (ip.parse::<IpAddr>(), prefix) {
        (Ok(ip), Some(prefix)) => {
            let address = Address::new(ip, prefix);
            if !link.addresses.contains(&address) {
                link.addresses.push(address);
            }
        }
        _ => notes.line(number, "an address without a netmask, or one that is none"),
    }
}

/// The length of a netmask's prefix; `None` where it has a hole.
pub(super) fn prefix_of_mask(mask: &str) -> Option<u8> {
    let bits = u32::from(mask.parse::<std::net::Ipv4Addr>().ok()?);
    let ones = bits.leading_ones();
    (bits.count_ones() == ones)
        .then(|| u8::try_from(ones).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Link>, Vec<String>) {
        let mut notes = Notes::of("ifconfig.txt");
        let links = parse(text, &mut notes);
        (links, notes.sentences())
    }

    #[test]
    fn net_tools_1_60_with_an_alias() {
        let (links, damage) = read(
            "eth1      Link encap:Ethernet  HWaddr 52:54:00:BE:99:B3\n          inet addr:192.168.5.2  \
             Bcast:192.168.5.127  Mask:255.255.255.128\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n\
             eth1:1    Link encap:Ethernet  HWaddr 52:54:00:BE:99:B3\n          inet addr:192.168.5.254  \
             Bcast:192.168.5.255  Mask:255.255.255.0\n",
        );
        assert_eq!(damage, Vec::<String>::new());
        assert_eq!(links.len(), 1);
        let addresses: Vec<String> = links[0].addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["192.168.5.2/25", "192.168.5.254/24"]);
        assert_eq!((links[0].mtu_bytes, links[0].admin_up), (Some(1500), Some(true)));
    }

    #[test]
    fn net_tools_2() {
        let (links, damage) = read(
            "br0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet 10.59.31.77  netmask 255.255.254.0  \
             broadcast 10.59.31.255\n        inet6 fe80::ec4:7aff:fe58:9150  prefixlen 64  scopeid 0x20<link>\n        \
             ether 0c:c4:7a:58:91:50  txqueuelen 1000  (Ethernet)\n        RX packets 1  bytes 2 (2.0 B)\n",
        );
        assert_eq!(damage, Vec::<String>::new());
        assert_eq!(links[0].addresses.len(), 2);
        assert_eq!(links[0].mac.unwrap().to_string(), "0c:c4:7a:58:91:50");
        assert_eq!(links[0].link_up, Some(true));
    }

    #[test]
    fn damage_is_noted_by_line() {
        let (links, damage) = read(
            "inet addr:1.2.3.4\neth0 Link encap:Ethernet HWaddr zz\n inet addr:1.2.3.4 Mask:255.0.255.0\n",
        );
        assert_eq!(links.len(), 1);
        assert_eq!(damage.len(), 3, "{damage:?}");
    }
}
