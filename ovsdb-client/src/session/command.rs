//! What callers ask of the session.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use tokio::sync::{oneshot, watch};

use super::locks::LockStatus;
use crate::{
    error::Error,
    replica::{Selection, Shared},
};

/// Names one monitor of a client, through all its sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MonitorKey(pub(crate) i64);

/// What goes from a handle to the session.
#[derive(Debug)]
pub(crate) enum Command {
    /// Send a request.
    Call(Call),
    /// Make a monitor and keep it.
    Monitor {
        key: MonitorKey,
        selection: Selection,
        reply: oneshot::Sender<Result<Arc<Shared>, Error>>,
    },
    /// Change the conditions of a monitor.
    SetConditions {
        key: MonitorKey,
        selection: Selection,
        reply: oneshot::Sender<Result<(), Error>>,
    },
    /// Ask for a lock and keep asking.
    Lock {
        name: String,
        steal: bool,
        status: watch::Sender<LockStatus>,
    },
}

/// A request that is written out already, so that the session only copies it.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: i64,
    pub(crate) method: Cow<'static, str>,
    pub(crate) message: Vec<u8>,
    /// Whether it may change the database, so that its outcome matters when the session is lost.
    pub(crate) is_transact: bool,
    pub(crate) reply: oneshot::Sender<Result<Bytes, Error>>,
}

/// What handles no longer want. It never waits, so that `drop` can send it.
#[derive(Debug)]
pub(crate) enum Forget {
    /// A request, whose caller may still want to know whether it was sent.
    Call {
        id: i64,
        answer: Option<oneshot::Sender<Forgotten>>,
    },
    /// A monitor.
    Monitor(MonitorKey),
    /// A lock.
    Lock(String),
}

/// What became of a request that is not waited for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forgotten {
    /// It was never sent.
    Unsent,
    /// It was sent, and its outcome will not be known.
    Sent,
}
