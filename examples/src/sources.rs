use std::error::Error;
use std::path::PathBuf;

use ahv_net::agent::{AgentError, Client, ClientOptions};
use ahv_net::libvirt_model::live;
use ahv_net::observe::kernel::Namespace;
use ahv_net::{Facade, Host};
use clap::Args;

use crate::command::tell;

/// Where the host is read. The same flags for every example.
///
/// A source that is not named is not read. With none at all the example runs on the embedded host,
/// which is in memory, and says so.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sources")]
pub struct Sources {
    /// This host: its db.sock, qemu:///system and its kernel; each can be replaced by its own flag.
    #[arg(long)]
    local: bool,
    /// The Open_vSwitch database: unix:PATH or tcp:IP:PORT.
    #[arg(long, value_name = "REMOTE")]
    ovsdb: Option<String>,
    /// libvirtd: qemu:///system or qemu+unix:///system?socket=PATH.
    #[arg(long, value_name = "URI")]
    libvirt: Option<String>,
    /// The kernel's links and routes: local, none, or netns:PATH for those of a network namespace.
    #[arg(long, value_name = "WHERE", value_parser = kernel)]
    kernel: Option<Kernel>,
    /// Captures of a host: a directory with what its commands printed, conf.db, libvirt's XML.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["local", "ovsdb", "libvirt", "kernel"])]
    offline: Option<PathBuf>,
    /// An agent that serves a host: http://127.0.0.1:PORT, https://HOST:PORT, ws://…, wss://… or unix:PATH.
    #[arg(long, value_name = "URL", requires = "token_file",
          conflicts_with_all = ["local", "ovsdb", "libvirt", "kernel", "offline"])]
    agent: Option<String>,
    /// The file of the token by which the agent knows you.
    #[arg(long, value_name = "FILE", requires = "agent")]
    token_file: Option<PathBuf>,
    /// The authority that vouches for the agent's certificate, as a PEM file; else those that this system believes.
    #[arg(long, value_name = "FILE", requires = "agent")]
    agent_ca: Option<PathBuf>,
}

/// The socket that ovsdb-server listens on unless told otherwise (ovs-vsctl(8), `--db`).
const DB_SOCK: &str = "unix:/var/run/openvswitch/db.sock";

/// Where libvirt's daemon of the system is reached.
const LIBVIRT: &str = "qemu:///system";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kernel {
    None,
    Of(Namespace),
}

fn kernel(text: &str) -> Result<Kernel, String> {
    match text {
        "none" => Ok(Kernel::None),
        "local" => Ok(Kernel::Of(Namespace::Own)),
        _ => match text.strip_prefix("netns:") {
            Some(path) if !path.is_empty() => Ok(Kernel::Of(Namespace::Path(PathBuf::from(path)))),
            _ => Err("name local, none, or netns: and the file of a network namespace".to_owned()),
        },
    }
}

impl Sources {
    /// Whether any is named: else it is the embedded host.
    pub fn names_one(&self) -> bool {
        self.local
            || self.agent.is_some()
            || self.offline.is_some()
            || self.ovsdb.is_some()
            || self.libvirt.is_some()
            || matches!(self.kernel, Some(Kernel::Of(_)))
    }

    /// Connects to what the flags name: a host, or an agent that serves one.
    ///
    /// # Errors
    /// The first source that cannot be reached, as [`ahv_net::Error`] or with what to do without it.
    pub async fn facade(&self) -> Result<Box<dyn Facade>, Box<dyn Error>> {
        let (Some(url), Some(token_file)) = (&self.agent, &self.token_file) else {
            return Ok(Box::new(self.host().await?));
        };
        let mut options = ClientOptions::token_file(token_file)?;
        options.authority.clone_from(&self.agent_ca);
        Ok(Box::new(Client::new(url, options)?))
    }

    /// Whether it is an agent.
    pub fn names_agent(&self) -> bool {
        self.agent.is_some()
    }

    /// Connects to what the flags name, for a command that reads the host itself.
    ///
    /// # Errors
    /// As [`facade`](Self::facade), and an agent that was named.
    pub async fn host(&self) -> Result<Host, Box<dyn Error>> {
        if let Some(url) = &self.agent {
            let said = format!(
                "this command reads a host itself and does not run over the agent at {url}: leave --agent out"
            );
            return Err(ahv_net::Error::from(AgentError::Config(said)).into());
        }
        if !self.names_one() {
            tell(
                "No source is named, so this is the embedded host: an example in memory. \
                 Name a real one with --local, or with --ovsdb, --libvirt and --kernel, its captures with \
                 --offline, or an agent with --agent.",
            );
            return Ok(Host::embedded().await?);
        }
        let mut host = Host::builder();
        if let Some(directory) = &self.offline {
            host = host.offline(directory);
        }
        let ovsdb = self.ovsdb.as_deref().or(self.local.then_some(DB_SOCK));
        if let Some(remote) = ovsdb {
            host = host.ovsdb(remote);
        }
        let libvirt = self.libvirt.as_deref().or(self.local.then_some(LIBVIRT));
        if let Some(uri) = libvirt {
            host = host.libvirt(uri);
        }
        match &self.kernel {
            Some(Kernel::Of(namespace)) => host = host.kernel(namespace.clone()),
            Some(Kernel::None) => {}
            None if self.local => host = host.kernel(Namespace::Own),
            None => {}
        }
        host.connect().await.map_err(|error| match self.without(&error) {
            Some(advice) => format!("{error}; or do without: {advice}").into(),
            None => error.into(),
        })
    }

    /// The sources of this host without the one that is not there, where only --local named it.
    fn without(&self, error: &ahv_net::Error) -> Option<String> {
        match error {
            ahv_net::Error::Libvirt(live::Error::Unreachable { .. })
                if self.local && self.libvirt.is_none() =>
            {
                let ovsdb = self.ovsdb.as_deref().unwrap_or(DB_SOCK);
                Some(format!("--ovsdb {ovsdb} --kernel local in place of --local"))
            }
            ahv_net::Error::Ovsdb(error)
                if error.is_unreachable()
                    && !error.is_permission_denied()
                    && self.local
                    && self.ovsdb.is_none() =>
            {
                let libvirt = self.libvirt.as_deref().unwrap_or(LIBVIRT);
                Some(format!("--libvirt {libvirt} --kernel local in place of --local"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use ahv_net::libvirt_model::live;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        sources: Sources,
    }

    fn without(arguments: &[&str], error: &ahv_net::Error) -> Option<String> {
        let line = ["show"].iter().chain(arguments);
        Arguments::try_parse_from(line).unwrap().sources.without(error)
    }

    #[test]
    fn local_says_how_to_do_without_the_one_that_is_not_there() {
        let libvirt = ahv_net::Error::Libvirt(live::Error::Unreachable {
            endpoint: "/var/run/libvirt/libvirt-sock".to_owned(),
            reason: "there is no such socket".to_owned(),
        });
        let said = without(&["--local"], &libvirt).unwrap();
        assert_eq!(
            said,
            "--ovsdb unix:/var/run/openvswitch/db.sock --kernel local in place of --local"
        );
        // Those who named it want it.
        assert_eq!(
            without(&["--local", "--libvirt", "qemu:///system"], &libvirt),
            None
        );
        assert_eq!(without(&["--libvirt", "qemu:///system"], &libvirt), None);
    }
}
