//! NICs of a desired-state document, on the lab.

use libtest_mimic::Failed;
use serde_json::{Value, json};
use test_support::Suite;

use super::scene::{Done, GUEST_BRIDGE, GUEST_NETWORK, GUEST_PORTGROUP, GUESTS, Scene};
use super::state::{column, nic, port_of};

const NEW: &str = "50:6b:8d:00:00:79";

pub(crate) fn cases(suite: &mut Suite) {
    for (of, (domain, mac)) in GUESTS {
        suite.case_with(
            format!("guests: apply of a VLAN and a pulled cable of a NIC of {of}"),
            Scene::available("apply"),
            move |scene| vlan_and_cable(&scene, domain, mac),
        );
    }
    suite.case_with(
        "guests: apply moves a NIC of bridge into a portgroup, and one of a portgroup onto a bridge as a trunk",
        Scene::available("apply"),
        |scene| moved(&scene),
    );
    suite.case_with(
        "guests: apply plugs a NIC in, and unplugs one that shall be absent",
        Scene::available("apply"),
        |scene| comes_and_goes(&scene),
    );
}

fn apply(scene: &Scene, nics: &Value) -> Result<Done, Failed> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("desired.json");
    std::fs::write(&file, json!({ "nics": nics }).to_string())?;
    scene.edit(&[&file.display().to_string()])
}

fn both(scene: &Scene, domain: &str, mac: &str) -> Result<[String; 2], Failed> {
    let of = |live| nic(&scene.lab, domain, mac, live);
    Ok([
        of(true)?.ok_or("the running guest has no such NIC")?,
        of(false)?.ok_or("the definition has no such NIC")?,
    ])
}

fn vlan_and_cable(scene: &Scene, domain: &str, mac: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let done = apply(
        scene,
        &json!([{"domain": domain, "mac": mac, "vlan": {"access": 62}, "up": false}]),
    )?;
    let port = port_of(&scene.lab, mac)?;
    assert_eq!(column(&scene.lab, &port, "tag")?, "62");
    for xml in both(scene, domain, mac)? {
        assert!(
            xml.contains("<tag id='62'/>") && xml.contains("<link state='down'/>"),
            "{xml}"
        );
    }
    scene.undo(&done)
}

fn moved(scene: &Scene) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let portgroup = json!({"network": {"name": "VM-Network", "portgroup": "vlan50"}});
    let trunk = json!({"trunk": {"vlans": [5, 7], "native": 5, "native_mode": "untagged"}});
    let done = apply(
        scene,
        &json!([
            {"mac": GUEST_BRIDGE.1, "to": portgroup, "up": false},
            {"mac": GUEST_PORTGROUP.1, "to": {"bridge": "br0"}, "vlan": trunk},
        ]),
    )?;
    let port = port_of(&scene.lab, GUEST_BRIDGE.1)?;
    assert_eq!(column(&scene.lab, &port, "tag")?, "50");
    let [live, defined] = both(scene, GUEST_BRIDGE.0, GUEST_BRIDGE.1)?;
    assert!(
        defined.contains("<source network='VM-Network' portgroup='vlan50'/>") && !defined.contains("<vlan"),
        "{defined}"
    );
    for xml in [live, defined] {
        assert!(xml.contains("<link state='down'/>"), "{xml}");
    }
    let port = port_of(&scene.lab, GUEST_PORTGROUP.1)?;
    assert_eq!(column(&scene.lab, &port, "tag")?, "5");
    assert_eq!(column(&scene.lab, &port, "trunks")?, "[5, 7]");
    let [_, defined] = both(scene, GUEST_PORTGROUP.0, GUEST_PORTGROUP.1)?;
    assert!(
        defined.contains("<source bridge='br0'/>") && defined.contains("<tag id='5' nativeMode='untagged'/>"),
        "{defined}"
    );
    scene.undo(&done)
}

fn comes_and_goes(scene: &Scene) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let (domain, gone) = GUEST_NETWORK;
    let done = apply(
        scene,
        &json!([
            {"domain": domain, "mac": NEW, "to": {"bridge": "br0"}, "vlan": {"access": 73}, "up": false},
            {"domain": domain, "mac": gone, "absent": true},
        ]),
    )?;
    let port = port_of(&scene.lab, NEW)?;
    assert_eq!(column(&scene.lab, &port, "tag")?, "73");
    for xml in both(scene, domain, NEW)? {
        assert!(xml.contains("<link state='down'/>"), "{xml}");
    }
    for live in [true, false] {
        assert_eq!(nic(&scene.lab, domain, gone, live)?, None);
    }
    scene.undo(&done)
}
