//! The one interface to every backend.

use async_trait::async_trait;
use uuid::Uuid;

use super::{Definition, DomainRecord, Error, EventStream, HostInfo, NetworkRecord};

/// A host that libvirt manages, live or recorded.
///
/// Every backend keeps the same contract, which one suite of tests checks: an identity that does not exist is an error for
/// which [`Error::is_not_found`] holds; a backend that cannot do something says so with [`Error::is_unsupported`].
///
/// # Cancel safety
/// Dropping the future of a call that reads has no effect. Dropping that of a call that changes something leaves open
/// whether it is done; the connection goes on in either case.
#[async_trait]
pub trait Hypervisor: Send + Sync + std::fmt::Debug {
    /// Who answers: host, URI and versions.
    ///
    /// # Errors
    /// When the connection fails.
    async fn host(&self) -> Result<HostInfo, Error>;

    /// Every domain, running or defined.
    ///
    /// # Errors
    /// When the connection fails.
    async fn domains(&self) -> Result<Vec<DomainRecord>, Error>;

    /// The XML of a domain. It is returned as libvirt gives it; parse it with [`Document`](crate::xml::Document).
    ///
    /// # Errors
    /// When there is no such domain, or the connection fails.
    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error>;

    /// Every network, running or defined.
    ///
    /// # Errors
    /// When the connection fails.
    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error>;

    /// The XML of a network.
    ///
    /// # Errors
    /// When there is no such network, or the connection fails.
    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error>;

    /// Follows what happens on the host from now on.
    ///
    /// # Errors
    /// When the connection fails, or the backend has no events.
    async fn events(&self) -> Result<EventStream, Error>;
}
