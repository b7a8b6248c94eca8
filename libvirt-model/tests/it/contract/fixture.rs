//! What every case is given, and how it runs.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use libvirt_model::domain::Domain;
use libvirt_model::live::{self, Definition, Event, EventStream, Hypervisor};
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::Document;
use test_support::Lab;
use uuid::Uuid;

pub(crate) type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// A hypervisor that holds the guests of the lab.
pub(crate) struct Fixture {
    pub(crate) hypervisor: Arc<dyn Hypervisor>,
    /// The real host below it, to look at what libvirt did there.
    pub(crate) lab: Option<Lab>,
    pub(super) _turn: Option<Box<dyn std::fmt::Debug>>,
}

/// Runs a case on a runtime of its own.
pub(crate) fn run(case: impl Future<Output = Outcome>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(case).map_err(|error| error.to_string())
}

impl Fixture {
    /// The UUID of a domain of the lab.
    pub(crate) async fn domain(&self, name: &str) -> Result<Uuid, live::Error> {
        let domains = self.hypervisor.domains().await?;
        Ok(domains
            .iter()
            .find(|domain| domain.name == name)
            .expect("the lab holds its guests")
            .uuid)
    }

    /// A document of a domain.
    pub(crate) async fn document(
        &self,
        domain: Uuid,
        definition: Definition,
    ) -> Result<Document, live::Error> {
        Ok(
            Document::parse(self.hypervisor.domain_xml(domain, definition).await?)
                .expect("libvirt writes XML"),
        )
    }

    /// Whether a domain has a NIC of this MAC address: live, and defined.
    pub(crate) async fn has_nic(&self, domain: Uuid, mac: MacAddr) -> Result<(bool, bool), live::Error> {
        let has = |document: &Document| {
            Domain::of(document)
                .unwrap()
                .interfaces_by_mac(mac)
                .next()
                .is_some()
        };
        let live = self.document(domain, Definition::Live).await?;
        let config = self.document(domain, Definition::Config).await?;
        Ok((has(&live), has(&config)))
    }
}

/// The events of a hypervisor; none when it has none, as the C library's.
pub(crate) struct Followed(Option<EventStream>);

impl Fixture {
    /// Follows the events, where the backend has them.
    pub(crate) async fn events(&self) -> Result<Followed, live::Error> {
        match self.hypervisor.events().await {
            Ok(events) => Ok(Followed(Some(events))),
            Err(live::Error::Unsupported { backend, .. }) if backend.contains("C library") => {
                Ok(Followed(None))
            }
            Err(error) => Err(error),
        }
    }
}

impl Followed {
    /// Waits for an event; `None` where the backend has no events.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Result<Option<Event>, String> {
        let Some(events) = &mut self.0 else {
            return Ok(None);
        };
        let wait = async {
            while let Some(event) = events.next().await {
                if wanted(&event) {
                    return Ok(Some(event));
                }
            }
            Err("the events ended".to_owned())
        };
        tokio::time::timeout(Duration::from_secs(30), wait)
            .await
            .unwrap_or_else(|_| Err("no such event came".to_owned()))
    }
}
