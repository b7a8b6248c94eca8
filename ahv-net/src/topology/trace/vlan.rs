//! What an Open vSwitch port does with a frame's VLAN: column `Port.vlan_mode` and its neighbours in
//! ovs-vswitchd.conf.db(5).

use libvirt_model::vocab::VlanId;

use super::Frame;
use crate::topology::Port;

/// The VLAN of a frame inside the switch; 0 is none.
pub(super) type Vid = u16;

/// The mode that holds for a port: the one it names, else access where it has a tag, else trunk.
pub(super) fn mode(port: &Port) -> &str {
    match (port.vlan_mode.as_deref(), port.tag) {
        (Some(mode), _) => mode,
        (None, Some(_)) => "access",
        (None, None) => "trunk",
    }
}

/// The VLAN that a frame from the wire gets, or why it is dropped.
pub(super) fn enter(port: &Port, frame: Frame) -> Result<Vid, String> {
    let tag = port.tag.map_or(0, VlanId::get);
    let mode = mode(port);
    match (mode, frame) {
        ("access", Frame::Untagged) => Ok(tag),
        ("access", Frame::Tagged(_)) => {
            Err("an access port drops every frame that is already tagged".to_owned())
        }
        // The frame keeps its own header inside a second one, of which alone the switch knows.
        ("dot1q-tunnel", _) => Ok(tag),
        ("native-tagged" | "native-untagged", Frame::Untagged) => Ok(tag),
        ("trunk" | "native-tagged" | "native-untagged", frame) => {
            if trunks(port, frame.vid()) {
                Ok(frame.vid())
            } else {
                Err(not_trunked(port, frame.vid()))
            }
        }
        (other, _) => Err(format!("vlan_mode {other} is not known here")),
    }
}

/// What a frame looks like when it leaves by a port, or why it does not.
pub(super) fn leave(port: &Port, vid: Vid) -> Result<Frame, String> {
    let tag = port.tag.map_or(0, VlanId::get);
    match mode(port) {
        "access" | "dot1q-tunnel" if vid == tag => Ok(Frame::Untagged),
        "access" | "dot1q-tunnel" => Err(format!("it carries VLAN {tag} alone")),
        "native-untagged" if vid == tag => Ok(Frame::Untagged),
        "trunk" | "native-tagged" | "native-untagged" => {
            if trunks(port, vid) {
                VlanId::new(vid).map(Frame::of).map_err(|error| error.to_string())
            } else {
                Err(not_trunked(port, vid))
            }
        }
        other => Err(format!("vlan_mode {other} is not known here")),
    }
}

/// Whether a trunk carries a VLAN: all of them where it names none, and always the native one.
fn trunks(port: &Port, vid: Vid) -> bool {
    let native = mode(port) != "trunk" && port.tag.is_some_and(|tag| tag.get() == vid);
    port.trunks.is_empty() || native || port.trunks.iter().any(|trunk| trunk.get() == vid)
}

fn not_trunked(port: &Port, vid: Vid) -> String {
    let trunks: Vec<String> = port.trunks.iter().map(ToString::to_string).collect();
    match vid {
        0 => format!(
            "its trunks are {}, and untagged frames are VLAN 0",
            trunks.join(", ")
        ),
        _ => format!("VLAN {vid} is not among its trunks {}", trunks.join(", ")),
    }
}
