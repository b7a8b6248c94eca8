use std::collections::BTreeMap;

use crate::observe::{
    LibvirtObservation, Observed, ObservedBridge, ObservedDomain, ObservedInterface, ObservedNetwork,
    ObservedNic, ObservedPort, OvsObservation, Sourced,
};
use crate::topology::{Aspect, Ifcfg, Owner, Ownership, QemuNic, QemuProcess, Topology, join};

const MAC: &str = "52:54:00:00:00:01";
const NUTANIX_MAC: &str = "50:6b:8d:00:00:01";

fn sourced<T>(said: T) -> Option<Sourced<T>> {
    Some(Sourced {
        from: "test".to_owned(),
        said,
    })
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn port(name: &str, external_ids: &[(&str, &str)]) -> ObservedPort {
    ObservedPort {
        name: name.to_owned(),
        interfaces: vec![ObservedInterface {
            name: name.to_owned(),
            external_ids: map(external_ids).into(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn bond(name: &str, members: &[&str]) -> ObservedPort {
    let member = |name: &&str| port(name, &[]).interfaces.remove(0);
    ObservedPort {
        name: name.to_owned(),
        interfaces: members.iter().map(member).collect(),
        ..Default::default()
    }
}

fn domain(name: &str, type_: &str, mac: &str, target: &str) -> ObservedDomain {
    let nic = ObservedNic {
        mac: Some(mac.parse().unwrap()),
        type_: type_.to_owned(),
        bridge: Some("br0".to_owned()),
        target: Some(target.to_owned()),
        ..Default::default()
    };
    ObservedDomain {
        name: name.to_owned(),
        uuid: uuid::Uuid::from_u128(name.len() as u128),
        state: "running".to_owned(),
        active: true,
        autostart: None,
        persistent: Some(true),
        nics: vec![nic],
        config_nics: None,
    }
}

#[derive(Default)]
struct Case {
    ports: Vec<ObservedPort>,
    domains: Vec<ObservedDomain>,
    files: Vec<Ifcfg>,
    bridge_ids: Vec<(&'static str, &'static str)>,
    processes: Vec<QemuProcess>,
}

impl Case {
    fn topology(self) -> Topology {
        let bridge = ObservedBridge {
            name: "br0".to_owned(),
            external_ids: map(&self.bridge_ids),
            ports: self.ports,
            ..Default::default()
        };
        join(&Observed {
            ovsdb: sourced(OvsObservation {
                bridges: vec![bridge],
                ..Default::default()
            }),
            libvirt: sourced(LibvirtObservation {
                domains: self.domains,
                ..Default::default()
            }),
            ifcfg: sourced(self.files),
            processes: sourced(self.processes),
            ..Default::default()
        })
    }
}

fn undone(ownership: &Ownership) -> Vec<(Aspect, Owner)> {
    ownership
        .reverts
        .iter()
        .map(|revert| (revert.aspect, revert.by))
        .collect()
}

fn owner(topology: &Topology, port: &str) -> Owner {
    topology.port(port).unwrap().ownership.owner
}

#[test]
fn a_name_alone_is_no_owner() {
    let host = Case {
        ports: vec![
            port("br0", &[]),
            bond("br0-up", &["eth0", "eth1"]),
            port("tap100i0", &[]),
            port("vnet0", &[]),
        ],
        ..Case::default()
    };
    let host = host.topology();
    for port in host.ports() {
        assert_eq!(*port.ownership, Ownership::default(), "{}", port.name);
    }
    assert_eq!(*host.bridge("br0").unwrap().ownership, Ownership::default());
}

#[test]
fn marks_in_the_row_name_their_owner() {
    let neutron = ObservedPort {
        other_config: map(&[("net_uuid", "x"), ("tag", "1")]),
        ..port("tap9", &[])
    };
    let host = Case {
        ports: vec![
            port("a", &[("ahv-net-owner", "web")]),
            port("b", &[("ovn-chassis-id", "c")]),
            port("c", &[("NM.connection.uuid", "u")]),
            neutron,
        ],
        bridge_ids: vec![("ct-zone-lsp", "3")],
        ..Case::default()
    };
    let host = host.topology();
    assert_eq!(
        host.port("a").unwrap().ownership.evidence[0].what,
        "external_ids:ahv-net-owner is web"
    );
    let owners: Vec<Owner> = ["a", "b", "c", "tap9"]
        .iter()
        .map(|name| owner(&host, name))
        .collect();
    assert_eq!(
        owners,
        [Owner::AhvNet, Owner::Ovn, Owner::NetworkManager, Owner::Neutron]
    );
    assert_eq!(host.bridge("br0").unwrap().ownership.owner, Owner::Ovn);
    assert_eq!(
        undone(&host.port("tap9").unwrap().ownership),
        [(Aspect::Vlan, Owner::Neutron)]
    );
}

#[test]
fn libvirt_sets_the_vlan_of_what_it_plugs_and_of_nothing_else() {
    let of = |type_: &str| {
        let host = Case {
            ports: vec![port("vnet0", &[])],
            domains: vec![domain("vm", type_, MAC, "vnet0")],
            ..Case::default()
        };
        host.topology().port("vnet0").unwrap().ownership.clone()
    };
    let plugged = of("bridge");
    assert_eq!(plugged.owner, Owner::Libvirt);
    assert_eq!(
        undone(&plugged),
        [
            (Aspect::Vlan, Owner::Libvirt),
            (Aspect::Existence, Owner::Libvirt)
        ]
    );
    let vlan = plugged.reverts_of(Aspect::Vlan).next().unwrap();
    assert_eq!(
        vlan.instead.as_deref(),
        Some(&*format!("virsh edit vm  # <vlan> of the <interface> with {MAC}"))
    );
    assert_eq!(undone(&of("ethernet")), []);
}

#[test]
fn a_controller_vm_makes_the_host_nutanix_s() {
    let ports = || {
        vec![
            port("vnet0", &[]),
            port("tap1", &[]),
            port("tap2", &[]),
            bond("up", &["eth0", "eth1"]),
            ObservedPort::default(),
        ]
    };
    let guests = || {
        vec![
            domain("guest", "bridge", NUTANIX_MAC, "tap1"),
            domain("other", "bridge", MAC, "tap2"),
        ]
    };
    let with_cvm = Case {
        ports: ports(),
        domains: [
            vec![domain("NTNX-1-CVM", "bridge", "52:54:00:00:00:09", "vnet0")],
            guests(),
        ]
        .concat(),
        ..Case::default()
    };
    let ahv = with_cvm.topology();
    assert_eq!(ahv.bridge("br0").unwrap().ownership.owner, Owner::Acropolis);
    assert_eq!(owner(&ahv, "tap1"), Owner::Acropolis);
    // Its address is not one of Nutanix's, so nothing says that Acropolis has this guest.
    assert_eq!(owner(&ahv, "tap2"), Owner::Libvirt);
    let cvm = &ahv.port("vnet0").unwrap().ownership;
    assert_eq!(
        cvm.reverts_of(Aspect::Vlan).next().unwrap().instead.as_deref(),
        Some("change_cvm_vlan VLAN")
    );
    let uplink = &ahv.port("up").unwrap().ownership;
    assert_eq!(
        undone(uplink),
        [
            (Aspect::Uplinks, Owner::Acropolis),
            (Aspect::Bond, Owner::Acropolis)
        ]
    );
    let nic = &ahv.domain("guest").unwrap().nics[0].ownership;
    assert_eq!(nic.owner, Owner::Acropolis);

    let plain = Case {
        ports: ports(),
        domains: guests(),
        ..Case::default()
    };
    let plain = plain.topology();
    assert_eq!(owner(&plain, "tap1"), Owner::Libvirt);
    assert_eq!(owner(&plain, "up"), Owner::Unknown);
}

#[test]
fn proxmox_is_known_by_the_program_that_its_qemu_calls() {
    let called = |script: Option<&str>| {
        let nic = QemuNic {
            script: script.map(str::to_owned),
            ..QemuNic::new(
                MAC.parse().unwrap(),
                Some("tap".to_owned()),
                Some("tap100i0".to_owned()),
            )
        };
        let process = QemuProcess {
            name: Some("vm".to_owned()),
            nics: vec![nic],
            ..QemuProcess::default()
        };
        let host = Case {
            ports: vec![port("tap100i0", &[])],
            domains: vec![domain("vm", "tap", MAC, "tap100i0")],
            processes: vec![process],
            ..Case::default()
        };
        owner(&host.topology(), "tap100i0")
    };
    assert_eq!(called(Some("/var/lib/qemu-server/pve-bridge")), Owner::Proxmox);
    assert_eq!(called(Some("/etc/qemu-ifup")), Owner::Libvirt);
}

#[test]
fn a_file_of_the_network_scripts_names_what_it_makes() {
    let file = |device: &str, type_: &str, bridge: Option<&str>| Ifcfg {
        file: format!("ifcfg-{device}"),
        device: device.to_owned(),
        type_: Some(type_.to_owned()),
        ovs_bridge: bridge.map(str::to_owned),
        ..Ifcfg::default()
    };
    let host = Case {
        ports: vec![port("br0", &[]), bond("bond0", &["eth0", "eth1"])],
        files: vec![
            file("br0", "OVSBridge", None),
            file("bond0", "OVSBond", Some("br0")),
            file("eth1", "Ethernet", None),
        ],
        ..Case::default()
    };
    let host = host.topology();
    assert_eq!(
        undone(&host.bridge("br0").unwrap().ownership),
        [(Aspect::Ports, Owner::NetworkScripts)]
    );
    let bond = host.port("bond0").unwrap();
    assert_eq!(undone(&bond.ownership), [(Aspect::Bond, Owner::NetworkScripts)]);
    let member = |name: &str| {
        bond.interfaces
            .iter()
            .find(|interface| interface.name == name)
            .unwrap()
    };
    assert_eq!(member("eth0").ownership, None);
    assert_eq!(*bond.ownership_of(member("eth0")), *bond.ownership);
    assert_eq!(
        bond.ownership_of(member("eth1")).evidence[0].what,
        "ifcfg-eth1 sets it up"
    );
}

#[test]
fn a_network_is_libvirt_s_and_one_that_is_not_defined_ends() {
    let host = join(&Observed {
        libvirt: sourced(LibvirtObservation {
            networks: vec![ObservedNetwork {
                name: "n".to_owned(),
                persistent: Some(false),
                ..Default::default()
            }],
            ..Default::default()
        }),
        ..Default::default()
    });
    let ownership = &host.networks[0].ownership;
    assert_eq!(ownership.owner, Owner::Libvirt);
    assert_eq!(undone(ownership), [(Aspect::Existence, Owner::Libvirt)]);
}
