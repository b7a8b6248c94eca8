use libvirt_model::xml::{Document, Element};

use super::elements::differences;
use crate::check::Fix;
use crate::edit::change::{Change, FragmentChange, NetworkChange, NetworkState, NicChange};
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
    let where_ = match (&nic.live, &nic.config) {
        (Some(_), Some(_)) => "live and in the definition",
        (Some(_), None) => "live only",
        _ => "in the definition only",
    };
    let does = Does::of(nic);
    let what = match does {
        Does::Attach => format!("plug in, {where_}"),
        Does::Detach => format!("unplug, {where_}"),
        Does::Replug => format!("unplug and plug in again, {where_}"),
        Does::Link(_) | Does::Change => format!("change, {where_}"),
    };
    let effect = nic.live.as_ref().and(match does {
        Does::Attach => Some("the guest sees a new NIC"),
        Does::Detach => Some("the guest sees its NIC unplugged"),
        Does::Replug => Some("the guest sees its NIC unplugged and plugged in again"),
        Does::Link(true) => Some("the guest sees the cable of its NIC plugged in"),
        Does::Link(false) => Some("the guest sees the cable of its NIC pulled"),
        Does::Change => None,
    });
    Step {
        object: format!("NIC {} of {}", nic.mac, nic.domain),
        what,
        effect: effect.map(str::to_owned),
        differences: nic_differences(nic),
        commands: virsh_nic(nic, does),
        change: Change::Nic(Box::new(nic.clone())),
    }
}

/// What a change of a NIC is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Attach,
    Detach,
    Replug,
    /// Only the cable, up or down.
    Link(bool),
    Change,
}

impl Does {
    fn of(nic: &NicChange) -> Self {
        let halves = || [&nic.live, &nic.config].into_iter().flatten();
        if halves().any(|half| half.replug) {
            return Self::Replug;
        }
        if halves().all(|half| half.before.is_none()) {
            return Self::Attach;
        }
        if halves().all(|half| half.after.is_none()) {
            return Self::Detach;
        }
        let states: Vec<Option<bool>> = halves().map(link).collect();
        match states.first() {
            Some(Some(up)) if states.iter().all(|state| *state == Some(*up)) => Self::Link(*up),
            _ => Self::Change,
        }
    }
}

/// Whether the cable is plugged in after a change that is of nothing else.
fn link(change: &FragmentChange) -> Option<bool> {
    let differences = differences(change.before.as_deref(), change.after.as_deref());
    match differences.as_slice() {
        [only] if only.what == "<link> state" => Some(only.after.as_deref() != Some("down")),
        _ => None,
    }
}

/// What differs, once where the running guest and its definition differ alike.
fn nic_differences(nic: &NicChange) -> Vec<Difference> {
    let of = |change: &Option<FragmentChange>| -> Vec<Difference> {
        let Some(change) = change else { return Vec::new() };
        let is_whole = change.before.is_none() || change.after.is_none();
        let mut found = differences(change.before.as_deref(), change.after.as_deref());
        // Of a NIC that comes or goes, where it stands on the guest's bus is no news.
        found.retain(|difference| {
            !is_whole || !(difference.what.starts_with("<address>") || difference.what.starts_with("<alias>"))
        });
        found
    };
    let (live, config) = (of(&nic.live), of(&nic.config));
    if nic.live.is_none() || nic.config.is_none() {
        return live.into_iter().chain(config).collect();
    }
    let only = |differences: &[Difference], others: &[Difference], which: &str| -> Vec<Difference> {
        let differences = differences
            .iter()
            .filter(|difference| !others.contains(difference));
        differences
            .map(|difference| Difference {
                what: format!("{}, {which}", difference.what),
                ..difference.clone()
            })
            .collect()
    };
    let both = live
        .iter()
        .filter(|difference| config.contains(difference))
        .cloned();
    both.chain(only(&live, &config, "live"))
        .chain(only(&config, &live, "in the definition"))
        .collect()
}

fn virsh_nic(nic: &NicChange, does: Does) -> Vec<Fix> {
    let line = |verb: &str, flags: &[&str]| {
        let words: Vec<&str> = [verb, &nic.domain, "nic.xml"]
            .into_iter()
            .chain(flags.iter().copied())
            .collect();
        Fix::virsh(&words)
    };
    let both: &[&str] = match (&nic.live, &nic.config) {
        (Some(_), Some(_)) => &["--live", "--config"],
        (Some(_), None) => &["--live"],
        _ => &["--config"],
    };
    // The running NIC and its definition are of two documents, so each has a line of its own.
    let each = |verb: &str| -> Vec<Fix> { both.iter().map(|flag| line(verb, &[flag])).collect() };
    match does {
        Does::Attach => vec![line("attach-device", both)],
        Does::Detach => vec![line("detach-device", both)],
        Does::Replug => {
            let mut lines = vec![
                line("detach-device", &["--live"]),
                line("attach-device", &["--live"]),
            ];
            if nic.config.is_some() {
                lines.push(line("update-device", &["--config"]));
            }
            lines
        }
        Does::Link(up) => {
            let (mac, state) = (nic.mac.to_string(), if up { "up" } else { "down" });
            let words = ["domif-setlink", &nic.domain, &mac, state];
            let mut lines = Vec::new();
            if nic.live.is_some() {
                lines.push(Fix::virsh(&words));
            }
            if nic.config.is_some() {
                let words: Vec<&str> = words.into_iter().chain(["--config"]).collect();
                lines.push(Fix::virsh(&words));
            }
            lines
        }
        Does::Change => each("update-device"),
    }
}

fn network_step(network: &NetworkChange) -> Step {
    let what = match (&network.before, &network.after) {
        (None, _) => "define and start",
        (_, None) => "stop and undefine",
        (Some(before), Some(after)) if before.xml == after.xml && before.live == after.live => "start",
        (Some(_), Some(after)) if after.live.is_some() => "change, as it runs and in its definition",
        _ => "change, in its definition",
    };
    Step {
        object: format!("network {}", network.name),
        what: what.to_owned(),
        effect: network
            .after
            .is_none()
            .then(|| "no guest uses it now; one that is given a NIC on it later cannot start".to_owned()),
        differences: network_differences(network),
        commands: virsh_network(network),
        change: Change::Network(Box::new(network.clone())),
    }
}

fn network_differences(network: &NetworkChange) -> Vec<Difference> {
    let (before, after) = (network.before.as_ref(), network.after.as_ref());
    let xml = |state: Option<&NetworkState>| state.map(|state| without_portgroups(&state.xml));
    let mut found = differences(xml(before).as_deref(), xml(after).as_deref());
    for name in portgroups(
        before.map(|state| state.xml.as_str()),
        after.map(|state| state.xml.as_str()),
    ) {
        let group = |state: Option<&NetworkState>| portgroup(&state?.xml, &name);
        let (was, becomes) = (group(before), group(after));
        let there = |group: &Option<String>| group.is_some().then(|| name.clone());
        if was.is_some() != becomes.is_some() {
            found.push(Difference {
                what: "<portgroup>".to_owned(),
                before: there(&was),
                after: there(&becomes),
            });
        }
        let of = differences(was.as_deref(), becomes.as_deref()).into_iter();
        found.extend(
            of.filter(|difference| difference.what != "name")
                .map(|difference| Difference {
                    what: format!("<portgroup {name}> {}", difference.what),
                    ..difference
                }),
        );
    }
    let mut flag = |what: &str, of: fn(&NetworkState) -> bool| {
        let word =
            |state: Option<&NetworkState>| state.map(|state| if of(state) { "yes" } else { "no" }.to_owned());
        let (before, after) = (word(before), word(after));
        if before != after {
            found.push(Difference {
                what: what.to_owned(),
                before,
                after,
            });
        }
    };
    flag("active", |state| state.active);
    flag("autostart", |state| state.autostart);
    found
}

fn virsh_network(network: &NetworkChange) -> Vec<Fix> {
    let name = network.name.as_str();
    let (before, after) = match (&network.before, &network.after) {
        (None, _) => {
            return vec![
                Fix::virsh(&["net-define", "network.xml"]),
                Fix::virsh(&["net-start", name]),
                Fix::virsh(&["net-autostart", name]),
            ];
        }
        (_, None) => {
            return vec![
                Fix::virsh(&["net-destroy", name]),
                Fix::virsh(&["net-undefine", name]),
            ];
        }
        (Some(before), Some(after)) => (before, after),
    };
    let mut lines = Vec::new();
    for group in portgroups(Some(&before.xml), Some(&after.xml)) {
        let (was, becomes) = (portgroup(&before.xml, &group), portgroup(&after.xml, &group));
        let (command, xml) = match (&was, &becomes) {
            (was, becomes) if was == becomes => continue,
            (None, Some(after)) => ("add-last", after),
            (_, Some(after)) => ("modify", after),
            (Some(before), None) => ("delete", before),
            (None, None) => continue,
        };
        let xml: Vec<&str> = xml.split_whitespace().collect();
        let xml = xml.join(" ").replace("> <", "><");
        let mut words = vec!["net-update", name, command, "portgroup", &xml];
        if before.active {
            words.push("--live");
        }
        words.push("--config");
        lines.push(Fix::virsh(&words));
    }
    if !before.active && after.active {
        lines.push(Fix::virsh(&["net-start", name]));
    }
    if !before.autostart && after.autostart {
        lines.push(Fix::virsh(&["net-autostart", name]));
    }
    lines
}

/// The names of the portgroups of two documents, each once.
fn portgroups(before: Option<&str>, after: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    for text in [before, after].into_iter().flatten() {
        let Ok(document) = Document::parse(text) else {
            continue;
        };
        for group in document.root().children_named("portgroup") {
            let name = group.value("name").unwrap_or_default().to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn portgroup(text: &str, name: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let is_it = |group: &Element<'_>| group.value("name") == Some(name);
    let found = document.root().children_named("portgroup").find(is_it)?;
    Some(found.as_str().to_owned())
}

fn without_portgroups(text: &str) -> String {
    let Ok(document) = Document::parse(text) else {
        return text.to_owned();
    };
    let mut edit = document.edit();
    for group in document.root().children_named("portgroup") {
        edit.remove(group);
    }
    edit.finish()
        .map_or_else(|_| text.to_owned(), |document| document.as_str().to_owned())
}
