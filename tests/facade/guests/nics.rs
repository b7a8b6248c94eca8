//! Each edit of a NIC: bridge, network, and a portgroup's VLAN.

use libtest_mimic::Failed;
use test_support::Suite;

use super::scene::{GUEST_BRIDGE, GUEST_NETWORK, GUEST_PORTGROUP, GUESTS, Scene};
use super::state::{column, nic, port_of};

const NEW: &str = "50:6b:8d:00:00:77";

pub(crate) fn cases(suite: &mut Suite) {
    for (of, (domain, mac)) in GUESTS {
        suite.case_with(
            format!("guests: set_vlan --access of a NIC of {of}, live, defined, again and undone"),
            Scene::available("set_vlan"),
            move |scene| set_vlan_access(&scene, domain, mac),
        );
        suite.case_with(
            format!("guests: set_vlan --trunk with a native VLAN of a NIC of {of}"),
            Scene::available("set_vlan"),
            move |scene| set_vlan_trunk(&scene, domain, mac),
        );
        suite.case_with(
            format!("guests: set_link down of a NIC of {of}"),
            Scene::available("set_link"),
            move |scene| set_link(&scene, domain, mac),
        );
        suite.case_with(
            format!("guests: detach_guest of a NIC of {of}, and back in its place"),
            Scene::available("detach_guest"),
            move |scene| detach(&scene, domain, mac),
        );
        suite.case_with(
            format!("guests: move_guest of a NIC of {of} to a bridge with a VLAN"),
            Scene::available("move_guest"),
            move |scene| move_to_bridge(&scene, domain, mac),
        );
        suite.case_with(
            format!("guests: attach_guest to a bridge, a network and a portgroup, beside a NIC of {of}"),
            Scene::available("attach_guest"),
            move |scene| attach(&scene, domain),
        );
    }
    suite.case_with(
        "guests: detach_guest undone leaves the password of a screen, and what others set on other NICs",
        Scene::available("detach_guest"),
        |scene| detach_beside_secrets(&scene),
    );
    suite.case_with(
        "guests: set_vlan undone leaves what others set on the NIC meanwhile",
        Scene::available("set_vlan"),
        |scene| set_beside_others(&scene),
    );
    suite.case_with(
        "guests: set_vlan --clear of a NIC in a portgroup leaves it with the portgroup's VLAN",
        Scene::available("set_vlan"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let (domain, mac) = GUEST_PORTGROUP;
            let own = scene.edit(&[mac, "--access", "61"])?;
            let clear = scene.edit(&[mac, "--clear"])?;
            let port = port_of(&scene.lab, mac)?;
            assert_eq!(column(&scene.lab, &port, "tag")?, "50");
            assert!(!defined(&scene, domain, mac)?.contains("<vlan"));
            scene.undo(&clear)?;
            assert_eq!(column(&scene.lab, &port, "tag")?, "61");
            scene.undo(&own)
        },
    );
    suite.case_with(
        "guests: set_vlan by the port's name, of a NIC of bridge",
        Scene::available("set_vlan"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let (domain, mac) = GUEST_BRIDGE;
            let done = scene.edit(&["tap345", "--clear", "--allow", "guest-trunk-all"])?;
            assert_eq!(column(&scene.lab, "tap345", "tag")?, "[]");
            assert!(!defined(&scene, domain, mac)?.contains("<vlan"));
            assert!(!live(&scene, domain, mac)?.contains("<vlan"));
            scene.undo(&done)
        },
    );
    suite.case_with(
        "guests: move_guest to a network's portgroup takes its VLAN",
        Scene::available("move_guest"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let (domain, mac) = GUEST_BRIDGE;
            let done = scene.edit(&[domain, "--network", "VM-Network", "--portgroup", "vlan50"])?;
            assert_eq!(column(&scene.lab, "tap345", "tag")?, "50");
            let defined = defined(&scene, domain, mac)?;
            assert!(
                defined.contains("<source network='VM-Network' portgroup='vlan50'/>"),
                "{defined}"
            );
            assert!(!defined.contains("<vlan"), "{defined}");
            scene.undo(&done)
        },
    );
    suite.case_with(
        "guests: set_cvm_vlan, live and defined, again and undone",
        Scene::available("set_cvm_vlan"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let (domain, mac) = ("NTNX-DRM-3060-G4-1-1-CVM", "52:54:00:9c:d8:cd");
            let done = scene.edit(&["10", "--allow", "cvm-external"])?;
            let port = port_of(&scene.lab, mac)?;
            assert_eq!(column(&scene.lab, &port, "tag")?, "10");
            for xml in [live(&scene, domain, mac)?, defined(&scene, domain, mac)?] {
                assert!(xml.contains("<tag id='10'/>"), "{xml}");
            }
            assert!(
                done.by_hand().contains(&"change_cvm_vlan 10".to_owned()),
                "{:?}",
                done.by_hand()
            );
            scene.undo(&done)
        },
    );
}

fn live(scene: &Scene, domain: &str, mac: &str) -> Result<String, Failed> {
    Ok(nic(&scene.lab, domain, mac, true)?.ok_or("the running guest has no such NIC")?)
}

fn defined(scene: &Scene, domain: &str, mac: &str) -> Result<String, Failed> {
    Ok(nic(&scene.lab, domain, mac, false)?.ok_or("the definition has no such NIC")?)
}

fn set_vlan_access(scene: &Scene, domain: &str, mac: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let port = port_of(&scene.lab, mac)?;
    let running = live(scene, domain, mac)?;
    let done = scene.edit(&[mac, "--access", "60"])?;
    assert_eq!(column(&scene.lab, &port, "tag")?, "60");
    assert_eq!(column(&scene.lab, &port, "trunks")?, "[]");
    for xml in [live(scene, domain, mac)?, defined(scene, domain, mac)?] {
        assert!(xml.contains("<tag id='60'/>"), "{xml}");
    }
    scene.undo(&done)?;
    assert_eq!(
        without_portid(&live(scene, domain, mac)?),
        without_portid(&running)
    );
    Ok(())
}

fn set_vlan_trunk(scene: &Scene, domain: &str, mac: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let port = port_of(&scene.lab, mac)?;
    let done = scene.edit(&[mac, "--trunk", "5,7-8", "--native-untagged", "7"])?;
    assert_eq!(column(&scene.lab, &port, "tag")?, "7");
    assert_eq!(column(&scene.lab, &port, "trunks")?, "[5, 7, 8]");
    assert_eq!(column(&scene.lab, &port, "vlan_mode")?, "native-untagged");
    for xml in [live(scene, domain, mac)?, defined(scene, domain, mac)?] {
        assert!(xml.contains("<tag id='7' nativeMode='untagged'/>"), "{xml}");
    }
    scene.undo(&done)
}

fn set_link(scene: &Scene, domain: &str, mac: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let port = port_of(&scene.lab, mac)?;
    let tag = column(&scene.lab, &port, "tag")?;
    let done = scene.edit(&[domain, mac, "--down"])?;
    assert_eq!(
        scene.lab.run(&["virsh", "domif-getlink", domain, mac])?.trim(),
        format!("{mac} down")
    );
    assert_eq!(
        scene
            .lab
            .run(&["virsh", "domif-getlink", domain, mac, "--config"])?
            .trim(),
        format!("{mac} down")
    );
    // libvirt writes the VLAN with every update of a NIC.
    assert_eq!(column(&scene.lab, &port, "tag")?, tag);
    let up = scene.edit(&[domain, mac, "--up"])?;
    assert_eq!(
        scene.lab.run(&["virsh", "domif-getlink", domain, mac])?.trim(),
        format!("{mac} up")
    );
    scene.undo(&up)?;
    scene.undo(&done)
}

fn detach(scene: &Scene, domain: &str, mac: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    // With a NIC behind it, so that coming back has a place to come back to.
    let second = scene
        .with("attach_guest")?
        .edit(&[domain, NEW, "--bridge", "br0", "--vlan", "70"])?;
    let port = port_of(&scene.lab, mac)?;
    let done = scene.edit(&[domain, mac])?;
    assert_eq!(nic(&scene.lab, domain, mac, true)?, None);
    assert_eq!(nic(&scene.lab, domain, mac, false)?, None);
    assert!(port_of(&scene.lab, mac).is_err(), "its port is still there");
    scene.undo(&done)?;
    // A tap that libvirt numbers has another number now.
    if !port.starts_with("vnet") {
        assert_eq!(port_of(&scene.lab, mac)?, port);
    }
    scene.undo(&second)
}

/// libvirt tells the password of a screen to nobody who does not ask for it, and forgets one that it is not told.
fn detach_beside_secrets(scene: &Scene) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let (domain, mac) = GUEST_NETWORK;
    let secrets = ["virsh", "dumpxml", "--inactive", "--security-info", domain];
    let original = scene.lab.run(&secrets)?;
    let screen = "<graphics type='vnc' socket='/tmp/screen' passwd='secret'/></devices>";
    define(scene, &original.replace("</devices>", screen))?;
    let done = beside_secrets(scene, domain, mac, &secrets);
    define(scene, &original)?;
    done
}

fn beside_secrets(scene: &Scene, domain: &str, mac: &str, secrets: &[&str]) -> Result<(), Failed> {
    let second = scene
        .with("attach_guest")?
        .edit(&[domain, NEW, "--bridge", "br0", "--vlan", "70"])?;
    let before = scene.lab.run(secrets)?;
    assert!(before.contains("passwd='secret'"), "{before}");
    let done = scene.edit(&[domain, mac])?;
    scene.undo(&done)?;
    pretty_assertions::assert_eq!(scene.lab.run(secrets)?, before);
    scene.undo(&second)?;
    Ok(())
}

fn define(scene: &Scene, xml: &str) -> Result<(), Failed> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), xml)?;
    let path = file.path().display().to_string();
    scene.lab.run(&["virsh", "define", &path])?;
    Ok(())
}

fn set_beside_others(scene: &Scene) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let (domain, mac) = GUEST_BRIDGE;
    let was = [live(scene, domain, mac)?, defined(scene, domain, mac)?];
    let done = scene.edit(&[mac, "--access", "60"])?;
    let link = |state: &str| -> Result<(), Failed> {
        let line = ["virsh", "domif-setlink", domain, mac, state];
        scene.lab.run(&line)?;
        let line = ["virsh", "domif-setlink", domain, mac, state, "--config"];
        scene.lab.run(&line)?;
        Ok(())
    };
    link("down")?;
    let undo = scene.undone(&done)?;
    assert!(undo.is_complete() && undo.left.is_empty(), "{undo}");
    for xml in [live(scene, domain, mac)?, defined(scene, domain, mac)?] {
        assert!(
            xml.contains("<tag id='32'/>") && xml.contains("<link state='down'/>"),
            "{xml}"
        );
    }
    link("up")?;
    let is = [live(scene, domain, mac)?, defined(scene, domain, mac)?];
    // A cable that is plugged in may be told or not.
    let without_link = |xml: &String| xml.replace("      <link state='up'/>\n", "");
    assert_eq!(is.each_ref().map(without_link), was.each_ref().map(without_link));
    Ok(())
}

fn move_to_bridge(scene: &Scene, domain: &str, mac: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let port = port_of(&scene.lab, mac)?;
    scene.lab.run(&[
        "ovs-vsctl",
        "--may-exist",
        "add-br",
        "br7",
        "--",
        "set",
        "Bridge",
        "br7",
        "datapath_type=netdev",
    ])?;
    let moved = move_to_br7(scene, domain, mac, &port);
    scene.lab.run(&["ovs-vsctl", "del-br", "br7"])?;
    moved
}

fn move_to_br7(scene: &Scene, domain: &str, mac: &str, port: &str) -> Result<(), Failed> {
    let before = live(scene, domain, mac)?;
    let done = scene.edit(&[domain, mac, "--bridge", "br7", "--vlan", "71"])?;
    let moved = port_of(&scene.lab, mac)?;
    assert!(moved == port || port.starts_with("vnet"), "{moved}");
    assert_eq!(scene.lab.run(&["ovs-vsctl", "port-to-br", &moved])?.trim(), "br7");
    assert_eq!(column(&scene.lab, &moved, "tag")?, "71");
    let after = live(scene, domain, mac)?;
    for kept in ["<parameters interfaceid=", "<address type='pci'"] {
        let line = |xml: &str| {
            let line = xml.lines().find(|line| line.contains(kept));
            line.map(|line| line.trim().to_owned())
        };
        assert_eq!(line(&after), line(&before), "{kept}");
    }
    let defined = defined(scene, domain, mac)?;
    assert!(
        defined.contains("<source bridge='br7'/>") && defined.contains("<tag id='71'/>"),
        "{defined}"
    );
    scene.undo(&done)?;
    let back = port_of(&scene.lab, mac)?;
    assert_eq!(scene.lab.run(&["ovs-vsctl", "port-to-br", &back])?.trim(), "br0");
    Ok(())
}

fn attach(scene: &Scene, domain: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    let places: [(&[&str], &str, &str); 3] = [
        (
            &["--bridge", "br0", "--vlan", "70"],
            "70",
            "<source bridge='br0'/>",
        ),
        (
            &["--network", "VM-Network"],
            "[]",
            "<source network='VM-Network'/>",
        ),
        (
            &["--network", "VM-Network", "--portgroup", "vlan50"],
            "50",
            "<source network='VM-Network' portgroup='vlan50'/>",
        ),
    ];
    for (place, tag, source) in places {
        let line: Vec<&str> = [domain, NEW].into_iter().chain(place.iter().copied()).collect();
        let done = scene.edit(&line)?;
        let port = port_of(&scene.lab, NEW)?;
        assert_eq!(column(&scene.lab, &port, "tag")?, tag, "{line:?}");
        let (live, defined) = (live(scene, domain, NEW)?, defined(scene, domain, NEW)?);
        assert!(defined.contains(source), "{defined}");
        let id = |xml: &str| {
            let id = xml.lines().find(|line| line.contains("interfaceid"));
            id.map(|line| line.trim().to_owned())
        };
        assert!(
            id(&live).is_some() && id(&live) == id(&defined),
            "{live}{defined}"
        );
        scene.undo(&done)?;
    }
    Ok(())
}

fn without_portid(xml: &str) -> String {
    match xml.split_once(" portid='") {
        Some((before, rest)) => {
            let after = rest.split_once('\'').map_or("", |(_, after)| after);
            format!("{before}{after}")
        }
        None => xml.to_owned(),
    }
}
