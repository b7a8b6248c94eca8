use libvirt_model::network::{Network, NetworkBuilder, PortGroup};
use libvirt_model::vocab::YesNo;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::expect_openvswitch;
use super::{Edit, VlanSetting, acropolis};
use crate::check::Fix;
use crate::edit::draft::{Draft, xml_error_of};
use crate::edit::{NetworkDocument, PlanError};

/// Defines a libvirt network on a bridge of Open vSwitch, and starts it now and with libvirtd.
///
/// A network of that name on that bridge is completed: portgroups that are named here are made or changed, others
/// stay.
///
/// # Examples
/// ```
/// use ahv_net::edit::{DefineNetwork, Portgroup};
///
/// let intent = DefineNetwork::new("guests", "br0")
///     .portgroup(Portgroup::access("vlan50", 50.try_into()?))
///     .portgroup(Portgroup::untagged("plain").default());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineNetwork {
    /// Its name.
    pub name: String,
    /// The bridge, which has to be there.
    pub bridge: String,
    /// Its portgroups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portgroups: Vec<Portgroup>,
}

/// A named class of NICs of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Portgroup {
    /// The name by which a NIC asks for it.
    pub name: String,
    /// The VLANs of its NICs.
    pub vlan: VlanSetting,
    /// Whether it holds for NICs that name none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
}

impl Portgroup {
    /// With these VLANs.
    #[must_use]
    pub fn new(name: impl Into<String>, vlan: VlanSetting) -> Self {
        Self {
            name: name.into(),
            vlan,
            default: false,
        }
    }

    /// With one VLAN, untagged for the guest.
    #[must_use]
    pub fn access(name: impl Into<String>, vlan: libvirt_model::vocab::VlanId) -> Self {
        Self::new(name, VlanSetting::Access(vlan))
    }

    /// Without a VLAN.
    #[must_use]
    pub fn untagged(name: impl Into<String>) -> Self {
        Self::new(name, VlanSetting::Clear)
    }

    /// It holds for NICs that name none.
    #[must_use]
    pub fn default(mut self) -> Self {
        self.default = true;
        self
    }

    /// As it shall be, given as it is: what it says beside its VLANs stays.
    ///
    /// # Errors
    /// When its VLANs contradict each other, or it has no name.
    pub(super) fn over(&self, known: Option<PortGroup>) -> Result<PortGroup, PlanError> {
        self.vlan.check()?;
        self.vlan.expect_word_of_libvirt()?;
        if self.name.trim().is_empty() {
            return Err(PlanError::refused("a portgroup has a name".to_owned()));
        }
        let mut group = known.unwrap_or_else(|| PortGroup::new(&self.name));
        group.vlan = self.vlan.to_libvirt();
        if self.default {
            group.default = Some(YesNo::Yes);
        }
        Ok(group)
    }
}

impl DefineNetwork {
    /// Without portgroups.
    #[must_use]
    pub fn new(name: impl Into<String>, bridge: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            bridge: bridge.into(),
            portgroups: Vec::new(),
        }
    }

    /// With this portgroup.
    #[must_use]
    pub fn portgroup(mut self, portgroup: Portgroup) -> Self {
        self.portgroups.push(portgroup);
        self
    }

    fn check(&self) -> Result<(), PlanError> {
        if self.name.trim().is_empty() || self.name.contains('/') {
            return Err(PlanError::refused(format!(
                "{:?} is no name for a network: libvirt keeps it in a file of that name",
                self.name
            )));
        }
        let mut names: Vec<&str> = self.portgroups.iter().map(|group| group.name.as_str()).collect();
        names.sort_unstable();
        if let Some([twice, _]) = names
            .windows(2)
            .map(|pair| [pair.first(), pair.last()])
            .find(|[a, b]| a == b)
        {
            return Err(PlanError::refused(format!(
                "portgroup {} is named twice",
                twice.copied().unwrap_or_default()
            )));
        }
        let defaults = self.portgroups.iter().filter(|group| group.default).count();
        match defaults > 1 {
            true => Err(PlanError::refused(
                "a network has one default portgroup at most".to_owned(),
            )),
            false => Ok(()),
        }
    }

    fn complete(&self, draft: &mut Draft<'_>, network: &NetworkDocument) -> Result<(), PlanError> {
        let failed = |error| xml_error_of(format!("network {}", self.name), error);
        let view = Network::of(&network.xml).map_err(failed)?;
        let bridge = view.bridge().map_err(failed)?.and_then(|bridge| bridge.name);
        let is_openvswitch = view
            .virtualport()
            .map_err(failed)?
            .is_some_and(|port| port.is_openvswitch());
        if bridge.as_deref() != Some(&self.bridge) || !is_openvswitch {
            let is = match (&bridge, is_openvswitch) {
                (Some(bridge), true) => format!("on bridge {bridge}"),
                (Some(bridge), false) => format!("on bridge {bridge}, and not of Open vSwitch"),
                (None, _) => "on no bridge".to_owned(),
            };
            return Err(PlanError::refused(format!(
                "network {} is there already, {is}: undefine it first, or name this one otherwise",
                self.name
            )));
        }
        draft.change_network(network, true, |view, edit| {
            for group in &self.portgroups {
                set(view, edit, group, &self.name)?;
            }
            Ok(())
        })
    }
}

impl DefineNetwork {
    /// What does it on a Nutanix host, whose networks have one VLAN each and no portgroups.
    fn equivalent(&self, draft: &mut Draft<'_>) {
        if !draft.is_ahv() {
            return;
        }
        let mut made = false;
        for group in &self.portgroups {
            if let VlanSetting::Access(vlan) = group.vlan {
                draft.equivalent(acropolis::net_create(&group.name, vlan, &self.bridge));
                made = true;
            }
        }
        if !made {
            draft.equivalent(Fix::acli(&["net.create", &self.name]));
        }
    }
}

/// Makes or changes a portgroup; one that is so already is not touched.
pub(super) fn set(
    view: &Network<'_>,
    edit: &mut libvirt_model::network::NetworkEdit<'_, '_>,
    group: &Portgroup,
    network: &str,
) -> Result<(), PlanError> {
    let failed = |error| xml_error_of(format!("network {network}"), error);
    let groups = view.portgroups().map_err(failed)?;
    let known = groups.iter().find(|known| known.name == group.name);
    if let Some(other) = groups
        .iter()
        .find(|other| other.is_default() && other.name != group.name)
        && group.default
    {
        return Err(PlanError::refused(format!(
            "network {network} has the default portgroup {} already",
            other.name
        )));
    }
    let after = group.over(known.cloned())?;
    if known != Some(&after) {
        edit.portgroup(&after);
    }
    Ok(())
}

impl Edit for DefineNetwork {
    fn title(&self) -> String {
        let mut title = format!("define_network {} --bridge {}", self.name, self.bridge);
        for group in &self.portgroups {
            title += &format!(" --portgroup {}", group.name);
            match &group.vlan {
                VlanSetting::Access(vlan) => title += &format!("={vlan}"),
                VlanSetting::Clear => {}
                // A command line has no word for it.
                other => title += &format!("({other})"),
            }
        }
        for group in self.portgroups.iter().filter(|group| group.default) {
            title += &format!(" --default {}", group.name);
        }
        title
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        self.check()?;
        expect_openvswitch(draft, &self.bridge)?;
        if let Some(network) = draft.documents()?.network(&self.name) {
            return self.complete(draft, network);
        }
        let mut groups = Vec::new();
        for group in &self.portgroups {
            groups.push(group.over(None)?);
        }
        let document = NetworkBuilder::openvswitch(&self.name, &self.bridge)
            .portgroups(groups)
            .document()
            .map_err(|error| xml_error_of(format!("network {}", self.name), error))?;
        draft.define_network(&self.name, &document);
        self.equivalent(draft);
        Ok(())
    }
}
