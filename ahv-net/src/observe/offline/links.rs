//! The kernel's picture, put together from captures that each show a part of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::brctl::ListedBridge;
use super::capture::Contradictions;
use crate::observe::KernelObservation;
use crate::topology::{KernelGaps, Link, Route};

/// The links of one capture.
#[derive(Debug)]
pub(super) struct LinkCapture {
    pub(super) file: String,
    pub(super) links: Vec<Link>,
    /// Whether it tells the kinds of links.
    pub(super) kinds: bool,
    /// Whether it lists every link there is.
    pub(super) complete: bool,
}

/// The bridges of one `brctl show`.
#[derive(Debug)]
pub(super) struct BridgeCapture {
    pub(super) file: String,
    pub(super) bridges: Vec<ListedBridge>,
}

/// Puts the host's captures together; the one that tells most of a link comes first.
pub(super) fn kernel(
    mut captures: Vec<LinkCapture>,
    bridges: Vec<BridgeCapture>,
    routes: impl IntoIterator<Item = Route>,
    contradictions: &mut Contradictions,
) -> KernelObservation {
    captures.sort_by_key(|capture| (!capture.kinds, !capture.complete));
    let mut merged = Merged {
        complete: captures.iter().any(|capture| capture.complete),
        ..Merged::default()
    };
    for capture in captures {
        merged.links(capture, contradictions);
    }
    for capture in bridges {
        merged.bridges(capture, contradictions);
    }
    let mut said = KernelObservation::default();
    // A route of two captures is one; which order they have is the kernel's.
    let mut seen = HashSet::new();
    for route in routes {
        let is = (
            route.destination,
            route.ipv6,
            route.gateway,
            route.interface.clone(),
            route.type_.clone(),
        );
        if seen.insert(is) {
            said.routes.push(route);
        }
    }
    let concluded = merged.vlans();
    said.gaps = KernelGaps {
        links: !merged.complete,
        kinds: merged.untold().map(str::to_owned).collect(),
        concluded,
    };
    said.links = merged.all.into_iter().map(|(link, _)| link).collect();
    said
}

#[derive(Default)]
struct Merged {
    all: Vec<(Link, String)>,
    by_name: HashMap<String, usize>,
    /// Links whose kind a capture tells, be it that they have none.
    told: BTreeSet<String>,
    complete: bool,
}

impl Merged {
    fn links(&mut self, capture: LinkCapture, contradictions: &mut Contradictions) {
        for link in capture.links {
            if capture.kinds || link.loopback {
                self.told.insert(link.name.clone());
            }
            match self
                .by_name
                .get(&link.name)
                .and_then(|index| self.all.get_mut(*index))
            {
                Some((known, from)) => {
                    let mut differs = |what: &str, ours: String, theirs: String| {
                        let what = format!("{what} of {} is {ours} here, and {theirs} in {from}", link.name);
                        contradictions.note(&capture.file, what);
                    };
                    one(&mut known.mac, link.mac, |ours, theirs| {
                        differs("the address", ours.to_string(), theirs.to_string());
                    });
                    one(&mut known.mtu_bytes, link.mtu_bytes, |ours, theirs| {
                        differs("the MTU", ours.to_string(), theirs.to_string());
                    });
                    one(&mut known.master, link.master, |ours, theirs| {
                        differs("the bridge or bond", ours, theirs)
                    });
                    one(&mut known.vlan_id, link.vlan_id, |ours, theirs| {
                        differs("the VLAN", ours.to_string(), theirs.to_string());
                    });
                    one(&mut known.kind, link.kind, |ours, theirs| {
                        differs("the kind", ours, theirs)
                    });
                    one(&mut known.admin_up, link.admin_up, |ours, _| {
                        let (ours, theirs) = if ours { ("on", "off") } else { ("off", "on") };
                        differs("the switch", ours.to_owned(), theirs.to_owned());
                    });
                    // Carrier comes and goes between two captures.
                    known.link_up = known.link_up.or(link.link_up);
                    known.parent = known.parent.take().or(link.parent);
                    known.peer = known.peer.take().or(link.peer);
                    known.stp = known.stp.or(link.stp);
                    for address in link.addresses {
                        if !known.addresses.contains(&address) {
                            known.addresses.push(address);
                        }
                    }
                }
                None => self.push(link, &capture.file),
            }
        }
    }

    fn bridges(&mut self, capture: BridgeCapture, contradictions: &mut Contradictions) {
        for bridge in capture.bridges {
            let file = &capture.file;
            self.with(&bridge.name, file, |link| {
                link.kind.get_or_insert_with(|| "bridge".to_owned());
                link.stp = link.stp.or(bridge.stp);
            });
            self.told.insert(bridge.name.clone());
            for member in &bridge.members {
                self.with(member, file, |link| {
                    one(&mut link.master, Some(bridge.name.clone()), |ours, theirs| {
                        contradictions.note(
                            file,
                            format!("{member} is in {ours} here, and in {theirs} elsewhere"),
                        );
                    });
                });
            }
        }
    }

    /// Does something to the link of this name, which is made where no capture before had it.
    fn with(&mut self, name: &str, file: &str, change: impl FnOnce(&mut Link)) {
        if !self.by_name.contains_key(name) {
            self.push(super::ifconfig::bare(name, self.all.len()), file);
        }
        let index = self.by_name.get(name);
        if let Some((link, _)) = index.and_then(|index| self.all.get_mut(*index)) {
            change(link);
        }
    }

    fn push(&mut self, link: Link, file: &str) {
        self.by_name.insert(link.name.clone(), self.all.len());
        self.all.push((link, file.to_owned()));
    }

    /// VLAN devices of which no capture tells the kind. `vconfig` and the network scripts name one after the
    /// device below and its VLAN, and it has that device's address; with both it is taken for one.
    fn vlans(&mut self) -> BTreeMap<String, String> {
        let macs: HashMap<String, _> = self
            .all
            .iter()
            .filter_map(|(link, _)| Some((link.name.clone(), link.mac?)))
            .collect();
        let mut concluded = BTreeMap::new();
        for (link, _) in &mut self.all {
            if link.kind.is_some() || self.told.contains(&link.name) {
                continue;
            }
            let Some((parent, id)) = link.name.rsplit_once('.') else {
                continue;
            };
            let id = id.parse::<u16>().ok().filter(|id| (1..4095).contains(id));
            if let (Some(id), Some(mac)) = (id, link.mac)
                && macs.get(parent) == Some(&mac)
            {
                link.kind = Some("vlan".to_owned());
                link.vlan_id = Some(id);
                link.parent = Some(parent.to_owned());
                concluded.insert(link.name.clone(), "by its name and its address".to_owned());
            }
        }
        concluded
    }

    fn untold(&self) -> impl Iterator<Item = &str> {
        self.all
            .iter()
            .filter(|(link, _)| link.kind.is_none() && !self.told.contains(&link.name))
            .map(|(link, _)| link.name.as_str())
    }
}

/// Keeps what is known; what is new is taken, and what differs is told.
fn one<T: PartialEq + Clone>(known: &mut Option<T>, new: Option<T>, differs: impl FnOnce(T, T)) {
    match (known.as_ref(), new) {
        (Some(known), Some(new)) if *known != new => differs(new, known.clone()),
        (None, Some(new)) => *known = Some(new),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::capture::Notes;
    use super::super::{brctl, ifconfig, ip};
    use super::*;

    fn ifconfig(text: &str) -> LinkCapture {
        LinkCapture {
            file: "ifconfig.txt".to_owned(),
            links: ifconfig::parse(text, &mut Notes::of("ifconfig.txt")),
            kinds: false,
            complete: false,
        }
    }

    fn ip(text: &str) -> LinkCapture {
        LinkCapture {
            file: "ip.txt".to_owned(),
            links: ip::links(text, &mut Notes::of("ip.txt")),
            kinds: true,
            complete: true,
        }
    }

    const IFCONFIG: &str = "\
eth2 Link encap:Ethernet HWaddr 0C:00:00:00:00:01
eth2.32 Link encap:Ethernet HWaddr 0C:00:00:00:00:01
eth3.32 Link encap:Ethernet HWaddr 0C:00:00:00:00:02
virbr0 Link encap:Ethernet HWaddr 52:54:00:00:00:01
  inet addr:192.168.5.1 Bcast:192.168.5.255 Mask:255.255.255.0
";

    #[test]
    fn links_and_bridges_come_together_and_what_is_not_told_is_named() {
        let text = "bridge name bridge id STP enabled interfaces\nvirbr0 8000.52 no virbr0-nic\n";
        let bridges = BridgeCapture {
            file: "brctl.txt".to_owned(),
            bridges: brctl::parse(text, &mut Notes::of("brctl.txt")),
        };
        let mut contradictions = Contradictions::default();
        let said = kernel(vec![ifconfig(IFCONFIG)], vec![bridges], [], &mut contradictions);
        let link = |name: &str| said.links.iter().find(|link| link.name == name).unwrap();
        assert_eq!(
            (link("virbr0").kind.as_deref(), link("virbr0").stp),
            (Some("bridge"), Some(false))
        );
        assert_eq!(link("virbr0").addresses.len(), 1);
        assert_eq!(link("virbr0-nic").master.as_deref(), Some("virbr0"));
        assert_eq!(
            (link("eth2.32").parent.as_deref(), link("eth2.32").vlan_id),
            (Some("eth2"), Some(32))
        );
        assert_eq!(link("eth3.32").kind, None, "no eth3 with its address is shown");
        assert!(said.gaps.links);
        let untold: Vec<&str> = said.gaps.kinds.iter().map(String::as_str).collect();
        assert_eq!(untold, ["eth2", "eth3.32", "virbr0-nic"]);
        assert_eq!(contradictions.into_damage(), []);
    }

    #[test]
    fn captures_that_contradict_each_other_are_told_and_the_fuller_one_is_shown() {
        let ip = ip(
            "1: lo: <LOOPBACK,UP> mtu 65536\n2: eth2: <UP> mtu 9000\n    link/ether 0c:00:00:00:00:09 brd ff:ff:ff:ff:ff:ff promiscuity 0\n",
        );
        let mut contradictions = Contradictions::default();
        let said = kernel(vec![ifconfig(IFCONFIG), ip], Vec::new(), [], &mut contradictions);
        assert!(!said.gaps.links && !said.gaps.kinds.contains("eth2"));
        let eth2 = said.links.iter().find(|link| link.name == "eth2").unwrap();
        assert_eq!(eth2.mac.unwrap().to_string(), "0c:00:00:00:00:09");
        let damage = contradictions.into_damage();
        assert_eq!(damage.len(), 1);
        assert!(damage[0].contradiction);
        assert_eq!(
            damage[0].what,
            "the address of eth2 is 0c:00:00:00:00:01 here, and 0c:00:00:00:00:09 in ip.txt"
        );
    }
}
