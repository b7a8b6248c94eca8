//! The handle of a running server.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::{
    builder::ServerBuilder, database::Database, engine::SessionId, faults::Faults, file, shared::Shared,
};
use crate::wire::{DatabaseSchema, JsonId, Message, OvsdbError, TransactResult, print_request};

/// A running in-memory OVSDB server. Dropping it stops it and closes its connections.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    listening: Vec<Listening>,
}

#[derive(Debug)]
pub(super) enum Listening {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// A transaction that was handed to the server itself gave no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransactError {
    /// The operations do not print as a JSON array.
    #[error("the operations are no JSON array: {0}")]
    Operations(serde_json::Error),
    /// The request as a whole was refused, for instance for an unknown database.
    #[error("the server refused the transaction: {0}")]
    Refused(OvsdbError),
    /// The database was removed, or the server stopped, while the transaction waited.
    #[error("the transaction was dropped by the server")]
    Dropped,
}

impl Server {
    /// A builder of a server.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            listening: Vec::new(),
        }
    }

    pub(super) fn add_listening(&mut self, listening: Listening) {
        self.listening.push(listening);
    }

    /// The first address that it listens on, as an OVSDB remote: `tcp:127.0.0.1:40123` or `unix:/run/db.sock`.
    pub fn remote(&self) -> String {
        self.remotes().into_iter().next().unwrap_or_default()
    }

    /// All addresses that it listens on, in the order of the builder.
    pub fn remotes(&self) -> Vec<String> {
        let remotes = self.listening.iter().map(|listening| match listening {
            Listening::Tcp(address) => format!("tcp:{address}"),
            Listening::Unix(path) => format!("unix:{}", path.display()),
        });
        remotes.collect()
    }

    /// The first TCP address that it listens on.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.listening.iter().find_map(|listening| match listening {
            Listening::Tcp(address) => Some(*address),
            Listening::Unix(_) => None,
        })
    }

    /// Executes a transaction as a client would, without a connection. `operations` is anything that prints as the
    /// array of RFC 7047 §4.1.3: a `Vec<Operation>`, a `serde_json::Value`, a `&RawValue`.
    ///
    /// # Errors
    /// If there is no result at all. A transaction that failed *has* a result, see [`TransactResult::error`].
    ///
    /// # Cancel safety
    /// A cancelled transaction was either committed or not; one that still waits is dropped.
    pub async fn transact(
        &self,
        database: &str,
        operations: impl Serialize,
    ) -> Result<TransactResult, TransactError> {
        let operations = serde_json::value::to_raw_value(&operations).map_err(TransactError::Operations)?;
        let operations: Vec<&RawValue> =
            serde_json::from_str(operations.get()).map_err(TransactError::Operations)?;
        let count = operations.len();
        let database = serde_json::value::to_raw_value(database).map_err(TransactError::Operations)?;
        let mut params = vec![&*database];
        params.extend(operations);
        let mut request = Vec::new();
        print_request(&mut request, &JsonId::Integer(0), "transact", &params)
            .map_err(TransactError::Operations)?;

        let (session, bell) = self.shared.connect();
        let guard = LocalSession(&self.shared, session);
        self.shared
            .with(|engine, now| engine.handle_message(session, &request, now))
            .map_err(|_| TransactError::Dropped)?;
        let mut reply = Vec::new();
        loop {
            let is_closing = self.shared.with(|engine, _| {
                engine.poll_transmit(session, &mut reply);
                engine.is_closing(session)
            });
            if !reply.is_empty() {
                break;
            }
            if is_closing {
                return Err(TransactError::Dropped);
            }
            bell.notified().await;
        }
        drop(guard);
        match Message::parse(&reply) {
            Ok(Message::Response {
                result: Ok(result), ..
            }) => TransactResult::from_json(result, count).map_err(TransactError::Operations),
            Ok(Message::Response {
                result: Err(error), ..
            }) => Err(TransactError::Refused(error)),
            _ => Err(TransactError::Dropped),
        }
    }

    /// Writes a database to a file, which ovsdb-server and ovsdb-tool read: whole, or not at all.
    ///
    /// # Errors
    /// If there is no such database, or the file cannot be written.
    pub fn save(&self, database: &str, path: impl AsRef<Path>) -> io::Result<()> {
        let printed = self
            .shared
            .with(|engine, _| engine.database(database).map(file::print));
        let Some(printed) = printed else {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("no database {database}"),
            ));
        };
        // Beside it first, so that a crash leaves the old file.
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".saving");
        std::fs::write(&beside, printed?)?;
        std::fs::rename(&beside, path)
    }

    /// Misbehaviour on request.
    pub fn faults(&self) -> Faults {
        Faults::new(Arc::clone(&self.shared))
    }

    /// Serves one more database, empty, or in the place of the one of the same name.
    pub fn add_database(&self, schema: DatabaseSchema) {
        self.shared
            .with(|engine, now| engine.add_database(Database::new(schema), now));
    }

    /// Stops serving a database: its monitors end, and clients that did not say `set_db_change_aware` are
    /// disconnected. Whether it was there.
    pub fn remove_database(&self, name: &str) -> bool {
        self.shared.with(|engine, now| engine.remove_database(name, now))
    }

    /// Makes the `_Server` database say that this server is a member of a cluster, which leads a database or does
    /// not. Clients that want the leader go away when it does not. A database of which this was never said is
    /// standalone.
    pub fn set_leader(&self, database: &str, is_leader: bool) {
        self.shared
            .with(|engine, now| engine.set_leader(database, is_leader, now));
    }

    /// Closes all connections, as a server that restarts does. The databases and the listeners stay.
    pub fn disconnect_clients(&self) {
        self.shared.with(|engine, _| engine.close_sessions());
    }

    /// Changes with every commit that changed something, in any database.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.shared.commits()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop();
        for listening in &self.listening {
            if let Listening::Unix(path) = listening {
                // It may be gone already.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// Ends the session of a local call, also of one that is cancelled.
struct LocalSession<'a>(&'a Shared, SessionId);

impl Drop for LocalSession<'_> {
    fn drop(&mut self) {
        self.0.disconnect(self.1);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;
    use crate::wire::OperationResult;

    const SCHEMA: &str = r#"{"name":"D","version":"1.0.0","tables":{
        "Bridge":{"isRoot":true,"indexes":[["name"]],"columns":{"name":{"type":"string","mutable":false},
            "ports":{"type":{"key":{"type":"uuid","refTable":"Port"},"min":0,"max":"unlimited"}},
            "mirror":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0}}}},
        "Port":{"columns":{"name":{"type":"string"},"tag":{"type":{"key":{"type":"integer",
            "minInteger":0,"maxInteger":4095},"min":0}}}}}}"#;

    async fn start() -> Server {
        let schema = DatabaseSchema::parse(SCHEMA).unwrap();
        Server::builder().database(schema).start().await.unwrap()
    }

    /// A bridge br0 with port p1, which its mirror names too.
    fn bridge() -> Value {
        json!([
            {"op": "insert", "table": "Port", "uuid-name": "p", "row": {"name": "p1", "tag": 5}},
            {"op": "insert", "table": "Bridge",
             "row": {"name": "br0", "ports": ["named-uuid", "p"], "mirror": ["named-uuid", "p"]}},
        ])
    }

    async fn exchange(stream: &mut TcpStream, send: &str, replies: usize) -> Vec<Value> {
        stream.write_all(send.as_bytes()).await.unwrap();
        let mut read = Vec::new();
        loop {
            let messages: Vec<Value> = serde_json::Deserializer::from_slice(&read)
                .into_iter()
                .map_while(Result::ok)
                .collect();
            if messages.len() >= replies {
                return messages;
            }
            assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "closed");
        }
    }

    #[tokio::test]
    async fn a_transaction_is_done_whole_or_not_at_all() {
        let server = start().await;
        let done = server.transact("D", bridge()).await.unwrap();
        assert_eq!(done.error(), None);
        let twice = server.transact("D", bridge()).await.unwrap();
        let (at, error) = twice.error().unwrap();
        assert_eq!((at, error.error.as_str()), (None, "constraint violation"));
        let ports = json!([{"op": "select", "table": "Port", "where": []}]);
        let OperationResult::Rows(rows) = &server.transact("D", ports).await.unwrap().operations[0] else {
            panic!()
        };
        assert_eq!(rows.len(), 1);
    }

    #[tokio::test]
    async fn an_unreferenced_row_goes_and_weak_references_go_with_it() {
        let server = start().await;
        server.transact("D", bridge()).await.unwrap();
        let cut = json!([{"op": "update", "table": "Bridge", "where": [], "row": {"ports": ["set", []]}}]);
        server.transact("D", cut).await.unwrap();
        let read = json!([
            {"op": "select", "table": "Port", "where": []},
            {"op": "select", "table": "Bridge", "where": [], "columns": ["mirror"]},
        ]);
        let result = server.transact("D", read).await.unwrap();
        let text = serde_json::to_string(&result).unwrap();
        assert_eq!(text, r#"[{"rows":[]},{"rows":[{"mirror":["set",[]]}]}]"#);
    }

    #[tokio::test]
    async fn an_update_comes_before_the_reply_that_caused_it() {
        let server = start().await;
        let mut stream = TcpStream::connect(server.tcp_address().unwrap()).await.unwrap();
        let monitor = r#"{"id":1,"method":"monitor","params":["D","m",{"Port":{"columns":["name"]}}]}"#;
        assert_eq!(exchange(&mut stream, monitor, 1).await[0]["result"], json!({}));
        let transact = json!({"id": 2, "method": "transact", "params": ["D", bridge()[0], bridge()[1]]});
        let messages = exchange(&mut stream, &transact.to_string(), 2).await;
        assert_eq!(messages[0]["method"], "update");
        assert_eq!(messages[1]["id"], 2);
    }

    #[tokio::test]
    async fn a_wait_blocks_until_another_session_makes_it_true() {
        let server = start().await;
        let mut stream = TcpStream::connect(server.tcp_address().unwrap()).await.unwrap();
        let wait = json!({"id": 1, "method": "transact", "params": ["D", {"op": "wait", "table": "Bridge",
            "where": [["name", "==", "br0"]], "columns": ["name"], "until": "==", "rows": [{"name": "br0"}]}]});
        stream.write_all(wait.to_string().as_bytes()).await.unwrap();
        assert_eq!(
            exchange(&mut stream, r#"{"id":2,"method":"echo","params":[]}"#, 1).await[0]["id"],
            2
        );
        server.transact("D", bridge()).await.unwrap();
        assert_eq!(
            exchange(&mut stream, "", 1).await[0],
            json!({"id": 1, "result": [{}], "error": null})
        );
    }

    #[tokio::test]
    async fn garbage_closes_one_connection_and_no_other() {
        let server = start().await;
        let address = server.tcp_address().unwrap();
        let mut good = TcpStream::connect(address).await.unwrap();
        for garbage in [
            "hello",
            "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[]}",
            &"[".repeat(2000),
        ] {
            let mut bad = TcpStream::connect(address).await.unwrap();
            bad.write_all(garbage.as_bytes()).await.unwrap();
            let mut rest = Vec::new();
            // Closing with unread input may reset the connection.
            let _ = bad.read_to_end(&mut rest).await;
            assert!(rest.is_empty(), "{garbage}");
        }
        assert_eq!(
            exchange(&mut good, r#"{"id":2,"method":"echo","params":[]}"#, 1).await[0]["id"],
            2
        );
    }

    #[tokio::test]
    async fn faults_lose_the_connection_before_or_after_the_commit() {
        let server = start().await;
        let count = async || {
            let select = json!([{"op": "select", "table": "Bridge", "where": []}]);
            let result = server.transact("D", select).await.unwrap();
            serde_json::to_value(&result).unwrap()[0]["rows"]
                .as_array()
                .unwrap()
                .len()
        };
        let request =
            json!({"id": 2, "method": "transact", "params": ["D", bridge()[0], bridge()[1]]}).to_string();
        for (after, expected) in [(false, 0), (true, 1)] {
            if after {
                server.faults().drop_after_commit();
            } else {
                server.faults().drop_before_commit();
            }
            let mut stream = TcpStream::connect(server.tcp_address().unwrap()).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut read = Vec::new();
            let _ = stream.read_to_end(&mut read).await;
            assert!(read.is_empty());
            assert_eq!(count().await, expected);
        }
    }

    #[tokio::test]
    async fn faults_split_slow_down_and_stall() {
        let server = start().await;
        server.faults().split_writes(Some(3));
        server
            .faults()
            .slow_reads(Some((5, std::time::Duration::from_millis(1))));
        let mut stream = TcpStream::connect(server.tcp_address().unwrap()).await.unwrap();
        let echo = r#"{"id":2,"method":"echo","params":["split"]}"#;
        assert_eq!(
            exchange(&mut stream, echo, 1).await[0]["result"],
            json!(["split"])
        );
        server.faults().stall(true);
        stream.write_all(echo.as_bytes()).await.unwrap();
        let mut byte = [0];
        let wait = std::time::Duration::from_millis(50);
        assert!(tokio::time::timeout(wait, stream.read(&mut byte)).await.is_err());
        server.faults().clear();
        assert_eq!(exchange(&mut stream, "", 1).await[0]["id"], 2);
    }

    #[tokio::test]
    async fn a_removed_database_ends_monitors_and_waits_or_the_sessions_that_do_not_know_of_it() {
        let monitor =
            r#"{"id":1,"method":"monitor_cond","params":["D","m",{"Port":[{"columns":["name"]}]}]}"#;
        let wait = r#"{"id":2,"method":"transact","params":["D",{"op":"wait","table":"Port","where":[],
            "columns":["name"],"until":"==","rows":[{"name":"never"}]}]}"#;
        let echo = r#"{"id":3,"method":"echo","params":[]}"#;
        let server = start().await;
        let address = server.tcp_address().unwrap();
        let mut aware = TcpStream::connect(address).await.unwrap();
        let aware_from_now = r#"{"id":0,"method":"set_db_change_aware","params":[true]}"#;
        exchange(&mut aware, aware_from_now, 1).await;
        let mut unaware = TcpStream::connect(address).await.unwrap();
        let mut bystander = TcpStream::connect(address).await.unwrap();
        for stream in [&mut aware, &mut unaware] {
            exchange(stream, monitor, 1).await;
            let answers = exchange(stream, &format!("{wait}{echo}"), 1).await;
            assert_eq!(answers[0]["id"], 3, "the transaction waits");
        }
        assert_eq!(exchange(&mut bystander, echo, 1).await[0]["id"], 3);
        assert!(server.remove_database("D"));
        let mut told = exchange(&mut aware, "", 2).await;
        told.sort_by_key(|message| message["method"].is_null());
        assert_eq!(
            (told[0]["method"].as_str(), &told[0]["params"]),
            (Some("monitor_canceled"), &json!(["m"]))
        );
        assert_eq!(
            (&told[1]["id"], &told[1]["error"]),
            (&json!(2), &json!("canceled"))
        );
        let mut rest = Vec::new();
        // Closing may reset the connection.
        let _ = unaware.read_to_end(&mut rest).await;
        assert!(rest.is_empty());
        for stream in [&mut aware, &mut bystander] {
            assert_eq!(exchange(stream, echo, 1).await[0]["id"], 3);
        }
        let gone = json!({"id": 4, "method": "transact", "params": ["D"]}).to_string();
        assert_eq!(
            exchange(&mut aware, &gone, 1).await[0]["error"]["error"],
            "unknown database"
        );
    }

    #[tokio::test]
    async fn disconnected_clients_come_back_to_the_same_rows() {
        let server = start().await;
        let address = server.tcp_address().unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let transact = json!({"id": 1, "method": "transact", "params": ["D", bridge()[0], bridge()[1]]});
        exchange(&mut stream, &transact.to_string(), 1).await;
        server.disconnect_clients();
        let mut rest = Vec::new();
        assert_eq!(stream.read_to_end(&mut rest).await.unwrap(), 0, "{rest:?}");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let select = r#"{"id":2,"method":"transact","params":["D",{"op":"select","table":"Bridge",
            "where":[],"columns":["name"]}]}"#;
        assert_eq!(
            exchange(&mut stream, select, 1).await[0]["result"],
            json!([{"rows": [{"name": "br0"}]}])
        );
    }

    #[tokio::test]
    async fn what_is_saved_loads_again() {
        let server = start().await;
        server.transact("D", bridge()).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("conf.db");
        server.save("D", &path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let read =
            json!([{"op": "select", "table": "Bridge", "where": [], "columns": ["_uuid", "name", "ports"]}]);
        let before = server.transact("D", &read).await.unwrap();
        for damage in [false, true] {
            if damage {
                bytes.extend_from_slice(b"OVSDB JSON 700 00\n{");
            }
            let file = crate::server::DatabaseFile::parse(&bytes).unwrap();
            assert_eq!(file.damage().is_some(), damage);
            let again = Server::builder().database_file(file).start().await.unwrap();
            assert_eq!(again.transact("D", &read).await.unwrap(), before);
        }
    }

    #[tokio::test]
    async fn a_stopped_server_leaves_no_socket() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db.sock");
        let server = Server::builder().listen_unix(&path).start().await.unwrap();
        assert_eq!(server.remote(), format!("unix:{}", path.display()));
        drop(server);
        assert!(!path.exists());
    }
}
