//! The texts of `virsh list`, `virsh net-list` and `virsh domiflist`.

use libvirt_model::vocab::MacAddr;

use super::capture::{Lines, Notes};
use crate::observe::{ObservedNetwork, ObservedNic};

/// A line of `virsh list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedDomain {
    pub(super) name: String,
    /// libvirt's word for the state, in the language of who asked.
    pub(super) state: String,
    /// Whether it has an id, which a domain has while it runs.
    pub(super) active: bool,
}

/// Reads `virsh list [--all]`. The headings may be in any language.
pub(super) fn list(text: &str, notes: &mut Notes) -> Vec<ListedDomain> {
    let mut domains = Vec::new();
    for (line, text) in Lines::of(text).filter(|(_, line)| !is_frame(line)) {
        match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["Id", ..] => {}
            [id, name, state @ ..] if !state.is_empty() && (*id == "-" || id.parse::<u32>().is_ok()) => {
                domains.push(ListedDomain {
                    name: (*name).to_owned(),
                    state: state.join(" "),
                    active: *id != "-",
                });
            }
            _ => notes.line(line, "no domain with its id and state"),
        }
    }
    domains
}

/// Reads `virsh net-list [--all]`.
pub(super) fn net_list(text: &str, notes: &mut Notes) -> Vec<ObservedNetwork> {
    let mut networks = Vec::new();
    for (number, line) in Lines::of(text).filter(|(_, line)| !is_frame(line)) {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["Name", ..] => {}
            [name, state @ ("active" | "inactive"), autostart, rest @ ..] => networks.push(ObservedNetwork {
                name: (*name).to_owned(),
                active: Some(*state == "active"),
                autostart: Some(*autostart == "yes"),
                // Before libvirt 0.10 there was no such column.
                persistent: rest.first().map(|persistent| *persistent == "yes"),
                ..ObservedNetwork::default()
            }),
            _ => notes.line(number, "no network with its state"),
        }
    }
    networks
}

/// Reads `virsh domiflist DOMAIN`.
pub(super) fn domiflist(text: &str, notes: &mut Notes) -> Vec<ObservedNic> {
    let mut nics = Vec::new();
    for (number, line) in Lines::of(text).filter(|(_, line)| !is_frame(line)) {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["Interface", "Type", ..] => {}
            [target, type_, source, _model, mac] => match mac.parse::<MacAddr>() {
                Ok(mac) => {
                    let named = |kind: &str| (*type_ == kind && *source != "-").then(|| (*source).to_owned());
                    nics.push(ObservedNic {
                        mac: Some(mac),
                        type_: (*type_).to_owned(),
                        bridge: named("bridge"),
                        network: named("network"),
                        target: (*target != "-").then(|| (*target).to_owned()),
                        ..ObservedNic::default()
                    });
                }
                Err(_) => notes.line(number, "a hardware address that is none"),
            },
            _ => notes.line(number, "no NIC with its five columns"),
        }
    }
    nics
}

pub(super) fn is_frame(line: &str) -> bool {
    line.len() > 2 && line.bytes().all(|byte| byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_with_and_without_the_last_column() {
        let mut notes = Notes::of("net-list.txt");
        let networks = net_list(
            " Name               State  Autostart Persistent\n--------\n VM-Network active yes yes\n old inactive no\n",
            &mut notes,
        );
        assert_eq!(notes.sentences(), Vec::<String>::new());
        let told = |network: &ObservedNetwork| (network.active, network.autostart, network.persistent);
        assert_eq!(told(&networks[0]), (Some(true), Some(true), Some(true)));
        assert_eq!(told(&networks[1]), (Some(false), Some(false), None));
    }

    #[test]
    fn domains_in_any_language() {
        let mut notes = Notes::of("list.txt");
        let text = " Id   名前   状態\n------\n 1    web    実行中\n -    db     shut off\n?\n";
        let domains = list(text, &mut notes);
        assert_eq!(
            notes.sentences(),
            ["list.txt, line 5: no domain with its id and state"]
        );
        assert_eq!((domains[0].name.as_str(), domains[0].active), ("web", true));
        assert_eq!(
            (domains[1].state.as_str(), domains[1].active),
            ("shut off", false)
        );
    }

    #[test]
    fn nics_of_a_domain() {
        let mut notes = Notes::of("domiflist.txt");
        let nics = domiflist(
            "Interface  Type       Source     Model       MAC\n-----\nvnet0 bridge br0 virtio 52:54:00:9c:d8:cd\n\
             - network default virtio 52:54:00:00:00:01\nvnet2 bridge br0 virtio nonsense\n",
            &mut notes,
        );
        assert_eq!(nics.len(), 2);
        assert_eq!(
            (nics[0].target.as_deref(), nics[0].bridge.as_deref()),
            (Some("vnet0"), Some("br0"))
        );
        assert_eq!(
            (nics[1].target.as_deref(), nics[1].network.as_deref()),
            (None, Some("default"))
        );
        assert_eq!(
            notes.sentences(),
            ["domiflist.txt, line 5: a hardware address that is none"]
        );
    }
}
