use super::super::{Concern, Context, Guard};
use crate::topology::{Port, Role};

pub(super) const GUARD: Guard = Guard {
    id: "guest-trunk-all",
    title: "a guest that gets every VLAN",
    why: "With no tag and no trunks a port carries all VLANs, so the guest sees and reaches every one of them.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let guests = context
        .before()
        .ports()
        .filter(|port| is_guest(port) && !carries_all(port));
    guests
        .filter_map(|port| {
            let after = context.after().port(&port.name)?;
            carries_all(after).then(|| {
                let whose = match &port.attachment {
                    Some(at) => format!(" of {}", at.domain),
                    None => String::new(),
                };
                format!("port {}{whose} would carry every VLAN", port.name)
            })
        })
        .collect()
}

fn is_guest(port: &Port) -> bool {
    // A port of which no source tells the guest may be one all the same.
    matches!(port.role, Role::Guest | Role::Unknown)
}

fn carries_all(port: &Port) -> bool {
    let is_access = port.tag.is_some() && port.vlan_mode.as_deref().is_none_or(|mode| mode == "access");
    !is_access && port.trunks.is_empty() && port.vlan_mode.as_deref() != Some("access")
}
