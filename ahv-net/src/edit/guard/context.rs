use std::sync::OnceLock;

use crate::check::{self, Finding};
use crate::edit::base::Base;
use crate::edit::change::{Change, NicChange, RowChange, RowEdit};
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
    new_findings: OnceLock<Vec<Finding>>,
}

impl<'p> Context<'p> {
    pub(crate) fn new(base: &'p Base, steps: &'p [Step], caller: &'p Caller) -> Self {
        Self {
            base,
            steps,
            caller,
            after: OnceLock::new(),
            new_findings: OnceLock::new(),
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
    pub(crate) fn new_findings<'c>(&'c self, rule: &'c str) -> impl Iterator<Item = &'c Finding> {
        let new = self.new_findings.get_or_init(|| {
            let known = check::check(self.before());
            let found = check::check(self.after());
            found
                .into_iter()
                .filter(|finding| !known.iter().any(|known| known.is_same_as(finding)))
                .collect()
        });
        new.iter().filter(move |finding| finding.rule == rule)
    }

    /// Whether something that is there changes or goes. A port that is only added touches its bridge by its own name
    /// alone.
    pub(crate) fn touches_existing(&self) -> bool {
        self.touches_libvirt()
            || self.rows().any(|change| match &change.edit {
                RowEdit::Insert(_) => false,
                RowEdit::Delete(_) => true,
                RowEdit::Update(columns) => match change.row.table.as_str() {
                    "Open_vSwitch" => columns.keys().any(|column| column != "bridges"),
                    "Bridge" => columns
                        .keys()
                        .any(|column| column != "ports" && column != "mirrors"),
                    _ => true,
                },
            })
    }

    /// Whether what is there changes, or a device is added that a wire may be plugged into.
    pub(crate) fn touches_switch(&self) -> bool {
        self.touches_existing()
            || self.rows().any(|change| match &change.edit {
                RowEdit::Insert(columns) if change.row.table == "Interface" => {
                    let type_ = columns.get("type").and_then(|type_| type_.one()?.as_str());
                    matches!(type_, None | Some("" | "system" | "dpdk"))
                }
                _ => false,
            })
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
        let mut touch = Touch::default();
        let is_member = |uuid| {
            port.interfaces
                .iter()
                .any(|interface| interface.uuid == Some(uuid))
        };
        for change in self.rows() {
            let is_port = port.uuid == Some(change.row.uuid);
            match &change.edit {
                RowEdit::Delete(_) if is_port => touch.deleted = true,
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
    pub(crate) deleted: bool,
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

    fn has(&self, names: &[&str]) -> bool {
        self.columns.iter().any(|column| names.contains(&column.as_str()))
    }

    /// What happens, as the end of a sentence about the port.
    pub(crate) fn words(&self) -> &'static str {
        if self.deleted {
            "is deleted"
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
