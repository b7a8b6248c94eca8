use std::time::Duration;

use libvirt_model::live;
use ovsdb_client::transaction::TransactionError;
use ovsdb_client::wire::ErrorKind;

use super::journal::JournalError;
use super::report::Undo;
use super::watchdog::WatchdogError;
#[cfg(feature = "agent")]
use crate::agent::Fault;
use crate::edit::Objection;

/// Why one step did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The host is no longer as the plan saw it. The step changed nothing.
    #[error("the host has changed since the plan was made: {0}; plan again")]
    Stale(String),
    /// The database refused it, or its answer was lost; see [`is_outcome_unknown`](Self::is_outcome_unknown).
    #[error("{0}")]
    Transaction(TransactionError),
    /// It is in the database, but ovs-vswitchd did not take it in, or cannot make it work.
    #[error("Open vSwitch could not make it work: {0}")]
    NotTaken(String),
    /// The lock of the database went to another editor. The step changed nothing.
    #[error("another editor took the database's lock ahv_net")]
    LockLost,
    /// The database could not be reached.
    #[error("{0}")]
    Ovsdb(#[from] ovsdb_client::Error),
    /// libvirtd refused it, or could not be reached.
    #[error("{0}")]
    Libvirt(#[from] live::Error),
    /// What was done could not be written down.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// It was asked to stop.
    #[error("it was asked to stop")]
    Stopped,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl StepError {
    /// Whether the step may be done or not, as its answer was lost.
    pub fn is_outcome_unknown(&self) -> bool {
        match self {
            Self::Transaction(error) => error.is_outcome_unknown(),
            Self::Ovsdb(error) => error.is_outcome_unknown(),
            Self::Libvirt(error) => error.is_outcome_unknown(),
            _ => false,
        }
    }
}

impl From<TransactionError> for StepError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Conflict => {
                Self::Stale("someone else changed a row that it touches".to_owned())
            }
            other if other.rejection() == Some(ErrorKind::NotOwner) => Self::LockLost,
            // At the commit it is the index of a table that says so: someone took a name meanwhile.
            TransactionError::Rejected {
                operation: None,
                error,
            } if error.kind() == ErrorKind::ConstraintViolation => Self::Stale(error.to_string()),
            other => Self::Transaction(other),
        }
    }
}

/// Why a plan was not applied, confirmed, reverted or recovered.
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
    Host(Box<crate::Error>),
    /// The journal stops it: another edit runs or is not finished, or the journal cannot be written. Nothing was changed.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// Another client of the database holds the lock. Nothing was changed.
    #[error(
        "{remote} did not give the lock ahv_net within {limit:?}: another editor holds it; wait until that one is done"
    )]
    BusyElsewhere {
        /// The database.
        remote: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// Nobody could undo it in time. Nothing was changed.
    #[error("nothing was changed, as nobody could undo it unless it is confirmed: {0}")]
    Watchdog(#[from] WatchdogError),
    /// A step failed, and what was done before it is undone, as far as `undo` says.
    #[error("{step} failed: {error}; {undo}")]
    Failed {
        /// Which step.
        step: String,
        /// Why.
        error: Box<StepError>,
        /// What was undone.
        undo: Box<Undo>,
    },
    /// An agent was asked to do it and could not be reached, refused for a reason of its own, or its answer was lost:
    /// [`AgentError::is_outcome_unknown`](crate::agent::AgentError::is_outcome_unknown).
    #[cfg(feature = "agent")]
    #[error("{0}")]
    Agent(crate::agent::AgentError),
    /// What was undone or left could not be written down. The host is as `undo` says.
    #[error("{undo}; but the journal does not know: {error}; mend that, and run recover")]
    NotRecorded {
        /// What was undone.
        undo: Box<Undo>,
        /// Why not.
        error: Box<JournalError>,
    },
}

impl From<crate::Error> for ApplyError {
    fn from(error: crate::Error) -> Self {
        Self::Host(Box::new(error))
    }
}

impl ApplyError {
    /// Whether another edit runs at this moment: try again later.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Journal(error) => error.is_busy(),
            Self::BusyElsewhere { .. } => true,
            #[cfg(feature = "agent")]
            Self::Agent(error) => matches!(error.fault(), Some(Fault::Busy { .. })),
            _ => false,
        }
    }

    /// Whether the host is as it was before, but for what others changed.
    pub fn is_as_before(&self) -> bool {
        match self {
            Self::Failed { undo, .. } | Self::NotRecorded { undo, .. } => undo.is_complete(),
            #[cfg(feature = "agent")]
            Self::Agent(error) => match error.fault() {
                Some(Fault::NotRecorded { undo }) => undo.is_complete(),
                _ => !error.is_outcome_unknown(),
            },
            _ => true,
        }
    }
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
