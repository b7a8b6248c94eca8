use libvirt_model::live;
use ovsdb_client::transaction::TransactionError;

use super::report::Undo;
use crate::edit::Objection;

/// Why one step did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The host is no longer as the plan saw it. The step changed nothing.
    #[error("the host has changed since the plan was made: {0}; plan again")]
    Stale(String),
    /// The database refused it. The step changed nothing.
    #[error("{0}")]
    Transaction(TransactionError),
    /// It is in the database, but ovs-vswitchd did not take it in, or cannot make it work.
    #[error("Open vSwitch could not make it work: {0}")]
    NotTaken(String),
    /// The database could not be reached.
    #[error("{0}")]
    Ovsdb(#[from] ovsdb_client::Error),
    /// libvirtd refused it, or could not be reached.
    #[error("{0}")]
    Libvirt(#[from] live::Error),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl From<TransactionError> for StepError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Conflict => {
                Self::Stale("someone else changed a row that it touches".to_owned())
            }
            other => Self::Transaction(other),
        }
    }
}

/// Why a plan was not applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// Guards stop it. Nothing was changed.
    #[error("{}", stopped(.0))]
    Stopped(Vec<Objection>),
    /// It was made on another host. Nothing was changed.
    #[error("the plan was made on another host ({0}): plan it here")]
    OtherHost(String),
    /// It is stale. Nothing was changed.
    #[error("the host has changed since the plan was made: {0}; plan again")]
    Stale(String),
    /// The host cannot be read. Nothing was changed.
    #[error("{0}")]
    Host(#[from] crate::Error),
    /// A step failed, and what was done before it is undone, as far as `undo` says.
    #[error("{step} failed: {error}; {undo}")]
    Failed {
        /// Which step.
        step: String,
        /// Why.
        error: Box<StepError>,
        /// What was undone.
        undo: Undo,
    },
}

fn stopped(objections: &[Objection]) -> String {
    let lines: Vec<String> = objections
        .iter()
        .map(|objection| format!("guard {}: {}", objection.guard, objection.what))
        .collect();
    let names: Vec<String> = objections
        .iter()
        .map(|objection| format!("--allow {}", objection.guard))
        .collect();
    format!(
        "nothing was changed, as {}; if that is meant, add {}",
        lines.join("; "),
        names.join(" ")
    )
}
