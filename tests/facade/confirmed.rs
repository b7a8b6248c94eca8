//! Edits by real processes: confirmed or undone, killed and recovered.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use test_support::{ExclusiveTurn, Failure, Lab, Process, Suite, Unavailable, long_run, wait_until};

use crate::command::{Example, Ran};

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

const EXAMPLES: [&str; 6] = ["ovsdb_server", "set_vlan", "confirm", "revert", "recover", "show"];

/// A case by its name, the same on every host.
type Case = (&'static str, fn(&World) -> Outcome);

pub(crate) fn cases(suite: &mut Suite) {
    let all: [Case; 5] = [
        ("what is not confirmed is undone", not_confirmed),
        ("what is confirmed stays", confirmed),
        ("it is undone though its parent was killed", parent_killed),
        ("a full disk, nothing is applied", full_disk),
        (
            "killed at any moment and recovered, the host is as before or as after",
            killed,
        ),
    ];
    for (name, body) in all {
        suite.case_with(
            format!("confirmed: {name}"),
            Examples::available(),
            move |examples| body(&World::in_memory(examples)?).map_err(Into::into),
        );
    }
    // With the turns of all others that it may have to wait for.
    suite.limit(match long_run() {
        Ok(()) => Duration::from_secs(3600),
        Err(_) => Duration::from_secs(900),
    });
    for (name, body) in all {
        let has = Lab::from_env().and_then(|lab| Ok((lab, Examples::available()?)));
        suite.case_with(
            format!("confirmed: in the lab: {name}"),
            has,
            move |(lab, examples)| body(&World::in_lab(examples, lab)?).map_err(Into::into),
        );
    }
    let has = Lab::from_env().and_then(|lab| Ok((lab, Examples::available()?)));
    suite.case_with(
        "confirmed: in the lab: what cannot be undone is left, by its id",
        has,
        |(lab, examples)| left(&World::in_lab(examples, lab)?).map_err(Into::into),
    );
    suite.limit(Duration::from_secs(60));
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

/// A host, and a directory for the journal of edits on it.
struct World {
    examples: Examples,
    host: Host,
    directory: TempDir,
}

enum Host {
    /// An OVSDB server of its own, in memory and in a process.
    Memory(#[expect(dead_code, reason = "held, so that it runs")] Process),
    /// The lab, where an edit of the port is one of libvirt's record of the guest's NIC too.
    Lab(
        Lab,
        #[expect(dead_code, reason = "held, so that no other case uses the lab")] ExclusiveTurn,
    ),
}

impl World {
    fn in_memory(examples: Examples) -> Result<Self, Failure> {
        let directory = directory()?;
        let socket = directory.path().join("db.sock");
        let mut command = Command::new(examples.get("ovsdb_server")?.path());
        command
            .args(["--vswitchd", "--listen"])
            .arg(format!("punix:{}", socket.display()));
        let server = Process::start(command, directory.path().join("server.log"))?;
        let world = Self {
            examples,
            host: Host::Memory(server),
            directory,
        };
        wait_until("the server answers", Duration::from_secs(10), || {
            Ok(world.tag().ok())
        })?;
        Ok(world)
    }

    fn in_lab(examples: Examples, lab: Lab) -> Result<Self, Failure> {
        let turn = lab.exclusive()?;
        Ok(Self {
            examples,
            host: Host::Lab(lab, turn),
            directory: directory()?,
        })
    }

    fn flags(&self) -> Vec<String> {
        let mut flags = self.sources();
        flags.push("--state".to_owned());
        flags.push(self.directory.path().join("state").display().to_string());
        flags
    }

    fn sources(&self) -> Vec<String> {
        match &self.host {
            Host::Memory(_) => {
                let socket = self.directory.path().join("db.sock");
                vec!["--ovsdb".to_owned(), format!("unix:{}", socket.display())]
            }
            Host::Lab(lab, _) => ["--ovsdb", lab.ovsdb(), "--libvirt", lab.libvirt()]
                .map(str::to_owned)
                .into(),
        }
    }

    fn run(&self, example: &str, arguments: &[&str]) -> Result<Ran, Failure> {
        let flags = self.flags();
        let mut all = arguments.to_vec();
        all.extend(flags.iter().map(String::as_str));
        self.examples.get(example)?.run(&all)
    }

    fn set(&self, vlan: &str, more: &[&str]) -> Result<Ran, Failure> {
        let mut arguments = vec![
            "tap345",
            "--access",
            vlan,
            "--allow",
            "owner-reverts",
            "--allow",
            "management-path",
        ];
        arguments.extend(more);
        self.run("set_vlan", &arguments)
    }

    /// The VLAN of the guest's port, as another process sees it. On the lab, libvirt's two records of the NIC must say
    /// the same.
    fn tag(&self) -> Result<i64, Failure> {
        let Host::Lab(lab, _) = &self.host else {
            return self.shown_tag();
        };
        let port = lab.run(&["ovs-vsctl", "--timeout=20", "get", "Port", "tap345", "tag"])?;
        let live = lab.run(&["virsh", "dumpxml", "guest-vlan32"])?;
        let config = lab.run(&["virsh", "dumpxml", "--inactive", "guest-vlan32"])?;
        let port = port.trim();
        let tag = format!("<tag id='{port}'/>");
        match live.contains(&tag) && config.contains(&tag) {
            true => port
                .parse()
                .map_err(|_| Failure::new(format!("{port} is no VLAN"))),
            false => Err(Failure::new(format!(
                "the port has VLAN {port}, and libvirt another:\n{live}\n{config}"
            ))),
        }
    }

    /// The VLAN of the guest's port, whatever libvirt says.
    fn shown_tag(&self) -> Result<i64, Failure> {
        let sources = self.sources();
        let mut line = vec!["--json"];
        line.extend(sources.iter().map(String::as_str));
        let ran = self.examples.get("show")?.run(&line)?;
        let host: Value = serde_json::from_str(&ran.stdout)
            .map_err(|error| Failure::new(format!("{error}: {}", ran.stderr)))?;
        let bridges = host.get("bridges").and_then(Value::as_array);
        let mut ports = bridges
            .into_iter()
            .flatten()
            .filter_map(|bridge| bridge.get("ports")?.as_array())
            .flatten();
        ports
            .find(|port| port.get("name") == Some(&"tap345".into()))
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
    assert_eq!(world.run("revert", &[])?.code, Some(0));
    assert_eq!(world.tag()?, 32);
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

fn directory() -> Result<TempDir, Failure> {
    tempfile::Builder::new()
        .prefix("confirmed-")
        .tempdir()
        .map_err(|error| Failure::new(error.to_string()))
}

/// An edit of which the process is killed `after` it was started.
fn start_and_kill(world: &World, arguments: &[&str], after: Duration) -> Outcome {
    let mut child = start(world, arguments)?;
    thread_sleep(after);
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// An edit in a process of its own.
fn start(world: &World, arguments: &[&str]) -> Result<Child, Failure> {
    let mut command = Command::new(world.examples.get("set_vlan")?.path());
    command
        .args([
            "tap345",
            "--access",
            "40",
            "--allow",
            "owner-reverts",
            "--allow",
            "management-path",
        ])
        .args(arguments)
        .args(world.flags())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
        .spawn()
        .map_err(|error| Failure::new(format!("cannot run set_vlan: {error}")))
}

fn parent_killed(world: &World) -> Outcome {
    let whole = whole_edit(world)?;
    for part in [15, 30, 50, 80, 150] {
        start_and_kill(world, &["--confirm-within", "1s"], whole * part / 100)?;
        undone_by_watchdog(world)?;
    }
    // And once surely when it has changed the VLAN.
    let mut child = start(world, &["--confirm-within", "5s"])?;
    wait_until("the edit changes the VLAN", Duration::from_secs(30), || {
        Ok((world.shown_tag()? == 40).then_some(()))
    })?;
    child.kill()?;
    child.wait()?;
    undone_by_watchdog(world)
}

/// The watchdog has done its part when the next edit may begin.
fn undone_by_watchdog(world: &World) -> Outcome {
    wait_until("the watchdog is done", Duration::from_secs(30), || {
        let ran = world.run("recover", &["--json"])?;
        Ok((ran.code == Some(0) && ran.stdout.trim() == "null").then_some(()))
    })?;
    world.becomes(32)?;
    Ok(())
}

/// How long an edit takes here and now.
fn whole_edit(world: &World) -> Result<Duration, Failure> {
    let ran = world.set("40", &[])?;
    let reverted = world.run("revert", &[])?;
    match (ran.code, reverted.code) {
        (Some(0), Some(0)) => Ok(ran.took),
        _ => Err(Failure::new(format!("{ran:?}, {reverted:?}"))),
    }
}

#[expect(clippy::disallowed_methods, reason = "how long is what is tested")]
fn thread_sleep(duration: Duration) {
    thread::sleep(duration);
}

fn killed(world: &World) -> Outcome {
    let times: u32 = if long_run().is_ok() { 100 } else { 5 };
    let whole = whole_edit(world)?;
    let (mut not_begun, mut recovered, mut done) = (0, 0, 0);
    for time in 0..times {
        // Spread over what an edit takes and a little more, in an order that is not monotonous.
        let after = whole * (10 + time * 37 % 110) / 100;
        start_and_kill(world, &[], after)?;
        let found = world.shown_tag()?;
        let ran = world.run("recover", &["--json"])?;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let tag = world.tag()?;
        match (ran.stdout.trim(), tag) {
            ("null", _) if tag != found => panic!("{tag} and not {found}, after {after:?}: {ran:?}"),
            ("null", 32) => not_begun += 1,
            ("null", 40) => done += 1,
            (_, 32) => recovered += 1,
            _ => panic!("{tag} after {after:?}: {ran:?}"),
        }
        if tag == 40 {
            assert_eq!(world.run("revert", &[])?.code, Some(0));
        }
        assert_eq!(world.tag()?, 32);
    }
    let counts = format!("{times} killed: {not_begun} not begun, {recovered} recovered, {done} done");
    writeln!(io::stderr(), "{counts}, in {whole:?} each")?;
    assert!(times < 100 || recovered > 0, "{counts}");
    Ok(())
}

/// An undo without libvirtd, which a part of the edit is about: it can be finished, or left.
fn left(world: &World) -> Outcome {
    let nothing = world.run("recover", &["--leave", "00000000", "--why", "as asked"])?;
    nothing.refused_with(&["no edit is unfinished"]);
    assert_eq!(world.set("40", &[])?.code, Some(0));
    let Host::Lab(lab, _) = &world.host else {
        return Err("this is for the lab".into());
    };
    let state = world.directory.path().join("state").display().to_string();
    let without_libvirt = ["--ovsdb", lab.ovsdb(), "--state", &state];
    let revert = world.examples.get("revert")?.run(&without_libvirt)?;
    assert_eq!(revert.code, Some(1), "{revert:?}");
    assert!(revert.stderr.contains("NOT undone"), "{revert:?}");
    let (id, _) = revert.stdout.split_once(' ').ok_or("no id")?;
    let other = world.set("41", &[])?;
    assert_eq!(other.code, Some(1), "{other:?}");
    assert!(
        other.stderr.contains(&format!("recover --leave {id}")),
        "{other:?}"
    );

    let almost = world.run("recover", &["--leave", &id[..7], "--why", "as asked"])?;
    almost.refused_with(&[id]);
    let ran = world.run("recover", &["--leave", id, "--why", "the guest is another's"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains("left as it is by") && ran.stdout.contains("another's"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("not as before: NIC 50:6b:8d:00:00:20"),
        "{ran:?}"
    );
    assert_eq!(world.run("recover", &["--json"])?.stdout.trim(), "null");
    assert_eq!(world.set("32", &[])?.code, Some(0));
    assert_eq!(world.tag()?, 32);
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
    command.args([
        "tap345",
        "--access",
        "40",
        "--allow",
        "owner-reverts",
        "--allow",
        "management-path",
    ]);
    command.args(world.flags()).env("STATE", &state);
    let ran = Ran::from(command.stdin(Stdio::null()).output()?);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("No space left on device"), "{ran:?}");
    assert_eq!(world.tag()?, 32);
    Ok(())
}
