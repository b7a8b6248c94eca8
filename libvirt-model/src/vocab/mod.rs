//! The checked words of libvirt's XML: addresses, numbers with a range, and open enumerations.
//!
//! A value that libvirt may extend is an open enumeration: its last variant, `Other`, keeps a word that this release does
//! not know. A value with a range is a newtype that can only be made of something in that range.

mod mac_addr;
mod number;
mod scalar;
mod switch;
mod vlan_id;
mod word;

pub use mac_addr::{InvalidMacAddr, MacAddr};
pub use number::{Hex, InvalidNumber};
pub use scalar::Scalar;
pub use switch::{OnOff, YesNo};
pub use vlan_id::{InvalidVlanId, VlanId};
pub(crate) use word::open_enum;
