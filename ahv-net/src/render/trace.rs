use crate::topology::{Fate, Frame, HopKind, Trace};

use super::text::plain;

/// A trace as text: a hop a line, indented by its distance from the guest.
pub fn trace(trace: &Trace) -> String {
    let mut out = format!("a frame that is sent {}\n", trace.frame);
    for hop in &trace.hops {
        let what = match hop.kind {
            HopKind::Nic => "NIC",
            HopKind::PortIn => "into port",
            HopKind::Bridge => "bridge",
            HopKind::PortOut => "out of port",
            HopKind::Device => "device",
        };
        let role = hop.role.map(|role| format!(" ({role})")).unwrap_or_default();
        let mtu = hop
            .mtu_bytes
            .map(|mtu| format!(", MTU {mtu}"))
            .unwrap_or_default();
        let fate = match &hop.fate {
            Fate::Frame(frame) => frame.to_string(),
            Fate::Inside(0) => "no VLAN".to_owned(),
            Fate::Inside(vlan) => format!("VLAN {vlan}"),
            Fate::Wire(frame) => format!("leaves the host {frame}"),
            Fate::Ends(how) => how.clone(),
            Fate::Dropped(why) => format!("DROPPED: {why}"),
        };
        let indent = " ".repeat(4 * hop.depth);
        out.push_str(&format!(
            "{indent}{what} {}{role}: {}{mtu} [{}]\n",
            plain(&hop.name),
            plain(&fate),
            plain(&hop.evidence)
        ));
    }
    let wires: Vec<&Frame> = trace
        .hops
        .iter()
        .filter_map(|hop| match &hop.fate {
            Fate::Wire(frame) => Some(frame),
            _ => None,
        })
        .collect();
    out.push_str(&match (wires.as_slice(), trace.path_mtu_bytes) {
        ([], _) => "it leaves the host by no wire\n".to_owned(),
        (_, Some(mtu)) => format!("largest packet on the way: {mtu} bytes\n"),
        (_, None) => "no hop says how large a packet may be\n".to_owned(),
    });
    out
}
