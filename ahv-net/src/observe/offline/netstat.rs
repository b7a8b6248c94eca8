//! The text of `netstat -r`, `netstat -rn` and `route`.

use std::net::IpAddr;

use super::capture::{Lines, Notes};
use super::ifconfig::prefix_of_mask;
use crate::topology::{Address, Route};

/// The destination that /etc/networks names so (RFC 3927).
const LINK_LOCAL: &str = "169.254.0.0";

/// Reads the kernel's IPv4 routing table as net-tools print it.
pub(super) fn parse(text: &str, notes: &mut Notes) -> Vec<Route> {
    let mut columns = None;
    let mut routes = Vec::new();
    for (number, line) in Lines::of(text) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.first() == Some(&"Destination") {
            let column = |name: &str| words.iter().position(|word| *word == name);
            columns = column("Gateway")
                .zip(column("Genmask"))
                .zip(column("Iface"))
                .zip(Some(column("Metric")));
            continue;
        }
        let Some((((gateway, mask), interface), metric)) = columns else {
            continue;
        };
        let word = |column: usize| words.get(column).copied();
        let row = word(0).zip(word(gateway)).zip(word(mask)).zip(word(interface));
        let Some((((destination, gateway), mask), interface)) = row else {
            notes.line(number, "a route without all of its columns");
            continue;
        };
        let metric = metric
            .and_then(word)
            .and_then(|metric| metric.parse().ok())
            .filter(|metric| *metric != 0);
        match route(destination, gateway, mask) {
            Some((destination, gateway)) => routes.push(Route {
                destination,
                ipv6: false,
                gateway,
                interface: Some(interface.to_owned()),
                metric,
                type_: None,
            }),
            None => notes.line(
                number,
                "a route whose destination, gateway or netmask is no address",
            ),
        }
    }
    if columns.is_none() {
        notes.whole("no line with the columns Destination, Gateway, Genmask and Iface");
    }
    routes
}

type Way = (Option<Address>, Option<IpAddr>);

fn route(destination: &str, gateway: &str, mask: &str) -> Option<Way> {
    let prefix = prefix_of_mask(mask)?;
    let destination = match destination {
        "default" => None,
        "0.0.0.0" if prefix == 0 => None,
        "link-local" => Some(LINK_LOCAL.parse().ok()?),
        other => Some(other.parse().ok()?),
    };
    let gateway = match gateway {
        "*" | "0.0.0.0" => None,
        other => Some(other.parse().ok()?),
    };
    Some((destination.map(|ip: IpAddr| Address::new(ip, prefix)), gateway))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Route>, Vec<String>) {
        let mut notes = Notes::of("netstat-r.txt");
        let routes = parse(text, &mut notes);
        (routes, notes.sentences())
    }

    #[test]
    fn names_and_numbers_read_alike() {
        let named = "Kernel IP routing table\nDestination Gateway Genmask Flags MSS Window irtt Iface\n\
                     link-local * 255.255.0.0 U 0 0 0 eth0\ndefault 10.59.30.1 0.0.0.0 UG 0 0 0 br0\n";
        let numeric = "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n\
                       169.254.0.0     0.0.0.0         255.255.0.0     U     0      0        0 eth0\n\
                       0.0.0.0         10.59.30.1      0.0.0.0         UG    0      0        0 br0\n";
        assert_eq!(read(named), read(numeric));
        let (routes, damage) = read(named);
        assert_eq!(damage, Vec::<String>::new());
        assert_eq!(routes[0].destination.unwrap().to_string(), "169.254.0.0/16");
        assert_eq!(
            (routes[1].destination, routes[1].gateway),
            (None, Some("10.59.30.1".parse().unwrap()))
        );
    }

    #[test]
    fn damage_is_noted() {
        let (routes, damage) = read("Destination Gateway Genmask Iface\nfoo * 255.0.0.0 eth0\n10.0.0.0 *\n");
        assert_eq!((routes.len(), damage.len()), (0, 2));
        assert_eq!(read("nothing of the kind\n").1.len(), 1);
    }
}
