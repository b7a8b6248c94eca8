use super::*;
use crate::domain::Interface;
use crate::domain::interface_edit::ORDER;
use crate::network::Network;
use crate::xml::Document;

/// The verdicts on the way from one interface to the other, as `part: verdict`.
fn judge(before: &str, after: &str, networks: &[&str]) -> (Verdict, Vec<String>) {
    let (before, after) = (Document::parse(before).unwrap(), Document::parse(after).unwrap());
    let documents: Vec<Document> = networks
        .iter()
        .map(|text| Document::parse(*text).unwrap())
        .collect();
    let networks: Vec<Network<'_>> = documents
        .iter()
        .map(|document| Network::of(document).unwrap())
        .collect();
    let judged = Preflight::of(
        &Interface::of(&before).unwrap(),
        &Interface::of(&after).unwrap(),
        &networks,
    )
    .unwrap();
    let parts = judged.parts.iter();
    let parts = parts.map(|part| format!("{}: {:?}: {}", part.part, part.verdict, part.reason));
    (judged.verdict, parts.collect())
}

fn of_type(type_: &str, inner: &str) -> String {
    format!("<interface type='{type_}'>{inner}</interface>")
}

fn verdict(before: &str, after: &str) -> Verdict {
    judge(&of_type("bridge", before), &of_type("bridge", after), &[]).0
}

const OVS: &str = "<source bridge='br0'/><virtualport type='openvswitch'/>";

#[test]
fn judges_by_the_hardest_part() {
    assert_eq!(verdict(OVS, OVS), Verdict::Nothing);
    assert_eq!(
        verdict(OVS, &format!("{OVS}<vlan><tag id='5'/></vlan>")),
        Verdict::Live
    );
    assert_eq!(
        verdict(OVS, "<source bridge='br1'/><virtualport type='openvswitch'/>"),
        Verdict::NeedsReplug
    );
    assert_eq!(
        verdict("<source bridge='a'/>", "<source bridge='b'/>"),
        Verdict::Live
    );
    assert_eq!(
        verdict(OVS, &format!("{OVS}<boot order='1'/><link state='down'/>")),
        Verdict::ConfigOnly
    );
    assert_eq!(
        verdict(OVS, &format!("{OVS}<mtu size='9000'/><boot order='1'/>")),
        Verdict::NeedsReplug
    );
    assert_eq!(
        verdict(OVS, "<mac address='01:00:00:00:00:00'/>"),
        Verdict::Impossible
    );
}

#[test]
fn every_element_and_every_attribute_counts() {
    let every = [
        "<mac address='52:54:00:00:00:01'/>",
        "<source bridge='b'/>",
        "<vlan><tag id='5'/></vlan>",
        "<virtualport type='802.1Qbh'/>",
        "<bandwidth><inbound average='1'/></bandwidth>",
        "<ip address='10.0.0.5' prefix='24'/>",
        "<route address='10.0.0.0' prefix='24' gateway='10.1.1.1'/>",
        "<portForward proto='tcp'/>",
        "<script path='/bin/true'/>",
        "<downscript path='/bin/true'/>",
        "<backenddomain name='x'/>",
        "<target dev='tap7'/>",
        "<guest dev='eth7'/>",
        "<model type='e1000'/>",
        "<driver queues='2'/>",
        "<backend tap='/dev/net/tun'/>",
        "<filterref filter='clean-traffic'/>",
        "<boot order='1'/>",
        "<tune><sndbuf>1600</sndbuf></tune>",
        "<link state='down'/>",
        "<mtu size='1400'/>",
        "<coalesce><rx><frames max='8'/></rx></coalesce>",
        "<port isolated='yes'/>",
        "<rom bar='off'/>",
        "<acpi index='7'/>",
        "<teaming type='persistent'/>",
        "<alias name='net9'/>",
        "<address type='pci' bus='0x00' slot='0x09'/>",
        "<new-element/>",
    ];
    for name in ORDER {
        assert!(
            every.iter().any(|part| part.starts_with(&format!("<{name}"))),
            "<{name}> is not tried"
        );
    }
    for part in every {
        let name = part.trim_start_matches('<');
        let name = name.split([' ', '>', '/']).next().unwrap();
        let base = if name == "source" {
            ""
        } else {
            "<source bridge='lb1'/>"
        };
        let without = of_type(
            "bridge",
            if base.is_empty() {
                "<source bridge='a'/>"
            } else {
                base
            },
        );
        let with = |part: &str| of_type("bridge", &format!("{base}{part}"));
        let (verdict, parts) = judge(&without, &with(part), &[]);
        assert!(verdict > Verdict::Nothing, "{part} came unseen");
        assert!(
            parts.iter().any(|judged| judged.starts_with(name)),
            "{part}: {parts:?}"
        );
        // Something in it that no typed part reads.
        let odd = part.replacen(&format!("<{name}"), &format!("<{name} odd='1'"), 1);
        let (verdict, _) = judge(&with(part), &with(&odd), &[]);
        assert_eq!(verdict, Verdict::NeedsReplug, "{odd}");
        if !matches!(name, "alias" | "address" | "target") {
            let (verdict, _) = judge(&with(part), &without, &[]);
            assert!(verdict > Verdict::Nothing, "{part} went unseen");
        }
    }
    for attribute in ["managed='yes'", "trustGuestRxFilters='yes'", "new='1'"] {
        let with = format!("<interface type='ethernet' {attribute}/>");
        let (verdict, parts) = judge(&of_type("ethernet", ""), &with, &[]);
        assert_eq!(verdict, Verdict::NeedsReplug, "{attribute}: {parts:?}");
    }
}

#[test]
fn the_source_of_every_type_counts() {
    for (type_, before, after) in [
        (
            "hostdev",
            "<address type='pci' bus='0x05' slot='0x00'/>",
            "<address type='pci' bus='0x06' slot='0x00'/>",
        ),
        (
            "udp",
            "<local address='127.0.0.1' port='5'/>",
            "<local address='127.0.0.1' port='6'/>",
        ),
        ("ethernet", "", "<ip address='10.0.0.5' prefix='24'/>"),
        ("server", "", "<local address='127.0.0.1'/>"),
        ("future", "", "<unheard-of/>"),
    ] {
        let nic = |inner: &str| of_type(type_, &format!("<source>{inner}</source>"));
        let (verdict, parts) = judge(&nic(before), &nic(after), &[]);
        assert_eq!(verdict, Verdict::NeedsReplug, "{type_}: {parts:?}");
    }
    // Even what else can change any time cannot there.
    let (verdict, _) = judge(
        &of_type("hostdev", ""),
        &of_type("hostdev", "<link state='down'/>"),
        &[],
    );
    assert_eq!(verdict, Verdict::NeedsReplug);
}

#[test]
fn what_libvirt_keeps_when_it_is_left_out_does_not_count() {
    let running =
        format!("{OVS}<target dev='vnet3'/><alias name='net0'/><address type='pci' bus='0x00' slot='0x03'/>");
    assert_eq!(verdict(&running, OVS), Verdict::Nothing);
    assert_eq!(verdict(&running, &format!("{OVS}<target/>")), Verdict::Nothing);
    assert_eq!(
        verdict(&running, &format!("{OVS}<target dev='vnet4'/>")),
        Verdict::NeedsReplug
    );
    assert_eq!(
        verdict(&running, &format!("{OVS}<alias name='net1'/>")),
        Verdict::NeedsReplug
    );
    // A model that is left out is libvirt's default, and an interfaceid that is left out is made anew.
    assert_eq!(
        verdict(&format!("{OVS}<model type='virtio'/>"), OVS),
        Verdict::NeedsReplug
    );
    let known = "<source bridge='br0'/><virtualport type='openvswitch'><parameters interfaceid='7a0a4887-b8cd-4f02-960d-cca5c1ca73cc'/></virtualport>";
    assert_eq!(verdict(known, OVS), Verdict::NeedsReplug);
}

#[test]
fn a_way_of_writing_is_no_change() {
    assert_eq!(
        verdict(
            "<source bridge='b'/><mac address='52:54:00:AA:00:01'/><address type='pci' slot='0x3'/>",
            "<!-- mine -->\n <address slot=\"0x03\" type=\"pci\"/>\n <mac address='52:54:00:aa:00:01'></mac><source bridge='b' />"
        ),
        Verdict::Nothing
    );
}

const LINUX_1: &str = "<network><name>l1</name><forward mode='bridge'/><bridge name='lb1'/></network>";
const LINUX_2: &str = "<network><name>l2</name><forward mode='bridge'/><bridge name='lb2'/></network>";
const NAT: &str = "<network><name>nat</name><forward/><bridge name='virbr0'/></network>";
const SWITCH: &str = "<network><name>sw</name><forward mode='bridge'/><bridge name='br0'/><virtualport type='openvswitch'/></network>";
const MACVTAP: &str =
    "<network><name>mv</name><forward mode='bridge'><interface dev='eth1'/></forward></network>";

#[test]
fn a_move_between_networks_depends_on_what_is_behind_them() {
    let known = [LINUX_1, LINUX_2, NAT, SWITCH, MACVTAP];
    let on = |network: &str| of_type("network", &format!("<source network='{network}'/>"));
    for (to, wanted) in [
        ("l2", Verdict::Live),
        ("nat", Verdict::Live),
        ("sw", Verdict::NeedsReplug),
        ("mv", Verdict::NeedsReplug),
    ] {
        let (verdict, parts) = judge(&on("l1"), &on(to), &known);
        assert_eq!(verdict, wanted, "{to}: {parts:?}");
        let (verdict, parts) = judge(&on("l1"), &on(to), &[]);
        assert_eq!(verdict, Verdict::NeedsReplug, "{to}: {parts:?}");
        assert!(parts[0].contains("is not known"), "{parts:?}");
        // Running, the NIC shows its bridge; so only the network that it is to go to has to be known.
        let running = of_type(
            "bridge",
            "<source network='l1' portid='7a0a4887-b8cd-4f02-960d-cca5c1ca73cc' bridge='lb1'/>",
        );
        let (verdict, parts) = judge(&running, &on(to), &known[1..]);
        assert_eq!(verdict, wanted, "{to}: {parts:?}");
    }
    let (verdict, _) = judge(&of_type("bridge", "<source bridge='lb2'/>"), &on("l1"), &known);
    assert_eq!(verdict, Verdict::Live);
    let (verdict, parts) = judge(&on("sw"), &on("l1"), &known);
    assert_eq!(verdict, Verdict::NeedsReplug, "{parts:?}");
}

#[test]
fn a_running_nic_of_a_network_is_what_was_asked_for() {
    let running = of_type(
        "bridge",
        "<source network='sw' portgroup='g' portid='7a0a4887-b8cd-4f02-960d-cca5c1ca73cc' bridge='br0'/>\
         <vlan><tag id='50'/></vlan><virtualport type='openvswitch'/>",
    );
    let asked = |group: &str, vlan: &str| {
        of_type(
            "network",
            &format!("<source network='sw'{group}/>{vlan}<virtualport type='openvswitch'/>"),
        )
    };
    let group = SWITCH.replace(
        "</network>",
        "<portgroup name='g'><vlan><tag id='50'/></vlan></portgroup></network>",
    );
    let known = [group.as_str()];
    let own = " portgroup='g'";
    assert_eq!(judge(&running, &asked(own, ""), &known).0, Verdict::Nothing);
    assert_eq!(
        judge(&running, &asked(own, "<vlan><tag id='60'/></vlan>"), &known).0,
        Verdict::Live
    );
    assert_eq!(judge(&running, &asked("", ""), &known).0, Verdict::NeedsReplug);
    // Without the network, the switch that it is on now is known all the same.
    assert_eq!(
        judge(&running, &asked(own, "<vlan><tag id='60'/></vlan>"), &[]).0,
        Verdict::Live
    );
}

#[test]
fn a_vlan_takes_open_vswitch() {
    let vlan = "<vlan><tag id='5'/></vlan>";
    let linux = "<source bridge='lb1'/>";
    assert_eq!(verdict(linux, &format!("{linux}{vlan}")), Verdict::Impossible);
    let on = |inner: &str| of_type("network", &format!("<source network='l1'/>{inner}"));
    assert_eq!(judge(&on(""), &on(vlan), &[LINUX_1]).0, Verdict::Impossible);
    let direct = |inner: &str| {
        of_type(
            "direct",
            &format!("<source dev='eth1' mode='passthrough'/>{inner}"),
        )
    };
    assert_eq!(judge(&direct(""), &direct(vlan), &[]).0, Verdict::NeedsReplug);
}

#[test]
fn an_open_vswitch_port_takes_no_filter_and_no_isolation() {
    for part in ["<filterref filter='clean-traffic'/>", "<port isolated='yes'/>"] {
        assert_eq!(
            verdict(OVS, &format!("{OVS}{part}")),
            Verdict::Impossible,
            "{part}"
        );
        let linux = "<source bridge='lb1'/>";
        assert_eq!(verdict(linux, &format!("{linux}{part}")), Verdict::Live, "{part}");
    }
}
