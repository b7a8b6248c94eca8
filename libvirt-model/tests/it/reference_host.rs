//! The documents of a real AHV host.

use libvirt_model::domain::{Domain, InterfaceType, Source};
use libvirt_model::network::{ForwardMode, Network};
use libvirt_model::xml::Document;
use test_support::Suite;

const CVM: &str = include_str!("../fixtures/cvm-domain-annotated.xml");
const VM_NETWORK: &str = include_str!("../fixtures/net-VM-Network.xml");
const LOCAL_NETWORK: &str = include_str!("../fixtures/net-NTNX-Local-Network.xml");

pub(crate) fn add_to(suite: &mut Suite) {
    suite.case("the annotated cvm prints byte for byte and has two nics", || {
        the_annotated_cvm_prints_byte_for_byte_and_has_two_nics();
        Ok(())
    });
    suite.case("the networks read as they are", || {
        the_networks_read_as_they_are();
        Ok(())
    });
    suite.case("a wrong value spoils only the part that holds it", || {
        a_wrong_value_spoils_only_the_part_that_holds_it();
        Ok(())
    });
}

fn the_annotated_cvm_prints_byte_for_byte_and_has_two_nics() {
    let document = Document::parse(CVM).unwrap();
    assert_eq!(document.as_bytes(), CVM.as_bytes());
    let cvm = Domain::of(&document).unwrap();
    assert_eq!(cvm.name().unwrap(), "NTNX-DRM-3060-G4-1-1-CVM");
    assert_eq!(
        cvm.uuid().unwrap().unwrap().to_string(),
        "1323cbbc-a20d-d66a-563e-ca7a8609cb73"
    );
    assert_eq!(cvm.memory().unwrap().unwrap().bytes, 24 << 30);
    assert_eq!(
        cvm.os().unwrap().unwrap().type_.unwrap().machine.as_deref(),
        Some("pc-i440fx-rhel7.0.0")
    );
    let nics: Vec<_> = cvm.interfaces().collect();
    let [external, internal] = nics.as_slice() else {
        panic!("{} NICs", nics.len())
    };
    assert_eq!(external.type_().unwrap(), InterfaceType::Bridge);
    assert_eq!(
        external.mac_address().unwrap().unwrap().to_string(),
        "52:54:00:9c:d8:cd"
    );
    assert_eq!(external.source().unwrap(), Some(Source::bridge("br0")));
    let port = external.virtualport().unwrap().unwrap();
    assert!(port.is_openvswitch());
    assert_eq!(
        port.interfaceid().unwrap().to_string(),
        "7a0a4887-b8cd-4f02-960d-cca5c1ca73cc"
    );
    assert_eq!(external.model().unwrap().unwrap().type_, "virtio");
    assert_eq!(internal.type_().unwrap(), InterfaceType::Network);
    assert_eq!(
        internal.source().unwrap(),
        Some(Source::network("NTNX-Local-Network", None))
    );
    assert_eq!(internal.vlan().unwrap(), None);
    assert_eq!(
        internal.address().unwrap().unwrap().slot.map(|slot| slot.0),
        Some(4)
    );
}

fn the_networks_read_as_they_are() {
    let document = Document::parse(VM_NETWORK).unwrap();
    let network = Network::of(&document).unwrap();
    assert_eq!(
        network.forward().unwrap().unwrap().mode,
        Some(ForwardMode::Bridge)
    );
    assert_eq!(network.bridge().unwrap().unwrap().name.as_deref(), Some("br0"));
    assert!(network.virtualport().unwrap().unwrap().is_openvswitch());
    assert_eq!(network.portgroup(None).unwrap().unwrap().name, "VM-Network");
    let document = Document::parse(LOCAL_NETWORK).unwrap();
    let network = Network::of(&document).unwrap();
    assert_eq!(network.forward().unwrap(), None);
    let ips = network.ips().unwrap();
    assert_eq!(ips[0].address.unwrap().to_string(), "192.168.5.1");
    assert_eq!(ips[0].prefix_length(), Some(24));
}

fn a_wrong_value_spoils_only_the_part_that_holds_it() {
    let text = CVM.replace("52:54:00:9c:d8:cd", "52:54:00");
    let document = Document::parse(text).unwrap();
    let nic = Domain::of(&document).unwrap().interfaces().next().unwrap();
    assert!(nic.virtualport().unwrap().is_some());
    let error = nic.mac_address().unwrap_err();
    assert_eq!(error.position().unwrap().line, 42, "{error:#}");
    assert!(format!("{error:#}").ends_with("                ^"), "{error:#}");
}
