//! TLS and unix sockets.

use ahv_net::Facade;
use ahv_net::agent::{Client, ClientOptions, Listen};
use test_support::{Certificates, Suite, Tool};

use super::served::Served;
use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "agent: TLS over HTTP and WebSocket, by an authority that is believed",
        Tool::OPENSSL.find(),
        |_| {
            runtime().block_on(async {
                let certificates = Certificates::make()?;
                let served = Served::with(|options| {
                    options.tls(certificates.server_certificate(), certificates.server_key())
                })
                .await?;
                assert!(
                    served.agent.urls()[0].starts_with("https://"),
                    "{:?}",
                    served.agent.urls()
                );
                let options = ClientOptions::token(&served.reader).authority(certificates.authority());
                for scheme in ["https", "wss"] {
                    let client = Client::new(&format!("{scheme}://{}", served.address()), options.clone())?;
                    assert_eq!(client.show().await?.bridges.len(), 2, "{scheme}");
                    let stranger = Certificates::make()?;
                    let other = ClientOptions::token(&served.reader).authority(stranger.authority());
                    let client = Client::new(&format!("{scheme}://{}", served.address()), other)?;
                    let error = client.show().await.unwrap_err().to_string();
                    assert!(
                        error.contains("certificate") || error.contains("Unknown"),
                        "{error}"
                    );
                }
                // And what speaks no TLS learns nothing.
                let answer = served.post(Some(&served.reader), &[], "{}").await?;
                assert!(!answer.body.contains("jsonrpc"), "{answer:?}");
                Ok(())
            })
        },
    );
    suite.case("agent: a unix socket that only its user opens", || {
        runtime().block_on(async {
            use std::os::unix::fs::PermissionsExt;
            let directory = tempfile::tempdir()?;
            let path = directory.path().join("agent.sock");
            let served = Served::with(|options| options.listen(Listen::Unix(path.clone()))).await?;
            let mode = std::fs::metadata(&path)?.permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let url = format!("unix:{}", path.display());
            assert!(served.agent.urls().contains(&url));
            let client = Client::new(&url, ClientOptions::token(&served.reader))?;
            assert_eq!(client.show().await?.bridges.len(), 2);
            let client = Client::new(&url, ClientOptions::token("x".repeat(32)))?;
            let error = client.show().await.unwrap_err().to_string();
            assert!(error.contains("does not take this token"), "{error}");
            served.agent.shut_down().await;
            assert!(!path.exists());
            Ok(())
        })
    });
}
