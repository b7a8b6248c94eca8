//! How Nutanix's acli says what an edit does: its networks have one VLAN each, and a NIC has that of its network.

use libvirt_model::domain::{Interface, InterfaceBuilder};
use libvirt_model::live::Definition;
use libvirt_model::network::{Network, PortVlan};
use libvirt_model::vocab::{MacAddr, VlanId};

use super::Connection;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, xml_error};

/// The bridge on which acli puts a network that names none.
const DEFAULT_BRIDGE: &str = "br0";

/// Makes a network of this VLAN.
pub(super) fn net_create(name: &str, vlan: VlanId, bridge: &str) -> Fix {
    let (vlan, bridge) = (format!("vlan={vlan}"), on(bridge));
    let words = ["net.create", name, &vlan].into_iter().chain(bridge.as_deref());
    Fix::acli(&words.collect::<Vec<_>>())
}

/// Gives a guest a new NIC.
pub(super) fn nic_create(domain: &str, mac: MacAddr, place: &Place) -> Fix {
    let mac = format!("mac={mac}");
    place.said(&["vm.nic_create", domain, &place.network(), &mac])
}

/// Plugs a guest's NIC into another network.
pub(super) fn nic_update(domain: &str, mac: MacAddr, place: &Place) -> Fix {
    place.said(&["vm.nic_update", domain, &mac.to_string(), &place.network()])
}

/// Where a NIC is to be, as the cluster sees it.
#[derive(Debug)]
pub(super) struct Place {
    /// libvirt's network, whose name may be the cluster's too; none for a bridge.
    network: Option<String>,
    bridge: Option<String>,
    vlan: Option<VlanId>,
}

impl Place {
    /// Where such a NIC would be; `None` where acli has no word for it: a trunk, or a bridge without a VLAN.
    ///
    /// # Errors
    /// When libvirt's documents make no sense.
    pub(super) fn of(
        draft: &Draft<'_>,
        to: &Connection,
        nic: InterfaceBuilder,
    ) -> Result<Option<Self>, PlanError> {
        let failed = |error| xml_error("of the NIC", error);
        let document = nic.document().map_err(failed)?;
        let effective = draft.effective(&Interface::of(&document).map_err(failed)?, Definition::Live)?;
        let vlan = effective.vlan.map(|vlan| PortVlan::from(&vlan.value));
        if vlan.as_ref().is_some_and(|vlan| !vlan.trunks.is_empty()) {
            return Ok(None);
        }
        let vlan = vlan.and_then(|vlan| vlan.tag);
        let (network, bridge) = match to {
            Connection::Network { name, .. } => {
                let network = Network::of(draft.network(name)?.current()).map_err(failed)?;
                let bridge = network.bridge().map_err(failed)?;
                (Some(name.clone()), bridge.and_then(|bridge| bridge.name))
            }
            Connection::Bridge(bridge) => (None, Some(bridge.clone())),
        };
        let has_word = network.is_some() || vlan.is_some();
        Ok(has_word.then_some(Self {
            network,
            bridge,
            vlan,
        }))
    }

    /// How the cluster calls the network: it knows no portgroups, so with a VLAN nobody but the cluster can tell.
    fn network(&self) -> String {
        match (&self.network, self.vlan) {
            (Some(network), None) => format!("network={network}"),
            _ => "network=NETWORK".to_owned(),
        }
    }

    fn said(&self, words: &[&str]) -> Fix {
        let line = Fix::acli(words);
        let Some(vlan) = self.vlan else { return line };
        let bridge = self.bridge.as_deref().unwrap_or(DEFAULT_BRIDGE);
        let create = net_create(&format!("vlan{vlan}"), vlan, bridge);
        line.remark(&format!(
            "NETWORK is one of VLAN {vlan}: acli net.list, or {}",
            create.command
        ))
    }
}

fn on(bridge: &str) -> Option<String> {
    (bridge != DEFAULT_BRIDGE).then(|| format!("vswitch_name={bridge}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nic_with_a_vlan_goes_to_a_network_of_that_vlan() {
        let mac = "50:6b:8d:00:00:20".parse().unwrap();
        let mut place = Place {
            network: Some("VM-Network".to_owned()),
            bridge: Some("br1".to_owned()),
            vlan: Some(VlanId::new(40).unwrap()),
        };
        assert_eq!(
            nic_update("web", mac, &place).command,
            "acli vm.nic_update web 50:6b:8d:00:00:20 network=NETWORK  # NETWORK is one of VLAN 40: acli net.list, or acli \
             net.create vlan40 vlan=40 vswitch_name=br1"
        );
        place.vlan = None;
        assert_eq!(
            nic_create("web", mac, &place).command,
            "acli vm.nic_create web network=VM-Network mac=50:6b:8d:00:00:20"
        );
    }
}
