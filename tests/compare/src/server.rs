//! Real ovsdb-servers with rows in them.

use std::cell::OnceCell;

use test_support::OvsdbServer;

use crate::{Failure, rows};

/// The large server, which is filled when it is first asked for, and then serves every part.
#[derive(Debug)]
pub(crate) struct Stage {
    ports: usize,
    filled: OnceCell<OvsdbServer>,
}

impl Stage {
    pub(crate) fn new(ports: usize) -> Self {
        Self {
            ports,
            filled: OnceCell::new(),
        }
    }

    pub(crate) fn server(&self) -> Result<&OvsdbServer, Failure> {
        if let Some(server) = self.filled.get() {
            return Ok(server);
        }
        let server = filled(self.ports)?;
        Ok(self.filled.get_or_init(|| server))
    }
}

/// A server of its own with this many ports.
pub(crate) fn filled(ports: usize) -> Result<OvsdbServer, Failure> {
    let server = OvsdbServer::available()?.vswitch().start()?;
    rows::fill(&server.socket(), ports)?;
    Ok(server)
}

/// A runtime whose only thread is this one, so that the clock of this thread sees all that is done.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
