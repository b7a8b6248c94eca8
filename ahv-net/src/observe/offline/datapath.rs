//! The text of `ovs-dpctl show` or `ovs-appctl dpctl/show`: which devices the datapath has.

use super::capture::Lines;
use super::ifconfig::bare;
use crate::topology::Link;

/// The master that the kernel names for every device of its datapath.
const KERNEL_DATAPATH: &str = "ovs-system";

/// Reads the ports of the kernel's datapath. Those of the userspace one are no links of the kernel.
pub(super) fn parse(text: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut in_kernel = true;
    for (_, line) in Lines::of(text) {
        if let Some((provider, _)) = line.strip_suffix(':').and_then(|name| name.split_once('@')) {
            in_kernel = provider == "system";
        } else if let Some((name, kind)) = port(line).filter(|_| in_kernel) {
            let mut link = bare(name, links.len());
            match kind {
                Some("internal") => link.kind = Some("openvswitch".to_owned()),
                Some(kind) => link.kind = Some(kind.to_owned()),
                None => link.master = Some(KERNEL_DATAPATH.to_owned()),
            }
            links.push(link);
        }
    }
    links
}

/// `port 2: eth2`, `port 1: br0 (internal)`, `port 3: vxlan_sys_4789 (vxlan: packet_type=ptap)`.
pub(super) fn port(line: &str) -> Option<(&str, Option<&str>)> {
    let (number, rest) = line.trim().strip_prefix("port ")?.split_once(": ")?;
    number.parse::<u32>().ok()?;
    let (name, kind) = match rest.split_once(" (") {
        Some((name, kind)) => (name, Some(kind)),
        None => (rest, None),
    };
    let kind = kind.and_then(|kind| kind.split([')', ':']).next());
    (!name.is_empty() && !name.contains(' ')).then_some((name, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_the_kernel_s_datapath_are_links() {
        let text = "system@ovs-system:\n  lookups: hit:1 missed:2 lost:0\n  port 0: ovs-system (internal)\n  \
                    port 1: eth2\n  port 2: vxlan_sys_4789 (vxlan: packet_type=ptap)\nnetdev@ovs-netdev:\n  \
                    port 1: dpdk0 (dpdk: …)\n";
        let links = parse(text);
        let told: Vec<(&str, Option<&str>, Option<&str>)> = links
            .iter()
            .map(|link| (link.name.as_str(), link.kind.as_deref(), link.master.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("ovs-system", Some("openvswitch"), None),
                ("eth2", None, Some("ovs-system")),
                ("vxlan_sys_4789", Some("vxlan"), None),
            ]
        );
        assert_eq!(port("port x: eth0"), None);
        assert_eq!(port("portgroup 1: eth0"), None);
    }
}
