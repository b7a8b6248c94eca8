//! Doing one change: the only place that writes to the host.

mod network;
mod nic;
mod rows;

pub(crate) use network::{network, network_back};
pub(crate) use nic::nic;
pub(crate) use rows::{current, rows};
