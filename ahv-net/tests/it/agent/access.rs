//! Who may do what.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ahv_net::Host;
use ahv_net::agent::{Agent, AgentOptions, Listen, StartError, new_token};
use serde_json::{Value, json};
use test_support::Suite;

use super::served::Served;
use crate::runtime;

/// Every method that there is over HTTP, with parameters that make sense, and whether it edits.
fn methods(picture: &Value, plan: &Value) -> Vec<(&'static str, Value, bool)> {
    vec![
        ("show", json!({}), false),
        ("trace", json!({ "start": "tap345" }), false),
        ("check", json!({}), false),
        ("diff", json!({ "before": picture }), false),
        (
            "plan",
            json!({ "intent": { "set_vlan": { "port": "tap345", "vlan": { "access": 40 } } }, "allow": ["owner-reverts", "management-path"] }),
            false,
        ),
        ("pending", json!({}), false),
        ("history", json!({}), false),
        ("rpc.discover", json!({}), false),
        ("apply", json!({ "plan": plan }), true),
        ("confirm", json!({}), true),
        ("revert", json!({}), true),
        ("recover", json!({}), true),
        // Over HTTP there are none: who may call them is told so.
        ("watch", json!({}), false),
        ("unwatch", json!(["1"]), false),
    ]
}

pub(crate) fn cases(suite: &mut Suite) {
    suite.case(
        "agent: every method × no token, a bad one, one for reading, one for editing",
        || {
            runtime().block_on(async {
                for allow_edits in [true, false] {
                    let served = Served::editing_with(|options| options.allow_edits(allow_edits)).await?;
                    let (reader, editor) = (served.reader.clone(), served.editor.clone());
                    let picture =
                        served.call(Some(&reader), "show", json!({})).await?.json()["result"].clone();
                    assert_eq!(picture["version"], 1);
                    let intent = json!({ "set_vlan": { "port": "tap345", "vlan": { "access": 40 } } });
                    let planned = served
                        .call(
                            Some(&reader),
                            "plan",
                            json!({ "intent": intent, "allow": ["owner-reverts", "management-path"] }),
                        )
                        .await?;
                    let plan = planned.json()["result"].clone();
                    assert!(plan["steps"].is_array(), "{planned:?}");
                    let bad = new_token();
                    for (method, params, edits) in methods(&picture, &plan) {
                        for token in [None, Some(bad.as_str()), Some(""), Some(&reader[1..])] {
                            let answer = served.call(token, method, params.clone()).await?;
                            assert_eq!(answer.status, 401, "{method}: {answer:?}");
                            let head = answer.head.to_lowercase();
                            assert!(head.contains("www-authenticate: bearer"), "{head}");
                            assert!(head.contains("connection: close"), "{head}");
                            assert_eq!(answer.kind().as_deref(), Some("unauthorized"));
                        }
                        let read = served.call(Some(&reader), method, params.clone()).await?;
                        let edit = served.call(Some(&editor), method, params.clone()).await?;
                        assert_eq!((read.status, edit.status), (200, 200), "{method}");
                        let is_forbidden = read.kind().as_deref() == Some("forbidden");
                        assert_eq!(is_forbidden, edits, "{method}: {read:?}");
                        let is_told = edits || method.ends_with("watch");
                        assert_eq!(read.code().is_some(), is_told, "{method}: {read:?}");
                        match (edits, allow_edits) {
                            (true, false) => {
                                assert_eq!(edit.kind().as_deref(), Some("forbidden"), "{method}");
                                assert_eq!(edit.code(), Some(-32003));
                                assert!(edit.body.contains("--allow-edits"), "{edit:?}");
                            }
                            // There is nothing to confirm, as it was applied without.
                            _ if method.ends_with("watch") => assert!(edit.code().is_some(), "{edit:?}"),
                            _ if method == "confirm" => assert_eq!(edit.kind().as_deref(), Some("nothing")),
                            _ => assert!(edit.json().get("result").is_some(), "{method}: {edit:?}"),
                        }
                    }
                }
                Ok(())
            })
        },
    );
    suite.case("agent: a token is revoked by editing the file", || {
        runtime().block_on(async {
            let served = Served::editing().await?;
            let token = served.reader.clone();
            assert_eq!(served.call(Some(&token), "show", json!({})).await?.status, 200);
            fs::write(served.tokens(), format!("anna edit {}\n", served.editor))?;
            assert_eq!(served.call(Some(&token), "show", json!({})).await?.status, 401);
            let ended = format!("ben read {token} until 2020-01-01\n");
            fs::write(served.tokens(), ended)?;
            assert_eq!(served.call(Some(&token), "show", json!({})).await?.status, 401);
            fs::write(served.tokens(), format!("ben read {token} until 2999-01-01\n"))?;
            assert_eq!(served.call(Some(&token), "show", json!({})).await?.status, 200);
            fs::set_permissions(served.tokens(), fs::Permissions::from_mode(0o644))?;
            assert_eq!(served.call(Some(&token), "show", json!({})).await?.status, 401);
            Ok(())
        })
    });
    suite.case(
        "agent: a page of another origin gets 403, and its own is let in",
        || {
            runtime().block_on(async {
                let served = Served::with(|options| options.origin("https://console.example.com")).await?;
                let body = r#"{"jsonrpc":"2.0","id":1,"method":"pending"}"#;
                let token = Some(served.reader.as_str());
                for (origin, status) in [
                    ("Origin: https://console.example.com", 200),
                    ("Origin: https://evil.example", 403),
                    ("Origin: null", 403),
                    ("Origin: http://127.0.0.1", 403),
                ] {
                    let answer = served.post(token, &[origin], body).await?;
                    assert_eq!(answer.status, status, "{origin}: {answer:?}");
                }
                // Even one who has no token learns no more.
                let answer = served.post(None, &["Origin: https://evil.example"], body).await?;
                assert_eq!(answer.status, 403);
                Ok(())
            })
        },
    );
    suite.case("agent: plain TCP beyond loopback is refused without TLS", || {
        runtime().block_on(async {
            let directory = tempfile::tempdir()?;
            let tokens = directory.path().join("tokens");
            fs::write(&tokens, "")?;
            fs::set_permissions(&tokens, fs::Permissions::from_mode(0o600))?;
            for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:10.0.0.1]:0"] {
                let options = AgentOptions::new(&tokens).listen(Listen::Tcp(address.parse()?));
                match Agent::start(Host::embedded().await?, options).await {
                    Err(StartError::PlainBeyondLoopback(refused)) => assert_eq!(refused, address.parse()?),
                    other => panic!("{address}: {other:?}"),
                }
            }
            fs::set_permissions(&tokens, fs::Permissions::from_mode(0o604))?;
            let started = Agent::start(Host::embedded().await?, AgentOptions::new(&tokens)).await;
            assert!(
                matches!(started, Err(StartError::TokenFile { .. })),
                "{started:?}"
            );
            Ok(())
        })
    });
}
