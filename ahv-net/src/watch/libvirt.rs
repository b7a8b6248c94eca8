use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use libvirt_model::live::{self, DomainRecord, EventStream, Hypervisor, NetworkRecord};
use tokio::time::{Interval, MissedTickBehavior};
use uuid::Uuid;

use super::retry::Retry;
use super::{Event, Source};
use crate::observe::{LibvirtObservation, ObservedDomain, ObservedNetwork, Sourced, libvirt};

/// How often a backend that announces nothing is read.
const POLL: Duration = Duration::from_secs(5);

/// How many documents are asked for at once.
const AT_ONCE: usize = 16;

/// libvirtd, followed.
pub(super) struct LibvirtFeed {
    uri: String,
    hypervisor: Arc<dyn Hypervisor>,
    announcements: Announcements,
    /// Between a `Disconnected` and the `Resync` that ends it there is no point in asking.
    is_connected: bool,
    dirty: Dirty,
    retry: Retry,
    host: LibvirtObservation,
    domains: HashMap<Uuid, Held<DomainRecord, ObservedDomain>>,
    networks: HashMap<Uuid, Held<NetworkRecord, ObservedNetwork>>,
}

enum Announcements {
    Events(EventStream),
    /// The backend has no events, so it is read from time to time.
    None(Interval),
}

/// What must be read again.
#[derive(Debug, Default)]
struct Dirty {
    all: bool,
    domains: BTreeSet<Uuid>,
    networks: BTreeSet<Uuid>,
}

/// A domain or network as it was read last: the line of the list, and what the XML said.
struct Held<R, O> {
    record: R,
    observed: O,
    damage: Vec<String>,
}

impl LibvirtFeed {
    /// Follows from now on; nothing is read yet.
    pub(super) async fn start(uri: &str, hypervisor: &Arc<dyn Hypervisor>) -> Result<Self, live::Error> {
        let announcements = match hypervisor.events().await {
            Ok(events) => Announcements::Events(events),
            Err(error) if error.is_unsupported() => {
                let mut interval = tokio::time::interval(POLL);
                interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
                Announcements::None(interval)
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            uri: uri.to_owned(),
            hypervisor: Arc::clone(hypervisor),
            announcements,
            is_connected: true,
            dirty: Dirty {
                all: true,
                ..Dirty::default()
            },
            retry: Retry::default(),
            host: LibvirtObservation::default(),
            domains: HashMap::new(),
            networks: HashMap::new(),
        })
    }

    /// Reads what must be read again.
    pub(super) async fn read(&mut self) -> Result<Sourced<LibvirtObservation>, live::Error> {
        let hypervisor = self.hypervisor.as_ref();
        if self.dirty.all {
            self.host = libvirt::host(hypervisor).await?;
        }
        if self.dirty.all || !self.dirty.domains.is_empty() {
            let records = hypervisor.domains().await?;
            let known: BTreeSet<Uuid> = records.iter().map(|record| record.uuid).collect();
            let (dirty, held) = (&self.dirty, &self.domains);
            let stale = records.into_iter().filter(|record| {
                let is_held = held.get(&record.uuid).is_some_and(|held| held.record == *record);
                dirty.all || dirty.domains.contains(&record.uuid) || !is_held
            });
            let read: Vec<_> = stream::iter(stale)
                .map(|record| async move {
                    let read = libvirt::read_domain(hypervisor, record.clone()).await?;
                    // Addresses inside guests change without an event, so they are not followed.
                    Ok::<_, live::Error>(read.map(|read| Held {
                        record,
                        observed: read.domain,
                        damage: read.damage,
                    }))
                })
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            self.domains.retain(|uuid, _| known.contains(uuid));
            for held in read.into_iter().flatten() {
                self.domains.insert(held.record.uuid, held);
            }
        }
        if self.dirty.all || !self.dirty.networks.is_empty() {
            let records = hypervisor.networks().await?;
            let known: BTreeSet<Uuid> = records.iter().map(|record| record.uuid).collect();
            let (dirty, held) = (&self.dirty, &self.networks);
            let stale = records.into_iter().filter(|record| {
                let is_held = held.get(&record.uuid).is_some_and(|held| held.record == *record);
                dirty.all || dirty.networks.contains(&record.uuid) || !is_held
            });
            let read: Vec<_> = stream::iter(stale)
                .map(|record| async move {
                    let read = libvirt::read_network(hypervisor, record.clone()).await?;
                    Ok::<_, live::Error>(read.map(|(observed, damage)| Held {
                        record,
                        observed,
                        damage,
                    }))
                })
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            self.networks.retain(|uuid, _| known.contains(uuid));
            for held in read.into_iter().flatten() {
                self.networks.insert(held.record.uuid, held);
            }
        }
        self.dirty = Dirty::default();
        Ok(Sourced {
            from: self.uri.clone(),
            said: self.observation(),
        })
    }

    fn observation(&self) -> LibvirtObservation {
        let mut said = self.host.clone();
        for held in self.domains.values() {
            said.domains.push(held.observed.clone());
            said.damage.extend(held.damage.iter().cloned());
        }
        for held in self.networks.values() {
            said.networks.push(held.observed.clone());
            said.damage.extend(held.damage.iter().cloned());
        }
        // The maps have no order, and what is damaged is told in the order in which it comes.
        said.damage.sort();
        said
    }

    /// Waits until libvirtd announces something, or it is time to try again.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(super) async fn signal(&mut self) -> Option<Event> {
        if self.is_connected && self.retry.is_waiting() {
            self.retry.due().await;
            return None;
        }
        match &mut self.announcements {
            Announcements::None(interval) => {
                interval.tick().await;
                self.dirty.all = true;
                None
            }
            Announcements::Events(events) => match events.next().await {
                Some(event) => self.heard(event),
                None => std::future::pending().await,
            },
        }
    }

    fn heard(&mut self, event: live::Event) -> Option<Event> {
        let source = Source::Libvirt;
        match event {
            live::Event::Domain { uuid, .. }
            | live::Event::DeviceAdded { uuid, .. }
            | live::Event::DeviceRemoved { uuid, .. } => drop(self.dirty.domains.insert(uuid)),
            live::Event::Network { uuid, .. } => drop(self.dirty.networks.insert(uuid)),
            live::Event::Disconnected { reason } => {
                self.is_connected = false;
                return self.retry.lost().then(|| Event::Lost {
                    source,
                    reason: format!("{reason}; it is tried again"),
                });
            }
            live::Event::Resync { reason } => {
                let was_connected = std::mem::replace(&mut self.is_connected, true);
                self.dirty.all = true;
                return was_connected.then_some(Event::Resync { source, reason });
            }
            _ => {}
        }
        None
    }

    /// Has the domains read again whose taps these are: what their XML says may have changed with the port.
    pub(super) fn touch(&mut self, taps: &BTreeSet<String>) {
        if taps.is_empty() {
            return;
        }
        for (uuid, held) in &self.domains {
            let mut targets = held.observed.nics.iter().filter_map(|nic| nic.target.as_ref());
            if targets.any(|target| taps.contains(target)) {
                self.dirty.domains.insert(*uuid);
            }
        }
    }

    /// Reads what was announced.
    pub(super) async fn refresh(
        &mut self,
        observed: &mut Option<Sourced<LibvirtObservation>>,
    ) -> Option<Event> {
        let is_clean = !self.dirty.all && self.dirty.domains.is_empty() && self.dirty.networks.is_empty();
        if is_clean || !self.is_connected || self.retry.is_waiting() {
            return None;
        }
        let source = Source::Libvirt;
        match self.read().await {
            Ok(said) => {
                *observed = Some(said);
                self.retry.succeeded().then_some(Event::Regained { source })
            }
            Err(error) => self.retry.failed().then(|| Event::Lost {
                source,
                reason: format!("{error}; it is tried again"),
            }),
        }
    }
}
