use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ahv_net::libvirt_model::live::fake::Fake;
use ahv_net::libvirt_model::live::{
    Affect, Definition, DomainRecord, Error, EventStream, HostInfo, Hypervisor, LibvirtError, NetworkRecord,
    NetworkUpdate,
};
use async_trait::async_trait;
use tokio::sync::Notify;
use uuid::Uuid;

/// What happens at one call that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is refused.
    Refused,
    /// It is done, and yet said to be refused.
    DoneAndRefused,
    /// It is not done, and its answer is lost.
    Lost,
    /// It is done, and its answer is lost.
    DoneAndLost,
    /// It hangs before it is done.
    Hangs,
    /// It hangs after it is done.
    DoneAndHangs,
}

/// The fake libvirtd, one call of which goes wrong.
#[derive(Debug, Clone)]
pub(crate) struct Faulty {
    pub(crate) inner: Fake,
    fault: Option<(usize, Fault)>,
    refused_from: usize,
    calls: Arc<AtomicUsize>,
    /// The calls that changed something, each with what it was given.
    said: Arc<Mutex<Vec<String>>>,
    keeps_secrets: bool,
    /// Told when it hangs.
    pub(crate) hangs: Arc<Notify>,
}

impl Faulty {
    pub(crate) fn new(inner: Fake, fault: Option<(usize, Fault)>) -> Self {
        Self {
            inner,
            fault,
            refused_from: usize::MAX,
            calls: Arc::default(),
            said: Arc::default(),
            keeps_secrets: false,
            hangs: Arc::default(),
        }
    }

    /// Refuses every call from this one on, so that what is done before it cannot be undone.
    pub(crate) fn refusing_from(inner: Fake, call: usize) -> Self {
        Self {
            refused_from: call,
            ..Self::new(inner, None)
        }
    }

    /// How many calls changed something, or were to.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// One that tells nobody the secrets of a definition.
    pub(crate) fn keeping_secrets(mut self) -> Self {
        self.keeps_secrets = true;
        self
    }

    /// The calls that changed something, or were to: each with its document.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn change<T>(
        &self,
        call: &str,
        document: &str,
        done: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let said = format!("{call} {document}");
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(said);
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let fault = self.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        let refused = || Error::Rejected {
            call: call.to_owned(),
            error: LibvirtError {
                domain: 10,
                code: 1,
                message: "as the test wants it".to_owned(),
            },
        };
        let lost = || Error::OutcomeUnknown {
            endpoint: "the fake".to_owned(),
            call: call.to_owned(),
            reason: "as the test wants it".to_owned(),
        };
        if number >= self.refused_from {
            return Err(refused());
        }
        match fault {
            None => done.await,
            Some(Fault::Refused) => Err(refused()),
            Some(Fault::Lost) => Err(lost()),
            Some(Fault::DoneAndRefused) => {
                done.await?;
                Err(refused())
            }
            Some(Fault::DoneAndLost) => {
                done.await?;
                Err(lost())
            }
            Some(Fault::Hangs) => {
                self.hangs.notify_one();
                std::future::pending().await
            }
            Some(Fault::DoneAndHangs) => {
                done.await?;
                self.hangs.notify_one();
                std::future::pending().await
            }
        }
    }
}

#[async_trait]
impl Hypervisor for Faulty {
    async fn host(&self) -> Result<HostInfo, Error> {
        self.inner.host().await
    }

    async fn domains(&self) -> Result<Vec<DomainRecord>, Error> {
        self.inner.domains().await
    }

    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        self.inner.domain_xml(domain, definition).await
    }

    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error> {
        self.inner.networks().await
    }

    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error> {
        self.inner.network_xml(network, definition).await
    }

    async fn events(&self) -> Result<EventStream, Error> {
        self.inner.events().await
    }

    async fn domain_xml_with_secrets(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        match self.keeps_secrets {
            true => Err(self.refuse("domain_xml_with_secrets")),
            false => self.inner.domain_xml_with_secrets(domain, definition).await,
        }
    }

    async fn update_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.change(
            "update_device",
            xml,
            self.inner.update_device(domain, xml, affect),
        )
        .await
    }

    async fn attach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.change(
            "attach_device",
            xml,
            self.inner.attach_device(domain, xml, affect),
        )
        .await
    }

    async fn detach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        self.change(
            "detach_device",
            xml,
            self.inner.detach_device(domain, xml, affect),
        )
        .await
    }

    async fn define_domain(&self, xml: &str) -> Result<Uuid, Error> {
        self.change("define_domain", xml, self.inner.define_domain(xml))
            .await
    }

    async fn define_network(&self, xml: &str) -> Result<Uuid, Error> {
        self.change("define_network", xml, self.inner.define_network(xml))
            .await
    }

    async fn start_network(&self, network: Uuid) -> Result<(), Error> {
        self.change("start_network", "", self.inner.start_network(network))
            .await
    }

    async fn destroy_network(&self, network: Uuid) -> Result<(), Error> {
        self.change("destroy_network", "", self.inner.destroy_network(network))
            .await
    }

    async fn undefine_network(&self, network: Uuid) -> Result<(), Error> {
        self.change("undefine_network", "", self.inner.undefine_network(network))
            .await
    }

    async fn update_network(
        &self,
        network: Uuid,
        update: &NetworkUpdate,
        affect: Affect,
    ) -> Result<(), Error> {
        let done = self.inner.update_network(network, update, affect);
        self.change("update_network", &update.xml, done).await
    }

    async fn set_network_autostart(&self, network: Uuid, autostart: bool) -> Result<(), Error> {
        let done = self.inner.set_network_autostart(network, autostart);
        self.change("set_network_autostart", "", done).await
    }
}
