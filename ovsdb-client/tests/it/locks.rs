//! Locks among clients of a real ovsdb-server.

use std::time::Duration;

use ovsdb_client::{Client, LockStatus, transaction::Transaction, wire::ErrorKind};
use test_support::Suite;

use crate::{
    load::blocking,
    support::{SOON, real},
};

pub(crate) fn add_to(suite: &mut Suite) {
    real(
        suite,
        "a_lock_is_held_stolen_and_had_again",
        |server| async move {
            let mut server = server.vswitch().start()?;
            let one = Client::connect(&server.remote()).await?;
            let two = Client::connect(&server.remote()).await?;
            let mut ours = one.lock("edit").await?;
            ours.held(SOON).await?;
            let mut theirs = two.lock("edit").await?;
            let waits = theirs.held(Duration::from_millis(100)).await;
            assert!(waits.is_err_and(|error| error.is_timeout()));

            let asserting = |lock: &ovsdb_client::Lock| {
                let mut transaction = Transaction::new();
                transaction.assert(lock);
                transaction
            };
            one.commit(asserting(&ours)).await?.into_result()?;
            let refused = two
                .commit(asserting(&theirs))
                .await?
                .into_result()
                .err()
                .ok_or("it was accepted")?;
            assert_eq!(refused.rejection(), Some(ErrorKind::NotOwner));

            drop(theirs);
            let mut theirs = two.steal("edit").await?;
            theirs.held(SOON).await?;
            while ours.status() != LockStatus::Lost {
                tokio::time::timeout(SOON, ours.changed()).await?;
            }
            drop(theirs);
            ours.held(SOON).await?;

            // A lost session loses the lock, and the next one has it again.
            server.stop();
            while ours.status() != LockStatus::Lost {
                tokio::time::timeout(SOON, ours.changed()).await?;
            }
            blocking(|| server.start_again())?;
            ours.held(SOON).await?;
            Ok(())
        },
    );
}
