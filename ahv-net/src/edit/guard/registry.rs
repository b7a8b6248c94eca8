use std::collections::BTreeSet;

use super::rules::ALL;
use super::{Context, Guard, Objection};
use crate::edit::PlanError;
use crate::edit::options::PlanOptions;

/// Every guard, by name.
pub fn guards() -> &'static [Guard] {
    ALL
}

/// Whether each of these names is that of a guard. A slip would else be found when the guard matters.
///
/// # Errors
/// Names the first that is none.
pub(crate) fn check_names(names: &BTreeSet<String>) -> Result<(), PlanError> {
    let is_known = |name: &&String| guards().iter().any(|guard| guard.id == name.as_str());
    match names.iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(unknown) => {
            let known: Vec<&str> = guards().iter().map(|guard| guard.id).collect();
            Err(PlanError::refused(format!(
                "there is no guard {unknown:?} to allow: there are {}",
                known.join(", ")
            )))
        }
    }
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
