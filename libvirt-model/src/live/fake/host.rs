//! What the fake keeps.

use uuid::Uuid;

use crate::domain::Domain;
use crate::live::{DomainRecord, DomainState, NetworkRecord};
use crate::network::Network;
use crate::xml::{Document, Error};

/// A domain of a [`Fake`](super::Fake).
#[derive(Debug, Clone)]
pub struct FakeDomain {
    pub(super) record: DomainRecord,
    pub(super) live: Option<Document>,
    pub(super) config: Option<Document>,
}

impl FakeDomain {
    /// A domain that is defined with this XML and off. Its name and UUID are those of the XML, where a UUID that is missing is
    /// made up.
    ///
    /// # Errors
    /// When the XML is no domain with a name.
    pub fn defined(xml: &str) -> Result<Self, Error> {
        let document = Document::parse(xml)?;
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
        self
    }
}

/// A network of a [`Fake`](super::Fake).
#[derive(Debug, Clone)]
pub struct FakeNetwork {
    pub(super) record: NetworkRecord,
    pub(super) live: Option<Document>,
    pub(super) config: Document,
}

impl FakeNetwork {
    /// A network that is defined with this XML and not active. A UUID that is missing is made up.
    ///
    /// # Errors
    /// When the XML is no network with a name.
    pub fn defined(xml: &str) -> Result<Self, Error> {
        let document = Document::parse(xml)?;
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
}
