//! Callers' calls: taken, sent, given up, out of time.

use std::time::Instant;

use tracing::warn;

use super::{Core, State};
use crate::{
    session::{caller::Caller, command::Call, requests::Pending},
    wire::print_notification,
};

impl Core {
    /// Takes a call, and sends it if there is a session with room for it.
    ///
    /// What waits here is bounded by the callers that wait for it.
    pub(super) fn handle_call(&mut self, call: Call, now: Instant) {
        // Who asked for it may have gone, and was heard of first.
        if call.reply.is_closed() {
            return;
        }
        let (caller, message) = Caller::new(call, now);
        self.next_expiry = earlier(self.next_expiry, caller.deadline);
        if self.waiting.is_empty() && self.has_room() {
            self.send_call(caller, message);
        } else {
            self.waiting.insert(caller.id, (caller, message));
        }
    }

    /// Sends calls that wait, as far as there is room for them.
    pub(super) fn send_waiting(&mut self) {
        while self.has_room()
            && let Some((_, (caller, message))) = self.waiting.pop_first()
        {
            self.send_call(caller, message);
        }
    }

    /// Whether calls can be sent: the bytes that wait are bounded.
    fn has_room(&self) -> bool {
        matches!(self.state, State::Ready) && self.poll_transmit().len() < self.options.transmit_bound
    }

    fn send_call(&mut self, caller: Caller, message: Vec<u8>) {
        self.requests.insert(caller.id, Pending::Call(caller));
        if self.transmit.is_empty() {
            self.transmit = message;
        } else {
            self.transmit.extend_from_slice(&message);
        }
    }

    /// The caller has gone.
    pub(super) fn forget_call(&mut self, id: i64) {
        if self.waiting.remove(&id).is_some() {
            return;
        }
        self.held.forget(id);
        // Else it was answered, or was never taken and will be passed over.
        if let Some(Pending::Call(caller)) = self.requests.remove(id) {
            self.cancel(&caller);
        }
    }

    /// Ends the calls whose time is over.
    ///
    /// The time for this is the earliest deadline that there was since the last time. It is not moved when that call is
    /// answered, so that answers cost nothing here.
    pub(super) fn expire_calls(&mut self, now: Instant) {
        if self.next_expiry.is_none_or(|at| now < at) {
            return;
        }
        let mut next = None;
        let mut is_over = |caller: &Caller| {
            let is_over = caller.deadline.is_some_and(|deadline| deadline <= now);
            if !is_over {
                next = earlier(next, caller.deadline);
            }
            is_over
        };
        let unsent = self.waiting.extract_if(.., |_, (caller, _)| is_over(caller));
        for (_, (caller, _)) in unsent {
            caller.time_out_unsent(self.last_error.clone());
        }
        self.held.release_to(&mut is_over);
        let sent = self.requests.take_callers(&mut is_over);
        self.next_expiry = next;
        for caller in sent {
            self.cancel(&caller);
            caller.time_out();
        }
    }

    /// What a call leaves behind that is not waited for any more: a `cancel`, so that a blocking transaction ends. The
    /// server may answer it or not (RFC 7047 §4.1.4; ovsdb-server only for clients that said set_db_change_aware);
    /// nobody listens.
    fn cancel(&mut self, caller: &Caller) {
        if caller.is_transact
            && let Err(error) = print_notification(&mut self.transmit, "cancel", &[caller.id])
        {
            warn!(%error, "a cancel could not be printed");
        }
    }
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}
