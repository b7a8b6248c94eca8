use super::super::{Concern, Context, Guard};

pub(super) const GUARD: Guard = Guard {
    id: "balance-tcp-without-lacp",
    title: "a bond that balances by connection without LACP",
    why: "The physical switch sees one address on several ports, and drops frames or floods them.",
    concern: Concern::Switch,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let found = context.new_findings(GUARD.id);
    found.into_iter().map(|finding| finding.what).collect()
}
