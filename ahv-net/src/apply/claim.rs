use std::time::Duration;

use ovsdb_client::{ConfigError, Error, Lock};

use super::ApplyError;
use crate::Host;

/// The lock in OVSDB that every edit holds, whichever machine it comes from: RFC 7047 §4.1.8. Its name is an `<id>`,
/// which has no hyphen.
const LOCK: &str = "ahv_net";

/// How long an editor on another machine is waited for. Edits take seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The right to write to the database, which other machines respect. `None` where there is no database.
#[derive(Debug)]
pub(crate) struct Claim {
    ovsdb: Option<Lock>,
}

impl Claim {
    /// Takes it.
    ///
    /// # Errors
    /// When another client keeps the lock, or the server cannot be asked.
    ///
    /// # Cancel safety
    /// It is given up.
    pub(crate) async fn take(host: &Host) -> Result<Self, ApplyError> {
        let Some(ovsdb) = &host.ovsdb else {
            return Ok(Self { ovsdb: None });
        };
        let elsewhere = || ApplyError::BusyElsewhere {
            remote: ovsdb.remote().to_owned(),
            limit: PATIENCE,
        };
        let client = ovsdb.replica().client();
        let mut lock = client.lock(LOCK).await.map_err(|error| match error {
            Error::Config(ConfigError::LockInUse { .. }) => elsewhere(),
            error => crate::Error::from(error).into(),
        })?;
        match lock.held(PATIENCE).await {
            Ok(()) => Ok(Self { ovsdb: Some(lock) }),
            Err(Error::TimedOut { .. }) => Err(elsewhere()),
            Err(error) => Err(crate::Error::from(error).into()),
        }
    }

    /// The lock in the database, held again where the session was lost.
    ///
    /// # Errors
    /// When it is not held within 10 seconds.
    ///
    /// # Cancel safety
    /// The lock is still asked for.
    pub(crate) async fn lock(&mut self) -> Result<&Lock, Error> {
        let lock = self.ovsdb.as_mut().ok_or(Error::Closed)?;
        lock.held(PATIENCE).await?;
        Ok(lock)
    }
}
