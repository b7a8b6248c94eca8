use std::fmt;

use libvirt_model::domain::{Interface, InterfaceType, Vlan};
use libvirt_model::live::Definition;
use libvirt_model::network::{self, PortVlan, VlanTag};
use libvirt_model::vocab::{MacAddr, VlanId, YesNo};
use libvirt_model::xml::Document;
use ovsdb_client::table::RowUuid;
use ovsdb_client::value::Set;
use ovsdb_client::vswitch::{self as ovs, OpenVSwitch, Port, PortVlanMode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::draft::{Draft, fragments, xml_error};
use crate::edit::{DomainDocuments, PlanError};
use crate::topology::{Attachment, BridgeKind};

/// Puts a port on a VLAN, or on several.
///
/// The port is named, or found by the MAC address of the guest NIC behind it. Where libvirt plugs the NIC
/// in, its record is changed too, live and in the definition: else the VLAN would be lost when the guest
/// starts again.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetVlan;
///
/// let access = SetVlan::access("tap345", 40.try_into()?);
/// let trunk = SetVlan::trunk("50:6b:8d:00:00:20", [5.try_into()?, 6.try_into()?]).native(5.try_into()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetVlan {
    /// Name of the port, or MAC address of the guest NIC.
    pub port: String,
    /// The VLANs.
    pub vlan: VlanSetting,
}

/// The VLANs of a port: `Port.tag`, `trunks`, `cvlans` and `vlan_mode` of ovs-vswitchd.conf.db(5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum VlanSetting {
    /// One VLAN, of which the peer sees no tag.
    Access(#[schemars(with = "u16")] VlanId),
    /// These VLANs, tagged.
    Trunk {
        /// Which; none means all of them.
        #[schemars(with = "Vec<u16>")]
        vlans: Vec<VlanId>,
        /// The VLAN of untagged frames.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<u16>")]
        native: Option<VlanId>,
        /// Whether frames of the native VLAN leave tagged.
        #[serde(default)]
        native_mode: NativeMode,
    },
    /// Frames of the peer, tags and all, inside one VLAN: `dot1q-tunnel`, from schema 7.15.0 (OVS 2.8) on. libvirt has
    /// no word for it, so it is not for NICs that libvirt plugs in.
    Dot1qTunnel {
        /// The service VLAN, of which the peer sees no tag.
        #[schemars(with = "u16")]
        vlan: VlanId,
        /// The customer VLANs that pass; none means all of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(with = "Vec<u16>")]
        cvlans: Vec<VlanId>,
    },
    /// No VLAN of its own: a trunk of all VLANs, or what libvirt's network says.
    Clear,
}

/// How frames of the native VLAN leave: `vlan_mode` of ovs-vswitchd.conf.db(5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NativeMode {
    /// `native-tagged`.
    #[default]
    Tagged,
    /// `native-untagged`.
    Untagged,
}

impl SetVlan {
    /// The port carries one VLAN, untagged.
    #[must_use]
    pub fn access(port: impl Into<String>, vlan: VlanId) -> Self {
        Self {
            port: port.into(),
            vlan: VlanSetting::Access(vlan),
        }
    }

    /// The port carries these VLANs, tagged.
    #[must_use]
    pub fn trunk(port: impl Into<String>, vlans: impl IntoIterator<Item = VlanId>) -> Self {
        Self {
            port: port.into(),
            vlan: VlanSetting::Trunk {
                vlans: vlans.into_iter().collect(),
                native: None,
                native_mode: NativeMode::Tagged,
            },
        }
    }

    /// The port carries these customer VLANs (none: all), and untagged frames, inside one service VLAN.
    #[must_use]
    pub fn dot1q_tunnel(
        port: impl Into<String>,
        vlan: VlanId,
        cvlans: impl IntoIterator<Item = VlanId>,
    ) -> Self {
        Self {
            port: port.into(),
            vlan: VlanSetting::Dot1qTunnel {
                vlan,
                cvlans: cvlans.into_iter().collect(),
            },
        }
    }

    /// The port has no VLAN of its own.
    #[must_use]
    pub fn clear(port: impl Into<String>) -> Self {
        Self {
            port: port.into(),
            vlan: VlanSetting::Clear,
        }
    }

    /// Untagged frames of a trunk are of this VLAN, and its frames leave tagged.
    #[must_use]
    pub fn native(self, vlan: VlanId) -> Self {
        self.with_native(vlan, NativeMode::Tagged)
    }

    /// Untagged frames of a trunk are of this VLAN, and its frames leave untagged.
    #[must_use]
    pub fn native_untagged(self, vlan: VlanId) -> Self {
        self.with_native(vlan, NativeMode::Untagged)
    }

    fn with_native(mut self, vlan: VlanId, mode: NativeMode) -> Self {
        if let VlanSetting::Trunk {
            native, native_mode, ..
        } = &mut self.vlan
        {
            (*native, *native_mode) = (Some(vlan), mode);
        }
        self
    }
}

impl Edit for SetVlan {
    fn title(&self) -> String {
        format!("set_vlan {} {}", self.port, self.vlan)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        if self.vlan.names(VlanId::MAX) {
            draft.note("VLAN 4095 is reserved (IEEE 802.1Q): physical switches drop its frames");
        }
        match self.port.parse::<MacAddr>() {
            Ok(mac) => self.vlan.edit_nic(draft, mac),
            Err(_) => {
                let port = port_named(draft, &self.port)?;
                self.vlan.edit(draft, port)
            }
        }
    }
}

fn port_named(draft: &mut Draft<'_>, name: &str) -> Result<RowUuid<Port>, PlanError> {
    let error = match draft.rows()?.port(name) {
        Ok(port) => return Ok(port),
        Err(error) => error,
    };
    let bridges = &draft.base.topology().bridges;
    let on_linux = bridges
        .iter()
        .find(|bridge| bridge.kind == BridgeKind::Linux && bridge.ports.iter().any(|port| port.name == name));
    Err(match on_linux {
        Some(bridge) => PlanError::refused(format!(
            "{name} is a port of the Linux bridge {}, and VLANs are set on ports of Open vSwitch",
            bridge.name
        )),
        None => error,
    })
}

impl VlanSetting {
    /// Whether this VLAN is among those that it is about.
    fn names(&self, id: u16) -> bool {
        match self {
            Self::Access(vlan) => vlan.get() == id,
            Self::Trunk { vlans, native, .. } => vlans.iter().chain(native).any(|vlan| vlan.get() == id),
            Self::Dot1qTunnel { vlan, cvlans } => {
                vlan.get() == id || cvlans.iter().any(|vlan| vlan.get() == id)
            }
            Self::Clear => false,
        }
    }

    /// Gives a port these VLANs, in the database and in libvirt's record of the NIC behind it.
    pub(crate) fn edit(&self, draft: &mut Draft<'_>, port: RowUuid<Port>) -> Result<(), PlanError> {
        self.check()?;
        let name = draft.rows()?.get(port, Port::NAME)?;
        let attachment = draft
            .base
            .topology()
            .port(&name)
            .and_then(|port| port.attachment.clone());
        let nic = match &attachment {
            Some(attachment) if draft.base.libvirt.is_some() => self.set_nic(draft, &name, attachment)?,
            _ => {
                self.note_unseen_owner(draft, port, &name)?;
                None
            }
        };
        if let Self::Dot1qTunnel { vlan, cvlans } = self {
            return set_tunnel(draft, port, *vlan, cvlans);
        }
        // Where libvirt plugs it in, the columns as libvirt writes them, so that the two writers of one port agree.
        let vlan = nic.unwrap_or_else(|| self.to_libvirt());
        set_columns(draft, port, vlan.as_ref())
    }

    /// Gives the guest NIC of this hardware address these VLANs.
    pub(crate) fn edit_nic(&self, draft: &mut Draft<'_>, mac: MacAddr) -> Result<(), PlanError> {
        self.check()?;
        let topology = draft.base.topology();
        if let Some(name) = topology.port_by_mac(mac).map(|port| port.name.clone()) {
            let port = port_named(draft, &name)?;
            return self.edit(draft, port);
        }
        let several: Vec<&str> = topology
            .ports_by_mac(mac)
            .map(|port| port.name.as_str())
            .collect();
        if !several.is_empty() {
            return Err(PlanError::Ambiguous(format!(
                "NICs with the address {mac} stand behind {}: name the port",
                several.join(" and ")
            )));
        }
        let domains = match draft.base.libvirt {
            Some(_) => draft.domains_with(mac)?,
            None => Vec::new(),
        };
        match domains.as_slice() {
            [] => Err(PlanError::NotFound {
                what: format!("NIC with the address {mac}"),
                hint: "; show lists the NICs and their ports".to_owned(),
            }),
            [domain] => self.edit_unplugged(draft, domain, mac),
            several => {
                let names: Vec<&str> = several.iter().map(|domain| domain.record.name.as_str()).collect();
                Err(PlanError::Ambiguous(format!(
                    "the address {mac} is that of a NIC of each of {}: give all but one of them another first",
                    names.join(", ")
                )))
            }
        }
    }

    /// Of a NIC without a port: its guest is off, or it is not on Open vSwitch.
    fn edit_unplugged(
        &self,
        draft: &mut Draft<'_>,
        domain: &DomainDocuments,
        mac: MacAddr,
    ) -> Result<(), PlanError> {
        let name = &domain.record.name;
        let found = fragments(domain, mac)?;
        if found.live.is_some() {
            return Err(PlanError::refused(format!(
                "the NIC {mac} of {name} is plugged into no port of Open vSwitch, so it has no VLAN there"
            )));
        }
        if let Some(document) = &found.config
            && !is_plugged_by_libvirt(draft, document, Definition::Config)?
        {
            return Err(PlanError::refused(format!(
                "libvirt plugs the NIC {mac} of {name} into no port of Open vSwitch, so it has no VLAN there"
            )));
        }
        self.change(draft, domain, mac)
    }

    /// Changes libvirt's record, where libvirt plugs the NIC in: it writes the columns again whenever it does.
    /// The VLAN that the port then has, where that is so.
    fn set_nic(
        &self,
        draft: &mut Draft<'_>,
        port: &str,
        attachment: &Attachment,
    ) -> Result<Option<Option<Vlan>>, PlanError> {
        let Attachment { domain, mac, .. } = attachment;
        if let Some(bridge) = &attachment.through {
            draft.note(format!(
                "the NIC {mac} of {domain} is behind the firewall bridge {bridge}: only port {port} is changed, and \
                 whoever made that bridge may set it again"
            ));
            return Ok(None);
        }
        let documents = draft.domain(&attachment.domain_uuid.to_string())?;
        let found = fragments(documents, *mac)?;
        let Some(live) = &found.live else {
            return Ok(None);
        };
        if !is_plugged_by_libvirt(draft, live, Definition::Live)? {
            draft.note(format!(
                "libvirt does not plug the NIC {mac} of {domain} into port {port}: only the port is changed, and \
                 whoever made it may set it again"
            ));
            return Ok(None);
        }
        self.change(draft, documents, *mac)?;
        let nic = Interface::of(live).map_err(|error| xml_error(domain, error))?;
        let vlan = match self.to_libvirt() {
            Some(vlan) => Some(vlan),
            None => draft.inherited_vlan(&nic, Definition::Live)?,
        };
        Ok(Some(vlan))
    }

    /// Changes a NIC live and in its definition.
    pub(crate) fn change(
        &self,
        draft: &mut Draft<'_>,
        domain: &DomainDocuments,
        mac: MacAddr,
    ) -> Result<(), PlanError> {
        self.expect_word_of_libvirt()?;
        let failed = |error| xml_error(&domain.record.name, error);
        let wanted = self.to_libvirt();
        draft.change_nic(domain, mac, |draft, definition, nic, edit| {
            let inherited = draft.inherited_vlan(nic, definition)?;
            if matches!(self, Self::Trunk { .. }) && wanted.is_none() && inherited.is_some() {
                return Err(PlanError::refused(format!(
                    "libvirt has no word for a trunk of all VLANs over the VLAN that the network of {mac} gives it: \
                     name the VLANs"
                )));
            }
            let own = nic.vlan().map_err(failed)?;
            // A running NIC shows the VLAN that it inherited as its own, and libvirt would take it for that.
            let after = match (definition, &wanted) {
                (Definition::Live, None) => inherited.clone(),
                (_, wanted) => wanted.clone(),
            };
            let has = own.clone().or(inherited);
            let is_so = match (&after, &own) {
                (None, own) => own.is_none(),
                (Some(after), _) => columns(Some(after)) == columns(has.as_ref()),
            };
            if !is_so {
                edit.vlan(after);
            }
            Ok(())
        })
    }

    /// Says so when a port looks like a guest's, and nobody tells whose.
    fn note_unseen_owner(
        &self,
        draft: &mut Draft<'_>,
        port: RowUuid<Port>,
        name: &str,
    ) -> Result<(), PlanError> {
        if draft.base.libvirt.is_some() {
            return Ok(());
        }
        let rows = draft.rows()?;
        for interface in rows.interfaces_of(port)? {
            let ids = rows.get(interface, ovs::Interface::EXTERNAL_IDS)?;
            if ids.iter().any(|(key, _)| &*key == "attached-mac") {
                draft.note(format!(
                    "libvirtd is not connected: only port {name} is changed, and the guest behind it has its old VLAN \
                     again when it next starts; name libvirtd with --libvirt or --local"
                ));
                return Ok(());
            }
        }
        Ok(())
    }

    pub(crate) fn check(&self) -> Result<(), PlanError> {
        let Self::Trunk { vlans, native, .. } = self else {
            return Ok(());
        };
        match native {
            Some(native) if !vlans.is_empty() && !vlans.contains(native) => Err(PlanError::refused(format!(
                "VLAN {native} is native but not among the VLANs of the trunk: add it to them"
            ))),
            _ => Ok(()),
        }
    }

    /// Refuses what libvirt's XML cannot say: libvirt would write its own columns when it next plugs the NIC in.
    ///
    /// # Errors
    /// One that says so.
    pub(super) fn expect_word_of_libvirt(&self) -> Result<(), PlanError> {
        match self {
            Self::Dot1qTunnel { .. } => Err(PlanError::refused(
                "libvirt has no word for a dot1q-tunnel, and gives the port another VLAN mode whenever it plugs the NIC \
                 in: only ports that libvirt does not make can be one",
            )),
            _ => Ok(()),
        }
    }

    /// `<vlan>`, as libvirt's `networkcommon.rng` has it.
    pub(crate) fn to_libvirt(&self) -> Option<Vlan> {
        match self {
            Self::Access(vlan) => Some(Vlan::access(*vlan)),
            Self::Trunk {
                vlans,
                native,
                native_mode,
            } => {
                let tag = |id: &VlanId| VlanTag {
                    id: *id,
                    native_mode: (Some(*id) == *native).then_some(match native_mode {
                        NativeMode::Tagged => network::NativeMode::Tagged,
                        NativeMode::Untagged => network::NativeMode::Untagged,
                    }),
                };
                // Without a tag it would be refused; a native VLAN alone leaves the trunk open to all.
                match (vlans.as_slice(), native) {
                    ([], None) => None,
                    ([], Some(native)) => Some(Vlan {
                        trunk: None,
                        tags: vec![tag(native)],
                    }),
                    (vlans, _) => Some(Vlan {
                        trunk: Some(YesNo::Yes),
                        tags: vlans.iter().map(tag).collect(),
                    }),
                }
            }
            Self::Dot1qTunnel { .. } | Self::Clear => None,
        }
    }
}

/// The columns that libvirt writes for a `<vlan>`.
fn columns(vlan: Option<&Vlan>) -> PortVlan {
    vlan.map(PortVlan::from).unwrap_or_default()
}

fn set_columns(draft: &mut Draft<'_>, port: RowUuid<Port>, vlan: Option<&Vlan>) -> Result<(), PlanError> {
    let columns = columns(vlan);
    let rows = draft.rows()?;
    let trunks: Set<i64> = columns.trunks.iter().map(|vlan| i64::from(vlan.get())).collect();
    let mode = columns.vlan_mode.map(|mode| match mode {
        network::VlanMode::NativeTagged => PortVlanMode::NativeTagged,
        network::VlanMode::NativeUntagged => PortVlanMode::NativeUntagged,
        network::VlanMode::Access => PortVlanMode::Access,
        network::VlanMode::Trunk => PortVlanMode::Trunk,
        _ => PortVlanMode::Trunk,
    });
    if rows.get_if_supported(port, Port::CVLANS)?.is_some() {
        rows.set(port, Port::CVLANS, Set::default())?;
    }
    rows.set(port, Port::TAG, columns.tag.map(|tag| i64::from(tag.get())))?;
    rows.set(port, Port::TRUNKS, trunks)?;
    rows.set(port, Port::VLAN_MODE, mode)
}

/// Column `cvlans` first: a server that lacks it lacks the mode too, and is refused by the column's name.
fn set_tunnel(
    draft: &mut Draft<'_>,
    port: RowUuid<Port>,
    vlan: VlanId,
    cvlans: &[VlanId],
) -> Result<(), PlanError> {
    let rows = draft.rows()?;
    let cvlans: Set<i64> = cvlans.iter().map(|vlan| i64::from(vlan.get())).collect();
    rows.set(port, Port::CVLANS, cvlans)?;
    rows.set(port, Port::TAG, Some(i64::from(vlan.get())))?;
    rows.set(port, Port::TRUNKS, Set::default())?;
    rows.set(port, Port::VLAN_MODE, Some(PortVlanMode::Dot1qTunnel))?;
    let root = rows.root()?;
    let other_config = rows.get(root, OpenVSwitch::OTHER_CONFIG)?;
    let limit = other_config.text("vlan-limit").map(str::to_owned);
    if matches!(limit.as_deref(), None | Some("1")) {
        draft.note(
            "flows match one VLAN header of a frame alone, as Open_vSwitch other_config:vlan-limit is 1 unless it is set: \
             2 or 0 lets them see a customer's VLAN inside the service VLAN",
        );
    }
    Ok(())
}

/// Whether libvirt makes the port of a NIC itself: it does where Open vSwitch's virtualport holds.
pub(super) fn is_plugged_by_libvirt(
    draft: &Draft<'_>,
    nic: &Document,
    definition: Definition,
) -> Result<bool, PlanError> {
    let nic = Interface::of(nic).map_err(|error| xml_error("of the NIC", error))?;
    let type_ = nic.type_().map_err(|error| xml_error("of the NIC", error))?;
    let plugs = matches!(type_, InterfaceType::Bridge | InterfaceType::Network);
    Ok(plugs && draft.effective(&nic, definition)?.is_openvswitch())
}

impl fmt::Display for VlanSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access(vlan) => write!(f, "--access {vlan}"),
            Self::Trunk {
                vlans,
                native,
                native_mode,
            } => {
                let vlans: Vec<String> = vlans.iter().map(ToString::to_string).collect();
                write!(f, "--trunk {}", vlans.join(","))?;
                match (native, native_mode) {
                    (Some(native), NativeMode::Tagged) => write!(f, " --native {native}"),
                    (Some(native), NativeMode::Untagged) => write!(f, " --native-untagged {native}"),
                    (None, _) => Ok(()),
                }
            }
            Self::Dot1qTunnel { vlan, cvlans } => {
                write!(f, "--dot1q-tunnel {vlan}")?;
                let cvlans: Vec<String> = cvlans.iter().map(ToString::to_string).collect();
                match cvlans.is_empty() {
                    true => Ok(()),
                    false => write!(f, " --cvlans {}", cvlans.join(",")),
                }
            }
            Self::Clear => f.write_str("--clear"),
        }
    }
}
