//! The C library, for every URI that only it reaches: ssh, tls, test and other hypervisors (feature `virt`).
//!
//! The library blocks, so one thread owns its connection and makes the calls one after the other. It registers no events, so
//! [`Hypervisor::events`] is unsupported here, and a detach is awaited by looking.

use std::sync::mpsc;
use std::time::Duration;

use ::virt::connect::Connect;
use ::virt::domain::Domain;
use ::virt::network::Network;
use async_trait::async_trait;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    AddressSource, Affect, Definition, DomainRecord, DomainState, Error, EventStream, HostInfo, Hypervisor,
    InterfaceAddresses, InterfaceStatistics, LibvirtError, Metadata, NetworkRecord, NetworkUpdate, Version,
    detach,
};

/// What the thread is asked to do with its connection.
type Job = Box<dyn FnOnce(&Connect) + Send>;
/// How long a guest may take to give up a device after libvirt reported success.
const DETACH_TIMEOUT: Duration = Duration::from_secs(20);

/// A connection through the C library. It closes when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Virt {
    uri: String,
    read_only: bool,
    jobs: mpsc::Sender<Job>,
}

impl Virt {
    /// Opens `uri` on a thread of its own.
    ///
    /// # Errors
    /// What the library says.
    ///
    /// # Cancel safety
    /// Dropping the future gives the attempt up; the thread ends when the library returns.
    pub async fn open(uri: &str, read_only: bool) -> Result<Self, Error> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (opened, open) = oneshot::channel();
        let target = uri.to_owned();
        let thread = std::thread::Builder::new()
            .name("libvirt".to_owned())
            .spawn(move || {
                // Without this the library prints every error to standard error, beside returning it.
                ::virt::error::clear_error_callback();
                let connect = if read_only {
                    Connect::open_read_only(Some(&target))
                } else {
                    Connect::open(Some(&target))
                };
                match connect {
                    Ok(mut connect) => {
                        let _ = opened.send(Ok(()));
                        for job in inbox {
                            job(&connect);
                        }
                        // The wrapper does not close by itself. What fails here is nobody's concern any more.
                        let _ = connect.close();
                    }
                    Err(error) => {
                        let _ = opened.send(Err(rejected("ConnectOpen")(error)));
                    }
                }
            });
        thread.map_err(|error| Error::Unreachable {
            endpoint: uri.to_owned(),
            reason: error.to_string(),
        })?;
        let virt = Self {
            uri: uri.to_owned(),
            read_only,
            jobs,
        };
        open.await.unwrap_or_else(|_| Err(virt.ended()))?;
        Ok(virt)
    }

    fn ended(&self) -> Error {
        Error::Unreachable {
            endpoint: self.uri.clone(),
            reason: "its thread has ended".to_owned(),
        }
    }

    /// Makes a call on the thread.
    async fn call<T: Send + 'static>(
        &self,
        name: &'static str,
        call: impl FnOnce(&Connect) -> Result<T, ::virt::error::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connect| {
            // Whoever asked may be gone.
            let _ = reply.send(call(connect));
        });
        self.jobs.send(job).map_err(|_| self.ended())?;
        answer.await.map_err(|_| self.ended())?.map_err(rejected(name))
    }

    /// Makes a call that changes something.
    async fn change<T: Send + 'static>(
        &self,
        name: &'static str,
        call: impl FnOnce(&Connect) -> Result<T, ::virt::error::Error> + Send + 'static,
    ) -> Result<T, Error> {
        if self.read_only {
            return Err(Error::ReadOnly {
                call: name.to_owned(),
                endpoint: self.uri.clone(),
            });
        }
        self.call(name, call).await
    }

    async fn on_domain<T: Send + 'static>(
        &self,
        name: &'static str,
        uuid: Uuid,
        call: impl FnOnce(&Domain) -> Result<T, ::virt::error::Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.change(name, move |connect| call(&Domain::lookup_by_uuid(connect, uuid)?))
            .await
    }

    async fn on_network<T: Send + 'static>(
        &self,
        name: &'static str,
        uuid: Uuid,
        call: impl FnOnce(&Network) -> Result<T, ::virt::error::Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.change(name, move |connect| {
            call(&Network::lookup_by_uuid(connect, uuid)?)
        })
        .await
    }
}

fn rejected(call: &'static str) -> impl FnOnce(::virt::error::Error) -> Error {
    move |error| {
        let number = |raw: u32| i32::try_from(raw).unwrap_or(i32::MAX);
        let (domain, code) = (number(error.domain().to_raw()), number(error.code().to_raw()));
        Error::Rejected {
            call: call.to_owned(),
            error: LibvirtError {
                domain,
                code,
                message: error.message().to_owned(),
            },
        }
    }
}

fn domain_record(domain: &Domain) -> Result<DomainRecord, ::virt::error::Error> {
    let (state, _) = domain.get_state()?;
    Ok(DomainRecord {
        name: domain.get_name()?,
        uuid: domain.get_uuid()?,
        id: domain.get_id().and_then(|id| i32::try_from(id).ok()),
        state: DomainState::from(i32::try_from(state).unwrap_or(-1)),
        persistent: domain.is_persistent()?,
        // Some drivers know no autostart.
        autostart: domain.get_autostart().unwrap_or(false),
    })
}

fn network_record(network: &Network) -> Result<NetworkRecord, ::virt::error::Error> {
    Ok(NetworkRecord {
        name: network.get_name()?,
        uuid: network.get_uuid()?,
        active: network.is_active()?,
        persistent: network.is_persistent()?,
        autostart: network.get_autostart().unwrap_or(false),
    })
}

#[async_trait]
impl Hypervisor for Virt {
    async fn host(&self) -> Result<HostInfo, Error> {
        self.call("ConnectGetHostname", |connect| {
            let version = |version: Result<u32, _>| {
                version
                    .ok()
                    .filter(|&known| known > 0)
                    .map(|known| Version(known.into()))
            };
            Ok(HostInfo {
                hostname: connect.get_hostname()?,
                uri: connect.get_uri()?,
                hypervisor: connect.get_type()?,
                hypervisor_version: version(connect.get_hyp_version()),
                libvirt_version: version(connect.get_lib_version()),
            })
        })
        .await
    }

    async fn domains(&self) -> Result<Vec<DomainRecord>, Error> {
        self.call("ConnectListAllDomains", |connect| {
            connect.list_all_domains(0)?.iter().map(domain_record).collect()
        })
        .await
    }

    async fn domain(&self, domain: Uuid) -> Result<DomainRecord, Error> {
        self.call("DomainLookupByUuid", move |connect| {
            domain_record(&Domain::lookup_by_uuid(connect, domain)?)
        })
        .await
    }

    async fn network(&self, network: Uuid) -> Result<NetworkRecord, Error> {
        self.call("NetworkLookupByUuid", move |connect| {
            network_record(&Network::lookup_by_uuid(connect, network)?)
        })
        .await
    }

    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let flags = if definition == Definition::Config { 2 } else { 0 };
        self.call("DomainGetXmlDesc", move |connect| {
            Domain::lookup_by_uuid(connect, domain)?.get_xml_desc(flags)
        })
        .await
    }

    async fn domain_xml_with_secrets(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let flags = if definition == Definition::Config { 3 } else { 1 };
        self.call("DomainGetXmlDesc", move |connect| {
            Domain::lookup_by_uuid(connect, domain)?.get_xml_desc(flags)
        })
        .await
    }

    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error> {
        self.call("ConnectListAllNetworks", |connect| {
            connect.list_all_networks(0)?.iter().map(network_record).collect()
        })
        .await
    }

    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error> {
        let flags = if definition == Definition::Config { 1 } else { 0 };
        self.call("NetworkGetXmlDesc", move |connect| {
            Network::lookup_by_uuid(connect, network)?.get_xml_desc(flags)
        })
        .await
    }

    async fn events(&self) -> Result<EventStream, Error> {
        Err(Error::Unsupported {
            what: "following events".to_owned(),
            backend: "the C library backend".to_owned(),
        })
    }

    fn refuse(&self, call: &str) -> Error {
        Error::Unsupported {
            what: call.to_owned(),
            backend: "the C library backend".to_owned(),
        }
    }

    async fn attach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let xml = xml.to_owned();
        self.on_domain("DomainAttachDeviceFlags", domain, move |domain| {
            domain.attach_device_flags(&xml, affect.flags()).map(drop)
        })
        .await
    }

    async fn detach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let call = "DomainDetachDeviceFlags";
        let alias = if affect.is_live() {
            detach::alias_of(self, domain, xml).await?
        } else {
            None
        };
        let xml = xml.to_owned();
        self.on_domain(call, domain, move |domain| {
            domain.detach_device_flags(&xml, affect.flags())
        })
        .await?;
        match alias {
            Some(alias) => detach::gone_by_looking(self, domain, &alias, DETACH_TIMEOUT).await,
            None if affect.is_live() => Err(detach::not_found_before(domain, call)),
            None => Ok(()),
        }
    }

    async fn update_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let xml = xml.to_owned();
        self.on_domain("DomainUpdateDeviceFlags", domain, move |domain| {
            domain.update_device_flags(&xml, affect.flags()).map(drop)
        })
        .await
    }

    async fn define_domain(&self, xml: &str) -> Result<Uuid, Error> {
        const VALIDATE: u32 = 1;
        let xml = xml.to_owned();
        self.change("DomainDefineXmlFlags", move |connect| {
            Domain::define_xml_flags(connect, &xml, VALIDATE)?.get_uuid()
        })
        .await
    }

    async fn undefine_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.on_domain("DomainUndefine", domain, Domain::undefine).await
    }

    async fn start_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.on_domain("DomainCreate", domain, |it| it.create().map(drop))
            .await
    }

    async fn destroy_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.on_domain("DomainDestroy", domain, Domain::destroy).await
    }

    async fn suspend_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.on_domain("DomainSuspend", domain, |it| it.suspend().map(drop))
            .await
    }

    async fn resume_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.on_domain("DomainResume", domain, |it| it.resume().map(drop))
            .await
    }

    async fn set_domain_autostart(&self, domain: Uuid, autostart: bool) -> Result<(), Error> {
        self.on_domain("DomainSetAutostart", domain, move |domain| {
            domain.set_autostart(autostart).map(drop)
        })
        .await
    }

    async fn define_network(&self, xml: &str) -> Result<Uuid, Error> {
        let xml = xml.to_owned();
        self.change("NetworkDefineXml", move |connect| {
            Network::define_xml(connect, &xml)?.get_uuid()
        })
        .await
    }

    async fn create_network(&self, xml: &str) -> Result<Uuid, Error> {
        let xml = xml.to_owned();
        self.change("NetworkCreateXml", move |connect| {
            Network::create_xml(connect, &xml)?.get_uuid()
        })
        .await
    }

    async fn start_network(&self, network: Uuid) -> Result<(), Error> {
        self.on_network("NetworkCreate", network, |it| it.create().map(drop))
            .await
    }

    async fn destroy_network(&self, network: Uuid) -> Result<(), Error> {
        self.on_network("NetworkDestroy", network, Network::destroy).await
    }

    async fn undefine_network(&self, network: Uuid) -> Result<(), Error> {
        self.on_network("NetworkUndefine", network, Network::undefine)
            .await
    }

    async fn update_network(
        &self,
        network: Uuid,
        update: &NetworkUpdate,
        affect: Affect,
    ) -> Result<(), Error> {
        let update = update.clone();
        self.on_network("NetworkUpdate", network, move |network| {
            let (command, section) = (update.command as u32, update.section as u32);
            network.update(command, section, update.parent_index, &update.xml, affect.flags())
        })
        .await
    }

    async fn set_network_autostart(&self, network: Uuid, autostart: bool) -> Result<(), Error> {
        self.on_network("NetworkSetAutostart", network, move |network| {
            network.set_autostart(autostart).map(drop)
        })
        .await
    }

    async fn interface_addresses(
        &self,
        domain: Uuid,
        source: AddressSource,
    ) -> Result<Vec<InterfaceAddresses>, Error> {
        if source == AddressSource::Agent {
            // The crate reads every hardware address as a C string, and the agent reports interfaces without one.
            return Err(self.refuse("asking the guest agent for addresses"));
        }
        let found = self
            .call("DomainInterfaceAddresses", move |connect| {
                Domain::lookup_by_uuid(connect, domain)?.interface_addresses(source.number(), 0)
            })
            .await?;
        let addresses = |interface: ::virt::domain::Interface| InterfaceAddresses {
            name: interface.name,
            mac: interface.hwaddr.parse().ok(),
            addresses: interface
                .addrs
                .into_iter()
                .filter_map(|address| Some((address.addr.parse().ok()?, u32::try_from(address.prefix).ok()?)))
                .collect(),
        };
        Ok(found.into_iter().map(addresses).collect())
    }

    async fn interface_statistics(&self, domain: Uuid, target: &str) -> Result<InterfaceStatistics, Error> {
        let target = target.to_owned();
        let found = self
            .call("DomainInterfaceStats", move |connect| {
                Domain::lookup_by_uuid(connect, domain)?.interface_stats(&target)
            })
            .await?;
        let counter = |counter: i64| u64::try_from(counter).ok();
        Ok(InterfaceStatistics {
            rx_bytes: counter(found.rx_bytes),
            rx_packets: counter(found.rx_packets),
            rx_errors: counter(found.rx_errs),
            rx_dropped: counter(found.rx_drop),
            tx_bytes: counter(found.tx_bytes),
            tx_packets: counter(found.tx_packets),
            tx_errors: counter(found.tx_errs),
            tx_dropped: counter(found.tx_drop),
        })
    }

    async fn metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let (kind, uri) = metadata.key();
        let uri = uri.map(str::to_owned);
        let flags = if definition == Definition::Config {
            Affect::Config.flags()
        } else {
            0
        };
        self.call("DomainGetMetadata", move |connect| {
            Domain::lookup_by_uuid(connect, domain)?.get_metadata(kind, uri.as_deref(), flags)
        })
        .await
    }

    async fn set_metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        let (kind, uri) = metadata.key();
        let uri = uri.map(str::to_owned);
        let key = uri.is_some().then(|| key.to_owned());
        let value = value.map(str::to_owned);
        self.on_domain("DomainSetMetadata", domain, move |domain| {
            domain
                .set_metadata(
                    kind,
                    value.as_deref(),
                    key.as_deref(),
                    uri.as_deref(),
                    affect.flags(),
                )
                .map(drop)
        })
        .await
    }

    async fn has_managed_save(&self, domain: Uuid) -> Result<bool, Error> {
        self.call("DomainHasManagedSaveImage", move |connect| {
            Domain::lookup_by_uuid(connect, domain)?.has_managed_save(0)
        })
        .await
    }
}
