//! A host as large as wanted: domains with five NICs each on one Open vSwitch bridge, with the kernel's links.

use std::collections::BTreeMap;

use ahv_net::observe::{
    KernelObservation, LibvirtObservation, Observed, ObservedBridge, ObservedDomain, ObservedInterface,
    ObservedNic, ObservedPort, OvsObservation, Sourced,
};
use libvirt_model::vocab::{MacAddr, VlanId};
use uuid::Uuid;

const NICS: usize = 5;

/// A host of so many domains, with five times as many ports.
pub(crate) fn large_host(domains: usize) -> Observed {
    let ports = domains * NICS;
    let ovsdb = OvsObservation {
        uuid: Some(Uuid::from_u128(1)),
        ovs_version: Some("2.17.0".to_owned()),
        schema_version: Some("8.3.0".to_owned()),
        bridges: vec![ObservedBridge {
            uuid: Some(Uuid::from_u128(2)),
            name: "br0".to_owned(),
            ports: [internal("br0")]
                .into_iter()
                .chain((0..ports).map(port))
                .collect(),
            ..ObservedBridge::default()
        }],
        ..OvsObservation::default()
    };
    let libvirt = LibvirtObservation {
        hostname: Some("host".to_owned()),
        domains: (0..domains).map(domain).collect(),
        ..LibvirtObservation::default()
    };
    Observed {
        ovsdb: Some(sourced(ovsdb)),
        libvirt: Some(sourced(libvirt)),
        kernel: Some(sourced(kernel(ports))),
        ..Observed::default()
    }
}

fn sourced<T>(said: T) -> Sourced<T> {
    Sourced {
        from: "benchmark".to_owned(),
        said,
    }
}

fn internal(name: &str) -> ObservedPort {
    ObservedPort {
        uuid: Some(Uuid::from_u128(3)),
        name: name.to_owned(),
        interfaces: vec![ObservedInterface {
            uuid: Some(Uuid::from_u128(4)),
            name: name.to_owned(),
            type_: "internal".to_owned(),
            ..ObservedInterface::default()
        }],
        ..ObservedPort::default()
    }
}

/// The hardware address of a NIC as its guest has it; the tap's begins with `fe`.
fn mac(first: u8, number: usize) -> Option<MacAddr> {
    let [_, high, middle, low] = u32::try_from(number).unwrap_or_default().to_be_bytes();
    format!("{first:02x}:6b:8d:{high:02x}:{middle:02x}:{low:02x}")
        .parse()
        .ok()
}

fn interfaceid(number: usize) -> String {
    Uuid::from_u128(0x9d2f_0000 + number as u128).to_string()
}

fn tag(number: usize) -> Option<VlanId> {
    u16::try_from(number % 4000 + 1)
        .ok()
        .and_then(|tag| VlanId::new(tag).ok())
}

fn port(number: usize) -> ObservedPort {
    let name = format!("tap{number}");
    let guest = mac(0x50, number).map(|mac| mac.to_string()).unwrap_or_default();
    ObservedPort {
        uuid: Some(Uuid::from_u128(0x1_0000_0000 + number as u128)),
        name: name.clone(),
        tag: tag(number),
        interfaces: vec![ObservedInterface {
            uuid: Some(Uuid::from_u128(0x2_0000_0000 + number as u128)),
            name,
            external_ids: BTreeMap::from([
                ("attached-mac".to_owned(), guest),
                ("iface-id".to_owned(), interfaceid(number)),
                ("iface-status".to_owned(), "active".to_owned()),
            ])
            .into(),
            ofport: i64::try_from(number).ok(),
            mac_in_use: mac(0xfe, number),
            admin_up: Some(true),
            link_up: Some(true),
            ..ObservedInterface::default()
        }],
        ..ObservedPort::default()
    }
}

fn domain(number: usize) -> ObservedDomain {
    let nics: Vec<ObservedNic> = (number * NICS..(number + 1) * NICS).map(nic).collect();
    ObservedDomain {
        name: format!("guest{number}"),
        uuid: Uuid::from_u128(0x3_0000_0000 + number as u128),
        state: "running".to_owned(),
        active: true,
        autostart: Some(false),
        persistent: Some(true),
        config_nics: Some(nics.clone()),
        nics,
    }
}

fn nic(number: usize) -> ObservedNic {
    ObservedNic {
        mac: mac(0x50, number),
        type_: "bridge".to_owned(),
        bridge: Some("br0".to_owned()),
        target: Some(format!("tap{number}")),
        virtualport: Some("openvswitch".to_owned()),
        interfaceid: Some(interfaceid(number)),
        ..ObservedNic::default()
    }
}

/// Links can only be read, so these are written first.
#[expect(clippy::expect_used, reason = "the text stands below")]
fn kernel(ports: usize) -> KernelObservation {
    let link = |name: &str, index: usize, kind: &str, mac: Option<MacAddr>| {
        let mac = mac.map_or_else(|| "null".to_owned(), |mac| format!(r#""{mac}""#));
        format!(
            r#"{{"name":"{name}","index":{index},"kind":"{kind}","loopback":false,"mac":{mac},"mtu_bytes":1500,"admin_up":true,"link_up":true,"master":"ovs-system","parent":null,"vlan_id":null,"stp":null,"addresses":[]}}"#
        )
    };
    let taps = (0..ports).map(|number| link(&format!("tap{number}"), number + 10, "tun", mac(0xfe, number)));
    let links: Vec<String> = [link("br0", 5, "openvswitch", mac(0x52, 0))]
        .into_iter()
        .chain(taps)
        .collect();
    let text = format!(r#"{{"links":[{}],"routes":[]}}"#, links.join(","));
    serde_json::from_str(&text).expect("this is how links are written")
}
