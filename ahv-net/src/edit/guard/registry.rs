use super::rules::ALL;
use super::{Context, Guard, Objection};
use crate::edit::options::PlanOptions;

/// Every guard, by name.
pub fn guards() -> &'static [Guard] {
    ALL
}

/// What the guards have against a plan. An empty plan is never objected to.
pub(crate) fn judge(context: &Context<'_>, options: &PlanOptions) -> Vec<Objection> {
    if context.steps.is_empty() {
        return Vec::new();
    }
    guards()
        .iter()
        .filter(|guard| guard.concern.is_met(context))
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
