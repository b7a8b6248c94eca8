//! Whether ovs-vswitchd did what the database says.

use std::{sync::Arc, time::Duration};

use super::generated::{Interface, OpenVSwitch};
use crate::{
    Error,
    replica::{Replica, Snapshot},
    table::{ColumnError, RowUuid, Table},
    transaction::{Mutations, Receipt, Transaction, TransactionError, Where},
    wire::{Atom, Datum},
};

/// What ovs-vswitchd made of a change.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The results of the transaction, which is committed.
    pub receipt: Receipt,
    /// The configuration that ovs-vswitchd has taken in: `Open_vSwitch.cur_cfg`.
    pub cur_cfg: i64,
    /// The interfaces that do not work now.
    pub failures: Vec<InterfaceFailure>,
}

/// An interface that ovs-vswitchd could not make work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceFailure {
    /// The row.
    pub uuid: RowUuid<Interface>,
    /// Its name.
    pub name: Arc<str>,
    /// What ovs-vswitchd says: "could not open network device eth9 (No such device)". Open vSwitch before 2.4 says
    /// nothing; there only the missing OpenFlow port (`ofport` -1) shows it.
    pub error: Option<Arc<str>>,
    /// Whether it worked, or was not there, before the change.
    pub is_new: bool,
}

/// Why a change is not confirmed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmError {
    /// It is not in the database, or not as expected.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// It could not be sent.
    #[error(transparent)]
    Client(#[from] Error),
    /// It is in the database, and ovs-vswitchd has not taken it in within the time.
    #[error("the change is committed, but ovs-vswitchd has not taken it in within {limit:?}: is it running?")]
    NotTakenIn {
        /// The time that it had.
        limit: Duration,
        /// The configuration that was waited for.
        next_cfg: i64,
    },
    /// The replica does not hold what is needed: `Open_vSwitch.cur_cfg`, `Interface.name` and `Interface.ofport`.
    #[error(transparent)]
    Column(#[from] ColumnError),
}

impl Confirmation {
    /// The interfaces that the change broke.
    pub fn new_failures(&self) -> impl Iterator<Item = &InterfaceFailure> {
        self.failures.iter().filter(|failure| failure.is_new)
    }
}

/// Commits a transaction, waits until ovs-vswitchd has taken it in, and says which interfaces do not work then: what
/// `ovs-vsctl` without `--no-wait` does, and the verdict that it does not give.
///
/// # Errors
/// [`ConfirmError`]; with [`ConfirmError::NotTakenIn`] the change is in the database all the same.
///
/// # Cancel safety
/// Dropping the future before the commit is answered makes its outcome unknown; after it, only the verdict is lost.
pub async fn commit_and_confirm(
    replica: &Replica,
    mut transaction: Transaction,
    limit: Duration,
) -> Result<Confirmation, ConfirmError> {
    let before = failures(&replica.snapshot())?;
    transaction.mutate(
        Where::<OpenVSwitch>::every(),
        Mutations::new().add(OpenVSwitch::NEXT_CFG, 1),
    );
    let read = transaction.select(Where::<OpenVSwitch>::every(), [OpenVSwitch::NEXT_CFG.name()]);
    let receipt = replica.client().commit(transaction).await?.into_result()?;
    let row = receipt.rows(read).first();
    let next_cfg = row
        .and_then(|row| row.get(OpenVSwitch::NEXT_CFG.name()))
        .and_then(Datum::one)
        .and_then(Atom::as_integer)
        .ok_or_else(|| Error::decode("transact", &"no next_cfg in the answer"))?;
    let taken_in = replica.wait_for(limit, |snapshot| {
        let cur_cfg = snapshot
            .only::<OpenVSwitch>()
            .and_then(|row| row.map(|row| row.cur_cfg()).transpose());
        match cur_cfg {
            Ok(Some(cur_cfg)) if cur_cfg >= next_cfg => Some(Ok((cur_cfg, snapshot.clone()))),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    });
    let (cur_cfg, after) = match taken_in.await {
        Ok(found) => found?,
        Err(Error::TimedOut { .. }) => return Err(ConfirmError::NotTakenIn { limit, next_cfg }),
        Err(error) => return Err(error.into()),
    };
    let mut failures = failures(&after)?;
    for failure in &mut failures {
        failure.is_new = !before.iter().any(|known| known.uuid == failure.uuid);
    }
    Ok(Confirmation {
        receipt,
        cur_cfg,
        failures,
    })
}

/// The interfaces that do not work in a snapshot, none of them called new.
///
/// # Errors
/// If the replica does not hold `Interface` with its name and ofport.
pub fn failures(snapshot: &Snapshot) -> Result<Vec<InterfaceFailure>, ColumnError> {
    let mut failures = Vec::new();
    for interface in snapshot.rows::<Interface>()? {
        let error = match interface.error() {
            Ok(error) => error,
            Err(error) if error.is_unsupported() => None,
            Err(error) => return Err(error),
        };
        if error.is_some() || interface.ofport()? == Some(-1) {
            let name = interface.name()?;
            failures.push(InterfaceFailure {
                uuid: interface.uuid(),
                name,
                error,
                is_new: false,
            });
        }
    }
    Ok(failures)
}
