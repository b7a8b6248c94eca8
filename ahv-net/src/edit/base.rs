use std::sync::OnceLock;

use libvirt_model::live::{self, Definition, DomainRecord, Hypervisor, NetworkRecord};
use libvirt_model::xml::Document;
use ovsdb_client::replica::Snapshot;

use crate::observe::{Observed, Sourced, ovsdb};
use crate::topology::{self, Link, Topology};

/// What an edit is planned on: the host as it was read, whole.
#[derive(Debug)]
pub(crate) struct Base {
    /// The remote, and every row as of one commit.
    pub(crate) ovsdb: Option<(String, Snapshot)>,
    pub(crate) libvirt: Option<Documents>,
    /// The other sources; `ovsdb` of it is filled in when the picture is asked for.
    observed: Observed,
    topology: OnceLock<Topology>,
}

/// The documents of a hypervisor.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    pub(crate) domains: Vec<DomainDocuments>,
    pub(crate) networks: Vec<NetworkDocument>,
}

#[derive(Debug)]
pub(crate) struct DomainDocuments {
    pub(crate) record: DomainRecord,
    /// Of a domain that runs.
    pub(crate) live: Option<Document>,
    /// Of a domain that is defined.
    pub(crate) config: Option<Document>,
    /// Whether libvirt keeps an image of it from which it goes on, with a definition of its own.
    pub(crate) saved: bool,
}

#[derive(Debug)]
pub(crate) struct NetworkDocument {
    pub(crate) record: NetworkRecord,
    /// The definition, or the running network's where it is not defined.
    pub(crate) xml: Document,
    /// Of a network that runs and is defined: what holds for NICs that are plugged in now.
    pub(crate) live: Option<Document>,
}

impl Base {
    pub(crate) fn new(
        ovsdb: Option<(String, Snapshot)>,
        libvirt: Option<Documents>,
        observed: Observed,
    ) -> Self {
        Self {
            ovsdb,
            libvirt,
            observed,
            topology: OnceLock::new(),
        }
    }

    /// What was read, the database included.
    pub(crate) fn observed(&self) -> Observed {
        let ovsdb = self.ovsdb.as_ref().map(|(remote, snapshot)| Sourced {
            from: remote.clone(),
            said: ovsdb::read(snapshot),
        });
        Observed {
            ovsdb,
            ..self.observed.clone()
        }
    }

    pub(crate) fn hostname(&self) -> Option<String> {
        self.observed
            .libvirt
            .as_ref()
            .and_then(|libvirt| libvirt.said.hostname.clone())
    }

    /// The kernel's links; `None` where it was not read.
    pub(crate) fn links(&self) -> Option<&[Link]> {
        let kernel = self.observed.kernel.as_ref()?;
        Some(&kernel.said.links)
    }

    /// The joined picture, made when it is first asked for: it takes far longer than what it is often asked for.
    pub(crate) fn topology(&self) -> &Topology {
        self.topology.get_or_init(|| topology::join(&self.observed()))
    }
}

impl NetworkDocument {
    /// What holds for a NIC that is plugged in now.
    pub(crate) fn current(&self) -> &Document {
        self.live.as_ref().unwrap_or(&self.xml)
    }
}

impl Documents {
    /// Reads the documents of every domain and network.
    ///
    /// What disappears while it is read is left out, as if it had gone before. A document that cannot be
    /// parsed is left out too: what is not understood is not edited.
    ///
    /// # Errors
    /// When the connection fails.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    pub(crate) async fn read(hypervisor: &dyn Hypervisor) -> Result<Self, live::Error> {
        let mut documents = Self::default();
        for record in hypervisor.domains().await? {
            let runs = record.id.is_some();
            let live = match runs {
                true => parsed(hypervisor.domain_xml(record.uuid, Definition::Live).await)?,
                false => None,
            };
            let config = match record.persistent {
                true => parsed(hypervisor.domain_xml(record.uuid, Definition::Config).await)?,
                false => None,
            };
            let saved = match runs {
                true => false,
                false => hypervisor.has_managed_save(record.uuid).await.or_else(|error| {
                    // A hypervisor that knows no saved images has none.
                    match error.is_unsupported() || error.is_not_found() {
                        true => Ok(false),
                        false => Err(error),
                    }
                })?,
            };
            documents.domains.push(DomainDocuments {
                record,
                live,
                config,
                saved,
            });
        }
        for record in hypervisor.networks().await? {
            let definition = match record.persistent {
                true => Definition::Config,
                false => Definition::Live,
            };
            let live = match record.persistent && record.active {
                true => parsed(hypervisor.network_xml(record.uuid, Definition::Live).await)?,
                false => None,
            };
            if let Some(xml) = parsed(hypervisor.network_xml(record.uuid, definition).await)? {
                documents.networks.push(NetworkDocument { record, xml, live });
            }
        }
        Ok(documents)
    }
}

fn parsed(text: Result<String, live::Error>) -> Result<Option<Document>, live::Error> {
    match text {
        Ok(text) => Ok(Document::parse(text).ok()),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
