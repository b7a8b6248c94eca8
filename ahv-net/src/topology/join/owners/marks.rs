use std::collections::BTreeMap;

use super::facts::Facts;
use crate::topology::{Aspect, Owner};

type Map = BTreeMap<String, String>;

/// What ovn-controller notes on rows that it made: the tunnel to a chassis, and the two ends of a patch between
/// its integration bridge and a bridge to the wire.
const OVN: [&str; 4] = [
    "ovn-chassis-id",
    "ovn-localnet-port",
    "ovn-logical-patch-port",
    "ovn-installed",
];

/// What neutron's agent notes in `Port.other_config`, to find its own local VLANs again.
const NEUTRON: [&str; 2] = ["net_uuid", "segmentation_id"];

/// The owners that left their mark in the object's own row.
pub(super) fn of_row(external_ids: &Map, other_config: &Map, facts: &mut Facts) {
    if let Some(name) = external_ids.get("ahv-net-owner") {
        facts.owned(Owner::AhvNet, format!("external_ids:ahv-net-owner is {name}"));
    }
    if let Some(key) = OVN.iter().find(|key| external_ids.contains_key(**key)) {
        facts.owned(Owner::Ovn, format!("external_ids has {key}"));
        facts.reverted(
            Aspect::Existence,
            Owner::Ovn,
            "ovn-controller makes its ports and tunnels again whenever the southbound database or its own start \
             asks for it",
            None,
        );
    }
    if let Some(key) = NEUTRON.iter().find(|key| other_config.contains_key(**key)) {
        facts.owned(
            Owner::Neutron,
            format!("Port.other_config has {key}, as neutron's agent notes it"),
        );
        facts.reverted(
            Aspect::Vlan,
            Owner::Neutron,
            "neutron's agent sets the local VLAN of the port's network when it starts or resyncs",
            Some("openstack port set …  # the VLAN of a port is its network's".to_owned()),
        );
    }
    if let Some(uuid) = external_ids.get("NM.connection.uuid") {
        facts.owned(
            Owner::NetworkManager,
            format!("external_ids:NM.connection.uuid is {uuid}"),
        );
        facts.reverted(
            Aspect::Existence,
            Owner::NetworkManager,
            "NetworkManager makes it anew, as its connection says, when the connection is activated",
            Some(format!("nmcli connection modify {uuid} …")),
        );
    }
}

/// What ovn-controller notes on its integration bridge: the conntrack zone of each logical port.
pub(super) fn of_bridge(external_ids: &Map, facts: &mut Facts) {
    if external_ids.keys().any(|key| key.starts_with("ct-zone-")) {
        facts.owned(
            Owner::Ovn,
            "external_ids has ct-zone-…, as ovn-controller notes it",
        );
        facts.reverted(
            Aspect::Existence,
            Owner::Ovn,
            "ovn-controller makes its integration bridge again when it is gone, and sets its fail_mode",
            None,
        );
    }
}
