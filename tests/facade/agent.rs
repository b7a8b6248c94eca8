//! The agent as a process: examples and a Python client over it, and its death at any moment.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ahv_net::Facade;
use ahv_net::agent::Client;
use ahv_net::apply::journal::Phase;
use ahv_net::apply::{ApplyError, ApplyOptions};
use ahv_net::edit::{PlanOptions, SetVlan};
use ahv_net::libvirt_model::vocab::VlanId;
use ovsdb_client::server::{Server, Vswitchd};
use serde_json::json;
use test_support::{Failure, Lab, Suite, Unavailable, wait_until};

use crate::command::{Example, Ran};
use crate::served::{Agents, PATIENCE, Served};

pub(crate) fn cases(suite: &mut Suite) {
    let both = Example::available("agent").and_then(|agent| Ok((agent, Example::available("show")?)));
    suite.limit(Duration::from_secs(120));
    suite.case_with(
        "agent: serves the embedded host, and says where its tokens are",
        both,
        |(agent, show)| {
            let directory = tempfile::tempdir()?;
            let served = Served::start(&agent, directory.path(), &["--allow-edits"])?;
            let (reader, editor) = (served.said("reader's token: ")?, served.said("editor's token: ")?);
            let local = show.run(&[])?;
            let remote = show.run(&["--agent", &served.url, "--token-file", &reader])?;
            assert_eq!((remote.code, remote.stderr.as_str()), (Some(0), ""), "{remote:?}");
            // The two embedded hosts differ in where they are read.
            let bridges = |ran: &Ran| ran.stdout.lines().filter(|line| line.contains("br0")).count();
            assert_eq!(bridges(&local), bridges(&remote));
            assert!(remote.stdout.contains("tap345"), "{remote:?}");

            show.run(&["--agent", &served.url])?
                .code
                .filter(|code| *code == 2)
                .ok_or("a token is needed")?;
            let both = show.run(&["--agent", &served.url, "--token-file", &reader, "--local"])?;
            assert_eq!(both.code, Some(2), "{both:?}");
            let set_vlan = Example::available("set_vlan").map_err(|error| Failure::new(error.to_string()))?;
            let edit = |token: &str, more: &[&str]| {
                let line = [
                    "tap345",
                    "--access",
                    "40",
                    "--allow",
                    "owner-reverts",
                    "--agent",
                    &served.url,
                    "--token-file",
                    token,
                ];
                set_vlan.run(&[&line[..], more].concat())
            };
            let refused = edit(&reader, &[])?;
            assert_eq!(refused.code, Some(1), "{refused:?}");
            assert!(refused.stderr.contains("is for reading"), "{refused:?}");
            let done = edit(&editor, &["--json", "--confirm-within", "60s"])?;
            assert_eq!(done.code, Some(0), "{done:?}");
            let report: serde_json::Value = serde_json::from_str(&done.stdout)?;
            assert_eq!(report.get("applied"), Some(&json!(true)));
            let confirm = Example::available("confirm").map_err(|error| Failure::new(error.to_string()))?;
            let confirmed = confirm.run(&["--agent", &served.url, "--token-file", &editor])?;
            assert_eq!(confirmed.code, Some(0), "{confirmed:?}");
            // What goes wrong in it is said on stderr.
            let tokens = Path::new(&reader).with_file_name("tokens");
            fs::set_permissions(&tokens, fs::Permissions::from_mode(0o644))?;
            assert_eq!(
                show.run(&["--agent", &served.url, "--token-file", &reader])?.code,
                Some(1)
            );
            served.said("ERROR: no token is valid until the token file can be read again")?;
            fs::set_permissions(&tokens, fs::Permissions::from_mode(0o600))?;
            let again = edit(&editor, &["--json"])?;
            let report: serde_json::Value = serde_json::from_str(&again.stdout)?;
            assert_eq!(report.get("steps"), Some(&json!([])));
            Ok(())
        },
    );
    suite.case_with(
        "agent: what it makes up for one run ends with it",
        Example::available("agent"),
        |agent| {
            let directory = tempfile::tempdir()?;
            let served = Served::start(&agent, directory.path(), &[])?;
            let reader = served.said("reader's token: ")?;
            let made = Path::new(&reader).parent().ok_or("a token is in a directory")?;
            // Where it is killed instead, what it made goes with the test.
            assert!(made.starts_with(directory.path()), "{}", made.display());
            assert!(made.join("tokens").exists() && made.join("state").exists());
            let asked = Command::new("kill")
                .args(["-s", "TERM", &served.id().to_string()])
                .status()?;
            assert!(asked.success(), "{asked}");
            wait_until("what it made is gone", PATIENCE, || {
                Ok((!made.exists()).then_some(()))
            })?;
            Ok(())
        },
    );
    suite.case_with(
        "agent: a client of Python's standard library",
        python(),
        |agent| {
            let directory = tempfile::tempdir()?;
            let served = Served::start(&agent, directory.path(), &["--allow-edits"])?;
            let (reader, editor) = (served.said("reader's token: ")?, served.said("editor's token: ")?);
            let script =
                Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("examples/python/agent_client.py");
            let run = |token: &str, line: &[&str]| -> Result<Ran, Failure> {
                let output = Command::new("/usr/bin/python3")
                    .arg(&script)
                    .args([served.url.as_str(), token])
                    .args(line)
                    .output()
                    .map_err(|error| Failure::new(format!("cannot run python3: {error}")))?;
                Ok(Ran::from(output))
            };
            let shown = run(&reader, &["show"])?;
            assert!(shown.stdout.contains("tap345\tguest\t32"), "{shown:?}");
            let refused = run(&reader, &["set_vlan", "tap345", "40", "--allow", "owner-reverts"])?;
            refused_by(&refused, "is for reading");
            let edited = run(
                &editor,
                &[
                    "set_vlan",
                    "tap345",
                    "40",
                    "--confirm-within",
                    "60",
                    "--allow",
                    "owner-reverts",
                ],
            )?;
            assert_eq!(edited.code, Some(0), "{edited:?}");
            let pending = run(&reader, &["pending"])?;
            assert!(pending.stdout.contains("unconfirmed"), "{pending:?}");
            assert_eq!(run(&editor, &["revert"])?.code, Some(0));
            let shown = run(&reader, &["show"])?;
            assert!(shown.stdout.contains("tap345\tguest\t32"), "{shown:?}");
            refused_by(&run(&editor, &["set_vlan", "tap9", "40"])?, "tap9");
            refused_by(&run("/nonexistent", &["show"])?, "/nonexistent");
            // The token goes to the agent alone: to nobody who stands between, and into no message.
            let secret = fs::read_to_string(&reader)?;
            let secret = secret.trim();
            let token = directory.path().join("token");
            let with = |text: &[u8], mode: u32| -> Result<Ran, Failure> {
                fs::write(&token, text)
                    .and_then(|()| fs::set_permissions(&token, fs::Permissions::from_mode(mode)))
                    .map_err(|error| Failure::new(error.to_string()))?;
                run(&token.display().to_string(), &["show"])
            };
            for (text, mode, says) in [
                (
                    format!("{secret}\n{secret}\n").as_bytes(),
                    0o600,
                    "alone on a line",
                ),
                ("h\u{e4}".as_bytes(), 0o600, "alone on a line"),
                (secret.as_bytes(), 0o644, "chmod 0600"),
            ] {
                let ran = with(text, mode)?;
                refused_by(&ran, says);
                assert!(!ran.stderr.contains(secret), "{ran:?}");
            }
            let of = |url: &str| -> Result<Ran, Failure> {
                let output = Command::new("/usr/bin/python3")
                    .arg(&script)
                    .args([url, &reader, "show"])
                    .env("http_proxy", &served.url)
                    .output()
                    .map_err(|error| Failure::new(format!("cannot run python3: {error}")))?;
                Ok(Ran::from(output))
            };
            refused_by(&of("banana")?, "no URL of an agent");
            refused_by(&of("http://192.0.2.1:80")?, "in the clear");
            let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            let ran = of(&format!("http://{nobody}"))?;
            refused_by(&ran, "is the agent running?");
            for answer in [
                format!(
                    "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
                    served.url
                ),
                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{".to_owned(),
            ] {
                let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
                let url = format!("http://{}", listener.local_addr()?);
                let peer = std::thread::spawn(move || -> std::io::Result<()> {
                    let (mut stream, _) = listener.accept()?;
                    let mut buffer = [0; 1 << 14];
                    if stream.read(&mut buffer)? == 0 {
                        return Ok(());
                    }
                    stream.write_all(answer.as_bytes())
                });
                let ran = of(&url)?;
                assert_eq!(ran.code, Some(1), "{ran:?}");
                assert!(
                    !ran.stderr.contains("Traceback") && !ran.stderr.contains("may be done"),
                    "{ran:?}"
                );
                peer.join().map_err(|_| Failure::new("the peer failed"))??;
            }
            Ok(())
        },
    );
    let rounds = match std::env::var_os("AHV_LONG") {
        Some(_) => 100,
        None => 5,
    };
    suite.limit(Duration::from_secs(60 + 40 * rounds));
    suite.case_with(
        "agent: killed at any moment of a confirmed commit, started again: before, or after where confirmed",
        Example::available("agent"),
        move |agent| {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()?;
            let server = runtime.block_on(switch())?;
            let sources = ["--ovsdb", &server.remote()];
            runtime.block_on(killed(&agent, &sources, rounds))
        },
    );
    let lab = Lab::from_env().and_then(|lab| Ok((lab, Example::available("agent")?)));
    suite.case_with(
        "agent: killed at any moment in the lab, started again: before, or after where confirmed",
        lab,
        move |(lab, agent)| {
            let _turn = lab.exclusive()?;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let sources = ["--ovsdb", lab.ovsdb(), "--libvirt", lab.libvirt()];
            runtime.block_on(killed(&agent, &sources, rounds))
        },
    );
    suite.limit(Duration::from_secs(60));
}

fn python() -> Result<Example, Unavailable> {
    match Path::new("/usr/bin/python3").exists() {
        true => Example::available("agent"),
        false => Err(Unavailable::Missing("python3 (package python3)".to_owned())),
    }
}

#[track_caller]
fn refused_by(ran: &Ran, says: &str) {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains(says) && !ran.stderr.contains("Traceback"),
        "{ran:?}"
    );
}

/// A switch with one port, `tap345`, whose vswitchd takes a moment to take a change in.
async fn switch() -> Result<Server, Box<dyn std::error::Error>> {
    let server = Server::builder()
        .database(ovsdb_client::vswitch::schema("8.3.0".parse()?)?)
        .vswitchd(Vswitchd::new().delay(Duration::from_millis(150)))
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
    match result.error() {
        None => Ok(server),
        Some(error) => Err(format!("{error:?}").into()),
    }
}

/// Applies with confirmation, kills the agent at a random moment, starts it again, and looks what became of it.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the edit runs on while its agent is killed; how the rounds ended is what a long run is for"
)]
async fn killed(agent: &Example, sources: &[&str], rounds: u64) -> Result<(), libtest_mimic::Failed> {
    let directory = tempfile::tempdir()?;
    let agents = Agents::new(agent, directory.path(), sources)?;
    let options = ApplyOptions::new();
    // Another sequence in every run; a failure is told by its seed.
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let seed = u64::try_from(since_1970.as_nanos() & u128::from(u64::MAX))?;
    println!("seed {seed:#x}");
    let mut random = seed;
    let (mut kept, mut undone) = (0, 0);
    for round in 0..rounds {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // The first is killed when it surely is confirmed.
        let pause = match round {
            0 => Duration::from_secs(3),
            _ => Duration::from_millis((random >> 33) % 900),
        };
        let watchdog: &[&str] = if round % 3 == 0 { &["--no-watchdog"] } else { &[] };
        let (served, client) = agents.start(watchdog)?;
        let before = tag(&client).await?;
        let after = 100 + u16::try_from(round)?;
        let wants = round % 2 == 0;
        let editing = tokio::spawn(async move { commit(&client, after, wants).await });
        tokio::time::sleep(pause).await;
        served.kill();
        let outcome = tokio::time::timeout(PATIENCE, editing).await??;
        let (served, client) = agents.start(watchdog)?;
        let begin = std::time::SystemTime::now();
        while client.pending(&options).await?.is_some() {
            if begin.elapsed()? > PATIENCE {
                return Err(format!("round {round}: it is still pending").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let recorded = client
            .history(&options)
            .await?
            .into_iter()
            .find(|entry| entry.plan.intent.contains(&after.to_string()));
        let is_confirmed = recorded
            .as_ref()
            .is_some_and(|entry| entry.phase == Phase::Confirmed);
        // Who was told that it is confirmed can rely on that.
        if let Some(Outcome::Confirmed) = outcome {
            assert!(is_confirmed, "round {round}: {recorded:?}");
        }
        let expected = if is_confirmed { after } else { before };
        let found = tag(&client).await?;
        assert_eq!(
            found, expected,
            "seed {seed:#x}, round {round}, killed after {pause:?}, {outcome:?}: {recorded:?}"
        );
        match is_confirmed {
            true => kept += 1,
            false => undone += 1,
        }
        let back = client
            .plan(SetVlan::access("tap345", VlanId::new(32)?).into(), &allowing())
            .await?;
        client.apply(&back, &options).await?;
        served.kill();
    }
    println!("{rounds} rounds: {kept} confirmed, {undone} as before");
    assert!(kept > 0 && undone > 0, "all rounds ended alike: {kept} confirmed");
    Ok(())
}

/// In the lab the guest's VLAN is Acropolis's, which a guard says; another does not know what the host is reached by, as
/// no kernel is read.
fn allowing() -> PlanOptions {
    PlanOptions::new().allow("owner-reverts").allow("management-path")
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Applied,
    Confirmed,
}

/// Gives how far it came; none where an answer was lost or refused.
async fn commit(client: &Client, vlan: u16, wants: bool) -> Option<Outcome> {
    let intent = SetVlan::access("tap345", VlanId::new(vlan).ok()?);
    let plan = client.plan(intent.into(), &allowing()).await.ok()?;
    let options = ApplyOptions::new().confirm_within(Duration::from_millis(1500));
    let applied: Result<_, ApplyError> = client.apply(&plan, &options).await;
    let id = applied.ok()?.id?;
    if !wants {
        return Some(Outcome::Applied);
    }
    let entry = client.confirm(Some(&id), &options).await.ok()?;
    (entry.phase == Phase::Confirmed).then_some(Outcome::Confirmed)
}

async fn tag(client: &Client) -> Result<u16, libtest_mimic::Failed> {
    let topology = client.show().await?;
    let port = topology
        .ports()
        .find(|port| port.name == "tap345")
        .ok_or("there is no tap345")?;
    Ok(port.tag.ok_or("it has no tag")?.get())
}
