//! What each source says, before anything is joined.
//!
//! One file a source. Each turns its protocol into plain data ([`OvsObservation`],
//! [`LibvirtObservation`], [`KernelObservation`]) and judges nothing: that is
//! [`join`](crate::topology::join)'s part.

mod guests;
pub mod kernel;
pub mod libvirt;
pub mod offline;

mod observed;
pub mod ovsdb;
mod qemu;

pub use observed::{
    Damage, KernelObservation, LibvirtObservation, Observed, ObservedBridge, ObservedDomain, ObservedGuest,
    ObservedInterface, ObservedNetwork, ObservedNic, ObservedPort, OvsObservation, Sourced,
};
