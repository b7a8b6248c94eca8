//! The command line of a running qemu: which netdev and MAC each of its NICs has.

use std::collections::HashMap;

use libvirt_model::vocab::MacAddr;

use crate::topology::{QemuNic, QemuProcess};

/// Whether a word is the path of qemu's program.
pub(super) fn is_qemu(word: &str) -> bool {
    let program = word.rsplit('/').next().unwrap_or(word);
    word.starts_with('/')
        && (program == "qemu-kvm" || program == "kvm" || program.starts_with("qemu-system-"))
}

/// Reads the words of a command line, the program first. `None` where they tell nothing of a guest.
pub(super) fn process(pid: Option<u32>, words: &[&str]) -> Option<QemuProcess> {
    let mut qemu = QemuProcess {
        pid,
        ..QemuProcess::default()
    };
    let mut netdevs: HashMap<&str, &str> = HashMap::new();
    let mut devices: Vec<(MacAddr, Option<&str>)> = Vec::new();
    for (option, value) in words.iter().zip(words.iter().skip(1)) {
        match *option {
            "-name" => {
                let name = property(value, "guest").or_else(|| value.split(',').next());
                qemu.name = name.map(str::to_owned);
            }
            "-uuid" => qemu.uuid = value.parse().ok(),
            "-netdev" => {
                if let Some(id) = property(value, "id") {
                    netdevs.insert(id, value);
                }
            }
            "-device" => {
                if let Some(mac) = property(value, "mac").and_then(|mac| mac.parse().ok()) {
                    devices.push((mac, property(value, "netdev")));
                }
            }
            _ => {}
        }
    }
    qemu.nics = devices
        .into_iter()
        .map(|(mac, id)| {
            let netdev = id.and_then(|id| netdevs.get(id).copied());
            let told = |key: &str| netdev.and_then(|netdev| property(netdev, key)).map(str::to_owned);
            let kind = || {
                netdev
                    .and_then(|netdev| netdev.split(',').next())
                    .map(str::to_owned)
            };
            QemuNic {
                mac,
                netdev: told("type").or_else(kind),
                ifname: told("ifname"),
                script: told("script").filter(|script| script != "no"),
            }
        })
        .collect();
    (qemu.name.is_some() || qemu.uuid.is_some() || !qemu.nics.is_empty()).then_some(qemu)
}

/// The value of `key=` in `a,key=value,…`, or of `"key":"value"` in the JSON form of later versions.
fn property<'v>(value: &'v str, key: &str) -> Option<&'v str> {
    if value.starts_with('{') {
        let quoted = format!("\"{key}\":\"");
        let start = value.find(&quoted)? + quoted.len();
        return value.get(start..)?.split('"').next();
    }
    value
        .split(',')
        .find_map(|part| part.strip_prefix(key)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_that_plugs_a_tap_is_told() {
        let words = [
            "/usr/bin/kvm",
            "-name",
            "web,debug-threads=on",
            "-netdev",
            "type=tap,id=net0,ifname=tap100i0,script=/var/lib/qemu-server/pve-bridge,downscript=x",
            "-device",
            "virtio-net-pci,mac=BC:24:11:00:00:01,netdev=net0,id=net0",
        ];
        assert!(is_qemu(words[0]) && !is_qemu("/usr/bin/kvm-stat"));
        let nic = process(None, &words).unwrap().nics.remove(0);
        assert_eq!(nic.netdev.as_deref(), Some("tap"));
        assert_eq!(nic.ifname.as_deref(), Some("tap100i0"));
        assert_eq!(nic.script.as_deref(), Some("/var/lib/qemu-server/pve-bridge"));
        assert_eq!(process(None, &["/usr/bin/kvm", "--version"]), None);
    }
}
