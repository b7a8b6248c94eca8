//! Typed libvirt XML that loses nothing when edited, and live access to libvirtd.

#![allow(
    dead_code,
    reason = "the writing half of the records is reached by the setters, which follow"
)]

pub mod domain;
pub mod live;
pub mod network;
pub mod vocab;
pub mod xml;

mod record;
