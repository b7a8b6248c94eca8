use libvirt_model::domain::{DeviceFragments, Domain, InterfaceBuilder, InterfaceEdit, Preflight, Verdict};
use libvirt_model::network::Network;
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::{self, Document};
use uuid::Uuid;

use crate::edit::PlanError;
use crate::edit::base::{Documents, DomainDocuments};
use crate::edit::change::{FragmentChange, NicChange};
use crate::edit::draft::Draft;

/// What people call the parts of a guest, in terms of documents.
impl<'b> Draft<'b> {
    /// libvirt's documents.
    ///
    /// # Errors
    /// When libvirtd is not connected.
    pub(crate) fn documents(&self) -> Result<&'b Documents, PlanError> {
        self.base.libvirt.as_ref().ok_or(PlanError::NoSource {
            what: "this edit".to_owned(),
            source_name: "libvirtd",
            flag: "name it with --libvirt or --local",
        })
    }

    /// The domain of this name or UUID.
    ///
    /// # Errors
    /// One that names the domains that are there.
    pub(crate) fn domain(&self, name: &str) -> Result<&'b DomainDocuments, PlanError> {
        let documents = self.documents()?;
        let uuid = Uuid::parse_str(name).ok();
        let found = documents
            .domains
            .iter()
            .find(|domain| domain.record.name == name || Some(domain.record.uuid) == uuid);
        found.ok_or_else(|| {
            let mut known: Vec<_> = documents
                .domains
                .iter()
                .map(|domain| domain.record.name.as_str())
                .collect();
            known.sort_unstable();
            PlanError::NotFound {
                what: format!("domain {name}"),
                hint: match known.as_slice() {
                    [] => String::new(),
                    known => format!("; the host has {}", known.join(", ")),
                },
            }
        })
    }

    /// Changes a NIC in the running guest and in its definition, each in its own document. What libvirt
    /// cannot change in a running guest is done by unplugging it and plugging it in again.
    ///
    /// # Errors
    /// When the domain has no such NIC, or two; or when libvirt would refuse the change in every way.
    pub(crate) fn change_nic(
        &mut self,
        domain: &DomainDocuments,
        mac: MacAddr,
        change: impl Fn(&mut InterfaceEdit<'_, '_>),
    ) -> Result<(), PlanError> {
        let name = &domain.record.name;
        let failed = |error| xml_error(name, error);
        let live = view(domain.live.as_ref()).map_err(failed)?;
        let config = view(domain.config.as_ref()).map_err(failed)?;
        let networks = self.network_views()?;
        let before = DeviceFragments::change(live.as_ref(), config.as_ref(), mac, |_| {}).map_err(failed)?;
        let after = DeviceFragments::change(live.as_ref(), config.as_ref(), mac, change).map_err(failed)?;
        let fragment =
            |domain: Option<&Domain<'_>>, before: Option<Document>, after: Option<Document>, runs| {
                let (Some(before), Some(after)) = (before, after) else {
                    return Ok(None);
                };
                if before.as_str() == after.as_str() {
                    return Ok(None);
                }
                Ok(Some(FragmentChange {
                    replug: runs && needs_replug(&before, &after, &networks)?,
                    position: domain.and_then(|domain| position(domain, mac)),
                    before: Some(before.as_str().to_owned()),
                    after: Some(after.as_str().to_owned()),
                }))
            };
        let live = fragment(live.as_ref(), before.live, after.live, true).map_err(failed)?;
        let config = fragment(config.as_ref(), before.config, after.config, false).map_err(failed)?;
        if live.is_none() && config.is_none() {
            return Ok(());
        }
        self.push_nic(domain, mac, live, config);
        Ok(())
    }

    /// Plugs a new NIC in, where the domain runs and where it is defined.
    pub(crate) fn attach_nic(
        &mut self,
        domain: &DomainDocuments,
        mac: MacAddr,
        nic: InterfaceBuilder,
    ) -> Result<(), PlanError> {
        let document = nic
            .document()
            .map_err(|error| xml_error(&domain.record.name, error))?;
        let fragment = |document: &Document| FragmentChange {
            before: None,
            after: Some(document.as_str().to_owned()),
            position: None,
            replug: false,
        };
        let live = domain.live.as_ref().map(|_| fragment(&document));
        let config = domain.config.as_ref().map(|_| fragment(&document));
        self.push_nic(domain, mac, live, config);
        Ok(())
    }

    /// Unplugs a NIC, wherever it is.
    pub(crate) fn detach_nic(&mut self, domain: &DomainDocuments, mac: MacAddr) -> Result<(), PlanError> {
        let failed = |error| xml_error(&domain.record.name, error);
        let live = view(domain.live.as_ref()).map_err(failed)?;
        let config = view(domain.config.as_ref()).map_err(failed)?;
        let before = DeviceFragments::of(live.as_ref(), config.as_ref(), mac).map_err(failed)?;
        let fragment = |domain: Option<&Domain<'_>>, before: Option<Document>| {
            before.map(|before| FragmentChange {
                before: Some(before.as_str().to_owned()),
                after: None,
                position: domain.and_then(|domain| position(domain, mac)),
                replug: false,
            })
        };
        let (live, config) = (
            fragment(live.as_ref(), before.live),
            fragment(config.as_ref(), before.config),
        );
        self.push_nic(domain, mac, live, config);
        Ok(())
    }

    /// The networks whose documents make sense; a change that needs another is judged as if it were unknown.
    fn network_views(&self) -> Result<Vec<Network<'b>>, PlanError> {
        let documents = self.documents()?;
        let views = documents.networks.iter().map(|network| Network::of(&network.xml));
        Ok(views.filter_map(Result::ok).collect())
    }

    fn push_nic(
        &mut self,
        domain: &DomainDocuments,
        mac: MacAddr,
        live: Option<FragmentChange>,
        config: Option<FragmentChange>,
    ) {
        if domain.live.is_none() {
            self.note(format!(
                "{} is off: only its definition changes, which counts from its next start",
                domain.record.name
            ));
        } else if domain.config.is_none() {
            self.note(format!(
                "{} is not defined: the change ends with the running guest",
                domain.record.name
            ));
        }
        self.nics.push(NicChange {
            domain: domain.record.name.clone(),
            domain_uuid: domain.record.uuid,
            mac,
            live,
            config,
        });
    }
}

fn view(document: Option<&Document>) -> Result<Option<Domain<'_>>, xml::Error> {
    document.map(Domain::of).transpose()
}

fn position(domain: &Domain<'_>, mac: MacAddr) -> Option<usize> {
    domain
        .interfaces()
        .position(|nic| nic.mac_address().ok().flatten() == Some(mac))
}

fn needs_replug(before: &Document, after: &Document, networks: &[Network<'_>]) -> Result<bool, xml::Error> {
    let before = libvirt_model::domain::Interface::of(before)?;
    let after = libvirt_model::domain::Interface::of(after)?;
    let preflight = Preflight::of(&before, &after, networks)?;
    Ok(!matches!(preflight.verdict, Verdict::Nothing | Verdict::Live))
}

pub(crate) fn xml_error(domain: &str, error: xml::Error) -> PlanError {
    PlanError::Xml {
        what: format!("domain {domain}"),
        error,
    }
}
