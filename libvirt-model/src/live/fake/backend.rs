//! [`Fake`], the hypervisor in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::host::Host;
use super::refusal::{bad_xml, invalid, rejected};
use super::{FakeDomain, FakeNetwork};
use crate::domain::{Domain, Interface};
use crate::live::error::code;
use crate::live::rpc::stream;
use crate::live::{
    AddressSource, Affect, Definition, DhcpLease, DomainRecord, Error, Event, EventStream, HostInfo,
    Hypervisor, InterfaceAddresses, InterfaceStatistics, Metadata, NetworkRecord, NetworkUpdate, Version,
};
use crate::xml::Document;

/// A hypervisor in memory. A clone shares the host.
///
/// # Examples
/// ```
/// use libvirt_model::live::Hypervisor;
/// use libvirt_model::live::fake::{Fake, FakeDomain};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let host = Fake::new("host1");
/// host.add_domain(FakeDomain::defined("<domain type='kvm'><name>web</name></domain>")?);
/// assert_eq!(host.domains().await?[0].name, "web");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Fake {
    host: Arc<Mutex<Host>>,
    events: broadcast::Sender<Event>,
}

impl Fake {
    /// An empty host of this name.
    #[must_use]
    pub fn new(hostname: impl Into<String>) -> Self {
        let info = HostInfo {
            hostname: hostname.into(),
            uri: "fake:///system".to_owned(),
            hypervisor: "QEMU".to_owned(),
            hypervisor_version: Some(Version(7_002_022)),
            libvirt_version: Some(Version(9_000_000)),
        };
        let host = Host {
            info,
            domains: Vec::new(),
            networks: Vec::new(),
            next_id: 0,
            next_tap: 0,
        };
        Self {
            host: Arc::new(Mutex::new(host)),
            events: broadcast::channel(1024).0,
        }
    }

    /// Puts a domain on the host, in place of one with the same UUID.
    pub fn add_domain(&self, domain: FakeDomain) {
        let mut host = self.lock();
        host.domains
            .retain(|known| known.record.uuid != domain.record.uuid);
        host.domains.push(domain);
    }

    /// Puts a network on the host, in place of one with the same UUID.
    pub fn add_network(&self, network: FakeNetwork) {
        let mut host = self.lock();
        host.networks
            .retain(|known| known.record.uuid != network.record.uuid);
        host.networks.push(network);
    }

    /// Lets the host tell its followers something.
    pub fn emit(&self, event: Event) {
        // Nobody may be following.
        let _ = self.events.send(event);
    }

    /// Does something to the host, and then tells the followers what happened.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Host) -> Result<(T, Vec<Event>), Error>,
    ) -> Result<T, Error> {
        let (value, events) = change(&mut self.lock())?;
        for event in events {
            self.emit(event);
        }
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, Host> {
        // A panic while the lock is held leaves nothing half done here.
        self.host.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Hypervisor for Fake {
    async fn host(&self) -> Result<HostInfo, Error> {
        Ok(self.lock().info.clone())
    }

    async fn domains(&self) -> Result<Vec<DomainRecord>, Error> {
        Ok(self
            .lock()
            .domains
            .iter()
            .map(|domain| domain.record.clone())
            .collect())
    }

    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let whole = self.domain_xml_with_secrets(domain, definition).await?;
        without_passwords(whole)
    }

    async fn domain_xml_with_secrets(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let mut host = self.lock();
        let known = host.domain_mut("DomainGetXmlDesc", domain)?;
        let document = match definition {
            Definition::Live => known.live.as_ref().or(known.config.as_ref()),
            Definition::Config => known.config.as_ref().or(known.live.as_ref()),
        };
        Ok(document.map(ToString::to_string).unwrap_or_default())
    }

    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error> {
        Ok(self
            .lock()
            .networks
            .iter()
            .map(|network| network.record.clone())
            .collect())
    }

    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error> {
        let mut host = self.lock();
        let known = host.network_mut("NetworkGetXmlDesc", network)?;
        Ok(match definition {
            Definition::Live => known.current().to_string(),
            Definition::Config => known.config.to_string(),
        })
    }

    async fn events(&self) -> Result<EventStream, Error> {
        Ok(stream(self.events.subscribe(), self.clone()))
    }

    async fn attach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.change(|host| Ok(((), host.attach(domain, xml, affect)?)))
    }

    async fn detach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let held = self.change(|host| Ok(((), host.detach(domain, xml, affect)?)));
        if let Err(Error::DeviceHeld { alias, .. }) = &held {
            self.emit(Event::DeviceRemovalFailed {
                uuid: domain,
                alias: alias.clone(),
            });
        }
        held
    }

    async fn update_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.change(|host| Ok(((), host.update(domain, xml, affect)?)))
    }

    async fn define_domain(&self, xml: &str) -> Result<Uuid, Error> {
        self.change(|host| host.define(xml))
    }

    async fn undefine_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.undefine(domain)?)))
    }

    async fn start_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.start(domain)?)))
    }

    async fn destroy_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.destroy(domain)?)))
    }

    async fn suspend_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.pause(domain, true)?)))
    }

    async fn resume_domain(&self, domain: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.pause(domain, false)?)))
    }

    async fn set_domain_autostart(&self, domain: Uuid, autostart: bool) -> Result<(), Error> {
        let mut host = self.lock();
        let known = host.domain_mut("DomainSetAutostart", domain)?;
        if !known.record.persistent {
            return Err(invalid(
                "DomainSetAutostart",
                "cannot set autostart for transient domain",
            ));
        }
        known.record.autostart = autostart;
        Ok(())
    }

    async fn define_network(&self, xml: &str) -> Result<Uuid, Error> {
        self.change(|host| host.define_network(xml, false))
    }

    async fn create_network(&self, xml: &str) -> Result<Uuid, Error> {
        self.change(|host| host.define_network(xml, true))
    }

    async fn start_network(&self, network: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.start_network(network)?)))
    }

    async fn destroy_network(&self, network: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.destroy_network(network)?)))
    }

    async fn undefine_network(&self, network: Uuid) -> Result<(), Error> {
        self.change(|host| Ok(((), host.undefine_network(network)?)))
    }

    async fn update_network(
        &self,
        network: Uuid,
        update: &NetworkUpdate,
        affect: Affect,
    ) -> Result<(), Error> {
        self.lock().update_network(network, update, affect)
    }

    async fn set_network_autostart(&self, network: Uuid, autostart: bool) -> Result<(), Error> {
        let mut host = self.lock();
        let known = host.network_mut("NetworkSetAutostart", network)?;
        if !known.record.persistent {
            return Err(invalid(
                "NetworkSetAutostart",
                "cannot set autostart for transient network",
            ));
        }
        known.record.autostart = autostart;
        Ok(())
    }

    async fn dhcp_leases(&self, network: Uuid) -> Result<Vec<DhcpLease>, Error> {
        Ok(self
            .lock()
            .network_mut("NetworkGetDhcpLeases", network)?
            .leases
            .clone())
    }

    async fn interface_addresses(
        &self,
        domain: Uuid,
        source: AddressSource,
    ) -> Result<Vec<InterfaceAddresses>, Error> {
        let mut host = self.lock();
        let known = host.domain_mut("DomainInterfaceAddresses", domain)?;
        if known.live.is_none() {
            return Err(invalid("DomainInterfaceAddresses", "domain is not running"));
        }
        // The fake knows one truth, whoever is asked.
        let _ = source;
        Ok(known.addresses.clone())
    }

    async fn interface_statistics(&self, domain: Uuid, target: &str) -> Result<InterfaceStatistics, Error> {
        let mut host = self.lock();
        let known = host.domain_mut("DomainInterfaceStats", domain)?;
        let Some(live) = &known.live else {
            return Err(invalid("DomainInterfaceStats", "domain is not running"));
        };
        let has = |nic: &Interface<'_>| {
            nic.target()
                .is_ok_and(|t| t.is_some_and(|t| t.dev.as_deref() == Some(target)))
                || target.parse().is_ok_and(|mac| nic.mac_address() == Ok(Some(mac)))
        };
        if Domain::of(live).is_ok_and(|live| live.interfaces().any(|nic| has(&nic))) {
            Ok(known.statistics)
        } else {
            Err(rejected(
                "DomainInterfaceStats",
                10,
                code::INVALID_ARG,
                format!("invalid argument: '{target}' is not a known interface"),
            ))
        }
    }

    async fn metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        self.lock().metadata(domain, metadata, definition)
    }

    async fn set_metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        self.lock().set_metadata(domain, metadata, key, value, affect)?;
        let namespace = match metadata {
            Metadata::Element { uri } => Some(uri.clone()),
            _ => None,
        };
        self.emit(Event::Metadata {
            uuid: domain,
            namespace,
        });
        Ok(())
    }

    async fn has_managed_save(&self, domain: Uuid) -> Result<bool, Error> {
        Ok(self
            .lock()
            .domain_mut("DomainHasManagedSaveImage", domain)?
            .saved
            .is_some())
    }

    async fn managed_save_xml(&self, domain: Uuid) -> Result<String, Error> {
        let mut host = self.lock();
        let saved = host
            .domain_mut("DomainManagedSaveGetXmlDesc", domain)?
            .saved
            .clone();
        saved.ok_or_else(|| {
            invalid(
                "DomainManagedSaveGetXmlDesc",
                "domain does not have managed save image",
            )
        })
    }

    async fn define_managed_save(&self, domain: Uuid, xml: &str) -> Result<(), Error> {
        let mut host = self.lock();
        let known = host.domain_mut("DomainManagedSaveDefineXml", domain)?;
        if known.saved.is_none() {
            return Err(invalid(
                "DomainManagedSaveDefineXml",
                "domain does not have managed save image",
            ));
        }
        known.saved = Some(xml.to_owned());
        Ok(())
    }
}

/// As libvirt tells a domain to whoever does not ask for its secrets.
fn without_passwords(xml: String) -> Result<String, Error> {
    if !xml.contains("passwd") {
        return Ok(xml);
    }
    let bad = |error| bad_xml("DomainGetXmlDesc", error);
    let document = Document::parse(xml).map_err(bad)?;
    let mut edit = document.edit();
    for graphics in document.elements().filter(|element| element.name() == "graphics") {
        edit.remove_attribute(graphics, "passwd");
    }
    Ok(edit.finish().map_err(bad)?.to_string())
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    const NIC: &str =
        "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='b'/></interface>";

    #[tokio::test]
    async fn a_guest_that_holds_its_device_is_told() {
        let host = Fake::new("h");
        let xml = format!("<domain><name>d</name><devices>{NIC}</devices></domain>");
        host.add_domain(FakeDomain::defined(&xml).unwrap().holding_devices());
        let domain = host.domain_by_name("d").await.unwrap();
        let off = host.detach_device(domain, NIC, Affect::Live).await.unwrap_err();
        assert!(off.is_wrong_state(), "{off}");
        host.start_domain(domain).await.unwrap();
        let mut events = host.events().await.unwrap();
        let held = host
            .detach_device(domain, NIC, Affect::LiveAndConfig)
            .await
            .unwrap_err();
        assert!(
            matches!(&held, Error::DeviceHeld { alias, .. } if alias == "net0"),
            "{held}"
        );
        assert!(matches!(
            events.next().await,
            Some(Event::DeviceRemovalFailed { .. })
        ));
        for definition in [Definition::Live, Definition::Config] {
            assert!(
                host.domain_xml(domain, definition)
                    .await
                    .unwrap()
                    .contains("52:54:00:00:00:01")
            );
        }
    }

    #[tokio::test]
    async fn a_slow_follower_is_told_to_read_again() {
        let host = Fake::new("h");
        let mut events = host.events().await.unwrap();
        for at in 0..2000 {
            host.emit(Event::Agent {
                uuid: Uuid::from_u128(at),
                connected: true,
            });
        }
        assert!(matches!(events.next().await, Some(Event::Resync { .. })));
        assert!(matches!(events.next().await, Some(Event::Agent { .. })));
    }
}
