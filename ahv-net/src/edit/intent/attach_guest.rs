use libvirt_model::domain::{Interface, InterfaceBuilder};
use libvirt_model::vocab::{MacAddr, VlanId};
use libvirt_model::xml::Document;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::{Connection, Edit, acropolis};
use crate::edit::draft::{Draft, fragments, halves, xml_error};
use crate::edit::{DomainDocuments, PlanError};

/// Plugs a new NIC into a guest, live and in its definition.
///
/// Without a hardware address the NIC gets one that follows from the guest and from what it is plugged into,
/// so that the same edit again finds its NIC there. For a second NIC in one place, name its address.
///
/// # Examples
/// ```
/// use ahv_net::edit::AttachGuest;
///
/// let portgroup = AttachGuest::to_network("guest-vlan32", "VM-Network").portgroup("vlan50");
/// let bridge = AttachGuest::to_bridge("guest-vlan32", "br0")
///     .mac("50:6b:8d:00:00:30".parse()?)
///     .vlan(40.try_into()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachGuest {
    /// Name or UUID of the domain.
    pub domain: String,
    /// The NIC's hardware address; `None` lets the plan choose one.
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

impl AttachGuest {
    fn new(domain: impl Into<String>, to: Connection) -> Self {
        Self {
            domain: domain.into(),
            mac: None,
            to,
            vlan: None,
        }
    }

    /// A NIC on a libvirt network.
    #[must_use]
    pub fn to_network(domain: impl Into<String>, network: impl Into<String>) -> Self {
        Self::new(domain, Connection::network(network))
    }

    /// A NIC on a bridge of the host.
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

    /// With this hardware address.
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

impl Edit for AttachGuest {
    fn title(&self) -> String {
        self.to.title("attach_guest", &self.domain, self.mac, self.vlan)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        self.plug_in(draft, |nic| nic)
    }
}

impl AttachGuest {
    /// Plugs it in, with what else the NIC shall be.
    pub(crate) fn plug_in(
        &self,
        draft: &mut Draft<'_>,
        more: impl FnOnce(InterfaceBuilder) -> InterfaceBuilder,
    ) -> Result<(), PlanError> {
        let domain = draft.domain(&self.domain)?;
        let plug = self.to.resolve(draft, domain, self.vlan)?;
        let mac = match self.mac {
            Some(mac) => mac,
            None => self.chosen(draft, domain)?,
        };
        expect_unicast(mac)?;
        let name = &domain.record.name;
        let users = draft.domains_with(mac)?;
        for other in &users {
            if other.record.uuid != domain.record.uuid {
                return Err(PlanError::refused(format!(
                    "the address {mac} is that of a NIC of {} already: give this one another",
                    other.record.name
                )));
            }
            self.expect_same(draft, domain, mac, &plug)?;
        }
        let links = &draft.base.topology().links;
        // A guest's own NIC may be a link of the host too, as a macvtap is.
        if let Some(link) = links.iter().find(|link| link.mac == Some(mac))
            && users.is_empty()
        {
            return Err(PlanError::refused(format!(
                "the address {mac} is that of the host's own {}: give the NIC another",
                link.name
            )));
        }
        let nic = plug.nic(Some(mac), Some(interfaceid(domain.record.uuid, mac)));
        let place = match draft.is_ahv() {
            true => acropolis::Place::of(draft, &self.to, nic.clone())?,
            false => None,
        };
        draft.attach_nic(domain, mac, more(nic))?;
        if let Some(place) = place {
            draft.equivalent(acropolis::nic_create(name, mac, &place));
        }
        Ok(())
    }

    /// A NIC with this address is there: it must be the one that is wanted.
    fn expect_same(
        &self,
        draft: &Draft<'_>,
        domain: &DomainDocuments,
        mac: MacAddr,
        plug: &super::connection::Plug,
    ) -> Result<(), PlanError> {
        let name = &domain.record.name;
        let found = fragments(domain, mac)?;
        for (definition, document) in halves(&found) {
            let nic = Interface::of(document).map_err(|error| xml_error(name, error))?;
            if !self.to.is_of(draft, &nic, definition)? {
                return Err(PlanError::refused(format!(
                    "{name} has a NIC {mac} already, plugged into {}: move it with move_guest {name} {mac} {}",
                    place(document),
                    self.to
                )));
            }
            if !plug.has_vlan(draft, &nic, definition)? {
                return Err(PlanError::refused(format!(
                    "{name} has that NIC already, on another VLAN: change it with set_vlan {mac}"
                )));
            }
        }
        Ok(())
    }

    /// An address of QEMU's own range that nobody has; where the guest has a NIC in that place already, that NIC's.
    fn chosen(&self, draft: &Draft<'_>, domain: &DomainDocuments) -> Result<MacAddr, PlanError> {
        for attempt in 0..u16::MAX {
            let seed = format!("{} {} {attempt}", domain.record.uuid, self.to);
            let [.., a, b, c] = hash(&seed).to_be_bytes();
            let mac = MacAddr::new([0x52, 0x54, 0x00, a, b, c]);
            let users = draft.domains_with(mac)?;
            let link = draft
                .base
                .topology()
                .links
                .iter()
                .any(|link| link.mac == Some(mac));
            let is_own = |user: &&DomainDocuments| user.record.uuid == domain.record.uuid;
            if users.iter().all(is_own) && (!link || !users.is_empty()) {
                return Ok(mac);
            }
        }
        Err(PlanError::refused(
            "no hardware address is free: name one".to_owned(),
        ))
    }
}

/// Where a NIC is plugged in, in people's words.
pub(super) fn place(nic: &Document) -> String {
    let source = Interface::of(nic)
        .ok()
        .and_then(|nic| nic.source().ok().flatten())
        .unwrap_or_default();
    match (source.network, source.portgroup, source.bridge) {
        (Some(network), Some(portgroup), _) => format!("network {network}, portgroup {portgroup}"),
        (Some(network), None, _) => format!("network {network}"),
        (None, _, Some(bridge)) => format!("bridge {bridge}"),
        (None, _, None) => "something else".to_owned(),
    }
}

fn expect_unicast(mac: MacAddr) -> Result<(), PlanError> {
    let [first, ..] = mac.bytes();
    match first & 1 == 1 || mac.bytes() == [0; 6] {
        true => Err(PlanError::refused(format!(
            "{mac} is no address for a NIC: it is of a group, or all zeroes"
        ))),
        false => Ok(()),
    }
}

/// The `interfaceid` of a NIC, named so that the running guest and its definition agree: libvirt would make up one
/// for each.
pub(super) fn interfaceid(domain: Uuid, mac: MacAddr) -> Uuid {
    let seed = format!("{domain} {mac}");
    Builder::from_custom_bytes(hash(&seed).to_be_bytes()).into_uuid()
}

/// FNV-1a of 128 bits: the same on every machine and in every release.
fn hash(text: &str) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes()
        .fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}
