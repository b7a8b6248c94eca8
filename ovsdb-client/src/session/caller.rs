//! Who waits for the answer to a call.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::command::Call;
use crate::{error::Error, wire::OvsdbError};

/// A caller, from when the session takes his call to when he has its answer or is told why there is none.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) id: i64,
    pub(super) is_transact: bool,
    /// When his time is over; never, if that is beyond what a clock can show.
    pub(super) deadline: Option<Instant>,
    method: Cow<'static, str>,
    limit: Duration,
    reply: oneshot::Sender<Result<Bytes, Error>>,
}

impl Caller {
    /// The caller of a call that is taken now, and what he wants to be sent.
    pub(super) fn new(call: Call, now: Instant) -> (Self, Vec<u8>) {
        let Call {
            id,
            method,
            message,
            is_transact,
            limit,
            reply,
        } = call;
        let caller = Self {
            id,
            is_transact,
            deadline: now.checked_add(limit),
            method,
            limit,
            reply,
        };
        (caller, message)
    }

    pub(super) fn answer(self, result: Result<Bytes, Error>) {
        // Who does not wait any more sends a Forget that is on its way.
        let _ = self.reply.send(result);
    }

    /// The server refused the call.
    pub(super) fn reject(self, error: OvsdbError) {
        let error = rejected(&self.method, error);
        self.answer(Err(error));
    }

    /// The answer came and does not read.
    pub(super) fn misread(self, reason: &str) {
        let error = if self.is_transact {
            outcome_unknown(format!("the answer does not read: {reason}"))
        } else {
            Error::decode(&*self.method, &reason)
        };
        self.answer(Err(error));
    }

    /// The session ended before the answer.
    pub(super) fn lose(self, remote: &str, why: &str) {
        let error = if self.is_transact {
            outcome_unknown(format!(
                "the session with {remote} ended before the answer came ({why})"
            ))
        } else {
            Error::Disconnected {
                remote: remote.to_owned(),
                method: self.method.to_string(),
                why: why.to_owned(),
            }
        };
        self.answer(Err(error));
    }

    /// The time ran out after the call was sent.
    pub(super) fn time_out(self) {
        let error = if self.is_transact {
            outcome_unknown(format!("it was not answered within {:?}", self.limit))
        } else {
            self.timed_out()
        };
        self.answer(Err(error));
    }

    /// The time ran out while there was no session to send the call in, perhaps for this reason.
    pub(super) fn time_out_unsent(self, reason: Option<Error>) {
        let error = reason.unwrap_or_else(|| self.timed_out());
        self.answer(Err(error));
    }

    fn timed_out(&self) -> Error {
        Error::TimedOut {
            method: self.method.to_string(),
            limit: self.limit,
        }
    }
}

fn outcome_unknown(why: String) -> Error {
    Error::OutcomeUnknown {
        what: "transaction",
        why,
    }
}

/// The error of a request that the server refused.
pub(super) fn rejected(method: &str, error: OvsdbError) -> Error {
    Error::Rejected {
        method: method.to_owned(),
        error,
    }
}
