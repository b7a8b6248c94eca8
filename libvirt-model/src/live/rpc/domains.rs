//! The calls about domains.

use std::net::IpAddr;

use uuid::Uuid;

use super::Rpc;
use super::message::DomainHandle;
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use crate::live::{
    AddressSource, Affect, DomainRecord, DomainState, Error, Hypervisor as _, InterfaceAddresses,
    InterfaceStatistics, detach,
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
            None => Err(detach::not_found_before(domain, &procedure.to_string())),
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

    /// Everything about one domain; it can go away between the calls, which is then the error.
    pub(super) async fn domain_record(&self, domain: Uuid) -> Result<DomainRecord, Error> {
        let arguments = Encoder::new().uuid(domain).finish();
        let found = self
            .ask(Procedure::DomainLookupByUuid, arguments, DomainHandle::read)
            .await?;
        let of = |handle: &DomainHandle| Encoder::new().domain(handle).finish();
        let state = Encoder::new().domain(&found).u32(0).finish();
        let flag = |reply: &mut Decoder| Ok(reply.i32()? != 0);
        let (state, persistent, autostart) = tokio::try_join!(
            self.ask(Procedure::DomainGetState, state, |reply| {
                let state = reply.i32()?;
                reply.i32()?;
                Ok(DomainState::from(state))
            }),
            self.ask(Procedure::DomainIsPersistent, of(&found), flag),
            async {
                match self.ask(Procedure::DomainGetAutostart, of(&found), flag).await {
                    // Some drivers know no autostart.
                    Err(error) if error.is_unsupported() => Ok(false),
                    autostart => autostart,
                }
            },
        )?;
        Ok(DomainRecord {
            name: found.name,
            uuid: found.uuid,
            id: (found.id >= 0).then_some(found.id),
            state,
            persistent,
            autostart,
        })
    }

    pub(super) async fn domain_of_id(&self, id: i32) -> Result<Uuid, Error> {
        let arguments = Encoder::new().i32(id).finish();
        Ok(self
            .ask(Procedure::DomainLookupById, arguments, DomainHandle::read)
            .await?
            .uuid)
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

pub(super) fn read_addresses(reply: &mut Decoder) -> Result<InterfaceAddresses, Malformed> {
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
