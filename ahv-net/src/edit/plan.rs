use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::check::Fix;
use crate::edit::change::Change;
use crate::edit::guard::Objection;

/// What an edit will do, before anything is done.
///
/// A plain value: it can be printed, compared, kept and undone. Its steps are in the order in which
/// they are done. Applying it is refused when the host is no longer as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Plan {
    /// What was asked for, in one line.
    pub intent: String,
    /// Which host it was made on, so that it is not applied to another.
    pub host: HostIdentity,
    /// What is done, in order; empty where the host is so already.
    pub steps: Vec<Step>,
    /// What speaks against it. One that is not allowed stops the plan.
    pub objections: Vec<Objection>,
    /// What the steps do not show.
    pub notes: Vec<String>,
}

/// What tells one host from another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostIdentity {
    /// UUID of the one row of table `Open_vSwitch`.
    pub ovs_uuid: Option<Uuid>,
    /// The host's name, as libvirtd has it.
    pub libvirt_hostname: Option<String>,
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Step {
    /// What it is about, such as `port tap345`.
    pub object: String,
    /// What is done, in a few words.
    pub what: String,
    /// What it does to whom; `None` where nobody notices.
    pub effect: Option<String>,
    /// What differs, value by value.
    pub differences: Vec<Difference>,
    /// The commands by which a person does the same.
    #[schemars(with = "serde_json::Value")]
    pub commands: Vec<Fix>,
    /// The change itself.
    pub change: Change,
}

/// One value before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Which value, such as `Port tap345 tag`.
    pub what: String,
    /// Before; `None` where there was none.
    pub before: Option<String>,
    /// After; `None` where there is none any more.
    pub after: Option<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The objections that stop it.
    pub fn stopped_by(&self) -> impl Iterator<Item = &Objection> {
        self.objections.iter().filter(|objection| !objection.allowed)
    }

    /// The changes that undo it, in their order.
    pub fn inverse(&self) -> Vec<Change> {
        self.steps
            .iter()
            .rev()
            .map(|step| step.change.inverse())
            .collect()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "plan: {}", self.intent)?;
        if self.is_empty() {
            writeln!(f, "  nothing to do: the host is so already")?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            writeln!(f, "  {}. {}: {}", number + 1, step.object, step.what)?;
            for difference in &step.differences {
                match (&difference.before, &difference.after) {
                    (Some(before), Some(after)) => {
                        writeln!(f, "     - {}: {before}", difference.what)?;
                        writeln!(f, "     + {}: {after}", difference.what)?;
                    }
                    (Some(before), None) => writeln!(f, "     - {}: {before}", difference.what)?,
                    (None, Some(after)) => writeln!(f, "     + {}: {after}", difference.what)?,
                    (None, None) => {}
                }
            }
            if let Some(effect) = &step.effect {
                writeln!(f, "     effect: {effect}")?;
            }
            for command in &step.commands {
                writeln!(f, "     by hand: {}", command.command)?;
            }
        }
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        for objection in &self.objections {
            let verdict = match objection.allowed {
                true => "allowed",
                false => "STOPPED",
            };
            writeln!(f, "  {verdict} by guard {}: {}", objection.guard, objection.what)?;
        }
        Ok(())
    }
}
