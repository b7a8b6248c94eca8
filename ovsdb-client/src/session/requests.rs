//! Requests that wait for their answer.

use std::collections::HashMap;

use super::{
    caller::Caller,
    command::{LockKey, MonitorKey},
};
use crate::replica::Version;

/// What an answer is for.
#[derive(Debug)]
pub(super) enum Pending {
    /// A caller's request.
    Call(Caller),
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

    /// Takes the callers that `is_wanted` says.
    pub(super) fn take_callers(&mut self, mut is_wanted: impl FnMut(&Caller) -> bool) -> Vec<Caller> {
        let wanted = self
            .by_id
            .extract_if(|_, pending| matches!(pending, Pending::Call(caller) if is_wanted(caller)));
        wanted
            .filter_map(|(_, pending)| match pending {
                Pending::Call(caller) => Some(caller),
                _ => None,
            })
            .collect()
    }

    /// Takes all of them, when their session has ended.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Pending> {
        std::mem::take(&mut self.by_id).into_values()
    }
}
