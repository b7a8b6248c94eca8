//! Hosts for the tests of the pictures: the reference host in full, an AHV bridge chain, a host with many
//! guests, and a host whose every name is hostile.

use std::collections::BTreeMap;

use libvirt_model::vocab::{MacAddr, VlanId};
use uuid::Uuid;

use crate::observe::{
    KernelObservation, LibvirtObservation, Observed, ObservedBridge, ObservedDomain, ObservedInterface,
    ObservedNetwork, ObservedNic, ObservedPort, OvsObservation, Sourced,
};
use crate::topology::{Address, Link, Portgroup, Route, Topology, Vlan, join};

/// A port with interfaces of these names.
pub(super) fn port(name: &str, interfaces: &[&str]) -> ObservedPort {
    ObservedPort {
        name: name.to_owned(),
        interfaces: interfaces.iter().map(|name| interface(name, "")).collect(),
        ..Default::default()
    }
}

pub(super) fn patch(name: &str, peer: &str) -> ObservedPort {
    typed(name, "patch", &[("peer", peer)])
}

pub(super) fn bridges(bridges: &[(&str, Vec<ObservedPort>)]) -> Topology {
    join(&Observed {
        ovsdb: ovsdb(bridges.to_vec()),
        ..Default::default()
    })
}

pub(super) fn one_bridge(port: ObservedPort) -> Topology {
    bridges(&[("br0", vec![port])])
}

/// The host of the captures, with its one guest.
pub(super) fn reference() -> Topology {
    let ports = vec![
        ObservedPort {
            tag: vlan(32),
            ..port("tap345", &["tap345"])
        },
        port("vnet0", &["vnet0"]),
        typed("br0", "internal", &[]),
        port("bond0", &["eth2", "eth3"]),
        typed("br0-dhcp", "vxlan", &[("key", "1"), ("remote_ip", "10.59.30.82")]),
        typed("br0-arp", "vxlan", &[("key", "1"), ("remote_ip", "192.168.5.2")]),
    ];
    let domains = vec![
        domain(
            "NTNX-DRM-3060-G4-1-1-CVM",
            1,
            vec![nic(0x9c_d8cd, "br0", "vnet0"), nic(0xbe_99b3, "virbr0", "vnet1")],
        ),
        domain("guest-vlan32", 2, vec![nic(0x10_0032, "br0", "tap345")]),
    ];
    let network =
        |name: &str, forward: Option<&str>, bridge: &str, virtualport: Option<&str>| ObservedNetwork {
            name: name.to_owned(),
            active: Some(true),
            autostart: Some(true),
            persistent: Some(true),
            forward: forward.map(str::to_owned),
            bridge: Some(bridge.to_owned()),
            virtualport: virtualport.map(str::to_owned),
            ..Default::default()
        };
    let networks = vec![
        ObservedNetwork {
            portgroups: vec![Portgroup {
                name: "VM-Network".to_owned(),
                default: true,
                vlan: None,
            }],
            ..network("VM-Network", Some("bridge"), "br0", Some("openvswitch"))
        },
        ObservedNetwork {
            addresses: vec![address("192.168.5.1", 24)],
            ..network("NTNX-Local-Network", None, "virbr0", None)
        },
    ];
    let nic = |name: &str, mac: &str| Link {
        mac: mac.parse().ok(),
        ..link(name, None)
    };
    let links = vec![
        nic("eth0", "0c:c4:7a:3b:1c:8c"),
        nic("eth1", "0c:c4:7a:3b:1c:8d"),
        nic("eth2", "0c:c4:7a:58:91:50"),
        nic("eth3", "0c:c4:7a:58:91:51"),
        vlan_device("eth2.32", "eth2", 32),
        vlan_device("eth3.32", "eth3", 32),
        Link {
            addresses: vec![address("10.59.31.77", 23)],
            ..link("br0", Some("openvswitch"))
        },
        Link {
            addresses: vec![address("192.168.5.1", 24)],
            ..link("virbr0", Some("bridge"))
        },
        Link {
            master: Some("virbr0".to_owned()),
            admin_up: Some(false),
            ..link("virbr0-nic", Some("tun"))
        },
        Link {
            master: Some("virbr0".to_owned()),
            ..link("vnet1", Some("tun"))
        },
        link("vnet0", Some("tun")),
        link("tap345", Some("tun")),
    ];
    let route = |destination: Option<Address>, gateway: Option<&str>, interface: &str| Route {
        destination,
        ipv6: false,
        gateway: gateway.and_then(|ip| ip.parse().ok()),
        interface: Some(interface.to_owned()),
        metric: None,
        type_: None,
    };
    let routes = vec![
        route(None, Some("10.59.30.1"), "br0"),
        route(Some(address("10.59.30.0", 23)), None, "br0"),
        route(Some(address("192.168.5.0", 24)), None, "virbr0"),
    ];
    let mut ovsdb = ovsdb(vec![("br0", ports)]);
    if let Some(ovsdb) = &mut ovsdb {
        ovsdb.said.ovs_version = Some("2.1.3".to_owned());
        ovsdb.said.schema_version = Some("7.4.0".to_owned());
    }
    join(&Observed {
        ovsdb,
        libvirt: sourced(LibvirtObservation {
            hostname: Some("NTNX-DRM-3060-G4-1-1".to_owned()),
            domains,
            networks,
            ..Default::default()
        }),
        kernel: sourced(KernelObservation {
            links,
            routes,
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// An AHV host of the bridge chain, with two uplink bonds, a tunnel, and faults.
pub(super) fn chain() -> Topology {
    let mut local = vec![
        patch("br0.local.u", "br.mx.d.br0"),
        typed("br0.local", "internal", &[]),
    ];
    let mut domains = vec![domain(
        "NTNX-CHAIN-A-CVM",
        1,
        vec![nic(1, "br0", "vnet0"), nic(2, "virbr0", "vnet1")],
    )];
    for number in 0..7u32 {
        let tap = format!("tap{number}");
        let vlan_id = [10, 10, 20, 0, 30, 10, 20][number as usize];
        let tag = (vlan_id > 0).then_some(()).and_then(|()| vlan(vlan_id));
        local.push(ObservedPort {
            tag,
            ..port(&tap, &[&tap])
        });
        let name = ["web-1", "web-2", "db-1", "router", "backup", "web-3", "db-2"][number as usize];
        domains.push(domain(
            name,
            10 + u128::from(number),
            vec![nic(0x100 + number, "br0.local", &tap)],
        ));
    }
    let mut second = vec![patch("br1.local.u", "br.mx.d.br1")];
    second.push(ObservedPort {
        trunks: [5, 6, 7, 9].iter().filter_map(|id| vlan(*id)).collect(),
        ..port("tap9", &["tap9"])
    });
    domains.push(domain("firewall", 30, vec![nic(0x109, "br1.local", "tap9")]));
    domains.push(ObservedDomain {
        state: "shut off".to_owned(),
        active: false,
        ..domain("spare", 31, vec![nic(0x110, "br0.local", "")])
    });
    let mut lost = port("tap77", &["tap77"]);
    lost.interfaces[0].ofport = Some(-1);
    lost.interfaces[0].error = Some("could not open network device tap77 (No such device)".to_owned());
    local.push(lost);
    let bridges = vec![
        ("br0.local", local),
        ("br1.local", second),
        (
            "br.mx",
            vec![
                patch("br.mx.d.br0", "br0.local.u"),
                patch("br.mx.d.br1", "br1.local.u"),
                patch("br.mx.u", "br.microseg.d"),
            ],
        ),
        (
            "br.microseg",
            vec![
                patch("br.microseg.d", "br.mx.u"),
                patch("br.microseg.u", "br.nf.d"),
            ],
        ),
        (
            "br.nf",
            vec![patch("br.nf.d", "br.microseg.u"), patch("br.nf.u", "br.dmx.u")],
        ),
        (
            "br.dmx",
            vec![
                patch("br.dmx.u", "br.nf.u"),
                patch("br.dmx.d.br0", "br0.u"),
                patch("br.dmx.d.br1", "br1.u"),
            ],
        ),
        (
            "br0",
            vec![
                patch("br0.u", "br.dmx.d.br0"),
                typed("br0", "internal", &[]),
                port("vnet0", &["vnet0"]),
                ObservedPort {
                    bond_mode: Some("balance-tcp".to_owned()),
                    lacp: Some("active".to_owned()),
                    ..port("br0-up", &["eth0", "eth1"])
                },
                typed("br0-arp", "vxlan", &[("key", "1"), ("remote_ip", "192.168.5.2")]),
                typed("br0-dhcp", "vxlan", &[("key", "1"), ("remote_ip", "192.168.5.2")]),
            ],
        ),
        (
            "br1",
            vec![
                patch("br1.u", "br.dmx.d.br1"),
                port("br1-up", &["eth2", "eth3"]),
                typed("vx-7", "vxlan", &[("key", "7001"), ("remote_ip", "203.0.113.9")]),
            ],
        ),
    ];
    let mut links = vec![
        Link {
            addresses: vec![address("10.1.2.3", 24)],
            ..link("br0", Some("openvswitch"))
        },
        Link {
            addresses: vec![address("192.168.5.1", 24)],
            ..link("virbr0", Some("bridge"))
        },
        Link {
            master: Some("virbr0".to_owned()),
            ..link("vnet1", Some("tun"))
        },
        link("br0.local", Some("openvswitch")),
        link("vnet0", Some("tun")),
        link("tap9", Some("tun")),
    ];
    for number in 0..4u8 {
        let mac = Some(MacAddr::new([0x0c, 0xc4, 0x7a, 0, 0, number]));
        links.push(Link {
            mac,
            link_up: Some(number != 3),
            ..link(&format!("eth{number}"), None)
        });
    }
    links.extend((0..7).map(|number| link(&format!("tap{number}"), Some("tun"))));
    join(&Observed {
        ovsdb: ovsdb(bridges),
        libvirt: sourced(LibvirtObservation {
            hostname: Some("chain-a".to_owned()),
            domains,
            ..Default::default()
        }),
        kernel: sourced(KernelObservation {
            links,
            routes: Vec::new(),
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// `guests` guests over 20 VLANs and two bridges, of which every seventh has a second NIC.
pub(super) fn many_guests(guests: u32) -> Topology {
    let mut ports = [Vec::new(), Vec::new()];
    let mut links = vec![Link {
        addresses: vec![address("10.0.0.7", 24)],
        ..link("br0", Some("openvswitch"))
    }];
    let mut domains = vec![domain(
        "NTNX-BIG-A-CVM",
        1,
        vec![nic(1, "br0", "vnet0"), nic(2, "virbr0", "vnet1")],
    )];
    links.push(Link {
        addresses: vec![address("192.168.5.1", 24)],
        ..link("virbr0", Some("bridge"))
    });
    links.push(Link {
        master: Some("virbr0".to_owned()),
        ..link("vnet1", Some("tun"))
    });
    links.push(link("vnet0", Some("tun")));
    let mut taps = 0;
    for guest in 0..guests {
        let nics = if guest % 7 == 3 { 2 } else { 1 };
        let mut own = Vec::new();
        for _ in 0..nics {
            let (name, side) = (format!("tap{taps}"), usize::from(taps % 20 >= 10));
            let tag = vlan(u16::try_from(100 + taps % 20).unwrap());
            ports[side].push(ObservedPort {
                tag,
                ..port(&name, &[&name])
            });
            own.push(nic(0x1000 + taps, ["br0", "br1"][side], &name));
            links.push(link(&name, Some("tun")));
            taps += 1;
        }
        let name = match guest % 5 {
            0 => format!("web-{guest:03}"),
            1 => format!("postgres-primary-{guest:03}"),
            2 => format!("k8s-worker-{guest:03}.prod.example"),
            3 => format!("fw{guest}"),
            _ => format!("desktop-of-somebody-with-a-long-name-{guest:03}"),
        };
        domains.push(domain(&name, 100 + u128::from(guest), own));
    }
    let [mut first, mut second] = ports;
    first.extend([
        typed("br0", "internal", &[]),
        port("vnet0", &["vnet0"]),
        port("br0-up", &["eth0", "eth1"]),
    ]);
    second.push(port("br1-up", &["eth2", "eth3"]));
    for number in 0..4u8 {
        let mac = Some(MacAddr::new([0x0c, 0xc4, 0x7a, 0, 0, number]));
        links.push(Link {
            mac,
            ..link(&format!("eth{number}"), None)
        });
    }
    join(&Observed {
        ovsdb: ovsdb(vec![("br0", first), ("br1", second)]),
        libvirt: sourced(LibvirtObservation {
            hostname: Some("big-a".to_owned()),
            domains,
            ..Default::default()
        }),
        kernel: sourced(KernelObservation {
            links,
            routes: Vec::new(),
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// A plain KVM host: Linux bridges on a Linux bond and on a VLAN device, a veth between them, and an Open
/// vSwitch bridge behind firewall bridges, one a guest.
pub(super) fn plain() -> Topology {
    let member = |name: &str, master: &str, number: u8| Link {
        mac: Some(MacAddr::new([0x0c, 0xc4, 0x7a, 0, 0, number])),
        master: Some(master.to_owned()),
        ..link(name, None)
    };
    let of = |name: &str, kind: &str, master: &str| Link {
        master: Some(master.to_owned()),
        ..link(name, Some(kind))
    };
    let mut links = vec![
        member("eno1", "bond0", 1),
        member("eno2", "bond0", 2),
        Link {
            mac: Some(MacAddr::new([0x0c, 0xc4, 0x7a, 0, 0, 3])),
            ..link("eno3", None)
        },
        of("bond0", "bond", "vmbr0"),
        Link {
            master: Some("vmbr10".to_owned()),
            ..vlan_device("eno3.10", "eno3", 10)
        },
        Link {
            addresses: vec![address("192.0.2.10", 24), address("2001:db8::10", 64)],
            ..link("vmbr0", Some("bridge"))
        },
        link("vmbr10", Some("bridge")),
        of("tap100i0", "tun", "vmbr0"),
        of("tap101i0", "tun", "vmbr10"),
        of("tap103i0", "tun", "vmbr0"),
        of("tap103i1", "tun", "vmbr10"),
    ];
    for (name, peer, master) in [
        ("to-vmbr0", "to-vmbr10", "vmbr10"),
        ("to-vmbr10", "to-vmbr0", "vmbr0"),
    ] {
        links.push(Link {
            peer: Some(peer.to_owned()),
            ..of(name, "veth", master)
        });
    }
    let mut ports = vec![
        typed("vx-1", "vxlan", &[("key", "flow"), ("remote_ip", "192.0.2.11")]),
        typed("gre-2", "gre", &[("remote_ip", "192.0.2.12")]),
    ];
    let mut domains = vec![
        domain("web", 100, vec![nic(100, "vmbr0", "tap100i0")]),
        domain("mail", 101, vec![nic(101, "vmbr10", "tap101i0")]),
        domain(
            "router",
            103,
            vec![nic(103, "vmbr0", "tap103i0"), nic(104, "vmbr10", "tap103i1")],
        ),
        domain("lost", 102, vec![nic(102, "vmbr0", "tap102i0")]),
    ];
    for number in 0..12u32 {
        let (bridge, tap) = (format!("qbr{number:08x}"), format!("tap{number:08x}"));
        links.push(link(&bridge, Some("bridge")));
        links.push(of(&tap, "tun", &bridge));
        let (inner, outer) = (format!("qvb{number:08x}"), format!("qvo{number:08x}"));
        links.push(Link {
            peer: Some(outer.clone()),
            ..of(&inner, "veth", &bridge)
        });
        links.push(Link {
            peer: Some(inner),
            ..link(&outer, Some("veth"))
        });
        let tag = vlan(u16::try_from(1 + number % 3).unwrap());
        ports.push(ObservedPort {
            tag,
            ..port(&outer, &[&outer])
        });
        domains.push(domain(
            &format!("instance-{number:08x}"),
            200 + u128::from(number),
            vec![nic(0x200 + number, &bridge, &tap)],
        ));
    }
    join(&Observed {
        ovsdb: ovsdb(vec![("br-int", ports)]),
        libvirt: sourced(LibvirtObservation {
            hostname: Some("plain-kvm".to_owned()),
            domains,
            ..Default::default()
        }),
        kernel: sourced(KernelObservation {
            links,
            routes: Vec::new(),
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// Bridges in a ring and with two cables side by side, with an uplink on two of them, and many NICs on one.
pub(super) fn rings() -> Topology {
    let members: Vec<String> = (0..9).map(|number| format!("eth{number}")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let mut tunnels: Vec<ObservedPort> = (0..30)
        .map(|number| {
            let remote = format!("192.0.2.{number}");
            typed(
                &format!("vx{number}"),
                "vxlan",
                &[("key", "flow"), ("remote_ip", &remote)],
            )
        })
        .collect();
    tunnels.extend([patch("c-a", "a-c"), patch("c-b", "b-c"), patch("c-c", "c-c")]);
    tunnels.extend((0..20).map(|number| port(&format!("odd{number}"), &[&format!("odd{number}")])));
    let links = members
        .iter()
        .map(|name| Link {
            mac: Some(MacAddr::new([0x0c; 6])),
            ..link(name, None)
        })
        .collect();
    let bridges = vec![
        (
            "a",
            vec![
                patch("a-b", "b-a"),
                patch("a-b2", "b-a2"),
                patch("a-c", "c-a"),
                port("bond", &members[..8]),
            ],
        ),
        (
            "b",
            vec![
                patch("b-a", "a-b"),
                patch("b-a2", "a-b2"),
                patch("b-c", "c-b"),
                port("eth8", &["eth8"]),
            ],
        ),
        ("c", tunnels),
        ("d", vec![patch("d-e", "e-d")]),
        ("e", vec![patch("e-d", "d-e"), typed("gre", "gre", &[])]),
        ("f", Vec::new()),
    ];
    join(&Observed {
        ovsdb: ovsdb(bridges),
        kernel: sourced(KernelObservation {
            links,
            routes: Vec::new(),
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// A host on which everything that can be named is called `name`, or begins with it.
pub(super) fn called(name: &str) -> Topology {
    let tap = format!("{name}tap");
    let ports = vec![
        port(&tap, &[&tap]),
        port(
            &format!("{name}bond"),
            &[&format!("{name}0"), &format!("{name}1")],
        ),
        typed(
            &format!("{name}vx"),
            "vxlan",
            &[("key", name), ("remote_ip", name)],
        ),
        typed(&format!("{name}odd"), name, &[]),
        patch(&format!("{name}patch"), name),
        typed(name, "internal", &[]),
    ];
    let network = ObservedNetwork {
        name: name.to_owned(),
        active: Some(true),
        bridge: Some(name.to_owned()),
        forward: Some(name.to_owned()),
        virtualport: Some("openvswitch".to_owned()),
        portgroups: vec![Portgroup {
            name: name.to_owned(),
            default: true,
            vlan: Some(Vlan {
                trunk: false,
                tags: vlan(5).into_iter().collect(),
                native: None,
            }),
        }],
        ..Default::default()
    };
    let mut cvm = domain(&format!("{name}-CVM"), 2, vec![nic(3, name, "vnet0")]);
    cvm.state = name.to_owned();
    let mut ovsdb = ovsdb(vec![(name, ports)]);
    if let Some(ovsdb) = &mut ovsdb {
        ovsdb.from = name.to_owned();
        ovsdb.said.ovs_version = Some(name.to_owned());
        ovsdb.said.damage.push(name.to_owned());
    }
    join(&Observed {
        ovsdb,
        libvirt: sourced(LibvirtObservation {
            hostname: Some(name.to_owned()),
            domains: vec![domain(name, 1, vec![nic(1, name, &tap)]), cvm],
            networks: vec![network],
            ..Default::default()
        }),
        kernel: sourced(KernelObservation {
            links: vec![
                link(&tap, Some("tun")),
                Link {
                    mac: Some(MacAddr::new([2; 6])),
                    ..link(&format!("{name}nic"), None)
                },
            ],
            routes: vec![Route {
                destination: None,
                ipv6: false,
                gateway: None,
                interface: Some(name.to_owned()),
                metric: None,
                type_: Some(name.to_owned()),
            }],
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// Names that would break out of XML, DOT, Mermaid or the line they stand on.
pub(super) const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "a&b;&#0;&nbsp;",
    "\"]]>--><!--'",
    "back\\slash\\",
    "\\N\\G\\\"",
    "line\nbreak\r\ttab",
    "\u{0}\u{1}\u{8}\u{1b}[31m\u{7f}\u{85}",
    "\u{fffe}\u{ffff}\u{fdd0}",
    "\u{202e}drawkcab\u{2066}",
    "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}algo",
    "漢字かな交じり文の非常に長い仮想マシンの名前",
    "\u{fdfd}\u{fdfd}\u{fdfd}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "`end` subgraph #quot; %% ; [[x]] {{y}} |z| --> click",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
];

fn sourced<T>(said: T) -> Option<Sourced<T>> {
    Some(Sourced {
        from: "specimen".to_owned(),
        said,
    })
}

fn ovsdb(bridges: Vec<(&str, Vec<ObservedPort>)>) -> Option<Sourced<OvsObservation>> {
    let bridges = bridges
        .into_iter()
        .map(|(name, ports)| ObservedBridge {
            name: name.to_owned(),
            ports,
            ..Default::default()
        })
        .collect();
    sourced(OvsObservation {
        bridges,
        ..Default::default()
    })
}

fn interface(name: &str, type_: &str) -> ObservedInterface {
    ObservedInterface {
        name: name.to_owned(),
        type_: type_.to_owned(),
        ..Default::default()
    }
}

fn typed(name: &str, type_: &str, options: &[(&str, &str)]) -> ObservedPort {
    let options: BTreeMap<String, String> = options
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    ObservedPort {
        name: name.to_owned(),
        interfaces: vec![ObservedInterface {
            options,
            ..interface(name, type_)
        }],
        ..Default::default()
    }
}

fn vlan(id: u16) -> Option<VlanId> {
    VlanId::new(id).ok()
}

fn nic(number: u32, bridge: &str, target: &str) -> ObservedNic {
    let [_, a, b, c] = number.to_be_bytes();
    ObservedNic {
        mac: Some(MacAddr::new([0x50, 0x6b, 0x8d, a, b, c])),
        type_: "bridge".to_owned(),
        bridge: Some(bridge.to_owned()),
        target: (!target.is_empty()).then(|| target.to_owned()),
        ..Default::default()
    }
}

fn domain(name: &str, uuid: u128, nics: Vec<ObservedNic>) -> ObservedDomain {
    ObservedDomain {
        name: name.to_owned(),
        uuid: Uuid::from_u128(uuid),
        state: "running".to_owned(),
        active: true,
        autostart: Some(true),
        persistent: Some(true),
        nics,
        config_nics: None,
    }
}

fn address(ip: &str, prefix_len: u8) -> Address {
    Address::new(ip.parse().unwrap(), prefix_len)
}

fn vlan_device(name: &str, parent: &str, id: u16) -> Link {
    Link {
        parent: Some(parent.to_owned()),
        vlan_id: Some(id),
        ..link(name, Some("vlan"))
    }
}

fn link(name: &str, kind: Option<&str>) -> Link {
    Link {
        index: 1,
        kind: kind.map(str::to_owned),
        mtu_bytes: Some(1500),
        admin_up: Some(true),
        link_up: Some(true),
        ..Link::named(name)
    }
}
