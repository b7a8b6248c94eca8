//! Whose each object is, and what would undo an edit of it.
//!
//! One file for each kind of evidence; `assign` asks them in the order of their strength. Evidence is tied to the
//! object: what its row says, the file that names it, the NIC behind it, and on an AHV host the controller VM.
//!
//! | file | knows |
//! |---|---|
//! | `assign` | which evidence counts for which object, and in what order |
//! | `facts` | evidence and reverts as they are gathered |
//! | `marks` | what owners note in OVSDB's `external_ids` and `other_config` |
//! | `guest` | libvirt, Acropolis and Proxmox, by the NIC behind a port |
//! | `ahv` | what Nutanix makes of the host's own bridges and uplinks |
//! | `scripts` | the network scripts' files |

mod ahv;
mod assign;
mod facts;
mod guest;
mod marks;
mod scripts;

pub(super) use assign::assign;

#[cfg(test)]
mod tests;
