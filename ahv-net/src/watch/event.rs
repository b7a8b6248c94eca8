use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::topology::Topology;
use crate::topology::diff::Difference;

/// Something that a [`Watch`](super::Watch) has to say.
///
/// Its serde form leaves the topology out, which is large and the same but for the difference.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The picture changed.
    Change {
        /// The picture as it is now.
        #[serde(skip)]
        topology: Arc<Topology>,
        /// What became different since the last change, or since the watch began. It is not empty, but may
        /// be [incidental](Difference::is_incidental).
        difference: Difference,
    },
    /// This source could not be followed step by step, and was read again in whole: the next change may
    /// hold more than one act, and an act that was undone meanwhile is not in it.
    Resync {
        /// The source.
        source: Source,
        /// Why.
        reason: String,
    },
    /// This source cannot be read. It is tried again until it can; where that has no sense the reason says
    /// so.
    Lost {
        /// The source.
        source: Source,
        /// Why.
        reason: String,
    },
    /// This source is back and was read again in whole; a change follows where it says something new.
    Regained {
        /// The source.
        source: Source,
    },
}

/// One of the records of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Source {
    /// The `Open_vSwitch` database.
    Ovsdb,
    /// libvirtd.
    Libvirt,
    /// The kernel.
    Kernel,
}

impl Event {
    /// The source that it is about; a change may be of several.
    pub fn source(&self) -> Option<Source> {
        match self {
            Self::Change { .. } => None,
            Self::Resync { source, .. } | Self::Lost { source, .. } | Self::Regained { source } => {
                Some(*source)
            }
        }
    }

    /// Whether this is the same marker; its reason aside.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.source() == other.source() && std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ovsdb => "OVSDB",
            Self::Libvirt => "libvirt",
            Self::Kernel => "kernel",
        })
    }
}

/// As [`Difference`] prints, and `!` before what is no change.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change { difference, .. } => difference.fmt(f),
            Self::Resync { source, reason } => writeln!(f, "! {source}: read again in whole: {reason}"),
            Self::Lost { source, reason } => writeln!(f, "! {source}: lost: {reason}"),
            Self::Regained { source } => writeln!(f, "! {source}: back, and read again in whole"),
        }
    }
}
