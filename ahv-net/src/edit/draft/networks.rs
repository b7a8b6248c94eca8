use libvirt_model::domain::Domain;
use libvirt_model::live::Definition;
use libvirt_model::network::{Network, NetworkEdit};
use libvirt_model::xml::Document;

use crate::edit::PlanError;
use crate::edit::base::{Documents, NetworkDocument};
use crate::edit::change::{NetworkChange, NetworkState};
use crate::edit::draft::{Draft, xml_error_of};

/// A NIC that names a network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct User {
    /// What it is called.
    pub(crate) nic: String,
    /// The portgroup that holds for it.
    pub(crate) portgroup: Option<String>,
    /// The portgroup that it asks for by name.
    pub(crate) asks_for: Option<String>,
}

impl Documents {
    /// The NICs that name a network, as they run or as they are defined, each once.
    ///
    /// # Errors
    /// When a document makes no sense.
    pub(crate) fn users(&self, network: &str, definitions: &[Definition]) -> Result<Vec<User>, PlanError> {
        let mut users = Vec::new();
        for domain in &self.domains {
            let name = &domain.record.name;
            let halves = [
                (Definition::Live, &domain.live),
                (Definition::Config, &domain.config),
            ];
            for (definition, document) in halves {
                let Some(document) = document.as_ref().filter(|_| definitions.contains(&definition)) else {
                    continue;
                };
                let failed = |error| xml_error_of(format!("domain {name}"), error);
                for nic in Domain::of(document).map_err(failed)?.interfaces() {
                    let source = nic.source().map_err(failed)?.unwrap_or_default();
                    if source.network.as_deref() != Some(network) {
                        continue;
                    }
                    let mac = nic.mac_address().map_err(failed)?;
                    users.push(User {
                        nic: match mac {
                            Some(mac) => format!("{name}/{mac}"),
                            None => name.clone(),
                        },
                        portgroup: self.effective(&nic, definition)?.portgroup,
                        asks_for: source.portgroup,
                    });
                }
            }
        }
        users.sort();
        users.dedup();
        Ok(users)
    }
}

/// What people call the parts of a libvirt network, in terms of documents.
impl Draft<'_> {
    /// Defines and starts a network that is not there.
    pub(crate) fn define_network(&mut self, name: &str, document: &Document) {
        let xml = document.as_str().to_owned();
        self.networks.push(NetworkChange {
            name: name.to_owned(),
            uuid: None,
            before: None,
            after: Some(NetworkState {
                live: Some(xml.clone()),
                xml,
                active: true,
                autostart: true,
            }),
        });
    }

    /// Changes a network in its definition and as it runs, and starts it where it does not.
    ///
    /// # Errors
    /// When it is not defined, or its documents cannot be edited so.
    pub(crate) fn change_network(
        &mut self,
        network: &NetworkDocument,
        start: bool,
        change: impl Fn(&Network<'_>, &mut NetworkEdit<'_, '_>) -> Result<(), PlanError>,
    ) -> Result<(), PlanError> {
        let name = &network.record.name;
        expect_defined(network)?;
        let edited = |document: &Document| -> Result<String, PlanError> {
            let failed = |error| xml_error_of(format!("network {name}"), error);
            let view = Network::of(document).map_err(failed)?;
            let mut edit = document.edit();
            change(&view, &mut view.edit(&mut edit))?;
            Ok(edit.finish().map_err(failed)?.as_str().to_owned())
        };
        let before = state(network);
        let xml = edited(&network.xml)?;
        let after = NetworkState {
            live: match &network.live {
                Some(live) => Some(edited(live)?),
                None => start.then(|| xml.clone()),
            },
            xml,
            active: before.active || start,
            autostart: before.autostart || start,
        };
        if before != after {
            self.networks.push(NetworkChange {
                name: name.clone(),
                uuid: Some(network.record.uuid),
                before: Some(before),
                after: Some(after),
            });
        }
        Ok(())
    }

    /// Stops a network and takes its definition away.
    ///
    /// # Errors
    /// When it is not defined, so that nothing could bring it back.
    pub(crate) fn undefine_network(&mut self, network: &NetworkDocument) -> Result<(), PlanError> {
        expect_defined(network)?;
        self.networks.push(NetworkChange {
            name: network.record.name.clone(),
            uuid: Some(network.record.uuid),
            before: Some(state(network)),
            after: None,
        });
        Ok(())
    }

    /// The NICs that name a network, running or defined, each once.
    ///
    /// # Errors
    /// When a document makes no sense.
    pub(crate) fn users(&self, network: &str) -> Result<Vec<User>, PlanError> {
        self.documents()?
            .users(network, &[Definition::Live, Definition::Config])
    }
}

/// The names of NICs, for a sentence.
pub(crate) fn names(users: &[User]) -> String {
    let mut names: Vec<&str> = users.iter().map(|user| user.nic.as_str()).collect();
    names.dedup();
    names.join(", ")
}

fn state(network: &NetworkDocument) -> NetworkState {
    NetworkState {
        xml: network.xml.as_str().to_owned(),
        live: network.live.as_ref().map(|live| live.as_str().to_owned()),
        active: network.record.active,
        autostart: network.record.autostart,
    }
}

fn expect_defined(network: &NetworkDocument) -> Result<(), PlanError> {
    match network.record.persistent {
        true => Ok(()),
        false => Err(PlanError::refused(format!(
            "network {} runs but is not defined, so a change of it would be lost: define it first with virsh \
             net-define",
            network.record.name
        ))),
    }
}
