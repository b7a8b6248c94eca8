//! Raw frames over WebSocket.

use std::fs;
use std::time::Duration;

use ahv_net::Facade;
use ahv_net::agent::{Client, ClientOptions, Limits};
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{PlanOptions, SetVlan};
use ahv_net::libvirt_model::vocab::VlanId;
use ahv_net::watch::Event;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use test_support::Suite;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::served::{Failed, Served};
use crate::runtime;

type Socket = WebSocketStream<TcpStream>;

async fn open(served: &Served, token: Option<&str>, origin: Option<&str>) -> Result<Socket, WsError> {
    let mut request = format!("ws://{}/", served.address()).into_client_request()?;
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().expect("a header");
        request.headers_mut().insert("authorization", value);
    }
    if let Some(origin) = origin {
        request
            .headers_mut()
            .insert("origin", origin.parse().expect("a header"));
    }
    let stream = TcpStream::connect(served.address()).await?;
    client_async(request, stream).await.map(|(socket, _)| socket)
}

fn status(refused: Result<Socket, WsError>) -> u16 {
    match refused {
        Err(WsError::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => 101,
    }
}

/// The next message as JSON; none when the agent closed.
async fn next(socket: &mut Socket) -> Result<Option<Value>, Failed> {
    loop {
        match tokio::time::timeout(Duration::from_secs(15), socket.next()).await? {
            Some(Ok(Message::Text(text))) => return Ok(Some(serde_json::from_str(&text)?)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            _ => return Ok(None),
        }
    }
}

async fn call(socket: &mut Socket, id: u64, method: &str, params: Value) -> Result<Value, Failed> {
    let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    socket.send(Message::text(request.to_string())).await?;
    loop {
        let message = next(socket).await?.ok_or("the agent closed")?;
        if message["id"] == id {
            return Ok(message);
        }
    }
}

async fn set_vlan(served: &Served, vlan: u16) -> Result<(), Failed> {
    let intent = SetVlan::access("tap345", VlanId::new(vlan)?);
    let plan = served
        .host
        .plan(
            intent,
            &PlanOptions::new().allow("owner-reverts").allow("management-path"),
        )
        .await?;
    served
        .host
        .apply(&plan, &ApplyOptions::new().state(served.directory.path()))
        .await?;
    Ok(())
}

pub(crate) fn cases(suite: &mut Suite) {
    suite.case(
        "agent: a WebSocket is opened with a token, and from no foreign page",
        || {
            runtime().block_on(async {
                let served = Served::with(|options| options.origin("https://console.example.com")).await?;
                let token = Some(served.reader.as_str());
                assert_eq!(status(open(&served, None, None).await), 401);
                assert_eq!(status(open(&served, Some("wrong"), None).await), 401);
                assert_eq!(
                    status(open(&served, token, Some("https://evil.example")).await),
                    403
                );
                assert_eq!(
                    status(open(&served, token, Some("https://console.example.com")).await),
                    101
                );
                assert_eq!(status(open(&served, token, None).await), 101);
                Ok(())
            })
        },
    );
    suite.case(
        "agent: watch tells the picture, then each change, until it is ended",
        || {
            runtime().block_on(async {
                let served = Served::editing().await?;
                let mut socket = open(&served, Some(&served.reader), None).await?;
                let id = call(&mut socket, 1, "watch", json!({})).await?["result"].clone();
                let notice = next(&mut socket).await?.ok_or("closed")?;
                assert_eq!(notice["method"], "notice", "{notice}");
                assert_eq!(notice["params"]["subscription"], id);
                assert_eq!(notice["params"]["result"]["event"], "picture");
                assert_eq!(notice["params"]["result"]["topology"]["version"], 1);
                set_vlan(&served, 40).await?;
                let notice = next(&mut socket).await?.ok_or("closed")?;
                let told = &notice["params"]["result"];
                assert_eq!(told["event"], "change", "{notice}");
                assert!(told["difference"].to_string().contains("tap345"), "{notice}");
                assert!(told["topology"].is_null());
                assert_eq!(
                    call(&mut socket, 2, "unwatch", json!([id])).await?["result"],
                    true
                );
                // Not more than the agreed number of them.
                for id in 3..7 {
                    assert!(call(&mut socket, id, "watch", json!({})).await?["error"].is_null());
                }
                assert!(call(&mut socket, 7, "watch", json!({})).await?["error"].is_object());
                Ok(())
            })
        },
    );
    suite.case("agent: an open WebSocket loses its rights with its token", || {
        runtime().block_on(async {
            let served = Served::editing().await?;
            let mut socket = open(&served, Some(&served.editor), None).await?;
            assert!(call(&mut socket, 1, "pending", json!({})).await?["error"].is_null());
            call(&mut socket, 2, "watch", json!({})).await?;
            next(&mut socket).await?;
            fs::write(served.tokens(), format!("ben read {}\n", served.reader))?;
            let refused = call(&mut socket, 3, "revert", json!({})).await?;
            assert_eq!(refused["error"]["data"]["kind"], "unauthorized", "{refused}");
            set_vlan(&served, 40).await?;
            // What is told now is that there is no more, and why.
            let notice = next(&mut socket).await?.ok_or("closed")?;
            assert_eq!(notice["params"]["result"]["event"], "ended", "{notice}");
            assert!(notice.to_string().contains("not valid"), "{notice}");
            assert!(next(&mut socket).await?.is_none());
            Ok(())
        })
    });
    suite.case("agent: the typed client's watch ends with its token", || {
        runtime().block_on(async {
            for scheme in ["ws", "http"] {
                let served = Served::editing().await?;
                let options = ClientOptions::token(&served.reader).poll(Duration::from_millis(100));
                let client = Client::new(&format!("{scheme}://{}", served.address()), options)?;
                let mut watch = client.watch().await?;
                fs::write(served.tokens(), format!("anna edit {}\n", served.editor))?;
                let mut said = String::new();
                while let Some(event) = tokio::time::timeout(Duration::from_secs(10), watch.next()).await? {
                    if let Event::Lost { reason, .. } = event {
                        said = reason;
                    }
                }
                assert!(said.contains("token"), "{scheme}: {said:?}");
            }
            Ok(())
        })
    });
    suite.case(
        "agent: who asks over a WebSocket and never reads is not served ahead",
        || {
            runtime().block_on(async {
                let served = Served::with(|options| {
                    let mut limits = Limits::default();
                    limits.patience = Duration::from_millis(1500);
                    limits.burst = 100_000;
                    limits.calls_per_second = 100_000;
                    options.limits(limits)
                })
                .await?;
                let mut socket = open(&served, Some(&served.reader), None).await?;
                let ask = json!({ "jsonrpc": "2.0", "id": 1, "method": "rpc.discover" }).to_string();
                let ask = Message::text(format!("{ask}{}", " ".repeat(16 << 10)));
                // The agent reads no further when nothing is read of it, and then hangs up.
                let mut sent = 0;
                let ended = loop {
                    match tokio::time::timeout(Duration::from_secs(10), socket.send(ask.clone())).await {
                        Ok(Ok(())) => sent += 1,
                        Ok(Err(_)) => break true,
                        Err(_) => break false,
                    }
                    if sent == 20_000 {
                        break false;
                    }
                };
                assert!(ended, "{sent} questions were taken");
                Ok(())
            })
        },
    );
    suite.case("agent: odd frames", || {
        runtime().block_on(async {
            let served = Served::editing().await?;
            let mut socket = open(&served, Some(&served.reader), None).await?;
            socket
                .send(Message::binary(
                    br#"{"jsonrpc":"2.0","id":1,"method":"pending"}"#.to_vec(),
                ))
                .await?;
            assert_eq!(next(&mut socket).await?.ok_or("closed")?["id"], 1);
            socket.send(Message::text("nonsense")).await?;
            assert_eq!(next(&mut socket).await?.ok_or("closed")?["error"]["code"], -32700);
            let batch =
                r#"[{"jsonrpc":"2.0","id":1,"method":"revert"},{"jsonrpc":"2.0","id":2,"method":"history"}]"#;
            socket.send(Message::text(batch)).await?;
            let answers = next(&mut socket).await?.ok_or("closed")?;
            assert_eq!(answers[0]["error"]["data"]["kind"], "forbidden", "{answers}");
            assert_eq!(answers[1]["result"], json!([]), "{answers}");
            socket.send(Message::text("x".repeat(9 << 20))).await.ok();
            let ended = next(&mut socket).await;
            let refused = matches!(&ended, Ok(Some(answer)) if answer["error"]["code"] == -32007);
            assert!(refused || !matches!(ended, Ok(Some(_))), "{ended:?}");
            Ok(())
        })
    });
    suite.case(
        "agent: the typed client watches, over WebSocket and by asking again",
        || {
            runtime().block_on(async {
                let served = Served::editing().await?;
                for (scheme, vlan) in [("ws", 40_u16), ("http", 41)] {
                    let options = ClientOptions::token(&served.reader).poll(Duration::from_millis(100));
                    let client = Client::new(&format!("{scheme}://{}", served.address()), options)?;
                    let mut watch = client.watch().await?;
                    set_vlan(&served, vlan).await?;
                    let event = tokio::time::timeout(Duration::from_secs(10), watch.next()).await?;
                    match event {
                        Some(Event::Change { topology, difference }) => {
                            let port = topology
                                .ports()
                                .find(|port| port.name == "tap345")
                                .ok_or("no port")?;
                            assert_eq!(port.tag.map(VlanId::get), Some(vlan));
                            assert!(!difference.is_empty());
                        }
                        other => panic!("{scheme}: {other:?}"),
                    }
                }
                Ok(())
            })
        },
    );
    suite.case(
        "agent: a watch says when its agent is lost, and goes on with the next",
        || {
            runtime().block_on(async {
                let served = Served::editing().await?;
                let path = served.directory.path().join("socket");
                let second = |tokens: std::path::PathBuf| {
                    ahv_net::agent::AgentOptions::new(tokens)
                        .listen(ahv_net::agent::Listen::Unix(path.clone()))
                        .state(served.directory.path().join("second"))
                };
                let agent =
                    ahv_net::agent::Agent::start(served.host.clone(), second(served.tokens())).await?;
                let options = ClientOptions::token(&served.reader).poll(Duration::from_millis(100));
                let client = Client::new(&format!("unix:{}", path.display()), options)?;
                let mut watch = client.watch().await?;
                agent.shut_down().await;
                let event = tokio::time::timeout(Duration::from_secs(10), watch.next()).await?;
                assert!(matches!(event, Some(Event::Lost { .. })), "{event:?}");
                set_vlan(&served, 42).await?;
                let _agent =
                    ahv_net::agent::Agent::start(served.host.clone(), second(served.tokens())).await?;
                for _ in 0..20 {
                    let event = tokio::time::timeout(Duration::from_secs(20), watch.next()).await?;
                    if let Some(Event::Change { topology, .. }) = event {
                        let port = topology
                            .ports()
                            .find(|port| port.name == "tap345")
                            .ok_or("no port")?;
                        assert_eq!(port.tag.map(VlanId::get), Some(42));
                        return Ok(());
                    }
                }
                Err("no change came".into())
            })
        },
    );
}
