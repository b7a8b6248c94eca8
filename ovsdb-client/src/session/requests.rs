//! Requests that wait for their answer.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::command::{Call, LockKey, MonitorKey};
use crate::{error::Error, replica::Version, wire::OvsdbError};

/// What an answer is for.
#[derive(Debug)]
pub(super) enum Pending {
    /// A caller's request.
    Call {
        id: i64,
        method: Cow<'static, str>,
        is_transact: bool,
        reply: oneshot::Sender<Result<Bytes, Error>>,
    },
    /// `list_dbs` of the negotiation.
    ListDbs,
    /// `get_schema` of the negotiation.
    Schema,
    /// The monitor of `_Server`.
    ServerMonitor,
    /// A monitor, asked for with this version.
    Monitor { key: MonitorKey, version: Version },
    /// A change of a monitor's conditions.
    Conditions { key: MonitorKey },
    /// `lock` or `steal` of the handle with this key.
    Lock { name: String, key: LockKey },
    /// Nobody reads it.
    Ignored,
}

/// All requests that were sent and not answered.
#[derive(Debug, Default)]
pub(super) struct Requests {
    by_id: HashMap<i64, Pending, foldhash::fast::FixedState>,
}

impl Requests {
    pub(super) fn insert(&mut self, id: i64, pending: Pending) {
        self.by_id.insert(id, pending);
    }

    pub(super) fn get(&self, id: i64) -> Option<&Pending> {
        self.by_id.get(&id)
    }

    pub(super) fn remove(&mut self, id: i64) -> Option<Pending> {
        self.by_id.remove(&id)
    }

    /// Takes all of them, when their session has ended.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Pending> {
        std::mem::take(&mut self.by_id).into_values()
    }
}

impl Pending {
    pub(super) fn of(call: Call) -> (Self, Vec<u8>) {
        let Call {
            id,
            method,
            is_transact,
            reply,
            message,
            is_abandoned: _,
        } = call;
        (
            Pending::Call {
                id,
                method,
                is_transact,
                reply,
            },
            message,
        )
    }
}

/// The error of a call that the server refused.
pub(super) fn rejected(method: &str, error: OvsdbError) -> Error {
    Error::Rejected {
        method: method.to_owned(),
        error,
    }
}

/// The error of a call whose session ended before the answer.
pub(super) fn lost(method: &str, is_transact: bool, remote: &str, why: &str) -> Error {
    if is_transact {
        Error::OutcomeUnknown {
            what: "transaction",
            why: format!("the session with {remote} ended before the answer came ({why})"),
        }
    } else {
        Error::Disconnected {
            remote: remote.to_owned(),
            method: method.to_owned(),
            why: why.to_owned(),
        }
    }
}
