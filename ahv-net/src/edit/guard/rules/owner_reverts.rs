use super::super::context::Touch;
use super::super::{Concern, Context, Guard};
use crate::topology::{Aspect, Owner, Port, Revert};

pub(super) const GUARD: Guard = Guard {
    id: "owner-reverts",
    title: "a change that the owner of the object would undo",
    why: "It looks done, and is gone at the owner's next turn: make it by the owner's own command.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let mut objections = Vec::new();
    for (_, port, touch) in context.touched_ports() {
        for aspect in aspects(&touch) {
            let reverts = port.ownership.reverts_of(aspect);
            objections.extend(
                reverts
                    .filter(|revert| !is_told(context, port, revert))
                    .map(|revert| {
                        sentence(
                            &format!("the {aspect} of port {} {}", port.name, verb(aspect)),
                            revert,
                        )
                    }),
            );
        }
    }
    objections.extend(of_nics(context));
    for bridge in context.deleted_bridges() {
        let reverts = bridge.ownership.reverts_of(Aspect::Existence);
        objections.extend(reverts.map(|revert| sentence(&format!("bridge {} is", bridge.name), revert)));
    }
    objections
}

/// What is done to the NICs of guests that another manager has: it starts them with the NICs that it knows. Where the port
/// behind one changes too, that says it already.
fn of_nics(context: &Context<'_>) -> Vec<String> {
    let touched: Vec<_> = context
        .touched_ports()
        .into_iter()
        .filter_map(|(_, port, _)| port.attachment.as_ref().map(|at| at.mac))
        .collect();
    let mut objections = Vec::new();
    for change in context.nics().filter(|change| !touched.contains(&change.mac)) {
        let Some(domain) = context.before().domain(&change.domain) else {
            continue;
        };
        let nics = || domain.nics.iter().chain(domain.config_nics.iter().flatten());
        let others = |revert: &&Revert| revert.by != Owner::Libvirt;
        match nics().find(|nic| nic.mac == Some(change.mac)) {
            Some(nic) => {
                let what = format!("NIC {} of {} is", change.mac, change.domain);
                let revert = nic.ownership.reverts.iter().find(others);
                objections.extend(revert.map(|revert| sentence(&what, revert)));
            }
            None => {
                let manager = nics().find_map(|nic| nic.ownership.reverts.iter().find(others));
                objections.extend(manager.map(|revert| {
                    format!(
                        "guest {} is {}'s, which starts it with the NICs that it knows: add it there",
                        change.domain, revert.by
                    )
                }));
            }
        }
    }
    objections
}

fn aspects(touch: &Touch) -> Vec<Aspect> {
    if touch.deleted {
        return vec![Aspect::Existence];
    }
    let mut aspects = Vec::new();
    if touch.vlan() {
        aspects.push(Aspect::Vlan);
    }
    if touch.members() {
        aspects.push(Aspect::Uplinks);
    }
    if touch.bonding() {
        aspects.push(Aspect::Bond);
    }
    aspects
}

/// Whether the plan changes the owner's own record too: libvirt plugs a NIC in again as its XML then says.
fn is_told(context: &Context<'_>, port: &Port, revert: &Revert) -> bool {
    let behind = port.attachment.as_ref().map(|at| at.mac);
    revert.by == Owner::Libvirt && context.nics().any(|nic| Some(nic.mac) == behind)
}

fn verb(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Uplinks | Aspect::Ports | Aspect::Addresses => "are",
        _ => "is",
    }
}

fn sentence(what: &str, revert: &Revert) -> String {
    let instead = match &revert.instead {
        Some(command) => format!("; use {command}"),
        None => String::new(),
    };
    format!("{what} {}'s: {}{instead}", revert.by, revert.when)
}
