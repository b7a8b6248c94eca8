//! Whatever stands in the files: no panic, and bounded notes.

use proptest::prelude::*;

use super::gather::Gathered;
use crate::topology::join;

/// Small captures of every kind, which the tests mutilate.
const CAPTURES: [(&str, &str); 14] = [
    (
        "show",
        "0c3a1b2c-0000-4000-8000-000000000001\n    Bridge br0\n        fail_mode: secure\n        Port tap3\n            tag: 32\n            trunks: [1, 2]\n            Interface tap3\n                type: vxlan\n                options: {key=\"1\", remote_ip=\"10.0.0.1\"}\n    ovs_version: \"2.1.3\"\n",
    ),
    (
        "dump",
        "Port table\n_uuid                                name     tag trunks\n------------------------------------ -------- --- ------\n2dd07f39-3b60-44c0-a86e-bbd9e1a090a7 \"tap é\" 5   [1, 3]\n",
    ),
    (
        "dump.json",
        "{\"caption\":\"Open_vSwitch table\",\"data\":[[[\"uuid\",\"35ab8156-1f47-44da-a31d-661e41c0d0f8\"],[\"map\",[[\"a\",\"b\"]]]]],\"headings\":[\"_uuid\",\"external_ids\"]}\n",
    ),
    (
        "conf.db",
        "OVSDB JSON 140 00\n{\"name\":\"Open_vSwitch\",\"version\":\"7.4.0\",\"tables\":{\"Bridge\":{\"columns\":{\"name\":{\"type\":\"string\"},\"flood_vlans\":{\"type\":{\"key\":\"integer\",\"max\":9}}}}}}\nOVSDB JSON 95 00\n{\"_is_diff\":true,\"Bridge\":{\"00000000-0000-0000-0000-000000000002\":{\"flood_vlans\":[\"set\",[1]]}}}\n",
    ),
    (
        "web.xml",
        "<domain type='kvm' id='1'><name>web</name><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><target dev='vnet0'/></interface></devices></domain>\n<network><name>n</name><bridge name='br0'/></network>",
    ),
    ("list", " Id Name State\n------\n 1 web running\n - db shut off\n"),
    (
        "net-list",
        " Name State Autostart Persistent\n-----\n n active yes yes\n",
    ),
    (
        "domiflist-web",
        "Interface Type Source Model MAC\n-----\nvnet0 bridge br0 virtio 52:54:00:00:00:01\n",
    ),
    (
        "ip",
        "1: lo: <LOOPBACK,UP> mtu 65536\n2: eth0.3@eth0: <UP> mtu 1500 master br0\n    link/ether 0c:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0\n    vlan protocol 802.1Q id 3\n    inet 10.0.0.1/24 scope global\n",
    ),
    (
        "ifconfig",
        "eth0 Link encap:Ethernet HWaddr 0C:C4:7A:3B:1C:8C\n  inet addr:10.59.31.77 Bcast:10.59.31.255 Mask:255.255.254.0\nbr0: flags=4163<UP>  mtu 1500\n inet6 fe80::1 prefixlen 64\n",
    ),
    (
        "brctl",
        "bridge name\tbridge id\t\tSTP enabled\tinterfaces\nvirbr0\t8000.52\tno\tvnet1\n\t\t\tvnet2\n",
    ),
    (
        "routes",
        "default via 10.0.0.1 dev br0\n10.0.0.0/24 dev br0\n10.9.0.0/16\n\tnexthop via 10.0.0.2 dev br0\n",
    ),
    (
        "netstat",
        "Destination Gateway Genmask Flags Iface\n10.0.0.0 * 255.255.255.0 U br0\ndefault 10.0.0.1 0.0.0.0 UG br0\n",
    ),
    (
        "ps",
        "qemu 9 1 6 ? 1 /usr/libexec/qemu-kvm -name web \n-netdev tap,id=h0,ifname=vnet0 -device virtio-net-pci,netdev=h0,mac=52:54:00:00:00:01\n",
    ),
];

/// Reads the files and joins what they say; the join must bear whatever reading lets through.
fn read(files: &[(&str, Vec<u8>)]) {
    let mut gathered = Gathered::default();
    for (name, bytes) in files {
        gathered.file(name, bytes);
    }
    let observed = gathered.finish();
    assert_eq!(observed.files.len(), files.len());
    assert!(observed.damage.len() <= 22 * files.len() + 51);
    let _ = crate::render::text(&join(&observed));
}

fn captures() -> Vec<(&'static str, Vec<u8>)> {
    CAPTURES
        .iter()
        .map(|(name, text)| (*name, text.as_bytes().to_vec()))
        .collect()
}

#[test]
fn the_captures_are_read_without_damage() {
    let mut gathered = Gathered::default();
    // Of the database there are several, and each is of a host of its own.
    for (name, text) in CAPTURES
        .iter()
        .filter(|(name, _)| !["dump", "dump.json", "conf.db"].contains(name))
    {
        gathered.file(name, text.as_bytes());
    }
    let observed = gathered.finish();
    assert_eq!(observed.damage, []);
    assert!(
        observed
            .files
            .iter()
            .all(|file| file.reading == crate::topology::Reading::Read)
    );
}

#[test]
fn every_beginning_of_every_capture() {
    for (name, text) in CAPTURES {
        for end in 0..text.len() {
            let mut gathered = Gathered::default();
            gathered.file(name, text.as_bytes().get(..end).unwrap_or_default());
            let _ = join(&gathered.finish());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read(&[("x", bytes.clone()), ("ifcfg-x", bytes)]);
    }

    /// Bytes of one file are overwritten, removed and doubled; the others stand beside it.
    #[test]
    fn mutilated_captures(
        which in 0..CAPTURES.len(),
        edits in proptest::collection::vec((any::<u16>(), any::<u8>(), 0..4u8), 1..20),
    ) {
        let mut files = captures();
        let bytes = &mut files[which].1;
        for (at, byte, edit) in edits {
            let at = usize::from(at) % bytes.len().max(1);
            match edit {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                _ => {
                    let tail = bytes[at..].to_vec();
                    if bytes.len() < 20_000 {
                        bytes.extend(tail);
                    }
                }
            }
        }
        read(&files);
    }
}
