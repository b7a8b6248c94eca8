use std::sync::Arc;

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{Plan, PlanOptions, guards};
use ahv_net::libvirt_model::domain::Domain;
use ahv_net::libvirt_model::live::fake::{Fake, FakeDomain, FakeNetwork};
use ahv_net::libvirt_model::live::{Definition, Hypervisor};
use ahv_net::libvirt_model::xml::{Document, Element};
use ahv_net::ovsdb_client::server::{Server, Vswitchd};
use ahv_net::ovsdb_client::vswitch;
use ahv_net::ovsdb_client::wire::Version;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::faulty::{Fault, Faulty};
use super::shape::Shape;

const GUEST: &str = include_str!("../../../src/embedded/reference/guest-vlan32.xml");
const GUEST_LIVE: &str = include_str!("../../../src/embedded/reference/guest-vlan32-live.xml");
const NETWORK: &str = include_str!("../../../src/embedded/reference/VM-Network.xml");
const DATABASE: &str = include_str!("../../../src/embedded/reference/ovsdb.json");

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// NICs behind the guest's own, and a screen with a password.
const MORE: &str = "    <interface type='bridge'>
      <mac address='50:6b:8d:00:00:31'/>
      <source bridge='virbr0'/>
      <target dev='tap31'/>
      <model type='virtio'/>
    </interface>
    <interface type='bridge'>
      <mac address='50:6b:8d:00:00:32'/>
      <source bridge='virbr0'/>
      <target dev='tap32'/>
      <model type='virtio'/>
    </interface>
    <graphics type='vnc' port='5900' passwd='secret'/>
  </devices>";

/// Portgroups around which others come and go.
const PORTGROUPS: &str = "<portgroup name='vlan50'>
    <vlan>
      <tag id='50'/>
    </vlan>
 </portgroup>
 <portgroup name='last'/>
</network>";

/// The NIC that edits are of.
pub(crate) const MAC: &str = "50:6b:8d:00:00:20";

/// A host of servers in memory, and the directory of its journal.
pub(crate) struct World {
    pub(crate) shape: Shape,
    pub(crate) server: Arc<Server>,
    pub(crate) fake: Fake,
    state: TempDir,
}

/// What an edit may change, as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) rows: Vec<String>,
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
        let more = |xml: &str| xml.replace("  </devices>", MORE);
        fake.add_domain(FakeDomain::defined(&more(GUEST))?.running(2, &more(GUEST_LIVE))?);
        let network = NETWORK.replace("</network>", PORTGROUPS);
        fake.add_network(FakeNetwork::defined(&network)?.active());
        for (name, active) in [("spare", true), ("idle", false)] {
            let xml = network.replace("<name>VM-Network</name>", &format!("<name>{name}</name>"));
            let network = FakeNetwork::defined(&xml)?.autostart(active);
            fake.add_network(if active { network.active() } else { network });
        }
        Ok(Self {
            shape,
            server: Arc::new(server),
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

    /// The guest's NIC in one of its documents.
    pub(crate) async fn nic(&self, definition: Definition) -> Outcome<String> {
        let guest = self.fake.domain_by_name("guest-vlan32").await?;
        let document = Document::parse(self.fake.domain_xml(guest, definition).await?)?;
        let domain = Domain::of(&document)?;
        let nic = domain.interfaces_by_mac(MAC.parse()?).next();
        Ok(nic
            .map(|nic| nic.element().as_str().to_owned())
            .unwrap_or_default())
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
                let xml = self.fake.domain_xml_with_secrets(domain.uuid, definition).await?;
                let document = Document::parse(xml)?;
                documents.push(plain(document.root()));
                // A guest counts its NICs by their order in its definition.
                if definition == Definition::Config {
                    let nics = Domain::of(&document)?;
                    documents.extend(nics.interfaces().map(|nic| plain(nic.element())));
                }
            }
        }
        let mut networks = self.fake.networks().await?;
        networks.sort_by(|one, other| one.name.cmp(&other.name));
        for network in networks {
            documents.push(format!("{network:?}"));
            for definition in [Definition::Live, Definition::Config] {
                let document = Document::parse(self.fake.network_xml(network.uuid, definition).await?)?;
                documents.push(plain(document.root()));
                if definition == Definition::Config {
                    let groups = document.root().children_named("portgroup");
                    documents.extend(groups.map(plain));
                }
            }
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

/// An element without its layout, without the order of its children, and without what libvirt numbers by itself.
fn plain(element: Element<'_>) -> String {
    let mut attributes: Vec<String> = element
        .attributes()
        .filter(|attribute| !matches!(attribute.name(), "connections" | "portid"))
        .map(|attribute| format!(" {}={:?}", attribute.name(), attribute.value()))
        .collect();
    attributes.sort();
    let mut children: Vec<String> = element
        .children()
        .filter(|child| child.name() != "alias")
        .map(plain)
        .collect();
    children.sort();
    let text = match children.is_empty() {
        true => element.text().trim().to_owned(),
        false => String::new(),
    };
    let name = element.name();
    format!(
        "<{name}{}>{text}{}</{name}>\n",
        attributes.concat(),
        children.concat()
    )
}
