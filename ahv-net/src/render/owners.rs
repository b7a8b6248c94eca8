use std::fmt::Write;

use crate::topology::{Ownership, Topology};

/// Whose each object is and what says so, and below it what would undo an edit and the owner's own command.
///
/// Objects of which nothing tells the owner are listed last, on one line. Control characters that a name may hold
/// are left out.
pub fn owners(topology: &Topology) -> String {
    let mut out = String::new();
    let mut unknown = Vec::new();
    for (object, ownership) in objects(topology) {
        if *ownership == Ownership::default() {
            unknown.push(object);
        } else {
            entry(&mut out, &object, ownership);
        }
    }
    if !unknown.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "of no known owner: {}", clean(&unknown.join(", ")));
    }
    out
}

fn objects(topology: &Topology) -> Vec<(String, &Ownership)> {
    let mut objects: Vec<(String, &Ownership)> = Vec::new();
    for bridge in &topology.bridges {
        objects.push((format!("bridge {}", bridge.name), &bridge.ownership));
        for port in &bridge.ports {
            objects.push((format!("port {}/{}", bridge.name, port.name), &port.ownership));
            for interface in &port.interfaces {
                if let Some(ownership) = &interface.ownership {
                    objects.push((format!("interface {}", interface.name), ownership));
                }
            }
        }
    }
    for network in &topology.networks {
        objects.push((format!("network {}", network.name), &network.ownership));
    }
    for domain in &topology.domains {
        for nic in &domain.nics {
            let mac = nic.mac.map_or_else(|| "no MAC".to_owned(), |mac| mac.to_string());
            objects.push((format!("NIC {}/{mac}", domain.name), &nic.ownership));
        }
    }
    objects
}

fn entry(out: &mut String, object: &str, ownership: &Ownership) {
    let _ = writeln!(out, "{}: {}", clean(object), ownership.owner);
    for evidence in &ownership.evidence {
        let whose = match evidence.owner == ownership.owner {
            true => String::new(),
            false => format!("{}: ", evidence.owner),
        };
        let _ = writeln!(out, "    because {whose}{}", clean(&evidence.what));
    }
    for revert in &ownership.reverts {
        let _ = writeln!(out, "    reverts {}: {}", revert.aspect, clean(&revert.when));
        if let Some(instead) = &revert.instead {
            let _ = writeln!(out, "        instead: {}", clean(instead));
        }
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(all(test, feature = "embedded"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_embedded_host_s_owners_read_so() {
        let text = owners(&crate::Host::embedded().await.unwrap().show().await.unwrap());
        for expected in [
            "bridge br0: Acropolis\n    because its port br0-arp is of Nutanix (IPAM)\n",
            "port br0/vnet0: libvirt\n    because libvirt's XML of NTNX-DRM-3060-G4-1-1-CVM has the NIC\n",
            "        instead: change_cvm_vlan VLAN\n",
            "bridge virbr0: Acropolis\n",
            "of no known owner: port br0/br0, port virbr0/virbr0-nic\n",
        ] {
            assert!(text.contains(expected), "{expected}\n---\n{text}");
        }
    }
}
