use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::topology::Topology;
use crate::topology::diff::Difference;
use crate::watch::{Event, Source};

/// What a subscriber of `watch` is told: an [`Event`], or the picture that it begins with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Notice {
    /// The picture at the beginning. It comes first, and once.
    Picture {
        /// The picture.
        topology: Arc<Topology>,
    },
    /// The picture changed.
    Change {
        /// What became different.
        difference: Difference,
        /// The picture as it is now, where pictures were asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topology: Option<Arc<Topology>>,
    },
    /// A source could not be followed step by step, and was read again in whole.
    Resync {
        /// The source.
        source: Source,
        /// Why.
        reason: String,
    },
    /// A source cannot be read; it is tried again.
    Lost {
        /// The source.
        source: Source,
        /// Why.
        reason: String,
    },
    /// A source is back.
    Regained {
        /// The source.
        source: Source,
    },
    /// It is the last: the agent tells no more, and closes the connection.
    Ended {
        /// Why, and what to do.
        reason: String,
    },
}

impl Notice {
    /// What is told of an event.
    pub(super) fn of(event: Event, pictures: bool) -> Self {
        match event {
            Event::Change { topology, difference } => Self::Change {
                difference,
                topology: pictures.then_some(topology),
            },
            Event::Resync { source, reason } => Self::Resync { source, reason },
            Event::Lost { source, reason } => Self::Lost { source, reason },
            Event::Regained { source } => Self::Regained { source },
        }
    }
}
