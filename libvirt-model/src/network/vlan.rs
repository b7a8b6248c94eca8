//! `<vlan>`: the VLANs of a NIC, a portgroup or a network.

use crate::record::record;
use crate::vocab::{VlanId, YesNo, open_enum};

record! {
    /// `<vlan [trunk='yes']>` with its `<tag>`s.
    ///
    /// One tag and no `trunk` is an access port. More than one tag, or `trunk='yes'`, is a trunk that carries the tags; one of
    /// them may be the native VLAN.
    #[derive(Default)]
    Vlan {
        attributes {
            /// Whether the port is a trunk even with one tag.
            trunk: Option<YesNo> = "trunk",
        }
        children {
            /// The tags.
            tags: Vec<VlanTag> = "tag",
        }
    }
}

record! {
    /// One `<tag>` of a [`Vlan`].
    VlanTag {
        attributes {
            /// The VLAN.
            id: VlanId = "id",
            /// Whether this is the native VLAN of a trunk, and how its frames leave the port.
            native_mode: Option<NativeMode> = "nativeMode",
        }
    }
}

open_enum! {
    /// How frames of the native VLAN leave a trunk.
    NativeMode {
        /// With a tag: Open vSwitch's `vlan_mode=native-tagged`.
        Tagged = "tagged",
        /// Without a tag: Open vSwitch's `vlan_mode=native-untagged`.
        Untagged = "untagged",
    }
}

impl Vlan {
    /// An access port on `id`.
    #[must_use]
    pub fn access(id: VlanId) -> Self {
        Self {
            trunk: None,
            tags: vec![VlanTag {
                id,
                native_mode: None,
            }],
        }
    }

    /// A trunk of these VLANs, without a native one.
    #[must_use]
    pub fn trunk(ids: impl IntoIterator<Item = VlanId>) -> Self {
        let tags = ids
            .into_iter()
            .map(|id| VlanTag {
                id,
                native_mode: None,
            })
            .collect();
        Self {
            trunk: Some(YesNo::Yes),
            tags,
        }
    }

    /// The same trunk with `native` as its native VLAN, added to the tags if it is not among them.
    #[must_use]
    pub fn with_native(mut self, native: VlanId, mode: NativeMode) -> Self {
        for tag in &mut self.tags {
            tag.native_mode = None;
        }
        match self.tags.iter_mut().find(|tag| tag.id == native) {
            Some(tag) => tag.native_mode = Some(mode),
            None => self.tags.push(VlanTag {
                id: native,
                native_mode: Some(mode),
            }),
        }
        self.trunk = Some(YesNo::Yes);
        self
    }

    /// Whether libvirt takes it for a trunk: `trunk='yes'`, or more than one tag.
    #[must_use]
    pub fn is_trunk(&self) -> bool {
        self.trunk == Some(YesNo::Yes) || self.tags.len() > 1
    }

    /// The tag that carries a native mode.
    #[must_use]
    pub fn native(&self) -> Option<&VlanTag> {
        self.tags.iter().find(|tag| tag.native_mode.is_some())
    }
}
