use foldhash::{HashMap, HashMapExt as _};

use super::super::{Concern, Context, Guard};
use libvirt_model::domain::{Domain, Effective, Interface};
use libvirt_model::network::Network;
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::Document;

use crate::edit::change::{NetworkChange, NetworkState, NicChange};
use crate::topology::{BridgeKind, Port, Role};

pub(super) const GUARD: Guard = Guard {
    id: "guest-trunk-all",
    title: "a guest that gets every VLAN",
    why: "With no tag and no trunks a port carries all VLANs, so the guest sees and reaches every one of them.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let mut after: HashMap<&str, &Port> = HashMap::new();
    for port in context.after().ports() {
        after.entry(&port.name).or_insert(port);
    }
    let guests = context
        .before()
        .ports()
        .filter(|port| is_guest(port) && !carries_all(port));
    let mut objections: Vec<String> = guests
        .filter_map(|port| {
            let after = after.get(port.name.as_str())?;
            carries_all(after).then(|| {
                let whose = match &port.attachment {
                    Some(at) => format!(" of {}", at.domain),
                    None => String::new(),
                };
                format!("port {}{whose} would carry every VLAN", port.name)
            })
        })
        .collect();
    let said = |mac: MacAddr| {
        let before = context.before();
        let port = before.port_by_mac(mac).map(|port| port.name.as_str());
        port.is_some_and(|port| !carries_all_before(context, port) && carries_all_after(context, port))
    };
    objections.extend(
        context
            .nics()
            .filter(|change| !said(change.mac) && loses_vlan(context, change))
            .map(|change| format!("NIC {} of {} would get every VLAN", change.mac, change.domain)),
    );
    objections.extend(
        context
            .network_changes()
            .flat_map(|change| through(context, change)),
    );
    objections
}

/// The NICs that a network or one of its portgroups leaves without the VLAN that it gave them: each has every VLAN
/// from when its guest next starts.
fn through(context: &Context<'_>, change: &NetworkChange) -> Vec<String> {
    let document = |state: &Option<NetworkState>| Document::parse(state.as_ref()?.xml.as_str()).ok();
    let (Some(before), Some(after)) = (document(&change.before), document(&change.after)) else {
        return Vec::new();
    };
    let (Ok(before), Ok(after)) = (Network::of(&before), Network::of(&after)) else {
        return Vec::new();
    };
    let loses = |nic: &Interface<'_>| -> Option<String> {
        let source = nic.source().ok()??;
        if source.network.as_deref() != Some(&change.name) {
            return None;
        }
        let (was, becomes) = (
            Effective::of(nic, Some(&before)).ok()?,
            Effective::of(nic, Some(&after)).ok()?,
        );
        let loses = was.vlan.is_some() && becomes.vlan.is_none() && becomes.is_openvswitch();
        let by = || match becomes.portgroup {
            Some(portgroup) => format!("portgroup {portgroup} of network {}", change.name),
            None => format!("network {}", change.name),
        };
        loses.then(by)
    };
    let mut objections = Vec::new();
    for (name, document) in context.definitions() {
        let Ok(domain) = Domain::of(document) else {
            continue;
        };
        for nic in domain.interfaces() {
            if let Some(by) = loses(&nic) {
                let mac = nic.mac_address().ok().flatten();
                let mac = mac.map(|mac| format!(" {mac}")).unwrap_or_default();
                objections.push(format!(
                    "NIC{mac} of {name} would get every VLAN when its guest next starts, as {by} gives it none any more"
                ));
            }
        }
    }
    objections
}

fn carries_all_before(context: &Context<'_>, port: &str) -> bool {
    context.before().port(port).is_some_and(carries_all)
}

fn carries_all_after(context: &Context<'_>, port: &str) -> bool {
    context.after().port(port).is_some_and(carries_all)
}

/// Whether a NIC has no VLAN afterwards, on an Open vSwitch bridge, where it had one or was not there.
fn loses_vlan(context: &Context<'_>, change: &NicChange) -> bool {
    let Some(edit) = change.live.as_ref().or(change.config.as_ref()) else {
        return false;
    };
    let all = |xml: &Option<String>| xml.as_ref().and_then(|xml| gets_all(context, xml));
    all(&edit.after) == Some(true) && all(&edit.before) != Some(true)
}

/// Whether libvirt gives this NIC no VLAN; `None` where it is not on Open vSwitch, or that is not known.
fn gets_all(context: &Context<'_>, xml: &str) -> Option<bool> {
    let document = Document::parse(xml).ok()?;
    let nic = Interface::of(&document).ok()?;
    let source = nic.source().ok()??;
    let networks = context.networks();
    let network = source.network.as_ref().and_then(|name| {
        networks
            .iter()
            .find(|network| network.name().ok().as_deref() == Some(name))
    });
    let bridge = match network {
        Some(network) => network.bridge().ok()??.name?,
        None => source.bridge?,
    };
    if context.before().bridge(&bridge)?.kind != BridgeKind::Ovs {
        return None;
    }
    let effective = Effective::of(&nic, network).ok()?;
    Some(effective.vlan.is_none())
}

fn is_guest(port: &Port) -> bool {
    // A port of which no source tells the guest may be one all the same.
    matches!(port.role, Role::Guest | Role::Unknown)
}

fn carries_all(port: &Port) -> bool {
    let is_access = port.tag.is_some() && port.vlan_mode.as_deref().is_none_or(|mode| mode == "access");
    let is_one = matches!(port.vlan_mode.as_deref(), Some("access" | "dot1q-tunnel"));
    !is_access && port.trunks.is_empty() && !is_one
}
