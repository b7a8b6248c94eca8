//! What the fake keeps.

use uuid::Uuid;

use crate::domain::Domain;
use crate::live::{
    DhcpLease, DomainRecord, DomainState, HostInfo, InterfaceAddresses, InterfaceStatistics, NetworkRecord,
};
use crate::network::Network;
use crate::xml::{Document, Error};

/// A domain of a [`Fake`](super::Fake).
#[derive(Debug, Clone)]
pub struct FakeDomain {
    pub(super) record: DomainRecord,
    pub(super) live: Option<Document>,
    pub(super) config: Option<Document>,
    pub(super) saved: Option<String>,
    pub(super) addresses: Vec<InterfaceAddresses>,
    pub(super) statistics: InterfaceStatistics,
    pub(super) holds_devices: bool,
}

impl FakeDomain {
    /// A domain that is defined with this XML and off. Its name and UUID are those of the XML, where a UUID that is missing is
    /// made up.
    ///
    /// # Errors
    /// When the XML is no domain with a name.
    pub fn defined(xml: &str) -> Result<Self, Error> {
        let document = with_uuid(Document::parse(xml)?, "domain")?;
        let domain = Domain::of(&document)?;
        let record = DomainRecord {
            name: domain.name()?.into_owned(),
            uuid: domain.uuid()?.unwrap_or_else(Uuid::new_v4),
            id: None,
            state: DomainState::Shutoff,
            persistent: true,
            autostart: false,
        };
        Ok(Self {
            record,
            live: None,
            config: Some(document),
            saved: None,
            addresses: Vec::new(),
            statistics: InterfaceStatistics::default(),
            holds_devices: false,
        })
    }

    /// The same domain, running with this live XML as domain `id`.
    ///
    /// # Errors
    /// When the XML is no domain.
    pub fn running(mut self, id: i32, live: &str) -> Result<Self, Error> {
        let document = Document::parse(live)?;
        Domain::of(&document)?;
        self.live = Some(document);
        self.record.id = Some(id);
        self.record.state = DomainState::Running;
        Ok(self)
    }

    /// The same domain, with or without autostart.
    #[must_use]
    pub fn autostart(mut self, autostart: bool) -> Self {
        self.record.autostart = autostart;
        self
    }

    /// The same domain as one that is not defined, and ends when it stops.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.record.persistent = false;
        self.config = None;
        self
    }

    /// The same domain, with these addresses for whoever asks.
    #[must_use]
    pub fn addresses(mut self, addresses: Vec<InterfaceAddresses>) -> Self {
        self.addresses = addresses;
        self
    }

    /// The same domain, with a managed-save image that holds this XML.
    #[must_use]
    pub fn saved(mut self, xml: impl Into<String>) -> Self {
        self.saved = Some(xml.into());
        self
    }

    /// The same domain, whose guest refuses to give up a device.
    #[must_use]
    pub fn holding_devices(mut self) -> Self {
        self.holds_devices = true;
        self
    }
}

/// A network of a [`Fake`](super::Fake).
#[derive(Debug, Clone)]
pub struct FakeNetwork {
    pub(super) record: NetworkRecord,
    pub(super) live: Option<Document>,
    pub(super) config: Document,
    pub(super) leases: Vec<DhcpLease>,
}

impl FakeNetwork {
    /// A network that is defined with this XML and not active. A UUID that is missing is made up.
    ///
    /// # Errors
    /// When the XML is no network with a name.
    pub fn defined(xml: &str) -> Result<Self, Error> {
        let document = with_uuid(Document::parse(xml)?, "network")?;
        let network = Network::of(&document)?;
        let record = NetworkRecord {
            name: network.name()?.into_owned(),
            uuid: network.uuid()?.unwrap_or_else(Uuid::new_v4),
            active: false,
            persistent: true,
            autostart: false,
        };
        Ok(Self {
            record,
            live: None,
            config: document,
            leases: Vec::new(),
        })
    }

    /// The same network, active.
    #[must_use]
    pub fn active(mut self) -> Self {
        self.live = Some(self.config.clone());
        self.record.active = true;
        self
    }

    /// The same network, with or without autostart.
    #[must_use]
    pub fn autostart(mut self, autostart: bool) -> Self {
        self.record.autostart = autostart;
        self
    }

    /// The same network as one that is not defined, and ends when it stops.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.record.persistent = false;
        self
    }

    /// The same network, with these leases.
    #[must_use]
    pub fn leases(mut self, leases: Vec<DhcpLease>) -> Self {
        self.leases = leases;
        self
    }

    pub(super) fn current(&self) -> &Document {
        self.live.as_ref().unwrap_or(&self.config)
    }
}

/// Gives a document a UUID where it has none, as libvirt does on define.
fn with_uuid(document: Document, root: &str) -> Result<Document, Error> {
    let element = document.root();
    if element.name() != root || element.child("uuid").is_some() {
        return Ok(document);
    }
    let mut edit = document.edit();
    let uuid = crate::xml::Fragment::new("uuid").text(Uuid::new_v4().to_string());
    edit.insert(element, uuid, &["name", "uuid"]);
    edit.finish()
}

/// Everything on the host.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) info: HostInfo,
    pub(super) domains: Vec<FakeDomain>,
    pub(super) networks: Vec<FakeNetwork>,
    pub(super) next_id: i32,
    pub(super) next_tap: u32,
}
