use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Fix;
use crate::topology::by_name;

/// Something that is wrong with a host, or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Finding {
    /// The [`Rule`](super::Rule) that found it; stable, in kebab-case.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, the main object first.
    pub objects: Vec<Object>,
    /// What was seen, in one sentence.
    pub what: String,
    /// Why it matters, in one sentence.
    pub why: String,
    /// Commands that mend it, each on its own; what this workspace would do comes first.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// The main object.
    pub fn object(&self) -> Option<&Object> {
        self.objects.first()
    }

    /// Whether both speak of the same thing: the same rule and the same main object.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.rule == other.rule && self.object() == other.object()
    }

    /// The worst first, then by rule and object, names with numbers in them as people order them.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        let name = |finding: &Self| {
            finding
                .object()
                .map_or_else(String::new, |object| object.name.clone())
        };
        other
            .severity
            .cmp(&self.severity)
            .then_with(|| self.rule.cmp(&other.rule))
            .then_with(|| by_name(&name(self), &name(other)))
            .then_with(|| self.what.cmp(&other.what))
    }
}

/// How bad a finding is, from the mildest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; nothing need be done.
    Note,
    /// It works, but not as it was meant to, or not after the next restart.
    Warning,
    /// Traffic is lost, or goes where it must not.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name; of a NIC `DOMAIN/MAC`, of a portgroup `NETWORK/PORTGROUP`, of a mirror `BRIDGE/MIRROR`.
    pub name: String,
}

/// What an [`Object`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ObjectKind {
    /// A bridge.
    Bridge,
    /// A port of a bridge; a bond is one port.
    Port,
    /// An interface of a port.
    Interface,
    /// A mirror of a bridge.
    Mirror,
    /// A device of the kernel.
    Link,
    /// A libvirt domain.
    Domain,
    /// A NIC of a domain.
    Nic,
    /// A libvirt network.
    Network,
    /// A portgroup of a libvirt network.
    Portgroup,
    /// A file of the network scripts.
    File,
    /// A source of the picture.
    Source,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bridge => "bridge",
            Self::Port => "port",
            Self::Interface => "interface",
            Self::Mirror => "mirror",
            Self::Link => "link",
            Self::Domain => "domain",
            Self::Nic => "NIC",
            Self::Network => "network",
            Self::Portgroup => "portgroup",
            Self::File => "file",
            Self::Source => "source",
        })
    }
}

impl Object {
    pub(super) fn new(kind: ObjectKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }

    pub(super) fn bridge(name: &str) -> Self {
        Self::new(ObjectKind::Bridge, name)
    }

    pub(super) fn port(name: &str) -> Self {
        Self::new(ObjectKind::Port, name)
    }

    pub(super) fn interface(name: &str) -> Self {
        Self::new(ObjectKind::Interface, name)
    }

    pub(super) fn network(name: &str) -> Self {
        Self::new(ObjectKind::Network, name)
    }

    pub(super) fn nic(domain: &str, mac: Option<libvirt_model::vocab::MacAddr>) -> Self {
        Self::new(
            ObjectKind::Nic,
            mac.map_or_else(|| domain.to_owned(), |mac| format!("{domain}/{mac}")),
        )
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}
