//! The calls about domains.

use std::net::IpAddr;

use uuid::Uuid;

use super::Rpc;
use super::message::DomainHandle;
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use crate::live::{
    AddressSource, Affect, Definition, Error, Hypervisor as _, InterfaceAddresses, InterfaceStatistics,
    Metadata, detach,
};

/// `VIR_DOMAIN_DEFINE_VALIDATE`
const VALIDATE: u32 = 1;

impl Rpc {
    /// A call whose arguments are a domain, an XML and flags, and which answers nothing.
    pub(super) async fn device(
        &self,
        procedure: Procedure,
        domain: Uuid,
        xml: &str,
        affect: Affect,
    ) -> Result<(), Error> {
        self.writable(procedure)?;
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .string(xml)
            .u32(affect.flags())
            .finish();
        self.ask(procedure, arguments, |_| Ok(())).await
    }

    pub(super) async fn detach(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let procedure = Procedure::DomainDetachDeviceFlags;
        self.writable(procedure)?;
        if !affect.is_live() {
            return self.device(procedure, domain, xml, affect).await;
        }
        // The events come first: the device's own can arrive before the reply.
        let events = self.events().await?;
        let alias = detach::alias_of(self, domain, xml).await?;
        self.device(procedure, domain, xml, affect).await?;
        match alias {
            Some(alias) => detach::gone(self, events, domain, &alias, self.detach_timeout()).await,
            None => Ok(()),
        }
    }

    /// A call whose only argument is a domain, and which answers nothing.
    pub(super) async fn simple_domain(&self, procedure: Procedure, domain: Uuid) -> Result<(), Error> {
        self.writable(procedure)?;
        let arguments = Encoder::new().domain(&DomainHandle::of(domain)).finish();
        self.ask(procedure, arguments, |_| Ok(())).await
    }

    pub(super) async fn undefine(&self, domain: Uuid) -> Result<(), Error> {
        self.writable(Procedure::DomainUndefineFlags)?;
        let arguments = Encoder::new().domain(&DomainHandle::of(domain)).u32(0).finish();
        self.ask(Procedure::DomainUndefineFlags, arguments, |_| Ok(()))
            .await
    }

    pub(super) async fn define(&self, xml: &str) -> Result<Uuid, Error> {
        self.writable(Procedure::DomainDefineXmlFlags)?;
        let arguments = Encoder::new().string(xml).u32(VALIDATE).finish();
        Ok(self
            .ask(Procedure::DomainDefineXmlFlags, arguments, DomainHandle::read)
            .await?
            .uuid)
    }

    pub(super) async fn domain_autostart(&self, domain: Uuid, autostart: bool) -> Result<(), Error> {
        self.writable(Procedure::DomainSetAutostart)?;
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .i32(i32::from(autostart))
            .finish();
        self.ask(Procedure::DomainSetAutostart, arguments, |_| Ok(()))
            .await
    }

    pub(super) async fn addresses(
        &self,
        domain: Uuid,
        source: AddressSource,
    ) -> Result<Vec<InterfaceAddresses>, Error> {
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .u32(source.number())
            .u32(0)
            .finish();
        self.ask(Procedure::DomainInterfaceAddresses, arguments, |reply| {
            reply.array(read_addresses)
        })
        .await
    }

    pub(super) async fn statistics(&self, domain: Uuid, target: &str) -> Result<InterfaceStatistics, Error> {
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .string(target)
            .finish();
        self.ask(Procedure::DomainInterfaceStats, arguments, |reply| {
            // A counter that the driver does not have is -1.
            let mut next = || reply.i64().map(|counter| u64::try_from(counter).ok());
            Ok(InterfaceStatistics {
                rx_bytes: next()?,
                rx_packets: next()?,
                rx_errors: next()?,
                rx_dropped: next()?,
                tx_bytes: next()?,
                tx_packets: next()?,
                tx_errors: next()?,
                tx_dropped: next()?,
            })
        })
        .await
    }

    pub(super) async fn read_metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let (kind, uri) = metadata.key();
        // On a domain that is off, "live" is refused; it has one definition only, which "current" (0) names.
        let flags = if definition == Definition::Config {
            Affect::Config.flags()
        } else {
            0
        };
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .i32(kind)
            .optional_string(uri)
            .u32(flags)
            .finish();
        self.ask(Procedure::DomainGetMetadata, arguments, Decoder::string)
            .await
    }

    pub(super) async fn write_metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        self.writable(Procedure::DomainSetMetadata)?;
        let (kind, uri) = metadata.key();
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .i32(kind)
            .optional_string(value)
            .optional_string(uri.map(|_| key))
            .optional_string(uri)
            .u32(affect.flags())
            .finish();
        self.ask(Procedure::DomainSetMetadata, arguments, |_| Ok(()))
            .await
    }

    pub(super) async fn saved(&self, domain: Uuid) -> Result<bool, Error> {
        let arguments = Encoder::new().domain(&DomainHandle::of(domain)).u32(0).finish();
        self.ask(Procedure::DomainHasManagedSaveImage, arguments, |reply| {
            Ok(reply.i32()? != 0)
        })
        .await
    }

    pub(super) async fn saved_xml(&self, domain: Uuid) -> Result<String, Error> {
        let arguments = Encoder::new().domain(&DomainHandle::of(domain)).u32(0).finish();
        self.ask(Procedure::DomainManagedSaveGetXmlDesc, arguments, Decoder::string)
            .await
    }

    pub(super) async fn define_saved(&self, domain: Uuid, xml: &str) -> Result<(), Error> {
        self.writable(Procedure::DomainManagedSaveDefineXml)?;
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .optional_string(Some(xml))
            .u32(0)
            .finish();
        self.ask(Procedure::DomainManagedSaveDefineXml, arguments, |_| Ok(()))
            .await
    }
}

fn read_addresses(reply: &mut Decoder) -> Result<InterfaceAddresses, Malformed> {
    let name = reply.string()?;
    let mac = reply.optional(Decoder::string)?.and_then(|mac| mac.parse().ok());
    let addresses = reply.array(|reply| {
        reply.i32()?;
        Ok((reply.string()?, reply.u32()?))
    })?;
    let addresses = addresses
        .into_iter()
        .filter_map(|(address, prefix)| Some((address.parse::<IpAddr>().ok()?, prefix)));
    Ok(InterfaceAddresses {
        name,
        mac,
        addresses: addresses.collect(),
    })
}
