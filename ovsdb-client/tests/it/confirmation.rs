//! Confirmation by ovs-vswitchd, played here by a second client.

use std::time::Duration;

use ovsdb_client::{
    Client,
    replica::{Replica, Selection, TableSelection},
    transaction::{Mutations, Transaction, Values, Where},
    vswitch::{Bridge, ConfirmError, Interface, OpenVSwitch, Port, Queue, commit_and_confirm},
};
use test_support::Suite;

use crate::support::{Checked, Failed, SOON, add_bridge, commit, real};

/// Takes each new configuration in: gives every interface an ofport, or an error if there is no such device.
async fn act_as_vswitchd(replica: Replica) -> Checked {
    let mut watch = replica.watch();
    loop {
        let snapshot = watch.snapshot().clone();
        if let Some(row) = snapshot.only::<OpenVSwitch>()?
            && row.cur_cfg()? < row.next_cfg()?
        {
            let mut transaction = Transaction::new();
            for interface in snapshot.rows::<Interface>()? {
                let values = if interface.name()?.starts_with("gone") {
                    Values::new().set(Interface::OFPORT, -1).set(
                        Interface::ERROR,
                        Some("could not open network device (No such device)".into()),
                    )
                } else {
                    Values::new().set(Interface::OFPORT, 1)
                };
                transaction.update(&interface, values);
            }
            let taken_in = Values::new().set(OpenVSwitch::CUR_CFG, row.next_cfg()?);
            transaction.update(Where::<OpenVSwitch>::every(), taken_in);
            replica.client().commit(transaction).await?.into_result()?;
        }
        if watch.next().await.is_none() {
            return Ok(());
        }
    }
}

fn add_port(name: &str) -> Transaction {
    let mut transaction = Transaction::new();
    let interface = transaction.insert(Values::<Interface>::new().set(Interface::NAME, name));
    let port = transaction.insert(
        Values::<Port>::new()
            .set(Port::NAME, name)
            .refer(Port::INTERFACES, [&interface]),
    );
    transaction.mutate(
        Bridge::NAME.equals("br0"),
        Mutations::new().refer(Bridge::PORTS, [&port]),
    );
    transaction
}

pub(crate) fn add_to(suite: &mut Suite) {
    real(
        suite,
        "a_change_is_confirmed_with_a_verdict_per_interface",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(&client, &add_bridge("br0", &[("gone0", None)])).await?;
            let tables = Selection::new()
                .table::<OpenVSwitch>()
                .table::<Bridge>()
                .table::<Port>()
                .table::<Interface>();
            let replica = client.monitor(tables.clone()).await?;
            let error = commit_and_confirm(&replica, Transaction::new(), Duration::from_millis(50)).await;
            assert!(matches!(error, Err(ConfirmError::NotTakenIn { .. })), "{error:?}");

            let vswitchd = Client::connect(&server.remote()).await?.monitor(tables).await?;
            let vswitchd = tokio::spawn(act_as_vswitchd(vswitchd));
            let confirmation = commit_and_confirm(&replica, add_port("eth7"), SOON).await?;
            assert_eq!(confirmation.cur_cfg, 2);
            assert_eq!(confirmation.failures.len(), 1, "gone0");
            let confirmation = commit_and_confirm(&replica, add_port("gone1"), SOON).await?;
            let new: Vec<_> = confirmation.new_failures().collect();
            let [failure] = new.as_slice() else {
                panic!("{new:?}")
            };
            assert_eq!(failure.name.as_ref(), "gone1");
            assert!(
                failure
                    .error
                    .as_ref()
                    .is_some_and(|error| error.contains("No such device"))
            );
            vswitchd.abort();
            Ok(())
        },
    );

    real(
        suite,
        "what_cannot_be_confirmed_is_not_sent",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let replica = client.monitor(Selection::new().table::<OpenVSwitch>().table::<Interface>());
            let replica = replica.await?;
            let mut transaction = Transaction::new();
            transaction.insert(Values::<Queue>::new());
            let error = commit_and_confirm(&replica, transaction.clone(), SOON).await;
            assert!(matches!(error, Err(ConfirmError::NoRoot)), "{error:?}");
            commit(&client, &add_bridge("br0", &[])).await?;
            let queues = client.monitor(Selection::new().table::<Queue>()).await?;
            let interface = || TableSelection::<Interface>::new().column(Interface::NAME);
            let open_vswitch = || TableSelection::<OpenVSwitch>::new().column(OpenVSwitch::NEXT_CFG);
            let poor = [
                Selection::new().with(open_vswitch()).table::<Interface>(),
                Selection::new().table::<OpenVSwitch>(),
                Selection::new().table::<OpenVSwitch>().with(interface()),
                Selection::new()
                    .table::<OpenVSwitch>()
                    .with(interface().column(Interface::OFPORT)),
                Selection::new()
                    .table::<OpenVSwitch>()
                    .with(interface().column(Interface::ERROR).no_rows()),
            ];
            for selection in poor {
                let replica = client.monitor(selection).await?;
                let error = commit_and_confirm(&replica, transaction.clone(), SOON).await;
                let error = error.err().ok_or("it was confirmed")?;
                assert!(
                    matches!(error, ConfirmError::Column(_)) && !error.is_committed(),
                    "{error}"
                );
            }
            assert_eq!(queues.snapshot().count::<Queue>()?, 0);
            Ok(())
        },
    );

    real(
        suite,
        "what_is_committed_and_cannot_be_confirmed_says_so",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(&client, &add_bridge("br0", &[])).await?;
            let tables = Selection::new().table::<OpenVSwitch>().table::<Interface>();
            let replica = client.monitor(tables).await?;
            let mut transaction = Transaction::new();
            let queue = transaction.insert(Values::<Queue>::new());
            let confirmed = commit_and_confirm(&replica, transaction, SOON);
            // The database is taken away while ovs-vswitchd is waited for.
            let queues = client.monitor(Selection::new().table::<Queue>()).await?;
            let ends = async {
                queues
                    .wait_for(SOON, |queues| (queues.count::<Queue>().ok()? == 1).then_some(()))
                    .await?;
                let old = r#"{"name":"Open_vSwitch","version":"7.0.0","tables":{"Open_vSwitch":{"isRoot":true,
                    "columns":{"next_cfg":{"type":"integer"}}}}}"#;
                let directory = tempfile::tempdir()?;
                let schema = directory.path().join("old.ovsschema");
                std::fs::write(&schema, old)?;
                server.client(&["convert", &server.remote(), &schema.display().to_string()])?;
                Ok::<_, Failed>(())
            };
            let (confirmed, ended) = tokio::join!(confirmed, ends);
            ended?;
            let error = confirmed.err().ok_or("it was confirmed")?;
            let ConfirmError::Unconfirmed { receipt, .. } = &error else {
                return Err(format!("{error:?}").into());
            };
            assert!(error.is_committed() && receipt.uuid(&queue).is_some());
            assert!(
                error.to_string().starts_with("the change is committed, but"),
                "{error}"
            );
            Ok(())
        },
    );
}
