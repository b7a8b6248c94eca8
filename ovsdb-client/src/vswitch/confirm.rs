//! Whether ovs-vswitchd did what the database says.

use std::{sync::Arc, time::Duration};

use super::generated::{Interface, OpenVSwitch};
use crate::{
    Error,
    replica::{Replica, Snapshot},
    table::{ColumnError, RowUuid, Table},
    transaction::{Mutations, Receipt, Transaction, TransactionError, Where},
    wire::{Atom, Datum, Operation},
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
    /// It was not sent, for the database has no row in `Open_vSwitch` to confirm it by.
    #[error("nothing was changed: the database has no Open_vSwitch row; run ovs-vsctl --no-wait init")]
    NoRoot,
    /// It was not sent, for the replica does not hold what is needed: `Open_vSwitch.cur_cfg`, `Interface.name`,
    /// `Interface.ofport`, and `Interface.error` where the server has it.
    #[error("nothing was changed: {0}")]
    Column(ColumnError),
    /// It is in the database, and ovs-vswitchd has not taken it in within the time.
    #[error("the change is committed, but ovs-vswitchd has not taken it in within {limit:?}: is it running?")]
    NotTakenIn {
        /// The results of the transaction.
        receipt: Box<Receipt>,
        /// The time that it had.
        limit: Duration,
        /// The configuration that was waited for.
        next_cfg: i64,
    },
    /// It is in the database, and whether ovs-vswitchd has taken it in cannot be known.
    #[error("the change is committed, but what ovs-vswitchd makes of it cannot be known: {why}")]
    Unconfirmed {
        /// The results of the transaction.
        receipt: Box<Receipt>,
        /// What happened after the commit.
        why: Box<Unconfirmed>,
    },
}

/// What keeps a committed change from being confirmed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unconfirmed {
    /// The replica has ended, or the answer does not say what to wait for.
    #[error(transparent)]
    Client(#[from] Error),
    /// The database was converted to a schema that lacks what is needed.
    #[error(transparent)]
    Column(#[from] ColumnError),
}

impl ConfirmError {
    /// Whether the change is in the database all the same.
    pub fn is_committed(&self) -> bool {
        matches!(
            self,
            ConfirmError::NotTakenIn { .. }
                | ConfirmError::Unconfirmed { .. }
                | ConfirmError::Transaction(TransactionError::UnexpectedCount { .. })
        )
    }

    /// Whether the change may or may not be in the database.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, ConfirmError::Transaction(error) if error.is_outcome_unknown())
    }
}

impl Confirmation {
    /// The interfaces that the change broke.
    pub fn new_failures(&self) -> impl Iterator<Item = &InterfaceFailure> {
        self.failures.iter().filter(|failure| failure.is_new)
    }
}

/// Commits a transaction, waits until ovs-vswitchd has taken it in, and says which interfaces do not work then: what
/// `ovs-vsctl` without `--no-wait` does, and the verdict that it does not give. `limit` is the time that
/// ovs-vswitchd has, from the commit on.
///
/// # Errors
/// [`ConfirmError`]; [`ConfirmError::is_committed`] tells whether the change is in the database all the same.
///
/// # Cancel safety
/// Dropping the future before the commit is answered makes its outcome unknown; after it, only the verdict is lost.
pub async fn commit_and_confirm(
    replica: &Replica,
    mut transaction: Transaction,
    limit: Duration,
) -> Result<Confirmation, ConfirmError> {
    let before = confirmable(&replica.snapshot(), &transaction)?;
    transaction.mutate(
        Where::<OpenVSwitch>::every(),
        Mutations::new().add(OpenVSwitch::NEXT_CFG, 1),
    );
    let read = transaction.select(Where::<OpenVSwitch>::every(), [OpenVSwitch::NEXT_CFG.name()]);
    let receipt = replica.client().commit(transaction).await?.into_result()?;
    let next_cfg = receipt
        .rows(read)
        .first()
        .and_then(|row| row.get(OpenVSwitch::NEXT_CFG.name()))
        .and_then(Datum::one)
        .and_then(Atom::as_integer);
    let Some(next_cfg) = next_cfg else {
        // The row was deleted since the replica was looked at.
        let why = Error::decode("transact", &"it has no next_cfg");
        return Err(unconfirmed(receipt, why));
    };
    let taken_in = replica.wait_for(limit, |snapshot| {
        let cur_cfg = snapshot
            .only::<OpenVSwitch>()
            .and_then(|row| row.map(|row| row.cur_cfg()).transpose());
        match cur_cfg {
            Ok(Some(cur_cfg)) if cur_cfg >= next_cfg => {
                Some(failures(snapshot).map(|failures| (cur_cfg, failures)))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    });
    let (cur_cfg, mut failures) = match taken_in.await {
        Ok(Ok(taken_in)) => taken_in,
        Ok(Err(error)) => return Err(unconfirmed(receipt, error)),
        Err(Error::TimedOut { .. }) => {
            return Err(ConfirmError::NotTakenIn {
                receipt: Box::new(receipt),
                limit,
                next_cfg,
            });
        }
        Err(error) => return Err(unconfirmed(receipt, error)),
    };
    for failure in &mut failures {
        failure.is_new = !before.iter().any(|known| known.uuid == failure.uuid);
    }
    Ok(Confirmation {
        receipt,
        cur_cfg,
        failures,
    })
}

/// The failures before a change, if the replica holds all that a confirmation needs.
fn confirmable(
    snapshot: &Snapshot,
    transaction: &Transaction,
) -> Result<Vec<InterfaceFailure>, ConfirmError> {
    let error = match snapshot.holds(Interface::ERROR) {
        Err(error) if error.is_unsupported() => Ok(()),
        held => held,
    };
    let root = error
        .and_then(|()| snapshot.holds(OpenVSwitch::CUR_CFG))
        .and_then(|()| snapshot.holds(Interface::NAME))
        .and_then(|()| snapshot.holds(Interface::OFPORT))
        .and_then(|()| snapshot.only::<OpenVSwitch>())
        .map_err(ConfirmError::Column)?;
    let is_root = |operation: &Operation| matches!(operation, Operation::Insert { table, .. } if **table == *OpenVSwitch::NAME);
    if root.is_none() && !transaction.operations().iter().any(is_root) {
        return Err(ConfirmError::NoRoot);
    }
    failures(snapshot).map_err(ConfirmError::Column)
}

fn unconfirmed(receipt: Receipt, why: impl Into<Unconfirmed>) -> ConfirmError {
    ConfirmError::Unconfirmed {
        receipt: Box::new(receipt),
        why: Box::new(why.into()),
    }
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
