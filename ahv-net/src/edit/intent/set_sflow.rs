use std::sync::Arc;

use ovsdb_client::value::Set;
use ovsdb_client::vswitch::{Bridge, SFlow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Sends samples of a bridge's packets to sFlow collectors: RFC 3176, table `sFlow` of
/// ovs-vswitchd.conf.db(5).
///
/// The bridge has just this afterwards; [`ClearSFlow`](super::ClearSFlow) ends it. A row that is made carries
/// `external_ids:ahv-net-owner=ahv-net`.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetSFlow;
///
/// let intent = SetSFlow::new("br0", ["192.0.2.1:6343"]).agent("br0").sampling(64).polling_seconds(10);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSFlow {
    /// The bridge.
    pub bridge: String,
    /// Column `targets`: the collectors, each as `ip:port`.
    pub targets: Vec<String>,
    /// Column `agent`: the network device whose address names this host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Column `header`: how many bytes of a packet are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_bytes: Option<u32>,
    /// Column `sampling`: one packet of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<u32>,
    /// Column `polling`: how often counters are sent, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polling_seconds: Option<u32>,
}

impl SetSFlow {
    /// To these collectors, with the defaults of Open vSwitch.
    #[must_use]
    pub fn new<T: Into<String>>(bridge: impl Into<String>, targets: impl IntoIterator<Item = T>) -> Self {
        Self {
            bridge: bridge.into(),
            targets: targets.into_iter().map(Into::into).collect(),
            agent: None,
            header_bytes: None,
            sampling: None,
            polling_seconds: None,
        }
    }

    /// The network device whose address names this host.
    #[must_use]
    pub fn agent(mut self, device: impl Into<String>) -> Self {
        self.agent = Some(device.into());
        self
    }

    /// How many bytes of a packet are sent.
    #[must_use]
    pub fn header_bytes(mut self, bytes: u32) -> Self {
        self.header_bytes = Some(bytes);
        self
    }

    /// One packet of how many.
    #[must_use]
    pub fn sampling(mut self, packets: u32) -> Self {
        self.sampling = Some(packets);
        self
    }

    /// How often counters are sent.
    #[must_use]
    pub fn polling_seconds(mut self, seconds: u32) -> Self {
        self.polling_seconds = Some(seconds);
        self
    }
}

impl Edit for SetSFlow {
    fn title(&self) -> String {
        format!("set_sflow {} --targets {}", self.bridge, self.targets.join(","))
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        if self.targets.is_empty() {
            return Err(PlanError::refused(format!(
                "sFlow of {} needs a collector at least: name one as ip:port",
                self.bridge
            )));
        }
        if let Some(wrong) = self.targets.iter().find(|target| !is_collector(target)) {
            return Err(PlanError::refused(format!(
                "{wrong} is no sFlow collector: write it as ip:port, such as 192.0.2.1:6343"
            )));
        }
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.bridge)?;
        let sflow = match rows.get(bridge, Bridge::SFLOW)? {
            Some(sflow) if rows.users(Bridge::SFLOW, sflow)? == 1 => sflow,
            // Shared with another bridge, whose sampling is not to change.
            _ => {
                let sflow = rows.insert::<SFlow>(None)?;
                rows.mark(sflow, SFlow::EXTERNAL_IDS)?;
                rows.set(bridge, Bridge::SFLOW, Some(sflow))?;
                sflow
            }
        };
        let targets: Set<Arc<str>> = self
            .targets
            .iter()
            .map(|target| Arc::from(target.as_str()))
            .collect();
        rows.set(sflow, SFlow::TARGETS, targets)?;
        rows.set(sflow, SFlow::AGENT, self.agent.as_deref().map(Arc::from))?;
        rows.set(sflow, SFlow::HEADER, self.header_bytes.map(i64::from))?;
        rows.set(sflow, SFlow::SAMPLING, self.sampling.map(i64::from))?;
        rows.set(sflow, SFlow::POLLING, self.polling_seconds.map(i64::from))
    }
}

/// `ip:port`, as Open vSwitch takes it; an IPv6 address stands in brackets.
fn is_collector(text: &str) -> bool {
    text.parse::<std::net::SocketAddr>()
        .is_ok_and(|address| address.port() != 0)
}
