use super::{MAC, OTHER_MAC, VM, domain, kernel, kinds, libvirt, link, nic, ovs, port, role, tap, unmatched};
use crate::observe::Observed;
use crate::topology::join;
use crate::topology::{EvidenceKind, Role, Topology};

/// A tap on a Linux bridge of its own, whose other member leads to Open vSwitch.
fn firewalled(member: &str, peer: Option<&str>, far: &str, external_ids: &[(&str, &str)]) -> Topology {
    let mut guest = nic(MAC);
    guest.bridge = Some("fw".to_owned());
    guest.target = Some("tap7".to_owned());
    let mut tap_link = link("tap7", Some("tun"), "fe:54:00:00:00:01");
    tap_link.master = Some("fw".to_owned());
    let mut inner = link(
        member,
        Some(if peer.is_some() { "veth" } else { "openvswitch" }),
        "0e:00:00:00:00:01",
    );
    inner.master = Some("fw".to_owned());
    inner.peer = peer.map(str::to_owned);
    let mut outer = link(far, Some("veth"), "0e:00:00:00:00:02");
    outer.peer = Some(member.to_owned());
    let mut links = vec![link("fw", Some("bridge"), "0e:00:00:00:00:03"), tap_link, inner];
    if peer.is_some() {
        links.push(outer);
    }
    join(&Observed {
        ovsdb: ovs(vec![port(vec![tap(far, external_ids)])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![guest])]),
        kernel: kernel(links),
        ..Observed::default()
    })
}

#[test]
fn a_nic_is_followed_through_a_firewall_bridge() {
    let openstack = firewalled("qvb7", Some("qvo7"), "qvo7", &[("attached-mac", MAC)]);
    assert_eq!(
        kinds(&openstack, "qvo7"),
        [EvidenceKind::AttachedMac, EvidenceKind::FirewallBridge]
    );
    assert_eq!(role(&openstack, "qvb7"), Role::Chain);
    let proxmox = firewalled("fwln7", Some("fwpr7"), "fwpr7", &[]);
    assert_eq!(kinds(&proxmox, "fwpr7"), [EvidenceKind::FirewallBridge]);
    let proxmox_ovs = firewalled("fwln7o0", None, "fwln7o0", &[]);
    for (topology, far) in [(openstack, "qvo7"), (proxmox, "fwpr7")] {
        let attachment = topology.port(far).unwrap().attachment.as_ref().unwrap();
        assert_eq!(attachment.through.as_deref(), Some("fw"));
        assert_eq!(topology.domains[0].nics[0].port.as_deref(), Some("fw/tap7"));
        assert_eq!(role(&topology, "tap7"), Role::Guest);
        assert_eq!(role(&topology, far), Role::Guest);
        assert_eq!(unmatched(&topology), []);
    }
    let bridge = proxmox_ovs.bridge("br0").unwrap();
    assert_eq!(
        bridge.ports[0].attachment.as_ref().unwrap().through.as_deref(),
        Some("fw")
    );
}

#[test]
fn a_bridge_with_an_uplink_of_its_own_is_no_firewall_bridge() {
    let mut guest = nic(MAC);
    guest.target = Some("tap1".to_owned());
    let member = |name: &str, kind: Option<&str>, mac: &str| {
        let mut member = link(name, kind, mac);
        member.master = Some("vmbr0".to_owned());
        member
    };
    let mut veth = member("veth0", Some("veth"), "0e:00:00:00:00:01");
    veth.peer = Some("veth1".to_owned());
    let links = vec![
        member("tap1", Some("tun"), "fe:54:00:00:00:01"),
        member("eth0", None, "0c:00:00:00:00:01"),
        veth,
        link("vmbr0", Some("bridge"), "0e:00:00:00:00:03"),
    ];
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("veth1", &[])])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![guest])]),
        kernel: kernel(links),
        ..Default::default()
    });
    assert!(topology.port("veth1").unwrap().attachment.is_none());
    assert_eq!(
        topology
            .port("tap1")
            .unwrap()
            .attachment
            .as_ref()
            .unwrap()
            .through,
        None
    );
}

#[test]
fn a_bridge_with_two_guests_is_no_firewall_bridge() {
    let mut one = nic(MAC);
    one.target = Some("tap1".to_owned());
    let mut two = nic(OTHER_MAC);
    two.target = Some("tap2".to_owned());
    let mut members = ["tap1", "tap2", "veth0"].map(|name| {
        let mut member = link(
            name,
            Some(if name == "veth0" { "veth" } else { "tun" }),
            "0e:00:00:00:00:01",
        );
        member.master = Some("lan".to_owned());
        member
    });
    members[2].peer = Some("veth1".to_owned());
    let mut links = members.to_vec();
    links.push(link("lan", Some("bridge"), "0e:00:00:00:00:03"));
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("veth1", &[])])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![one, two])]),
        kernel: kernel(links),
        ..Observed::default()
    });
    assert!(topology.port("veth1").unwrap().attachment.is_none());
}
