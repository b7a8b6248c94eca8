use libvirt_model::domain::Interface;
use libvirt_model::live::Definition;
use libvirt_model::vocab::{MacAddr, VlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::attach_guest::interfaceid;
use super::connection::Plug;
use super::{Connection, Edit, VlanSetting, acropolis};
use crate::edit::draft::{Draft, fragments, halves, xml_error};
use crate::edit::{DomainDocuments, PlanError};

/// Plugs a guest's NIC into something else, live and in its definition.
///
/// The NIC stays what it is: its hardware address, its place on the guest's bus, its `interfaceid`, and the name
/// of its tap where that is its own and not one that libvirt numbers (`vnet5`). libvirt cannot re-plug a NIC of Open vSwitch while the guest runs, so it leaves and comes back,
/// which the guest sees. Without a VLAN of its own the NIC has the one that its network says; the old one does
/// not come along.
///
/// # Examples
/// ```
/// use ahv_net::edit::MoveGuest;
///
/// let intent = MoveGuest::to_network("guest-vlan32", "VM-Network").portgroup("vlan50");
/// let on_bridge = MoveGuest::to_bridge("guest-vlan32", "br1").vlan(40.try_into()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveGuest {
    /// Name or UUID of the domain.
    pub domain: String,
    /// The NIC's hardware address; `None` is the domain's only NIC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub mac: Option<MacAddr>,
    /// What it is plugged into.
    pub to: Connection,
    /// Its own VLAN, which counts more than that of a portgroup or network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u16>")]
    pub vlan: Option<VlanId>,
}

impl MoveGuest {
    fn new(domain: impl Into<String>, to: Connection) -> Self {
        Self {
            domain: domain.into(),
            mac: None,
            to,
            vlan: None,
        }
    }

    /// To a libvirt network.
    #[must_use]
    pub fn to_network(domain: impl Into<String>, network: impl Into<String>) -> Self {
        Self::new(domain, Connection::network(network))
    }

    /// To a bridge of the host.
    #[must_use]
    pub fn to_bridge(domain: impl Into<String>, bridge: impl Into<String>) -> Self {
        Self::new(domain, Connection::bridge(bridge))
    }

    /// Through this portgroup of the network; a bridge has none.
    #[must_use]
    pub fn portgroup(mut self, name: impl Into<String>) -> Self {
        self.to = self.to.through(name);
        self
    }

    /// The NIC of this hardware address.
    #[must_use]
    pub fn mac(mut self, mac: MacAddr) -> Self {
        self.mac = Some(mac);
        self
    }

    /// On this VLAN, whatever its portgroup says.
    #[must_use]
    pub fn vlan(mut self, vlan: VlanId) -> Self {
        self.vlan = Some(vlan);
        self
    }
}

impl Edit for MoveGuest {
    fn title(&self) -> String {
        self.to.title("move_guest", &self.domain, self.mac, self.vlan)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let domain = draft.domain(&self.domain)?;
        let mac = draft.nic(domain, self.mac)?;
        let plug = self.to.resolve(draft, domain, self.vlan)?;
        if self.is_there(draft, domain, mac)? && plug.is_openvswitch() {
            // Only the VLAN can differ, and that can change while it is plugged in.
            let setting = match self.vlan {
                Some(vlan) => VlanSetting::Access(vlan),
                None => VlanSetting::Clear,
            };
            return match domain.live.is_some() {
                true => setting.edit_nic(draft, mac),
                false => setting.change(draft, domain, mac),
            };
        }
        let name = &domain.record.name;
        let id = known_interfaceid(domain, mac)?.unwrap_or_else(|| interfaceid(domain.record.uuid, mac));
        draft.change_nic(domain, mac, |draft, definition, nic, edit| {
            if !(self.to.is_of(draft, nic, definition)? && has_own_vlan(&plug, nic, name, definition)?) {
                plug.apply(edit, Some(id));
            }
            Ok(())
        })?;
        if draft
            .nics
            .last()
            .is_some_and(|nic| nic.live.as_ref().is_some_and(|live| live.replug))
        {
            draft.note_lost_with_port(mac);
        }
        if draft.is_ahv()
            && let Some(place) = acropolis::Place::of(draft, &self.to, plug.nic(Some(mac), Some(id)))?
        {
            draft.equivalent(acropolis::nic_update(name, mac, &place));
        }
        Ok(())
    }
}

impl MoveGuest {
    /// Whether the NIC is plugged in there, both as it runs and as it is defined.
    pub(crate) fn is_there(
        &self,
        draft: &Draft<'_>,
        domain: &DomainDocuments,
        mac: MacAddr,
    ) -> Result<bool, PlanError> {
        let found = fragments(domain, mac)?;
        for (definition, document) in halves(&found) {
            let nic = Interface::of(document).map_err(|error| xml_error(&domain.record.name, error))?;
            if !self.to.is_of(draft, &nic, definition)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether the definition of a NIC that is in its place already has just the VLAN of its own that it shall have.
/// A running NIC's is the inherited one, too.
fn has_own_vlan(
    plug: &Plug,
    nic: &Interface<'_>,
    name: &str,
    definition: Definition,
) -> Result<bool, PlanError> {
    let own = nic.vlan().map_err(|error| xml_error(name, error))?;
    Ok(match (definition, plug.vlan()) {
        (Definition::Live, None) => true,
        (_, wanted) => own.as_ref() == wanted,
    })
}

/// The `interfaceid` that the NIC has: the running one's, which its port bears.
fn known_interfaceid(domain: &DomainDocuments, mac: MacAddr) -> Result<Option<Uuid>, PlanError> {
    let found = fragments(domain, mac)?;
    for (_, document) in halves(&found) {
        let failed = |error| xml_error(&domain.record.name, error);
        let nic = Interface::of(document).map_err(failed)?;
        let port = nic.virtualport().map_err(failed)?;
        if let Some(id) = port.and_then(|port| port.interfaceid()) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}
