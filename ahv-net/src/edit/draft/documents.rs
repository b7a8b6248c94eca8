use libvirt_model::domain::{
    DeviceFragments, Domain, Effective, Interface, InterfaceBuilder, InterfaceEdit, Preflight, Verdict, Vlan,
};
use libvirt_model::live::Definition;
use libvirt_model::network::Network;
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::{self, Document};
use uuid::Uuid;

use crate::edit::PlanError;
use crate::edit::base::{Documents, DomainDocuments, NetworkDocument};
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
            let known = documents.domains.iter().map(|domain| domain.record.name.as_str());
            PlanError::NotFound {
                what: format!("domain {name}"),
                hint: there_are(known),
            }
        })
    }

    /// The network of this name.
    ///
    /// # Errors
    /// One that names the networks that are there.
    pub(crate) fn network(&self, name: &str) -> Result<&'b NetworkDocument, PlanError> {
        let documents = self.documents()?;
        documents.network(name).ok_or_else(|| {
            let known = documents
                .networks
                .iter()
                .map(|network| network.record.name.as_str());
            PlanError::NotFound {
                what: format!("network {name}"),
                hint: there_are(known),
            }
        })
    }

    /// The domains of which a NIC has this hardware address, running or defined.
    pub(crate) fn domains_with(&self, mac: MacAddr) -> Result<Vec<&'b DomainDocuments>, PlanError> {
        let has = |document: &Option<Document>| {
            let domain = document.as_ref().and_then(|document| Domain::of(document).ok());
            domain.is_some_and(|domain| domain.interfaces_by_mac(mac).next().is_some())
        };
        let domains = self.documents()?.domains.iter();
        Ok(domains
            .filter(|domain| has(&domain.live) || has(&domain.config))
            .collect())
    }

    /// What a NIC gets from itself, its portgroup and its network.
    ///
    /// # Errors
    /// When a part of the documents makes no sense.
    pub(crate) fn effective(
        &self,
        nic: &Interface<'_>,
        definition: Definition,
    ) -> Result<Effective, PlanError> {
        match &self.base.libvirt {
            Some(documents) => documents.effective(nic, definition),
            None => Documents::default().effective(nic, definition),
        }
    }

    /// The VLANs that a NIC has without a `<vlan>` of its own.
    ///
    /// # Errors
    /// As [`effective`](Self::effective).
    pub(crate) fn inherited_vlan(
        &self,
        nic: &Interface<'_>,
        definition: Definition,
    ) -> Result<Option<Vlan>, PlanError> {
        let failed = |error| xml_error("its NIC", error);
        let document = nic.device().map_err(failed)?;
        let mut edit = document.edit();
        Interface::of(&document)
            .map_err(failed)?
            .edit(&mut edit)
            .vlan(None::<Vlan>);
        let without = edit.finish().map_err(failed)?;
        let effective = self.effective(&Interface::of(&without).map_err(failed)?, definition)?;
        Ok(effective.vlan.map(|vlan| vlan.value))
    }

    /// The only NIC of a domain, or the one that is named.
    ///
    /// # Errors
    /// When there is not just one, or none with that address.
    pub(crate) fn nic(&self, domain: &DomainDocuments, mac: Option<MacAddr>) -> Result<MacAddr, PlanError> {
        let there = macs(domain);
        let name = &domain.record.name;
        match (mac, there.as_slice()) {
            (Some(mac), there) if there.contains(&mac) => Ok(mac),
            (None, [only]) => Ok(*only),
            (None, []) => Err(PlanError::not_found(format!("NIC in {name}"))),
            (None, several) => Err(PlanError::Ambiguous(format!(
                "{name} has {} NICs: name one of {}",
                several.len(),
                list(several)
            ))),
            (Some(mac), there) => {
                let elsewhere = self.domains_with(mac)?;
                let hint = match (elsewhere.first(), there) {
                    (Some(other), _) => format!("; that NIC is of {}", other.record.name),
                    (None, []) => "; it has none".to_owned(),
                    (None, there) => format!("; it has {}", list(there)),
                };
                Err(PlanError::NotFound {
                    what: format!("NIC {mac} in {name}"),
                    hint,
                })
            }
        }
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
        change: impl Fn(&Self, Definition, &Interface<'_>, &mut InterfaceEdit<'_, '_>) -> Result<(), PlanError>,
    ) -> Result<(), PlanError> {
        let before = fragments(domain, mac)?;
        let failed = |error| xml_error(&domain.record.name, error);
        // What the draft changes of it already is changed further.
        let known = self
            .nics
            .iter()
            .position(|nic| nic.domain_uuid == domain.record.uuid && nic.mac == mac);
        let known = known.map(|place| self.nics.remove(place));
        let drafted = |definition: Definition| -> Result<Option<Document>, PlanError> {
            let known = known.as_ref().and_then(|known| match definition {
                Definition::Live => known.live.as_ref(),
                _ => known.config.as_ref(),
            });
            let after = known.and_then(|known| known.after.as_deref());
            after.map(Document::parse).transpose().map_err(failed)
        };
        let fragment = |draft: &Self, definition, document: Option<&Document>, before: Option<Document>| {
            let Some(before) = before else { return Ok(None) };
            let now = drafted(definition)?.unwrap_or_else(|| before.clone());
            let nic = Interface::of(&now).map_err(failed)?;
            let mut edit = now.edit();
            change(draft, definition, &nic, &mut nic.edit(&mut edit))?;
            let after = edit.finish().map_err(failed)?;
            if before.as_str() == after.as_str() {
                return Ok(None);
            }
            let runs = definition == Definition::Live;
            Ok::<_, PlanError>(Some(FragmentChange {
                replug: runs && draft.needs_replug(domain, &before, &after)?,
                position: position(document, mac),
                before: Some(before.as_str().to_owned()),
                after: Some(after.as_str().to_owned()),
            }))
        };
        let live = fragment(self, Definition::Live, domain.live.as_ref(), before.live)?;
        let config = fragment(self, Definition::Config, domain.config.as_ref(), before.config)?;
        self.push_nic(domain, mac, live, config);
        Ok(())
    }

    /// Plugs a new NIC in, where the domain runs and where it is defined, unless it is there.
    pub(crate) fn attach_nic(
        &mut self,
        domain: &DomainDocuments,
        mac: MacAddr,
        nic: InterfaceBuilder,
    ) -> Result<(), PlanError> {
        let document = nic
            .document()
            .map_err(|error| xml_error(&domain.record.name, error))?;
        let fragment = |known: &Option<Document>| {
            let known = known.as_ref()?;
            position(Some(known), mac).is_none().then(|| FragmentChange {
                before: None,
                after: Some(document.as_str().to_owned()),
                position: None,
                replug: false,
            })
        };
        let (live, config) = (fragment(&domain.live), fragment(&domain.config));
        self.push_nic(domain, mac, live, config);
        Ok(())
    }

    /// Unplugs a NIC, wherever it is.
    pub(crate) fn detach_nic(&mut self, domain: &DomainDocuments, mac: MacAddr) -> Result<(), PlanError> {
        let before = fragments(domain, mac)?;
        let fragment = |document: Option<&Document>, before: Option<Document>| {
            before.map(|before| FragmentChange {
                before: Some(before.as_str().to_owned()),
                after: None,
                position: position(document, mac),
                replug: false,
            })
        };
        let live = fragment(domain.live.as_ref(), before.live);
        let config = fragment(domain.config.as_ref(), before.config);
        self.push_nic(domain, mac, live, config);
        Ok(())
    }

    /// Says what others set on the port of a NIC, and what leaves with the port.
    pub(crate) fn note_lost_with_port(&mut self, mac: MacAddr) {
        let topology = self.base.topology();
        let Some(port) = topology.port_by_mac(mac) else {
            return;
        };
        let bridges = topology.bridges.iter();
        let mirrors = bridges
            .flat_map(|bridge| &bridge.mirrors)
            .filter(|mirror| {
                let selected = mirror.select_src_ports.iter().chain(&mirror.select_dst_ports);
                selected.chain(&mirror.output_port).any(|name| *name == port.name)
            })
            .map(|mirror| format!("mirror {}", mirror.name));
        let config = port
            .other_config
            .iter()
            .filter(|(key, _)| *key != "transient")
            .map(|(key, value)| format!("other_config:{key}={value}"));
        let lost: Vec<String> = mirrors.chain(config).collect();
        if !lost.is_empty() {
            let note = format!(
                "port {} goes, and with it what others set on it: {}",
                port.name,
                lost.join(", ")
            );
            self.note(note);
        }
    }

    fn push_nic(
        &mut self,
        domain: &DomainDocuments,
        mac: MacAddr,
        live: Option<FragmentChange>,
        config: Option<FragmentChange>,
    ) {
        if live.is_none() && config.is_none() {
            return;
        }
        let name = &domain.record.name;
        let mut notes = Vec::new();
        if domain.live.is_none() {
            notes.push(format!(
                "{name} is off: only its definition changes, which counts from its next start"
            ));
        } else if domain.config.is_none() {
            notes.push(format!(
                "{name} is not defined: the change ends with the running guest"
            ));
        }
        if domain.saved {
            notes.push(format!(
                "{name} has a saved image, which holds its NICs as they were: they come back when it is started \
                 from it; drop it first with virsh managedsave-remove {name}, or change it with virsh \
                 managedsave-edit {name}"
            ));
        }
        for note in notes {
            if !self.notes.contains(&note) {
                self.note(note);
            }
        }
        self.nics.push(NicChange {
            domain: name.clone(),
            domain_uuid: domain.record.uuid,
            mac,
            live,
            config,
        });
    }

    fn needs_replug(
        &self,
        domain: &DomainDocuments,
        before: &Document,
        after: &Document,
    ) -> Result<bool, PlanError> {
        let name = &domain.record.name;
        let failed = |error| xml_error(name, error);
        let (before, after) = (
            Interface::of(before).map_err(failed)?,
            Interface::of(after).map_err(failed)?,
        );
        let mut networks = Vec::new();
        for nic in [&before, &after] {
            let source = nic.source().map_err(failed)?;
            if let Some(wanted) = source.and_then(|source| source.network)
                && let Some(network) = self.documents()?.network(&wanted)
            {
                networks.push(Network::of(network.current()).map_err(failed)?);
            }
        }
        let preflight = Preflight::of(&before, &after, &networks).map_err(failed)?;
        match preflight.verdict {
            Verdict::Nothing | Verdict::Live => Ok(false),
            Verdict::Impossible => {
                let reasons: Vec<String> = preflight
                    .parts
                    .iter()
                    .filter(|part| part.verdict == Verdict::Impossible)
                    .map(|part| format!("{}: {}", part.part, part.reason))
                    .collect();
                Err(PlanError::refused(format!(
                    "libvirt refuses this NIC of {name}: {}",
                    reasons.join("; ")
                )))
            }
            _ => Ok(true),
        }
    }
}

impl Documents {
    /// What a NIC gets from itself, its portgroup and its network.
    ///
    /// # Errors
    /// When a part of the documents makes no sense.
    pub(crate) fn effective(
        &self,
        nic: &Interface<'_>,
        definition: Definition,
    ) -> Result<Effective, PlanError> {
        let failed = |error| xml_error("its NIC", error);
        let name = nic.source().map_err(failed)?.and_then(|source| source.network);
        let network = name.and_then(|name| self.network(&name));
        let document = network.map(|network| match definition {
            Definition::Live => network.current(),
            _ => &network.xml,
        });
        let network = document.map(Network::of).transpose().map_err(failed)?;
        Effective::of(nic, network.as_ref()).map_err(failed)
    }
}

/// The NIC in both documents, in the form in which libvirt takes it back.
pub(crate) fn fragments(domain: &DomainDocuments, mac: MacAddr) -> Result<DeviceFragments, PlanError> {
    let failed = |error| xml_error(&domain.record.name, error);

    let live = domain.live.as_ref().map(Domain::of).transpose().map_err(failed)?;
    let config = domain
        .config
        .as_ref()
        .map(Domain::of)
        .transpose()
        .map_err(failed)?;
    DeviceFragments::change(live.as_ref(), config.as_ref(), mac, |_| {}).map_err(failed)
}

/// A NIC as it runs and as it is defined, where it is.
pub(crate) fn halves(nic: &DeviceFragments) -> impl Iterator<Item = (Definition, &Document)> {
    let live = nic.live.iter().map(|document| (Definition::Live, document));
    let config = nic.config.iter().map(|document| (Definition::Config, document));
    live.chain(config)
}

/// The hardware addresses of a domain's NICs, as it runs and as it is defined, each once.
pub(crate) fn macs(domain: &DomainDocuments) -> Vec<MacAddr> {
    let mut macs = Vec::new();
    for document in [&domain.live, &domain.config].into_iter().flatten() {
        let Ok(domain) = Domain::of(document) else {
            continue;
        };
        let of = domain
            .interfaces()
            .filter_map(|nic| nic.mac_address().ok().flatten());
        macs.extend(of);
    }
    let mut seen = std::collections::BTreeSet::new();
    macs.retain(|mac| seen.insert(*mac));
    macs
}

pub(crate) fn list(macs: &[MacAddr]) -> String {
    let macs: Vec<String> = macs.iter().map(ToString::to_string).collect();
    macs.join(", ")
}

/// The end of a sentence that says that there is no such thing.
fn there_are<'n>(known: impl Iterator<Item = &'n str>) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    match known.as_slice() {
        [] => "; the host has none".to_owned(),
        known => format!("; the host has {}", known.join(", ")),
    }
}

fn position(document: Option<&Document>, mac: MacAddr) -> Option<usize> {
    let domain = Domain::of(document?).ok()?;
    domain
        .interfaces()
        .position(|nic| nic.mac_address().ok().flatten() == Some(mac))
}

pub(crate) fn xml_error(domain: &str, error: xml::Error) -> PlanError {
    xml_error_of(format!("domain {domain}"), error)
}

pub(crate) fn xml_error_of(what: String, error: xml::Error) -> PlanError {
    PlanError::Xml { what, error }
}
