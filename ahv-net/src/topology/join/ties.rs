use foldhash::{HashMap, HashMapExt as _};

use crate::observe::{ObservedNetwork, ObservedNic};
use crate::topology::NetworkTie;

/// Which libvirt network a NIC belongs to, and how that is known.
pub(super) struct Ties<'a> {
    by_bridge: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Ties<'a> {
    pub(super) fn of(networks: &[&'a ObservedNetwork]) -> Self {
        let mut by_bridge: HashMap<&str, Vec<&str>> = HashMap::new();
        // A network that is stopped has no part in what a bridge carries.
        for network in networks.iter().filter(|network| network.active != Some(false)) {
            if let Some(bridge) = &network.bridge {
                by_bridge.entry(bridge).or_default().push(&network.name);
            }
        }
        Self { by_bridge }
    }

    /// A NIC that names only a bridge is tied to the network of that bridge if there is just one: with
    /// two, either would be a guess.
    pub(super) fn tie(&self, nic: &ObservedNic) -> Option<(String, NetworkTie)> {
        if let Some(network) = &nic.network {
            return Some((network.clone(), NetworkTie::Named));
        }
        match self.by_bridge.get(nic.bridge.as_deref()?)?.as_slice() {
            [network] => Some(((*network).to_owned(), NetworkTie::Bridge)),
            _ => None,
        }
    }
}
