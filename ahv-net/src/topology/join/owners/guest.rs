use super::ahv::Ahv;
use super::facts::Facts;
use crate::topology::{Aspect, Domain, DomainRole, Nic, Owner, QemuNic};

/// The program that Proxmox VE has qemu call for every tap.
const PROXMOX_SCRIPTS: &str = "/var/lib/qemu-server/";

/// A domain's NIC, and the port behind which it stands inherits from it.
pub(super) fn of_nic(domain: &Domain, nic: &Nic, ahv: Option<&Ahv>, facts: &mut Facts) {
    let mac = nic.mac.map_or_else(|| "MAC".to_owned(), |mac| mac.to_string());
    if let Some(script) = proxmox_script(domain, nic) {
        facts.owned(
            Owner::Proxmox,
            format!("its qemu has the tap plugged by {script}"),
        );
        facts.reverted(
            Aspect::Vlan,
            Owner::Proxmox,
            "Proxmox plugs the tap anew, with the tag of the VM's own configuration, when the guest starts",
            Some("qm set VMID --netN …,tag=VLAN".to_owned()),
        );
        return;
    }
    let guest_of_ahv = ahv.filter(|_| domain.role == DomainRole::Guest);
    if let (Some(ahv), Some(address)) = (guest_of_ahv, nic.mac.filter(|mac| is_of_nutanix(*mac))) {
        facts.owned(
            Owner::Acropolis,
            format!("{}, and {address} is an address that Nutanix gives", ahv.why),
        );
        facts.reverted(
            Aspect::Vlan,
            Owner::Acropolis,
            "the tap is made anew, with the VLAN that the cluster has for the NIC, at power-on and by live migration",
            Some(format!("acli vm.nic_update {} {mac} network=NETWORK", domain.name)),
        );
    }
    facts.owned(
        Owner::Libvirt,
        ["libvirt's XML of ", &domain.name, " has the NIC"].concat(),
    );
    if domain.role == DomainRole::Cvm && ahv.is_some() {
        facts.reverted(
            Aspect::Vlan,
            Owner::Libvirt,
            "libvirt sets the tag of its XML again when the controller VM starts",
            Some("change_cvm_vlan VLAN".to_owned()),
        );
    } else if plugs(nic) {
        facts.reverted(
            Aspect::Vlan,
            Owner::Libvirt,
            "libvirt sets the VLAN of its XML again when the guest restarts",
            Some(
                [
                    "virsh edit ",
                    &domain.name,
                    "  # <vlan> of the <interface> with ",
                    &mac,
                ]
                .concat(),
            ),
        );
    }
    if plugs(nic) {
        facts.reverted(
            Aspect::Existence,
            Owner::Libvirt,
            "libvirt deletes the port when the guest stops, and makes another when it starts",
            None,
        );
    }
    if domain.persistent == Some(false) {
        facts.reverted(
            Aspect::Existence,
            Owner::Libvirt,
            "the domain is not defined: what is changed of it is gone when it stops",
            None,
        );
    }
}

/// Whether of two NICs of one domain the same is known: of a NIC [`of_nic`] reads its address and its type.
pub(super) fn is_known_alike(nic: &Nic, other: &Nic) -> bool {
    (nic.mac, &nic.type_) == (other.mac, &other.type_)
}

/// Whether libvirt itself puts the tap on its bridge. Of type ethernet somebody else does.
fn plugs(nic: &Nic) -> bool {
    matches!(nic.type_.as_str(), "bridge" | "network")
}

fn proxmox_script<'d>(domain: &'d Domain, nic: &Nic) -> Option<&'d str> {
    let of_nic = |known: &&QemuNic| Some(known.mac) == nic.mac;
    let script = domain
        .process
        .as_ref()?
        .nics
        .iter()
        .find(of_nic)?
        .script
        .as_deref()?;
    script.starts_with(PROXMOX_SCRIPTS).then_some(script)
}

/// 50:6b:8d is an organisation's number of Nutanix, from which Acropolis draws its guests' addresses.
fn is_of_nutanix(mac: libvirt_model::vocab::MacAddr) -> bool {
    matches!(mac.bytes(), [0x50, 0x6b, 0x8d, ..])
}
