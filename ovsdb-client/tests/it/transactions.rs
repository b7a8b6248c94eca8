//! Typed transactions on a real ovsdb-server.

use std::{convert::Infallible, time::Duration};

use ovsdb_client::{
    Client,
    replica::Selection,
    table::{ColumnError, Table},
    transaction::{Mutations, Outcome, Transaction, TransactionError, Values},
    vswitch::{Bridge, Interface, OpenVSwitch, Port, PortVlanMode, QoS, Queue},
    wire::{Datum, ErrorKind},
};
use test_support::Suite;

use crate::support::{Checked, SOON, add_bridge, commit, real};

fn everything() -> Selection {
    Selection::new()
        .table::<OpenVSwitch>()
        .table::<Bridge>()
        .table::<Port>()
        .table::<Interface>()
}

/// Adds a port to a bridge.
fn add_port(transaction: &mut Transaction, bridge: &str, name: &str) {
    let interface = transaction.insert(Values::<Interface>::new().set(Interface::NAME, name));
    let port = transaction.insert(
        Values::<Port>::new()
            .set(Port::NAME, name)
            .refer(Port::INTERFACES, [&interface]),
    );
    let added = transaction.mutate(
        Bridge::NAME.equals(bridge),
        Mutations::new().refer(Bridge::PORTS, [&port]),
    );
    transaction.expect_count(added, 1);
}

pub(crate) fn add_to(suite: &mut Suite) {
    real(
        suite,
        "a_typed_transaction_is_read_back_typed",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(&client, &add_bridge("br0", &[])).await?;
            let replica = client.monitor(everything()).await?;
            let mut transaction = Transaction::new();
            add_port(&mut transaction, "br0", "eth7");
            transaction.comment("add eth7");
            let receipt = client.commit(transaction).await?.into_result()?;
            assert_eq!(receipt.results().len(), 4);
            let port = replica.snapshot().find(Port::NAME, "eth7")?.ok_or("no eth7")?;

            let mut transaction = Transaction::new();
            let mode = Values::new()
                .set(Port::VLAN_MODE, PortVlanMode::NativeUntagged)
                .set(Port::TAG, 7);
            let update = transaction.update(&port, mode);
            transaction.mutate(
                &port,
                Mutations::new()
                    .insert(Port::TRUNKS, [3, 4])
                    .put(Port::EXTERNAL_IDS, [("a", "1")]),
            );
            transaction.expect_count(update, 1);
            assert!(client.commit(transaction).await?.is_committed());
            let mut transaction = Transaction::new();
            transaction.mutate(
                &port,
                Mutations::new()
                    .remove(Port::TRUNKS, [3])
                    .put(Port::EXTERNAL_IDS, [("a", "2"), ("b", "3")])
                    .remove_keys(Port::EXTERNAL_IDS, ["b"]),
            );
            assert!(client.commit(transaction).await?.is_committed());
            let port = replica.snapshot().find(Port::NAME, "eth7")?.ok_or("no eth7")?;
            assert_eq!(
                (port.tag()?, port.vlan_mode()?),
                (Some(7), Some(PortVlanMode::NativeUntagged))
            );
            assert_eq!(port.trunks()?.iter().collect::<Vec<_>>(), [4]);
            assert_eq!(port.external_ids()?.texts().collect::<Vec<_>>(), [("a", "2")]);
            Ok(())
        },
    );

    real(
        suite,
        "trap_30_an_update_of_no_row_is_unchanged_or_an_unexpected_count",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let build = || {
                let mut transaction = Transaction::new();
                let update = transaction.update(Port::NAME.equals("gone"), Values::new().set(Port::TAG, 1));
                (transaction, update)
            };
            assert!(matches!(client.commit(build().0).await?, Outcome::Unchanged(_)));
            let (mut transaction, update) = build();
            transaction.expect_count(update, 1);
            let error = client
                .commit(transaction)
                .await?
                .into_result()
                .err()
                .ok_or("it was accepted")?;
            assert!(
                matches!(
                    error,
                    TransactionError::UnexpectedCount {
                        expected: 1,
                        found: 0,
                        ..
                    }
                ),
                "{error}"
            );
            Ok(())
        },
    );

    real(
        suite,
        "trap_25_a_failed_commit_is_told_from_a_failed_operation",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(&client, &add_bridge("br0", &[])).await?;
            let mut transaction = Transaction::new();
            add_port(&mut transaction, "br0", "br0");
            let Outcome::Rejected {
                operation: None,
                error,
            } = client.commit(transaction).await?
            else {
                return Err("a second br0 was accepted".into());
            };
            assert_eq!(error.kind(), ErrorKind::ConstraintViolation, "{error}");
            Ok(())
        },
    );

    real(
        suite,
        "a_conflict_is_built_anew_from_what_is_there_now",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(&client, &add_bridge("br0", &[])).await?;
            let replica = client.monitor(everything()).await?;
            let other = Client::connect(&server.remote()).await?;
            let increment = |by: &'static str, snapshot: &ovsdb_client::replica::Snapshot| {
                let row = snapshot.only::<OpenVSwitch>().expect("monitored").expect("a row");
                let count: i64 = row
                    .external_ids()
                    .expect("monitored")
                    .text("count")
                    .map_or(0, |text| text.parse().expect("a number of this test"));
                let mut transaction = Transaction::new();
                transaction.verify(&row, ["external_ids"]).expect("monitored");
                let pairs = [("count", (count + 1).to_string()), ("by", by.to_owned())];
                transaction.mutate(&row, Mutations::new().put(OpenVSwitch::EXTERNAL_IDS, pairs));
                Ok::<_, Infallible>(transaction)
            };
            let theirs = other.monitor(everything()).await?;
            let both = [(replica.clone(), "a"), (theirs, "b")].map(|(replica, by)| async move {
                for _ in 0..50 {
                    replica.transact(SOON, |snapshot| increment(by, snapshot)).await?;
                }
                Checked::Ok(())
            });
            let [a, b] = both;
            let (a, b) = tokio::join!(a, b);
            a?;
            b?;
            let count = |snapshot: &ovsdb_client::replica::Snapshot| {
                let row = snapshot.only::<OpenVSwitch>().ok()??;
                (row.external_ids().ok()?.text("count") == Some("100")).then_some(())
            };
            replica.wait_for(SOON, count).await?;
            Ok(())
        },
    );

    real(
        suite,
        "a_row_that_is_gone_is_a_conflict_for_who_relies_on_it",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(&client, &add_bridge("br0", &[("eth7", None)])).await?;
            let replica = client.monitor(everything()).await?;
            let port = replica.snapshot().find(Port::NAME, "eth7")?.ok_or("no eth7")?;
            let note = |text: &'static str| {
                let mut transaction = Transaction::new();
                transaction.verify_exists(&port);
                let pairs = Mutations::new().put(Bridge::EXTERNAL_IDS, [("seen", text)]);
                transaction.mutate(Bridge::NAME.equals("br0"), pairs);
                transaction
            };
            assert!(client.commit(note("a")).await?.is_committed());
            let mut transaction = Transaction::new();
            let gone = Mutations::new().unrefer(Bridge::PORTS, [port.uuid()]);
            transaction.mutate(Bridge::NAME.equals("br0"), gone);
            assert!(client.commit(transaction).await?.is_committed());
            let outcome = client.commit(note("b")).await?;
            let error = outcome.into_result().err().ok_or("it was accepted")?;
            assert!(error.is_conflict(), "{error}");
            let bridge = replica.snapshot().find(Bridge::NAME, "br0")?.ok_or("no br0")?;
            assert_eq!(bridge.external_ids()?.text("seen"), Some("a"));
            Ok(())
        },
    );

    real(
        suite,
        "rows_are_found_by_what_their_columns_hold",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let ports = [("eth1", Some(5)), ("eth2", Some(5)), ("eth3", None)];
            commit(&client, &add_bridge("br0", &ports)).await?;
            let mut transaction = Transaction::new();
            let trunk = Values::new().set(Port::TRUNKS, [7, 8]);
            transaction.update(Port::NAME.equals("eth3"), trunk);
            assert!(client.commit(transaction).await?.is_committed());
            // Here, in a snapshot.
            let snapshot = client.monitor(everything()).await?.snapshot();
            let names = |tag: Option<i64>| -> Result<Vec<String>, ColumnError> {
                let ports = snapshot.find_all(Port::TAG, tag)?;
                let names: Result<Vec<String>, _> =
                    ports.iter().map(|port| Ok(port.name()?.to_string())).collect();
                names.map(|mut names| {
                    names.sort();
                    names
                })
            };
            assert_eq!(names(Some(5))?, ["eth1", "eth2"]);
            assert_eq!(names(None)?, ["br0", "eth3"]);
            assert!(names(Some(6))?.is_empty());
            // There, by the server.
            let mut transaction = Transaction::new();
            let with = transaction.select(Port::TRUNKS.includes([7]), ["name"]);
            let without = transaction.select(Port::TRUNKS.excludes([7]), ["name"]);
            let receipt = client.commit(transaction).await?.into_result()?;
            let [found] = receipt.rows(with) else {
                return Err(format!("{:?}", receipt.rows(with)).into());
            };
            assert_eq!(found.get("name"), Some(&Datum::from("eth3")));
            assert_eq!(receipt.rows(without).len(), 3);
            Ok(())
        },
    );

    real(
        suite,
        "a_map_of_rows_refers_to_rows_of_the_same_transaction",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let mut transaction = Transaction::new();
            let (slow, fast) = (
                transaction.insert(Values::<Queue>::new().set(Queue::DSCP, 8)),
                transaction.insert(Values::<Queue>::new().set(Queue::DSCP, 46)),
            );
            let queues = Values::<QoS>::new()
                .set(QoS::TYPE, "linux-htb")
                .refer_map(QoS::QUEUES, [(0, &slow), (7, &fast)]);
            transaction.insert(queues);
            let receipt = client.commit(transaction).await?.into_result()?;
            let replica = client.monitor(Selection::new().table::<QoS>()).await?;
            let qos = replica.snapshot().only::<QoS>()?.ok_or("no QoS")?;
            let queues: Vec<_> = qos.queues()?.iter().map(|(key, row)| (key, Some(row))).collect();
            assert_eq!(queues, [(0, receipt.uuid(&slow)), (7, receipt.uuid(&fast))]);
            Ok(())
        },
    );

    real(
        suite,
        "a_wait_ends_in_time_and_a_dropped_one_is_canceled",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let waiting = |limit| {
                let mut transaction = Transaction::new();
                let wanted = Values::new().set(Bridge::NAME, "br9");
                transaction.wait_until(limit, Bridge::NAME.equals("br9"), [wanted]);
                transaction
            };
            let outcome = client.commit(waiting(Duration::from_millis(50))).await?;
            let error = outcome.into_result().err().ok_or("br9 came")?;
            assert_eq!(error.rejection(), Some(ErrorKind::TimedOut));
            let long = client.commit(waiting(Duration::from_secs(1000)));
            assert!(
                tokio::time::timeout(Duration::from_millis(100), long)
                    .await
                    .is_err()
            );
            // The session goes on, and the server holds no transaction of it any more.
            client.echo().await?;
            commit(&client, &add_bridge("br9", &[])).await?;
            Ok(())
        },
    );

    real(
        suite,
        "a_wait_may_last_longer_than_a_request",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::builder()
                .remotes(server.remote())
                .request_limit(Duration::from_millis(300))
                .connect()
                .await?;
            let waiting = |limit| {
                let mut transaction = Transaction::new();
                let wanted = Values::new().set(Bridge::NAME, "br9");
                transaction.wait_until(limit, Bridge::NAME.equals("br9"), [wanted]);
                transaction
            };
            let outcome = client.commit(waiting(Duration::from_millis(900))).await?;
            let error = outcome.into_result().err().ok_or("br9 came")?;
            assert_eq!(error.rejection(), Some(ErrorKind::TimedOut), "{error}");
            let comes = async {
                tokio::time::sleep(Duration::from_millis(700)).await;
                commit(&client, &add_bridge("br9", &[])).await
            };
            let (waited, came) = tokio::join!(client.commit(waiting(Duration::MAX)), comes);
            came?;
            waited?.into_result()?;
            Ok(())
        },
    );
}
