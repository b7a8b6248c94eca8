//! What strangers send.

use std::time::Duration;

use ahv_net::agent::Limits;
use serde_json::json;
use test_support::Suite;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::served::{Served, answer};
use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
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
            }
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
            assert_eq!(served.audit()?, Vec::<serde_json::Value>::new());
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
