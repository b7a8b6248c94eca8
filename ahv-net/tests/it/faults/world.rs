use std::sync::Arc;

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{DelPort, Intent, Plan, PlanOptions, SetVlan, guards};
use ahv_net::libvirt_model::live::fake::{Fake, FakeDomain, FakeNetwork};
use ahv_net::libvirt_model::live::{Definition, Hypervisor};
use ahv_net::ovsdb_client::server::{Server, Vswitchd};
use ahv_net::ovsdb_client::vswitch;
use ahv_net::ovsdb_client::wire::Version;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::Failure;

use super::faulty::{Fault, Faulty};

const GUEST: &str = include_str!("../../../src/embedded/reference/guest-vlan32.xml");
const GUEST_LIVE: &str = include_str!("../../../src/embedded/reference/guest-vlan32-live.xml");
const NETWORK: &str = include_str!("../../../src/embedded/reference/VM-Network.xml");
const DATABASE: &str = include_str!("../../../src/embedded/reference/ovsdb.json");

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What a plan is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Rows, and both definitions of a guest's NIC.
    RowsAndNic,
    /// Rows that go.
    Rows,
    /// Rows that are made, of which some have no name of their own.
    NewRows,
}

impl Shape {
    pub(crate) const ALL: [Self; 3] = [Self::RowsAndNic, Self::Rows, Self::NewRows];

    fn intent(self) -> Outcome<Intent> {
        let vlan = |number: u16| {
            number
                .try_into()
                .map_err(|error| Failure::new(format!("{error}")))
        };
        Ok(match self {
            Self::RowsAndNic => SetVlan::access("tap345", vlan(40)?).into(),
            Self::Rows => DelPort::new("br0-arp").into(),
            Self::NewRows => serde_json::from_value(json!({"desired": {"bridges": [
                {"name": "br0", "sflow": {"targets": ["192.0.2.9:6343"]},
                 "mirrors": [{"name": "m0", "output": {"vlan": 99}, "from_ports": ["tap345"]}]},
                {"name": "br7", "ports": [{"name": "int7", "type": "internal"}], "sflow": {"targets": ["192.0.2.9:6343"]},
                 "patches": [{"name": "br7-to-br0", "peer_bridge": "br0", "peer": "br0-to-br7"}],
                 "mirrors": [{"name": "m0", "output": {"port": "int7"}, "all_ports": true}]},
            ]}}))?,
        })
    }

    /// How many calls of libvirtd it takes at least.
    pub(crate) fn least_calls(self) -> usize {
        match self {
            Self::RowsAndNic => 2,
            Self::Rows | Self::NewRows => 0,
        }
    }
}

/// A host of servers in memory, and the directory of its journal.
pub(crate) struct World {
    pub(crate) shape: Shape,
    pub(crate) server: Server,
    pub(crate) fake: Fake,
    state: TempDir,
}

/// What an edit may change, as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    rows: Vec<String>,
    documents: Vec<String>,
}

impl World {
    pub(crate) async fn new(shape: Shape) -> Outcome<Self> {
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
            shape,
            server,
            fake,
            state: tempfile::tempdir()?,
        })
    }

    /// A process of its own, as far as the host can tell: its own connections.
    pub(crate) async fn host(&self, fault: Option<(usize, Fault)>) -> Outcome<(Host, Faulty)> {
        let faulty = Faulty::new(self.fake.clone(), fault);
        Ok((self.host_with(&faulty).await?, faulty))
    }

    pub(crate) async fn host_with(&self, faulty: &Faulty) -> Outcome<Host> {
        let host = Host::builder()
            .ovsdb(self.server.remote())
            .hypervisor("fake", Arc::new(faulty.clone()));
        Ok(host.connect().await?)
    }

    pub(crate) fn options(&self) -> ApplyOptions {
        ApplyOptions::new().state(self.state.path())
    }

    /// The plan of this world's shape.
    pub(crate) async fn plan(&self, host: &Host) -> Outcome<Plan> {
        let mut options = PlanOptions::new();
        options.allow = guards().iter().map(|guard| guard.id.to_owned()).collect();
        let plan = host.plan(self.shape.intent()?, &options).await?;
        assert!(!plan.is_empty(), "there is nothing in it");
        Ok(plan)
    }

    /// Every row and every document. Rows that were deleted and made again have other UUIDs, so references are
    /// told by how many there are.
    pub(crate) async fn state(&self) -> Outcome<State> {
        let columns = [
            ("Open_vSwitch", "bridges"),
            ("Bridge", "name ports mirrors sflow"),
            (
                "Mirror",
                "name select_all select_src_port output_vlan external_ids",
            ),
            ("sFlow", "targets external_ids"),
            (
                "Port",
                "name tag trunks vlan_mode interfaces other_config external_ids",
            ),
            ("Interface", "name type options external_ids"),
        ];
        let mut rows = Vec::new();
        for (table, columns) in columns {
            let columns: Vec<&str> = columns.split(' ').collect();
            let select = json!([{"op": "select", "table": table, "where": [], "columns": columns}]);
            let found = self.server.transact("Open_vSwitch", select).await?;
            assert!(found.error().is_none(), "{:?}", found.error());
            let found = serde_json::to_value(&found)?;
            let found = found.pointer("/0/rows").and_then(Value::as_array);
            for row in found.ok_or("a select without rows")? {
                rows.push(format!("{table} {}", anonymous(row)));
            }
        }
        rows.sort();
        let mut documents = Vec::new();
        for domain in self.fake.domains().await? {
            for definition in [Definition::Live, Definition::Config] {
                documents.push(self.fake.domain_xml(domain.uuid, definition).await?);
            }
        }
        for network in self.fake.networks().await? {
            documents.push(self.fake.network_xml(network.uuid, Definition::Config).await?);
        }
        assert!(rows.len() > 10 && documents.len() > 2, "{rows:?} {documents:?}");
        Ok(State { rows, documents })
    }
}

/// A value in which rows are told from nothing else.
fn anonymous(value: &Value) -> Value {
    match value {
        Value::Array(elements) => match elements.first() {
            Some(first) if first == "uuid" => json!("a row"),
            _ => Value::Array(elements.iter().map(anonymous).collect()),
        },
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), anonymous(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}
