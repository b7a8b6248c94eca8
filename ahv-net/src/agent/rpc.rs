//! The methods, as they go over the wire. `#[rpc]` makes of this trait the server's side and the client's.

#![expect(
    clippy::disallowed_methods,
    reason = "the macro starts a task for each subscription"
)]

use std::collections::BTreeSet;

use jsonrpsee::core::SubscriptionResult;
use jsonrpsee::proc_macros::rpc;
use jsonrpsee::types::ErrorObjectOwned;
use libvirt_model::vocab::VlanId;
use serde_json::Value;

use super::notice::Notice;
use super::report::CheckReport;
use crate::apply::Report;
use crate::apply::journal::Entry;
use crate::edit::{Intent, Plan};
use crate::topology::diff::Difference;
use crate::topology::{Topology, Trace};

/// The methods of an agent. All parameters go by name; an optional one that is left out is none.
///
/// What each one means, takes, gives and refuses stands in [`describe`](super::describe), and in
/// `docs/agent.openrpc.json`, which a server gives to whoever calls `rpc.discover`.
#[rpc(server, client)]
pub trait Agent {
    /// The joined picture of the host.
    #[method(name = "show")]
    async fn show(&self) -> Result<Topology, ErrorObjectOwned>;

    /// Follows a frame from a NIC to every way out of the host.
    #[method(name = "trace", param_kind = map)]
    async fn trace(&self, start: String, vlan: Option<VlanId>) -> Result<Trace, ErrorObjectOwned>;

    /// What is wrong with the network of the host.
    #[method(name = "check")]
    async fn check(&self) -> Result<CheckReport, ErrorObjectOwned>;

    /// How two pictures differ; without `after` how the host differs from `before` now.
    #[method(name = "diff", param_kind = map)]
    async fn diff(
        &self,
        before: Topology,
        after: Option<Topology>,
        all: Option<bool>,
    ) -> Result<Difference, ErrorObjectOwned>;

    /// What an edit would do. Nothing is done.
    #[method(name = "plan", param_kind = map, with_extensions)]
    async fn plan(&self, intent: Intent, allow: Option<BTreeSet<String>>) -> Result<Plan, ErrorObjectOwned>;

    /// Does a plan that this agent made.
    #[method(name = "apply", param_kind = map, with_extensions)]
    async fn apply(
        &self,
        plan: Plan,
        confirm_within_ms: Option<u64>,
        wait: Option<bool>,
    ) -> Result<Report, ErrorObjectOwned>;

    /// Keeps an edit that waits for its confirmation.
    #[method(name = "confirm", param_kind = map, with_extensions)]
    async fn confirm(&self, id: Option<String>) -> Result<Entry, ErrorObjectOwned>;

    /// Undoes an edit.
    #[method(name = "revert", param_kind = map, with_extensions)]
    async fn revert(&self, id: Option<String>) -> Result<Entry, ErrorObjectOwned>;

    /// Undoes what was left half done.
    #[method(name = "recover", with_extensions)]
    async fn recover(&self) -> Result<Option<Entry>, ErrorObjectOwned>;

    /// The edit that is not finished.
    #[method(name = "pending")]
    async fn pending(&self) -> Result<Option<Entry>, ErrorObjectOwned>;

    /// What became of the last edits, the latest first.
    #[method(name = "history")]
    async fn history(&self) -> Result<Vec<Entry>, ErrorObjectOwned>;

    /// The description of every method, as OpenRPC.
    #[method(name = "rpc.discover")]
    async fn discover(&self) -> Result<Value, ErrorObjectOwned>;

    /// What changes, as it happens; the first notice is the whole picture. WebSocket only.
    #[subscription(name = "watch" => "notice", unsubscribe = "unwatch", item = Notice, param_kind = map, with_extensions)]
    async fn watch(&self, pictures: Option<bool>) -> SubscriptionResult;
}
