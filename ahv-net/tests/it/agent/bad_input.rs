//! What strangers send.

use std::time::Duration;

use ahv_net::agent::Limits;
use serde_json::json;
use test_support::Suite;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream, UnixStream};

use super::served::{Failed, Served, answer};
use crate::runtime;

/// A stream that takes little before it is read.
async fn narrow(served: &Served) -> Result<TcpStream, Failed> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    Ok(socket.connect(served.address().parse()?).await?)
}

pub(crate) fn cases(suite: &mut Suite) {
    suite.case("agent: those who ask and never read keep nobody out", || {
        runtime().block_on(async {
            let directory = tempfile::tempdir()?;
            let path = directory.path().join("socket");
            let served = Served::with(|options| {
                let mut limits = Limits::default();
                limits.patience = Duration::from_millis(1500);
                limits.connections = 3;
                let unix = ahv_net::agent::Listen::Unix(path.clone());
                options.limits(limits).listen(unix)
            })
            .await?;
            let body = r#"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#;
            let of = |token: &str| {
                format!(
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            };
            for token in ["wrong", &served.reader] {
                let mut deaf = Vec::new();
                for _ in 0..3 {
                    let mut stream = narrow(&served).await?;
                    let asks = of(token).repeat(30_000);
                    // It is cut off in the middle of it, or waits.
                    let _ = tokio::time::timeout(
                        Duration::from_millis(300),
                        stream.write_all(asks.as_bytes()),
                    )
                    .await;
                    deaf.push(stream);
                }
                // Who is on the host has a place of his own.
                let mut local = UnixStream::connect(&path).await?;
                local.write_all(of(&served.editor).as_bytes()).await?;
                let mut first = [0; 12];
                let read = tokio::io::AsyncReadExt::read_exact(&mut local, &mut first);
                tokio::time::timeout(Duration::from_millis(1000), read).await??;
                assert_eq!(&first, b"HTTP/1.1 200");
                // And the others have one when the patience has ended.
                let call = served.call(Some(&served.editor), "pending", json!({}));
                let answer = tokio::time::timeout(Duration::from_secs(6), call).await??;
                assert_eq!(answer.status, 200, "{token}");
                drop(deaf);
            }
            Ok(())
        })
    });
    suite.case(
        "agent: no more calls at once than agreed, and room for edits beside",
        || {
            runtime().block_on(async {
                let served = Served::editing_with(|options| {
                    let mut limits = Limits::default();
                    limits.calls = 0;
                    options.allow_edits(true).limits(limits)
                })
                .await?;
                let full = served.call(Some(&served.reader), "pending", json!({})).await?;
                assert_eq!(full.kind().as_deref(), Some("too-many"), "{full:?}");
                assert_eq!(full.json()["error"]["data"]["retry_after_ms"], 1000);
                Ok(())
            })
        },
    );
    suite.case("agent: malformed requests, unknown methods and odd parameters", || {
        runtime().block_on(async {
            let served = Served::editing().await?;
            let token = Some(served.editor.as_str());
            for (body, code) in [
                ("{", -32700),
                ("", -32700),
                ("[]", -32600),
                ("17", -32700),
                ("{\"jsonrpc\":\"2.0\",\"id\":1}", -32600),
                (r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#, -32601),
                (r#"{"jsonrpc":"2.0","id":1,"method":"trace"}"#, -32602),
                (r#"{"jsonrpc":"2.0","id":1,"method":"trace","params":{"start":7}}"#, -32602),
                (
                    r#"{"jsonrpc":"2.0","id":1,"method":"trace","params":{"start":"tap345","vlan":4096}}"#,
                    -32602,
                ),
                (r#"{"jsonrpc":"2.0","id":1,"method":"trace","params":{"start":"tap9"}}"#, -32602),
                (
                    r#"{"jsonrpc":"2.0","id":1,"method":"plan","params":{"intent":{"format_disk":{}}}}"#,
                    -32602,
                ),
                (
                    r#"{"jsonrpc":"2.0","id":1,"method":"plan","params":{"intent":{"set_vlan":{"port":"tap9","vlan":{"access":1}}}}}"#,
                    -32040,
                ),
                (r#"{"jsonrpc":"2.0","id":1,"method":"apply","params":{"plan":{}}}"#, -32602),
            ] {
                let answer = served.post(token, &[], body).await?;
                assert_eq!(answer.code(), Some(code), "{body}: {answer:?}");
                if matches!(code, -32602 | -32601) {
                    assert_eq!(answer.kind().as_deref(), Some("invalid"), "{body}: {answer:?}");
                }
            }
            let wrong = json!({ "start": "tap345", "vlan": 4096 });
            let answer = served.call(token, "trace", wrong).await?;
            assert!(answer.json()["error"]["message"].to_string().contains("4096"), "{answer:?}");
            let long = json!({ "plan": served.call(token, "plan", json!({ "intent": { "set_vlan": { "port": "tap345", "vlan": { "access": 40 } } } })).await?.json()["result"], "confirm_within_ms": 86_400_001_u64 });
            let answer = served.call(token, "apply", long).await?;
            assert_eq!(answer.kind().as_deref(), Some("invalid"), "{answer:?}");
            let deep = "[".repeat(100_000);
            let answer = served.post(token, &[], &deep).await?;
            assert!(answer.code().is_some(), "{answer:?}");
            // And it still serves.
            assert_eq!(served.call(token, "pending", json!({})).await?.status, 200);
            Ok(())
        })
    });
    suite.case("agent: what is too large, or too many at once", || {
        runtime().block_on(async {
            let served = Served::with(|options| {
                let mut limits = Limits::default();
                limits.request_bytes = 4096;
                limits.batch = 3;
                limits.burst = 6;
                limits.calls_per_second = 1;
                options.limits(limits)
            })
            .await?;
            let token = Some(served.reader.as_str());
            let large = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{}"}}"#, "x".repeat(5000));
            assert_eq!(served.post(token, &[], &large).await?.status, 413);
            let head = format!(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n",
                served.reader
            );
            // In chunks, which do not say how much there is.
            let chunk = format!("{:x}\r\n{}\r\n", 3000, " ".repeat(3000));
            let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
            assert_eq!(served.raw(&[&chunked, &chunk, &chunk]).await?.status, 413);
            let headers = format!("{head}X: {}\r\n\r\n", "x".repeat(100_000));
            assert_eq!(served.raw(&[&headers]).await?.status, 431);

            let one = r#"{"jsonrpc":"2.0","id":1,"method":"pending"}"#;
            let batch = |count: usize| format!("[{}]", vec![one; count].join(","));
            let answer = served.post(token, &[], &batch(4)).await?;
            assert_eq!(answer.code(), Some(-32010), "{answer:?}");
            let answer = served.post(token, &[], &batch(3)).await?;
            assert_eq!(answer.json().as_array().map(Vec::len), Some(3), "{answer:?}");
            // A batch counts as many as it holds.
            let answer = served.post(token, &[], &batch(3)).await?;
            assert_eq!(answer.json().as_array().map(Vec::len), Some(3));
            let answer = served.post(token, &[], one).await?;
            assert_eq!(answer.kind().as_deref(), Some("too-many"), "{answer:?}");
            // Of each token by itself.
            assert_eq!(served.post(Some(&served.editor), &[], one).await?.kind(), None);
            Ok(())
        })
    });
    suite.case("agent: a batch gets no more than its calls would alone", || {
        runtime().block_on(async {
            let served = Served::editing().await?;
            let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"revert"},{"jsonrpc":"2.0","id":2,"method":"pending"},{"jsonrpc":"2.0","method":"revert"}]"#;
            let answer = served.post(Some(&served.reader), &[], batch).await?;
            let answers = answer.json();
            assert_eq!(answers[0]["error"]["data"]["kind"], "forbidden", "{answer:?}");
            assert!(answers[1]["error"].is_null(), "{answer:?}");
            assert_eq!(answers.as_array().map(Vec::len), Some(2));
            let log = served.audit()?;
            assert_eq!(log.len(), 1, "{log:?}");
            assert_eq!((&log[0]["who"], &log[0]["does"]), (&json!("ben"), &json!("revert")));
            assert!(log[0]["outcome"].to_string().contains("refused"), "{log:?}");
            Ok(())
        })
    });
    suite.case(
        "agent: those who send byte by byte are cut off, and keep nobody out",
        || {
            runtime().block_on(async {
            let served = Served::with(|options| {
                let mut limits = Limits::default();
                limits.patience = Duration::from_millis(400);
                limits.connections = 4;
                options.limits(limits)
            })
            .await?;
            let mut slow = Vec::new();
            for _ in 0..4 {
                let mut stream = TcpStream::connect(served.address()).await?;
                stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nX-").await?;
                slow.push(stream);
            }
            // There is no place left; it is free when the patience has ended.
            let token = Some(served.reader.as_str());
            assert_eq!(served.call(token, "pending", json!({})).await?.status, 200);
            drop(slow);
            let mut stream = TcpStream::connect(served.address()).await?;
            let head = format!(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n\
                 Content-Length: 100\r\n\r\n{{",
                served.reader
            );
            stream.write_all(head.as_bytes()).await?;
            assert_eq!(answer(&mut stream).await?.status, 408);
            Ok(())
        })
        },
    );
}
