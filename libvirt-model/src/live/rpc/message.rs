//! What arguments, replies and events hold.

use bytes::Bytes;
use uuid::Uuid;

use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use crate::live::{Event, LibvirtError};

/// A domain as the protocol names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DomainHandle {
    pub(super) name: String,
    pub(super) uuid: Uuid,
    /// -1 when it does not run.
    pub(super) id: i32,
}

/// A network as the protocol names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NetworkHandle {
    pub(super) name: String,
    pub(super) uuid: Uuid,
}

impl DomainHandle {
    /// A handle of which only the identity is known; the drivers look a domain up by that alone. The name appears in error
    /// messages only.
    pub(super) fn of(uuid: Uuid) -> Self {
        Self {
            name: uuid.to_string(),
            uuid,
            id: -1,
        }
    }

    pub(super) fn read(decoder: &mut Decoder) -> Result<Self, Malformed> {
        Ok(Self {
            name: decoder.string()?,
            uuid: decoder.uuid()?,
            id: decoder.i32()?,
        })
    }
}

impl NetworkHandle {
    /// See [`DomainHandle::of`].
    pub(super) fn of(uuid: Uuid) -> Self {
        Self {
            name: uuid.to_string(),
            uuid,
        }
    }

    pub(super) fn read(decoder: &mut Decoder) -> Result<Self, Malformed> {
        Ok(Self {
            name: decoder.string()?,
            uuid: decoder.uuid()?,
        })
    }
}

impl Encoder {
    pub(super) fn domain(self, domain: &DomainHandle) -> Self {
        self.string(&domain.name).uuid(domain.uuid).i32(domain.id)
    }

    pub(super) fn network(self, network: &NetworkHandle) -> Self {
        self.string(&network.name).uuid(network.uuid)
    }
}

/// The body of a reply whose status is an error.
pub(super) fn read_error(body: &Bytes) -> Result<LibvirtError, Malformed> {
    let mut decoder = Decoder::new(body);
    let code = decoder.i32()?;
    let domain = decoder.i32()?;
    let message = decoder.optional(Decoder::string)?;
    // The level, the related domain, three strings, two numbers and the related network follow; the message repeats
    // whatever of them matters to a reader.
    Ok(LibvirtError {
        domain,
        code,
        message: message.unwrap_or_else(|| "no message".to_owned()),
    })
}

/// An event that the server sends for a registered callback. `None` for one that is not used.
pub(super) fn read_event(procedure: Procedure, body: &Bytes) -> Result<Option<Event>, Malformed> {
    let mut decoder = Decoder::new(body);
    let _callback = match procedure {
        Procedure::ConnectEventConnectionClosed => return Ok(None),
        _ => decoder.i32()?,
    };
    let event = match procedure {
        Procedure::DomainEventCallbackLifecycle => {
            let domain = DomainHandle::read(&mut decoder)?;
            let change = decoder.i32()?.into();
            Event::Domain {
                name: domain.name,
                uuid: domain.uuid,
                change,
                detail: decoder.i32()?,
            }
        }
        Procedure::DomainEventCallbackDeviceAdded => Event::DeviceAdded {
            uuid: DomainHandle::read(&mut decoder)?.uuid,
            alias: decoder.string()?,
        },
        Procedure::DomainEventCallbackDeviceRemoved => Event::DeviceRemoved {
            uuid: DomainHandle::read(&mut decoder)?.uuid,
            alias: decoder.string()?,
        },
        Procedure::DomainEventCallbackDeviceRemovalFailed => Event::DeviceRemovalFailed {
            uuid: DomainHandle::read(&mut decoder)?.uuid,
            alias: decoder.string()?,
        },
        Procedure::DomainEventCallbackAgentLifecycle => {
            let uuid = DomainHandle::read(&mut decoder)?.uuid;
            let connected = decoder.i32()? == 1;
            decoder.i32()?;
            Event::Agent { uuid, connected }
        }
        Procedure::DomainEventCallbackMetadataChange => {
            let uuid = DomainHandle::read(&mut decoder)?.uuid;
            decoder.i32()?;
            Event::Metadata {
                uuid,
                namespace: decoder.optional(Decoder::string)?,
            }
        }
        Procedure::NetworkEventLifecycle => {
            let network = NetworkHandle::read(&mut decoder)?;
            let change = decoder.i32()?.into();
            decoder.i32()?;
            Event::Network {
                name: network.name,
                uuid: network.uuid,
                change,
            }
        }
        _ => return Ok(None),
    };
    decoder.end()?;
    Ok(Some(event))
}
