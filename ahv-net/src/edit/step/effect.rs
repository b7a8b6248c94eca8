use crate::edit::base::Base;
use crate::edit::change::{Change, RowChange, RowEdit};
use crate::edit::plan::{Difference, Step};
use crate::topology::{Bridge, Port, Role, Topology};

/// Says of each step on the switch what it does to whom. A step that only adds something does nothing to
/// anybody, and the picture is not joined for it.
pub(crate) fn tell_effects(steps: &mut [Step], base: &Base) {
    for step in steps {
        let Change::Rows(rows) = &step.change else {
            continue;
        };
        if step.effect.is_none() && rows.iter().any(touches_existing) {
            step.effect = effect(rows, &step.differences, base.topology());
        }
    }
}

fn touches_existing(change: &RowChange) -> bool {
    match &change.edit {
        RowEdit::Insert(_) => false,
        RowEdit::Delete(_) => true,
        RowEdit::Update(_) => matches!(change.row.table.as_str(), "Port" | "Interface"),
    }
}

fn effect(rows: &[RowChange], differences: &[Difference], before: &Topology) -> Option<String> {
    let is_gone =
        |change: &&RowChange| change.row.table == "Bridge" && matches!(change.edit, RowEdit::Delete(_));
    if let Some(gone) = rows.iter().find(is_gone) {
        let bridge = before.bridge(gone.row.name.as_deref()?)?;
        return Some(format!("{} lose their network", everyone(bridge)?));
    }
    rows.iter().find_map(|change| {
        let name = change.row.name.as_deref()?;
        let (bridge, port) = match change.row.table.as_str() {
            "Port" => place(before, |port| port.name == name)?,
            "Interface" => place(before, |port| {
                port.interfaces.iter().any(|interface| interface.name == name)
            })?,
            _ => return None,
        };
        let who = who(bridge, port);
        match &change.edit {
            RowEdit::Delete(_) if change.row.table == "Port" => Some(format!("{who} is cut off")),
            RowEdit::Update(columns) if change.row.table == "Port" => {
                let has = |names: &[&str]| columns.keys().any(|column| names.contains(&column.as_str()));
                if has(&["cvlans", "tag", "trunks", "vlan_mode"]) {
                    let (from, to) = (vlans(port, None), vlans(port, Some(differences)));
                    Some(format!("{who} goes from {from} to {to}"))
                } else if has(&["interfaces"]) {
                    Some(format!(
                        "{who} keeps its port, and traffic moves to the members that it then has"
                    ))
                } else if has(&["bond_mode", "lacp"]) {
                    Some(format!(
                        "{who} chooses its members anew; traffic may pause for a moment"
                    ))
                } else {
                    None
                }
            }
            RowEdit::Update(columns) if columns.contains_key("mtu_request") => {
                Some(format!("{who} has packets of another size"))
            }
            _ => None,
        }
    })
}

fn place(before: &Topology, is_it: impl Fn(&Port) -> bool) -> Option<(&Bridge, &Port)> {
    before.bridges.iter().find_map(|bridge| {
        let port = bridge.ports.iter().find(|port| is_it(port))?;
        Some((bridge, port))
    })
}

/// Who stands behind a port.
fn who(bridge: &Bridge, port: &Port) -> String {
    match (&port.attachment, port.role) {
        (Some(at), Role::CvmExternal | Role::CvmInternal) => {
            format!("the controller VM {} ({})", at.domain, at.mac)
        }
        (Some(at), _) => format!("guest {} ({})", at.domain, at.mac),
        (None, Role::Host) => match port.addresses.first() {
            Some(address) => format!("the host itself ({})", address.ip),
            None => "the host itself".to_owned(),
        },
        (None, Role::Uplink) => format!("everything on {} that leaves the host", bridge.name),
        (None, Role::Tunnel) => format!("what {} sends through tunnel {}", bridge.name, port.name),
        (None, _) => format!("whatever is behind {}", port.name),
    }
}

fn everyone(bridge: &Bridge) -> Option<String> {
    let others: Vec<String> = bridge
        .ports
        .iter()
        .filter(|port| port.attachment.is_some() || !port.addresses.is_empty())
        .map(|port| who(bridge, port))
        .collect();
    (!others.is_empty()).then(|| others.join(", "))
}

/// The VLANs of a port, as it is or as the differences leave it.
fn vlans(port: &Port, differences: Option<&[Difference]>) -> String {
    let after = |column: &str, before: Option<String>| -> Option<String> {
        let what = format!("Port {} {column}", port.name);
        let found = differences.and_then(|all| all.iter().find(|one| one.what == what));
        match found {
            Some(difference) => difference.after.clone(),
            None => before,
        }
    };
    let list = |vlans: &[libvirt_model::vocab::VlanId]| {
        let words: Vec<String> = vlans.iter().map(ToString::to_string).collect();
        (!words.is_empty()).then(|| words.join(", "))
    };
    let tag = after("tag", port.tag.map(|tag| tag.to_string()));
    let trunks = after("trunks", list(&port.trunks)).map(|text| text.trim_matches(['[', ']']).to_owned());
    let mode = after("vlan_mode", port.vlan_mode.clone());
    match (mode.as_deref(), tag, trunks) {
        (Some("dot1q-tunnel"), Some(tag), _) => format!("VLAN {tag} with its own VLANs inside"),
        (Some("access") | None, Some(tag), _) => format!("VLAN {tag}"),
        (Some("trunk") | None, None, Some(trunks)) | (Some("trunk"), Some(_), Some(trunks)) => {
            format!("the VLANs {trunks}")
        }
        (Some(mode), Some(tag), Some(trunks)) => format!("the VLANs {trunks} ({mode} {tag})"),
        (Some(mode), Some(tag), None) => format!("every VLAN ({mode} {tag})"),
        _ => "every VLAN".to_owned(),
    }
}
