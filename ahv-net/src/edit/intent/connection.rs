use std::fmt;

use libvirt_model::domain::{
    Interface, InterfaceBuilder, InterfaceType, Mac, Model, Source, VirtualPort, Vlan,
};
use libvirt_model::live::Definition;
use libvirt_model::network::{ForwardMode, Network, PortVlan};
use libvirt_model::vocab::{MacAddr, VlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::edit::draft::{Draft, xml_error};
use crate::edit::{DomainDocuments, NetworkDocument, PlanError};
use crate::topology::BridgeKind;

/// What a guest's NIC is plugged into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Connection {
    /// A libvirt network.
    Network {
        /// Its name.
        name: String,
        /// The portgroup; `None` is the network's default one, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        portgroup: Option<String>,
    },
    /// A bridge of the host, of Open vSwitch or of the kernel.
    Bridge(String),
}

/// A connection that was found good on this host.
pub(crate) struct Plug {
    type_: InterfaceType,
    source: Source,
    is_openvswitch: bool,
    vlan: Option<Vlan>,
}

impl Connection {
    /// A libvirt network, by its default portgroup if it has one.
    pub fn network(name: impl Into<String>) -> Self {
        Self::Network {
            name: name.into(),
            portgroup: None,
        }
    }

    /// A bridge of the host.
    pub fn bridge(name: impl Into<String>) -> Self {
        Self::Bridge(name.into())
    }

    /// Through this portgroup of the network; a bridge has none.
    #[must_use]
    pub fn through(mut self, name: impl Into<String>) -> Self {
        if let Self::Network { portgroup, .. } = &mut self {
            *portgroup = Some(name.into());
        }
        self
    }

    /// The title of an intent that plugs a NIC in here.
    pub(super) fn title(
        &self,
        command: &str,
        domain: &str,
        mac: Option<MacAddr>,
        vlan: Option<VlanId>,
    ) -> String {
        let mut title = format!("{command} {domain}");
        if let Some(mac) = mac {
            title += &format!(" {mac}");
        }
        title += &format!(" {self}");
        if let Some(vlan) = vlan {
            title += &format!(" --vlan {vlan}");
        }
        title
    }

    /// Looks whether a NIC of this domain can be plugged in here.
    ///
    /// # Errors
    /// When the bridge, network or portgroup is not there, or cannot be used so.
    pub(crate) fn resolve(
        &self,
        draft: &Draft<'_>,
        domain: &DomainDocuments,
        vlan: Option<VlanId>,
    ) -> Result<Plug, PlanError> {
        let vlan = vlan.map(Vlan::access);
        let plug = match self {
            Self::Bridge(name) => {
                let is_openvswitch = is_openvswitch(draft, name)?;
                if vlan.is_some() && !is_openvswitch {
                    return Err(PlanError::refused(format!(
                        "{name} is a Linux bridge, on which libvirt gives a NIC no VLAN"
                    )));
                }
                Plug {
                    type_: InterfaceType::Bridge,
                    source: Source::bridge(name),
                    is_openvswitch,
                    vlan,
                }
            }
            Self::Network { name, portgroup } => {
                let network = draft.network(name)?;
                if domain.live.is_some() && !network.record.active {
                    return Err(PlanError::refused(format!(
                        "network {name} does not run, so no NIC can be plugged into it: start it with virsh net-start \
                         {name}"
                    )));
                }
                expect_portgroup(network, portgroup.as_deref())?;
                expect_bridge(draft, network)?;
                let mut plug = Plug {
                    type_: InterfaceType::Network,
                    source: Source::network(name, portgroup.clone()),
                    is_openvswitch: false,
                    vlan,
                };
                let document = plug
                    .nic(None, None)
                    .document()
                    .map_err(|error| xml_error("of the NIC", error))?;
                let nic = Interface::of(&document).map_err(|error| xml_error("of the NIC", error))?;
                let effective = draft.effective(&nic, Definition::Live)?;
                if !effective.conflicts.is_empty() {
                    return Err(PlanError::refused(format!(
                        "libvirt would not plug a NIC into network {name} so: {}",
                        effective.conflicts.join("; ")
                    )));
                }
                plug.is_openvswitch = effective.is_openvswitch();
                plug
            }
        };
        Ok(plug)
    }

    /// Whether a NIC is plugged in here already.
    pub(crate) fn is_of(
        &self,
        draft: &Draft<'_>,
        nic: &Interface<'_>,
        definition: Definition,
    ) -> Result<bool, PlanError> {
        let source = nic
            .source()
            .map_err(|error| xml_error("of the NIC", error))?
            .unwrap_or_default();
        Ok(match self {
            Self::Bridge(name) => source.network.is_none() && source.bridge.as_deref() == Some(name),
            Self::Network { name, portgroup } => {
                source.network.as_deref() == Some(name) && {
                    let has = draft.effective(nic, definition)?.portgroup;
                    let network = draft.network(name)?;
                    has == group_of(network, portgroup.as_deref())?
                }
            }
        })
    }
}

impl Plug {
    /// Whether the port is Open vSwitch's.
    pub(crate) fn is_openvswitch(&self) -> bool {
        self.is_openvswitch
    }

    /// The VLAN of its own that a NIC has here.
    pub(crate) fn vlan(&self) -> Option<&Vlan> {
        self.vlan.as_ref()
    }

    /// A new NIC.
    pub(crate) fn nic(&self, mac: Option<MacAddr>, interfaceid: Option<Uuid>) -> InterfaceBuilder {
        let mut nic = InterfaceBuilder::new(&self.type_, Some(self.source.clone())).model(Model::virtio());
        if let Some(mac) = mac {
            nic = nic.mac(Mac::new(mac));
        }
        if let Some(vlan) = &self.vlan {
            nic = nic.vlan(vlan.clone());
        }
        if self.is_openvswitch {
            nic = nic.virtualport(VirtualPort::openvswitch(interfaceid));
        }
        nic
    }

    /// Plugs a NIC that there is in here; what else it is stays.
    pub(crate) fn apply(
        &self,
        edit: &mut libvirt_model::domain::InterfaceEdit<'_, '_>,
        interfaceid: Option<Uuid>,
    ) {
        edit.type_(&self.type_)
            .source(self.source.clone())
            .vlan(self.vlan.clone())
            .virtualport(self.is_openvswitch.then(|| VirtualPort::openvswitch(interfaceid)));
    }

    /// Whether a NIC has the VLAN that it shall have here, of its own or from its network.
    pub(crate) fn has_vlan(
        &self,
        draft: &Draft<'_>,
        nic: &Interface<'_>,
        definition: Definition,
    ) -> Result<bool, PlanError> {
        let columns = |vlan: Option<&Vlan>| vlan.map(PortVlan::from).unwrap_or_default();
        let has = draft.effective(nic, definition)?.vlan.map(|vlan| vlan.value);
        let wanted = match &self.vlan {
            Some(vlan) => Some(vlan.clone()),
            None => draft.inherited_vlan(nic, definition)?,
        };
        Ok(columns(has.as_ref()) == columns(wanted.as_ref()))
    }
}

fn is_openvswitch(draft: &Draft<'_>, name: &str) -> Result<bool, PlanError> {
    let topology = draft.base.topology();
    match topology.bridge(name) {
        Some(bridge) => Ok(bridge.kind == BridgeKind::Ovs),
        // libvirt and the kernel know its name only where something of it was seen.
        None if draft.base.ovsdb.is_none() => Err(PlanError::NoSource {
            what: format!("bridge {name}"),
            source_name: "the Open_vSwitch database",
            flag: "name it with --ovsdb or --local",
        }),
        None => {
            let mut known: Vec<&str> = topology
                .bridges
                .iter()
                .map(|bridge| bridge.name.as_str())
                .collect();
            known.sort_unstable();
            Err(PlanError::NotFound {
                what: format!("bridge {name}"),
                hint: match known.as_slice() {
                    [] => "; the host has none: make it with add_bridge".to_owned(),
                    known => format!("; the host has {}", known.join(", ")),
                },
            })
        }
    }
}

/// Refuses a bridge that is not one of Open vSwitch.
pub(crate) fn expect_openvswitch(draft: &Draft<'_>, name: &str) -> Result<(), PlanError> {
    match is_openvswitch(draft, name)? {
        true => Ok(()),
        false => Err(PlanError::refused(format!(
            "{name} is a Linux bridge, and the network's NICs shall be ports of Open vSwitch"
        ))),
    }
}

fn expect_portgroup(network: &NetworkDocument, name: Option<&str>) -> Result<(), PlanError> {
    let Some(name) = name else { return Ok(()) };
    for document in [Some(&network.xml), network.live.as_ref()].into_iter().flatten() {
        let failed = |error| xml_error(&network.record.name, error);
        let groups = Network::of(document)
            .map_err(failed)?
            .portgroups()
            .map_err(failed)?;
        if groups.iter().all(|group| group.name != name) {
            let known: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
            return Err(PlanError::NotFound {
                what: format!("portgroup {name} in network {}", network.record.name),
                hint: match known.as_slice() {
                    [] => "; it has none: make it with set_portgroup".to_owned(),
                    known => format!("; it has {}", known.join(", ")),
                },
            });
        }
    }
    Ok(())
}

/// The portgroup that holds for a NIC that names this one, or none.
fn group_of(network: &NetworkDocument, name: Option<&str>) -> Result<Option<String>, PlanError> {
    let failed = |error| xml_error(&network.record.name, error);
    let group = Network::of(network.current())
        .map_err(failed)?
        .portgroup(name)
        .map_err(failed)?;
    Ok(group.map(|group| group.name))
}

/// A network on a bridge of the host is of no use without that bridge.
fn expect_bridge(draft: &Draft<'_>, network: &NetworkDocument) -> Result<(), PlanError> {
    let name = &network.record.name;
    let failed = |error| xml_error(name, error);
    let view = Network::of(network.current()).map_err(failed)?;
    let mode = view.forward().map_err(failed)?.and_then(|forward| forward.mode);
    let bridge = view.bridge().map_err(failed)?.and_then(|bridge| bridge.name);
    if let (Some(ForwardMode::Bridge), Some(bridge), true) = (mode, &bridge, draft.base.ovsdb.is_some())
        && draft.base.topology().bridge(bridge).is_none()
    {
        return Err(PlanError::refused(format!(
            "network {name} is on bridge {bridge}, which the host does not have: make it with add_bridge {bridge}"
        )));
    }
    Ok(())
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network { name, portgroup } => {
                write!(f, "--network {name}")?;
                match portgroup {
                    Some(portgroup) => write!(f, " --portgroup {portgroup}"),
                    None => Ok(()),
                }
            }
            Self::Bridge(name) => write!(f, "--bridge {name}"),
        }
    }
}
