use super::Context;

/// A rule that stops a plan unless it is allowed by name.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Guard {
    /// Its name, which [`PlanOptions::allow`](crate::edit::PlanOptions::allow) takes.
    pub id: &'static str,
    /// What it stops, in one clause.
    pub title: &'static str,
    /// Why, in one sentence.
    pub why: &'static str,
    /// Which plans can be its concern at all.
    pub(crate) concern: Concern,
    /// A sentence for each thing that it has against a plan.
    pub(crate) run: fn(&Context<'_>) -> Vec<String>,
}

/// Which plans a guard looks at: told from the changes alone, before any picture is joined for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    /// Something that is there changes or goes.
    Existing,
    /// That, or a bond or a device is added that a wire may be plugged into.
    Switch,
    /// libvirt's documents change.
    Libvirt,
}

impl Concern {
    pub(crate) fn is_met(self, context: &Context<'_>) -> bool {
        match self {
            Self::Existing => context.touches_existing(),
            Self::Switch => context.touches_switch(),
            Self::Libvirt => context.touches_libvirt(),
        }
    }
}
