use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jsonrpsee::core::SubscriptionResult;
use jsonrpsee::server::SubscriptionMessage;
use jsonrpsee::types::ErrorObjectOwned;
use jsonrpsee::{Extensions, PendingSubscriptionSink};
use libvirt_model::vocab::VlanId;
use serde_json::Value;

use super::describe;
use super::edits::Edits;
use super::fault::{self, Fault};
use super::gate::{Gate, NOT_VALID};
use super::notice::Notice;
use super::report::CheckReport;
use super::rpc::AgentServer;
use super::session::{Caller, Session};
use crate::Host;
use crate::apply::Report;
use crate::apply::journal::Entry;
use crate::edit::{Intent, Plan, PlanOptions};
use crate::topology::diff::Difference;
use crate::topology::{self, Frame, Start, Topology, Trace};
use crate::watch::Watch;

/// How often a subscriber's token is looked up again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How long an edit may wait for its confirmation.
const LONGEST_UNCONFIRMED: Duration = Duration::from_secs(24 * 60 * 60);

/// What the methods do.
pub(super) struct Service {
    pub(super) host: Host,
    pub(super) edits: Arc<Edits>,
    pub(super) gate: Arc<Gate>,
}

impl Service {
    async fn picture(&self) -> Result<Topology, ErrorObjectOwned> {
        self.host.show().await.map_err(|error| fault::of_error(&error))
    }
}

/// The gate puts the caller beside every call that it lets through.
fn caller(extensions: &Extensions) -> Result<Caller, ErrorObjectOwned> {
    let caller = extensions.get::<Caller>().cloned();
    caller.ok_or_else(|| Fault::Internal.saying("the agent does not know who called"))
}

#[async_trait]
impl AgentServer for Service {
    async fn show(&self) -> Result<Topology, ErrorObjectOwned> {
        self.picture().await
    }

    async fn trace(&self, start: String, vlan: Option<VlanId>) -> Result<Trace, ErrorObjectOwned> {
        let start: Start = start.parse().map_err(|error| Fault::invalid(&error))?;
        let frame = vlan.map_or(Frame::Untagged, Frame::of);
        let topology = self.picture().await?;
        topology
            .trace(&start, frame)
            .map_err(|error| Fault::invalid(&error))
    }

    async fn check(&self) -> Result<CheckReport, ErrorObjectOwned> {
        Ok(CheckReport::of(&self.picture().await?))
    }

    async fn diff(
        &self,
        before: Topology,
        after: Option<Topology>,
        all: Option<bool>,
    ) -> Result<Difference, ErrorObjectOwned> {
        let after = match after {
            Some(after) => after,
            None => self.picture().await?,
        };
        // Two large pictures take their time, in which others are served.
        let difference = tokio::task::spawn_blocking(move || topology::diff(&before, &after));
        let difference = difference
            .await
            .map_err(|_| Fault::Internal.saying("the agent failed while it compared the two pictures"))?;
        Ok(match all {
            Some(true) => difference,
            _ => difference.without_incidental(),
        })
    }

    async fn plan(
        &self,
        extensions: &Extensions,
        intent: Intent,
        allow: Option<BTreeSet<String>>,
    ) -> Result<Plan, ErrorObjectOwned> {
        let caller = caller(extensions)?;
        let mut options = PlanOptions::new().reached_by(caller.reached_by);
        options.allow = allow.unwrap_or_default();
        let plan = self.host.plan(intent, &options).await;
        let plan = plan.map_err(|error| fault::of_error(&error))?;
        self.edits.remember(&caller, &plan);
        Ok(plan)
    }

    async fn apply(
        &self,
        extensions: &Extensions,
        plan: Plan,
        confirm_within_ms: Option<u64>,
        wait: Option<bool>,
    ) -> Result<Report, ErrorObjectOwned> {
        let limit = confirm_within_ms.map(Duration::from_millis);
        if limit.is_some_and(|limit| limit > LONGEST_UNCONFIRMED) {
            let said = "confirm_within_ms is more than a day: nothing else can be edited until it is confirmed, so give less";
            return Err(Fault::Invalid.saying(said));
        }
        let edits = Arc::clone(&self.edits);
        edits
            .apply(caller(extensions)?, plan, limit, wait.unwrap_or(true))
            .await
    }

    async fn confirm(&self, extensions: &Extensions, id: Option<String>) -> Result<Entry, ErrorObjectOwned> {
        Arc::clone(&self.edits).confirm(caller(extensions)?, id).await
    }

    async fn revert(&self, extensions: &Extensions, id: Option<String>) -> Result<Entry, ErrorObjectOwned> {
        Arc::clone(&self.edits).revert(caller(extensions)?, id).await
    }

    async fn recover(&self, extensions: &Extensions) -> Result<Option<Entry>, ErrorObjectOwned> {
        Arc::clone(&self.edits).recover(caller(extensions)?).await
    }

    async fn pending(&self) -> Result<Option<Entry>, ErrorObjectOwned> {
        let pending = self.host.pending(self.edits.options()).await;
        pending.map_err(fault::of_apply_error)
    }

    async fn history(&self) -> Result<Vec<Entry>, ErrorObjectOwned> {
        let history = self.host.history(self.edits.options()).await;
        history.map_err(fault::of_apply_error)
    }

    async fn discover(&self) -> Result<Value, ErrorObjectOwned> {
        Ok(describe::document())
    }

    async fn watch(
        &self,
        pending: PendingSubscriptionSink,
        extensions: &Extensions,
        pictures: Option<bool>,
    ) -> SubscriptionResult {
        let Some(session) = extensions.get::<Session>().cloned() else {
            pending
                .reject(Fault::Internal.saying("the agent does not know who called"))
                .await;
            return Ok(());
        };
        match self.host.watch().await {
            Err(error) => pending.reject(fault::of_error(&error)).await,
            Ok(watch) => {
                let sink = pending.accept().await?;
                let gate = Arc::clone(&self.gate);
                tell(watch, sink, &gate, &session, pictures.unwrap_or(false)).await?;
            }
        }
        Ok(())
    }
}

/// Tells a subscriber what happens, as fast as it listens, for as long as its token is valid.
///
/// A watch works when it is asked for the next event: one who is slow gets fewer, larger changes.
async fn tell(
    mut watch: Watch,
    sink: jsonrpsee::SubscriptionSink,
    gate: &Gate,
    session: &Session,
    pictures: bool,
) -> SubscriptionResult {
    let first = Notice::Picture {
        topology: Arc::clone(watch.topology()),
    };
    sink.send(message(&first)?).await?;
    loop {
        tokio::select! {
            event = watch.next() => {
                let Some(event) = event else {
                    return Ok(());
                };
                if gate.caller(session).is_none() {
                    return end(&sink, session).await;
                }
                sink.send(message(&Notice::of(event, pictures))?).await?;
            }
            () = sink.closed() => return Ok(()),
            () = tokio::time::sleep(LOOK_AGAIN) => {
                if gate.caller(session).is_none() {
                    return end(&sink, session).await;
                }
            }
        }
    }
}

/// Tells a subscriber that his token is valid no more, and closes his connection: silence would look like a quiet host.
async fn end(sink: &jsonrpsee::SubscriptionSink, session: &Session) -> SubscriptionResult {
    let reason = NOT_VALID.to_owned();
    let told = sink.send(message(&Notice::Ended { reason })?).await;
    session.line.hang_up();
    Ok(told?)
}

fn message(notice: &Notice) -> Result<SubscriptionMessage, serde_json::Error> {
    serde_json::value::to_raw_value(notice).map(SubscriptionMessage::from)
}
