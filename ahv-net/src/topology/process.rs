use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A running qemu, by its command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct QemuProcess {
    /// Its process id, where the capture has it.
    pub pid: Option<u32>,
    /// `-name`, without the options that later versions add to it.
    pub name: Option<String>,
    /// `-uuid`, which is the domain's.
    pub uuid: Option<Uuid>,
    /// Its NICs, in the order of their `-device`s.
    pub nics: Vec<QemuNic>,
}

/// A NIC of a running qemu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct QemuNic {
    /// The guest's hardware address.
    pub mac: MacAddr,
    /// The backend: `tap`, `vhost-user`, …
    pub netdev: Option<String>,
    /// The tap's name, where qemu opened it by name; libvirt hands over a descriptor instead.
    pub ifname: Option<String>,
    /// The program that puts the tap on its bridge, where qemu calls one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
}

impl QemuNic {
    /// A NIC of this address behind this backend.
    pub fn new(mac: MacAddr, netdev: Option<String>, ifname: Option<String>) -> Self {
        Self {
            mac,
            netdev,
            ifname,
            script: None,
        }
    }
}
