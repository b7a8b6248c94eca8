use super::super::{Concern, Context, Guard};

pub(super) const GUARD: Guard = Guard {
    id: "mac-in-use",
    title: "a hardware address that another NIC has already",
    why: "Switches learn the address on one port or the other by turns, and both guests lose traffic.",
    concern: Concern::Libvirt,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let found = context.new_findings("duplicate-mac");
    found.into_iter().map(|finding| finding.what).collect()
}
