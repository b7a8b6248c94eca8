//! Every kind of remote on real peers.

use std::time::Duration;

use ovsdb_client::{Client, ClientBuilder, Error, replica::Selection, transport::TlsOptions, vswitch::Port};
use test_support::{Certificates, OvsdbServer, OvsdbServerBuilder, Suite, Unavailable, Websockify};

use crate::support::{Checked, Failed, add_bridge, block_on, commit, real};

/// Enough rows that a reply is many frames, records and reads.
const PORTS: usize = 2000;

async fn exercise(builder: ClientBuilder) -> Checked {
    let client = builder.connect().await?;
    let names: Vec<String> = (0..PORTS).map(|index| format!("tap{index}")).collect();
    let ports: Vec<_> = names.iter().map(|name| (name.as_str(), Some(7))).collect();
    commit(&client, &add_bridge("br0", &ports)).await?;
    let replica = client.monitor(Selection::new().table::<Port>()).await?;
    assert_eq!(replica.snapshot().count::<Port>()?, PORTS + 1);
    Ok(())
}

fn tls(certificates: &Certificates) -> TlsOptions {
    TlsOptions::new(certificates.authority())
        .certificate(certificates.client_certificate(), certificates.client_key())
}

fn with_certificates(suite: &mut Suite, name: &str, body: fn(OvsdbServerBuilder, Certificates) -> Checked) {
    let need: Result<_, Unavailable> = OvsdbServer::available().and_then(|server| {
        test_support::Tool::OPENSSL.find()?;
        test_support::Tool::WEBSOCKIFY.find()?;
        Ok(server)
    });
    suite.case_with(name, need, move |server| {
        Ok(body(server, Certificates::make()?).map_err(|e| e.to_string())?)
    });
}

/// A loopback port that nobody listens on.
fn free_port() -> Result<u16, Failed> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}

pub(crate) fn add_to(suite: &mut Suite) {
    real(suite, "through_unix_and_tcp", |server| async move {
        let unix = server.clone().vswitch().start()?;
        exercise(Client::builder().remotes(unix.remote())).await?;
        let tcp = server.vswitch().tcp().start()?;
        exercise(Client::builder().remotes(tcp.tcp_remote().ok_or("no tcp")?)).await
    });

    with_certificates(suite, "through_tls", |server, certificates| {
        let server = server.vswitch().ssl(&certificates).start()?;
        let remote = server.ssl_remote().ok_or("no ssl")?;
        block_on(async {
            exercise(Client::builder().remotes(&remote).tls(tls(&certificates))).await?;
            let stranger = Certificates::make()?;
            let error = Client::builder()
                .remotes(&remote)
                .tls(tls(&stranger))
                .connect()
                .await;
            let error = error.err().ok_or("it trusts a stranger")?;
            assert!(error.to_string().contains("TLS handshake failed"), "{error}");
            let error = Client::connect(&remote)
                .await
                .err()
                .ok_or("it needs no certificate")?;
            assert!(matches!(error, Error::Config(_)), "{error}");
            let missing = TlsOptions::new("/nowhere/ca.pem");
            let error = Client::builder().remotes(&remote).tls(missing).connect().await;
            assert!(
                error
                    .err()
                    .ok_or("no CA")?
                    .to_string()
                    .contains("/nowhere/ca.pem")
            );
            Ok(())
        })
        .map_err(Into::into)
    });

    with_certificates(suite, "through_websockify", |server, certificates| {
        let server = server.vswitch().start()?;
        let plain = Websockify::start(&server.socket(), None)?;
        let secure = Websockify::start(&server.socket(), Some(&certificates))?;
        block_on(async {
            exercise(Client::builder().remotes(plain.remote())).await?;
            let client = Client::builder()
                .remotes(secure.remote())
                .tls(tls(&certificates))
                .connect()
                .await?;
            assert_eq!(client.list_dbs().await?.len(), 2);
            let replica = client.monitor(Selection::new().table::<Port>()).await?;
            assert_eq!(replica.snapshot().count::<Port>()?, PORTS + 1);
            Ok(())
        })
        .map_err(Into::into)
    });

    with_certificates(suite, "the_server_dials_us", |server, certificates| {
        let directory = tempfile::tempdir()?;
        let socket = directory.path().join("manager.sock");
        let (tcp, ssl) = (free_port()?, free_port()?);
        let server = server
            .vswitch()
            .argument(format!("--remote=unix:{}", socket.display()))
            .argument(format!("--remote=tcp:127.0.0.1:{tcp}"))
            .argument(format!("--remote=ssl:127.0.0.1:{ssl}"))
            .argument(format!("--private-key={}", certificates.client_key().display()))
            .argument(format!(
                "--certificate={}",
                certificates.client_certificate().display()
            ))
            .argument(format!("--ca-cert={}", certificates.authority().display()))
            .start()?;
        block_on(async {
            let ours = TlsOptions::new(certificates.authority())
                .certificate(certificates.server_certificate(), certificates.server_key());
            for remote in [
                format!("punix:{}", socket.display()),
                format!("ptcp:{tcp}:127.0.0.1"),
                format!("pssl:{ssl}:127.0.0.1"),
            ] {
                // The server dials again after up to 8 s.
                let client = Client::builder()
                    .remotes(&remote)
                    .tls(ours.clone())
                    .connect_limit(Duration::from_secs(30))
                    .connect()
                    .await
                    .map_err(|error| format!("{remote}: {error}"))?;
                assert_eq!(client.list_dbs().await?.len(), 2, "{remote}");
            }
            drop(server);
            Ok(())
        })
        .map_err(Into::into)
    });
}
