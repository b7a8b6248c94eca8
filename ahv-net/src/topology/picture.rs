use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Bridge, Domain, HostFacts, Ifcfg, KernelGaps, Link, ModelVersion, Network, Port, Reading, Route,
    SourceReport, Unmatched,
};

/// One host's virtual network, joined.
///
/// The serde form is stable: members are only added. Every list is in a fixed order (bridges, ports
/// and interfaces by name, numbers inside names compared as numbers), so that two pictures of the
/// same state are equal byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Topology {
    /// Version of the model: what a reader may rely on.
    pub version: ModelVersion,
    /// What the host says of itself.
    pub host: HostFacts,
    /// Every bridge that any source knows, Open vSwitch and Linux ones alike.
    pub bridges: Vec<Bridge>,
    /// libvirt's networks.
    pub networks: Vec<Network>,
    /// libvirt's domains, running or not, with their NICs.
    pub domains: Vec<Domain>,
    /// The kernel's links.
    pub links: Vec<Link>,
    /// The kernel's main routing tables.
    pub routes: Vec<Route>,
    /// What of the kernel's links no capture tells; nothing on a live host.
    #[serde(default, skip_serializing_if = "KernelGaps::is_empty")]
    pub kernel_gaps: KernelGaps,
    /// The network scripts' files, by device; none where they were not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ifcfg: Vec<Ifcfg>,
    /// What no source could explain, and why.
    pub unmatched: Vec<Unmatched>,
    /// Which sources were read, and which were not.
    pub sources: Vec<SourceReport>,
}

impl Topology {
    /// Whether this source was read; its name as in [`sources`](Self::sources).
    pub fn was_read(&self, source: &str) -> bool {
        let mut reports = self.sources.iter();
        reports.any(|report| report.name == source && report.reading == Reading::Read)
    }

    /// The bridge of this name.
    pub fn bridge(&self, name: &str) -> Option<&Bridge> {
        self.bridges.iter().find(|bridge| bridge.name == name)
    }

    /// The port of this name, on whichever bridge it is.
    pub fn port(&self, name: &str) -> Option<&Port> {
        self.ports().find(|port| port.name == name)
    }

    /// The port that carries the guest NIC with this MAC: the guest's own address, as its domain XML has
    /// it, not that of the tap.
    ///
    /// Where a firewall bridge lies between, this is the port beyond it, which has the VLAN. `None` also
    /// where several NICs have that address: [`ports_by_mac`](Self::ports_by_mac) gives them all.
    pub fn port_by_mac(&self, mac: MacAddr) -> Option<&Port> {
        let through = |port: &&Port| port.attachment.as_ref().is_some_and(|at| at.through.is_some());
        let (beyond, own): (Vec<&Port>, Vec<&Port>) = self.ports_by_mac(mac).partition(through);
        match (beyond.as_slice(), own.as_slice()) {
            ([port], [] | [_]) | ([], [port]) => Some(*port),
            _ => None,
        }
    }

    /// Every port that a NIC with this MAC stands behind; more than one where the address is in use
    /// twice, or a firewall bridge lies between.
    pub fn ports_by_mac(&self, mac: MacAddr) -> impl Iterator<Item = &Port> {
        self.ports()
            .filter(move |port| port.attachment.as_ref().is_some_and(|at| at.mac == mac))
    }

    /// Every port of every bridge.
    pub fn ports(&self) -> impl Iterator<Item = &Port> {
        self.bridges.iter().flat_map(|bridge| &bridge.ports)
    }

    /// The domain of this name.
    pub fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// The libvirt network of this name.
    pub fn network(&self, name: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.name == name)
    }
}
