use libvirt_model::domain::{InterfaceBuilder, Link, LinkState};
use libvirt_model::vocab::{MacAddr, VlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::edit::draft::{Draft, macs};
use crate::edit::intent::{
    AttachGuest, Connection, DetachGuest, Edit, MoveGuest, SetLink, SetVlan, VlanSetting,
};
use crate::edit::{DomainDocuments, PlanError};

/// What a guest's NIC shall be, live and in its definition. What is not said stays as it is.
///
/// # Examples
/// ```
/// use ahv_net::edit::DesiredNic;
///
/// let nic: DesiredNic = serde_json::from_str(r#"{
///     "domain": "guest-vlan32", "mac": "50:6b:8d:00:00:30",
///     "to": {"network": {"name": "VM-Network", "portgroup": "vlan50"}}, "up": true
/// }"#)?;
/// assert_eq!(nic.vlan, None, "its portgroup says which");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredNic {
    /// Its hardware address.
    #[schemars(with = "String")]
    pub mac: MacAddr,
    /// Name or UUID of its domain; `None` is the one that has a NIC of that address. A NIC that is not there is plugged
    /// into the domain that is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// What it is plugged into. A NIC that moves has the VLAN that is said here, or that of its network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Connection>,
    /// Its VLANs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<VlanSetting>,
    /// Whether its virtual cable is plugged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<bool>,
    /// It shall not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
}

impl DesiredNic {
    pub(super) fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let (mac, is_vlan_alone) = (
            self.mac,
            self.domain.is_none() && self.to.is_none() && self.up.is_none(),
        );
        if self.absent && (self.to.is_some() || self.vlan.is_some() || self.up.is_some()) {
            return Err(PlanError::refused(format!(
                "the NIC {mac} shall be absent, and yet be something: say one or the other"
            )));
        }
        if let (true, false, Some(vlan)) = (is_vlan_alone, self.absent, &self.vlan) {
            // The database alone knows enough for that.
            let (port, vlan) = (mac.to_string(), vlan.clone());
            return SetVlan { port, vlan }.edit(draft);
        }
        let Some(domain) = self.domain(draft)? else {
            return Ok(());
        };
        let name = domain.record.name.clone();
        if self.absent {
            return DetachGuest::new(name).mac(mac).edit(draft);
        }
        match (macs(domain).contains(&mac), &self.to) {
            (true, Some(to)) => self.move_to(draft, domain, to)?,
            (true, None) => self.set_vlan(draft)?,
            (false, Some(to)) => return self.attach(draft, &name, to),
            (false, None) => {
                return Err(PlanError::NotFound {
                    what: format!("NIC {mac} in {name}"),
                    hint: "; say with \"to\" what it shall be plugged into".to_owned(),
                });
            }
        }
        match self.up {
            Some(up) => {
                let domain = name;
                let mac = Some(mac);
                SetLink { domain, mac, up }.edit(draft)
            }
            None => Ok(()),
        }
    }

    /// The domain; `None` where it has no NIC to be rid of.
    fn domain<'b>(&self, draft: &Draft<'b>) -> Result<Option<&'b DomainDocuments>, PlanError> {
        let mac = self.mac;
        let with_it = draft.domains_with(mac)?;
        if let Some(name) = &self.domain {
            let domain = draft.domain(name)?;
            let mut others = with_it.iter();
            return match others.find(|other| other.record.uuid != domain.record.uuid) {
                Some(other) => Err(PlanError::refused(format!(
                    "the address {mac} is that of a NIC of {} already: give this one another",
                    other.record.name
                ))),
                None => Ok(Some(domain)),
            };
        }
        match with_it.as_slice() {
            [domain] => Ok(Some(domain)),
            [] if self.absent => Ok(None),
            [] => Err(PlanError::NotFound {
                what: format!("NIC {mac}"),
                hint: "; name the domain that it shall be plugged into".to_owned(),
            }),
            several => {
                let names: Vec<&str> = several.iter().map(|domain| domain.record.name.as_str()).collect();
                Err(PlanError::Ambiguous(format!(
                    "the address {mac} is that of a NIC of each of {}: name the domain",
                    names.join(", ")
                )))
            }
        }
    }

    fn access(&self) -> Option<VlanId> {
        match &self.vlan {
            Some(VlanSetting::Access(vlan)) => Some(*vlan),
            _ => None,
        }
    }

    fn set_vlan(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        match &self.vlan {
            Some(vlan) => vlan.edit_nic(draft, self.mac),
            None => Ok(()),
        }
    }

    fn move_to(
        &self,
        draft: &mut Draft<'_>,
        domain: &DomainDocuments,
        to: &Connection,
    ) -> Result<(), PlanError> {
        let intent = MoveGuest {
            domain: domain.record.name.clone(),
            mac: Some(self.mac),
            to: to.clone(),
            vlan: self.access(),
        };
        if intent.is_there(draft, domain, self.mac)? {
            return self.set_vlan(draft);
        }
        intent.edit(draft)?;
        match &self.vlan {
            // libvirt makes its port anew, so it is told alone.
            Some(vlan @ VlanSetting::Trunk { .. }) => {
                vlan.check()?;
                vlan.change(draft, domain, self.mac)
            }
            _ => Ok(()),
        }
    }

    fn attach(&self, draft: &mut Draft<'_>, domain: &str, to: &Connection) -> Result<(), PlanError> {
        if let Some(vlan) = &self.vlan {
            vlan.check()?;
        }
        let intent = AttachGuest {
            domain: domain.to_owned(),
            mac: Some(self.mac),
            to: to.clone(),
            vlan: self.access(),
        };
        intent.plug_in(draft, |nic: InterfaceBuilder| {
            let nic = match self.vlan.as_ref().and_then(VlanSetting::to_libvirt) {
                Some(vlan) => nic.vlan(vlan),
                None => nic,
            };
            match self.up {
                Some(false) => nic.link(Link::new(LinkState::Down)),
                _ => nic,
            }
        })
    }
}
