//! What was set is there when the guest has been off; and what is set of a guest that is off.

use libtest_mimic::Failed;
use test_support::Suite;

use super::scene::{GUEST_NETWORK, GUEST_PORTGROUP, GUESTS, Scene};
use super::state::{column, nic, port_of};

const NEW: &str = "50:6b:8d:00:00:78";

pub(crate) fn cases(suite: &mut Suite) {
    for (of, (domain, mac)) in GUESTS {
        suite.case_with(
            format!("guests: a NIC of {of} keeps over off and on what set_vlan set"),
            Scene::available("set_vlan"),
            move |scene| keeps(&scene, &[mac, "--access", "63"], domain, mac, "63"),
        );
        suite.case_with(
            format!("guests: a NIC of {of} keeps over off and on where move_guest put it"),
            Scene::available("move_guest"),
            move |scene| {
                let line = [domain, mac, "--bridge", "br0", "--vlan", "64"];
                keeps(&scene, &line, domain, mac, "64")
            },
        );
    }
    suite.case_with(
        "guests: a guest keeps over off and on the NIC that attach_guest gave it",
        Scene::available("attach_guest"),
        |scene| {
            let domain = GUEST_NETWORK.0;
            let line = [domain, NEW, "--network", "VM-Network", "--portgroup", "vlan50"];
            keeps(&scene, &line, domain, NEW, "50")
        },
    );
    suite.case_with(
        "guests: of a guest that is off the definition changes, which holds when it starts",
        Scene::available("set_vlan"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let (domain, mac) = GUEST_PORTGROUP;
            scene.off(domain)?;
            let done = off(&scene, domain, mac);
            if done.is_err() {
                scene.on(domain)?;
            }
            done
        },
    );
}

fn keeps(scene: &Scene, line: &[&str], domain: &str, mac: &str, tag: &str) -> Result<(), Failed> {
    let _turn = scene.lab.exclusive()?;
    // Off and on once, so that the taps have the same names before and after.
    scene.restart(domain)?;
    let done = scene.edit(line)?;
    let id = interfaceid(scene, mac)?;
    scene.restart(domain)?;
    let port = port_of(&scene.lab, mac)?;
    assert_eq!(column(&scene.lab, &port, "tag")?, tag);
    assert_eq!(interfaceid(scene, mac)?, id, "the switch sees another iface-id");
    // Its taps have other numbers now, by which no undo looks for a NIC.
    scene.undo_definition(&done)
}

fn interfaceid(scene: &Scene, mac: &str) -> Result<String, Failed> {
    let port = port_of(&scene.lab, mac)?;
    Ok(scene
        .lab
        .run(&["ovs-vsctl", "get", "Interface", &port, "external_ids:iface-id"])?)
}

fn off(scene: &Scene, domain: &str, mac: &str) -> Result<(), Failed> {
    let done = scene.edit(&[mac, "--access", "65"])?;
    assert!(
        done.notes().contains(&format!("{domain} is off")),
        "{}",
        done.notes()
    );
    let xml = nic(&scene.lab, domain, mac, false)?.ok_or("no such NIC")?;
    assert!(xml.contains("<tag id='65'/>"), "{xml}");
    let attach = scene.with("attach_guest")?;
    let second = attach.edit(&[domain, NEW, "--bridge", "br0", "--vlan", "66"])?;
    scene.on(domain)?;
    for (mac, tag) in [(mac, "65"), (NEW, "66")] {
        let port = port_of(&scene.lab, mac)?;
        assert_eq!(column(&scene.lab, &port, "tag")?, tag);
    }
    scene.off(domain)?;
    let moved = scene
        .with("move_guest")?
        .edit(&[domain, mac, "--network", "VM-Network"])?;
    scene.undo(&moved)?;
    scene.undo(&second)?;
    scene.undo(&done)?;
    scene.on(domain)
}
