//! Following events: the callbacks that a session registers, and those who wait for them.

use std::time::Instant;

use super::{CallId, Core, Output, Phase, Purpose};
use crate::live::rpc::procedure::Procedure;
use crate::live::rpc::xdr::Encoder;
use crate::live::{Error, Event, EventKind};

/// A callback that followers need: procedure to register with, and the number of the event.
struct Callback {
    procedure: Procedure,
    event: i32,
    kind: EventKind,
}

const CALLBACKS: [Callback; 7] = [
    Callback::of_domain(0, EventKind::Domain),
    Callback::of_domain(15, EventKind::DeviceRemoved),
    Callback::of_domain(18, EventKind::Agent),
    Callback::of_domain(19, EventKind::DeviceAdded),
    Callback::of_domain(22, EventKind::DeviceRemovalFailed),
    Callback::of_domain(23, EventKind::Metadata),
    Callback {
        procedure: Procedure::ConnectNetworkEventRegisterAny,
        event: 0,
        kind: EventKind::Network,
    },
];

impl Callback {
    const fn of_domain(event: i32, kind: EventKind) -> Self {
        Self {
            procedure: Procedure::ConnectDomainEventCallbackRegisterAny,
            event,
            kind,
        }
    }
}

/// Someone who waits to follow events.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) id: CallId,
    pub(super) deadline: Instant,
}

impl Core {
    /// Someone follows events from now on. Ends with [`Output::Followed`] when every callback is registered, or is known not to be. While
    /// there is no session it waits for the next one, within its deadline.
    pub(in crate::live::rpc) fn handle_follow(&mut self, id: CallId, now: Instant) {
        self.following = true;
        let deadline = now + self.options.call_timeout;
        self.followers.push(Follower { id, deadline });
        if matches!(self.phase, Phase::Open) {
            match self.registering {
                None => self.register(Some(deadline)),
                Some(0) => self.settle(),
                Some(_) => {}
            }
        }
    }

    pub(super) fn register(&mut self, deadline: Option<Instant>) {
        self.registering = Some(CALLBACKS.len());
        for (at, callback) in CALLBACKS.iter().enumerate() {
            let arguments = Encoder::new().i32(callback.event).u32(0).finish();
            self.send(callback.procedure, arguments, Purpose::Register(at), deadline);
        }
    }

    /// One of the callbacks is registered, or will not be in this session.
    pub(super) fn registered(&mut self, callback: usize, failure: Option<Error>, now: Instant) {
        if let (Some(error), Some(callback)) = (failure, CALLBACKS.get(callback)) {
            self.not_followed.push((callback.kind, error));
        }
        let left = self.registering.map(|left| left.saturating_sub(1));
        self.registering = left;
        if left != Some(0) {
            return;
        }
        if matches!(self.phase, Phase::Opening { .. }) {
            self.open(now);
            // Whoever follows since an earlier session was told nothing of this one's refusals yet.
            for event in self.refusals() {
                self.outputs.push_back(Output::Event(event));
            }
        }
        self.settle();
    }

    /// Tells everyone who waits what came of the registration.
    fn settle(&mut self) {
        let failure = self
            .not_followed
            .iter()
            .find(|(kind, _)| kind.is_essential())
            .map(|(_, error)| error.clone());
        for follower in std::mem::take(&mut self.followers) {
            let result = match &failure {
                Some(error) => Err(error.clone()),
                None => Ok(self.refusals()),
            };
            self.outputs.push_back(Output::Followed(follower.id, result));
        }
    }

    fn refusals(&self) -> Vec<Event> {
        let refusals = self.not_followed.iter().map(|(kind, error)| Event::NotFollowed {
            kind: *kind,
            reason: error.to_string(),
        });
        refusals.collect()
    }
}

/// What the registration of one of [`CALLBACKS`] is called in an error.
pub(super) fn registration(callback: usize) -> String {
    CALLBACKS.get(callback).map_or_else(String::new, |callback| {
        format!("{} ({})", callback.procedure, callback.kind)
    })
}
