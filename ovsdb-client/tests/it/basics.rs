//! Connect, read, follow and change a real ovsdb-server.

use ovsdb_client::{
    Client,
    replica::{Event, Selection, TypedChange},
    vswitch::{Bridge, Interface, OpenVSwitch, Port},
    wire::{ErrorKind, OperationResult},
};
use test_support::Suite;

use crate::support::{SOON, add_bridge, commit, operation, real};

pub(crate) fn add_to(suite: &mut Suite) {
    real(
        suite,
        "connects_and_asks_for_databases_and_schemas",
        |server| async move {
            let server = server.vswitch().tcp().start()?;
            for remote in [server.remote(), server.tcp_remote().ok_or("no tcp")?] {
                let client = Client::connect(&remote).await?;
                let names = client.list_dbs().await?;
                assert_eq!(names, ["Open_vSwitch", "_Server"]);
                assert_eq!(client.schema().name.as_ref(), "Open_vSwitch");
                assert_eq!(client.get_schema("_Server").await?.name.as_ref(), "_Server");
                let unknown = client
                    .get_schema("Gone")
                    .await
                    .err()
                    .ok_or("a schema of nothing")?;
                assert_eq!(unknown.rejection(), Some(ErrorKind::UnknownDatabase), "{unknown}");
                client.echo().await?;
            }
            Ok(())
        },
    );

    real(suite, "reads_typed_rows_and_follows_them", |server| async move {
        let server = server.vswitch().start()?;
        let client = Client::connect(&server.remote()).await?;
        commit(
            &client,
            &add_bridge("br0", &[("tap345", Some(32)), ("vnet0", None)]),
        )
        .await?;
        let selection = Selection::new()
            .table::<OpenVSwitch>()
            .table::<Bridge>()
            .table::<Port>()
            .table::<Interface>();
        let replica = client.monitor(selection).await?;
        let snapshot = replica.snapshot();
        let bridge = snapshot.find(Bridge::NAME, "br0")?.ok_or("no br0")?;
        assert_eq!(bridge.ports()?.len(), 3);
        let port = snapshot.find(Port::NAME, "tap345")?.ok_or("no tap345")?;
        assert_eq!(port.tag()?, Some(32));
        assert!(bridge.ports()?.contains(&ovsdb_client::table::Table::uuid(&port)));
        let interface = snapshot
            .row(port.interfaces()?.iter().next().ok_or("no interface")?)
            .ok_or("gone")?;
        assert_eq!(interface.name()?.as_ref(), "tap345");
        assert_eq!(
            snapshot
                .find(Interface::NAME, "br0")?
                .ok_or("no br0")?
                .type_()?
                .as_ref(),
            "internal"
        );

        let mut watch = replica.watch();
        commit(&client, &[operation(
            r#"{"op":"update","table":"Port","where":[["name","==","tap345"]],"row":{"tag":["set",[]],"trunks":["set",[1,5]]}}"#,
        )])
        .await?;
        // Read your writes: the replica holds the change when the transaction returns.
        let port = replica
            .snapshot()
            .find(Port::NAME, "tap345")?
            .ok_or("no tap345")?;
        assert_eq!(
            (port.tag()?, port.trunks()?.iter().collect::<Vec<_>>()),
            (None, vec![1, 5])
        );
        let event = tokio::time::timeout(SOON, watch.next())
            .await?
            .ok_or("no event")?;
        assert!(matches!(event, Event::Commit(_)));
        let changes: Vec<_> = event.changes_of::<Port>().collect();
        let [TypedChange::Modified { old, new }] = changes.as_slice() else {
            panic!("{changes:?}")
        };
        assert_eq!((old.tag()?, new.tag()?), (Some(32), None));

        server.vsctl(&["--no-wait", "add-port", "br0", "eth7"])?;
        replica
            .wait_for(SOON, |snapshot| snapshot.find(Port::NAME, "eth7").ok().flatten())
            .await?;
        server.vsctl(&["--no-wait", "del-port", "br0", "eth7"])?;
        replica
            .wait_for(SOON, |snapshot| {
                snapshot.find(Port::NAME, "eth7").ok()?.is_none().then_some(())
            })
            .await?;
        Ok(())
    });

    real(suite, "a_rejected_operation_names_itself", |server| async move {
        let server = server.vswitch().start()?;
        let client = Client::connect(&server.remote()).await?;
        let result = client
            .transact(&[
                operation(r#"{"op":"comment","comment":"first"}"#),
                operation(r#"{"op":"insert","table":"Port","row":{"tag":5000,"name":"x"}}"#),
                operation(r#"{"op":"abort"}"#),
            ])
            .await?;
        let (at, error) = result.error().ok_or("it was accepted")?;
        assert_eq!((at, error.kind()), (Some(1), ErrorKind::ConstraintViolation));
        assert_eq!(result.operations.get(2), Some(&OperationResult::NotExecuted));
        Ok(())
    });

    real(suite, "an_old_schema_is_no_obstacle", |server| async move {
        let old = ovsdb_client::vswitch::schema(ovsdb_client::vswitch::FIRST_VERSION)?;
        let server = server.schema_text(serde_json::to_string(&old)?).start()?;
        let client = Client::connect(&server.remote()).await?;
        commit(&client, &add_bridge("br0", &[])).await?;
        let replica = client
            .monitor(Selection::new().table::<Port>().table::<Interface>())
            .await?;
        let snapshot = replica.snapshot();
        let port = snapshot.find(Port::NAME, "br0")?.ok_or("no br0")?;
        assert!(port.cvlans().is_err_and(|error| error.is_unsupported()));
        assert_eq!(port.tag()?, None);
        assert!(
            snapshot
                .rows::<ovsdb_client::vswitch::AutoAttach>()
                .is_err_and(|error| error.is_unsupported())
        );
        Ok(())
    });
}
