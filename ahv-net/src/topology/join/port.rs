use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use super::assemble::role_of;
use super::bridges::{PortSource, RawBridge, RawPort};
use super::claims::{Claim, Claims};
use super::order;
use super::roles::{self, Surroundings};
use super::ties::Ties;
use crate::observe::{ObservedBridge, ObservedInterface, ObservedPort};
use crate::topology::{
    Attachment, Bond, Bridge, BridgeKind, Interface, Link, Mirror, Ownership, Port, Remote, Role, RoleReason,
};

/// Everything that a bridge's rows are completed from.
pub(super) struct Completion<'a, 'b> {
    pub(super) links: Option<&'b HashMap<&'a str, &'a Link>>,
    pub(super) ties: &'b Ties<'a>,
    /// Each is taken by its port.
    pub(super) claims: Claims<'a>,
    pub(super) around: &'b Surroundings<'b>,
}

impl<'a> Completion<'a, '_> {
    pub(super) fn bridge(&mut self, raw: &RawBridge<'a>) -> Bridge {
        let row = raw.ovs;
        let link = self.link(raw.name);
        Bridge {
            name: raw.name.to_owned(),
            kind: raw.kind,
            uuid: row.and_then(|row| row.uuid),
            mac: link.and_then(|link| link.mac),
            mtu_bytes: link.and_then(|link| link.mtu_bytes),
            addresses: link.map_or_else(Vec::new, |link| link.addresses.clone()),
            datapath_type: row.and_then(|row| row.datapath_type.clone()),
            fail_mode: row.and_then(|row| row.fail_mode.clone()),
            stp: row
                .and_then(|row| row.stp_enable)
                .or_else(|| link.and_then(|link| link.stp)),
            rstp: row.and_then(|row| row.rstp_enable),
            external_ids: row.map_or_else(BTreeMap::new, |row| row.external_ids.clone()),
            other_config: row.map_or_else(BTreeMap::new, |row| row.other_config.clone()),
            controllers: row.map_or_else(Vec::new, |row| sorted(&row.controllers)),
            mirrors: row.map_or_else(Vec::new, mirrors),
            ports: raw.ports.iter().map(|port| self.port(raw, port)).collect(),
            known_from: raw.known_from.clone(),
            // Given once everything is joined.
            ownership: Ownership::unknown(),
        }
    }

    fn port(&mut self, bridge: &RawBridge<'a>, port: &RawPort<'a>) -> Port {
        let claim = self.claims.take(bridge.name, port.name);
        let (role, role_reason) = match &claim {
            Some(claim) => {
                roles::of_attached(bridge.kind == BridgeKind::Ovs, role_of(claim.candidate.domain))
            }
            None => self.unattached(bridge, port),
        };
        let row = match port.source {
            PortSource::Ovs(row) => Some(row),
            _ => None,
        };
        let link = self.link(port.name);
        let mut interfaces: Vec<Interface> = match row {
            Some(row) => row
                .interfaces
                .iter()
                .map(|interface| interface_of(interface, self.link(&interface.name)))
                .collect(),
            None => vec![bare_interface(port.name, link)],
        };
        interfaces.sort_by(|a, b| order::by_name(&a.name, &b.name));
        Port {
            name: port.name.to_owned(),
            uuid: row.and_then(|row| row.uuid),
            role,
            role_reason,
            tag: row.and_then(|row| row.tag),
            trunks: row.map_or_else(Vec::new, |row| row.trunks.clone()),
            vlan_mode: row.and_then(|row| row.vlan_mode.clone()),
            fake_bridge: row.is_some_and(|row| row.fake_bridge),
            bond: row.and_then(|row| bond(row, !self.around.abridged)),
            addresses: link.map_or_else(Vec::new, |link| link.addresses.clone()),
            external_ids: row.map_or_else(BTreeMap::new, |row| row.external_ids.clone()),
            other_config: row.map_or_else(BTreeMap::new, |row| row.other_config.clone()),
            interfaces,
            attachment: claim.and_then(|claim| self.attachment(claim)),
            ownership: Ownership::unknown(),
        }
    }

    /// The role of a port that no NIC stands behind, and where there is none, what is known all the same.
    fn unattached(&self, bridge: &RawBridge<'a>, port: &RawPort<'a>) -> (Role, RoleReason) {
        let (role, reason) = match port.source {
            PortSource::Ovs(row) => roles::of_mirror_output(bridge.ovs, row)
                .unwrap_or_else(|| roles::of_ovs_port(bridge.name, row, self.around)),
            PortSource::Link(link) => roles::of_link(bridge.name, link, self.around),
            PortSource::DomainXml => (
                Role::Unknown,
                RoleReason("more than one NIC names it as its target".to_owned()),
            ),
        };
        if role != Role::Unknown {
            return (role, reason);
        }
        if let Some(lost) = self.claims.lost(port.name) {
            return (role, RoleReason(lost.to_owned()));
        }
        match port.source {
            PortSource::Ovs(row) => match roles::says_ovsdb(row, self.around) {
                Some(says) => (role, RoleReason(format!("{reason}; {says}"))),
                None => (role, reason),
            },
            _ => (role, reason),
        }
    }

    fn attachment(&self, claim: Claim<'_>) -> Option<Attachment> {
        let (domain, nic) = (claim.candidate.domain, claim.candidate.nic);
        let (network, network_tie) = self.ties.tie(nic).unzip();
        Some(Attachment {
            domain: domain.name.clone(),
            domain_uuid: domain.uuid,
            mac: nic.mac?,
            network,
            network_tie,
            portgroup: nic.portgroup.clone(),
            through: claim.through.map(str::to_owned),
            evidence: claim.evidence,
        })
    }

    fn link(&self, name: &str) -> Option<&'a Link> {
        self.links.and_then(|links| links.get(name).copied())
    }
}

/// What OVSDB says of an interface, and what the kernel knows better.
fn interface_of(row: &ObservedInterface, link: Option<&Link>) -> Interface {
    Interface {
        name: row.name.clone(),
        uuid: row.uuid,
        type_: row.type_.clone(),
        options: row.options.clone(),
        ofport: row.ofport,
        error: row.error.clone(),
        mac: link.and_then(|link| link.mac).or(row.mac_in_use),
        mtu_bytes: link.and_then(|link| link.mtu_bytes).or(row.mtu_bytes),
        admin_up: link.and_then(|link| link.admin_up).or(row.admin_up),
        link_up: link.and_then(|link| link.link_up).or(row.link_up),
        lacp_current: row.lacp_current,
        external_ids: Arc::clone(&row.external_ids),
        ownership: None,
    }
}

/// The one interface of a Linux bridge's port: the device itself.
fn bare_interface(name: &str, link: Option<&Link>) -> Interface {
    let row = ObservedInterface {
        name: name.to_owned(),
        ..ObservedInterface::default()
    };
    interface_of(&row, link)
}

pub(super) fn sorted(remotes: &[Remote]) -> Vec<Remote> {
    let mut remotes = remotes.to_vec();
    remotes.sort();
    remotes
}

fn mirrors(row: &ObservedBridge) -> Vec<Mirror> {
    order::sorted(&row.mirrors, |mirror| &mirror.name)
        .into_iter()
        .cloned()
        .collect()
}

fn bond(row: &ObservedPort, told: bool) -> Option<Bond> {
    (row.interfaces.len() > 1).then(|| Bond {
        // `ovs-appctl bond/show` tells what `ovs-vsctl show` leaves out.
        told: told || row.bond_mode.is_some(),
        mode: row.bond_mode.clone(),
        lacp: row.lacp.clone(),
        active_slave: row.bond_active_slave.clone(),
        lacp_status: row.lacp_status.clone().or_else(|| lacp_status(row)),
    })
}

/// What the members say of LACP together, in the words of `ovs-appctl bond/show`.
fn lacp_status(row: &ObservedPort) -> Option<String> {
    let current = row.interfaces.iter().filter_map(|member| member.lacp_current);
    let status = match (row.lacp.as_deref(), current.reduce(|any, one| any || one)) {
        (_, Some(true)) => "negotiated",
        (Some("active" | "passive"), Some(false)) => "configured",
        _ => return None,
    };
    Some(status.to_owned())
}
