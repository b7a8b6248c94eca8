use super::facts::Facts;
use crate::topology::{Aspect, Ifcfg, Owner};

/// What the file of a bridge of this name would make of it.
pub(super) fn of_bridge(name: &str, files: &[Ifcfg], facts: &mut Facts) {
    for file in files.iter().filter(|file| file.device == name) {
        facts.owned(Owner::NetworkScripts, format!("{} sets it up", file.file));
        facts.reverted(
            Aspect::Ports,
            Owner::NetworkScripts,
            format!(
                "a restart of the network rebuilds the bridge by {}: the ports of guests are gone until they \
                 restart",
                file.file
            ),
            Some(format!("edit {}, and then the bridge to match it", file.file)),
        );
        addresses(file, facts);
    }
}

/// What the file of a port or interface of this name would make of it.
pub(super) fn of_port(name: &str, files: &[Ifcfg], facts: &mut Facts) {
    for file in files.iter().filter(|file| file.device == name) {
        facts.owned(Owner::NetworkScripts, format!("{} sets it up", file.file));
        let what = match file.type_.as_deref() {
            Some("OVSBond") => Some((Aspect::Bond, "makes the bond anew")),
            Some(_) if file.ovs_bridge.is_some() => Some((Aspect::Existence, "adds the port anew")),
            _ => None,
        };
        if let Some((aspect, what)) = what {
            facts.reverted(
                aspect,
                Owner::NetworkScripts,
                format!("a restart of the network {what}, as {} says", file.file),
                Some(format!("edit {}", file.file)),
            );
        }
        addresses(file, facts);
    }
}

fn addresses(file: &Ifcfg, facts: &mut Facts) {
    if let Some(address) = file.address {
        facts.reverted(
            Aspect::Addresses,
            Owner::NetworkScripts,
            format!("a restart of the network sets {address}, as {} says", file.file),
            Some(format!("edit IPADDR in {}", file.file)),
        );
    }
}
