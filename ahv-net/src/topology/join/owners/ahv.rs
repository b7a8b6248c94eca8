use super::facts::Facts;
use crate::topology::{Aspect, Bridge, Domain, DomainRole, Owner, Port, Role};

/// That the host is one of Nutanix's, and what says so.
pub(super) struct Ahv {
    pub(super) why: String,
}

impl Ahv {
    /// A host is AHV if it has a controller VM, or where libvirt was not read, if a port leads to Nutanix's
    /// address management.
    pub(super) fn of(domains: &[Domain], bridges: &[Bridge]) -> Option<Self> {
        let cvm = domains.iter().find(|domain| domain.role == DomainRole::Cvm);
        if let Some(cvm) = cvm {
            let why = format!("this host has the controller VM {}", cvm.name);
            return Some(Self { why });
        }
        let mut ports = bridges.iter().flat_map(|bridge| &bridge.ports);
        let ipam = ports.find(|port| port.role == Role::Ipam)?;
        Some(Self {
            why: format!("this host has port {} of Nutanix's address management", ipam.name),
        })
    }

    /// The bridge that the controller VM or the address management is on was made by Nutanix; of another
    /// bridge nothing says so.
    pub(super) fn bridge(&self, bridge: &Bridge, facts: &mut Facts) {
        let telling = |port: &&Port| matches!(port.role, Role::CvmExternal | Role::CvmInternal | Role::Ipam);
        let Some(port) = bridge.ports.iter().find(telling) else {
            return;
        };
        facts.owned(
            Owner::Acropolis,
            format!("its port {} is of Nutanix ({})", port.name, port.role),
        );
    }

    /// Every uplink of an AHV host is `manage_ovs`'s and the virtual switch's to set, whoever made its bridge.
    pub(super) fn port(&self, bridge: &Bridge, port: &Port, facts: &mut Facts) {
        match port.role {
            Role::Ipam => {
                facts.owned(Owner::Acropolis, port.role_reason.0.clone());
                facts.reverted(
                    Aspect::Existence,
                    Owner::Acropolis,
                    "Acropolis makes the ports of its address management anew, towards whichever controller VM \
                     leads",
                    None,
                );
            }
            Role::Uplink => self.uplink(bridge, port, facts),
            _ => {}
        }
    }

    fn uplink(&self, bridge: &Bridge, port: &Port, facts: &mut Facts) {
        let members: Vec<&str> = port
            .interfaces
            .iter()
            .map(|interface| interface.name.as_str())
            .collect();
        let members = members.join(",");
        let command = |mode: &str, members: &str| {
            format!(
                "manage_ovs --bridge_name {} --bond_name {} {mode}--interfaces {members} update_uplinks",
                bridge.name, port.name
            )
        };
        facts.owned(
            Owner::Acropolis,
            format!("{}, and uplinks are set by manage_ovs there", self.why),
        );
        facts.reverted(
            Aspect::Uplinks,
            Owner::Acropolis,
            "manage_ovs update_uplinks deletes the bond and makes another, and from AOS 5.19 on the cluster's virtual \
             switch sets its uplinks again",
            Some(command("", "NICS")),
        );
        facts.reverted(
            Aspect::Bond,
            Owner::Acropolis,
            "manage_ovs update_uplinks sets a mode that it is not told to active-backup, and from AOS 5.19 on the \
             cluster's virtual switch sets mode and LACP again",
            Some(command("--bond_mode MODE ", &members)),
        );
    }
}
