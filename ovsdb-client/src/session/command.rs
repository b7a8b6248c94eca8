//! What callers ask of the session.

use std::{borrow::Cow, sync::Arc, time::Duration};

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

/// Names one handle of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LockKey(pub(crate) i64);

/// What goes from a handle to the session.
///
/// The one who sends it may have gone before it is taken: its closed `reply` then says so, for what it
/// [forgot](Forget) is heard of first.
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
        key: LockKey,
        name: String,
        steal: bool,
        status: watch::Sender<LockStatus>,
        /// Whether the handle may have it: not if another handle of this client has it.
        reply: oneshot::Sender<Result<(), Error>>,
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
    /// How long it may take, from when the session takes it.
    pub(crate) limit: Duration,
    pub(crate) reply: oneshot::Sender<Result<Bytes, Error>>,
}

/// What handles no longer want. It never waits, so that `drop` can send it.
///
/// The channel has no bound of its own and needs none: each of these stands for one [`Command`] that was taken into
/// the bounded channel of commands before, and is sent once, by the handle that the command made. The driver takes
/// no command before it has emptied this channel. So there are never more of these than calls, monitors and locks
/// that live.
#[derive(Debug)]
pub(crate) enum Forget {
    /// A request.
    Call(i64),
    /// A monitor.
    Monitor(MonitorKey),
    /// A lock.
    Lock { key: LockKey, name: String },
}
