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
    /// A sentence for each thing that it has against a plan.
    pub(crate) run: fn(&Context<'_>) -> Vec<String>,
}
