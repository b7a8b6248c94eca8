//! A [`Host`] that can be edited.

use libvirt_model::live::{self, Hypervisor};
use ovsdb_client::replica::{Replica, Selection};
use ovsdb_client::wire::DatabaseSchema;
use uuid::Uuid;

use crate::apply::{self, ApplyError, ApplyOptions, Report};
use crate::edit::{
    self, Base, Change, Documents, DomainDocuments, HostIdentity, Intent, NetworkDocument, Plan, PlanError,
    PlanOptions,
};
use crate::observe::Observed;
use crate::{Error, Host};

impl Host {
    /// Plans an edit: reads the host and says what would be done, and does nothing.
    ///
    /// # Errors
    /// [`Error::Plan`] when the edit makes no sense on this host; otherwise the source that cannot be read.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    pub async fn plan(&self, intent: impl Into<Intent>, options: &PlanOptions) -> Result<Plan, Error> {
        if self.is_of_captures() {
            return Err(PlanError::NoSource {
                what: "an edit".to_owned(),
                source_name: "the host itself",
                flag: "captures can be looked at and not edited, so name it with --local, or with --ovsdb and --libvirt",
            }
            .into());
        }
        let base = self.base().await?;
        Ok(edit::plan(&base, &intent.into(), options)?)
    }

    /// Applies a plan: does every step, verifies it, and undoes everything when one fails.
    ///
    /// It is written to the [journal](crate::apply::journal) first, and refused while another edit of this
    /// host runs or is not finished.
    ///
    /// # Errors
    /// [`ApplyError`] says whether anything was changed.
    ///
    /// # Cancel safety
    /// What was done so far stays done when the future is dropped: run [`recover`](Self::recover), without which
    /// every other edit is refused. [`ApplyOptions::stop`] ends it better.
    pub async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, ApplyError> {
        let stopped: Vec<_> = plan.stopped_by().cloned().collect();
        if !stopped.is_empty() {
            return Err(ApplyError::Stopped(stopped));
        }
        if plan.is_empty() {
            return Ok(Report::default());
        }
        // Boxed, as it holds every step of a plan and its undoing.
        Box::pin(apply::run(self, plan, options)).await
    }

    /// What tells this host from another, as it is now.
    ///
    /// # Errors
    /// When a source cannot be read.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    pub async fn identity(&self) -> Result<HostIdentity, Error> {
        let ovs_uuid = match &self.ovsdb {
            Some(_) => edit::root(&self.editing_replica().await?.snapshot()),
            None => None,
        };
        let libvirt_hostname = match &self.libvirt {
            Some(libvirt) => Some(libvirt.hypervisor.host().await?.hostname),
            None => None,
        };
        Ok(HostIdentity {
            ovs_uuid,
            libvirt_hostname,
        })
    }

    /// Everything that an edit is planned on.
    pub(crate) async fn base(&self) -> Result<Base, Error> {
        let ovsdb = match &self.ovsdb {
            Some(ovsdb) => {
                let snapshot = self.editing_replica().await?.snapshot();
                Some((ovsdb.remote().to_owned(), snapshot))
            }
            None => None,
        };
        let libvirt = match &self.libvirt {
            Some(_) => Some(self.documents().await?),
            None => None,
        };
        let observed = Observed {
            ovsdb: None,
            ..self.observe_all_but_ovsdb().await?
        };
        Ok(Base::new(ovsdb, libvirt, observed))
    }

    /// A replica of every column that an edit may touch or must put back; it is made when it is first needed.
    pub(crate) async fn editing_replica(&self) -> Result<Replica, ovsdb_client::Error> {
        let Some(ovsdb) = &self.ovsdb else {
            return Err(ovsdb_client::Error::Closed);
        };
        let replica = self.editor.get_or_try_init(|| async {
            let client = ovsdb.replica().client();
            client.monitor(selection(&client.schema())).await
        });
        replica.await.cloned()
    }

    pub(crate) fn hypervisor(&self) -> Result<&dyn Hypervisor, PlanError> {
        match &self.libvirt {
            Some(libvirt) => Ok(libvirt.hypervisor.as_ref()),
            None => Err(PlanError::NoSource {
                what: "this plan".to_owned(),
                source_name: "libvirtd",
                flag: "name it with --libvirt or --local",
            }),
        }
    }

    pub(crate) async fn documents(&self) -> Result<Documents, live::Error> {
        match &self.libvirt {
            Some(libvirt) => Documents::read(libvirt.hypervisor.as_ref()).await,
            None => Ok(Documents::default()),
        }
    }

    /// How a change of libvirt's stands.
    pub(crate) async fn stand_of_libvirt(&self, change: &Change) -> Result<apply::Stand, live::Error> {
        let documents = self.documents().await?;
        Ok(apply::stand_of_libvirt(change, &documents))
    }
}

impl Documents {
    pub(crate) fn domain(&self, uuid: Uuid) -> Option<&DomainDocuments> {
        self.domains.iter().find(|domain| domain.record.uuid == uuid)
    }

    pub(crate) fn network(&self, name: &str) -> Option<&NetworkDocument> {
        self.networks.iter().find(|network| network.record.name == name)
    }
}

/// Every column of every table but counters, which change every few seconds and which no edit touches.
fn selection(schema: &DatabaseSchema) -> Selection {
    schema.tables().iter().fold(Selection::new(), |selection, table| {
        let columns = table.columns().iter().map(|column| column.name.clone());
        let wanted = columns.filter(|name| !matches!(&**name, "statistics" | "rstp_statistics"));
        selection.columns_named(&table.name, wanted)
    })
}
