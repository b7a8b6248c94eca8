//! Edits by real processes: confirmed or undone, killed and recovered.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use test_support::{Failure, Process, Suite, Unavailable, long_run, wait_until};

use crate::command::{Example, Ran};

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

const EXAMPLES: [&str; 6] = ["ovsdb_server", "set_vlan", "confirm", "revert", "recover", "show"];

pub(crate) fn cases(suite: &mut Suite) {
    let mut case = |name: &str, body: fn(&World) -> Outcome| {
        suite.case_with(name, Examples::available(), move |examples| {
            body(&World::new(examples)?).map_err(Into::into)
        });
    };
    case("confirmed: what is not confirmed is undone", not_confirmed);
    case("confirmed: what is confirmed stays", confirmed);
    case(
        "confirmed: it is undone though its parent was killed",
        parent_killed,
    );
    case("confirmed: a full disk, nothing is applied", full_disk);
    case(
        "confirmed: killed at any moment and recovered, the host is as before or as after",
        killed,
    );
}

struct Examples(Vec<(&'static str, Example)>);

impl Examples {
    fn available() -> Result<Self, Unavailable> {
        let found = EXAMPLES.map(|name| Example::available(name).map(|example| (name, example)));
        found.into_iter().collect::<Result<_, _>>().map(Self)
    }

    fn get(&self, name: &str) -> Result<&Example, Failure> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, example)| example)
            .ok_or_else(|| Failure::new(format!("{name} is not among the examples of this case")))
    }
}

/// An OVSDB server of its own, in memory and in a process, and a directory for the journal.
struct World {
    examples: Examples,
    _server: Process,
    directory: TempDir,
}

impl World {
    fn new(examples: Examples) -> Result<Self, Failure> {
        let directory = tempfile::Builder::new()
            .prefix("confirmed-")
            .tempdir()
            .map_err(|error| Failure::new(error.to_string()))?;
        let socket = directory.path().join("db.sock");
        let mut command = Command::new(examples.get("ovsdb_server")?.path());
        command
            .args(["--vswitchd", "--listen"])
            .arg(format!("punix:{}", socket.display()));
        let server = Process::start(command, directory.path().join("server.log"))?;
        let world = Self {
            examples,
            _server: server,
            directory,
        };
        wait_until("the server answers", Duration::from_secs(10), || {
            Ok(world.tag().ok())
        })?;
        Ok(world)
    }

    fn flags(&self) -> [String; 4] {
        let socket = self.directory.path().join("db.sock");
        [
            "--ovsdb".to_owned(),
            format!("unix:{}", socket.display()),
            "--state".to_owned(),
            self.directory.path().join("state").display().to_string(),
        ]
    }

    fn run(&self, example: &str, arguments: &[&str]) -> Result<Ran, Failure> {
        let flags = self.flags();
        let mut all = arguments.to_vec();
        all.extend(flags.iter().map(String::as_str));
        self.examples.get(example)?.run(&all)
    }

    fn set(&self, vlan: &str, more: &[&str]) -> Result<Ran, Failure> {
        let mut arguments = vec!["tap345", "--access", vlan, "--allow", "owner-reverts"];
        arguments.extend(more);
        self.run("set_vlan", &arguments)
    }

    /// The VLAN of the guest's port, as another process sees it.
    fn tag(&self) -> Result<i64, Failure> {
        let flags = self.flags();
        let [ovsdb, remote, ..] = &flags;
        let ran = self.examples.get("show")?.run(&["--json", ovsdb, remote])?;
        let host: Value = serde_json::from_str(&ran.stdout)
            .map_err(|error| Failure::new(format!("{error}: {}", ran.stderr)))?;
        let ports = host.pointer("/bridges/0/ports").and_then(Value::as_array);
        ports
            .and_then(|ports| {
                ports
                    .iter()
                    .find(|port| port.get("name") == Some(&"tap345".into()))
            })
            .and_then(|port| port.get("tag")?.as_i64())
            .ok_or_else(|| Failure::new("tap345 has no tag"))
    }

    fn becomes(&self, vlan: i64) -> Result<(), Failure> {
        wait_until(
            &format!("the VLAN becomes {vlan}"),
            Duration::from_secs(15),
            || Ok(self.tag().ok().filter(|tag| *tag == vlan)),
        )
        .map(drop)
    }
}

fn not_confirmed(world: &World) -> Outcome {
    let ran = world.set("40", &["--confirm-within", "3s"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr.contains("unless it is confirmed: run confirm"),
        "{ran:?}"
    );
    assert_eq!(world.tag()?, 40);
    let other = world.set("41", &[])?;
    assert_eq!(other.code, Some(1), "{other:?}");
    assert!(other.stderr.contains("confirm or revert it first"), "{other:?}");
    world.becomes(32)?;
    wait_until("the journal knows", Duration::from_secs(5), || {
        let late = world.run("confirm", &[])?;
        Ok((late.code == Some(1) && late.stderr.contains("it was not confirmed by")).then_some(()))
    })?;
    assert_eq!(world.set("41", &[])?.code, Some(0));
    Ok(())
}

fn confirmed(world: &World) -> Outcome {
    assert_eq!(world.set("40", &["--confirm-within", "3s"])?.code, Some(0));
    let ran = world.run("confirm", &[])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    thread_sleep(Duration::from_secs(5));
    assert_eq!(world.tag()?, 40);
    let ran = world.run("revert", &[])?;
    assert_eq!((ran.code, world.tag()?), (Some(0), 32), "{ran:?}");
    Ok(())
}

/// An edit of which the process is killed `after` it was started.
fn start_and_kill(world: &World, arguments: &[&str], after: Duration) -> Outcome {
    let mut command = Command::new(world.examples.get("set_vlan")?.path());
    command
        .args(["tap345", "--access", "40", "--allow", "owner-reverts"])
        .args(arguments)
        .args(world.flags())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn()?;
    thread_sleep(after);
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn parent_killed(world: &World) -> Outcome {
    let mut was_changed = false;
    for millis in [15, 25, 40, 80, 500] {
        start_and_kill(world, &["--confirm-within", "1s"], Duration::from_millis(millis))?;
        was_changed |= world.tag()? == 40;
        world.becomes(32)?;
        // The watchdog has done its part when the next edit may begin.
        wait_until("the watchdog is done", Duration::from_secs(15), || {
            let ran = world.run("recover", &["--json"])?;
            Ok((ran.code == Some(0) && ran.stdout.trim() == "null").then_some(()))
        })?;
        assert_eq!(world.tag()?, 32);
    }
    assert!(was_changed, "no edit got as far as the change");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "how long is what is tested")]
fn thread_sleep(duration: Duration) {
    thread::sleep(duration);
}

fn killed(world: &World) -> Outcome {
    let times: u64 = if long_run().is_ok() { 100 } else { 5 };
    for time in 0..times {
        // Spread over what an edit takes, in an order that is not monotonous.
        let after = Duration::from_micros(2_000 + time * 7_919 % 70_000);
        start_and_kill(world, &[], after)?;
        let found = world.tag()?;
        let ran = world.run("recover", &["--json"])?;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let tag = world.tag()?;
        match ran.stdout.trim() {
            "null" => assert_eq!(tag, found, "there was nothing to recover, after {after:?}"),
            _ => assert_eq!(tag, 32, "after {after:?}: {ran:?}"),
        }
        assert!(tag == 32 || tag == 40, "{tag} after {after:?}");
        if tag == 40 {
            assert_eq!(world.run("revert", &[])?.code, Some(0));
        }
        assert_eq!(world.tag()?, 32);
    }
    Ok(())
}

/// A disk with no room: a file system of one page in a mount namespace of the edit's own.
fn full_disk(world: &World) -> Outcome {
    let state = world.directory.path().join("state");
    std::fs::create_dir(&state)?;
    let mut command = Command::new("unshare");
    command.args(["--mount", "--", "sh", "-c"]);
    command.arg("mount -t tmpfs -o size=4k,mode=0700 none \"$1\" && shift && dd if=/dev/zero of=\"$STATE/full\" bs=4k count=1 2>/dev/null; exec \"$@\"");
    command
        .arg("sh")
        .arg(&state)
        .arg(world.examples.get("set_vlan")?.path());
    command.args(["tap345", "--access", "40", "--allow", "owner-reverts"]);
    command.args(world.flags()).env("STATE", &state);
    let ran = Ran::from(command.stdin(Stdio::null()).output()?);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("No space left on device"), "{ran:?}");
    assert_eq!(world.tag()?, 32);
    Ok(())
}
