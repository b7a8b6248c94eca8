//! What happens on a host while one looks.

use std::pin::Pin;

use futures_util::Stream;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Events, in the order in which they arrived. It never ends by itself and loses nothing silently: a gap is an
/// [`Event::Resync`].
pub type EventStream = Pin<Box<dyn Stream<Item = Event> + Send>>;

/// Something that happened on the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A domain was defined, started, stopped, ….
    Domain {
        /// Its name.
        name: String,
        /// Its identity.
        uuid: Uuid,
        /// What happened.
        change: DomainChange,
        /// Why: the detail number of that change (`virDomainEvent…DetailType`).
        detail: i32,
    },
    /// A device came into a running domain.
    DeviceAdded {
        /// The domain.
        uuid: Uuid,
        /// The device.
        alias: String,
    },
    /// A device left a running domain.
    DeviceRemoved {
        /// The domain.
        uuid: Uuid,
        /// The device.
        alias: String,
    },
    /// The guest refused to give up a device.
    DeviceRemovalFailed {
        /// The domain.
        uuid: Uuid,
        /// The device.
        alias: String,
    },
    /// The guest agent came or went.
    Agent {
        /// The domain.
        uuid: Uuid,
        /// Whether it is there.
        connected: bool,
    },
    /// Metadata of a domain changed.
    Metadata {
        /// The domain.
        uuid: Uuid,
        /// The namespace, of an element; absent for title and description.
        namespace: Option<String>,
    },
    /// A network was defined, started, stopped, ….
    Network {
        /// Its name.
        name: String,
        /// Its identity.
        uuid: Uuid,
        /// What happened.
        change: NetworkChange,
    },
    /// Events of this kind do not come, from here to the next [`Event::Resync`]: this libvirt does not have them, or refuses them.
    NotFollowed {
        /// Which events.
        kind: EventKind,
        /// Why, in one sentence.
        reason: String,
    },
    /// The connection was lost. Reconnecting has begun; a `Resync` follows when it succeeds.
    Disconnected {
        /// How it was lost.
        reason: String,
    },
    /// Events may be missing before this one: read again what you keep.
    Resync {
        /// Why.
        reason: String,
    },
}

/// The kinds of events that libvirt is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// [`Event::Domain`].
    Domain,
    /// [`Event::DeviceAdded`].
    DeviceAdded,
    /// [`Event::DeviceRemoved`].
    DeviceRemoved,
    /// [`Event::DeviceRemovalFailed`].
    DeviceRemovalFailed,
    /// [`Event::Agent`].
    Agent,
    /// [`Event::Metadata`].
    Metadata,
    /// [`Event::Network`].
    Network,
}

impl EventKind {
    /// Whether following events is of no use without this kind: without it nobody learns that a domain stopped, or a device is gone.
    #[must_use]
    pub fn is_essential(self) -> bool {
        matches!(self, Self::Domain | Self::DeviceRemoved)
    }
}

impl std::fmt::Display for EventKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Domain => "the lifecycle of domains",
            Self::DeviceAdded => "devices that come",
            Self::DeviceRemoved => "devices that leave",
            Self::DeviceRemovalFailed => "devices that do not leave",
            Self::Agent => "guest agents",
            Self::Metadata => "metadata",
            Self::Network => "the lifecycle of networks",
        })
    }
}

/// What happened to a domain: `virDomainEventType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DomainChange {
    /// Its definition came or changed.
    Defined,
    /// Its definition went.
    Undefined,
    /// It started.
    Started,
    /// It was paused.
    Suspended,
    /// It goes on.
    Resumed,
    /// It ended.
    Stopped,
    /// It is shutting down.
    Shutdown,
    /// Its guest went to sleep.
    PmSuspended,
    /// It crashed.
    Crashed,
    /// A change that this release does not know, by its number.
    Other(i32),
}

impl From<i32> for DomainChange {
    fn from(number: i32) -> Self {
        match number {
            0 => Self::Defined,
            1 => Self::Undefined,
            2 => Self::Started,
            3 => Self::Suspended,
            4 => Self::Resumed,
            5 => Self::Stopped,
            6 => Self::Shutdown,
            7 => Self::PmSuspended,
            8 => Self::Crashed,
            other => Self::Other(other),
        }
    }
}

/// What happened to a network: `virNetworkEventLifecycleType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NetworkChange {
    /// Its definition came or changed.
    Defined,
    /// Its definition went.
    Undefined,
    /// It started.
    Started,
    /// It stopped.
    Stopped,
    /// A change that this release does not know, by its number.
    Other(i32),
}

impl From<i32> for NetworkChange {
    fn from(number: i32) -> Self {
        match number {
            0 => Self::Defined,
            1 => Self::Undefined,
            2 => Self::Started,
            3 => Self::Stopped,
            other => Self::Other(other),
        }
    }
}
