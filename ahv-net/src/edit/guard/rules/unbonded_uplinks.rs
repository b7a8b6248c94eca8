use super::super::{Concern, Context, Guard};

pub(super) const GUARD: Guard = Guard {
    id: "unbonded-uplinks",
    title: "a second uplink beside another, without a bond",
    why: "If both reach the same physical network this is a loop, and broadcasts circle until the network stands still.",
    concern: Concern::Switch,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let found = context.new_findings("uplinks-unbonded");
    found.into_iter().map(|finding| finding.what).collect()
}
