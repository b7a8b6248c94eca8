use std::collections::BTreeMap;
use std::sync::Arc;

use libvirt_model::vocab::{MacAddr, VlanId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::topology::{
    Address, AddressOrigin, Ifcfg, KernelGaps, Link, Mirror, Portgroup, QemuProcess, Remote, Route,
    SourceReport, Vlan,
};

/// Everything that was read of one host; the input of [`join`](crate::topology::join).
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// The `Open_vSwitch` database.
    pub ovsdb: Option<Sourced<OvsObservation>>,
    /// libvirtd.
    pub libvirt: Option<Sourced<LibvirtObservation>>,
    /// The kernel.
    pub kernel: Option<Sourced<KernelObservation>>,
    /// The qemus that run.
    pub processes: Option<Sourced<Vec<QemuProcess>>>,
    /// What guests say of themselves.
    pub guests: Option<Sourced<Vec<ObservedGuest>>>,
    /// The files of the network scripts.
    pub ifcfg: Option<Sourced<Vec<Ifcfg>>>,
    /// The files that were looked at, and what each was taken for.
    pub files: Vec<SourceReport>,
    /// What of those files could not be read, or contradicts another of them.
    pub damage: Vec<Damage>,
}

/// What a source said, and where it was.
#[derive(Debug, Clone)]
pub struct Sourced<T> {
    /// Where it was read: a remote, a URI, `local`, a namespace's path.
    pub from: String,
    /// What it said.
    pub said: T,
}

/// The `Open_vSwitch` database, as a tree: the root row, its bridges, their ports and interfaces.
#[derive(Debug, Clone, Default)]
pub struct OvsObservation {
    /// UUID of the one row of table `Open_vSwitch`.
    pub uuid: Option<Uuid>,
    /// Column `ovs_version`.
    pub ovs_version: Option<String>,
    /// Version of the schema that the server serves.
    pub schema_version: Option<String>,
    /// Column `external_ids` of the root row.
    pub external_ids: BTreeMap<String, String>,
    /// The managers to which column `manager_options` refers.
    pub managers: Vec<Remote>,
    /// The bridges, in no order.
    pub bridges: Vec<ObservedBridge>,
    /// Whether columns were left out, as `ovs-vsctl show` does: what is empty may not be so.
    pub abridged: bool,
    /// Rows that refer to nothing and columns that could not be read, a sentence each.
    pub damage: Vec<String>,
}

/// A row of table `Bridge`.
#[derive(Debug, Clone, Default)]
pub struct ObservedBridge {
    /// Its row.
    pub uuid: Option<Uuid>,
    /// Column `name`.
    pub name: String,
    /// Column `datapath_type`.
    pub datapath_type: Option<String>,
    /// Column `fail_mode`.
    pub fail_mode: Option<String>,
    /// Column `stp_enable`.
    pub stp_enable: Option<bool>,
    /// Column `rstp_enable`, where the server has it.
    pub rstp_enable: Option<bool>,
    /// Column `external_ids`.
    pub external_ids: BTreeMap<String, String>,
    /// Column `other_config`.
    pub other_config: BTreeMap<String, String>,
    /// The controllers to which column `controller` refers.
    pub controllers: Vec<Remote>,
    /// The mirrors to which column `mirrors` refers.
    pub mirrors: Vec<Mirror>,
    /// The ports to which column `ports` refers.
    pub ports: Vec<ObservedPort>,
}

/// A row of table `Port`.
#[derive(Debug, Clone, Default)]
pub struct ObservedPort {
    /// Its row.
    pub uuid: Option<Uuid>,
    /// Column `name`.
    pub name: String,
    /// Column `tag`.
    pub tag: Option<VlanId>,
    /// Column `trunks`.
    pub trunks: Vec<VlanId>,
    /// Column `vlan_mode`.
    pub vlan_mode: Option<String>,
    /// Column `bond_mode`.
    pub bond_mode: Option<String>,
    /// Column `lacp`.
    pub lacp: Option<String>,
    /// Column `bond_active_slave`, where the server has it.
    pub bond_active_slave: Option<String>,
    /// `lacp_status` of `ovs-appctl bond/show`.
    pub lacp_status: Option<String>,
    /// Column `fake_bridge`: the port stands for a VLAN bridge of its own (ovs-vsctl(8), `add-br`).
    pub fake_bridge: bool,
    /// Column `external_ids`.
    pub external_ids: BTreeMap<String, String>,
    /// Column `other_config`.
    pub other_config: BTreeMap<String, String>,
    /// The interfaces to which column `interfaces` refers.
    pub interfaces: Vec<ObservedInterface>,
}

/// A row of table `Interface`.
#[derive(Debug, Clone, Default)]
pub struct ObservedInterface {
    /// Its row.
    pub uuid: Option<Uuid>,
    /// Column `name`.
    pub name: String,
    /// Column `type`.
    pub type_: String,
    /// Column `options`.
    pub options: BTreeMap<String, String>,
    /// Column `external_ids`.
    pub external_ids: Arc<BTreeMap<String, String>>,
    /// Column `status`, which names the driver.
    pub status: BTreeMap<String, String>,
    /// Column `ofport`.
    pub ofport: Option<i64>,
    /// Column `error`, where the server has it.
    pub error: Option<String>,
    /// Column `mac_in_use`.
    pub mac_in_use: Option<MacAddr>,
    /// Column `mtu`, in bytes.
    pub mtu_bytes: Option<u32>,
    /// Column `admin_state`: whether it is `up`.
    pub admin_up: Option<bool>,
    /// Column `link_state`: whether it is `up`.
    pub link_up: Option<bool>,
    /// Column `lacp_current`.
    pub lacp_current: Option<bool>,
}

/// libvirtd's domains and networks.
#[derive(Debug, Clone, Default)]
pub struct LibvirtObservation {
    /// The host's name, as libvirtd has it.
    pub hostname: Option<String>,
    /// Version of the library, such as `9.0.0`.
    pub version: Option<String>,
    /// The URI by which libvirtd names itself.
    pub uri: Option<String>,
    /// The domains, in no order.
    pub domains: Vec<ObservedDomain>,
    /// The networks, in no order.
    pub networks: Vec<ObservedNetwork>,
    /// Addresses of running guests; `None` where they were not asked for.
    pub guests: Option<Vec<ObservedGuest>>,
    /// Documents that could not be read, a sentence each.
    pub damage: Vec<String>,
}

/// A domain: its state, and the NICs of its live XML, or of the inactive one where it is off.
#[derive(Debug, Clone)]
pub struct ObservedDomain {
    /// Its name.
    pub name: String,
    /// Its identity; all zero where no source tells it.
    pub uuid: Uuid,
    /// libvirt's word for its state.
    pub state: String,
    /// Whether it has a running qemu.
    pub active: bool,
    /// Whether it starts by itself; `None` where it was not asked.
    pub autostart: Option<bool>,
    /// Whether it is defined; `None` where no source tells.
    pub persistent: Option<bool>,
    /// Its NICs, in the document's order.
    pub nics: Vec<ObservedNic>,
    /// The NICs of the inactive XML, which the next start will use, of a domain that runs and is
    /// defined.
    pub config_nics: Option<Vec<ObservedNic>>,
}

/// `<interface>` of a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedNic {
    /// Its hardware address.
    pub mac: Option<MacAddr>,
    /// `<interface type='…'>`.
    pub type_: String,
    /// `<source bridge='…'/>`.
    pub bridge: Option<String>,
    /// `<source dev='…'/>`, of a NIC of type direct.
    pub device: Option<String>,
    /// `<source network='…'/>`.
    pub network: Option<String>,
    /// `<source portgroup='…'/>`.
    pub portgroup: Option<String>,
    /// `<target dev='…'/>`.
    pub target: Option<String>,
    /// `<virtualport type='…'/>`.
    pub virtualport: Option<String>,
    /// `interfaceid` of the virtualport.
    pub interfaceid: Option<String>,
    /// `<vlan>` of the NIC itself.
    pub vlan: Option<Vlan>,
    /// Whether `<link state='down'/>` is there.
    pub link_down: bool,
}

/// A libvirt network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedNetwork {
    /// Its name.
    pub name: String,
    /// Its identity.
    pub uuid: Option<Uuid>,
    /// Whether it is started; `None`, as in the next two, where no source tells.
    pub active: Option<bool>,
    /// Whether it starts by itself.
    pub autostart: Option<bool>,
    /// Whether it is defined.
    pub persistent: Option<bool>,
    /// `<forward mode='…'/>`.
    pub forward: Option<String>,
    /// `<bridge name='…'/>`.
    pub bridge: Option<String>,
    /// `<virtualport type='…'/>`.
    pub virtualport: Option<String>,
    /// `<vlan>`.
    pub vlan: Option<Vlan>,
    /// `<portgroup>`s.
    pub portgroups: Vec<Portgroup>,
    /// `<ip>`s.
    pub addresses: Vec<Address>,
}

/// The kernel's links and routes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KernelObservation {
    /// Every link, in no order.
    pub links: Vec<Link>,
    /// The routes of the main tables, in the kernel's order.
    pub routes: Vec<Route>,
    /// What was not told; nothing on a live host.
    #[serde(default)]
    pub gaps: KernelGaps,
    /// The qemus that run in this network namespace; `None` where they were not looked for.
    #[serde(default)]
    pub processes: Option<Vec<QemuProcess>>,
}

/// What a guest says of itself.
#[derive(Debug, Clone, Default)]
pub struct ObservedGuest {
    /// Who tells.
    pub from: Option<AddressOrigin>,
    /// Its links; those with a hardware address of a domain's NIC are that NIC.
    pub links: Vec<Link>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// Something of a file that could not be read, or that contradicts another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: String,
    /// The line, counted from 1; `None` is the file as a whole.
    pub line: Option<usize>,
    /// What is wrong, in one clause.
    pub what: String,
    /// Whether another file says otherwise, and nothing is wrong with this one alone.
    pub contradiction: bool,
}

impl Damage {
    /// The file, with the line where there is one.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}, line {line}", self.file),
            None => self.file.clone(),
        }
    }
}
