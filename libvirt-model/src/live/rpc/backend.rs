//! [`Rpc`], the native backend.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;

use super::core::SessionOptions;
use super::driver::{self, Command, Handle};
use super::message::{DomainHandle, NetworkHandle};
use super::metadata::NewMetadata;
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use crate::live::{
    AddressSource, Affect, Definition, DhcpLease, DomainRecord, DomainState, Error, Event, EventStream,
    HostInfo, HostInterface, Hypervisor, InterfaceAddresses, InterfaceStatistics, Metadata, NetworkPort,
    NetworkRecord, NetworkUpdate, NwFilter, NwFilterBinding, Parameter, Version,
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
/// `VIR_DOMAIN_XML_SECURE`
const DOMAIN_XML_SECURE: u32 = 1 << 0;
/// `VIR_DOMAIN_XML_INACTIVE`
const DOMAIN_XML_INACTIVE: u32 = 1 << 1;
/// `VIR_NETWORK_XML_INACTIVE`
const NETWORK_XML_INACTIVE: u32 = 1 << 0;

/// A session with libvirtd over its unix socket. A clone shares it; it ends when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Rpc {
    socket: PathBuf,
    read_only: bool,
    detach_timeout: Duration,
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
        let (read_only, detach_timeout) = (options.read_only, options.detach_timeout);
        let handle = driver::start(socket, options).await?;
        Ok(Self {
            socket: socket.to_owned(),
            read_only,
            detach_timeout,
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

    pub(super) async fn send(&self, command: Command) -> Result<(), Error> {
        self.handle.commands.send(command).await.map_err(|_| self.ended())
    }

    pub(super) fn ended(&self) -> Error {
        Error::Unreachable {
            endpoint: self.endpoint(),
            reason: "the session has ended".to_owned(),
        }
    }

    fn endpoint(&self) -> String {
        self.socket.display().to_string()
    }

    /// How long a guest may take to give up a device, after libvirtd has waited for it.
    pub(super) fn detach_timeout(&self) -> Duration {
        self.detach_timeout
    }

    /// Refuses a call that changes something over a read-only session, before it is sent.
    pub(super) fn writable(&self, procedure: Procedure) -> Result<(), Error> {
        if self.read_only {
            return Err(Error::ReadOnly {
                call: procedure.to_string(),
                endpoint: self.endpoint(),
            });
        }
        Ok(())
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
            .map_err(|error| Error::OutcomeUnknown {
                endpoint: self.endpoint(),
                call: procedure.to_string(),
                reason: format!("its reply cannot be read: {error}"),
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

    async fn domain_description(
        &self,
        domain: Uuid,
        definition: Definition,
        flags: u32,
    ) -> Result<String, Error> {
        let flags = match definition {
            Definition::Config => flags | DOMAIN_XML_INACTIVE,
            _ => flags,
        };
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .u32(flags)
            .finish();
        self.ask(Procedure::DomainGetXmlDesc, arguments, Decoder::string)
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

    async fn domain(&self, domain: Uuid) -> Result<DomainRecord, Error> {
        self.domain_record(domain).await
    }

    async fn domain_by_id(&self, id: i32) -> Result<Uuid, Error> {
        self.domain_of_id(id).await
    }

    async fn network(&self, network: Uuid) -> Result<NetworkRecord, Error> {
        self.network_record(network).await
    }

    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        self.domain_description(domain, definition, 0).await
    }

    async fn domain_xml_with_secrets(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        self.domain_description(domain, definition, DOMAIN_XML_SECURE)
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
        let refused = answer.await.unwrap_or_else(|_| Err(self.ended()))?;
        let events = stream(events, Some(self.clone()));
        Ok(futures_util::stream::iter(refused).chain(events).boxed())
    }

    async fn attach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.device(Procedure::DomainAttachDeviceFlags, domain, xml, affect)
            .await
    }

    async fn detach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.detach(domain, xml, affect).await
    }

    async fn update_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.device(Procedure::DomainUpdateDeviceFlags, domain, xml, affect)
            .await
    }

    async fn define_domain(&self, xml: &str) -> Result<Uuid, Error> {
        self.define(xml).await
    }

    async fn undefine_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.undefine(domain).await
    }

    async fn start_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.simple_domain(Procedure::DomainCreate, domain).await
    }

    async fn destroy_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.simple_domain(Procedure::DomainDestroy, domain).await
    }

    async fn suspend_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.simple_domain(Procedure::DomainSuspend, domain).await
    }

    async fn resume_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.simple_domain(Procedure::DomainResume, domain).await
    }

    async fn set_domain_autostart(&self, domain: Uuid, autostart: bool) -> Result<(), Error> {
        self.domain_autostart(domain, autostart).await
    }

    async fn define_network(&self, xml: &str) -> Result<Uuid, Error> {
        self.define_net(xml).await
    }

    async fn create_network(&self, xml: &str) -> Result<Uuid, Error> {
        self.create_net(xml).await
    }

    async fn start_network(&self, network: Uuid) -> Result<(), Error> {
        self.simple_network(Procedure::NetworkCreate, network).await
    }

    async fn destroy_network(&self, network: Uuid) -> Result<(), Error> {
        self.simple_network(Procedure::NetworkDestroy, network).await
    }

    async fn undefine_network(&self, network: Uuid) -> Result<(), Error> {
        self.simple_network(Procedure::NetworkUndefine, network).await
    }

    async fn update_network(
        &self,
        network: Uuid,
        update: &NetworkUpdate,
        affect: Affect,
    ) -> Result<(), Error> {
        self.update_net(network, update, affect).await
    }

    async fn set_network_autostart(&self, network: Uuid, autostart: bool) -> Result<(), Error> {
        self.network_autostart(network, autostart).await
    }

    async fn network_ports(&self, network: Uuid) -> Result<Vec<NetworkPort>, Error> {
        self.ports(network).await
    }

    async fn dhcp_leases(&self, network: Uuid) -> Result<Vec<DhcpLease>, Error> {
        self.leases(network).await
    }

    async fn interface_addresses(
        &self,
        domain: Uuid,
        source: AddressSource,
    ) -> Result<Vec<InterfaceAddresses>, Error> {
        self.addresses(domain, source).await
    }

    async fn interface_statistics(&self, domain: Uuid, target: &str) -> Result<InterfaceStatistics, Error> {
        self.statistics(domain, target).await
    }

    async fn metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        self.domain_metadata(domain, metadata, definition).await
    }

    async fn set_metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        let new = NewMetadata {
            metadata,
            key,
            value,
            affect,
        };
        self.set_domain_metadata(domain, new).await
    }

    async fn has_managed_save(&self, domain: Uuid) -> Result<bool, Error> {
        self.saved(domain).await
    }

    async fn managed_save_xml(&self, domain: Uuid) -> Result<String, Error> {
        self.saved_xml(domain).await
    }

    async fn define_managed_save(&self, domain: Uuid, xml: &str) -> Result<(), Error> {
        self.define_saved(domain, xml).await
    }

    async fn domain_by_name(&self, name: &str) -> Result<Uuid, Error> {
        self.domain_named(name).await
    }

    async fn network_by_name(&self, name: &str) -> Result<Uuid, Error> {
        self.network_named(name).await
    }

    async fn capabilities(&self) -> Result<String, Error> {
        self.ask(Procedure::ConnectGetCapabilities, Bytes::new(), Decoder::string)
            .await
    }

    async fn detach_device_alias(&self, domain: Uuid, alias: &str, affect: Affect) -> Result<(), Error> {
        self.detach_alias(domain, alias, affect).await
    }

    async fn interface_parameters(
        &self,
        domain: Uuid,
        target: &str,
        definition: Definition,
    ) -> Result<Vec<Parameter>, Error> {
        self.parameters(domain, target, definition).await
    }

    async fn set_interface_parameters(
        &self,
        domain: Uuid,
        target: &str,
        parameters: &[Parameter],
        affect: Affect,
    ) -> Result<(), Error> {
        self.write_parameters(domain, target, parameters, affect).await
    }

    async fn domain_statistics(&self, groups: u32) -> Result<Vec<(Uuid, Vec<Parameter>)>, Error> {
        self.all_statistics(groups).await
    }

    async fn network_bridge(&self, network: Uuid) -> Result<String, Error> {
        self.bridge_name(network).await
    }

    async fn network_metadata(
        &self,
        network: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        self.net_metadata(network, metadata, definition).await
    }

    async fn set_network_metadata(
        &self,
        network: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        let new = NewMetadata {
            metadata,
            key,
            value,
            affect,
        };
        self.set_net_metadata(network, new).await
    }

    async fn host_interfaces(&self) -> Result<Vec<HostInterface>, Error> {
        self.interfaces().await
    }

    async fn nwfilters(&self) -> Result<Vec<NwFilter>, Error> {
        self.filters().await
    }

    async fn nwfilter_bindings(&self) -> Result<Vec<NwFilterBinding>, Error> {
        self.bindings().await
    }

    async fn is_updated(&self, domain: Uuid) -> Result<bool, Error> {
        let arguments = Encoder::new().domain(&DomainHandle::of(domain)).finish();
        self.ask(Procedure::DomainIsUpdated, arguments, |reply| {
            Ok(reply.i32()? != 0)
        })
        .await
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
