use super::ApplyError;
use super::claim::Claim;
use super::options::ApplyOptions;
use super::report::Undo;
use super::resolve::Made;
use super::undo::undo;
use crate::Host;
use crate::edit::{Change, Plan};

impl Host {
    /// Undoes what of a plan is done on the host as it is now, the last first, whoever did it and without a journal.
    ///
    /// What others have changed since is left to them; the report says so.
    ///
    /// # Errors
    /// When another client keeps the right to edit. Nothing was changed.
    ///
    /// # Cancel safety
    /// Call it again: it looks before it touches anything.
    pub async fn undo(&self, plan: &Plan, options: &ApplyOptions) -> Result<Undo, ApplyError> {
        let mut claim = Claim::take(self).await?;
        let changes: Vec<Change> = plan.steps.iter().map(|step| step.change.clone()).collect();
        let why = format!("undo of {}", plan.intent);
        Ok(undo(self, &changes, &mut Made::new(), &mut claim, &why, options).await)
    }
}
