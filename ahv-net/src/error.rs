use libvirt_model::live;
use ovsdb_client::ConfigError;

use crate::observe::kernel::KernelError;
use crate::observe::offline::OfflineError;

/// Why a host could not be reached or read.
///
/// `{}` prints the whole story in one sentence, the cause included, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The `Open_vSwitch` database.
    #[error("{0}")]
    Ovsdb(#[from] ovsdb_client::Error),
    /// libvirtd.
    #[error("{0}")]
    Libvirt(#[from] live::Error),
    /// The kernel.
    #[error("{0}")]
    Kernel(#[from] KernelError),
    /// The embedded host's own server.
    #[cfg(feature = "embedded")]
    #[error("cannot start the embedded host: {0}")]
    Embedded(#[from] ovsdb_client::server::StartError),
    /// An edit that cannot be planned. Nothing was sent.
    #[error("{0}")]
    Plan(#[from] crate::edit::PlanError),
    /// An agent.
    #[cfg(feature = "agent")]
    #[error("{0}")]
    Agent(#[from] crate::agent::AgentError),
    /// A directory of captures.
    #[error("{0}")]
    Offline(#[from] OfflineError),
}

impl Error {
    /// Whether a remote or URI was written in a way that cannot be meant: correct the call.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ovsdb(ovsdb_client::Error::Config(error)) => {
                matches!(error, ConfigError::Remote(_) | ConfigError::NoRemote)
            }
            Self::Ovsdb(_) => false,
            Self::Libvirt(error) => matches!(error, live::Error::Config(_)),
            Self::Kernel(_) | Self::Plan(_) => false,
            #[cfg(feature = "embedded")]
            Self::Embedded(_) => false,
            #[cfg(feature = "agent")]
            Self::Agent(error) => error.is_usage(),
            Self::Offline(_) => false,
        }
    }
}
