use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Remote;

/// What the host says of itself. A member is `None` where its source was not read or is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct HostFacts {
    /// libvirt's name of the host, else Open vSwitch's `external_ids:hostname`.
    pub hostname: Option<String>,
    /// UUID of the one row of table `Open_vSwitch`: the first line of `ovs-vsctl show`.
    pub ovs_uuid: Option<Uuid>,
    /// Column `Open_vSwitch.manager_options`: who may manage the database, by target.
    #[serde(default)]
    pub managers: Vec<Remote>,
    /// Column `Open_vSwitch.ovs_version`.
    pub ovs_version: Option<String>,
    /// Version of the `Open_vSwitch` schema that the server serves, such as `7.4.0`.
    pub ovs_schema: Option<String>,
    /// `Open_vSwitch.external_ids:system-id`.
    pub system_id: Option<String>,
    /// Version of libvirt, such as `9.0.0`.
    pub libvirt_version: Option<String>,
    /// URI by which libvirt names itself, such as `qemu:///system`.
    pub libvirt_uri: Option<String>,
}
