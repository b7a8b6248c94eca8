//! One rule a file. Each is a `const RULE` with a function that finds, and its tests: a case that fires beside one that
//! nearly does.

mod address_on_port;
mod balance_slb;
mod balance_tcp_without_lacp;
mod bond_mtu_mismatch;
mod bond_primary_missing;
mod bond_single_member;
mod bridge_without_uplink;
mod contradiction;
mod cvm_vlan_mismatch;
mod damage;
mod duplicate_mac;
mod guest_trunks_everything;
mod guest_without_port;
mod ifcfg_drift;
mod interface_not_open;
mod interface_without_link;
mod ipam_remote;
mod lacp_half_set;
mod lacp_not_negotiated;
mod lacp_without_fallback;
mod link_without_port;
mod live_config_drift;
mod mirror_dead;
mod mtu_above_uplink;
mod mtu_minimum;
mod network_bridge_missing;
mod network_not_active;
mod network_not_autostarted;
mod nic_on_other_bridge;
mod owned_by_another;
mod patch_unpaired;
mod port_without_guest;
mod portgroup_drift;
mod portgroup_missing;
mod portgroup_unlike;
mod tag_with_trunks;
mod tunnel_twice;
mod uplink_without_carrier;
mod uplinks_unbonded;
mod vlan_drift;
mod vlan_not_on_uplink;
mod vlan_reserved;
mod vlan_set_late;
mod vlan_without_switch;

use super::Rule;

/// Every rule, by id.
pub(super) const ALL: &[Rule] = &[
    address_on_port::RULE,
    balance_slb::RULE,
    balance_tcp_without_lacp::RULE,
    bond_mtu_mismatch::RULE,
    bond_primary_missing::RULE,
    bond_single_member::RULE,
    bridge_without_uplink::RULE,
    contradiction::RULE,
    cvm_vlan_mismatch::RULE,
    damage::RULE,
    duplicate_mac::RULE,
    guest_trunks_everything::RULE,
    guest_without_port::RULE,
    ifcfg_drift::RULE,
    interface_not_open::RULE,
    interface_without_link::RULE,
    ipam_remote::RULE,
    lacp_half_set::RULE,
    lacp_not_negotiated::RULE,
    lacp_without_fallback::RULE,
    link_without_port::RULE,
    live_config_drift::RULE,
    mirror_dead::RULE,
    mtu_above_uplink::RULE,
    mtu_minimum::RULE,
    network_bridge_missing::RULE,
    network_not_active::RULE,
    network_not_autostarted::RULE,
    nic_on_other_bridge::RULE,
    owned_by_another::RULE,
    patch_unpaired::RULE,
    port_without_guest::RULE,
    portgroup_drift::RULE,
    portgroup_missing::RULE,
    portgroup_unlike::RULE,
    tag_with_trunks::RULE,
    tunnel_twice::RULE,
    uplink_without_carrier::RULE,
    uplinks_unbonded::RULE,
    vlan_drift::RULE,
    vlan_not_on_uplink::RULE,
    vlan_reserved::RULE,
    vlan_set_late::RULE,
    vlan_without_switch::RULE,
];
