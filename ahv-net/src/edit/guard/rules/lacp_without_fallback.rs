use super::super::{Concern, Context, Guard};

pub(super) const GUARD: Guard = Guard {
    id: "lacp-without-fallback",
    title: "a bond with LACP that does not fall back to active-backup",
    why: "Until the physical switch speaks LACP too, the bond carries nothing.",
    concern: Concern::Switch,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let found = context.new_findings(GUARD.id);
    found.into_iter().map(|finding| finding.what).collect()
}
