//! Defining, starting and ending domains and networks in memory.

use uuid::Uuid;

use super::host::Host;
use super::refusal::{bad_xml, invalid, no_network, rejected, unsupported};
use super::{FakeDomain, FakeNetwork};
use crate::domain::{Domain, Severity};
use crate::live::error::code;
use crate::live::{
    Affect, DomainChange, DomainState, Error, Event, NetworkChange, NetworkUpdate, NetworkUpdateCommand,
    NetworkUpdateSection,
};
use crate::network::{Network, PortGroup};
use crate::record::Record as _;
use crate::xml::Document;

impl Host {
    pub(super) fn define(&mut self, xml: &str) -> Result<(Uuid, Vec<Event>), Error> {
        let call = "DomainDefineXMLFlags";
        let new = FakeDomain::defined(xml).map_err(|error| bad_xml(call, error))?;
        if let Some(document) = &new.config {
            let problems = Domain::of(document)
                .map_err(|error| bad_xml(call, error))?
                .problems();
            if let Some(problem) = problems
                .into_iter()
                .find(|problem| problem.severity == Severity::Refused)
            {
                return Err(bad_xml(call, problem.message));
            }
        }
        let uuid = new.record.uuid;
        let event = domain_event(&new, DomainChange::Defined);
        let same_name = |known: &&mut FakeDomain| known.record.name == new.record.name;
        if let Some(known) = self.domains.iter_mut().find(same_name) {
            if known.record.uuid != uuid {
                let message = format!(
                    "domain '{}' already exists with uuid {}",
                    known.record.name, known.record.uuid
                );
                return Err(rejected(call, 10, code::OPERATION_FAILED, message));
            }
            known.config = new.config;
            known.record.persistent = true;
        } else {
            self.domains.push(new);
        }
        Ok((uuid, vec![event]))
    }

    pub(super) fn undefine(&mut self, uuid: Uuid) -> Result<Vec<Event>, Error> {
        let domain = self.domain_mut("DomainUndefineFlags", uuid)?;
        if !domain.record.persistent {
            return Err(invalid("DomainUndefineFlags", "cannot undefine transient domain"));
        }
        let event = domain_event(domain, DomainChange::Undefined);
        domain.record.persistent = false;
        domain.record.autostart = false;
        domain.config = None;
        self.domains
            .retain(|domain| domain.record.persistent || domain.live.is_some());
        Ok(vec![event])
    }

    pub(super) fn start(&mut self, uuid: Uuid) -> Result<Vec<Event>, Error> {
        let domain = self.domain_mut("DomainCreate", uuid)?;
        if domain.live.is_some() {
            return Err(invalid("DomainCreate", "domain is already running"));
        }
        let Some(config) = domain.config.clone() else {
            return Err(invalid("DomainCreate", "domain is not defined"));
        };
        let live = self.started(&config)?;
        self.next_id += 1;
        let id = self.next_id;
        let domain = self.domain_mut("DomainCreate", uuid)?;
        domain.live = Some(live);
        domain.record.id = Some(id);
        domain.record.state = DomainState::Running;
        domain.saved = None;
        Ok(vec![
            domain_event(domain, DomainChange::Started),
            domain_event(domain, DomainChange::Resumed),
        ])
    }

    pub(super) fn destroy(&mut self, uuid: Uuid) -> Result<Vec<Event>, Error> {
        let domain = self.domain_mut("DomainDestroy", uuid)?;
        if domain.live.take().is_none() {
            return Err(invalid("DomainDestroy", "domain is not running"));
        }
        domain.record.id = None;
        domain.record.state = DomainState::Shutoff;
        let event = domain_event(domain, DomainChange::Stopped);
        self.domains
            .retain(|domain| domain.record.persistent || domain.live.is_some());
        Ok(vec![event])
    }

    pub(super) fn pause(&mut self, uuid: Uuid, pause: bool) -> Result<Vec<Event>, Error> {
        let call = if pause { "DomainSuspend" } else { "DomainResume" };
        let domain = self.domain_mut(call, uuid)?;
        if domain.live.is_none() {
            return Err(invalid(call, "domain is not running"));
        }
        domain.record.state = if pause {
            DomainState::Paused
        } else {
            DomainState::Running
        };
        let change = if pause {
            DomainChange::Suspended
        } else {
            DomainChange::Resumed
        };
        Ok(vec![domain_event(domain, change)])
    }

    pub(super) fn network_mut(&mut self, call: &str, uuid: Uuid) -> Result<&mut FakeNetwork, Error> {
        self.networks
            .iter_mut()
            .find(|known| known.record.uuid == uuid)
            .ok_or_else(|| no_network(call, uuid))
    }

    pub(super) fn define_network(&mut self, xml: &str, create: bool) -> Result<(Uuid, Vec<Event>), Error> {
        let call = if create {
            "NetworkCreateXML"
        } else {
            "NetworkDefineXMLFlags"
        };
        let new = FakeNetwork::defined(xml).map_err(|error| bad_xml(call, error))?;
        let new = if create { new.transient().active() } else { new };
        let uuid = new.record.uuid;
        let change = if create {
            NetworkChange::Started
        } else {
            NetworkChange::Defined
        };
        let event = network_event(&new, change);
        if let Some(known) = self
            .networks
            .iter_mut()
            .find(|known| known.record.name == new.record.name)
        {
            if known.record.uuid != uuid || create {
                let message = format!(
                    "network '{}' already exists with uuid {}",
                    known.record.name, known.record.uuid
                );
                return Err(rejected(call, 19, code::OPERATION_FAILED, message));
            }
            known.config = new.config;
            known.record.persistent = true;
        } else {
            self.networks.push(new);
        }
        Ok((uuid, vec![event]))
    }

    pub(super) fn start_network(&mut self, uuid: Uuid) -> Result<Vec<Event>, Error> {
        let network = self.network_mut("NetworkCreate", uuid)?;
        if network.live.is_some() {
            return Err(invalid("NetworkCreate", "network is already active"));
        }
        network.live = Some(network.config.clone());
        network.record.active = true;
        Ok(vec![network_event(network, NetworkChange::Started)])
    }

    pub(super) fn destroy_network(&mut self, uuid: Uuid) -> Result<Vec<Event>, Error> {
        let network = self.network_mut("NetworkDestroy", uuid)?;
        if network.live.take().is_none() {
            return Err(invalid("NetworkDestroy", "network is not active"));
        }
        network.record.active = false;
        let event = network_event(network, NetworkChange::Stopped);
        self.networks
            .retain(|network| network.record.persistent || network.record.active);
        Ok(vec![event])
    }

    pub(super) fn undefine_network(&mut self, uuid: Uuid) -> Result<Vec<Event>, Error> {
        let network = self.network_mut("NetworkUndefine", uuid)?;
        let event = network_event(network, NetworkChange::Undefined);
        network.record.persistent = false;
        network.record.autostart = false;
        self.networks
            .retain(|network| network.record.persistent || network.record.active);
        Ok(vec![event])
    }

    /// Changes a portgroup; the fake keeps no DHCP or DNS server that the other sections would reach.
    pub(super) fn update_network(
        &mut self,
        uuid: Uuid,
        update: &NetworkUpdate,
        affect: Affect,
    ) -> Result<(), Error> {
        let call = "NetworkUpdate";
        let network = self.network_mut(call, uuid)?;
        if affect.is_live() && network.live.is_none() {
            return Err(invalid(call, "network is not running"));
        }
        if update.section != NetworkUpdateSection::Portgroup {
            return Err(unsupported(call, "the fake updates portgroups only"));
        }
        let fragment = Document::parse(update.xml.as_str()).map_err(|error| bad_xml(call, error))?;
        let group = PortGroup::read(fragment.root()).map_err(|error| bad_xml(call, error))?;
        let changed = |document: &Document| -> Result<Document, Error> {
            let view = Network::of(document).map_err(|error| bad_xml(call, error))?;
            let known = view
                .portgroup(Some(&group.name))
                .map_err(|error| bad_xml(call, error))?
                .is_some();
            let adds = matches!(
                update.command,
                NetworkUpdateCommand::AddFirst | NetworkUpdateCommand::AddLast
            );
            if known == adds {
                let message = if known { "already exists" } else { "does not exist" };
                return Err(invalid(call, &format!("portgroup '{}' {message}", group.name)));
            }
            let mut edit = document.edit();
            match update.command {
                NetworkUpdateCommand::Delete => view.edit(&mut edit).remove_portgroup(&group.name),
                _ => view.edit(&mut edit).portgroup(&group),
            };
            edit.finish().map_err(|error| bad_xml(call, error))
        };
        let live = network
            .live
            .as_ref()
            .filter(|_| affect.is_live())
            .map(changed)
            .transpose()?;
        if affect.is_config() {
            network.config = changed(&network.config)?;
        }
        if live.is_some() {
            network.live = live;
        }
        Ok(())
    }
}

fn domain_event(domain: &FakeDomain, change: DomainChange) -> Event {
    Event::Domain {
        name: domain.record.name.clone(),
        uuid: domain.record.uuid,
        change,
        detail: 0,
    }
}

fn network_event(network: &FakeNetwork, change: NetworkChange) -> Event {
    Event::Network {
        name: network.record.name.clone(),
        uuid: network.record.uuid,
        change,
    }
}
