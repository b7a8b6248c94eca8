use super::{MAC, VM, domain, interface, kernel, libvirt, link, map, nic, ovs, port, role, sourced, tap};
use crate::observe::{Observed, ObservedBridge, ObservedInterface, ObservedPort, OvsObservation};
use crate::topology::join;
use crate::topology::{Address, Link, Mirror, Role};

#[test]
fn an_internal_port_with_a_taps_name_is_the_hosts() {
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![interface("vnet100", "internal")])]),
        libvirt: libvirt(Vec::new()),
        ..Observed::default()
    });
    assert_eq!(role(&topology, "vnet100"), Role::Host);
}

#[test]
fn an_uplink_is_known_by_its_device_and_not_by_its_name() {
    let ports = || {
        ovs(vec![
            port(vec![interface("wan", "")]),
            port(vec![interface("eth7", "")]),
            ObservedPort {
                name: "bond0".to_owned(),
                ..port(vec![interface("eth2", ""), interface("eth3", "")])
            },
        ])
    };
    let links = vec![
        link("wan", None, "0c:00:00:00:00:01"),
        link("eth7", Some("tun"), "0e:00:00:00:00:01"),
    ];
    let read = join(&Observed {
        ovsdb: ports(),
        kernel: kernel(links),
        ..Observed::default()
    });
    assert_eq!(role(&read, "wan"), Role::Uplink);
    assert_eq!(role(&read, "eth7"), Role::Unknown);
    assert_eq!(role(&read, "bond0"), Role::Uplink);
    let unread = join(&Observed {
        ovsdb: ports(),
        ..Observed::default()
    });
    assert_eq!(role(&unread, "wan"), Role::Unknown);
    assert_eq!(role(&unread, "bond0"), Role::Uplink);
}

#[test]
fn a_representor_is_told_by_the_nic_s_own_switch() {
    let function = Link {
        phys_port_name: Some("pf0vf3".to_owned()),
        ..link("enp1s0f0_3", None, "0c:00:00:00:00:03")
    };
    let wire = Link {
        phys_port_name: Some("p0".to_owned()),
        ..link("enp1s0f0", None, "0c:00:00:00:00:01")
    };
    let dpdk = ObservedInterface {
        options: map(&[("dpdk-devargs", "0000:01:00.0,representor=[3]")]),
        ..interface("rep3", "dpdk")
    };
    let topology = join(&Observed {
        ovsdb: ovs(vec![
            port(vec![tap("enp1s0f0_3", &[])]),
            port(vec![tap("enp1s0f0", &[])]),
            port(vec![dpdk]),
        ]),
        kernel: kernel(vec![function, wire]),
        ..Default::default()
    });
    assert_eq!(role(&topology, "enp1s0f0_3"), Role::Representor);
    assert_eq!(role(&topology, "enp1s0f0"), Role::Uplink);
    assert_eq!(role(&topology, "rep3"), Role::Representor);
}

#[test]
fn a_vxlan_port_is_ipam_only_on_evidence() {
    let vxlan = |name: &str, remote: &str, key: &str| {
        port(vec![ObservedInterface {
            options: map(&[("remote_ip", remote), ("key", key)]),
            ..interface(name, "vxlan")
        }])
    };
    let mut internal = nic(MAC);
    internal.bridge = Some("virbr0".to_owned());
    internal.target = Some("vnet1".to_owned());
    let mut bridge = link("virbr0", Some("bridge"), "52:54:00:74:f9:b0");
    bridge.addresses = vec![Address::new("192.168.5.1".parse().unwrap(), 24)];
    let mut member = link("vnet1", Some("tun"), "fe:54:00:00:00:01");
    member.master = Some("virbr0".to_owned());
    let topology = join(&Observed {
        ovsdb: ovs(vec![
            vxlan("anything", "192.168.5.2", "1"),
            vxlan("br0-dhcp", "10.0.0.9", "1"),
            vxlan("br0-arp", "10.0.0.9", "7"),
            vxlan("br0-dhcpx", "10.0.0.9", "1"),
            vxlan("self", "192.168.5.1", "1"),
        ]),
        libvirt: libvirt(vec![domain("NTNX-1-CVM", VM, vec![internal])]),
        kernel: kernel(vec![bridge, member]),
        ..Observed::default()
    });
    assert_eq!(role(&topology, "vnet1"), Role::CvmInternal);
    assert_eq!(role(&topology, "anything"), Role::Ipam);
    assert_eq!(role(&topology, "br0-dhcp"), Role::Ipam);
    for other in ["br0-arp", "br0-dhcpx", "self"] {
        assert_eq!(role(&topology, other), Role::Tunnel, "{other}");
    }
}

#[test]
fn a_mirrors_output_and_a_patch_port_have_roles_of_their_own() {
    let mut patch = interface("br0.u", "patch");
    patch.options = map(&[("peer", "br.nf.d")]);
    let bridge = ObservedBridge {
        name: "br0".to_owned(),
        mirrors: vec![Mirror {
            name: "m0".to_owned(),
            output_port: Some("span0".to_owned()),
            ..Mirror::default()
        }],
        ports: vec![port(vec![interface("span0", "internal")]), port(vec![patch])],
        ..Default::default()
    };
    let said = OvsObservation {
        bridges: vec![bridge],
        ..Default::default()
    };
    let topology = join(&Observed {
        ovsdb: sourced(said),
        ..Default::default()
    });
    assert_eq!(role(&topology, "span0"), Role::Mirror);
    assert_eq!(role(&topology, "br0.u"), Role::Chain);
    assert_eq!(
        topology.bridges[0].mirrors[0].output_port.as_deref(),
        Some("span0")
    );
}
