//! The one loop of a watch: waits for a sign, lets it settle, reads what changed, joins, compares.

use std::collections::VecDeque;
use std::future;
use std::pin::pin;
use std::sync::Arc;

use tokio::time::sleep;

use super::kernel::KernelFeed;
use super::libvirt::LibvirtFeed;
use super::ovsdb::OvsdbFeed;
use super::{Event, Settle};
use crate::observe::Observed;
use crate::topology::{self, Topology};
use crate::{Error, Host};

pub(super) struct Driver {
    /// Keeps the connections, and the embedded host's own server.
    _host: Host,
    settle: Settle,
    ovsdb: Option<OvsdbFeed>,
    libvirt: Option<LibvirtFeed>,
    kernel: Option<KernelFeed>,
    observed: Observed,
    topology: Arc<Topology>,
    /// What was found and not yet given: a change, and before it the markers of one settling.
    ready: VecDeque<Event>,
}

impl Driver {
    pub(super) async fn start(host: Host, settle: Settle) -> Result<Self, Error> {
        // Followed before they are read, so that nothing falls between.
        let ovsdb = host.ovsdb.as_ref().map(OvsdbFeed::start);
        let mut libvirt = match &host.libvirt {
            Some(libvirt) => Some(LibvirtFeed::start(&libvirt.uri, &libvirt.hypervisor).await?),
            None => None,
        };
        let mut kernel = match &host.kernel {
            Some(kernel) => Some(KernelFeed::start(kernel).await?),
            None => None,
        };
        let mut observed = Observed::default();
        if let Some(ovsdb) = &ovsdb {
            observed.ovsdb = Some(ovsdb.read().await?);
        }
        if let Some(libvirt) = &mut libvirt {
            observed.libvirt = Some(libvirt.read().await?);
        }
        if let Some(kernel) = &mut kernel {
            observed.kernel = Some(kernel.read().await?);
        }
        let topology = Arc::new(topology::join(&observed));
        Ok(Self {
            _host: host,
            settle,
            ovsdb,
            libvirt,
            kernel,
            observed,
            topology,
            ready: VecDeque::new(),
        })
    }

    pub(super) fn topology(&self) -> Arc<Topology> {
        Arc::clone(&self.topology)
    }

    /// The next event; none when no source can say anything any more.
    ///
    /// Not cancel safe: the stream keeps the future until it is done.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.has_ended() {
                return None;
            }
            self.signal().await;
            self.wait_for_quiet().await;
            self.refresh().await;
        }
    }

    fn has_ended(&self) -> bool {
        let ovsdb = self.ovsdb.as_ref().is_none_or(OvsdbFeed::has_ended);
        ovsdb && self.libvirt.is_none() && self.kernel.is_none()
    }

    /// Waits until one source says something.
    async fn signal(&mut self) {
        let ovsdb = async {
            match &mut self.ovsdb {
                Some(ovsdb) => ovsdb.signal().await,
                None => future::pending().await,
            }
        };
        let libvirt = async {
            match &mut self.libvirt {
                Some(libvirt) => libvirt.signal().await,
                None => future::pending().await,
            }
        };
        let kernel = async {
            match &mut self.kernel {
                Some(kernel) => kernel.signal().await,
                None => future::pending().await,
            }
        };
        let marker = tokio::select! {
            marker = ovsdb => marker,
            marker = libvirt => marker,
            marker = kernel => marker,
        };
        self.mark(marker);
    }

    /// Collects what else belongs to the act of which the first sign came.
    async fn wait_for_quiet(&mut self) {
        let Settle { quiet, at_most } = self.settle;
        let mut limit = pin!(sleep(at_most));
        loop {
            tokio::select! {
                biased;
                () = &mut limit => return,
                () = self.signal() => {}
                () = sleep(quiet) => return,
            }
        }
    }

    /// Reads what changed, and finds the difference that it makes.
    async fn refresh(&mut self) {
        if let Some(ovsdb) = &mut self.ovsdb {
            let touched = ovsdb.take_touched();
            ovsdb.refresh(&mut self.observed.ovsdb);
            if let Some(libvirt) = &mut self.libvirt {
                libvirt.touch(&touched);
            }
        }
        if let Some(libvirt) = &mut self.libvirt {
            let marker = libvirt.refresh(&mut self.observed.libvirt).await;
            self.mark(marker);
        }
        if let Some(kernel) = &mut self.kernel {
            let marker = kernel.refresh(&mut self.observed.kernel).await;
            self.mark(marker);
        }
        let topology = topology::join(&self.observed);
        let difference = topology::diff(&self.topology, &topology);
        if !difference.is_empty() {
            self.topology = Arc::new(topology);
            self.ready.push_back(Event::Change {
                topology: self.topology(),
                difference,
            });
        }
    }

    /// A marker that says what the last one of its source says is left out.
    fn mark(&mut self, marker: Option<Event>) {
        let Some(marker) = marker else { return };
        let of_source = |event: &&Event| event.source() == marker.source();
        let last = self.ready.iter().rev().find(of_source);
        if !last.is_some_and(|last| last.says_the_same(&marker)) {
            self.ready.push_back(marker);
        }
    }
}
