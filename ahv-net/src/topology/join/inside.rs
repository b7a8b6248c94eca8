use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt as _};
use libvirt_model::vocab::MacAddr;
use uuid::Uuid;

use crate::observe::{Observed, ObservedDomain, ObservedGuest};
use crate::topology::{Address, AddressOrigin, Link, Nic, QemuProcess, Route};

/// What guests and their qemus say of domains, found by hardware address and identity.
pub(super) struct Inside<'a> {
    links: HashMap<MacAddr, Vec<(&'a ObservedGuest, &'a Link)>>,
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
        let of_libvirt = observed
            .libvirt
            .iter()
            .filter_map(|libvirt| libvirt.said.guests.as_ref());
        let captured = observed.guests.iter().map(|guests| &guests.said);
        for guest in captured.chain(of_libvirt).flatten() {
            for link in &guest.links {
                if let Some(mac) = link.mac {
                    inside.links.entry(mac).or_default().push((guest, link));
                }
            }
        }
        let of_kernel = observed
            .kernel
            .iter()
            .filter_map(|kernel| kernel.said.processes.as_ref());
        let captured = observed.processes.iter().map(|processes| &processes.said);
        for process in captured.chain(of_kernel).flatten() {
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
            addresses_from: nic.mac.map_or_else(BTreeSet::new, |mac| self.tellers(mac)),
            ..nic
        }
    }

    /// What the guest calls its NIC of this address. A VLAN or bridge of its own on that NIC has the same
    /// address; the NIC is the one that was listed first.
    fn name(&self, mac: MacAddr) -> Option<String> {
        // Leases and the host's ARP table have the host's name for it.
        let from_inside =
            |guest: &ObservedGuest| !matches!(guest.from, Some(AddressOrigin::Lease | AddressOrigin::Arp));
        let links = self.links.get(&mac)?.iter();
        let mut links = links.filter(|(guest, _)| from_inside(guest));
        links.next().map(|(_, link)| link.name.clone())
    }

    /// Every address inside the guest on a link with this hardware address.
    fn addresses(&self, mac: MacAddr) -> Vec<Address> {
        let links = self.links.get(&mac).map_or(&[][..], Vec::as_slice);
        let mut addresses: Vec<Address> = Vec::new();
        for address in links.iter().flat_map(|(_, link)| &link.addresses) {
            // Two tellers name an address twice, and the weaker one, which comes later, not its prefix.
            if addresses.iter().all(|known| known.ip != address.ip) {
                addresses.push(*address);
            }
        }
        addresses
    }

    fn tellers(&self, mac: MacAddr) -> BTreeSet<AddressOrigin> {
        let links = self.links.get(&mac).map_or(&[][..], Vec::as_slice);
        let told = links.iter().filter(|(_, link)| !link.addresses.is_empty());
        told.filter_map(|(guest, _)| guest.from).collect()
    }

    /// The routes inside the guest.
    pub(super) fn routes(&self, domain: &ObservedDomain) -> Vec<Route> {
        let macs = domain.nics.iter().filter_map(|nic| nic.mac);
        let guest = macs
            .filter_map(|mac| self.links.get(&mac))
            .flatten()
            .map(|(guest, _)| *guest)
            .find(|guest| !guest.routes.is_empty());
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
