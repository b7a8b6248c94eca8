use crate::check::Fix;
use crate::edit::change::{Change, FragmentChange, NetworkChange, NicChange};
use crate::edit::draft::Draft;
use crate::edit::plan::{Difference, Step};

/// The steps that come before the rows change, and those that come after.
///
/// A network has to be there before a NIC is tied to it, and a NIC has to be gone before its bridge is.
pub(crate) fn steps(draft: &Draft<'_>) -> (Vec<Step>, Vec<Step>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for nic in &draft.nics {
        let leaves =
            |change: &Option<FragmentChange>| change.as_ref().is_none_or(|change| change.after.is_none());
        match leaves(&nic.live) && leaves(&nic.config) {
            true => before.push(nic_step(nic)),
            false => after.push(nic_step(nic)),
        }
    }
    for network in &draft.networks {
        match network.after.is_some() {
            true => before.push(network_step(network)),
            // Whoever used it is gone by then.
            false => after.push(network_step(network)),
        }
    }
    (before, after)
}

fn nic_step(nic: &NicChange) -> Step {
    let live = nic.live.as_ref().map(|change| ("live", change));
    let config = nic.config.as_ref().map(|change| ("config", change));
    let parts: Vec<(&str, &FragmentChange)> = live.into_iter().chain(config).collect();
    let where_ = match (&nic.live, &nic.config) {
        (Some(_), Some(_)) => "live and in the definition",
        (Some(_), None) => "live only",
        _ => "in the definition only",
    };
    let what = match parts.first() {
        Some((_, change)) if change.before.is_none() => format!("plug in, {where_}"),
        Some((_, change)) if change.after.is_none() => format!("unplug, {where_}"),
        Some((_, change)) if change.replug => format!("unplug and plug in again, {where_}"),
        _ => format!("change, {where_}"),
    };
    let differences = parts
        .iter()
        .map(|(which, change)| Difference {
            what: format!("<interface>, {which}"),
            before: change.before.clone(),
            after: change.after.clone(),
        })
        .collect();
    Step {
        object: format!("NIC {} of {}", nic.mac, nic.domain),
        what,
        effect: None,
        differences,
        commands: virsh_nic(nic),
        change: Change::Nic(Box::new(nic.clone())),
    }
}

fn virsh_nic(nic: &NicChange) -> Vec<Fix> {
    let flags: &[&str] = match (&nic.live, &nic.config) {
        (Some(_), Some(_)) => &["--live", "--config"],
        (Some(_), None) => &["--live"],
        _ => &["--config"],
    };
    let Some(change) = nic.live.as_ref().or(nic.config.as_ref()) else {
        return Vec::new();
    };
    let line = |verb: &str| {
        let words: Vec<&str> = [verb, &nic.domain, "nic.xml"]
            .into_iter()
            .chain(flags.iter().copied())
            .collect();
        Fix::virsh(&words)
    };
    match (&change.before, &change.after, change.replug) {
        (None, _, _) => vec![line("attach-device")],
        (_, None, _) => vec![line("detach-device")],
        (_, _, true) => vec![line("detach-device"), line("attach-device")],
        (_, _, false) => vec![line("update-device")],
    }
}

fn network_step(network: &NetworkChange) -> Step {
    let what = match (&network.before, &network.after) {
        (None, _) => "define and start",
        (_, None) => "stop and undefine",
        _ => "change",
    };
    let xml =
        |state: &Option<crate::edit::change::NetworkState>| state.as_ref().map(|state| state.xml.clone());
    let commands = match (&network.before, &network.after) {
        (None, _) => vec![
            Fix::virsh(&["net-define", "network.xml"]),
            Fix::virsh(&["net-start", &network.name]),
        ],
        (_, None) => vec![
            Fix::virsh(&["net-destroy", &network.name]),
            Fix::virsh(&["net-undefine", &network.name]),
        ],
        _ => vec![Fix::virsh(&["net-define", "network.xml"])],
    };
    Step {
        object: format!("network {}", network.name),
        what: what.to_owned(),
        effect: None,
        differences: vec![Difference {
            what: "<network>".to_owned(),
            before: xml(&network.before),
            after: xml(&network.after),
        }],
        commands,
        change: Change::Network(Box::new(network.clone())),
    }
}
