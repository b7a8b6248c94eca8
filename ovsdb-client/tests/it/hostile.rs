//! A scripted peer that does everything wrong that a peer can.

use std::time::Duration;

use ovsdb_client::{
    Client, ClientBuilder, Error,
    replica::{Event, Replica, ResyncReason, Selection},
    server::{Received, ScriptedPeer, ScriptedServer},
    wire::{ErrorKind, JsonId, OvsdbError},
};
use serde_json::json;
use test_support::Suite;

use crate::support::{Failed, SOON, case, operation};

pub(crate) const SCHEMA: &str = r#"{"name":"D","version":"1.0.0","tables":{"T":{"columns":{
    "name":{"type":"string"},"n":{"type":"integer"},
    "set":{"type":{"key":"integer","min":0,"max":"unlimited"}}},"isRoot":true}}}"#;

const A: &str = "00000000-0000-0000-0000-00000000000a";
const B: &str = "00000000-0000-0000-0000-00000000000b";

pub(crate) fn builder(server: &ScriptedServer) -> ClientBuilder {
    Client::builder()
        .remotes(server.remote().to_string())
        .database("D")
        .backoff(Duration::from_millis(1), Duration::from_millis(10))
        .request_limit(SOON)
}

/// A client and the peer that it speaks to.
pub(crate) async fn session(server: &mut ScriptedServer) -> Result<(Client, ScriptedPeer), Failed> {
    let (client, peer) = tokio::join!(builder(server).connect(), server.accept_session("D", SCHEMA));
    Ok((client?, peer?))
}

/// Answers a request for a monitor with rows, in version 3, of a standalone database.
pub(crate) async fn serve_monitor(
    peer: &mut ScriptedPeer,
    rows: &serde_json::Value,
) -> Result<Received, Failed> {
    let request = peer.expect("monitor_cond_since").await?;
    let zero = "00000000-0000-0000-0000-000000000000";
    peer.reply(&request.id, &json!([false, zero, { "T": rows }]))
        .await?;
    Ok(request)
}

/// A replica of table `T` with these rows, and the id of its monitor.
pub(crate) async fn monitored(
    client: &Client,
    peer: &mut ScriptedPeer,
    rows: serde_json::Value,
) -> Result<(Replica, serde_json::Value), Failed> {
    let (replica, request) = tokio::join!(
        client.monitor(Selection::new().table_named("T")),
        serve_monitor(peer, &rows)
    );
    let params: Vec<serde_json::Value> = serde_json::from_str(request?.params.get())?;
    Ok((replica?, params.get(1).cloned().ok_or("no monitor id")?))
}

pub(crate) fn names(replica: &Replica) -> Vec<String> {
    let rows = replica.snapshot();
    let rows = rows.rows_of("T").expect("monitored");
    rows.map(|row| row.datum("name").expect("monitored").to_string())
        .collect()
}

fn update3(id: &serde_json::Value, rows: &serde_json::Value) -> serde_json::Value {
    json!([id, "00000000-0000-0000-0000-000000000000", { "T": rows }])
}

pub(crate) fn add_to(suite: &mut Suite) {
    case(suite, "answers_split_at_each_byte_and_run_together", || async {
        let mut server = ScriptedServer::new();
        let (client, mut peer) = session(&mut server).await?;
        for size in [1, 2, 3, 7, 1000] {
            let (one, two) = (client.list_dbs(), client.list_dbs());
            let answers = async {
                let (first, second) = (peer.receive().await?, peer.receive().await?);
                let mut bytes = Vec::new();
                ovsdb_client::wire::print_response(&mut bytes, &second.id, &["zwei ä€"])?;
                bytes.extend_from_slice(b" \n");
                ovsdb_client::wire::print_response(&mut bytes, &first.id, &["eins"])?;
                peer.send_in_pieces(&bytes, size).await?;
                Ok::<_, Failed>(())
            };
            let (one, two, answers) = tokio::join!(one, two, answers);
            answers?;
            assert_eq!(
                (one?, two?),
                (vec!["eins".to_owned()], vec!["zwei ä€".to_owned()])
            );
        }
        Ok(())
    });

    case(
        suite,
        "an_echo_in_the_middle_of_a_transact_is_answered",
        || async {
            let mut server = ScriptedServer::new();
            let (client, mut peer) = session(&mut server).await?;
            let operations = [operation(r#"{"op":"abort"}"#)];
            let serve = async {
                let request = peer.expect("transact").await?;
                peer.send(br#"{"id":["any",{"json":1}],"method":"echo","params":["x",{"y":[]}]}"#)
                    .await?;
                let echo = peer.receive().await?;
                assert_eq!(
                    (echo.method.as_str(), echo.params.get()),
                    ("", r#"["x",{"y":[]}]"#)
                );
                assert_eq!(echo.id.to_string(), r#"["any",{"json":1}]"#);
                peer.send(br#"{"id":9,"method":"make_coffee","params":[]}"#)
                    .await?;
                assert_eq!(peer.receive().await?.params.get(), "\"unknown method\"");
                peer.reply(&request.id, &json!([{"error": "aborted"}])).await?;
                Ok::<_, Failed>(())
            };
            let (result, serve) = tokio::join!(client.transact(&operations), serve);
            serve?;
            assert_eq!(result?.error().ok_or("no error")?.1.kind(), ErrorKind::Aborted);
            Ok(())
        },
    );

    case(suite, "trap_5_stale_and_strange_ids_are_no_matter", || async {
        let mut server = ScriptedServer::new();
        let (client, mut peer) = session(&mut server).await?;
        for stray in [
            r#"{"id":99999,"result":[],"error":null}"#,
            r#"{"id":"x","error":"y"}"#,
            r#"{"id":-1,"result":7}"#,
        ] {
            peer.send(stray.as_bytes()).await?;
        }
        let serve = async {
            let request = peer.receive().await?;
            peer.reply(&request.id, &["D"]).await?;
            // The answer comes twice.
            peer.reply(&request.id, &["E"]).await
        };
        let (names, served) = tokio::join!(client.list_dbs(), serve);
        served?;
        assert_eq!(names?, ["D"]);
        let serve = async {
            let request = peer.receive().await?;
            peer.reply(&request.id, &["F"]).await
        };
        let (names, served) = tokio::join!(client.list_dbs(), serve);
        served?;
        assert_eq!(names?, ["F"]);
        Ok(())
    });

    case(
        suite,
        "malformed_messages_and_invalid_utf8_do_not_end_the_session",
        || async {
            let mut server = ScriptedServer::new();
            let (client, mut peer) = session(&mut server).await?;
            let (replica, id) = monitored(&client, &mut peer, json!({A: {"initial": {"name": "a"}}})).await?;
            // The answer itself is malformed: the request fails, the session stays.
            let serve = async {
                let request = peer.expect("list_dbs").await?;
                let mut bytes = format!("{{\"id\":{},\"result\":[\"", request.id).into_bytes();
                bytes.extend_from_slice(b"\xff\"],\"error\":null}");
                peer.send(&bytes).await
            };
            let (names, served) = tokio::join!(client.list_dbs(), serve);
            served?;
            let error = names.err().ok_or("it read")?;
            assert!(
                matches!(&error, Error::Decode { at, .. } if at == "list_dbs"),
                "{error}"
            );
            // A malformed update: what it said is asked for anew.
            let mut watch = replica.watch();
            let mut bytes = format!("{{\"method\":\"update3\",\"id\":null,\"params\":[{id},\"").into_bytes();
            bytes.extend_from_slice(b"\xc3\"]}");
            peer.send(&bytes).await?;
            peer.expect("monitor_cancel").await?;
            serve_monitor(&mut peer, &json!({B: {"initial": {"name": "b"}}})).await?;
            let Some(Event::Resync(resync)) = tokio::time::timeout(SOON, watch.next()).await? else {
                return Err("no resync".into());
            };
            assert_eq!(
                (resync.reason, resync.changes.len()),
                (ResyncReason::Inconsistent, 2)
            );
            // An echo of invalid UTF-8 is answered.
            peer.send(b"{\"id\":5,\"method\":\"echo\",\"params\":[\"\xff\"]}")
                .await?;
            assert_eq!(peer.receive().await?.id, JsonId::Integer(5));
            Ok(())
        },
    );

    case(
        suite,
        "a_change_of_a_row_that_was_never_sent_is_asked_for_anew",
        || async {
            let mut server = ScriptedServer::new();
            let (client, mut peer) = session(&mut server).await?;
            let (replica, id) = monitored(&client, &mut peer, json!({A: {"initial": {"name": "a"}}})).await?;
            peer.notify("update3", &update3(&id, &json!({B: {"modify": {"n": 5}}})))
                .await?;
            peer.expect("monitor_cancel").await?;
            // Until it is answered, what comes belongs to the monitor of before.
            peer.notify("update3", &update3(&id, &json!({A: {"delete": null}})))
                .await?;
            serve_monitor(
                &mut peer,
                &json!({A: {"initial": {"name": "a"}}, B: {"initial": {"name": "b", "n": 5}}}),
            )
            .await?;
            replica
                .wait_for(SOON, |snapshot| {
                    (snapshot.rows_of("T").ok()?.count() == 2).then_some(())
                })
                .await?;
            assert_eq!(names(&replica), ["a", "b"]);
            Ok(())
        },
    );

    case(
        suite,
        "a_kill_before_the_reply_is_an_unknown_outcome_and_nothing_is_sent_twice",
        || async {
            let mut server = ScriptedServer::new();
            let (client, mut peer) = session(&mut server).await?;
            let operations = [operation(r#"{"op":"insert","table":"T","row":{}}"#)];
            let serve = async {
                peer.expect("transact").await?;
                drop(peer);
                let mut peer = server.accept_session("D", SCHEMA).await?;
                // The next request is the one below, not the transaction again.
                let request = peer.expect("list_dbs").await?;
                peer.reply(&request.id, &["D"]).await?;
                Ok::<_, Failed>(peer)
            };
            let calls = async {
                let lost = client.transact(&operations).await;
                (lost, client.list_dbs().await)
            };
            let ((lost, names), served) = tokio::join!(calls, serve);
            let error = lost.err().ok_or("it was answered")?;
            assert!(error.is_outcome_unknown(), "{error}");
            assert_eq!(names?, ["D"]);
            served?;
            Ok(())
        },
    );

    case(
        suite,
        "silence_is_found_out_by_probes_and_any_byte_is_life",
        || async {
            let mut server = ScriptedServer::new();
            let (client, peer) = tokio::join!(
                builder(&server)
                    .probe(Duration::from_millis(100), Duration::from_millis(200))
                    .connect(),
                server.accept_session("D", SCHEMA)
            );
            let (client, mut peer) = (client?, peer?);
            let started = tokio::time::Instant::now();
            // Half a message, one byte at a time, for longer than a silent peer would live.
            let reply = format!(r#"{{"id":77,"result":["{}"],"error":null}}"#, "x".repeat(30));
            for byte in reply.as_bytes() {
                peer.send(&[*byte]).await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert!(started.elapsed() > Duration::from_millis(400) && client.status().borrow().is_ready());
            let probe = peer.expect("echo").await;
            assert!(probe.is_ok(), "then comes a probe: {probe:?}");
            let silent = tokio::time::timeout(SOON, peer.receive()).await?;
            assert!(silent.is_err(), "then the end: {silent:?}");
            server.accept_session("D", SCHEMA).await?;
            Ok(())
        },
    );

    case(suite, "silence_is_borne_where_nobody_probes", || async {
        let mut server = ScriptedServer::new();
        let (client, peer) = tokio::join!(
            builder(&server)
                .probe(Duration::from_millis(20), Duration::from_millis(20))
                .no_probe()
                .connect(),
            server.accept_session("D", SCHEMA)
        );
        let (client, mut peer) = (client?, peer?);
        let asked = tokio::time::timeout(Duration::from_millis(300), peer.receive()).await;
        assert!(asked.is_err(), "{asked:?}");
        let (names, served) = tokio::join!(client.list_dbs(), async {
            let request = peer.expect("list_dbs").await?;
            peer.reply(&request.id, &["D"]).await
        });
        served?;
        assert_eq!(names?, ["D"]);
        Ok(())
    });

    case(
        suite,
        "depth_of_a_thousand_is_borne_and_one_more_ends_the_session",
        || async {
            let mut server = ScriptedServer::new();
            let (client, mut peer) = session(&mut server).await?;
            let deep = |depth: usize| {
                format!(
                    r#"{{"id":1,"method":"echo","params":{}{}}}"#,
                    "[".repeat(depth),
                    "]".repeat(depth)
                )
            };
            peer.send(deep(999).as_bytes()).await?;
            assert_eq!(peer.receive().await?.params.get().len(), 2 * 999);
            peer.send(deep(1000).as_bytes()).await?;
            assert!(peer.receive().await.is_err());
            let mut peer = server.accept_session("D", SCHEMA).await?;
            let (echo, served) = tokio::join!(client.echo(), async {
                let request = peer.receive().await?;
                peer.reply(&request.id, &json!([])).await
            });
            served?;
            echo?;
            Ok(())
        },
    );

    case(suite, "a_refused_monitor_is_an_error_and_no_loop", || async {
        let mut server = ScriptedServer::new();
        let (client, mut peer) = session(&mut server).await?;
        let serve = async {
            let request = peer.expect("monitor_cond_since").await?;
            peer.refuse(&request.id, &OvsdbError::new(&ErrorKind::SyntaxError, "no"))
                .await
        };
        let (replica, served) = tokio::join!(client.monitor(Selection::new().table_named("T")), serve);
        served?;
        let error = replica.err().ok_or("it was accepted")?;
        assert_eq!(error.rejection(), Some(ErrorKind::SyntaxError));
        Ok(())
    });
}
