use std::collections::HashMap;

use libvirt_model::vocab::MacAddr;
use uuid::Uuid;

use crate::observe::{Observed, ObservedDomain, ObservedGuest};
use crate::topology::{Address, Link, Nic, QemuProcess, Route};

/// What guests and their qemus say of domains, found by hardware address and identity.
pub(super) struct Inside<'a> {
    links: HashMap<MacAddr, (&'a ObservedGuest, Vec<&'a Link>)>,
    by_uuid: HashMap<Uuid, &'a QemuProcess>,
    by_name: HashMap<&'a str, &'a QemuProcess>,
}

impl<'a> Inside<'a> {
    pub(super) fn of(observed: &'a Observed) -> Self {
        let mut inside = Self {
            links: HashMap::new(),
            by_uuid: HashMap::new(),
            by_name: HashMap::new(),
        };
        for guest in observed.guests.iter().flat_map(|guests| &guests.said) {
            for link in &guest.links {
                if let Some(mac) = link.mac {
                    let found = inside.links.entry(mac).or_insert_with(|| (guest, Vec::new()));
                    found.1.push(link);
                }
            }
        }
        for process in observed.processes.iter().flat_map(|processes| &processes.said) {
            if let Some(uuid) = process.uuid {
                inside.by_uuid.entry(uuid).or_insert(process);
            }
            if let Some(name) = &process.name {
                inside.by_name.entry(name).or_insert(process);
            }
        }
        inside
    }

    /// The NIC with what the guest says of it.
    pub(super) fn nic(&self, nic: Nic) -> Nic {
        Nic {
            guest_name: nic.mac.and_then(|mac| self.name(mac)),
            addresses: nic.mac.map_or_else(Vec::new, |mac| self.addresses(mac)),
            ..nic
        }
    }

    /// What the guest calls its NIC of this address. A VLAN or bridge of its own on that NIC has the same
    /// address; the NIC is the one that was listed first.
    fn name(&self, mac: MacAddr) -> Option<String> {
        let (_, links) = self.links.get(&mac)?;
        links.first().map(|link| link.name.clone())
    }

    /// Every address inside the guest on a link with this hardware address.
    fn addresses(&self, mac: MacAddr) -> Vec<Address> {
        let links = self.links.get(&mac).map_or(&[][..], |(_, links)| links);
        let mut addresses: Vec<Address> = Vec::new();
        for address in links.iter().flat_map(|link| &link.addresses) {
            // Two captures of one guest name its addresses twice.
            if !addresses.contains(address) {
                addresses.push(*address);
            }
        }
        addresses
    }

    /// The routes inside the guest.
    pub(super) fn routes(&self, domain: &ObservedDomain) -> Vec<Route> {
        let macs = domain.nics.iter().filter_map(|nic| nic.mac);
        let guest = macs
            .filter_map(|mac| self.links.get(&mac))
            .map(|(guest, _)| *guest)
            .next();
        guest.map_or_else(Vec::new, |guest| guest.routes.clone())
    }

    /// The domain's qemu, by its identity, and where that is not told by its name.
    pub(super) fn process(&self, domain: &ObservedDomain) -> Option<QemuProcess> {
        let by_uuid = self.by_uuid.get(&domain.uuid);
        let by_name = || {
            let process = self.by_name.get(domain.name.as_str())?;
            (process.uuid.is_none() || domain.uuid.is_nil()).then_some(process)
        };
        by_uuid.or_else(by_name).map(|process| (*process).clone())
    }
}
