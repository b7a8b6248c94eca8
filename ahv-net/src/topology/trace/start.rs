use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use libvirt_model::vocab::MacAddr;

use crate::topology::{Bridge, Domain, Nic, Port, Topology};

/// Where a trace begins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// The NIC with this hardware address.
    Mac(MacAddr),
    /// This domain's NIC with this hardware address.
    DomainMac(String, MacAddr),
    /// The port of this name, with or without a guest behind it.
    Port(String),
}

impl FromStr for Start {
    type Err = Infallible;

    /// Reads `MAC`, `DOMAIN/MAC` or a port's name.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        if let Ok(mac) = text.parse() {
            return Ok(Self::Mac(mac));
        }
        if let Some((domain, mac)) = text.rsplit_once('/')
            && let Ok(mac) = mac.parse()
        {
            return Ok(Self::DomainMac(domain.to_owned(), mac));
        }
        Ok(Self::Port(text.to_owned()))
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac(mac) => mac.fmt(f),
            Self::DomainMac(domain, mac) => write!(f, "{domain}/{mac}"),
            Self::Port(port) => f.write_str(port),
        }
    }
}

/// Why a trace cannot begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// Nothing of that name is in the picture.
    #[error("there is no port, and no NIC of a domain, that is {0}; `show` lists them")]
    NotFound(Start),
    /// Several NICs have that hardware address.
    #[error("{mac} is of more than one NIC: name one as {}", .choices.join(" or "))]
    Ambiguous {
        /// The hardware address.
        mac: MacAddr,
        /// Each of them, as `DOMAIN/MAC`.
        choices: Vec<String>,
    },
}

/// What a start stands for: a NIC, a port, or both.
pub(super) struct Found<'t> {
    pub(super) nic: Option<(&'t Domain, &'t Nic)>,
    pub(super) port: Option<(&'t Bridge, &'t Port)>,
}

pub(super) fn find<'t>(topology: &'t Topology, start: &Start) -> Result<Found<'t>, TraceError> {
    let nics = |mac: MacAddr| {
        topology
            .domains
            .iter()
            .flat_map(|domain| domain.nics.iter().map(move |nic| (domain, nic)))
            .filter(move |(_, nic)| nic.mac == Some(mac))
    };
    let nic = match start {
        Start::Port(name) => {
            let port = ports(topology).find(|(_, port)| port.name == *name);
            let (bridge, port) = port.ok_or_else(|| TraceError::NotFound(start.clone()))?;
            let nic = port.attachment.as_ref().and_then(|attachment| {
                nics(attachment.mac).find(|(domain, _)| domain.uuid == attachment.domain_uuid)
            });
            return Ok(Found {
                nic,
                port: Some((bridge, port)),
            });
        }
        Start::DomainMac(name, mac) => nics(*mac).find(|(domain, _)| domain.name == *name),
        Start::Mac(mac) => {
            let found: Vec<_> = nics(*mac).collect();
            if found.len() > 1 {
                let choices = found
                    .iter()
                    .map(|(domain, _)| format!("{}/{mac}", domain.name))
                    .collect();
                return Err(TraceError::Ambiguous { mac: *mac, choices });
            }
            found.first().copied()
        }
    };
    let nic = nic.ok_or_else(|| TraceError::NotFound(start.clone()))?;
    let place = nic.1.port.as_deref();
    let port = ports(topology)
        .find(|(bridge, port)| place == Some(format!("{}/{}", bridge.name, port.name).as_str()));
    Ok(Found { nic: Some(nic), port })
}

fn ports(topology: &Topology) -> impl Iterator<Item = (&Bridge, &Port)> {
    topology
        .bridges
        .iter()
        .flat_map(|bridge| bridge.ports.iter().map(move |port| (bridge, port)))
}
