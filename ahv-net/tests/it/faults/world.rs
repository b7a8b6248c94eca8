use std::sync::Arc;

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{Plan, PlanOptions, SetVlan};
use ahv_net::libvirt_model::live::fake::{Fake, FakeDomain, FakeNetwork};
use ahv_net::libvirt_model::live::{Definition, Hypervisor};
use ahv_net::ovsdb_client::server::{Server, Vswitchd};
use ahv_net::ovsdb_client::vswitch;
use ahv_net::ovsdb_client::wire::Version;
use serde_json::value::RawValue;
use tempfile::TempDir;
use test_support::Failure;

use super::faulty::{Fault, Faulty};

const GUEST: &str = include_str!("../../../src/embedded/reference/guest-vlan32.xml");
const GUEST_LIVE: &str = include_str!("../../../src/embedded/reference/guest-vlan32-live.xml");
const NETWORK: &str = include_str!("../../../src/embedded/reference/VM-Network.xml");
const DATABASE: &str = include_str!("../../../src/embedded/reference/ovsdb.json");

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A host of servers in memory, and the directory of its journal.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) fake: Fake,
    state: TempDir,
}

/// What an edit may change, as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    tag: String,
    live: String,
    config: String,
}

impl World {
    pub(crate) async fn new() -> Outcome<Self> {
        let schema = vswitch::schema(Version {
            major: 7,
            minor: 4,
            patch: 0,
        })?;
        let server = Server::builder()
            .database(schema)
            .vswitchd(Vswitchd::new())
            .start()
            .await?;
        let operations: Vec<&RawValue> = serde_json::from_str(DATABASE)?;
        let made = server.transact("Open_vSwitch", operations).await?;
        assert!(made.error().is_none(), "{:?}", made.error());
        let fake = Fake::new("host");
        fake.add_domain(FakeDomain::defined(GUEST)?.running(2, GUEST_LIVE)?);
        fake.add_network(FakeNetwork::defined(NETWORK)?.active());
        Ok(Self {
            server,
            fake,
            state: tempfile::tempdir()?,
        })
    }

    /// A process of its own, as far as the host can tell: its own connections.
    pub(crate) async fn host(&self, fault: Option<(usize, Fault)>) -> Outcome<(Host, Faulty)> {
        let faulty = Faulty::new(self.fake.clone(), fault);
        let host = Host::builder()
            .ovsdb(self.server.remote())
            .hypervisor("fake", Arc::new(faulty.clone()))
            .connect()
            .await?;
        Ok((host, faulty))
    }

    pub(crate) fn options(&self) -> ApplyOptions {
        ApplyOptions::new().state(self.state.path())
    }

    pub(crate) async fn state(&self) -> Outcome<State> {
        let select = serde_json::json!([{
            "op": "select", "table": "Port", "where": [["name", "==", "tap345"]],
            "columns": ["tag", "trunks", "vlan_mode"],
        }]);
        let found = self.server.transact("Open_vSwitch", select).await?;
        let guest = self.fake.domain_by_name("guest-vlan32").await?;
        Ok(State {
            tag: format!("{found:?}"),
            live: self.fake.domain_xml(guest, Definition::Live).await?,
            config: self.fake.domain_xml(guest, Definition::Config).await?,
        })
    }
}

/// A plan of rows and of both definitions of a guest's NIC.
pub(crate) async fn plan(host: &Host) -> Outcome<Plan> {
    let vlan = 40.try_into().map_err(|error| Failure::new(format!("{error}")))?;
    let plan = host
        .plan(SetVlan::access("tap345", vlan), &PlanOptions::new())
        .await?;
    assert!(plan.steps.len() >= 2, "libvirt has no part in it: {plan}");
    Ok(plan)
}
