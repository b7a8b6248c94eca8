//! What the in-memory server does with whole databases, as its clients see it.

use ovsdb_client::{
    Client, Error,
    replica::{Event, ResyncReason, Selection},
    server::Server,
    wire::DatabaseSchema,
};
use serde_json::json;
use test_support::Suite;

use crate::support::{Failed, SOON, case, operation};

fn schema(name: &str, version: &str, column: &str) -> Result<DatabaseSchema, Failed> {
    let text = format!(
        r#"{{"name":"{name}","version":"{version}","tables":{{"T":{{"isRoot":true,"columns":{{"{column}":{{"type":"integer"}}}}}}}}}}"#
    );
    Ok(DatabaseSchema::parse(&text)?)
}

async fn client(server: &Server, database: &str) -> Result<Client, Error> {
    Client::builder()
        .remotes(server.remote())
        .database(database)
        .connect()
        .await
}

pub(crate) fn add_to(suite: &mut Suite) {
    case(suite, "a_database_that_is_added_is_served", || async {
        let server = Server::builder()
            .database(schema("One", "1.0.0", "n")?)
            .start()
            .await?;
        let one = client(&server, "One").await?;
        let error = client(&server, "Two").await.err().ok_or("there is no Two")?;
        assert!(
            error.to_string().contains("has no database Two; it has"),
            "{error}"
        );
        server.add_database(schema("Two", "1.0.0", "n")?);
        assert!(one.list_dbs().await?.contains(&"Two".to_owned()));
        let two = client(&server, "Two").await?;
        let replica = two.monitor(Selection::new().table_named("T")).await?;
        two.transact(&[operation(r#"{"op":"insert","table":"T","row":{"n":2}}"#)])
            .await?;
        assert_eq!(replica.snapshot().rows_of("T")?.count(), 1);
        // It is told by `_Server` too.
        let server_says = client(&server, "_Server").await?;
        let told = server_says
            .monitor(Selection::new().table_named("Database"))
            .await?
            .snapshot();
        assert_eq!(told.rows_of("Database")?.count(), 3);
        Ok(())
    });

    case(
        suite,
        "a_database_that_takes_the_place_of_another_is_read_by_its_own_schema",
        || async {
            let server = Server::builder()
                .database(schema("D", "1.0.0", "n")?)
                .start()
                .await?;
            let client = client(&server, "D").await?;
            server
                .transact("D", json!([{"op": "insert", "table": "T", "row": {"n": 1}}]))
                .await?;
            let replica = client.monitor(Selection::new().table_named("T")).await?;
            let mut watch = replica.watch();
            server.add_database(schema("D", "2.0.0", "m")?);
            let event = tokio::time::timeout(SOON, watch.next())
                .await?
                .ok_or("no event")?;
            let Event::Resync(resync) = &event else {
                panic!("{event:?}")
            };
            assert_eq!(resync.reason, ResyncReason::Reconnected);
            assert!(
                matches!(&*resync.changes, [gone] if gone.new.is_none()),
                "{resync:?}"
            );
            assert_eq!(client.schema().version.to_string(), "2.0.0");
            client
                .transact(&[operation(r#"{"op":"insert","table":"T","row":{"m":7}}"#)])
                .await?;
            let snapshot = replica.snapshot();
            let row = snapshot.rows_of("T")?.next().ok_or("no row")?;
            assert_eq!(row.datum("m")?.to_string(), "7");
            assert!(row.datum("n").is_err_and(|error| error.is_unsupported()));
            Ok(())
        },
    );

    case(
        suite,
        "a_database_that_is_removed_is_gone_and_may_come_back",
        || async {
            let server = Server::builder()
                .database(schema("D", "1.0.0", "n")?)
                .start()
                .await?;
            let client = Client::builder()
                .remotes(server.remote())
                .database("D")
                .backoff(
                    std::time::Duration::from_millis(5),
                    std::time::Duration::from_millis(50),
                )
                .connect()
                .await?;
            let replica = client.monitor(Selection::new().table_named("T")).await?;
            let mut status = client.status();
            assert!(server.remove_database("D"));
            assert!(!server.remove_database("D"), "it is gone already");
            assert!(!server.remove_database("_Server"), "nobody removes that");
            let lost = tokio::time::timeout(SOON, status.wait_for(|status| !status.is_ready())).await??;
            drop(lost);
            let says = |status: &ovsdb_client::SessionStatus| {
                let error = status.last_error().map(ToString::to_string);
                error.is_some_and(|error| error.contains("has no database D"))
            };
            tokio::time::timeout(SOON, status.wait_for(says)).await??;
            assert!(!replica.is_current());
            assert!(server.transact("D", json!([])).await.is_err());
            server.add_database(schema("D", "1.0.0", "n")?);
            server
                .transact("D", json!([{"op": "insert", "table": "T", "row": {"n": 1}}]))
                .await?;
            replica
                .wait_for(SOON, |snapshot| {
                    (snapshot.rows_of("T").ok()?.count() == 1).then_some(())
                })
                .await?;
            Ok(())
        },
    );

    case(
        suite,
        "a_client_of_the_leader_leaves_one_that_is_none",
        || async {
            let builder =
                || -> Result<_, Failed> { Ok(Server::builder().database(schema("D", "1.0.0", "n")?)) };
            let (one, two) = (builder()?.start().await?, builder()?.start().await?);
            one.set_leader("D", true);
            two.set_leader("D", false);
            let client = Client::builder()
                .remotes(format!("{},{}", one.remote(), two.remote()))
                .database("D")
                .leader_only()
                .backoff(
                    std::time::Duration::from_millis(5),
                    std::time::Duration::from_millis(50),
                )
                .connect()
                .await?;
            let mut status = client.status();
            let is_with = |server: &Server| {
                let remote = server.remote();
                move |status: &ovsdb_client::SessionStatus| matches!(status, ovsdb_client::SessionStatus::Ready { remote: at, .. } if at.to_string() == remote)
            };
            assert!(is_with(&one)(&status.borrow()));
            two.set_leader("D", true);
            one.set_leader("D", false);
            tokio::time::timeout(SOON, status.wait_for(is_with(&two))).await??;
            client.list_dbs().await?;
            // Who does not insist stays where he is.
            let other = Client::builder()
                .remotes(one.remote())
                .database("D")
                .connect()
                .await?;
            one.set_leader("D", true);
            one.set_leader("D", false);
            other.list_dbs().await?;
            assert!(matches!(
                &*other.status().borrow(),
                ovsdb_client::SessionStatus::Ready { sessions: 1, .. }
            ));
            Ok(())
        },
    );
}
