//! A host from files: what its commands printed, its database file, libvirt's XML.
//!
//! [`Directory`] looks at every file of a directory, tells what it is from what stands in it, and puts
//! together what they say:
//!
//! | of | from |
//! |---|---|
//! | Open vSwitch | a standalone `conf.db`, `ovsdb-client dump` (as a table or as JSON), `ovs-vsctl show`, `ovs-appctl bond/show` |
//! | libvirt | XML of domains, networks and single `<interface>`s; `virsh list`, `net-list`, `domiflist` |
//! | the kernel | `ip [-d] link`, `ip address`, `ip route`, `ifconfig`, `netstat -r`, `route`, `brctl show`, `ovs-dpctl show` |
//! | processes | `ps` with qemu's command lines |
//! | network scripts | `ifcfg-*` |
//! | guests | links and routes as above, taken inside a guest: told by the addresses of its NICs |
//!
//! Captures are full of gaps. What a kind of capture does not tell is not taken for a fact
//! ([`KernelGaps`](crate::topology::KernelGaps), `None`), and what is damaged or contradicts another capture
//! is listed ([`Damage`](crate::observe::Damage)) beside everything else.
//!
//! `directory` walks and reads, `kind` recognises, one file a kind parses, `gather` collects; `links`,
//! `domains` and `guests` put together what several captures say of one thing.

mod atom;
mod bond_show;
mod brctl;
mod capture;
mod datapath;
mod directory;
mod documents;
mod domains;
mod gather;
mod guests;
mod ifcfg;
mod ifconfig;
mod ip;
mod kind;
mod links;
mod netstat;
mod ovs_vsctl_show;
mod ovsdb_dump;
mod ovsdb_log;
mod ps;
mod rows;
mod virsh;
mod xml;

#[cfg(test)]
mod hostile;

pub use directory::{Directory, OfflineError};
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub use gather::read_captures;
