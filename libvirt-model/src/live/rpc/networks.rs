//! The calls about networks.

use tokio::sync::oneshot;
use uuid::Uuid;

use super::Rpc;
use super::driver::Command;
use super::message::NetworkHandle;
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use crate::live::{Affect, DhcpLease, Error, NetworkPort, NetworkRecord, NetworkUpdate};

/// `VIR_NETWORK_DEFINE_VALIDATE`
const VALIDATE: u32 = 1;

impl Rpc {
    /// A call whose only argument is a network, and which answers nothing.
    pub(super) async fn simple_network(&self, procedure: Procedure, network: Uuid) -> Result<(), Error> {
        self.writable(procedure)?;
        let arguments = Encoder::new().network(&NetworkHandle::of(network)).finish();
        self.ask(procedure, arguments, |_| Ok(())).await
    }

    /// Everything about one network; it can go away between the calls, which is then the error.
    pub(super) async fn network_record(&self, network: Uuid) -> Result<NetworkRecord, Error> {
        let arguments = Encoder::new().uuid(network).finish();
        let found = self
            .ask(Procedure::NetworkLookupByUuid, arguments, NetworkHandle::read)
            .await?;
        let ask = |procedure| {
            let arguments = Encoder::new().network(&found).finish();
            self.ask(procedure, arguments, |reply| Ok(reply.i32()? != 0))
        };
        let (active, persistent, autostart) = tokio::try_join!(
            ask(Procedure::NetworkIsActive),
            ask(Procedure::NetworkIsPersistent),
            ask(Procedure::NetworkGetAutostart),
        )?;
        Ok(NetworkRecord {
            name: found.name,
            uuid: found.uuid,
            active,
            persistent,
            autostart,
        })
    }

    pub(super) async fn define_net(&self, xml: &str) -> Result<Uuid, Error> {
        self.writable(Procedure::NetworkDefineXmlFlags)?;
        let arguments = Encoder::new().string(xml).u32(VALIDATE).finish();
        match self
            .ask(Procedure::NetworkDefineXmlFlags, arguments, NetworkHandle::read)
            .await
        {
            Ok(network) => Ok(network.uuid),
            // Before 7.8 there is no such procedure, and no validation.
            Err(error) if error.is_unsupported() => {
                let arguments = Encoder::new().string(xml).finish();
                Ok(self
                    .ask(Procedure::NetworkDefineXml, arguments, NetworkHandle::read)
                    .await?
                    .uuid)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn create_net(&self, xml: &str) -> Result<Uuid, Error> {
        self.writable(Procedure::NetworkCreateXml)?;
        let arguments = Encoder::new().string(xml).finish();
        Ok(self
            .ask(Procedure::NetworkCreateXml, arguments, NetworkHandle::read)
            .await?
            .uuid)
    }

    pub(super) async fn network_autostart(&self, network: Uuid, autostart: bool) -> Result<(), Error> {
        self.writable(Procedure::NetworkSetAutostart)?;
        let arguments = Encoder::new()
            .network(&NetworkHandle::of(network))
            .i32(i32::from(autostart))
            .finish();
        self.ask(Procedure::NetworkSetAutostart, arguments, |_| Ok(()))
            .await
    }

    /// The protocol's first two numbers were swapped until feature 16 said that they are not any more.
    pub(super) async fn update_net(
        &self,
        network: Uuid,
        update: &NetworkUpdate,
        affect: Affect,
    ) -> Result<(), Error> {
        self.writable(Procedure::NetworkUpdate)?;
        let (reply, answer) = oneshot::channel();
        self.send(Command::NetworkUpdateOrder { reply }).await?;
        let in_order = answer.await.map_err(|_| self.ended())?;
        let (command, section) = (update.command as u32, update.section as u32);
        let (first, second) = if in_order {
            (command, section)
        } else {
            (section, command)
        };
        let arguments = Encoder::new()
            .network(&NetworkHandle::of(network))
            .u32(first)
            .u32(second)
            .i32(update.parent_index)
            .string(&update.xml)
            .u32(affect.flags())
            .finish();
        self.ask(Procedure::NetworkUpdate, arguments, |_| Ok(())).await
    }

    pub(super) async fn ports(&self, network: Uuid) -> Result<Vec<NetworkPort>, Error> {
        let handle = NetworkHandle::of(network);
        let arguments = Encoder::new().network(&handle).i32(1).u32(0).finish();
        let ports = self
            .ask(Procedure::NetworkListAllPorts, arguments, |reply| {
                let ports = reply.array(|reply| Ok((NetworkHandle::read(reply)?, reply.uuid()?)))?;
                reply.u32()?;
                Ok(ports)
            })
            .await?;
        let mut found = Vec::with_capacity(ports.len());
        for (network, uuid) in ports {
            let arguments = Encoder::new().network(&network).uuid(uuid).u32(0).finish();
            let xml = self
                .ask(Procedure::NetworkPortGetXmlDesc, arguments, Decoder::string)
                .await?;
            found.push(NetworkPort { uuid, xml });
        }
        Ok(found)
    }

    pub(super) async fn leases(&self, network: Uuid) -> Result<Vec<DhcpLease>, Error> {
        let arguments = Encoder::new()
            .network(&NetworkHandle::of(network))
            .optional_string(None)
            .i32(1)
            .u32(0)
            .finish();
        self.ask(Procedure::NetworkGetDhcpLeases, arguments, |reply| {
            let leases = reply.array(read_lease)?;
            reply.u32()?;
            Ok(leases)
        })
        .await
    }
}

pub(super) fn read_lease(reply: &mut Decoder) -> Result<DhcpLease, Malformed> {
    let interface = reply.string()?;
    let expires_unix_seconds = reply.i64()?;
    reply.i32()?;
    let mac = reply.optional(Decoder::string)?.and_then(|mac| mac.parse().ok());
    reply.optional(Decoder::string)?;
    let address = reply.string()?;
    let prefix = reply.u32()?;
    let hostname = reply.optional(Decoder::string)?;
    let client_id = reply.optional(Decoder::string)?;
    Ok(DhcpLease {
        interface,
        expires_unix_seconds,
        mac,
        address,
        prefix,
        hostname,
        client_id,
    })
}
