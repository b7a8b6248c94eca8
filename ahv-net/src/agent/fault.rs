//! What an agent says when it refuses or fails: the `error` of a JSON-RPC answer, and the way back from it.

use jsonrpsee::server::MethodResponse;
use jsonrpsee::types::ErrorObjectOwned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::apply::journal::{Entry, JournalError, Phase, UnixTime, Who};
use crate::apply::{ApplyError, StepError, Undo};
use crate::edit::{Objection, PlanError};

/// Why an agent did not do what it was asked: member `data` of a JSON-RPC error, of which `message` is one
/// sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// The token is not valid any more. Without one there is no JSON-RPC answer, but HTTP status 401.
    Unauthorized,
    /// The token is for reading, or the agent allows no edits.
    Forbidden,
    /// Too many calls at once, or in too short a time.
    TooMany {
        /// After what time to try again.
        retry_after_ms: u64,
    },
    /// The agent is shutting down.
    Stopping,
    /// A parameter makes no sense.
    Invalid,
    /// An edit that cannot be planned. Nothing was done.
    PlanRefused {
        /// Whether what it names is not there.
        not_found: bool,
        /// Whether the database's schema lacks what it needs.
        unsupported: bool,
    },
    /// This agent did not make the plan, or no longer knows it. Nothing was done.
    UnknownPlan,
    /// Guards stop it. Nothing was done.
    Stopped {
        /// What speaks against it.
        objections: Vec<Objection>,
    },
    /// The plan is of another host. Nothing was done.
    OtherHost {
        /// Of which.
        what: String,
    },
    /// The host has changed since the plan was made. Nothing was done.
    Stale {
        /// What changed.
        what: String,
    },
    /// Another edit runs. Nothing was done.
    Busy {
        /// Whose.
        by: String,
        /// The process that does it, where it is one of this host.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
        /// Since when, in milliseconds since 1970, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<UnixTime>,
    },
    /// Another edit is not finished. Nothing was done.
    Unfinished {
        /// Which.
        entry: Box<Entry>,
    },
    /// It was to be confirmed earlier.
    TooLate {
        /// Which.
        entry: Box<Entry>,
    },
    /// There is no edit for what was asked.
    Nothing {
        /// Why not.
        what: String,
    },
    /// A step failed, and what was done before it is undone, as far as `undo` says.
    Failed {
        /// Which step.
        step: String,
        /// Why.
        error: String,
        /// What was undone.
        undo: Box<Undo>,
    },
    /// What was undone or left could not be written down.
    NotRecorded {
        /// What was undone.
        undo: Box<Undo>,
    },
    /// The journal or the audit log cannot be read or written, so nothing was done.
    Journal,
    /// Nobody could undo it in time, so nothing was done.
    Watchdog,
    /// A source of the host cannot be read.
    Host,
    /// The agent itself failed.
    Internal,
}

const INTERNAL: i32 = -32603;

/// Every kind, with its code and what it means.
pub(super) const KINDS: &[(&str, i32, &str)] = &[
    ("unauthorized", -32001, "The token is not valid any more."),
    (
        "forbidden",
        -32003,
        "The token is for reading, or the agent allows no edits.",
    ),
    ("too-many", -32029, "Too many calls: try again later."),
    ("stopping", -32030, "The agent is shutting down."),
    ("invalid", -32602, "A parameter makes no sense."),
    ("plan-refused", -32040, "The edit cannot be planned."),
    ("unknown-plan", -32041, "This agent did not make the plan."),
    ("stopped", -32042, "Guards stop the plan."),
    ("other-host", -32043, "The plan is of another host."),
    ("stale", -32044, "The host has changed since the plan was made."),
    ("busy", -32050, "Another edit runs."),
    ("unfinished", -32051, "Another edit is not finished."),
    ("too-late", -32052, "It was to be confirmed earlier."),
    ("nothing", -32053, "There is no edit for what was asked."),
    ("failed", -32060, "A step failed, and the others were undone."),
    (
        "not-recorded",
        -32061,
        "What was undone could not be written down.",
    ),
    (
        "journal",
        -32062,
        "The journal or the audit log cannot be read or written.",
    ),
    ("watchdog", -32063, "Nobody could undo it in time."),
    ("host", -32070, "A source of the host cannot be read."),
    ("internal", INTERNAL, "The agent itself failed."),
];

impl Fault {
    /// The number in member `code`.
    pub fn code(&self) -> i32 {
        let kind = serde_json::to_value(self).ok();
        let kind = kind.as_ref().and_then(|fault| fault.get("kind")?.as_str());
        let found = KINDS.iter().find(|(name, _, _)| Some(*name) == kind);
        found.map_or(INTERNAL, |(_, code, _)| *code)
    }

    /// The JSON-RPC error, with this sentence.
    pub(super) fn saying(&self, message: impl Into<String>) -> ErrorObjectOwned {
        ErrorObjectOwned::owned(self.code(), message.into(), Some(self))
    }

    /// A parameter makes no sense.
    pub(super) fn invalid(error: &impl std::fmt::Display) -> ErrorObjectOwned {
        Self::Invalid.saying(error.to_string())
    }
}

/// What a host says that cannot be read.
pub(super) fn of_error(error: &Error) -> ErrorObjectOwned {
    match error {
        Error::Plan(refused) => Fault::PlanRefused {
            not_found: refused.is_not_found(),
            unsupported: refused.is_unsupported(),
        },
        _ => Fault::Host,
    }
    .saying(error.to_string())
}

/// What an edit that was not done says.
pub(super) fn of_apply_error(error: ApplyError) -> ErrorObjectOwned {
    let mut message = error.to_string();
    if let ApplyError::Journal(JournalError::Unfinished(entry)) = &error
        && entry.phase == Phase::Unsettled
    {
        message += "; recover --leave is run on the host itself, as no agent does it";
    }
    match error {
        ApplyError::Host(error) => return of_error(&error),
        ApplyError::Stopped(objections) => Fault::Stopped { objections },
        ApplyError::OtherHost(what) => Fault::OtherHost { what },
        ApplyError::Stale(what) => Fault::Stale { what },
        ApplyError::Failed { step, error, undo } => Fault::Failed {
            step,
            error: error.to_string(),
            undo,
        },
        ApplyError::NotRecorded { undo, .. } => Fault::NotRecorded { undo },
        ApplyError::Watchdog(_) => Fault::Watchdog,
        ApplyError::Journal(error) => match error {
            JournalError::Busy { by } => Fault::Busy {
                by: by.user,
                pid: Some(by.pid),
                since: Some(by.since),
            },
            JournalError::BusyUnsaid { .. } => Fault::Busy {
                by: "another process".to_owned(),
                pid: None,
                since: None,
            },
            JournalError::Unfinished(entry) => Fault::Unfinished { entry },
            JournalError::TooLate(entry) => Fault::TooLate { entry },
            JournalError::Nothing(what) => Fault::Nothing { what },
            _ => Fault::Journal,
        },
        ApplyError::BusyElsewhere { remote, .. } => Fault::Busy {
            by: format!("another editor of {remote}"),
            pid: None,
            since: None,
        },
        ApplyError::Agent(_) => Fault::Internal,
    }
    .saying(message)
}

/// What to say instead where jsonrpsee itself refused a call: its kind, and a sentence that says what to do. None where the
/// answer is a result, or says so already.
pub(super) fn of_response(response: &MethodResponse) -> Option<ErrorObjectOwned> {
    let fault = match response.as_error_code() {
        Some(-32602..=-32601) if response.is_method_call() => Fault::Invalid,
        _ => return None,
    };
    let said: Refused = serde_json::from_str(response.as_json().get()).ok()?;
    let what = match said.error.data {
        Some(serde_json::Value::Object(_)) => return None,
        Some(serde_json::Value::String(what)) => format!(": {what}"),
        _ => String::new(),
    };
    let hint = "rpc.discover and docs/agent.md tell what there is";
    let message = format!("{}{what}; {hint}", said.error.message);
    Some(ErrorObjectOwned::owned(said.error.code, message, Some(fault)))
}

#[derive(Deserialize)]
struct Refused {
    error: RefusedError,
}

#[derive(Deserialize)]
struct RefusedError {
    code: i32,
    message: String,
    data: Option<serde_json::Value>,
}

/// The error that an agent spoke of, as if it had happened here; the fault itself where there is none such.
pub(super) fn to_apply_error(fault: Fault) -> Result<ApplyError, Fault> {
    Ok(match fault {
        Fault::Stopped { objections } => ApplyError::Stopped(objections),
        Fault::OtherHost { what } => ApplyError::OtherHost(what),
        Fault::Stale { what } => ApplyError::Stale(what),
        Fault::Busy {
            by,
            pid: Some(pid),
            since: Some(since),
        } => JournalError::Busy {
            by: Box::new(Who { user: by, pid, since }),
        }
        .into(),
        Fault::Unfinished { entry } => JournalError::Unfinished(entry).into(),
        Fault::TooLate { entry } => JournalError::TooLate(entry).into(),
        Fault::Nothing { what } => JournalError::Nothing(what).into(),
        Fault::Failed { step, error, undo } => ApplyError::Failed {
            step,
            error: Box::new(StepError::Failed(error)),
            undo,
        },
        other => return Err(other),
    })
}

/// As [`to_apply_error`], of what planning said.
pub(super) fn to_error(fault: &Fault, message: &str) -> Option<Error> {
    match fault {
        Fault::PlanRefused {
            not_found: false,
            unsupported: false,
        } => Some(PlanError::Refused(message.to_owned()).into()),
        _ => None,
    }
}
