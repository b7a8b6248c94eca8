//! The `Open_vSwitch` database: bridges, ports and interfaces, from a replica.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use libvirt_model::vocab::VlanId;
use ovsdb_client::Client;
use ovsdb_client::replica::{Replica, Selection, Snapshot, TableSelection};
use ovsdb_client::table::{ColumnError, RowUuid, Table};
use ovsdb_client::value::{AtomValue, Map, Set};
use ovsdb_client::vswitch::{self, Bridge, Controller, Interface, Manager, OpenVSwitch, Port};

use super::{ObservedBridge, ObservedInterface, ObservedPort, OvsObservation};
use crate::topology::{Mirror, Remote};

/// The largest message that is taken from a server, in bytes. A host with 50,000 ports sends 88 MB in
/// the oldest form of the monitor.
const MAX_MESSAGE_BYTES: usize = 512 << 20;

/// How long a replica that has lost its server is waited for before a read gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to the `Open_vSwitch` database, with a replica of what the joined picture needs.
#[derive(Debug, Clone)]
pub struct Ovsdb {
    remote: String,
    replica: Replica,
}

impl Ovsdb {
    /// Connects to a remote (`unix:PATH`, `tcp:IP:PORT`) and waits for the first whole replica.
    ///
    /// # Errors
    /// When the remote cannot be reached, does not speak OVSDB, or has no database `Open_vSwitch`.
    ///
    /// # Cancel safety
    /// What was connected is closed.
    pub async fn connect(remote: &str) -> Result<Self, ovsdb_client::Error> {
        let client = Client::builder()
            .remotes(remote)
            .max_message_bytes(MAX_MESSAGE_BYTES)
            .connect()
            .await?;
        let replica = client.monitor(selection()).await?;
        Ok(Self {
            remote: remote.to_owned(),
            replica,
        })
    }

    /// The remote, as it was written.
    pub fn remote(&self) -> &str {
        &self.remote
    }

    /// The replica, for those who follow it.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Everything as of one commit.
    ///
    /// # Errors
    /// When the server is gone and does not come back within 10 seconds.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    pub async fn observe(&self) -> Result<OvsObservation, ovsdb_client::Error> {
        let replica = &self.replica;
        let snapshot = replica
            .wait_for(PATIENCE, |snapshot| {
                replica.is_current().then(|| snapshot.clone())
            })
            .await?;
        Ok(read(&snapshot))
    }

    /// What the replica holds now, which is old while the server is gone.
    pub(crate) fn held(&self) -> OvsObservation {
        read(&self.replica.snapshot())
    }
}

/// The tables and columns that are read, and no more: a column that is not monitored costs nothing.
fn selection() -> Selection {
    Selection::new()
        .with(
            TableSelection::<OpenVSwitch>::new()
                .column(OpenVSwitch::BRIDGES)
                .column(OpenVSwitch::MANAGER_OPTIONS)
                .column(OpenVSwitch::OVS_VERSION)
                .column(OpenVSwitch::EXTERNAL_IDS),
        )
        .with(
            TableSelection::<Bridge>::new()
                .column(Bridge::NAME)
                .column(Bridge::PORTS)
                .column(Bridge::CONTROLLER)
                .column(Bridge::MIRRORS)
                .column(Bridge::DATAPATH_TYPE)
                .column(Bridge::FAIL_MODE)
                .column(Bridge::STP_ENABLE)
                .column(Bridge::RSTP_ENABLE)
                .column(Bridge::EXTERNAL_IDS)
                .column(Bridge::OTHER_CONFIG),
        )
        .with(
            TableSelection::<Port>::new()
                .column(Port::NAME)
                .column(Port::INTERFACES)
                .column(Port::TAG)
                .column(Port::TRUNKS)
                .column(Port::VLAN_MODE)
                .column(Port::BOND_MODE)
                .column(Port::LACP)
                .column(Port::FAKE_BRIDGE)
                .column(Port::BOND_ACTIVE_SLAVE)
                .column(Port::EXTERNAL_IDS)
                .column(Port::OTHER_CONFIG),
        )
        .with(
            TableSelection::<Controller>::new()
                .column(Controller::TARGET)
                .column(Controller::IS_CONNECTED),
        )
        .with(
            TableSelection::<Manager>::new()
                .column(Manager::TARGET)
                .column(Manager::IS_CONNECTED),
        )
        .with(
            TableSelection::<vswitch::Mirror>::new()
                .column(vswitch::Mirror::NAME)
                .column(vswitch::Mirror::SELECT_ALL)
                .column(vswitch::Mirror::SELECT_SRC_PORT)
                .column(vswitch::Mirror::SELECT_DST_PORT)
                .column(vswitch::Mirror::SELECT_VLAN)
                .column(vswitch::Mirror::OUTPUT_PORT)
                .column(vswitch::Mirror::OUTPUT_VLAN),
        )
        .with(
            TableSelection::<Interface>::new()
                .column(Interface::NAME)
                .column(Interface::TYPE)
                .column(Interface::OPTIONS)
                .column(Interface::EXTERNAL_IDS)
                .column(Interface::STATUS)
                .column(Interface::OFPORT)
                .column(Interface::ERROR)
                .column(Interface::MAC_IN_USE)
                .column(Interface::MTU)
                .column(Interface::ADMIN_STATE)
                .column(Interface::LINK_STATE)
                .column(Interface::LACP_CURRENT),
        )
}

/// The rows of a snapshot as a tree. A column that the server lacks, such as `Interface.error` before
/// OVS 2.4, is absent; one of another shape than the manual page says is damage.
pub(crate) fn read(snapshot: &Snapshot) -> OvsObservation {
    let mut damage = Damage(Vec::new());
    let mut ovs = OvsObservation {
        schema_version: Some(snapshot.schema().version.to_string()),
        ..OvsObservation::default()
    };
    let root = damage.value(snapshot.only::<OpenVSwitch>()).flatten();
    if let Some(root) = &root {
        ovs.uuid = Some(root.uuid().get());
        ovs.ovs_version = damage.optional(root.ovs_version());
        ovs.external_ids = damage.map(root.external_ids());
        ovs.managers = remotes(
            &damage.value(root.manager_options()).unwrap_or_default(),
            snapshot,
            &mut damage,
            "Open_vSwitch.manager_options",
            |row: &Manager| (row.target(), row.is_connected()),
        );
        for uuid in damage.value(root.bridges()).unwrap_or_default().iter() {
            match snapshot.row(uuid) {
                Some(row) => ovs.bridges.push(bridge(&row, snapshot, &mut damage)),
                None => damage.dangling("Open_vSwitch.bridges", uuid.get()),
            }
        }
    }
    ovs.damage = damage.0;
    ovs
}

/// The peers to which a column refers: managers of the database, controllers of a bridge.
fn remotes<T: Table>(
    rows: &Set<RowUuid<T>>,
    snapshot: &Snapshot,
    damage: &mut Damage,
    column: &str,
    told: impl Fn(&T) -> (Result<Arc<str>, ColumnError>, Result<bool, ColumnError>),
) -> Vec<Remote> {
    let mut remotes = Vec::new();
    for uuid in rows.iter() {
        let Some(row) = snapshot.row(uuid) else {
            damage.dangling(column, uuid.get());
            continue;
        };
        let (target, is_connected) = told(&row);
        remotes.push(Remote {
            target: damage.text(target),
            is_connected: damage.value(is_connected),
        });
    }
    remotes
}

fn bridge(row: &Bridge, snapshot: &Snapshot, damage: &mut Damage) -> ObservedBridge {
    let mut bridge = ObservedBridge {
        uuid: Some(row.uuid().get()),
        name: damage.text(row.name()),
        datapath_type: damage.value(row.datapath_type()).map(|kind| kind.to_string()),
        fail_mode: damage.optional(row.fail_mode()),
        stp_enable: damage.value(row.stp_enable()),
        rstp_enable: damage.value(row.rstp_enable()),
        external_ids: damage.map(row.external_ids()),
        other_config: damage.map(row.other_config()),
        controllers: Vec::new(),
        mirrors: Vec::new(),
        ports: Vec::new(),
    };
    bridge.controllers = remotes(
        &damage.value(row.controller()).unwrap_or_default(),
        snapshot,
        damage,
        "Bridge.controller",
        |row: &Controller| (row.target(), row.is_connected()),
    );
    for uuid in damage.value(row.mirrors()).unwrap_or_default().iter() {
        match snapshot.row(uuid) {
            Some(row) => bridge.mirrors.push(mirror(&row, snapshot, damage)),
            None => damage.dangling("Bridge.mirrors", uuid.get()),
        }
    }
    for uuid in damage.value(row.ports()).unwrap_or_default().iter() {
        match snapshot.row(uuid) {
            Some(row) => bridge.ports.push(port(&row, snapshot, damage)),
            None => damage.dangling("Bridge.ports", uuid.get()),
        }
    }
    bridge
}

fn port(row: &Port, snapshot: &Snapshot, damage: &mut Damage) -> ObservedPort {
    let mut port = ObservedPort {
        uuid: Some(row.uuid().get()),
        name: damage.text(row.name()),
        tag: damage.value(row.tag()).flatten().and_then(vlan),
        trunks: damage
            .value(row.trunks())
            .unwrap_or_default()
            .iter()
            .filter_map(vlan)
            .collect(),
        vlan_mode: damage.optional(row.vlan_mode()),
        bond_mode: damage.optional(row.bond_mode()),
        lacp: damage.optional(row.lacp()),
        bond_active_slave: damage.optional(row.bond_active_slave()),
        lacp_status: None,
        fake_bridge: damage.value(row.fake_bridge()).unwrap_or_default(),
        external_ids: damage.map(row.external_ids()),
        other_config: damage.map(row.other_config()),
        interfaces: Vec::new(),
    };
    for uuid in damage.value(row.interfaces()).unwrap_or_default().iter() {
        match snapshot.row(uuid) {
            Some(row) => port.interfaces.push(interface(&row, damage)),
            None => damage.dangling("Port.interfaces", uuid.get()),
        }
    }
    port
}

fn interface(row: &Interface, damage: &mut Damage) -> ObservedInterface {
    let up = |state: Option<String>| state.map(|state| state == "up");
    ObservedInterface {
        uuid: Some(row.uuid().get()),
        name: damage.text(row.name()),
        type_: damage.text(row.type_()),
        options: damage.map(row.options()),
        external_ids: damage.map(row.external_ids()).into(),
        status: damage.map(row.status()),
        ofport: damage.value(row.ofport()).flatten(),
        error: damage.optional(row.error()),
        mac_in_use: damage.optional(row.mac_in_use()).and_then(|mac| mac.parse().ok()),
        mtu_bytes: damage
            .value(row.mtu())
            .flatten()
            .and_then(|mtu| u32::try_from(mtu).ok()),
        admin_up: up(damage.optional(row.admin_state())),
        link_up: up(damage.optional(row.link_state())),
        lacp_current: damage.value(row.lacp_current()).flatten(),
    }
}

fn mirror(row: &vswitch::Mirror, snapshot: &Snapshot, damage: &mut Damage) -> Mirror {
    let mut names = |ports: Set<RowUuid<Port>>, column: &str| -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for uuid in ports.iter() {
            match snapshot.row(uuid) {
                Some(port) => names.push(damage.text(port.name())),
                None => damage.dangling(column, uuid.get()),
            }
        }
        names
    };
    let sources = names(
        row.select_src_port().unwrap_or_default(),
        "Mirror.select_src_port",
    );
    let destinations = names(
        row.select_dst_port().unwrap_or_default(),
        "Mirror.select_dst_port",
    );
    let output = row.output_port().ok().flatten().into_iter().collect();
    let output = names(output, "Mirror.output_port");
    Mirror {
        name: damage.text(row.name()),
        select_all: damage.value(row.select_all()).unwrap_or_default(),
        select_src_ports: sources,
        select_dst_ports: destinations,
        select_vlans: damage
            .value(row.select_vlan())
            .unwrap_or_default()
            .iter()
            .filter_map(vlan)
            .collect(),
        output_port: output.into_iter().next(),
        output_vlan: damage.value(row.output_vlan()).flatten().and_then(vlan),
    }
}

/// The schema bounds a VLAN to 0…4095, so that `None` cannot be.
fn vlan(id: i64) -> Option<VlanId> {
    VlanId::new(u16::try_from(id).ok()?).ok()
}

/// What could not be read, a sentence each.
struct Damage(Vec<String>);

impl Damage {
    fn value<V>(&mut self, value: Result<V, ColumnError>) -> Option<V> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                if !error.is_unsupported() {
                    self.0.push(error.to_string());
                }
                None
            }
        }
    }

    fn text(&mut self, value: Result<Arc<str>, ColumnError>) -> String {
        self.value(value).map(|text| text.to_string()).unwrap_or_default()
    }

    /// An optional string, or a word of an open enumeration.
    fn optional<V: AtomValue>(&mut self, value: Result<Option<V>, ColumnError>) -> Option<String> {
        let atom = self.value(value).flatten()?.into_atom();
        atom.as_str().map(str::to_owned)
    }

    fn map(&mut self, value: Result<Map<Arc<str>, Arc<str>>, ColumnError>) -> BTreeMap<String, String> {
        let map = self.value(value).unwrap_or_default();
        map.iter()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect()
    }

    fn dangling(&mut self, column: &str, uuid: uuid::Uuid) {
        self.0
            .push(format!("{column} refers to {uuid}, which is not there"));
    }
}
