//! Locks among clients of a real ovsdb-server.

use std::time::Duration;

use ovsdb_client::{Client, ConfigError, Error, LockStatus, transaction::Transaction, wire::ErrorKind};
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

    real(
        suite,
        "a_thief_that_was_robbed_has_the_lock_again_after_the_other",
        |server| async move {
            let server = server.vswitch().start()?;
            let one = Client::connect(&server.remote()).await?;
            let two = Client::connect(&server.remote()).await?;
            let mut ours = one.steal("edit").await?;
            ours.held(SOON).await?;
            let mut theirs = two.steal("edit").await?;
            theirs.held(SOON).await?;
            while ours.status() != LockStatus::Lost {
                tokio::time::timeout(SOON, ours.changed()).await?;
            }
            // Once the request to have it again has reached the server.
            one.echo().await?;
            drop(theirs);
            ours.held(SOON).await?;
            one.commit(asserting(&ours)).await?.into_result()?;
            Ok(())
        },
    );

    real(suite, "a_lock_has_one_handle_in_a_client", |server| async move {
        let server = server.vswitch().start()?;
        let client = Client::connect(&server.remote()).await?;
        let mut lock = client.lock("edit").await?;
        lock.held(SOON).await?;
        for again in [client.lock("edit").await, client.clone().steal("edit").await] {
            let error = again.err().ok_or("a second handle")?;
            assert!(
                matches!(&error, Error::Config(ConfigError::LockInUse { name }) if name == "edit"),
                "{error}"
            );
        }
        client.commit(asserting(&lock)).await?.into_result()?;
        // Dropped and asked for again at once, it is always had, and always given up.
        let other = Client::connect(&server.remote()).await?;
        for _ in 0..200 {
            drop(lock);
            lock = client.lock("edit").await?;
        }
        lock.held(SOON).await?;
        drop(lock);
        for _ in 0..200 {
            drop(client.lock("edit").await?);
        }
        other.lock("edit").await?.held(SOON).await?;
        Ok(())
    });
}

fn asserting(lock: &ovsdb_client::Lock) -> Transaction {
    let mut transaction = Transaction::new();
    transaction.assert(lock);
    transaction
}
