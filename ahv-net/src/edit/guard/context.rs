use std::collections::BTreeMap;
use std::sync::OnceLock;

use libvirt_model::network::Network;
use libvirt_model::xml::Document;
use ovsdb_client::wire::{Atom, Datum};
use uuid::Uuid;

use crate::check::{self, Finding};
use crate::edit::base::Base;
use crate::edit::change::{
    Change, ColumnEdit, NetworkChange, NicChange, RowChange, RowEdit, RowId, is_planned,
};
use crate::edit::options::Caller;
use crate::edit::plan::Step;
use crate::edit::project::project;
use crate::topology::{self, Bridge, BridgeKind, Port, Topology};

/// What a guard looks at: the host as it is, as it would be, and what is done.
#[derive(Debug)]
pub(crate) struct Context<'p> {
    base: &'p Base,
    /// The steps of the plan.
    pub(crate) steps: &'p [Step],
    /// Who wants it.
    pub(crate) caller: &'p Caller,
    after: OnceLock<Topology>,
}

impl<'p> Context<'p> {
    pub(crate) fn new(base: &'p Base, steps: &'p [Step], caller: &'p Caller) -> Self {
        Self {
            base,
            steps,
            caller,
            after: OnceLock::new(),
        }
    }

    /// The host as it is.
    pub(crate) fn before(&self) -> &Topology {
        self.base.topology()
    }

    /// The host as it would be.
    pub(crate) fn after(&self) -> &Topology {
        self.after.get_or_init(|| {
            let changes = self.steps.iter().map(|step| &step.change);
            topology::join(&project(self.base.observed(), changes))
        })
    }

    /// What a check would find by this rule that it does not find now.
    pub(crate) fn new_findings(&self, rule: &str) -> Vec<Finding> {
        let known = check::check_rule(self.before(), rule);
        let mut found = check::check_rule(self.after(), rule);
        found.retain(|finding| !known.iter().any(|known| known.is_same_as(finding)));
        found
    }

    /// Whether something that is there changes or goes. A port that is only added touches its bridge by its own name
    /// alone.
    pub(crate) fn touches_existing(&self) -> bool {
        self.touches_libvirt()
            || self.rows().any(|change| match &change.edit {
                RowEdit::Insert(_) => false,
                RowEdit::Delete(_) => true,
                RowEdit::Update(columns) => match change.row.table.as_str() {
                    "Open_vSwitch" => !columns
                        .iter()
                        .all(|(column, edit)| column == "bridges" && only_adds(edit)),
                    "Bridge" => !columns.iter().all(|(column, edit)| {
                        matches!(column.as_str(), "ports" | "mirrors") && only_adds(edit)
                    }),
                    _ => true,
                },
            })
            || self.outputs().next().is_some()
    }

    /// The ports that are there and become the output of a mirror: Open vSwitch then drops whatever else they send.
    fn outputs(&self) -> impl Iterator<Item = Uuid> {
        self.rows()
            .filter(|change| change.row.table == "Mirror")
            .filter_map(|change| match &change.edit {
                RowEdit::Insert(columns) => columns.get("output_port")?.one()?.as_uuid(),
                RowEdit::Update(columns) => match columns.get("output_port")? {
                    ColumnEdit::Replace { after, .. } => after.one()?.as_uuid(),
                    ColumnEdit::Elements { added, .. } => added.one()?.as_uuid(),
                },
                RowEdit::Delete(_) => None,
            })
            .filter(|uuid| !is_planned(*uuid))
    }

    /// The names of the devices of the system that are put on a switch.
    pub(crate) fn added_devices(&self) -> impl Iterator<Item = &'p str> {
        self.rows().filter_map(|change| {
            let is_new = change.row.table == "Interface" && is_device(&change.edit);
            is_new.then_some(change.row.name.as_deref()).flatten()
        })
    }

    /// The bridges of which a column changes by which they pass or hold frames, and the columns.
    pub(crate) fn changed_bridges(&self) -> Vec<(&Bridge, Vec<&'p str>)> {
        const TELLING: &[&str] = &[
            "auto_attach",
            "controller",
            "datapath_type",
            "fail_mode",
            "flow_tables",
            "other_config",
            "protocols",
            "rstp_enable",
            "stp_enable",
        ];
        let changed = self.rows().filter_map(|change| match &change.edit {
            RowEdit::Update(columns) if change.row.table == "Bridge" => {
                let bridge = self.before().bridge(change.row.name.as_deref()?)?;
                let names = columns.keys().map(String::as_str);
                let names: Vec<&str> = names.filter(|name| TELLING.contains(name)).collect();
                (!names.is_empty()).then_some((bridge, names))
            }
            _ => None,
        });
        changed.collect()
    }

    /// The bridge, and those that are joined to it by patch ports.
    pub(crate) fn joined<'c>(&'c self, bridge: &'c Bridge) -> Vec<&'c Bridge> {
        let before = self.before();
        let mut joined = vec![bridge];
        let mut looked = 0;
        while let Some(next) = joined.get(looked).copied() {
            looked += 1;
            let interfaces = next.ports.iter().flat_map(|port| &port.interfaces);
            let peers = interfaces.filter_map(|interface| interface.options.get("peer"));
            for peer in peers {
                let has_it = |bridge: &&Bridge| {
                    let mut interfaces = bridge.ports.iter().flat_map(|port| &port.interfaces);
                    interfaces.any(|interface| interface.name == *peer)
                };
                if let Some(other) = before.bridges.iter().find(has_it)
                    && !joined.iter().any(|known| known.name == other.name)
                {
                    joined.push(other);
                }
            }
        }
        joined
    }

    /// libvirt's networks, those whose documents make sense.
    pub(crate) fn networks(&self) -> Vec<Network<'p>> {
        let documents = self
            .base
            .libvirt
            .as_ref()
            .map(|documents| documents.networks.as_slice());
        let networks = documents.unwrap_or_default().iter();
        networks
            .filter_map(|network| Network::of(&network.xml).ok())
            .collect()
    }

    /// Whether this source was read.
    pub(crate) fn was_read(&self, source: &str) -> bool {
        self.before().was_read(source)
    }

    /// Whether what is there changes, or something is added that a wire may be plugged into, as far as a source tells:
    /// a bond, a device of DPDK's, or one that the kernel has.
    pub(crate) fn touches_switch(&self) -> bool {
        self.touches_existing()
            || self.rows().any(|change| match &change.edit {
                RowEdit::Insert(columns) => match change.row.table.as_str() {
                    "Port" => is_bond(columns),
                    "Interface" => is_dpdk(columns) || (is_device(&change.edit) && self.is_link(&change.row)),
                    _ => false,
                },
                _ => false,
            })
    }

    /// Whether the kernel has a link of this name, or one above it.
    fn is_link(&self, interface: &RowId) -> bool {
        let Some(name) = interface.name.as_deref() else {
            return false;
        };
        let mut links = self.base.links().unwrap_or_default().iter();
        links.any(|link| link.name == name || link.parent.as_deref() == Some(name))
    }

    /// Whether libvirt's documents change.
    pub(crate) fn touches_libvirt(&self) -> bool {
        let is_libvirt = |step: &Step| !matches!(step.change, Change::Rows(_));
        self.steps.iter().any(is_libvirt)
    }

    /// Every row that changes.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &'p RowChange> {
        self.steps.iter().flat_map(|step| match &step.change {
            Change::Rows(rows) => rows.as_slice(),
            _ => &[],
        })
    }

    /// Every NIC that changes.
    pub(crate) fn nics(&self) -> impl Iterator<Item = &'p NicChange> {
        self.steps.iter().filter_map(|step| match &step.change {
            Change::Nic(nic) => Some(nic.as_ref()),
            _ => None,
        })
    }

    /// Every network of libvirt's that changes.
    pub(crate) fn network_changes(&self) -> impl Iterator<Item = &'p NetworkChange> {
        self.steps.iter().filter_map(|step| match &step.change {
            Change::Network(network) => Some(network.as_ref()),
            _ => None,
        })
    }

    /// What each guest will be when it next starts, by its name: its definition, or what runs where it has none.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = (&'p str, &'p Document)> {
        let libvirt = self.base.libvirt.as_ref();
        let domains = libvirt.map_or(&[][..], |documents| documents.domains.as_slice());
        domains.iter().filter_map(|domain| {
            let document = domain.config.as_ref().or(domain.live.as_ref())?;
            Some((domain.record.name.as_str(), document))
        })
    }

    /// The Open vSwitch bridges that go.
    pub(crate) fn deleted_bridges(&self) -> impl Iterator<Item = &Bridge> {
        let gone = self
            .rows()
            .filter(|change| change.row.table == "Bridge" && matches!(change.edit, RowEdit::Delete(_)));
        gone.filter_map(|change| self.before().bridge(change.row.name.as_deref()?))
    }

    /// The ports that are there and change, with their bridges: by their own row or by that of an interface of
    /// theirs, or because they go.
    pub(crate) fn touched_ports(&self) -> Vec<(&Bridge, &Port, Touch)> {
        let bridges = self
            .before()
            .bridges
            .iter()
            .filter(|bridge| bridge.kind == BridgeKind::Ovs);
        let ports = bridges.flat_map(|bridge| bridge.ports.iter().map(move |port| (bridge, port)));
        ports
            .filter_map(|(bridge, port)| Some((bridge, port, self.touch(port)?)))
            .collect()
    }

    fn touch(&self, port: &Port) -> Option<Touch> {
        let mut touch = Touch {
            output: self.outputs().any(|uuid| port.uuid == Some(uuid)),
            ..Touch::default()
        };
        let is_member = |uuid| {
            port.interfaces
                .iter()
                .any(|interface| interface.uuid == Some(uuid))
        };
        for change in self.rows() {
            let is_port = port.uuid == Some(change.row.uuid);
            match &change.edit {
                RowEdit::Delete(_) if is_port => touch.deleted = true,
                RowEdit::Update(columns) if change.row.table == "Bridge" => {
                    touch.deleted |= port.uuid.is_some_and(|uuid| leaves(columns, uuid));
                }
                RowEdit::Update(columns) if is_port => {
                    touch.columns.extend(columns.keys().cloned());
                }
                RowEdit::Update(columns) if is_member(change.row.uuid) => {
                    touch.interface_columns.extend(columns.keys().cloned());
                }
                _ => {}
            }
        }
        (touch != Touch::default()).then_some(touch)
    }
}

/// What happens to a port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Touch {
    /// It goes, or leaves its bridge.
    pub(crate) deleted: bool,
    /// It becomes the output of a mirror.
    pub(crate) output: bool,
    pub(crate) columns: Vec<String>,
    pub(crate) interface_columns: Vec<String>,
}

impl Touch {
    pub(crate) fn vlan(&self) -> bool {
        self.has(&["tag", "trunks", "vlan_mode", "cvlans"])
    }

    pub(crate) fn members(&self) -> bool {
        self.has(&["interfaces"])
    }

    pub(crate) fn bonding(&self) -> bool {
        self.has(&["bond_mode", "lacp", "bond_fake_iface"])
    }

    /// Where a patch or a tunnel leads, or what kind of device it is.
    pub(crate) fn peer(&self) -> bool {
        self.interface_columns
            .iter()
            .any(|column| matches!(column.as_str(), "options" | "type"))
    }

    /// Whether it may not carry afterwards what it carries now.
    pub(crate) fn cuts(&self) -> bool {
        self.deleted || self.output || self.vlan() || self.members() || self.bonding() || self.peer()
    }

    fn has(&self, names: &[&str]) -> bool {
        self.columns.iter().any(|column| names.contains(&column.as_str()))
    }

    /// What happens, as the end of a sentence about the port.
    pub(crate) fn words(&self) -> &'static str {
        if self.deleted {
            "leaves its bridge"
        } else if self.output {
            "becomes the output of a mirror, and then carries nothing else"
        } else if self.peer() {
            "changes where it leads"
        } else if self.vlan() {
            "changes its VLAN"
        } else if self.members() {
            "changes its members"
        } else if self.bonding() {
            "changes how it bonds"
        } else {
            "changes"
        }
    }
}

/// Whether rows of the plan's own come into a column, and nothing else happens to it.
fn only_adds(edit: &ColumnEdit) -> bool {
    match edit {
        ColumnEdit::Replace { .. } => false,
        ColumnEdit::Elements { removed, added } => {
            let planned = |atom: &Atom| atom.as_uuid().is_some_and(is_planned);
            removed.is_empty() && added.atoms().iter().all(planned)
        }
    }
}

/// Whether a bridge loses this port.
fn leaves(columns: &BTreeMap<String, ColumnEdit>, port: Uuid) -> bool {
    match columns.get("ports") {
        Some(ColumnEdit::Elements { removed, .. }) => removed.contains(&Atom::Uuid(port)),
        Some(ColumnEdit::Replace { after, .. }) => !after.contains(&Atom::Uuid(port)),
        None => false,
    }
}

/// Whether a port that is made has several interfaces, or says how they share what it sends.
fn is_bond(columns: &BTreeMap<String, Datum>) -> bool {
    let several = |datum: &Datum| datum.atoms().len() > 1;
    columns.get("interfaces").is_some_and(several)
        || columns.contains_key("bond_mode")
        || columns.contains_key("lacp")
}

fn is_dpdk(columns: &BTreeMap<String, Datum>) -> bool {
    let type_ = columns.get("type").and_then(Datum::one);
    type_.and_then(Atom::as_str) == Some("dpdk")
}

/// Whether an interface is made over a device that a wire may be plugged into.
fn is_device(edit: &RowEdit) -> bool {
    let RowEdit::Insert(columns) = edit else {
        return false;
    };
    let type_ = columns.get("type").and_then(|type_| type_.one()?.as_str());
    matches!(type_, None | Some("" | "system" | "dpdk"))
}
