use super::{Context, Objection};
use crate::edit::options::PlanOptions;

/// A rule that stops a plan unless it is allowed by name.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Guard {
    /// Its name, which [`PlanOptions::allow`] takes.
    pub id: &'static str,
    /// What it stops, in one sentence.
    pub title: &'static str,
    /// Why.
    pub why: &'static str,
    pub(crate) run: fn(&Context<'_>) -> Vec<String>,
}

static GUARDS: &[Guard] = &[];

/// Every guard, by name.
pub fn guards() -> &'static [Guard] {
    GUARDS
}

/// What the guards have against a plan.
pub(crate) fn judge(context: &Context<'_>, options: &PlanOptions) -> Vec<Objection> {
    GUARDS
        .iter()
        .flat_map(|guard| {
            let allowed = options.allow.contains(guard.id);
            (guard.run)(context).into_iter().map(move |what| Objection {
                guard: guard.id.to_owned(),
                what,
                allowed,
            })
        })
        .collect()
}
