use std::collections::{HashMap, HashSet};

use super::{Fix, Source};
use crate::topology::{
    Bridge, BridgeKind, Domain, DomainRole, Interface, Link, Network, Nic, Port, Reading, Role, Topology,
};

/// A topology with what rules look up again and again.
pub(super) struct Context<'t> {
    pub(super) topology: &'t Topology,
    read: HashSet<&'t str>,
    links: HashMap<&'t str, &'t Link>,
    ports: HashMap<&'t str, (&'t Bridge, &'t Port)>,
    networks: HashMap<&'t str, &'t Network>,
    domains: HashMap<&'t str, &'t Domain>,
}

impl<'t> Context<'t> {
    pub(super) fn of(topology: &'t Topology) -> Self {
        let ports = topology
            .bridges
            .iter()
            .flat_map(|bridge| bridge.ports.iter().map(move |port| (bridge, port)));
        Self {
            topology,
            read: topology
                .sources
                .iter()
                .filter(|source| source.reading == Reading::Read)
                .map(|source| source.name.as_str())
                .collect(),
            links: topology
                .links
                .iter()
                .map(|link| (link.name.as_str(), link))
                .collect(),
            ports: ports
                .map(|(bridge, port)| (port.name.as_str(), (bridge, port)))
                .collect(),
            networks: topology
                .networks
                .iter()
                .map(|network| (network.name.as_str(), network))
                .collect(),
            domains: topology
                .domains
                .iter()
                .map(|domain| (domain.name.as_str(), domain))
                .collect(),
        }
    }

    pub(super) fn was_read(&self, source: Source) -> bool {
        self.read.contains(source.as_str())
    }

    pub(super) fn link(&self, name: &str) -> Option<&'t Link> {
        self.links.get(name).copied()
    }

    pub(super) fn port(&self, name: &str) -> Option<(&'t Bridge, &'t Port)> {
        self.ports.get(name).copied()
    }

    pub(super) fn network(&self, name: &str) -> Option<&'t Network> {
        self.networks.get(name).copied()
    }

    pub(super) fn domain(&self, name: &str) -> Option<&'t Domain> {
        self.domains.get(name).copied()
    }

    /// Whether the kernel's links were listed in full, so that one that is absent is not there.
    pub(super) fn kernel_is_whole(&self) -> bool {
        self.was_read(Source::Kernel) && !self.topology.kernel_gaps.links
    }

    pub(super) fn is_active(&self, network: &Network) -> bool {
        network.active == Some(true)
    }

    pub(super) fn is_inactive(&self, network: &Network) -> bool {
        network.active == Some(false)
    }

    /// `None` where no source tells.
    pub(super) fn starts_by_itself(&self, network: &Network) -> Option<bool> {
        network.autostart
    }

    pub(super) fn is_persistent(&self, domain: &Domain) -> bool {
        domain.persistent == Some(true)
    }

    /// Every port of every Open vSwitch bridge.
    pub(super) fn ovs_ports(&self) -> impl Iterator<Item = (&'t Bridge, &'t Port)> {
        self.topology
            .bridges
            .iter()
            .filter(|bridge| bridge.kind == BridgeKind::Ovs)
            .flat_map(|bridge| bridge.ports.iter().map(move |port| (bridge, port)))
    }

    /// The domain and the NIC behind a port.
    pub(super) fn nic_behind(&self, port: &Port) -> Option<(&'t Domain, &'t Nic)> {
        let attachment = port.attachment.as_ref()?;
        let domain = self
            .domain(&attachment.domain)
            .filter(|domain| domain.uuid == attachment.domain_uuid)?;
        let nic = domain.nics.iter().find(|nic| nic.mac == Some(attachment.mac))?;
        Some((domain, nic))
    }

    /// Whether this is a Nutanix host: it has a controller VM.
    pub(super) fn is_ahv(&self) -> bool {
        self.topology
            .domains
            .iter()
            .any(|domain| domain.role == DomainRole::Cvm)
    }

    /// What makes an active-backup bond of these members, each way on its own: our command, and on a Nutanix host its
    /// owner's.
    pub(super) fn make_bond(&self, bridge: &str, bond: &str, members: &str) -> Vec<Fix> {
        let ours = [
            "set_bond",
            bond,
            "--bridge",
            bridge,
            "--uplinks",
            members,
            "--mode",
            "active-backup",
        ];
        let owners = [
            "--bridge_name",
            bridge,
            "--interfaces",
            members,
            "--bond_name",
            bond,
            "update_uplinks",
        ];
        let mut fixes = vec![Fix::ours(&ours)];
        fixes.extend(self.is_ahv().then(|| Fix::manage_ovs(&owners)));
        fixes
    }
}

/// A NIC of the domain's definition, which its next start will use.
pub(super) fn config_nic<'d>(domain: &'d Domain, nic: &Nic) -> Option<&'d Nic> {
    domain
        .config_nics
        .as_ref()?
        .iter()
        .find(|config| nic.mac.is_some() && config.mac == nic.mac)
}

/// Every NIC that a domain has or will have, the live ones first; one in both stands once.
pub(super) fn all_nics(domain: &Domain) -> impl Iterator<Item = &Nic> {
    let only_config = domain
        .config_nics
        .iter()
        .flatten()
        .filter(|config| config.mac.is_none() || !domain.nics.iter().any(|live| live.mac == config.mac));
    domain.nics.iter().chain(only_config)
}

/// An interface that Open vSwitch finds among the system's network devices.
pub(super) fn is_system(interface: &Interface) -> bool {
    matches!(interface.type_.as_str(), "" | "system")
}

/// Whether Open vSwitch says that it could not make this interface work.
pub(super) fn is_broken(interface: &Interface) -> bool {
    interface.error.is_some() || interface.ofport == Some(-1)
}

/// Whether traffic of the bridge leaves the host, or its segment, by this port.
pub(super) fn leads_out(port: &Port) -> bool {
    matches!(port.role, Role::Uplink | Role::Chain | Role::Tunnel)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}
