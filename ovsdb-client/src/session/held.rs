//! Results of transactions that a replica has yet to catch up with.

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::error::Error;

/// Results that came while a monitor was being asked for anew, in the order in which they came. They are kept until
/// its rows are in, through the next session if need be, so that a caller who has the result reads what it wrote.
/// There are no more of them than callers wait: who stops waiting gets his.
#[derive(Debug, Default)]
pub(super) struct HeldReplies {
    replies: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    id: i64,
    result: Bytes,
    reply: oneshot::Sender<Result<Bytes, Error>>,
}

impl HeldReplies {
    pub(super) fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }

    pub(super) fn hold(&mut self, id: i64, result: Bytes, reply: oneshot::Sender<Result<Bytes, Error>>) {
        self.replies.push(Held { id, result, reply });
    }

    /// Gives the one of a caller who waits no longer. Whether there was one.
    pub(super) fn release_one(&mut self, id: i64) -> bool {
        let position = self.replies.iter().position(|held| held.id == id);
        position.is_some_and(|position| {
            self.replies.remove(position).release();
            true
        })
    }

    /// Gives all of them.
    pub(super) fn release(&mut self) {
        for held in self.replies.drain(..) {
            held.release();
        }
    }
}

impl Held {
    fn release(self) {
        // Who has gone altogether does not read it.
        let _ = self.reply.send(Ok(self.result));
    }
}
