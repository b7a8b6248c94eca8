//! libvirtd: domains with their NICs, and networks.

use std::net::IpAddr;

use futures_util::{StreamExt, TryStreamExt, stream};
use libvirt_model::domain::{self, Interface, LinkState};
use libvirt_model::live::{self, Definition, DomainRecord, Hypervisor, NetworkRecord};
use libvirt_model::network;
use libvirt_model::xml::{self, Document};

use super::guests::{self, Running};
use super::{LibvirtObservation, ObservedDomain, ObservedNetwork, ObservedNic};
use crate::topology::{Address, NativeVlan, Portgroup, Vlan};

/// How many documents are asked for at once; libvirtd answers a connection's calls side by side.
const AT_ONCE: usize = 16;

/// Reads every domain and network of a hypervisor.
///
/// A domain that disappears between the list and its XML is left out, as if it had gone before the
/// list. A document that cannot be read is damage, and the rest is still shown.
///
/// # Errors
/// When the connection fails.
///
/// # Cancel safety
/// Nothing is changed.
pub async fn observe(hypervisor: &dyn Hypervisor) -> Result<LibvirtObservation, live::Error> {
    let mut said = host(hypervisor).await?;
    let domains = stream::iter(hypervisor.domains().await?)
        .map(|record| read_domain(hypervisor, record))
        .buffered(AT_ONCE);
    let mut running = Vec::new();
    for read in domains.try_collect::<Vec<_>>().await?.into_iter().flatten() {
        if read.domain.active {
            running.push(Running {
                domain: read.domain.uuid,
                has_agent: read.has_agent,
            });
        }
        said.domains.push(read.domain);
        said.damage.extend(read.damage);
    }
    said.guests = guests::observe(hypervisor, running).await?;
    let networks = stream::iter(hypervisor.networks().await?)
        .map(|record| read_network(hypervisor, record))
        .buffered(AT_ONCE);
    for (network, damage) in networks.try_collect::<Vec<_>>().await?.into_iter().flatten() {
        said.networks.push(network);
        said.damage.extend(damage);
    }
    Ok(said)
}

/// What libvirtd says of itself, without domains and networks.
pub(crate) async fn host(hypervisor: &dyn Hypervisor) -> Result<LibvirtObservation, live::Error> {
    let host = hypervisor.host().await?;
    Ok(LibvirtObservation {
        hostname: Some(host.hostname).filter(|name| !name.is_empty()),
        version: host.libvirt_version.map(|version| version.to_string()),
        uri: Some(host.uri),
        ..LibvirtObservation::default()
    })
}

/// One domain as its documents have it.
pub(crate) struct ReadDomain {
    pub(crate) domain: ObservedDomain,
    /// What of it could not be read, a sentence each.
    pub(crate) damage: Vec<String>,
    /// Whether the agent in the guest has connected to libvirtd.
    pub(crate) has_agent: bool,
}

/// One domain; `None` where it has gone.
pub(crate) async fn read_domain(
    hypervisor: &dyn Hypervisor,
    record: DomainRecord,
) -> Result<Option<ReadDomain>, live::Error> {
    let live = unless_gone(hypervisor.domain_xml(record.uuid, Definition::Live).await)?;
    // Of a domain that is off, or not defined, there is but one.
    let config = match record.is_active() && record.persistent {
        true => unless_gone(hypervisor.domain_xml(record.uuid, Definition::Config).await)?,
        false => None,
    };
    Ok(live.map(|live| {
        let mut damage = Vec::new();
        let has_agent = guests::has_agent(&live);
        ReadDomain {
            domain: domain(record, live, config, &mut damage),
            damage,
            has_agent,
        }
    }))
}

/// One network, and what of it could not be read; `None` where it has gone.
pub(crate) async fn read_network(
    hypervisor: &dyn Hypervisor,
    record: NetworkRecord,
) -> Result<Option<(ObservedNetwork, Vec<String>)>, live::Error> {
    let text = unless_gone(hypervisor.network_xml(record.uuid, Definition::Live).await)?;
    Ok(text.map(|text| {
        let mut damage = Vec::new();
        (network(record, text, &mut damage), damage)
    }))
}

fn unless_gone(text: Result<String, live::Error>) -> Result<Option<String>, live::Error> {
    match text {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn domain(
    record: DomainRecord,
    live: String,
    config: Option<String>,
    damage: &mut Vec<String>,
) -> ObservedDomain {
    ObservedDomain {
        active: record.is_active(),
        nics: nics(&record.name, live, damage),
        config_nics: config.map(|config| nics(&record.name, config, damage)),
        name: record.name,
        uuid: record.uuid,
        state: record.state.to_string(),
        autostart: Some(record.autostart),
        persistent: Some(record.persistent),
    }
}

/// The NICs of a domain's XML. One NIC that makes no sense does not hide the others.
fn nics(domain: &str, text: String, damage: &mut Vec<String>) -> Vec<ObservedNic> {
    let mut unreadable = |error: &xml::Error| damage.push(format!("domain {domain}: {error}"));
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            unreadable(&error);
            return Vec::new();
        }
    };
    match domain::Domain::of(&document) {
        Ok(domain) => domain
            .interfaces()
            .filter_map(|interface| nic(&interface).inspect_err(&mut unreadable).ok())
            .collect(),
        Err(error) => {
            unreadable(&error);
            Vec::new()
        }
    }
}

pub(crate) fn nic(interface: &Interface<'_>) -> Result<ObservedNic, xml::Error> {
    let source = interface.source()?.unwrap_or_default();
    let virtualport = interface.virtualport()?;
    let link = interface.link()?;
    Ok(ObservedNic {
        mac: interface.mac_address()?,
        type_: interface.type_()?.to_string(),
        bridge: source.bridge,
        device: source.dev,
        network: source.network,
        portgroup: source.portgroup,
        target: interface.target()?.and_then(|target| target.dev),
        interfaceid: virtualport
            .as_ref()
            .and_then(|port| port.interfaceid())
            .map(|id| id.to_string()),
        virtualport: virtualport
            .and_then(|port| port.type_)
            .map(|kind| kind.to_string()),
        vlan: interface.vlan()?.as_ref().map(vlan),
        link_down: link.is_some_and(|link| link.state == LinkState::Down),
    })
}

fn network(record: NetworkRecord, text: String, damage: &mut Vec<String>) -> ObservedNetwork {
    let observed = ObservedNetwork {
        name: record.name,
        uuid: Some(record.uuid),
        active: Some(record.active),
        autostart: Some(record.autostart),
        persistent: Some(record.persistent),
        ..ObservedNetwork::default()
    };
    match network_parts(text, observed.clone()) {
        Ok(observed) => observed,
        Err(error) => {
            damage.push(format!("network {}: {error}", observed.name));
            observed
        }
    }
}

pub(super) fn network_parts(text: String, observed: ObservedNetwork) -> Result<ObservedNetwork, xml::Error> {
    let document = Document::parse(text)?;
    let network = network::Network::of(&document)?;
    Ok(ObservedNetwork {
        forward: network.forward()?.map(|forward| {
            forward
                .mode
                .map_or_else(|| "nat".to_owned(), |mode| mode.to_string())
        }),
        bridge: network.bridge()?.and_then(|bridge| bridge.name),
        virtualport: network
            .virtualport()?
            .and_then(|port| port.type_)
            .map(|kind| kind.to_string()),
        vlan: network.vlan()?.as_ref().map(vlan),
        portgroups: network
            .portgroups()?
            .into_iter()
            .map(|portgroup| Portgroup {
                default: portgroup.is_default(),
                vlan: portgroup.vlan.as_ref().map(vlan),
                name: portgroup.name,
            })
            .collect(),
        addresses: network
            .ips()?
            .iter()
            .filter_map(|ip| {
                let address = ip.address?;
                Some(Address::new(
                    address,
                    ip.prefix_length().unwrap_or_else(|| prefix_of_class(address)),
                ))
            })
            .collect(),
        ..observed
    })
}

fn vlan(vlan: &network::Vlan) -> Vlan {
    Vlan {
        trunk: vlan.is_trunk(),
        tags: vlan.tags.iter().map(|tag| tag.id).collect(),
        native: vlan.native().map(|tag| NativeVlan {
            tag: tag.id,
            tagged: tag.native_mode == Some(network::NativeMode::Tagged),
        }),
    }
}

/// The prefix length that libvirt takes where `<ip>` has neither a prefix nor a netmask: that of the
/// address's class (RFC 791), and 64 of an IPv6 address.
fn prefix_of_class(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(address) => match address.octets() {
            [0..=127, ..] => 8,
            [128..=191, ..] => 16,
            [192..=223, ..] => 24,
            _ => 32,
        },
        IpAddr::V6(_) => 64,
    }
}
