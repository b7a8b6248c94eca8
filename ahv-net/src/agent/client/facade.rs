use async_trait::async_trait;
use jsonrpsee::core::client::Error as RpcError;

use super::Client;
use super::call::Kind;
use super::connection::Transport;
use crate::agent::AgentError;
use crate::agent::rpc::AgentClient;
use crate::apply::journal::Entry;
use crate::apply::{ApplyError, ApplyOptions, Report};
use crate::edit::{Intent, Plan, PlanOptions};
use crate::topology::Topology;
use crate::watch::Watch;
use crate::{Error, Facade};

/// Calls a method by whatever the agent is reached by.
macro_rules! call {
    ($client:expr, $method:ident($($argument:expr),*)) => {
        match &$client.transport {
            Transport::Http(http) => http.$method($($argument),*).await.map_err(Called::Failed),
            Transport::WebSocket(socket) => match socket.client($client).await {
                Ok(socket) => socket.$method($($argument),*).await.map_err(Called::Failed),
                Err(error) => Err(Called::NotConnected(error)),
            },
        }
    };
}

/// Why a call gave nothing.
pub(super) enum Called {
    NotConnected(AgentError),
    Failed(RpcError),
}

impl Called {
    fn look(self, client: &Client) -> Error {
        match self {
            Self::NotConnected(error) => error.into(),
            Self::Failed(error) => client.look_error(error),
        }
    }

    fn apply(self, client: &Client, kind: Kind) -> ApplyError {
        match self {
            Self::NotConnected(error) => ApplyError::Agent(error),
            Self::Failed(error) => client.edit_error(kind, error),
        }
    }
}

/// Where the journal is, how long ovs-vswitchd is waited for and who undoes what is not confirmed is the agent's
/// own: of the options only `confirm_within` and `take_in` (whether to wait at all) are sent.
#[async_trait]
impl Facade for Client {
    async fn show(&self) -> Result<Topology, Error> {
        call!(self, show()).map_err(|called| called.look(self))
    }

    async fn watch(&self) -> Result<Watch, Error> {
        self.follow().await
    }

    async fn plan(&self, intent: Intent, options: &PlanOptions) -> Result<Plan, Error> {
        let allow = Some(options.allow.clone());
        call!(self, plan(intent, allow)).map_err(|called| called.look(self))
    }

    async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, ApplyError> {
        let limit = options
            .confirm_within
            .map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX));
        let wait = Some(options.take_in.is_some());
        call!(self, apply(plan.clone(), limit, wait)).map_err(|called| called.apply(self, Kind::Edit))
    }

    async fn confirm(&self, id: Option<&str>, _options: &ApplyOptions) -> Result<Entry, ApplyError> {
        call!(self, confirm(id.map(str::to_owned))).map_err(|called| called.apply(self, Kind::Edit))
    }

    async fn revert(&self, id: Option<&str>, _options: &ApplyOptions) -> Result<Entry, ApplyError> {
        call!(self, revert(id.map(str::to_owned))).map_err(|called| called.apply(self, Kind::Edit))
    }

    async fn recover(&self, _options: &ApplyOptions) -> Result<Option<Entry>, ApplyError> {
        call!(self, recover()).map_err(|called| called.apply(self, Kind::Edit))
    }

    async fn pending(&self, _options: &ApplyOptions) -> Result<Option<Entry>, ApplyError> {
        call!(self, pending()).map_err(|called| called.apply(self, Kind::Look))
    }

    async fn history(&self, _options: &ApplyOptions) -> Result<Vec<Entry>, ApplyError> {
        call!(self, history()).map_err(|called| called.apply(self, Kind::Look))
    }
}
