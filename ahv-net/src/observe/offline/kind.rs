//! What a file is, told from what stands in it; its name counts only where that leaves it open.

use super::capture::{Lines, is_remark};
use super::{bond_show, datapath, ifconfig, ip, ovsdb_dump, ovsdb_log, ps, virsh};
use crate::observe::qemu::is_qemu;

/// The kinds of files that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    OvsdbLog,
    OvsdbCluster,
    OvsdbDumpJson,
    OvsdbDump,
    OvsVsctlShow,
    BondShow,
    Datapath,
    Xml,
    DomainList,
    NetList,
    Domiflist,
    IpLink,
    Ifconfig,
    Brctl,
    IpRoute,
    Netstat,
    Ifcfg,
    Ps,
}

impl Kind {
    /// What writes such a file.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::OvsdbLog => "a database file",
            Self::OvsdbCluster => "a clustered database file",
            Self::OvsdbDumpJson => "ovsdb-client --format=json dump",
            Self::OvsdbDump => "ovsdb-client dump",
            Self::OvsVsctlShow => "ovs-vsctl show",
            Self::BondShow => "ovs-appctl bond/show",
            Self::Datapath => "ovs-dpctl show",
            Self::Xml => "libvirt's XML",
            Self::DomainList => "virsh list",
            Self::NetList => "virsh net-list",
            Self::Domiflist => "virsh domiflist",
            Self::IpLink => "ip link or ip address",
            Self::Ifconfig => "ifconfig",
            Self::Brctl => "brctl show",
            Self::IpRoute => "ip route",
            Self::Netstat => "netstat -r or route",
            Self::Ifcfg => "a file of the network scripts",
            Self::Ps => "ps",
        }
    }

    /// What such a file leaves out, so that its absence is no fact.
    pub(super) fn leaves_out(self) -> Option<&'static str> {
        match self {
            Self::OvsdbLog => Some("what only a running switch knows, such as drivers and states"),
            Self::OvsVsctlShow => Some("external_ids, other_config and the settings of bonds"),
            Self::Ifconfig => Some("the kinds of links, and without -a those that are down"),
            Self::Datapath => Some("everything but the names of its devices"),
            Self::Brctl => Some("everything but bridges and their members"),
            _ => None,
        }
    }
}

/// What a text is, and the line on which it begins to look like something else as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recognised {
    pub(super) kind: Kind,
    pub(super) another: Option<(usize, Kind)>,
}

/// Whether it is a page of Markdown. What it quotes may be of another host, or made up.
pub(super) fn is_page(name: &str, text: &str) -> bool {
    let is_named_so = name
        .rsplit_once('.')
        .is_some_and(|(_, end)| matches!(end.to_ascii_lowercase().as_str(), "md" | "markdown"));
    let is_fence = |line: &str| line.starts_with("```");
    let heading = text.lines().find(|line| !line.trim().is_empty());
    is_named_so || (heading.is_some_and(|line| line.starts_with("# ")) && text.lines().any(is_fence))
}

/// What the text of a file of this name is.
pub(super) fn recognise(name: &str, text: &str) -> Option<Recognised> {
    let (_, first) = Lines::of(text).next()?;
    let alone = |kind| Some(Recognised { kind, another: None });
    if first.starts_with(ovsdb_log::MAGIC) {
        return alone(Kind::OvsdbLog);
    }
    if first.starts_with("OVSDB CLUSTER ") {
        return alone(Kind::OvsdbCluster);
    }
    if first.starts_with('<') {
        return alone(Kind::Xml);
    }
    if first.starts_with('{') && text.contains("\"headings\"") && text.contains("\"caption\"") {
        return alone(Kind::OvsdbDumpJson);
    }
    let base = name.rsplit('/').next().unwrap_or(name);
    if base.starts_with("ifcfg-") || is_ifcfg(text) {
        return alone(Kind::Ifcfg);
    }
    let mut kinds = by_lines(text);
    if let Some((_, kind)) = kinds.next() {
        let another = kinds.find(|(_, other)| *other != kind);
        return Some(Recognised { kind, another });
    }
    by_shape(text).and_then(alone)
}

/// Lines that only one kind of capture has: headings, and the first lines of what has none.
fn by_lines(text: &str) -> impl Iterator<Item = (usize, Kind)> {
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !is_remark(line))
        .peekable();
    std::iter::from_fn(move || {
        while let Some((index, line)) = lines.next() {
            let next = lines.peek().map_or("", |(_, next)| *next);
            if let Some(kind) = by_line(line, next) {
                return Some((index + 1, kind));
            }
        }
        None
    })
}

fn by_line(line: &str, next: &str) -> Option<Kind> {
    if ovsdb_dump::table_of(line).is_some() && ovsdb_dump::is_heading(next) {
        return Some(Kind::OvsdbDump);
    }
    let trimmed = line.trim();
    let words: Vec<&str> = trimmed.split_whitespace().take(8).collect();
    match words.as_slice() {
        ["Destination", "Gateway", "Genmask", ..] => return Some(Kind::Netstat),
        ["bridge", "name", "bridge", "id", ..] => return Some(Kind::Brctl),
        ["Name", "State", "Autostart", ..] => return Some(Kind::NetList),
        ["Interface", "Type", "Source", "Model", "MAC", ..] => return Some(Kind::Domiflist),
        ["Id", "Name", "State"] => return Some(Kind::DomainList),
        ["Bridge", _] | ["ovs_version:", _] => return Some(Kind::OvsVsctlShow),
        _ => {}
    }
    if bond_show::heading(trimmed).is_some() {
        return Some(Kind::BondShow);
    }
    if datapath::port(trimmed).is_some() {
        return Some(Kind::Datapath);
    }
    if ifconfig::heading(trimmed).is_some() {
        return Some(Kind::Ifconfig);
    }
    if ip::heading(trimmed).is_some() {
        return Some(Kind::IpLink);
    }
    if ps::is_heading(trimmed) || trimmed.split_whitespace().any(is_qemu) {
        return Some(Kind::Ps);
    }
    None
}

/// Assignments of the shell and nothing else, among them one that only network scripts have.
fn is_ifcfg(text: &str) -> bool {
    let mut own = false;
    for (_, line) in Lines::of(text).filter(|(_, line)| !line.starts_with('#')) {
        let Some((name, _)) = line.split_once('=') else {
            return false;
        };
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return false;
        }
        own |= ["DEVICE", "ONBOOT", "BOOTPROTO"].contains(&name);
    }
    own
}

/// Rows without a heading of a known language, and routes, which have no heading at all.
fn by_shape(text: &str) -> Option<Kind> {
    let mut framed = false;
    for (_, line) in Lines::of(text).take(50) {
        if virsh::is_frame(line) {
            framed = true;
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [_, _, _, _, mac] if framed && mac.split(':').count() == 6 => return Some(Kind::Domiflist),
            [_, "active" | "inactive", ..] if framed => return Some(Kind::NetList),
            [id, _, _, ..] if framed && (*id == "-" || id.parse::<u32>().is_ok()) => {
                return Some(Kind::DomainList);
            }
            [to, rest @ ..] if is_route(to, rest) => return Some(Kind::IpRoute),
            _ => {}
        }
    }
    None
}

fn is_route(to: &str, rest: &[&str]) -> bool {
    let way = rest.contains(&"dev") || rest.contains(&"via");
    (ip::destination_of(to).is_some() && (way || rest.is_empty() && to.contains('/')))
        || (ip::SPECIAL.contains(&to) && rest.first().is_some_and(|to| ip::destination_of(to).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<Kind> {
        recognise("capture.txt", text).map(|recognised| recognised.kind)
    }

    #[test]
    fn each_kind_is_told_by_what_stands_in_it() {
        let cases = [
            ("# source: x\nOVSDB JSON 5 00\n", Kind::OvsdbLog),
            ("OVSDB CLUSTER 5 00\n", Kind::OvsdbCluster),
            (
                "{\"caption\":\"Port table\",\"data\":[],\"headings\":[]}",
                Kind::OvsdbDumpJson,
            ),
            (
                "AutoAttach table\n_uuid mappings\n----- --------\n",
                Kind::OvsdbDump,
            ),
            ("XXXX-XX\n    Bridge \"br0\"\n", Kind::OvsVsctlShow),
            ("\n<!-- a --><network/>", Kind::Xml),
            (
                " Id   名前   状態\n---------\n 1  web  実行中\n",
                Kind::DomainList,
            ),
            (" Id Name State\n", Kind::DomainList),
            (
                " 名前 状態 自動起動\n------\n default active yes\n",
                Kind::NetList,
            ),
            ("Name State Autostart Persistent\n", Kind::NetList),
            ("Interface Type Source Model MAC\n", Kind::Domiflist),
            ("$ ip link\n1: lo: <LOOPBACK,UP> mtu 65536\n", Kind::IpLink),
            (
                "eth0 Link encap:Ethernet HWaddr 0C:C4:7A:3B:1C:8C\n",
                Kind::Ifconfig,
            ),
            ("eth0: flags=4163<UP>  mtu 1500\n", Kind::Ifconfig),
            ("bridge name\tbridge id\t\tSTP enabled\tinterfaces\n", Kind::Brctl),
            ("default via 10.0.0.1 dev br0\n", Kind::IpRoute),
            ("blackhole 10.0.0.0/8\n", Kind::IpRoute),
            (
                "Kernel IP routing table\nDestination Gateway Genmask Flags\n",
                Kind::Netstat,
            ),
            ("# made by hand\nDEVICE=br0\nONBOOT=yes\n", Kind::Ifcfg),
            ("UID PID PPID C STIME TTY TIME CMD\n", Kind::Ps),
            ("qemu 1 1 0 /usr/libexec/qemu-kvm -name x\n", Kind::Ps),
        ];
        for (text, expected) in cases {
            assert_eq!(kind(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_none_of_them_is_left_alone() {
        for text in [
            "",
            "\n\n",
            "# Notes\n\nThe host of the third floor.\n",
            "A=1\nB=2\n",
            "{\"a\": 1}",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
        assert_eq!(
            recognise("net/ifcfg-eth0", "nonsense").map(|it| it.kind),
            Some(Kind::Ifcfg)
        );
    }

    #[test]
    fn a_page_that_quotes_captures_is_none() {
        let capture = "    Bridge br0\n        Port br0\n";
        assert!(is_page("notes/README.md", capture) && is_page("a.MARKDOWN", capture));
        assert!(is_page("notes", &format!("\n# The host\n```\n{capture}```\n")));
        // A remark at the head, as collectors write them.
        assert!(!is_page("show.txt", &format!("# ovs-vsctl show\n{capture}")));
        assert!(!is_page("md", capture));
    }

    #[test]
    fn a_file_of_two_captures_is_noticed() {
        let text = "    Bridge br0\n        Port a\n\nDestination Gateway Genmask Flags Iface\n";
        let recognised = recognise("x", text).unwrap();
        assert_eq!(recognised.kind, Kind::OvsVsctlShow);
        assert_eq!(recognised.another, Some((4, Kind::Netstat)));
    }
}
