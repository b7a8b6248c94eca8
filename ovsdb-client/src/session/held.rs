//! Results of transactions that a replica has yet to catch up with.

use bytes::Bytes;

use super::caller::Caller;

/// Results that came while a monitor was being asked for anew, in the order in which they came. They are kept until
/// its rows are in, through the next session if need be, so that a caller who has the result reads what it wrote.
/// There are no more of them than callers wait: who stops waiting is struck out, and whose time is over gets his.
#[derive(Debug, Default)]
pub(super) struct HeldReplies {
    replies: Vec<(Caller, Bytes)>,
}

impl HeldReplies {
    pub(super) fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }

    pub(super) fn hold(&mut self, caller: Caller, result: Bytes) {
        self.replies.push((caller, result));
    }

    /// Strikes out the one of a caller who has gone.
    pub(super) fn forget(&mut self, id: i64) {
        self.replies.retain(|(caller, _)| caller.id != id);
    }

    /// Gives those of the callers that `is_wanted` says.
    pub(super) fn release_to(&mut self, mut is_wanted: impl FnMut(&Caller) -> bool) {
        for (caller, result) in self.replies.extract_if(.., |(caller, _)| is_wanted(caller)) {
            caller.answer(Ok(result));
        }
    }

    /// Gives all of them.
    pub(super) fn release(&mut self) {
        for (caller, result) in self.replies.drain(..) {
            caller.answer(Ok(result));
        }
    }
}
