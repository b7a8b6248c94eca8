/// Columns that Open vSwitch fills in by itself though its schema keeps them over a restart, so that
/// `ephemeral` does not tell them: ovs-vswitchd.conf.db(5).
const STATUS: &[(&str, &[&str])] = &[
    (
        "Bridge",
        &["datapath_id", "datapath_version", "rstp_status", "status"],
    ),
    ("Controller", &["is_connected", "role", "status"]),
    (
        "Interface",
        &[
            "admin_state",
            "bfd_status",
            "cfm_fault",
            "cfm_fault_status",
            "cfm_flap_count",
            "cfm_health",
            "cfm_mpid",
            "cfm_remote_mpids",
            "cfm_remote_opstate",
            "duplex",
            "error",
            "ifindex",
            "lacp_current",
            "link_resets",
            "link_speed",
            "link_state",
            "mac_in_use",
            "mtu",
            "ofport",
            "statistics",
            "status",
        ],
    ),
    (
        "Open_vSwitch",
        &[
            "cur_cfg",
            "datapath_types",
            "db_version",
            "dpdk_initialized",
            "dpdk_version",
            "iface_types",
            "next_cfg",
            "ovs_version",
            "statistics",
        ],
    ),
    ("Mirror", &["statistics"]),
    (
        "Port",
        &[
            "bond_active_slave",
            "rstp_statistics",
            "rstp_status",
            "statistics",
            "status",
        ],
    ),
];

/// Whether a column says how things are, and not how they shall be.
pub(crate) fn is_status(table: &str, column: &str) -> bool {
    STATUS
        .iter()
        .any(|(known, columns)| *known == table && columns.contains(&column))
}
