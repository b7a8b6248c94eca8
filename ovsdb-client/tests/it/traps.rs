//! The traps of the protocol that take a session to show; those of the notation are tested beside it, in `wire`.

use std::time::Duration;

use ovsdb_client::{
    Client,
    replica::{Event, ResyncReason, Selection, TableSelection, TypedChange},
    server::ScriptedServer,
    transaction::{Outcome, Transaction, Values},
    vswitch::{self, Bridge, Interface, OpenVSwitch, Port, Queue},
};
use serde_json::json;
use test_support::Suite;

use crate::{
    hostile::{SCHEMA, monitored, names, serve_monitor, session},
    load::blocking,
    support::{Failed, SOON, add_bridge, case, commit, operation, real},
};

pub(crate) fn add_to(suite: &mut Suite) {
    case(suite, "trap_11_it_reads_while_it_writes", || async {
        let mut server = ScriptedServer::new();
        let (client, mut peer) = session(&mut server).await?;
        // Both sides have more to say than the connection holds, and the peer does not read before it has spoken.
        let long = "x".repeat(2 << 20);
        let insert = [operation(&format!(
            r#"{{"op":"insert","table":"T","row":{{"name":"{long}"}}}}"#
        ))];
        let serve = async {
            let noise = format!(r#"{{"method":"noise","params":["{long}"],"id":null}}"#);
            peer.send(noise.as_bytes()).await?;
            let request = peer.expect("transact").await?;
            peer.reply(&request.id, &json!([{"error": "aborted"}])).await
        };
        let both = async { tokio::join!(client.transact(&insert), serve) };
        let (result, served) = tokio::time::timeout(SOON, both).await?;
        served?;
        assert!(result?.error().is_some());
        Ok(())
    });

    real(
        suite,
        "trap_12_a_slow_reader_gets_the_difference",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::builder()
                .remotes(server.remote())
                .event_capacity(4)
                .connect()
                .await?;
            let replica = client.monitor(Selection::new().table::<Queue>()).await?;
            let mut watch = replica.watch();
            for _ in 0..50 {
                commit(
                    &client,
                    &[operation(r#"{"op":"insert","table":"Queue","row":{}}"#)],
                )
                .await?;
            }
            let event = tokio::time::timeout(SOON, watch.next())
                .await?
                .ok_or("no event")?;
            let Event::Resync(resync) = &event else {
                panic!("{event:?}")
            };
            assert_eq!(resync.reason, ResyncReason::Lagged(50));
            assert_eq!(event.changes_of::<Queue>().count(), 50);
            commit(
                &client,
                &[operation(r#"{"op":"insert","table":"Queue","row":{}}"#)],
            )
            .await?;
            let event = tokio::time::timeout(SOON, watch.next())
                .await?
                .ok_or("no event")?;
            assert!(matches!(event, Event::Commit(_)), "{event:?}");
            Ok(())
        },
    );

    case(suite, "trap_13_a_cancel_needs_no_answer", || async {
        let mut server = ScriptedServer::new();
        let (client, mut peer) = session(&mut server).await?;
        let wait = [operation(
            r#"{"op":"wait","table":"T","where":[],"until":"==","rows":[]}"#,
        )];
        let dropped = tokio::time::timeout(Duration::from_millis(50), client.transact(&wait));
        let (dropped, request) = tokio::join!(dropped, peer.expect("transact"));
        assert!(dropped.is_err());
        let cancel = peer.expect("cancel").await?;
        assert_eq!(cancel.params.get(), format!("[{}]", request?.id));
        // Nothing waits for an answer to either.
        let (echo, served) = tokio::join!(client.echo(), async {
            let request = peer.expect("echo").await?;
            peer.reply(&request.id, &json!([])).await
        });
        served?;
        echo?;
        Ok(())
    });

    real(
        suite,
        "trap_14_the_update_precedes_the_answer",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let replica = client.monitor(Selection::new().table::<Queue>()).await?;
            for count in 1..=200 {
                commit(
                    &client,
                    &[operation(r#"{"op":"insert","table":"Queue","row":{}}"#)],
                )
                .await?;
                assert_eq!(replica.snapshot().count::<Queue>()?, count);
            }
            Ok(())
        },
    );

    real(
        suite,
        "trap_15_a_converted_database_is_monitored_anew",
        |server| async move {
            let old = vswitch::schema(vswitch::FIRST_VERSION)?;
            let server = server.schema_text(serde_json::to_string(&old)?).start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(&client, &add_bridge("br0", &[])).await?;
            let replica = client.monitor(Selection::new().table::<Port>()).await?;
            let snapshot = replica.snapshot();
            let port = snapshot.find(Port::NAME, "br0")?.ok_or("no br0")?;
            assert!(port.protected().is_err_and(|error| error.is_unsupported()));
            server.client(&["convert", &server.remote(), test_support::PACKAGED_SCHEMA])?;
            let protected = replica
                .wait_for(SOON, |snapshot| {
                    snapshot.find(Port::NAME, "br0").ok()??.protected().ok()
                })
                .await?;
            assert!(!protected);
            assert!(client.schema().version > vswitch::FIRST_VERSION);
            assert!(port.protected().is_err(), "an old snapshot stays what it was");
            Ok(())
        },
    );

    real(
        suite,
        "trap_18_a_full_resync_is_one_difference_with_its_deletions",
        |server| async move {
            let mut server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(
                &client,
                &add_bridge("br0", &[("kept", Some(1)), ("gone", None), ("changed", None)]),
            )
            .await?;
            let replica = client.monitor(Selection::new().table::<Port>()).await?;
            let before = replica.snapshot();
            let mut watch = replica.watch();
            server.stop();
            let database = server
                .databases()
                .first()
                .ok_or("no database")?
                .display()
                .to_string();
            let behind_its_back = r#"["Open_vSwitch",
            {"op":"update","table":"Port","where":[["name","==","changed"]],"row":{"tag":9}},
            {"op":"select","table":"Port","where":[["name","==","gone"]],"columns":["_uuid"]}]"#;
            let gone = before.find(Port::NAME, "gone")?.ok_or("no gone")?;
            let uuid = ovsdb_client::table::Table::uuid(&gone);
            let drop_port = format!(
                r#"["Open_vSwitch",{{"op":"mutate","table":"Bridge","where":[],"mutations":[["ports","delete",["uuid","{uuid}"]]]}}]"#
            );
            for change in [behind_its_back, &drop_port] {
                test_support::Tool::OVSDB_TOOL.run(&["transact", &database, change])?;
            }
            blocking(|| server.start_again())?;
            let event = tokio::time::timeout(SOON, watch.next())
                .await?
                .ok_or("no event")?;
            let Event::Resync(resync) = &event else {
                panic!("{event:?}")
            };
            assert_eq!(resync.reason, ResyncReason::Reconnected);
            let (mut deleted, mut modified) = (Vec::new(), Vec::new());
            for change in event.changes_of::<Port>() {
                match change {
                    TypedChange::Deleted(port) => deleted.push(port.name()?),
                    TypedChange::Modified { old, new } => modified.push((old.tag()?, new.tag()?)),
                    TypedChange::Inserted(port) => return Err(format!("{port:?} is new").into()),
                }
            }
            assert_eq!((deleted, modified), (vec!["gone".into()], vec![(None, Some(9))]));
            assert_eq!(before.count::<Port>()?, 4, "an old snapshot stays what it was");
            Ok(())
        },
    );

    real(
        suite,
        "trap_22_conditions_of_a_monitor_are_alternatives",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            commit(
                &client,
                &add_bridge("br0", &[("a", Some(1)), ("b", Some(2)), ("c", Some(3))]),
            )
            .await?;
            let ports = |tags: &[i64]| {
                let table = tags.iter().fold(TableSelection::<Port>::new(), |table, tag| {
                    table.rows_where(Port::TAG.equals(Some(*tag)))
                });
                Selection::new().with(table)
            };
            let replica = client.monitor(ports(&[1, 2])).await?;
            assert_eq!(replica.snapshot().count::<Port>()?, 2);
            replica.set_conditions(&ports(&[3])).await?;
            let names: Vec<_> = replica
                .snapshot()
                .rows::<Port>()?
                .map(|port| port.name())
                .collect::<Result<_, _>>()?;
            assert_eq!(names, ["c".into()]);
            replica.set_conditions(&ports(&[])).await?;
            assert_eq!(
                replica.snapshot().count::<Port>()?,
                4,
                "no condition means every row, and is sent as true"
            );
            replica
                .set_conditions(&Selection::new().with(TableSelection::<Port>::new().no_rows()))
                .await?;
            assert_eq!(replica.snapshot().count::<Port>()?, 0);
            Ok(())
        },
    );

    case(
        suite,
        "trap_23_a_condition_change_on_its_way_makes_the_position_useless",
        || async {
            let mut server = ScriptedServer::new();
            let (client, mut peer) = session(&mut server).await?;
            let everything = Selection::new().table_named("T");
            let row = json!({"00000000-0000-0000-0000-00000000000a": {"initial": {"name": "a"}}});
            let position = "00000000-0000-0000-0000-0000000000ff";
            let serve = async {
                let request = peer.expect("monitor_cond_since").await?;
                peer.reply(&request.id, &json!([false, position, { "T": row }]))
                    .await
            };
            let (replica, served) = tokio::join!(client.monitor(everything.clone()), serve);
            served?;
            let replica = replica?;
            // Without a change the next session continues from the position.
            drop(peer);
            let mut peer = server.accept_session("D", SCHEMA).await?;
            let request = peer.expect("monitor_cond_since").await?;
            assert!(
                request.params.get().ends_with(&format!("\"{position}\"]")),
                "{}",
                request.params
            );
            peer.reply(&request.id, &json!([true, position, {}])).await?;
            replica
                .wait_for(SOON, |_| replica.is_current().then_some(()))
                .await?;
            // With one on its way it begins anew.
            let change = replica.set_conditions(&everything);
            let serve = async {
                peer.expect("monitor_cond_change").await?;
                drop(peer);
                let mut peer = server.accept_session("D", SCHEMA).await?;
                let request = serve_monitor(&mut peer, &row).await?;
                assert!(
                    request
                        .params
                        .get()
                        .ends_with("\"00000000-0000-0000-0000-000000000000\"]"),
                    "{}",
                    request.params
                );
                Ok::<_, Failed>(peer)
            };
            let (changed, served) = tokio::join!(change, serve);
            changed?;
            served?;
            assert_eq!(names(&replica), ["a"]);
            Ok(())
        },
    );

    real(
        suite,
        "trap_24_monitors_of_one_client_have_ids_of_their_own",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let one = client.monitor(Selection::new().table::<Queue>()).await?;
            // A column that is named twice is asked for once: the server refuses duplicates.
            let twice = TableSelection::<Port>::new()
                .column(Port::NAME)
                .column(Port::NAME);
            let two = client
                .monitor(Selection::new().table::<Queue>().with(twice))
                .await?;
            commit(
                &client,
                &[operation(r#"{"op":"insert","table":"Queue","row":{}}"#)],
            )
            .await?;
            assert_eq!(
                (one.snapshot().count::<Queue>()?, two.snapshot().count::<Queue>()?),
                (1, 1)
            );
            drop(one);
            commit(
                &client,
                &[operation(r#"{"op":"insert","table":"Queue","row":{}}"#)],
            )
            .await?;
            assert_eq!(two.snapshot().count::<Queue>()?, 2);
            Ok(())
        },
    );

    real(
        suite,
        "trap_27_what_nothing_refers_to_vanishes_with_the_commit",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let replica = client.monitor(Selection::new().table::<Interface>()).await?;
            let insert = operation(r#"{"op":"insert","table":"Interface","row":{"name":"x"}}"#);
            commit(&client, &[insert]).await?;
            assert_eq!(replica.snapshot().count::<Interface>()?, 0);
            let mut transaction = Transaction::new();
            transaction.insert(Values::<Interface>::new().set(Interface::NAME, "x"));
            let error = client.commit(transaction).await.err().ok_or("it was sent")?;
            assert!(error.to_string().contains("would vanish"), "{error}");
            Ok(())
        },
    );

    real(
        suite,
        "trap_28_references_are_typed_and_may_point_forward",
        |server| async move {
            let server = server.vswitch().start()?;
            let client = Client::connect(&server.remote()).await?;
            let replica = client
                .monitor(Selection::new().table::<OpenVSwitch>().table::<Bridge>())
                .await?;
            let mut transaction = Transaction::new();
            let interface = transaction.insert(Values::<Interface>::new().set(Interface::NAME, "br0"));
            let port = transaction.insert(
                Values::<Port>::new()
                    .set(Port::NAME, "br0")
                    .refer(Port::INTERFACES, [&interface]),
            );
            let bridge = transaction.insert(
                Values::<Bridge>::new()
                    .set(Bridge::NAME, "br0")
                    .refer(Bridge::PORTS, [&port]),
            );
            transaction.insert(Values::<OpenVSwitch>::new().refer(OpenVSwitch::BRIDGES, [&bridge]));
            let Outcome::Committed(receipt) = client.commit(transaction).await? else {
                return Err("refused".into());
            };
            let uuid = receipt.uuid(&bridge).ok_or("no uuid")?;
            assert!(replica.snapshot().row(uuid).is_some());
            Ok(())
        },
    );

    case(suite, "trap_31_inserts_never_ask_for_a_uuid", || async {
        let mut transaction = Transaction::new();
        transaction.insert(Values::<OpenVSwitch>::new());
        let json = serde_json::to_string(transaction.operations())?;
        assert!(
            json.contains("\"uuid-name\"") && !json.contains("\"uuid\":"),
            "{json}"
        );
        Ok(())
    });

    case(suite, "a_dropped_replica_cancels_its_monitor", || async {
        let mut server = ScriptedServer::new();
        let (client, mut peer) = session(&mut server).await?;
        let (replica, id) = monitored(&client, &mut peer, json!({})).await?;
        drop(replica);
        assert_eq!(
            peer.expect("monitor_cancel").await?.params.get(),
            format!("[{id}]")
        );
        Ok(())
    });
}
