//! [`Fake`], the hypervisor in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::{FakeDomain, FakeNetwork};
use crate::live::error::code;
use crate::live::rpc::stream;
use crate::live::{
    Definition, DomainRecord, Error, Event, EventStream, HostInfo, Hypervisor, LibvirtError, NetworkRecord,
    Version,
};

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

#[derive(Debug)]
struct Host {
    info: HostInfo,
    domains: Vec<FakeDomain>,
    networks: Vec<FakeNetwork>,
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
        let host = self.lock();
        let known = host.domains.iter().find(|known| known.record.uuid == domain);
        let known = known.ok_or_else(|| not_found("DomainGetXmlDesc", code::NO_DOMAIN, "domain", domain))?;
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
        let host = self.lock();
        let known = host.networks.iter().find(|known| known.record.uuid == network);
        let known =
            known.ok_or_else(|| not_found("NetworkGetXmlDesc", code::NO_NETWORK, "network", network))?;
        let document = match definition {
            Definition::Live => known.live.as_ref().unwrap_or(&known.config),
            Definition::Config => &known.config,
        };
        Ok(document.to_string())
    }

    async fn events(&self) -> Result<EventStream, Error> {
        Ok(stream(self.events.subscribe(), self.clone()))
    }
}

fn not_found(call: &str, code: i32, what: &str, uuid: Uuid) -> Error {
    let domain = if what == "network" { 19 } else { 10 };
    let upper: String = what
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .chain(what.chars().skip(1))
        .collect();
    let message = format!("{upper} not found: no {what} with matching uuid '{uuid}'");
    Error::Rejected {
        call: call.to_owned(),
        error: LibvirtError {
            domain,
            code,
            message,
        },
    }
}
