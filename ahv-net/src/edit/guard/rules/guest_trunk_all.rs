use super::super::{Concern, Context, Guard};
use libvirt_model::domain::{Effective, Interface};
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::Document;

use crate::edit::change::NicChange;
use crate::topology::{BridgeKind, Port, Role};

pub(super) const GUARD: Guard = Guard {
    id: "guest-trunk-all",
    title: "a guest that gets every VLAN",
    why: "With no tag and no trunks a port carries all VLANs, so the guest sees and reaches every one of them.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let guests = context
        .before()
        .ports()
        .filter(|port| is_guest(port) && !carries_all(port));
    let mut objections: Vec<String> = guests
        .filter_map(|port| {
            let after = context.after().port(&port.name)?;
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
    !is_access && port.trunks.is_empty() && port.vlan_mode.as_deref() != Some("access")
}
