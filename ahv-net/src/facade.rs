//! What can be asked of a host, wherever it is.

use async_trait::async_trait;

use crate::apply::journal::Entry;
use crate::apply::{ApplyError, ApplyOptions, Report};
use crate::edit::{Intent, Plan, PlanOptions};
use crate::topology::Topology;
use crate::watch::Watch;
use crate::{Error, Host};

/// A host that is seen and edited: a [`Host`] whose sources this process reads itself, or an agent that does
/// so elsewhere (`agent::Client`, feature `agent`). Code that takes a `&dyn Facade` runs with either.
///
/// What is said of a picture alone (a trace, findings, differences) is no part of it: those are functions of
/// the [`Topology`] that [`show`](Self::show) gives.
///
/// # Examples
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use ahv_net::{Error, Facade, Host};
///
/// async fn bridges(host: &dyn Facade) -> Result<usize, Error> {
///     Ok(host.show().await?.bridges.len())
/// }
///
/// assert_eq!(bridges(&Host::embedded().await?).await?, 2);
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Facade: Send + Sync {
    /// The joined picture; see [`Host::show`].
    ///
    /// # Errors
    /// The first source that cannot be read, or an agent that cannot be asked.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    async fn show(&self) -> Result<Topology, Error>;

    /// What changes from now on; see [`Host::watch`].
    ///
    /// # Errors
    /// As [`show`](Self::show).
    ///
    /// # Cancel safety
    /// Nothing is changed.
    async fn watch(&self) -> Result<Watch, Error>;

    /// Plans an edit; see [`Host::plan`].
    ///
    /// # Errors
    /// [`Error::Plan`] when the edit makes no sense on this host, or as [`show`](Self::show).
    ///
    /// # Cancel safety
    /// Nothing is changed.
    async fn plan(&self, intent: Intent, options: &PlanOptions) -> Result<Plan, Error>;

    /// Applies a plan that this host made; see [`Host::apply`].
    ///
    /// # Errors
    /// [`ApplyError`] says whether anything was changed.
    ///
    /// # Cancel safety
    /// On a [`Host`] what was done so far stays done: run [`recover`](Self::recover). An agent goes on with it, as if the future
    /// had not been dropped: look at [`pending`](Self::pending) and [`history`](Self::history).
    async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, ApplyError>;

    /// Says that an applied plan is right, so that it stays; see [`Host::confirm`].
    ///
    /// # Errors
    /// When nothing waits for a confirmation, or its time has passed.
    ///
    /// # Cancel safety
    /// It is confirmed or not when the future is dropped: look at [`pending`](Self::pending).
    async fn confirm(&self, id: Option<&str>, options: &ApplyOptions) -> Result<Entry, ApplyError>;

    /// Undoes an applied plan: that of this id, or the last that is not undone; see [`Host::revert`].
    ///
    /// # Errors
    /// When there is none, or another edit is unfinished or runs.
    ///
    /// # Cancel safety
    /// As [`apply`](Self::apply).
    async fn revert(&self, id: Option<&str>, options: &ApplyOptions) -> Result<Entry, ApplyError>;

    /// Undoes what was left half done, and what was not confirmed in time; see [`Host::recover`].
    ///
    /// # Errors
    /// When the journal or the host cannot be read, or another edit runs.
    ///
    /// # Cancel safety
    /// Run it again.
    async fn recover(&self, options: &ApplyOptions) -> Result<Option<Entry>, ApplyError>;

    /// The plan that is not finished; see [`Host::pending`].
    ///
    /// # Errors
    /// When the journal cannot be read.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    async fn pending(&self, options: &ApplyOptions) -> Result<Option<Entry>, ApplyError>;

    /// What became of the last plans, the latest first; see [`Host::history`].
    ///
    /// # Errors
    /// When the journal cannot be read.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    async fn history(&self, options: &ApplyOptions) -> Result<Vec<Entry>, ApplyError>;
}

#[async_trait]
impl Facade for Host {
    async fn show(&self) -> Result<Topology, Error> {
        Self::show(self).await
    }

    async fn watch(&self) -> Result<Watch, Error> {
        Self::watch(self).await
    }

    async fn plan(&self, intent: Intent, options: &PlanOptions) -> Result<Plan, Error> {
        Self::plan(self, intent, options).await
    }

    async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, ApplyError> {
        Self::apply(self, plan, options).await
    }

    async fn confirm(&self, id: Option<&str>, options: &ApplyOptions) -> Result<Entry, ApplyError> {
        Self::confirm(self, id, options).await
    }

    async fn revert(&self, id: Option<&str>, options: &ApplyOptions) -> Result<Entry, ApplyError> {
        Self::revert(self, id, options).await
    }

    async fn recover(&self, options: &ApplyOptions) -> Result<Option<Entry>, ApplyError> {
        Self::recover(self, options).await
    }

    async fn pending(&self, options: &ApplyOptions) -> Result<Option<Entry>, ApplyError> {
        Self::pending(self, options).await
    }

    async fn history(&self, options: &ApplyOptions) -> Result<Vec<Entry>, ApplyError> {
        Self::history(self, options).await
    }
}
