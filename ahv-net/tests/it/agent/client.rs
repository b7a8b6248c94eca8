//! What the typed client sends, and what it makes of every kind of answer: against `wiremock`, and against servers
//! that break off.

use std::time::Duration;

use ahv_net::agent::{AgentError, Client, ClientOptions, Fault};
use ahv_net::apply::journal::JournalError;
use ahv_net::apply::{ApplyError, ApplyOptions};
use ahv_net::edit::{PlanOptions, SetVlan};
use ahv_net::libvirt_model::vocab::VlanId;
use ahv_net::{Error, Facade, Host};
use serde_json::{Value, json};
use test_support::Suite;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::served::Failed;
use crate::runtime;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn client(url: &str) -> Result<Client, Failed> {
    let options = ClientOptions::token(TOKEN).timeout(Duration::from_millis(800));
    Ok(Client::new(url, options)?)
}

/// A server that takes exactly this request.
async fn expecting(request: Value, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .and(header("content-type", "application/json"))
        .and(body_json(request))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    server
}

fn result(result: impl serde::Serialize) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "jsonrpc": "2.0", "id": 0, "result": result }))
}

#[expect(clippy::needless_pass_by_value, reason = "it is written where it is used")]
fn refusal(code: i32, message: &str, data: Value) -> ResponseTemplate {
    let error = json!({ "code": code, "message": message, "data": data });
    ResponseTemplate::new(200).set_body_json(json!({ "jsonrpc": "2.0", "id": 0, "error": error }))
}

/// Answers one request with these bytes, and closes.
#[expect(clippy::disallowed_methods, reason = "a test runs its own peer")]
async fn answering(bytes: Vec<u8>, after: Duration) -> Result<String, Failed> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::task::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 1 << 16];
            let _ = stream.read(&mut buffer).await;
            tokio::time::sleep(after).await;
            let _ = stream.write_all(&bytes).await;
        }
    });
    Ok(url)
}

fn agent_error(error: Error) -> AgentError {
    match error {
        Error::Agent(error) => error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn cases(suite: &mut Suite) {
    suite.case("agent's client: exactly these requests", || {
        runtime().block_on(async {
            let host = Host::embedded().await?;
            let picture = host.show().await?;
            let request = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": 0, "method": method, "params": params });
            let bare = |method: &str| json!({ "jsonrpc": "2.0", "id": 0, "method": method });

            let server = expecting(bare("show"), result(&picture)).await;
            assert_eq!(client(&server.uri())?.show().await?, picture);

            let intent = SetVlan::access("tap345", VlanId::new(40)?);
            let plan = host.plan(intent.clone(), &PlanOptions::new()).await?;
            let params = json!({
                "intent": { "set_vlan": intent },
                "allow": ["last-uplink"],
            });
            let server = expecting(request("plan", params), result(&plan)).await;
            let options = PlanOptions::new().allow("last-uplink");
            assert_eq!(client(&server.uri())?.plan(intent.into(), &options).await?, plan);

            let params = json!({ "plan": plan, "confirm_within_ms": 60_000, "wait": false });
            let report = json!({ "applied": true, "id": "3f2a9c01", "done": [], "confirm_by": 5 });
            let server = expecting(request("apply", params), result(&report)).await;
            let options = ApplyOptions::new().no_wait().confirm_within(Duration::from_secs(60));
            let applied = client(&server.uri())?.apply(&plan, &options).await?;
            assert_eq!(serde_json::to_value(&applied)?, report);

            let server = expecting(bare("pending"), result(Value::Null)).await;
            assert_eq!(client(&server.uri())?.pending(&options).await?, None);
            let server = expecting(bare("history"), result(json!([]))).await;
            assert_eq!(client(&server.uri())?.history(&options).await?, Vec::new());
            let server = expecting(bare("recover"), result(Value::Null)).await;
            assert_eq!(client(&server.uri())?.recover(&options).await?, None);
            for method in ["confirm", "revert"] {
                let nothing = refusal(-32053, "there is none", json!({ "kind": "nothing", "what": "there is none" }));
                let server = expecting(request(method, json!({ "id": "3f2a9c01" })), nothing).await;
                let client = client(&server.uri())?;
                let done = match method {
                    "confirm" => client.confirm(Some("3f2a9c01"), &options).await,
                    _ => client.revert(Some("3f2a9c01"), &options).await,
                };
                match done {
                    Err(ApplyError::Journal(JournalError::Nothing(what))) => assert_eq!(what, "there is none"),
                    other => panic!("{other:?}"),
                }
            }
            Ok(())
        })
    });
    suite.case("agent's client: every shape of error", || {
        runtime().block_on(async {
            let plan = {
                let host = Host::embedded().await?;
                host.plan(
                    SetVlan::access("tap345", VlanId::new(40)?),
                    &PlanOptions::new().allow("owner-reverts"),
                )
                .await?
            };
            let apply = async |answer: ResponseTemplate| -> Result<ApplyError, Failed> {
                let server = MockServer::start().await;
                Mock::given(method("POST"))
                    .respond_with(answer)
                    .mount(&server)
                    .await;
                let client = client(&server.uri())?;
                Ok(client.apply(&plan, &ApplyOptions::new()).await.unwrap_err())
            };
            let busy = json!({ "kind": "busy", "by": "anna", "pid": 7, "since": 0 });
            let error = apply(refusal(-32050, "busy", busy)).await?;
            assert!(error.is_busy() && error.to_string().contains("anna"), "{error}");
            let stale = json!({ "kind": "stale", "what": "port tap345" });
            let error = apply(refusal(-32044, "stale", stale)).await?;
            assert!(matches!(error, ApplyError::Stale(_)), "{error:?}");
            let undo = json!({ "undone": [], "left": [], "failed": ["all"], "unknown": [] });
            let failed = json!({ "kind": "failed", "step": "s", "error": "e", "undo": undo });
            let error = apply(refusal(-32060, "failed", failed)).await?;
            assert!(!error.is_as_before(), "{error:?}");
            let error = apply(refusal(-32003, "for reading", json!({ "kind": "forbidden" }))).await?;
            assert!(
                matches!(&error, ApplyError::Agent(error) if error.is_unauthorized()),
                "{error:?}"
            );
            assert_eq!(error.to_string(), "for reading");
            // A kind that a later release made up, an answer that was too large, a failure: it may be done.
            let error = apply(refusal(-32099, "new", json!({ "kind": "brand-new" }))).await?;
            assert_eq!(error.to_string(), "new");
            assert!(!error.is_as_before(), "{error:?}");
            let error = apply(refusal(-32008, "Response is too big", json!("Exceeded"))).await?;
            assert!(
                !error.is_as_before() && error.to_string().contains("Exceeded"),
                "{error:?}"
            );
            let undo = json!({ "undone": [], "left": [], "failed": ["all"], "unknown": [] });
            let error = apply(refusal(
                -32061,
                "lost",
                json!({ "kind": "not-recorded", "undo": undo }),
            ))
            .await?;
            assert!(!error.is_as_before(), "{error:?}");
            let error = apply(refusal(-32601, "Method not found", Value::Null)).await?;
            assert!(
                matches!(&error, ApplyError::Agent(error) if error.fault() == Some(&Fault::Invalid)),
                "{error:?}"
            );

            for (status, says) in [
                (401, "does not take this token"),
                (403, "403"),
                (404, "no agent"),
                (413, "too large"),
            ] {
                let error = apply(ResponseTemplate::new(status)).await?;
                assert!(error.to_string().contains(says), "{status}: {error}");
                assert!(error.is_as_before(), "{status}: {error:?}");
            }
            // What stands before the agent lost it half-way, or what came is no answer: it may be done.
            for answer in [
                ResponseTemplate::new(502),
                ResponseTemplate::new(200).set_body_string("<html>"),
                ResponseTemplate::new(200)
                    .set_body_string("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"applied\":"),
                ResponseTemplate::new(200).set_body_json(json!({ "jsonrpc": "2.0", "id": 99, "result": {} })),
                ResponseTemplate::new(200).set_delay(Duration::from_secs(5)),
            ] {
                let error = apply(answer).await?;
                let unknown = matches!(&error, ApplyError::Agent(error) if error.is_outcome_unknown());
                assert!(unknown && !error.is_as_before(), "{error:?}");
            }
            Ok(())
        })
    });
    suite.case("agent's client: answers that break off, dawdle, or never come", || {
        runtime().block_on(async {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"jsonrpc\"".to_vec();
            let url = answering(head.clone(), Duration::ZERO).await?;
            let error = agent_error(client(&url)?.show().await.unwrap_err());
            assert!(matches!(error, AgentError::NoAnswer { .. }), "{error:?}");
            let url = answering(head, Duration::from_secs(30)).await?;
            let error = agent_error(client(&url)?.show().await.unwrap_err());
            assert!(matches!(error, AgentError::NoAnswer { .. }), "{error:?}");
            let url = answering(b"nonsense\r\n\r\n".to_vec(), Duration::ZERO).await?;
            let error = agent_error(client(&url)?.show().await.unwrap_err());
            assert!(matches!(error, AgentError::NoAnswer { .. }), "{error:?}");
            // Nobody is there: nothing was sent.
            let free = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
            for scheme in ["http", "ws"] {
                let client = client(&format!("{scheme}://{free}"))?;
                let error = client.revert(None, &ApplyOptions::new()).await.unwrap_err();
                assert!(
                    matches!(&error, ApplyError::Agent(AgentError::Unreachable { .. })),
                    "{scheme}: {error:?}"
                );
                assert!(error.to_string().contains("is the agent running?"), "{scheme}: {error}");
            }
            Ok(())
        })
    });
}
