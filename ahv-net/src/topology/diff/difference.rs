use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What differs between two pictures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Difference {
    /// The objects that differ: by kind in the order of [`ObjectKind`], then by name.
    pub changes: Vec<ObjectChange>,
}

/// One object that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ObjectChange {
    /// What it is.
    pub kind: ObjectKind,
    /// Its identity among its kind, as each [`ObjectKind`] says.
    pub name: String,
    /// How it differs.
    #[serde(flatten)]
    pub change: Change,
}

/// How an object differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "change", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Change {
    /// It is there now.
    Added {
        /// Its serde form; without what is listed as an object of its own.
        after: Value,
    },
    /// It is there no more.
    Removed {
        /// Its serde form as it was.
        before: Value,
    },
    /// It is there before and after.
    Changed {
        /// The members that differ, in the order of their names.
        members: Vec<MemberChange>,
    },
}

/// A member of an object before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct MemberChange {
    /// Where it is in the object's serde form: `["tag"]`, `["other_config", "bond-primary"]`.
    pub path: Vec<String>,
    /// Its value as it was; `null` where it was absent.
    pub before: Value,
    /// Its value as it is; `null` where it is absent.
    pub after: Value,
    /// Whether this kind of member changes by itself, or says again what another says: the uuid of a row
    /// that was made anew, an OpenFlow port number, the number of a link or process, where a source was read, and
    /// the list of a domain's configured NICs, which is there only while the domain runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incidental: bool,
}

/// What kind of object differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ObjectKind {
    /// What the host says of itself; named by its hostname.
    Host,
    /// A source, and whether it was read.
    Source,
    /// A bridge, with its mirrors where it is added or removed, and without its ports.
    Bridge,
    /// A mirror of a bridge that is there before and after: `BRIDGE/MIRROR`.
    Mirror,
    /// A port, with its interfaces where it is added or removed: `BRIDGE/PORT`.
    Port,
    /// An interface of a port that is there before and after: `BRIDGE/PORT/INTERFACE`, or `BRIDGE/PORT`
    /// where it has the port's name.
    Interface,
    /// A libvirt network, with its portgroups where it is added or removed.
    Network,
    /// A portgroup of a network that is there before and after: `NETWORK/PORTGROUP`.
    Portgroup,
    /// A domain, with its NICs where it is added or removed. Its uuid is its identity, its name is shown.
    Domain,
    /// A NIC of a domain that is there before and after: `DOMAIN/MAC`.
    Nic,
    /// The same of the inactive XML, which the domain's next start will use.
    ConfigNic,
    /// A link of the kernel.
    Link,
    /// A route: destination, type and metric are its identity.
    Route,
    /// A file of the network scripts: its device.
    Ifcfg,
    /// What no source explains: its kind and its name.
    Unmatched,
}

impl Difference {
    /// Whether the two pictures are the same.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether nothing but [incidental](MemberChange::incidental) members differs.
    pub fn is_incidental(&self) -> bool {
        self.changes.iter().all(ObjectChange::is_incidental)
    }

    /// The same without [incidental](MemberChange::incidental) members, and the objects that then do not
    /// differ.
    #[must_use]
    pub fn without_incidental(mut self) -> Self {
        for change in &mut self.changes {
            if let Change::Changed { members } = &mut change.change {
                members.retain(|member| !member.incidental);
            }
        }
        self.changes.retain(|change| !change.is_incidental());
        self
    }
}

impl ObjectChange {
    /// Whether nothing but incidental members differs.
    pub fn is_incidental(&self) -> bool {
        match &self.change {
            Change::Changed { members } => members.iter().all(|member| member.incidental),
            Change::Added { .. } | Change::Removed { .. } => false,
        }
    }
}

impl ObjectKind {
    /// The word by which a diff names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Source => "source",
            Self::Bridge => "bridge",
            Self::Mirror => "mirror",
            Self::Port => "port",
            Self::Interface => "interface",
            Self::Network => "network",
            Self::Portgroup => "portgroup",
            Self::Domain => "domain",
            Self::Nic => "NIC",
            Self::ConfigNic => "configured NIC",
            Self::Link => "link",
            Self::Route => "route",
            Self::Ifcfg => "ifcfg",
            Self::Unmatched => "unmatched",
        }
    }
}
