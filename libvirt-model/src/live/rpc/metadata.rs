//! The calls about metadata, which are alike for domains and networks.

use uuid::Uuid;

use super::Rpc;
use super::message::{DomainHandle, NetworkHandle};
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder};
use crate::live::{Affect, Definition, Error, Metadata};

/// Which metadata is set to what.
pub(super) struct NewMetadata<'m> {
    pub(super) metadata: &'m Metadata,
    /// The prefix for an element's namespace.
    pub(super) key: &'m str,
    /// `None` removes it.
    pub(super) value: Option<&'m str>,
    pub(super) affect: Affect,
}

impl Rpc {
    pub(super) async fn domain_metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let owner = Encoder::new().domain(&DomainHandle::of(domain));
        self.read_metadata(Procedure::DomainGetMetadata, owner, metadata, definition)
            .await
    }

    pub(super) async fn set_domain_metadata(&self, domain: Uuid, new: NewMetadata<'_>) -> Result<(), Error> {
        let owner = Encoder::new().domain(&DomainHandle::of(domain));
        self.write_metadata(Procedure::DomainSetMetadata, owner, new)
            .await
    }

    pub(super) async fn net_metadata(
        &self,
        network: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let owner = Encoder::new().network(&NetworkHandle::of(network));
        self.read_metadata(Procedure::NetworkGetMetadata, owner, metadata, definition)
            .await
    }

    pub(super) async fn set_net_metadata(&self, network: Uuid, new: NewMetadata<'_>) -> Result<(), Error> {
        let owner = Encoder::new().network(&NetworkHandle::of(network));
        self.write_metadata(Procedure::NetworkSetMetadata, owner, new)
            .await
    }

    async fn read_metadata(
        &self,
        procedure: Procedure,
        owner: Encoder,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let (kind, uri) = metadata.key();
        // On one that is off, "live" is refused; it has one definition only, which "current" (0) names.
        let flags = if definition == Definition::Config {
            Affect::Config.flags()
        } else {
            0
        };
        let arguments = owner.i32(kind).optional_string(uri).u32(flags).finish();
        self.ask(procedure, arguments, Decoder::string).await
    }

    async fn write_metadata(
        &self,
        procedure: Procedure,
        owner: Encoder,
        new: NewMetadata<'_>,
    ) -> Result<(), Error> {
        self.writable(procedure)?;
        let (kind, uri) = new.metadata.key();
        let arguments = owner
            .i32(kind)
            .optional_string(new.value)
            .optional_string(uri.map(|_| new.key))
            .optional_string(uri)
            .u32(new.affect.flags())
            .finish();
        self.ask(procedure, arguments, |_| Ok(())).await
    }
}
