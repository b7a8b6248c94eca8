mod balance_tcp_without_lacp;
mod cvm_external;
mod foreign_port;
mod guest_trunk_all;
mod internal_network;
mod lacp_without_fallback;
mod last_uplink;
mod mac_in_use;
mod management_path;
mod owner_reverts;
mod system_bridge;
mod unbonded_uplinks;

use super::Guard;

/// Every guard, by name.
pub(super) static ALL: &[Guard] = &[
    balance_tcp_without_lacp::GUARD,
    cvm_external::GUARD,
    foreign_port::GUARD,
    guest_trunk_all::GUARD,
    internal_network::GUARD,
    lacp_without_fallback::GUARD,
    last_uplink::GUARD,
    mac_in_use::GUARD,
    management_path::GUARD,
    owner_reverts::GUARD,
    system_bridge::GUARD,
    unbonded_uplinks::GUARD,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_guard_has_a_name_of_its_own_and_they_are_in_order() {
        assert!(ALL.is_sorted_by(|a, b| a.id < b.id));
    }
}
