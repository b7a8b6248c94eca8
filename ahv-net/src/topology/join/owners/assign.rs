use std::sync::Arc;

use foldhash::HashMap;
use uuid::Uuid;

use super::ahv::Ahv;
use super::facts::Facts;
use super::{guest, marks, scripts};
use crate::topology::{
    Aspect, Bridge, BridgeKind, Domain, DomainRole, Ifcfg, Interface, Network, Nic, Owner, OwnerEvidence,
    Ownership, Port, Topology,
};

/// Gives every bridge, port, interface, network and NIC its owner.
pub(in super::super) fn assign(topology: &mut Topology) {
    let known = Known::of(topology);
    let networks: Vec<Arc<Ownership>> = topology
        .networks
        .iter()
        .map(|network| known.network(network))
        .collect();
    let bridges: Vec<(Arc<Ownership>, Vec<PortOwnership>)> = topology
        .bridges
        .iter()
        .map(|bridge| {
            let ports = bridge.ports.iter().map(|port| known.port(bridge, port)).collect();
            (known.bridge(bridge), ports)
        })
        .collect();
    let nics = known.nics;
    for (network, ownership) in topology.networks.iter_mut().zip(networks) {
        network.ownership = ownership;
    }
    for (domain, (live, config)) in topology.domains.iter_mut().zip(nics) {
        let config_nics = domain.config_nics.iter_mut().flatten();
        let nics = domain.nics.iter_mut().chain(config_nics);
        for (nic, ownership) in nics.zip(live.into_iter().chain(config)) {
            nic.ownership = ownership;
        }
    }
    for (bridge, (ownership, ports)) in topology.bridges.iter_mut().zip(bridges) {
        bridge.ownership = ownership;
        for (port, (ownership, interfaces)) in bridge.ports.iter_mut().zip(ports) {
            port.ownership = ownership;
            for (interface, ownership) in port.interfaces.iter_mut().zip(interfaces) {
                interface.ownership = ownership;
            }
        }
    }
}

/// Of the live NICs, and of those of the definition.
type DomainNics = (Vec<Arc<Ownership>>, Vec<Arc<Ownership>>);

/// Of the port, and of each of its interfaces that has another owner.
type PortOwnership = (Arc<Ownership>, Vec<Option<Arc<Ownership>>>);

/// What evidence is looked up in.
struct Known<'t> {
    ahv: Option<Ahv>,
    files: &'t [Ifcfg],
    networks: &'t [Network],
    domains: &'t [Domain],
    /// Of each domain.
    nics: Vec<DomainNics>,
    /// The positions of the domains.
    by_identity: HashMap<(Uuid, &'t str), usize>,
    /// The ports beyond firewall bridges, by the bridge's name.
    beyond: HashMap<&'t str, &'t Port>,
}

impl<'t> Known<'t> {
    fn of(topology: &'t Topology) -> Self {
        let ahv = Ahv::of(&topology.domains, &topology.bridges);
        Self {
            nics: topology
                .domains
                .iter()
                .map(|domain| nics(domain, ahv.as_ref()))
                .collect(),
            ahv,
            files: &topology.ifcfg,
            networks: &topology.networks,
            domains: &topology.domains,
            by_identity: topology
                .domains
                .iter()
                .enumerate()
                .map(|(position, domain)| ((domain.uuid, domain.name.as_str()), position))
                .collect(),
            beyond: topology
                .ports()
                .filter_map(|port| Some((port.attachment.as_ref()?.through.as_deref()?, port)))
                .collect(),
        }
    }

    fn bridge(&self, bridge: &Bridge) -> Arc<Ownership> {
        let mut facts = Facts::default();
        marks::of_row(&bridge.external_ids, &bridge.other_config, &mut facts);
        marks::of_bridge(&bridge.external_ids, &mut facts);
        if let Some(ahv) = &self.ahv {
            ahv.bridge(bridge, &mut facts);
        }
        scripts::of_bridge(&bridge.name, self.files, &mut facts);
        if bridge.kind == BridgeKind::Linux {
            self.linux_bridge(bridge, &mut facts);
        }
        facts.settle()
    }

    /// A Linux bridge is libvirt's where a network of libvirt makes it, and where it lies between a guest and its
    /// port, of whoever plugged that port.
    fn linux_bridge(&self, bridge: &Bridge, facts: &mut Facts) {
        let made = |network: &&Network| {
            network.bridge.as_deref() == Some(&bridge.name)
                && network.active != Some(false)
                && matches!(network.forward.as_deref(), None | Some("nat" | "route" | "open"))
        };
        if let Some(network) = self.networks.iter().find(made) {
            facts.owned(
                Owner::Libvirt,
                format!("libvirt's network {} makes it", network.name),
            );
            facts.reverted(
                Aspect::Existence,
                Owner::Libvirt,
                "libvirt deletes the bridge when the network stops, and makes another when it starts",
                Some(format!("virsh net-edit {}", network.name)),
            );
        }
        if let Some(port) = self.beyond.get(bridge.name.as_str()) {
            let mut plugged = Facts::default();
            self.gather(port, &mut plugged);
            if let Some(OwnerEvidence { owner, .. }) = plugged.settle().evidence.first() {
                let what = format!("it lies between a guest and port {}, which is so", port.name);
                facts.owned(*owner, what);
            }
        }
    }

    fn port(&self, bridge: &Bridge, port: &Port) -> PortOwnership {
        let mut facts = Facts::default();
        self.gather(port, &mut facts);
        scripts::of_port(&port.name, self.files, &mut facts);
        if let Some(ahv) = &self.ahv {
            ahv.port(bridge, port, &mut facts);
        }
        let interfaces = port
            .interfaces
            .iter()
            .map(|interface| self.interface(port, interface))
            .collect();
        (facts.settle(), interfaces)
    }

    /// What the port's rows and the NIC behind it say.
    fn gather(&self, port: &Port, facts: &mut Facts) {
        marks::of_row(&port.external_ids, &port.other_config, facts);
        if let [interface] = port.interfaces.as_slice() {
            marks::of_row(&interface.external_ids, &Default::default(), facts);
        }
        if let Some(nic) = self.behind(port) {
            facts.inherited(nic);
        }
    }

    /// Only of a bond's member can another owner be known than of its port.
    fn interface(&self, port: &Port, interface: &Interface) -> Option<Arc<Ownership>> {
        if port.interfaces.len() < 2 {
            return None;
        }
        let mut facts = Facts::default();
        marks::of_row(&interface.external_ids, &Default::default(), &mut facts);
        scripts::of_port(&interface.name, self.files, &mut facts);
        (!facts.is_empty()).then(|| facts.settle())
    }

    /// What is known of the NIC behind a port.
    fn behind(&self, port: &Port) -> Option<&Arc<Ownership>> {
        let attachment = port.attachment.as_ref()?;
        let identity = (attachment.domain_uuid, attachment.domain.as_str());
        let domain = *self.by_identity.get(&identity)?;
        let of_port = |nic: &Nic| nic.mac == Some(attachment.mac);
        let nic = self.domains.get(domain)?.nics.iter().position(of_port)?;
        self.nics.get(domain)?.0.get(nic)
    }

    fn network(&self, network: &Network) -> Arc<Ownership> {
        let mut facts = Facts::default();
        if let Some(ahv) = &self.ahv {
            let is_cvm = |name: &str| {
                let of_name = |domain: &&Domain| domain.name == name;
                self.domains
                    .iter()
                    .find(of_name)
                    .is_some_and(|domain| domain.role == DomainRole::Cvm)
            };
            if let Some(cvm) = network.users.iter().find(|user| is_cvm(&user.domain)) {
                facts.owned(
                    Owner::Acropolis,
                    format!("{}, and {} has a NIC in it", ahv.why, cvm.domain),
                );
            }
        }
        facts.owned(Owner::Libvirt, "libvirtd lists it");
        if network.persistent == Some(false) {
            facts.reverted(
                Aspect::Existence,
                Owner::Libvirt,
                "the network is not defined: it is gone when it stops",
                Some(format!(
                    "virsh net-define FILE  # with the XML of {}",
                    network.name
                )),
            );
        }
        facts.settle()
    }
}

fn nics(domain: &Domain, ahv: Option<&Ahv>) -> DomainNics {
    let of_nic = |nic: &Nic| {
        let mut facts = Facts::default();
        guest::of_nic(domain, nic, ahv, &mut facts);
        facts.settle()
    };
    let live: Vec<Arc<Ownership>> = domain.nics.iter().map(of_nic).collect();
    let configured = domain.config_nics.iter().flatten().enumerate();
    let config = configured
        .map(
            |(position, nic)| match domain.nics.get(position).zip(live.get(position)) {
                Some((twin, known)) if guest::is_known_alike(twin, nic) => Arc::clone(known),
                _ => of_nic(nic),
            },
        )
        .collect();
    (live, config)
}
