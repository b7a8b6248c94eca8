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
                    .map(|revert| sentence(&format!("the {aspect} of port {}", port.name), revert)),
            );
        }
    }
    for bridge in context.deleted_bridges() {
        let reverts = bridge.ownership.reverts_of(Aspect::Existence);
        objections.extend(reverts.map(|revert| sentence(&format!("bridge {}", bridge.name), revert)));
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

fn sentence(what: &str, revert: &Revert) -> String {
    let instead = match &revert.instead {
        Some(command) => format!("; use {command}"),
        None => String::new(),
    };
    format!("{what} is {}'s: {}{instead}", revert.by, revert.when)
}
