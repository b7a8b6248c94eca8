//! The text of `ps`, with the command lines of running qemus.

use super::capture::Lines;
use crate::observe::qemu::{self, is_qemu};
use crate::topology::QemuProcess;

/// Reads the command line of every qemu in a text. A command line may be broken over several lines: it
/// ends where the next process begins.
pub(super) fn parse(text: &str) -> Vec<QemuProcess> {
    let mut all: Vec<(Option<u32>, Vec<&str>)> = Vec::new();
    let mut in_qemu = false;
    for (_, line) in Lines::of(text) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| is_qemu(word)) {
            let pid = words.get(1).filter(|_| at > 1).and_then(|pid| pid.parse().ok());
            all.push((pid, words.get(at..).unwrap_or_default().to_vec()));
            in_qemu = true;
        } else if is_process(&words) {
            in_qemu = false;
        } else if in_qemu && let Some((_, command)) = all.last_mut() {
            command.extend(words);
        }
    }
    all.iter()
        .filter_map(|(pid, words)| qemu::process(*pid, words))
        .collect()
}

/// Whether a line heads the columns of `ps -ef` or `ps aux`.
pub(super) fn is_heading(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.contains(&"PID") && words.last().is_some_and(|last| ["CMD", "COMMAND"].contains(last))
}

/// Whether a line begins as one of `ps` does: a user, a process id, and another number.
fn is_process(words: &[&str]) -> bool {
    match words {
        [user, pid, number, _, ..] => {
            !user.starts_with('-') && pid.parse::<u32>().is_ok() && number.parse::<f32>().is_ok()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ages_of_the_command_line() {
        let old = "qemu 9250 1 61 Jun26 ? 1-21:13:21 /usr/libexec/qemu-kvm -name CVM \n-S -uuid \
                   1323cbbc-a20d-d66a-563e-ca7a8609cb73 \n-netdev tap,fd=20,id=hostnet0,vhost=on \n-device \
                   virtio-net-pci,netdev=hostnet0,id=net0,mac=52:54:00:9c:d8:cd,bus=pci.0,addr=0x3\n";
        let new = "libvirt+ 9250 1 0 ? 0:00 /usr/bin/qemu-system-x86_64 -name guest=CVM,debug-threads=on -uuid \
                   1323cbbc-a20d-d66a-563e-ca7a8609cb73 -netdev {\"type\":\"tap\",\"fd\":\"33\",\"id\":\"hostnet0\"} \
                   -device {\"driver\":\"virtio-net-pci\",\"netdev\":\"hostnet0\",\"id\":\"net0\",\"mac\":\"52:54:00:9c:d8:cd\"}\n";
        for text in [old, new] {
            let found = parse(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(
                (found[0].pid, found[0].name.as_deref()),
                (Some(9250), Some("CVM"))
            );
            assert_eq!(
                found[0].uuid.unwrap().to_string(),
                "1323cbbc-a20d-d66a-563e-ca7a8609cb73"
            );
            assert_eq!(found[0].nics[0].mac.to_string(), "52:54:00:9c:d8:cd");
            assert_eq!(found[0].nics[0].netdev.as_deref(), Some("tap"));
        }
    }

    #[test]
    fn the_next_process_ends_a_command_line() {
        let text = "UID PID PPID C STIME TTY TIME CMD\nqemu 7 1 0 ? ? 0 /usr/libexec/qemu-kvm -name a\nroot 8 1 0 ? ? 0 \
                    /usr/bin/other -name b -uuid 1323cbbc-a20d-d66a-563e-ca7a8609cb73\n";
        let found = parse(text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_deref(), found[0].uuid), (Some("a"), None));
        assert!(is_heading(text.lines().next().unwrap()));
    }

    #[test]
    fn a_text_without_qemu_has_none() {
        assert_eq!(parse("root 1 0 0 ? /sbin/init\nroot 2 0 grep qemu\n"), []);
    }
}
