//! [`Rpc`], the native backend.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;

use super::core::SessionOptions;
use super::driver::{self, Command, Handle};
use super::message::{DomainHandle, NetworkHandle};
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use crate::live::{
    Definition, DomainRecord, DomainState, Error, Event, EventStream, HostInfo, Hypervisor, NetworkRecord,
    Version,
};

/// `VIR_CONNECT_LIST_DOMAINS_PERSISTENT`
const DOMAINS_PERSISTENT: u32 = 1 << 2;
/// `VIR_CONNECT_LIST_DOMAINS_AUTOSTART`
const DOMAINS_AUTOSTART: u32 = 1 << 10;
/// `VIR_CONNECT_LIST_NETWORKS_ACTIVE`
const NETWORKS_ACTIVE: u32 = 1 << 1;
/// `VIR_CONNECT_LIST_NETWORKS_PERSISTENT`
const NETWORKS_PERSISTENT: u32 = 1 << 2;
/// `VIR_CONNECT_LIST_NETWORKS_AUTOSTART`
const NETWORKS_AUTOSTART: u32 = 1 << 4;
/// `VIR_DOMAIN_XML_INACTIVE`
const DOMAIN_XML_INACTIVE: u32 = 1 << 1;
/// `VIR_NETWORK_XML_INACTIVE`
const NETWORK_XML_INACTIVE: u32 = 1 << 0;

/// A session with libvirtd over its unix socket. A clone shares it; it ends when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Rpc {
    socket: PathBuf,
    read_only: bool,
    handle: Handle,
}

impl Rpc {
    /// Connects to the daemon at `socket` and opens `options.uri` there.
    ///
    /// # Errors
    /// When the socket cannot be opened, the daemon refuses, or the peer is no libvirtd.
    ///
    /// # Cancel safety
    /// Dropping the future gives the attempt up.
    pub async fn connect(socket: &Path, options: SessionOptions) -> Result<Self, Error> {
        let read_only = options.read_only;
        let handle = driver::start(socket, options).await?;
        Ok(Self {
            socket: socket.to_owned(),
            read_only,
            handle,
        })
    }

    /// The socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Whether the session was opened read-only.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    pub(super) async fn call(&self, procedure: Procedure, arguments: Bytes) -> Result<Bytes, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Call {
            procedure,
            arguments,
            reply,
        })
        .await?;
        answer.await.unwrap_or_else(|_| Err(self.ended()))
    }

    async fn send(&self, command: Command) -> Result<(), Error> {
        self.handle.commands.send(command).await.map_err(|_| self.ended())
    }

    fn ended(&self) -> Error {
        Error::Unreachable {
            endpoint: self.endpoint(),
            reason: "the session has ended".to_owned(),
        }
    }

    fn endpoint(&self) -> String {
        self.socket.display().to_string()
    }

    /// Calls, and reads the reply.
    pub(super) async fn ask<T>(
        &self,
        procedure: Procedure,
        arguments: Bytes,
        read: impl FnOnce(&mut Decoder) -> Result<T, Malformed> + Send,
    ) -> Result<T, Error> {
        let body = self.call(procedure, arguments).await?;
        let mut decoder = Decoder::new(&body);
        read(&mut decoder)
            .and_then(|value| decoder.end().map(|()| value))
            .map_err(|error| Error::PeerMisbehaved {
                endpoint: self.endpoint(),
                detail: format!("its reply to {procedure} cannot be read: {error}"),
            })
    }

    async fn list_domains(&self, flags: u32) -> Result<Vec<DomainHandle>, Error> {
        let arguments = Encoder::new().i32(1).u32(flags).finish();
        self.ask(Procedure::ConnectListAllDomains, arguments, |reply| {
            let domains = reply.array(DomainHandle::read)?;
            reply.u32()?;
            Ok(domains)
        })
        .await
    }

    async fn list_networks(&self, flags: u32) -> Result<Vec<NetworkHandle>, Error> {
        let arguments = Encoder::new().i32(1).u32(flags).finish();
        self.ask(Procedure::ConnectListAllNetworks, arguments, |reply| {
            let networks = reply.array(NetworkHandle::read)?;
            reply.u32()?;
            Ok(networks)
        })
        .await
    }

    /// The state of a domain; `None` when it went away since it was listed.
    async fn state(&self, domain: &DomainHandle) -> Result<Option<DomainState>, Error> {
        let arguments = Encoder::new().domain(domain).u32(0).finish();
        let state = self
            .ask(Procedure::DomainGetState, arguments, |reply| {
                let state = reply.i32()?;
                reply.i32()?;
                Ok(DomainState::from(state))
            })
            .await;
        match state {
            Ok(state) => Ok(Some(state)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Hypervisor for Rpc {
    async fn host(&self) -> Result<HostInfo, Error> {
        let none = Bytes::new;
        // The version fails where there is no hypervisor to ask, which is no reason to know nothing.
        let version = |version: Result<u64, Error>| version.ok().filter(|&version| version > 0).map(Version);
        Ok(HostInfo {
            hostname: self
                .ask(Procedure::ConnectGetHostname, none(), Decoder::string)
                .await?,
            uri: self
                .ask(Procedure::ConnectGetUri, none(), Decoder::string)
                .await?,
            hypervisor: self
                .ask(Procedure::ConnectGetType, none(), Decoder::string)
                .await?,
            hypervisor_version: version(self.ask(Procedure::ConnectGetVersion, none(), Decoder::u64).await),
            libvirt_version: version(
                self.ask(Procedure::ConnectGetLibVersion, none(), Decoder::u64)
                    .await,
            ),
        })
    }

    async fn domains(&self) -> Result<Vec<DomainRecord>, Error> {
        let (all, persistent, autostart) = tokio::try_join!(
            self.list_domains(0),
            self.list_domains(DOMAINS_PERSISTENT),
            self.list_domains(DOMAINS_AUTOSTART),
        )?;
        let states = try_join_all(all.iter().map(|domain| self.state(domain))).await?;
        let has = |list: &[DomainHandle], uuid| list.iter().any(|domain| domain.uuid == uuid);
        let records = all.into_iter().zip(states).filter_map(|(domain, state)| {
            Some(DomainRecord {
                persistent: has(&persistent, domain.uuid),
                autostart: has(&autostart, domain.uuid),
                state: state?,
                id: (domain.id >= 0).then_some(domain.id),
                name: domain.name,
                uuid: domain.uuid,
            })
        });
        Ok(records.collect())
    }

    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let flags = if definition == Definition::Config {
            DOMAIN_XML_INACTIVE
        } else {
            0
        };
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .u32(flags)
            .finish();
        self.ask(Procedure::DomainGetXmlDesc, arguments, Decoder::string)
            .await
    }

    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error> {
        let (all, active, persistent, autostart) = tokio::try_join!(
            self.list_networks(0),
            self.list_networks(NETWORKS_ACTIVE),
            self.list_networks(NETWORKS_PERSISTENT),
            self.list_networks(NETWORKS_AUTOSTART),
        )?;
        let has = |list: &[NetworkHandle], uuid| list.iter().any(|network| network.uuid == uuid);
        let records = all.into_iter().map(|network| NetworkRecord {
            active: has(&active, network.uuid),
            persistent: has(&persistent, network.uuid),
            autostart: has(&autostart, network.uuid),
            name: network.name,
            uuid: network.uuid,
        });
        Ok(records.collect())
    }

    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error> {
        let flags = if definition == Definition::Config {
            NETWORK_XML_INACTIVE
        } else {
            0
        };
        let arguments = Encoder::new()
            .network(&NetworkHandle::of(network))
            .u32(flags)
            .finish();
        self.ask(Procedure::NetworkGetXmlDesc, arguments, Decoder::string)
            .await
    }

    async fn events(&self) -> Result<EventStream, Error> {
        // The receiver comes first, so that nothing is missed between the registration and its reply.
        let events = self.handle.events.subscribe();
        let (reply, answer) = oneshot::channel();
        self.send(Command::Follow { reply }).await?;
        answer.await.unwrap_or_else(|_| Err(self.ended()))?;
        Ok(stream(events, Some(self.clone())))
    }
}

/// Turns a receiver into a stream; `keep` is held as long as the stream, so that the session lives as long.
pub(in crate::live) fn stream<K: Send + 'static>(events: broadcast::Receiver<Event>, keep: K) -> EventStream {
    futures_util::stream::unfold((events, keep), |(mut events, keep)| async move {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(missed)) => Event::Resync {
                reason: format!("{missed} events came faster than they were read"),
            },
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        Some((event, (events, keep)))
    })
    .boxed()
}
