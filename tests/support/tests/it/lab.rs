//! The lab holds the reference host, and behaves like one.

use std::time::Duration;

use test_support::{Daemon, Failure, Lab, Outcome, Suite, Tool, Unavailable, wait_until};

pub(crate) fn add_to(suite: &mut Suite) {
    let mut case = |name, need: Result<Lab, Unavailable>, body: fn(&Lab) -> Outcome| {
        suite.case_with(name, need, move |lab| body(&lab));
    };
    case(
        "the lab's sockets answer from outside",
        Lab::from_env(),
        answers_outside,
    );
    case(
        "the lab holds the bridges of the captures",
        Lab::from_env(),
        bridges,
    );
    case(
        "the lab holds the addresses and routes of the captures",
        Lab::from_env(),
        addresses,
    );
    case(
        "the lab's CVM answers on both of its networks",
        Lab::from_env(),
        cvm_answers,
    );
    case(
        "the lab's daemons restart and keep their state",
        Lab::from_env(),
        restarts,
    );
    case("a pulled cable takes the carrier", Lab::from_env(), cable);
    case(
        "a guest obeys hot-plug and hot-unplug",
        Lab::with_guests(),
        hotplug,
    );
}

fn has_lines(text: &str, wanted: &[&str]) {
    for line in wanted {
        assert!(
            text.lines().any(|found| found.trim() == *line),
            "no line {line:?} in:\n{text}"
        );
    }
}

fn answers_outside(lab: &Lab) -> Outcome {
    let _turn = lab.shared()?;
    let db = format!("--db={}", lab.ovsdb());
    let bridges = Tool::OVS_VSCTL.run(&[&db, "--timeout=10", "list-br"])?;
    assert_eq!(bridges.trim(), "br0");
    let domains = Tool::VIRSH.run(&["-c", lab.libvirt(), "list", "--name"])?;
    has_lines(&domains, &["NTNX-DRM-3060-G4-1-1-CVM", "guest-vlan32"]);
    assert!(lab.libvirt_socket().exists() && lab.netns().exists());
    Ok(())
}

fn bridges(lab: &Lab) -> Outcome {
    let _turn = lab.shared()?;
    let interfaces = lab.run(&["ovs-vsctl", "list-ifaces", "br0"])?;
    has_lines(
        &interfaces,
        &["br0-arp", "br0-dhcp", "eth2", "eth3", "tap345", "vnet0"],
    );
    assert_eq!(
        lab.run(&["ovs-vsctl", "get", "Port", "tap345", "tag"])?.trim(),
        "32"
    );
    let virbr0 = lab.run(&["ip", "-br", "link", "show", "master", "virbr0"])?;
    assert!(
        virbr0.contains("vnet1") && virbr0.contains("virbr0-nic"),
        "{virbr0}"
    );
    let networks = lab.run(&["virsh", "-q", "net-list", "--autostart", "--persistent", "--name"])?;
    has_lines(&networks, &["NTNX-Local-Network", "VM-Network"]);
    Ok(())
}

fn addresses(lab: &Lab) -> Outcome {
    let _turn = lab.shared()?;
    let addresses = lab.run(&["ip", "-o", "-4", "address"])?;
    assert!(
        addresses.contains("10.59.31.77/23") && addresses.contains("192.168.5.1/24"),
        "{addresses}"
    );
    let br0 = lab.run(&["ip", "link", "show", "br0"])?;
    assert!(br0.contains("0c:c4:7a:58:91:50"), "{br0}");
    let routes = lab.run(&["ip", "route"])?;
    assert!(routes.contains("default via 10.59.30.1 dev br0"), "{routes}");
    assert_eq!(routes.matches("169.254.0.0/16").count(), 5, "{routes}");
    Ok(())
}

/// Several times, since a first packet may be lost while the switch learns.
fn ping(lab: &Lab, address: &str) -> Result<(), Failure> {
    lab.run(&["busybox", "ping", "-c", "3", "-W", "5", address])
        .map(drop)
}

fn cvm_answers(lab: &Lab) -> Outcome {
    let _turn = lab.shared()?;
    ping(lab, "10.59.30.77")?;
    ping(lab, "192.168.5.2")?;
    Ok(())
}

fn restarts(lab: &Lab) -> Outcome {
    let turn = lab.exclusive()?;
    for daemon in [Daemon::OvsdbServer, Daemon::OvsVswitchd, Daemon::Libvirtd] {
        lab.restart(daemon, &turn)?;
    }
    has_lines(
        &lab.run(&["virsh", "list", "--name"])?,
        &["NTNX-DRM-3060-G4-1-1-CVM"],
    );
    assert_eq!(
        lab.run(&["ovs-vsctl", "get", "Port", "tap345", "tag"])?.trim(),
        "32"
    );
    ping(lab, "10.59.30.77")?;
    Ok(())
}

fn cable(lab: &Lab) -> Outcome {
    let turn = lab.exclusive()?;
    let carrier = |wanted: &str| {
        wait_until("the carrier changes", Duration::from_secs(10), || {
            Ok((lab.run(&["cat", "/sys/class/net/eth1/carrier"])?.trim() == wanted).then_some(()))
        })
    };
    carrier("1")?;
    lab.set_cable("eth1", false, &turn)?;
    let pulled = carrier("0");
    lab.set_cable("eth1", true, &turn)?;
    pulled?;
    carrier("1")?;
    Ok(())
}

fn hotplug(lab: &Lab) -> Outcome {
    let _turn = lab.exclusive()?;
    let is_there = || {
        let ports = lab.run(&["ovs-vsctl", "list-ports", "br0"])?;
        Ok::<_, Failure>(ports.lines().any(|name| name == "tap346"))
    };
    let on_guest = |verb: &[&str], rest: &[&str]| {
        let nic = ["guest-net", "--mac", "50:6b:8d:00:00:2f", "--live"];
        lab.run(&[&["virsh"], verb, &nic[..], rest].concat())
    };
    let source = [
        "--source",
        "VM-Network",
        "--target",
        "tap346",
        "--model",
        "virtio",
    ];
    on_guest(&["attach-interface", "--type", "network"], &source)?;
    assert!(is_there()?);
    // libvirt shows the live NIC of an Open vSwitch network as one of type bridge.
    on_guest(&["detach-interface", "--type", "bridge"], &[])?;
    // It is gone only when the guest's kernel has let go of it.
    wait_until("the port is gone", Duration::from_secs(10), || {
        Ok((!is_there()?).then_some(()))
    })?;
    Ok(())
}
