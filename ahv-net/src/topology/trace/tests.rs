use std::collections::BTreeMap;

use libvirt_model::vocab::VlanId;
use uuid::Uuid;

use super::{Fate, Frame, Hop, HopKind, Start, Trace, TraceError, vlan};
use crate::observe::{
    KernelObservation, LibvirtObservation, Observed, ObservedBridge, ObservedDomain, ObservedInterface,
    ObservedNic, ObservedPort, OvsObservation, Sourced,
};
use crate::topology::{Link, Port, Topology, join};

const MAC: &str = "52:54:00:00:00:01";

fn id(vlan: u16) -> VlanId {
    VlanId::new(vlan).unwrap()
}

fn interface(name: &str, type_: &str) -> ObservedInterface {
    ObservedInterface {
        name: name.to_owned(),
        type_: type_.to_owned(),
        ..Default::default()
    }
}

fn port(interface: ObservedInterface) -> ObservedPort {
    ObservedPort {
        name: interface.name.clone(),
        interfaces: vec![interface],
        ..Default::default()
    }
}

fn patch(name: &str, peer: &str) -> ObservedPort {
    let options = BTreeMap::from([("peer".to_owned(), peer.to_owned())]);
    port(ObservedInterface {
        options,
        ..interface(name, "patch")
    })
}

fn bridge(name: &str, ports: Vec<ObservedPort>) -> ObservedBridge {
    ObservedBridge {
        name: name.to_owned(),
        ports,
        ..Default::default()
    }
}

fn guest(tag: Option<u16>) -> ObservedPort {
    ObservedPort {
        tag: tag.map(id),
        ..port(interface("tap1", ""))
    }
}

fn nic(name: &str, mtu: u32) -> Link {
    Link {
        index: 1,
        mac: Some("0c:00:00:00:00:01".parse().unwrap()),
        mtu_bytes: Some(mtu),
        admin_up: Some(true),
        link_up: Some(true),
        ..Link::named(name)
    }
}

fn host(bridges: Vec<ObservedBridge>, links: Vec<Link>) -> Topology {
    let nic = ObservedNic {
        mac: Some(MAC.parse().unwrap()),
        type_: "bridge".to_owned(),
        target: Some("tap1".to_owned()),
        ..Default::default()
    };
    let domain = ObservedDomain {
        name: "vm".to_owned(),
        uuid: Uuid::from_u128(1),
        state: "running".to_owned(),
        active: true,
        autostart: None,
        persistent: Some(true),
        nics: vec![nic],
        config_nics: None,
    };
    let from = "test".to_owned();
    let libvirt = LibvirtObservation {
        domains: vec![domain],
        ..Default::default()
    };
    join(&Observed {
        ovsdb: Some(Sourced {
            from: from.clone(),
            said: OvsObservation {
                bridges,
                ..Default::default()
            },
        }),
        libvirt: Some(Sourced {
            from: from.clone(),
            said: libvirt,
        }),
        kernel: Some(Sourced {
            from,
            said: KernelObservation {
                links,
                ..Default::default()
            },
        }),
        ..Default::default()
    })
}

fn trace(topology: &Topology, frame: Frame) -> Trace {
    topology.trace(&Start::Mac(MAC.parse().unwrap()), frame).unwrap()
}

fn hop<'t>(trace: &'t Trace, name: &str) -> &'t Hop {
    trace
        .hops
        .iter()
        .find(|hop| hop.name == name)
        .unwrap_or_else(|| panic!("no {name} in {trace:#?}"))
}

#[test]
fn an_access_port_reaches_the_wire_tagged_by_a_trunk() {
    let topology = host(
        vec![bridge("br0", vec![guest(Some(32)), port(interface("eth0", ""))])],
        vec![nic("eth0", 9000)],
    );
    let trace = trace(&topology, Frame::Untagged);
    let kinds: Vec<_> = trace.hops.iter().map(|hop| (hop.depth, hop.kind)).collect();
    assert_eq!(
        kinds,
        [
            (0, HopKind::Nic),
            (1, HopKind::PortIn),
            (2, HopKind::Bridge),
            (3, HopKind::PortOut),
            (4, HopKind::Device)
        ]
    );
    assert_eq!(hop(&trace, "br0").fate, Fate::Inside(32));
    assert_eq!(hop(&trace, "eth0").fate, Fate::Wire(Frame::Tagged(id(32))));
    assert_eq!(trace.path_mtu_bytes, Some(9000));
}

#[test]
fn a_tagged_frame_is_dropped_by_an_access_port() {
    let topology = host(vec![bridge("br0", vec![guest(Some(32))])], Vec::new());
    let trace = trace(&topology, Frame::Tagged(id(32)));
    assert!(matches!(&hop(&trace, "br0/tap1").fate, Fate::Dropped(why) if why.contains("already tagged")));
    assert_eq!(trace.hops.len(), 2);
    assert_eq!(trace.path_mtu_bytes, None);
}

#[test]
fn an_uplink_with_tag_and_trunks_but_no_mode_is_an_access_port() {
    let uplink = ObservedPort {
        tag: Some(id(31)),
        trunks: vec![id(31), id(32)],
        ..port(interface("eth0", ""))
    };
    let topology = host(
        vec![bridge("br0", vec![guest(Some(32)), uplink])],
        vec![nic("eth0", 1500)],
    );
    let trace = trace(&topology, Frame::Untagged);
    assert_eq!(
        hop(&trace, "br0/eth0").fate,
        Fate::Dropped("it carries VLAN 31 alone".to_owned())
    );
}

#[test]
fn the_chain_of_bridges_is_followed_and_a_loop_is_told() {
    let chain = |far_peer: &str| {
        host(
            vec![
                bridge(
                    "br0.local",
                    vec![guest(Some(7)), patch("l.u", "n.d"), patch("l.x", "n.x")],
                ),
                bridge(
                    "br.nf",
                    vec![patch("n.d", "l.u"), patch("n.x", far_peer), patch("n.u", "b.d")],
                ),
                bridge("br0", vec![patch("b.d", "n.u"), port(interface("eth0", ""))]),
            ],
            vec![nic("eth0", 1500)],
        )
    };
    let followed = trace(&chain("nowhere"), Frame::Untagged);
    assert_eq!(hop(&followed, "eth0").fate, Fate::Wire(Frame::Tagged(id(7))));
    let looped = trace(&chain("l.x"), Frame::Untagged);
    assert!(
        looped
            .hops
            .iter()
            .any(|hop| matches!(&hop.fate, Fate::Dropped(why) if why.contains("loop"))),
        "{looped:#?}"
    );
}

#[test]
fn a_broken_port_and_a_dead_link_drop_everything() {
    let broken = port(ObservedInterface {
        error: Some("No such device".to_owned()),
        ..interface("tap1", "")
    });
    let first = trace(
        &host(vec![bridge("br0", vec![broken])], Vec::new()),
        Frame::Untagged,
    );
    assert!(matches!(&hop(&first, "br0/tap1").fate, Fate::Dropped(why) if why.contains("No such device")));
    let dead = Link {
        link_up: Some(false),
        ..nic("eth0", 1500)
    };
    let ports = vec![guest(None), port(interface("eth0", ""))];
    let second = trace(&host(vec![bridge("br0", ports)], vec![dead]), Frame::Untagged);
    assert!(matches!(&hop(&second, "eth0").fate, Fate::Dropped(why) if why.contains("no carrier")));
}

#[test]
fn a_vlan_device_adds_its_header() {
    let device = Link {
        kind: Some("vlan".to_owned()),
        vlan_id: Some(90),
        parent: Some("eth0".to_owned()),
        ..nic("eth0.90", 1500)
    };
    let ports = vec![guest(None), port(interface("eth0.90", ""))];
    let topology = host(vec![bridge("br0", ports)], vec![device, nic("eth0", 1400)]);
    let untagged = trace(&topology, Frame::Untagged);
    assert_eq!(hop(&untagged, "eth0").fate, Fate::Wire(Frame::Tagged(id(90))));
    assert_eq!(untagged.path_mtu_bytes, Some(1400));
    let tagged = trace(&topology, Frame::Tagged(id(5)));
    assert!(matches!(&hop(&tagged, "eth0.90").fate, Fate::Dropped(why) if why.contains("second header")));
}

#[test]
fn starts_are_found_missed_and_ambiguous() {
    let topology = host(vec![bridge("br0", vec![guest(Some(32))])], Vec::new());
    for start in [MAC, "vm/52:54:00:00:00:01", "tap1"] {
        let start: Start = start.parse().unwrap();
        assert_eq!(
            topology.trace(&start, Frame::Untagged).unwrap().hops[0].kind,
            HopKind::Nic
        );
    }
    let missing: Start = "tap9".parse().unwrap();
    assert_eq!(
        topology.trace(&missing, Frame::Untagged),
        Err(TraceError::NotFound(missing))
    );
    let mut twice = topology.clone();
    let mut other = twice.domains[0].clone();
    other.name = "b".to_owned();
    twice.domains.push(other);
    let error = twice
        .trace(&Start::Mac(MAC.parse().unwrap()), Frame::Untagged)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "52:54:00:00:00:01 is of more than one NIC: name one as vm/52:54:00:00:00:01 or b/52:54:00:00:00:01"
    );
}

#[test]
fn every_vlan_mode_does_as_the_manual_page_says() {
    let port = |mode: Option<&str>, tag: Option<u16>, trunks: &[u16]| {
        let topology = host(vec![bridge("br0", vec![guest(None)])], Vec::new());
        let mut port: Port = topology.bridges[0].ports[0].clone();
        port.vlan_mode = mode.map(str::to_owned);
        port.tag = tag.map(id);
        port.trunks = trunks.iter().copied().map(id).collect();
        port
    };
    let tagged = |vlan| Frame::Tagged(id(vlan));
    // (port, frame from the wire, VLAN inside or dropped)
    let enters = [
        (port(None, Some(10), &[]), Frame::Untagged, Some(10)),
        (port(None, Some(10), &[]), tagged(10), None),
        (port(None, None, &[]), tagged(10), Some(10)),
        (port(None, None, &[]), Frame::Untagged, Some(0)),
        (port(None, None, &[10, 20]), tagged(20), Some(20)),
        (port(None, None, &[10, 20]), tagged(30), None),
        (port(None, None, &[10, 20]), Frame::Untagged, None),
        (port(None, None, &[0, 10]), Frame::Untagged, Some(0)),
        (port(Some("trunk"), Some(10), &[20]), tagged(10), None),
        (
            port(Some("native-tagged"), Some(10), &[20]),
            Frame::Untagged,
            Some(10),
        ),
        (port(Some("native-tagged"), Some(10), &[20]), tagged(10), Some(10)),
        (port(Some("native-untagged"), Some(10), &[20]), tagged(30), None),
        (port(Some("dot1q-tunnel"), Some(10), &[]), tagged(30), Some(10)),
        (port(Some("later"), Some(10), &[]), Frame::Untagged, None),
    ];
    for (port, frame, inside) in enters {
        assert_eq!(
            vlan::enter(&port, frame).ok(),
            inside,
            "{:?} {:?} {frame}",
            port.vlan_mode,
            port.trunks
        );
    }
    // (port, VLAN inside, frame on the wire or not sent)
    let leaves = [
        (port(None, Some(10), &[]), 10, Some(Frame::Untagged)),
        (port(None, Some(10), &[]), 20, None),
        (port(None, None, &[]), 20, Some(tagged(20))),
        (port(None, None, &[]), 0, Some(Frame::Untagged)),
        (port(None, None, &[10]), 20, None),
        (port(Some("native-tagged"), Some(10), &[20]), 10, Some(tagged(10))),
        (
            port(Some("native-untagged"), Some(10), &[20]),
            10,
            Some(Frame::Untagged),
        ),
        (
            port(Some("native-untagged"), Some(10), &[20]),
            20,
            Some(tagged(20)),
        ),
        (
            port(Some("dot1q-tunnel"), Some(10), &[]),
            10,
            Some(Frame::Untagged),
        ),
        (port(Some("dot1q-tunnel"), Some(10), &[]), 11, None),
    ];
    for (port, vid, frame) in leaves {
        assert_eq!(
            vlan::leave(&port, vid).ok(),
            frame,
            "{:?} {:?} {vid}",
            port.vlan_mode,
            port.trunks
        );
    }
}
