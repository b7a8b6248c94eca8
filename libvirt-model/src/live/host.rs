//! What a hypervisor tells about its host, domains and networks.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The host and the software that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostInfo {
    /// The host's name, as libvirt knows it.
    pub hostname: String,
    /// The canonical URI of the connection.
    pub uri: String,
    /// The hypervisor: `QEMU`, …
    pub hypervisor: String,
    /// The version of the hypervisor; absent when there is no single one.
    pub hypervisor_version: Option<Version>,
    /// The version of libvirt on the host.
    pub libvirt_version: Option<Version>,
}

/// A version as libvirt counts it: major × 1,000,000 + minor × 1,000 + release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}.{}",
            self.0 / 1_000_000,
            self.0 / 1_000 % 1_000,
            self.0 % 1_000
        )
    }
}

/// Which of the two definitions of a domain or network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Definition {
    /// What runs now; for what does not run, the same as `Config`.
    Live,
    /// What the next start will use.
    Config,
}

/// A domain, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainRecord {
    /// The name.
    pub name: String,
    /// The identity.
    pub uuid: Uuid,
    /// The number of the running domain.
    pub id: Option<i32>,
    /// What it does.
    pub state: DomainState,
    /// Whether it is defined, and so survives its end.
    pub persistent: bool,
    /// Whether it starts with the host.
    pub autostart: bool,
}

impl DomainRecord {
    /// Whether the domain has a running instance.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.id.is_some()
    }
}

/// What a domain does: `virDomainState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DomainState {
    /// No state.
    NoState,
    /// It runs.
    Running,
    /// It waits for a resource.
    Blocked,
    /// Its user paused it.
    Paused,
    /// It is shutting down.
    Shutdown,
    /// It is off.
    Shutoff,
    /// It crashed.
    Crashed,
    /// Its guest sleeps.
    Suspended,
    /// A state that this release does not know, by its number.
    Other(i32),
}

impl From<i32> for DomainState {
    fn from(state: i32) -> Self {
        match state {
            0 => Self::NoState,
            1 => Self::Running,
            2 => Self::Blocked,
            3 => Self::Paused,
            4 => Self::Shutdown,
            5 => Self::Shutoff,
            6 => Self::Crashed,
            7 => Self::Suspended,
            other => Self::Other(other),
        }
    }
}

impl DomainState {
    /// The state by the word of libvirt's status files; [`DomainState::NoState`] for one that this release does not know.
    pub(super) fn of_status(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "blocked" => Self::Blocked,
            "paused" => Self::Paused,
            "shutdown" => Self::Shutdown,
            "shutoff" => Self::Shutoff,
            "crashed" => Self::Crashed,
            "pmsuspended" => Self::Suspended,
            _ => Self::NoState,
        }
    }
}

impl fmt::Display for DomainState {
    /// The words of `virsh list`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::NoState => "no state",
            Self::Running => "running",
            Self::Blocked => "idle",
            Self::Paused => "paused",
            Self::Shutdown => "in shutdown",
            Self::Shutoff => "shut off",
            Self::Crashed => "crashed",
            Self::Suspended => "pmsuspended",
            Self::Other(number) => return write!(f, "state {number}"),
        };
        f.write_str(word)
    }
}

/// A network, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkRecord {
    /// The name.
    pub name: String,
    /// The identity.
    pub uuid: Uuid,
    /// Whether it runs.
    pub active: bool,
    /// Whether it is defined, and so survives its end.
    pub persistent: bool,
    /// Whether it starts with the host.
    pub autostart: bool,
}
