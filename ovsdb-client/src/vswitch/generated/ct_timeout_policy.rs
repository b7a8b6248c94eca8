//! Table `CT_Timeout_Policy`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map};

/// A row of table `CT_Timeout_Policy`. Since schema 8.1.0.
#[derive(Clone, PartialEq)]
pub struct CTTimeoutPolicy(TableRow);

impl CTTimeoutPolicy {
    /// Column `external_ids`: map from string to string; since schema 8.1.0.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `timeouts`: map from string (one of `icmp_first`, `icmp_reply`, `tcp_close`, `tcp_close_wait`, `tcp_established`, `tcp_fin_wait`, `tcp_last_ack`, `tcp_retransmit`, `tcp_syn_recv`, `tcp_syn_sent`, `tcp_syn_sent2`, `tcp_time_wait`, `tcp_unack`, `udp_first`, `udp_multiple`, `udp_single`) to integer from 0 to 4294967295; since schema 8.1.0.
    pub const TIMEOUTS: Column<Self, Map<CTTimeoutPolicyTimeouts, i64>> = Column::new("timeouts");

    /// Column `external_ids`: map from string to string; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `timeouts`: map from string (one of `icmp_first`, `icmp_reply`, `tcp_close`, `tcp_close_wait`, `tcp_established`, `tcp_fin_wait`, `tcp_last_ack`, `tcp_retransmit`, `tcp_syn_recv`, `tcp_syn_sent`, `tcp_syn_sent2`, `tcp_time_wait`, `tcp_unack`, `udp_first`, `udp_multiple`, `udp_single`) to integer from 0 to 4294967295; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn timeouts(&self) -> Result<Map<CTTimeoutPolicyTimeouts, i64>, ColumnError> {
        self.0.get(Self::TIMEOUTS)
    }
}

impl Table for CTTimeoutPolicy {
    const NAME: &'static str = "CT_Timeout_Policy";
    const COLUMNS: &'static [&'static str] = &[
        "external_ids",
        "timeouts",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for CTTimeoutPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

::ovsdb_client::open_enum! {
    /// What column `CT_Timeout_Policy.timeouts` may be.
    CTTimeoutPolicyTimeouts {
        /// `icmp_first`
        IcmpFirst = "icmp_first",
        /// `icmp_reply`
        IcmpReply = "icmp_reply",
        /// `tcp_close`
        TcpClose = "tcp_close",
        /// `tcp_close_wait`
        TcpCloseWait = "tcp_close_wait",
        /// `tcp_established`
        TcpEstablished = "tcp_established",
        /// `tcp_fin_wait`
        TcpFinWait = "tcp_fin_wait",
        /// `tcp_last_ack`
        TcpLastAck = "tcp_last_ack",
        /// `tcp_retransmit`
        TcpRetransmit = "tcp_retransmit",
        /// `tcp_syn_recv`
        TcpSynRecv = "tcp_syn_recv",
        /// `tcp_syn_sent`
        TcpSynSent = "tcp_syn_sent",
        /// `tcp_syn_sent2`
        TcpSynSent2 = "tcp_syn_sent2",
        /// `tcp_time_wait`
        TcpTimeWait = "tcp_time_wait",
        /// `tcp_unack`
        TcpUnack = "tcp_unack",
        /// `udp_first`
        UdpFirst = "udp_first",
        /// `udp_multiple`
        UdpMultiple = "udp_multiple",
        /// `udp_single`
        UdpSingle = "udp_single",
    }
}
