//! An agent that serves the embedded host, and a client that says exactly what a test wants.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use ahv_net::Host;
use ahv_net::agent::{Agent, AgentOptions, Client, ClientOptions, Listen, new_token};
use ovsdb_client::server::{Server, Vswitchd};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(super) type Failed = Box<dyn std::error::Error>;

/// A switch with one port, `tap345` on VLAN 32, that takes a change in after this long.
pub(super) async fn switch(delay: Duration) -> Result<(Server, Host), Failed> {
    let server = Server::builder()
        .database(ovsdb_client::vswitch::schema("8.3.0".parse()?)?)
        .vswitchd(Vswitchd::new().delay(delay))
        .start()
        .await?;
    let rows = json!([
        { "op": "insert", "table": "Interface", "row": { "name": "tap345" }, "uuid-name": "i" },
        { "op": "insert", "table": "Port", "uuid-name": "p",
          "row": { "name": "tap345", "tag": 32, "interfaces": ["named-uuid", "i"] } },
        { "op": "insert", "table": "Bridge", "row": { "name": "br0", "ports": ["named-uuid", "p"] }, "uuid-name": "b" },
        { "op": "insert", "table": "Open_vSwitch", "row": { "bridges": ["named-uuid", "b"] } },
    ]);
    let result = server.transact("Open_vSwitch", &rows).await?;
    if let Some(error) = result.error() {
        return Err(format!("{error:?}").into());
    }
    let host = Host::builder().ovsdb(server.remote()).connect().await?;
    Ok((server, host))
}

/// An agent, its host, and its tokens.
pub(super) struct Served {
    #[expect(dead_code, reason = "it ends when it is dropped")]
    server: Option<Server>,
    pub(super) agent: Agent,
    pub(super) host: Host,
    pub(super) directory: TempDir,
    pub(super) reader: String,
    pub(super) editor: String,
}

/// An answer over HTTP.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    /// The body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Member `kind` of the error's data.
    pub(super) fn kind(&self) -> Option<String> {
        Some(self.json().pointer("/error/data/kind")?.as_str()?.to_owned())
    }

    /// Member `code` of the error.
    pub(super) fn code(&self) -> Option<i64> {
        self.json().pointer("/error/code")?.as_i64()
    }
}

impl Served {
    /// An agent that allows edits, of a switch without guests.
    pub(super) async fn editing() -> Result<Self, Failed> {
        Self::editing_with(|options| options.allow_edits(true)).await
    }

    pub(super) async fn editing_with(
        change: impl FnOnce(AgentOptions) -> AgentOptions,
    ) -> Result<Self, Failed> {
        let (server, host) = switch(Duration::ZERO).await?;
        let served = Self::of(host, change).await?;
        Ok(Self {
            server: Some(server),
            ..served
        })
    }

    pub(super) async fn with(change: impl FnOnce(AgentOptions) -> AgentOptions) -> Result<Self, Failed> {
        Self::of(Host::embedded().await?, change).await
    }

    pub(super) async fn of(
        host: Host,
        change: impl FnOnce(AgentOptions) -> AgentOptions,
    ) -> Result<Self, Failed> {
        let directory = tempfile::tempdir()?;
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700))?;
        let (reader, editor) = (new_token(), new_token());
        let tokens = directory.path().join("tokens");
        fs::write(&tokens, format!("ben read {reader}\nanna edit {editor}\n"))?;
        fs::set_permissions(&tokens, fs::Permissions::from_mode(0o600))?;
        let options = AgentOptions::new(&tokens)
            .listen(Listen::Tcp(([127, 0, 0, 1], 0).into()))
            .state(directory.path())
            .audit(directory.path().join("audit.log"));
        let agent = Agent::start(host.clone(), change(options)).await?;
        Ok(Self {
            server: None,
            agent,
            host,
            directory,
            reader,
            editor,
        })
    }

    pub(super) fn tokens(&self) -> PathBuf {
        self.directory.path().join("tokens")
    }

    pub(super) fn audit(&self) -> Result<Vec<Value>, Failed> {
        let text = fs::read_to_string(self.directory.path().join("audit.log"))?;
        Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    /// `127.0.0.1:PORT`
    pub(super) fn address(&self) -> &str {
        let url = self.agent.urls().first().expect("it listens on one address");
        url.split_once("://").expect("a URL").1
    }

    pub(super) fn client(&self, token: &str) -> Result<Client, Failed> {
        let url = format!("http://{}", self.address());
        Ok(Client::new(&url, ClientOptions::token(token))?)
    }

    /// Calls a method over HTTP.
    pub(super) async fn call(
        &self,
        token: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Answer, Failed> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        self.post(token, &[], &body).await
    }

    /// Sends a body over HTTP.
    pub(super) async fn post(
        &self,
        token: Option<&str>,
        headers: &[&str],
        body: &str,
    ) -> Result<Answer, Failed> {
        let mut head = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address(),
            body.len()
        );
        if let Some(token) = token {
            head += &format!("Authorization: Bearer {token}\r\n");
        }
        for header in headers {
            head += &format!("{header}\r\n");
        }
        self.raw(&[&(head + "\r\n"), body]).await
    }

    /// Sends bytes, and reads until the agent closes.
    pub(super) async fn raw(&self, parts: &[&str]) -> Result<Answer, Failed> {
        let mut stream = TcpStream::connect(self.address()).await?;
        for part in parts {
            // An agent that has heard enough closes; what it said is read nevertheless.
            if stream.write_all(part.as_bytes()).await.is_err() {
                break;
            }
        }
        answer(&mut stream).await
    }
}

/// What comes until the other side closes.
pub(super) async fn answer(stream: &mut TcpStream) -> Result<Answer, Failed> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match tokio::time::timeout(Duration::from_secs(20), stream.read(&mut buffer)).await? {
            Ok(0) | Err(_) => break,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
    let text = String::from_utf8(bytes)?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer {
        status: status.unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}
