//! `<vlan>` and the columns of Open vSwitch's table Port that it becomes, and back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::vocab::{VlanId, open_enum};

use super::{NativeMode, Vlan, VlanTag};

/// The VLAN columns of a row of Open vSwitch's table Port; ovs-vswitchd.conf.db(5), "VLAN Configuration".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortVlan {
    /// Column `tag`.
    pub tag: Option<VlanId>,
    /// Column `trunks`; empty carries every VLAN.
    pub trunks: BTreeSet<VlanId>,
    /// Column `vlan_mode`; when absent, `access` with a `tag` and `trunk` without.
    pub vlan_mode: Option<VlanMode>,
}

open_enum! {
    /// Column `Port.vlan_mode`.
    VlanMode {
        /// One VLAN, without tags.
        Access = "access",
        /// Tagged VLANs.
        Trunk = "trunk",
        /// Tagged VLANs, and untagged frames belong to `tag`, which leaves tagged.
        NativeTagged = "native-tagged",
        /// Tagged VLANs, and untagged frames belong to `tag`, which leaves untagged.
        NativeUntagged = "native-untagged",
        /// Customer VLANs inside `tag`.
        Dot1qTunnel = "dot1q-tunnel",
    }
}

/// The columns mean something that `<vlan>` cannot say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("libvirt's <vlan> cannot express {0}")]
pub struct NotExpressible(pub String);

impl From<&Vlan> for PortVlan {
    /// The columns that libvirt writes. It never writes the modes `access` and `trunk`, and a native tag without a trunk gives a
    /// native port with empty `trunks`, which carries every VLAN.
    fn from(vlan: &Vlan) -> Self {
        let native = vlan.native();
        let vlan_mode = native
            .and_then(|tag| tag.native_mode.as_ref())
            .map(|mode| match mode {
                NativeMode::Tagged => VlanMode::NativeTagged,
                NativeMode::Untagged => VlanMode::NativeUntagged,
                NativeMode::Other(word) => VlanMode::Other(format!("native-{word}")),
            });
        let mut columns = Self {
            tag: native.map(|tag| tag.id),
            trunks: BTreeSet::new(),
            vlan_mode,
        };
        if vlan.is_trunk() {
            columns.trunks = vlan.tags.iter().map(|tag| tag.id).collect();
        } else if let Some(tag) = vlan.tags.first() {
            columns.tag = Some(tag.id);
        }
        columns
    }
}

impl PortVlan {
    /// The `<vlan>` that makes libvirt write columns of this meaning; `None` when the port carries every VLAN and needs none.
    ///
    /// A `tag` beside `trunks` without a mode is an access port, as Open vSwitch reads it; the `trunks` are without effect and
    /// do not come back.
    ///
    /// # Errors
    /// [`NotExpressible`] for a tunnel, an unknown mode, and an access or native port without a tag.
    pub fn to_vlan(&self) -> Result<Option<Vlan>, NotExpressible> {
        let trunk = || (!self.trunks.is_empty()).then(|| Vlan::trunk(self.trunks.iter().copied()));
        let native = |mode: NativeMode| match self.tag {
            None => Err(NotExpressible("a native VLAN without a tag".to_owned())),
            Some(tag) if self.trunks.is_empty() => Ok(Some(Vlan {
                trunk: None,
                tags: vec![VlanTag {
                    id: tag,
                    native_mode: Some(mode),
                }],
            })),
            Some(tag) => {
                let all: BTreeSet<VlanId> = self.trunks.iter().copied().chain([tag]).collect();
                Ok(Some(Vlan::trunk(all).with_native(tag, mode)))
            }
        };
        match (&self.vlan_mode, self.tag) {
            (None | Some(VlanMode::Access), Some(tag)) => Ok(Some(Vlan::access(tag))),
            (None | Some(VlanMode::Trunk), _) => Ok(trunk()),
            (Some(VlanMode::Access), None) => Err(NotExpressible("an access port without a tag".to_owned())),
            (Some(VlanMode::NativeTagged), _) => native(NativeMode::Tagged),
            (Some(VlanMode::NativeUntagged), _) => native(NativeMode::Untagged),
            (Some(mode @ (VlanMode::Dot1qTunnel | VlanMode::Other(_))), _) => {
                Err(NotExpressible(format!("vlan_mode={mode}")))
            }
        }
    }

    /// Whether the port passes frames of `vlan`, tagged or not; a dot1q tunnel is asked for its outer VLAN.
    #[must_use]
    pub fn carries(&self, vlan: VlanId) -> bool {
        let trunked = self.trunks.is_empty() || self.trunks.contains(&vlan);
        match (&self.vlan_mode, self.tag) {
            (None | Some(VlanMode::Access), Some(tag)) | (Some(VlanMode::Dot1qTunnel), Some(tag)) => {
                tag == vlan
            }
            (Some(VlanMode::NativeTagged | VlanMode::NativeUntagged), tag) => tag == Some(vlan) || trunked,
            (Some(VlanMode::Access), None) => vlan.get() == 0,
            _ => trunked,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(id: u16) -> VlanId {
        VlanId::new(id).unwrap()
    }

    fn columns(tag: Option<u16>, trunks: &[u16], mode: Option<VlanMode>) -> PortVlan {
        PortVlan {
            tag: tag.map(id),
            trunks: trunks.iter().copied().map(id).collect(),
            vlan_mode: mode,
        }
    }

    #[test]
    fn writes_what_libvirt_writes() {
        assert_eq!(PortVlan::from(&Vlan::access(id(5))), columns(Some(5), &[], None));
        assert_eq!(PortVlan::from(&Vlan::trunk([id(5)])), columns(None, &[5], None));
        let two = Vlan {
            trunk: None,
            tags: vec![
                VlanTag {
                    id: id(1),
                    native_mode: None,
                },
                VlanTag {
                    id: id(2),
                    native_mode: None,
                },
            ],
        };
        assert_eq!(
            PortVlan::from(&two),
            columns(None, &[1, 2], None),
            "more than one tag is a trunk"
        );
        let native = Vlan::trunk([id(5), id(6)]).with_native(id(6), NativeMode::Untagged);
        assert_eq!(
            PortVlan::from(&native),
            columns(Some(6), &[5, 6], Some(VlanMode::NativeUntagged))
        );
        let lone = Vlan {
            trunk: None,
            tags: vec![VlanTag {
                id: id(7),
                native_mode: Some(NativeMode::Tagged),
            }],
        };
        assert_eq!(
            PortVlan::from(&lone),
            columns(Some(7), &[], Some(VlanMode::NativeTagged))
        );
    }

    #[test]
    fn says_what_libvirt_cannot() {
        assert_eq!(columns(None, &[], None).to_vlan(), Ok(None));
        assert_eq!(
            columns(Some(1), &[2], None).to_vlan(),
            Ok(Some(Vlan::access(id(1))))
        );
        assert!(
            columns(Some(1), &[], Some(VlanMode::Dot1qTunnel))
                .to_vlan()
                .is_err()
        );
        assert!(
            columns(None, &[1], Some(VlanMode::NativeTagged))
                .to_vlan()
                .is_err()
        );
        assert!(columns(None, &[], Some(VlanMode::Access)).to_vlan().is_err());
    }

    proptest! {
        #[test]
        fn there_and_back_carries_the_same(
            tag in proptest::option::of(0_u16..8),
            trunks in proptest::collection::btree_set(0_u16..8, 0..4),
            mode in 0_usize..5,
        ) {
            let modes = [None, Some(VlanMode::Access), Some(VlanMode::Trunk), Some(VlanMode::NativeTagged), Some(VlanMode::NativeUntagged)];
            let original = columns(tag, &trunks.into_iter().collect::<Vec<_>>(), modes[mode].clone());
            if let Ok(vlan) = original.to_vlan() {
                let back = vlan.as_ref().map(PortVlan::from).unwrap_or_default();
                for vlan in 0..9 {
                    prop_assert_eq!(original.carries(id(vlan)), back.carries(id(vlan)), "{:?} {:?}", original, back);
                }
                prop_assert_eq!(back.to_vlan().unwrap(), vlan);
            }
        }
    }
}
