//! The tests of the join, by what they are about.

mod firewall;
mod loose;
mod nics;
mod roles;
mod sources;

use sources::{
    MAC, OTHER_MAC, OTHER_VM, VM, domain, interface, kernel, kinds, libvirt, link, map, nic, ovs, port, role,
    sourced, tap, unmatched,
};
