//! `<virtualport>`: what kind of switch a NIC is connected to, and as which of its ports.

use uuid::Uuid;

use crate::record::record;
use crate::vocab::{Scalar, open_enum};

record! {
    /// `<virtualport [type]>` with its `<parameters>`.
    ///
    /// Without a type, the parameters are those of whichever type the network gives.
    #[derive(Default)]
    VirtualPort {
        attributes {
            /// The kind of switch.
            type_: Option<VirtualPortType> = "type",
        }
        children {
            /// The parameters of the port.
            parameters: Option<VirtualPortParameters> = "parameters",
        }
    }
}

record! {
    /// `<parameters>` of a [`VirtualPort`].
    #[derive(Default)]
    VirtualPortParameters {
        attributes {
            /// The identity of the port; Open vSwitch's `external_ids:iface-id`, midonet's port. Libvirt makes one up for an
            /// Open vSwitch port that lacks it.
            interfaceid: Option<Uuid> = "interfaceid",
            /// Open vSwitch's port profile, or that of 802.1Qbh.
            profileid: Option<String> = "profileid",
            /// 802.1Qbg: the VSI manager, 0 to 255.
            managerid: Option<Number> = "managerid",
            /// 802.1Qbg: the VSI type.
            typeid: Option<Number> = "typeid",
            /// 802.1Qbg: the version of the VSI type.
            typeidversion: Option<Number> = "typeidversion",
            /// 802.1Qbg: the VSI instance.
            instanceid: Option<Uuid> = "instanceid",
        }
    }
}

open_enum! {
    /// The types of a virtual port.
    VirtualPortType {
        /// Open vSwitch.
        OpenVSwitch = "openvswitch",
        /// IEEE 802.1Qbg (VEPA, VSI discovery).
        Ieee8021Qbg = "802.1Qbg",
        /// IEEE 802.1Qbh (VN-Link, port extender).
        Ieee8021Qbh = "802.1Qbh",
        /// Midonet.
        Midonet = "midonet",
        /// No virtual port; the parameters are ignored.
        None = "none",
    }
}

/// A number of 802.1Qbg that is written in decimal or in hexadecimal; the text is kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Number(String);

impl Number {
    /// The number.
    #[must_use]
    pub fn get(&self) -> Option<u32> {
        match self.0.strip_prefix("0x").or_else(|| self.0.strip_prefix("0X")) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => self.0.parse().ok(),
        }
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(number.to_string())
    }
}

impl Scalar for Number {
    fn read(text: &str) -> Result<Self, String> {
        let number = Self(text.trim().to_owned());
        if number.get().is_some() {
            Ok(number)
        } else {
            Err("not a number (decimal, or hexadecimal with 0x)".to_owned())
        }
    }

    fn print(&self) -> String {
        self.0.clone()
    }
}

impl VirtualPort {
    /// An Open vSwitch port with this identity; libvirt makes one up without.
    #[must_use]
    pub fn openvswitch(interfaceid: Option<Uuid>) -> Self {
        let parameters = interfaceid.map(|id| VirtualPortParameters {
            interfaceid: Some(id),
            ..VirtualPortParameters::default()
        });
        Self {
            type_: Some(VirtualPortType::OpenVSwitch),
            parameters,
        }
    }

    /// The identity of the port.
    #[must_use]
    pub fn interfaceid(&self) -> Option<Uuid> {
        self.parameters.as_ref()?.interfaceid
    }

    /// Whether it is an Open vSwitch port.
    #[must_use]
    pub fn is_openvswitch(&self) -> bool {
        self.type_ == Some(VirtualPortType::OpenVSwitch)
    }
}
