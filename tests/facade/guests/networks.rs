//! libvirt's networks and their portgroups.

use libtest_mimic::Failed;
use test_support::Suite;

use super::scene::{GUEST_PORTGROUP, Scene};
use super::state::{column, port_of};

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "guests: define_network with portgroups, and undefine_network, again and undone",
        Scene::available("define_network"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let line = [
                "guests",
                "--bridge",
                "br0",
                "--portgroup",
                "vlan60=60",
                "--portgroup",
                "plain",
                "--default",
                "plain",
            ];
            let done = scene.edit(&line)?;
            for inactive in [false, true] {
                let xml = net(&scene, "guests", inactive)?;
                assert!(xml.contains("<virtualport type='openvswitch'/>"), "{xml}");
                assert!(xml.contains("<portgroup name='plain' default='yes'>"), "{xml}");
                assert!(xml.contains("<tag id='60'/>"), "{xml}");
            }
            let info = scene.lab.run(&["virsh", "net-info", "guests"])?;
            let yes = |key: &str| {
                let line = info.lines().find(|line| line.starts_with(key));
                line.is_some_and(|line| line.ends_with("yes"))
            };
            assert!(yes("Active") && yes("Persistent") && yes("Autostart"), "{info}");

            let gone = scene.with("undefine_network")?.edit(&["guests"])?;
            assert!(!scene.lab.run(&["virsh", "net-list", "--all"])?.contains("guests"));
            scene.undo(&gone)?;
            scene.undo(&done)
        },
    );
    suite.case_with(
        "guests: set_portgroup and remove_portgroup, as it runs and as it is defined",
        Scene::available("set_portgroup"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let added = scene.edit(&["VM-Network", "pair", "--trunk", "5,6", "--native", "5"])?;
            both(&scene, "<tag id='5' nativeMode='tagged'/>", true)?;
            // It comes back between others, not at the end, to which libvirt adds.
            let last = scene.edit(&["VM-Network", "last", "--access", "7"])?;
            let removed = scene.with("remove_portgroup")?.edit(&["VM-Network", "pair"])?;
            both(&scene, "<portgroup name='pair'>", false)?;
            scene.undo(&removed)?;
            both(&scene, "<portgroup name='pair'>", true)?;
            scene.undo(&last)?;
            scene.undo(&added)?;
            both(&scene, "<portgroup name='pair'>", false)
        },
    );
    suite.case_with(
        "guests: what others add to a network stays when an edit of it is undone",
        Scene::available("set_portgroup"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let done = scene.edit(&["VM-Network", "ours", "--access", "8"])?;
            let theirs = "<portgroup name='theirs'/>";
            for flag in ["--live", "--config"] {
                let line = [
                    "virsh",
                    "net-update",
                    "VM-Network",
                    "add-last",
                    "portgroup",
                    theirs,
                    flag,
                ];
                scene.lab.run(&line)?;
            }
            let undo = scene.undone(&done)?;
            both(&scene, "<portgroup name='ours'>", false)?;
            both(&scene, "<portgroup name='theirs'>", true)?;
            for flag in ["--live", "--config"] {
                let line = [
                    "virsh",
                    "net-update",
                    "VM-Network",
                    "delete",
                    "portgroup",
                    theirs,
                    flag,
                ];
                scene.lab.run(&line)?;
            }
            assert!(undo.is_complete() && undo.left.is_empty(), "{undo}");
            Ok(())
        },
    );
    suite.case_with(
        "guests: a network that a guest uses by now is not taken away, and the report says so",
        Scene::available("define_network"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let (domain, mac) = (GUEST_PORTGROUP.0, "50:6b:8d:00:00:7a");
            let done = scene.edit(&["guests", "--bridge", "br0", "--portgroup", "vlan60=60"])?;
            let line = [domain, mac, "--network", "guests", "--portgroup", "vlan60"];
            let nic = scene.with("attach_guest")?.edit(&line)?;
            let undo = scene.undone(&done)?;
            let left = undo.left.join("; ");
            assert!(left.contains("guests") && left.contains(mac), "{undo}");
            assert_eq!(column(&scene.lab, &port_of(&scene.lab, mac)?, "tag")?, "60");
            scene.undo(&nic)?;
            scene.undo(&done)
        },
    );
    suite.case_with(
        "guests: a changed portgroup leaves connected NICs alone, and says so",
        Scene::available("set_portgroup"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let (domain, mac) = GUEST_PORTGROUP;
            let done = scene.edit(&["VM-Network", "vlan50", "--access", "51"])?;
            both(&scene, "<tag id='51'/>", true)?;
            let notes = done.notes();
            assert!(notes.contains(&format!("{domain}/{mac}")), "{notes}");
            let port = port_of(&scene.lab, mac)?;
            assert_eq!(column(&scene.lab, &port, "tag")?, "50");
            scene.undo(&done)?;
            both(&scene, "<tag id='51'/>", false)
        },
    );
}

fn net(scene: &Scene, name: &str, inactive: bool) -> Result<String, Failed> {
    let mut line = vec!["virsh", "net-dumpxml", name];
    if inactive {
        line.push("--inactive");
    }
    Ok(scene.lab.run(&line)?)
}

/// Whether the running network and its definition say this.
fn both(scene: &Scene, words: &str, expected: bool) -> Result<(), Failed> {
    for inactive in [false, true] {
        let xml = net(scene, "VM-Network", inactive)?;
        assert_eq!(xml.contains(words), expected, "{words}: {xml}");
    }
    Ok(())
}
