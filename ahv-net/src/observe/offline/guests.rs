//! Whose a capture is: the host's, or a guest's that was asked from inside.

use std::collections::HashMap;

use libvirt_model::vocab::MacAddr;

use super::links::LinkCapture;
use crate::observe::{ObservedGuest, ObservedNic};
use crate::topology::{AddressOrigin, Link, Route};

/// The routes of one capture.
#[derive(Debug)]
pub(super) struct RouteCapture {
    pub(super) file: String,
    pub(super) routes: Vec<Route>,
}

/// The captures, each with whom it is of.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) host_links: Vec<LinkCapture>,
    pub(super) host_routes: Vec<RouteCapture>,
    pub(super) guests: Vec<Guest>,
}

/// A guest and the files that it is known from.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) domain: String,
    pub(super) files: Vec<String>,
    pub(super) said: ObservedGuest,
}

/// The hardware addresses of NICs, with their domains' names.
#[derive(Debug, Default)]
pub(super) struct Macs<'a> {
    by_mac: HashMap<MacAddr, &'a str>,
    by_tap: HashMap<MacAddr, &'a str>,
    /// Of a NIC of type `direct` the host has a device with the very address of the guest's.
    shared: HashMap<MacAddr, &'a str>,
}

impl<'a> Macs<'a> {
    pub(super) fn of(nics: impl Iterator<Item = (&'a str, &'a ObservedNic)>) -> Self {
        let mut macs = Self::default();
        for (domain, nic) in nics {
            if let Some(mac) = nic.mac {
                macs.by_tap.insert(mac.tap(), domain);
                let exact = if nic.type_ == "direct" {
                    &mut macs.shared
                } else {
                    &mut macs.by_mac
                };
                exact.insert(mac, domain);
            }
        }
        macs
    }

    /// The domain that a capture was taken in: it shows a NIC's own address, and no tap's. A host shows the
    /// taps of its guests, never their own addresses.
    fn guest(&self, links: &[Link]) -> Option<&'a str> {
        let macs = || links.iter().filter_map(|link| link.mac);
        if macs().any(|mac| self.by_tap.contains_key(&mac)) {
            return None;
        }
        macs().find_map(|mac| self.by_mac.get(&mac).copied()).or_else(|| {
            let mut owners = macs().map(|mac| self.shared.get(&mac).copied());
            let first = owners.next()??;
            owners.all(|owner| owner == Some(first)).then_some(first)
        })
    }
}

/// Tells the host's captures from those of guests.
pub(super) fn sort(links: Vec<LinkCapture>, routes: Vec<RouteCapture>, macs: &Macs<'_>) -> Sorted {
    let mut sorted = Sorted::default();
    for capture in links {
        match macs.guest(&capture.links) {
            Some(domain) => sorted.guest(domain, capture),
            None => sorted.host_links.push(capture),
        }
    }
    for capture in routes {
        match sorted.traveller(&capture.routes) {
            Some(index) => {
                if let Some(guest) = sorted.guests.get_mut(index) {
                    guest.files.push(capture.file);
                    guest.said.routes.extend(capture.routes);
                }
            }
            None => sorted.host_routes.push(capture),
        }
    }
    sorted
}

impl Sorted {
    fn guest(&mut self, domain: &str, capture: LinkCapture) {
        match self.guests.iter_mut().find(|guest| guest.domain == domain) {
            Some(guest) => {
                guest.files.push(capture.file);
                guest.said.links.extend(capture.links);
            }
            None => self.guests.push(Guest {
                domain: domain.to_owned(),
                files: vec![capture.file],
                said: ObservedGuest {
                    from: Some(AddressOrigin::Capture),
                    links: capture.links,
                    routes: Vec::new(),
                },
            }),
        }
    }

    /// The guest whose links fit the routes better than the host's do; `None` is the host, to which a
    /// capture belongs that fits nobody better.
    fn traveller(&self, routes: &[Route]) -> Option<usize> {
        let host: Vec<&Link> = self
            .host_links
            .iter()
            .flat_map(|capture| &capture.links)
            .collect();
        let mut best = (fit(&host, routes), None);
        for (index, guest) in self.guests.iter().enumerate() {
            let links: Vec<&Link> = guest.said.links.iter().collect();
            let fit = fit(&links, routes);
            if fit > best.0 {
                best = (fit, Some(index));
            }
        }
        best.1
    }
}

/// How many routes go out of a link that has an address in their network, and how many of a link that is
/// there at all.
fn fit(links: &[&Link], routes: &[Route]) -> (usize, usize) {
    let by_name: HashMap<&str, &Link> = links.iter().map(|link| (link.name.as_str(), *link)).collect();
    let mut fit = (0, 0);
    for route in routes {
        let Some(link) = route.interface.as_deref().and_then(|name| by_name.get(name)) else {
            continue;
        };
        fit.1 += 1;
        let connected = route
            .destination
            .filter(|to| route.gateway.is_none() && !to.is_link_local() && to.prefix_len > 0);
        if let Some(to) = connected
            && link
                .addresses
                .iter()
                .any(|address| to.network_contains(address.ip))
        {
            fit.0 += 1;
        }
    }
    fit
}

#[cfg(test)]
mod tests {
    use super::super::capture::Notes;
    use super::super::{ifconfig, netstat};
    use super::*;

    const GUEST: &str = "eth0 Link encap:Ethernet HWaddr 52:54:00:00:00:01\n inet addr:10.0.0.5 Mask:255.255.255.0\n\
                         docker0 Link encap:Ethernet HWaddr 02:42:00:00:00:01\n";
    const HOST: &str = "br0 Link encap:Ethernet HWaddr 0C:00:00:00:00:01\n inet addr:10.0.0.1 Mask:255.255.255.0\n\
                        eth0 Link encap:Ethernet HWaddr 0C:00:00:00:00:01\nvnet0 Link encap:Ethernet HWaddr FE:54:00:00:00:01\n";
    const COLUMNS: &str = "Destination Gateway Genmask Iface\n";

    fn links(file: &str, text: &str) -> LinkCapture {
        LinkCapture {
            file: file.to_owned(),
            links: ifconfig::parse(text, &mut Notes::of(file)),
            kinds: false,
            complete: false,
        }
    }

    fn routes(file: &str, text: &str) -> RouteCapture {
        RouteCapture {
            file: file.to_owned(),
            routes: netstat::parse(&format!("{COLUMNS}{text}"), &mut Notes::of(file)),
        }
    }

    fn nic(type_: &str) -> ObservedNic {
        ObservedNic {
            mac: "52:54:00:00:00:01".parse().ok(),
            type_: type_.to_owned(),
            ..ObservedNic::default()
        }
    }

    #[test]
    fn captures_are_told_apart_by_addresses_and_not_by_the_names_of_files() {
        let nic = nic("bridge");
        let macs = Macs::of(std::iter::once(("web", &nic)));
        let sorted = sort(
            vec![links("b", GUEST), links("a", HOST)],
            vec![
                routes(
                    "d",
                    "10.0.0.0 * 255.255.255.0 br0\ndefault 10.0.0.9 0.0.0.0 br0\n",
                ),
                routes(
                    "c",
                    "10.0.0.0 * 255.255.255.0 eth0\ndefault 10.0.0.9 0.0.0.0 eth0\n",
                ),
            ],
            &macs,
        );
        assert_eq!(sorted.host_links[0].file, "a");
        assert_eq!(sorted.host_routes[0].file, "d");
        assert_eq!(
            (sorted.guests.len(), sorted.guests[0].domain.as_str()),
            (1, "web")
        );
        assert_eq!(sorted.guests[0].files, ["b", "c"]);
        assert_eq!(sorted.guests[0].said.routes.len(), 2);
    }

    #[test]
    fn a_hosts_macvtap_makes_it_no_guest() {
        let direct = nic("direct");
        let macs = Macs::of(std::iter::once(("web", &direct)));
        let host = "eth0 Link encap:Ethernet HWaddr 0C:00:00:00:00:01\nmacvtap0 Link encap:Ethernet HWaddr 52:54:00:00:00:01\n";
        assert_eq!(sort(vec![links("a", host)], Vec::new(), &macs).guests.len(), 0);
        let guest = "eth0 Link encap:Ethernet HWaddr 52:54:00:00:00:01\nlo Link encap:Local Loopback\n";
        assert_eq!(sort(vec![links("a", guest)], Vec::new(), &macs).guests.len(), 1);
    }
}
