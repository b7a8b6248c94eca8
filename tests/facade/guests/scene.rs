//! One edit from its command line to its undo.

use std::time::Duration;

use ahv_net::Host;
use ahv_net::apply::{ApplyOptions, Undo};
use ahv_net::edit::Plan;
use ahv_net::observe::kernel::Namespace;
use libtest_mimic::Failed;
use serde_json::Value;
use test_support::{Failure, Lab, Unavailable, wait_until};

use super::state::State;
use crate::command::{Example, Ran};

pub(crate) const GUEST_BRIDGE: (&str, &str) = ("guest-vlan32", "50:6b:8d:00:00:20");
pub(crate) const GUEST_NETWORK: (&str, &str) = ("guest-net", "50:6b:8d:00:00:21");
pub(crate) const GUEST_PORTGROUP: (&str, &str) = ("guest-pg", "50:6b:8d:00:00:22");

/// A guest of each kind: what its NIC is plugged into, its name, and the NIC's address.
pub(crate) const GUESTS: [(&str, (&str, &str)); 3] = [
    ("bridge", GUEST_BRIDGE),
    ("network", GUEST_NETWORK),
    ("a portgroup with a VLAN", GUEST_PORTGROUP),
];

/// The lab with guests, and an example.
pub(crate) struct Scene {
    pub(crate) lab: Lab,
    example: Example,
}

/// An edit that was done, with the host before it.
pub(crate) struct Done {
    plan: Plan,
    before: State,
}

impl Scene {
    pub(crate) fn available(example: &str) -> Result<Self, Unavailable> {
        Ok(Self {
            lab: Lab::with_guests()?,
            example: Example::available(example)?,
        })
    }

    /// The same lab with another example.
    pub(crate) fn with(&self, example: &str) -> Result<Self, Failed> {
        let missing = |missing: Unavailable| Failed::from(missing.to_string());
        Ok(Self {
            lab: self.lab.clone(),
            example: Example::available(example).map_err(missing)?,
        })
    }

    /// Runs the example on the lab.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Ran, Failure> {
        self.example.run(&[arguments, &self.lab.flags()].concat())
    }

    /// Deletes the rows that libvirt leaves of a bandwidth that was taken away: it deletes them itself when the NIC goes,
    /// which is no doing of the edit's.
    fn sweep(&self) -> Result<(), Failure> {
        let vsctl = ["ovs-vsctl", "--timeout=20"];
        let used = self.lab.run(
            &[
                &vsctl[..],
                &["--bare", "--columns=name", "find", "Port", "qos!=[]"],
            ]
            .concat(),
        )?;
        if used.trim().is_empty() {
            let destroy = ["--", "--all", "destroy", "QoS", "--", "--all", "destroy", "Queue"];
            self.lab.run(&[&vsctl[..], &destroy[..]].concat())?;
        }
        Ok(())
    }

    /// Does the edit, and sees that doing it again is an empty plan.
    pub(crate) fn edit(&self, arguments: &[&str]) -> Result<Done, Failed> {
        self.sweep()?;
        let before = State::of(&self.lab)?;
        // The lab has a controller VM, so all its guests are Acropolis's; a NIC without a VLAN gets all of them.
        let state = tempfile::tempdir()?;
        let state = state.path().display().to_string();
        let allow = ["--allow", "owner-reverts", "--allow", "guest-trunk-all"];
        let more = ["--json", "--state", &state];
        let line: Vec<&str> = arguments.iter().copied().chain(allow).chain(more).collect();
        let ran = self.run(&line)?;
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout)?;
        assert_eq!(report.get("applied"), Some(&Value::Bool(true)), "{report:#}");
        let plan: Plan = serde_json::from_str(&ran.stdout)?;
        assert!(!plan.steps.is_empty(), "{report:#}");
        let done = Done { plan, before };

        let after = State::of(&self.lab)?;
        let again = self.run(&line)?;
        assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
        let again: Value = serde_json::from_str(&again.stdout)?;
        assert_eq!(again.get("steps"), Some(&Value::Array(Vec::new())), "{again:#}");
        assert_eq!(again.get("applied"), Some(&Value::Bool(false)));
        assert_eq!(State::of(&self.lab)?, after, "an empty plan changed something");
        Ok(done)
    }

    /// Undoes the edit by the library, and sees that the host is as it was.
    pub(crate) fn undo(&self, done: &Done) -> Result<(), Failed> {
        let undo = self.undone(done)?;
        assert!(undo.is_complete() && undo.left.is_empty(), "{undo}");
        let after = State::of(&self.lab)?;
        pretty_assertions::assert_eq!(after.definitions, done.before.definitions);
        pretty_assertions::assert_eq!(after, done.before);
        Ok(())
    }

    /// As [`undo`](Self::undo), of a guest that was off meanwhile: its taps have other names than before.
    pub(crate) fn undo_definition(&self, done: &Done) -> Result<(), Failed> {
        let undo = self.undone(done)?;
        let is_gone = |left: &String| left.contains("is not there any more");
        assert!(undo.is_complete() && undo.left.iter().all(is_gone), "{undo}");
        pretty_assertions::assert_eq!(State::of(&self.lab)?.definitions, done.before.definitions);
        Ok(())
    }

    /// What undoing the edit by the library comes to.
    pub(crate) fn undone(&self, done: &Done) -> Result<Undo, Failed> {
        Ok(runtime()?.block_on(async {
            let host = Host::builder()
                .ovsdb(self.lab.ovsdb())
                .libvirt(self.lab.libvirt())
                .kernel(Namespace::Path(self.lab.netns().to_owned()))
                .connect()
                .await?;
            host.undo(&done.plan, &ApplyOptions::new()).await
        })?)
    }

    /// Switches a guest off and on, and waits until it has booted so far that it obeys a hot-unplug.
    pub(crate) fn restart(&self, domain: &str) -> Result<(), Failed> {
        self.off(domain)?;
        self.on(domain)
    }

    pub(crate) fn off(&self, domain: &str) -> Result<(), Failed> {
        self.lab.run(&["virsh", "destroy", domain])?;
        Ok(())
    }

    pub(crate) fn on(&self, domain: &str) -> Result<(), Failed> {
        self.lab.run(&["virsh", "start", domain])?;
        let log = format!("/var/log/libvirt/{domain}.serial");
        wait_until(&format!("{domain} has booted"), Duration::from_secs(90), || {
            let text = self.lab.run(&["cat", &log])?;
            Ok(text.contains("lab guest ready").then_some(()))
        })?;
        Ok(())
    }
}

impl Done {
    /// What the plan notes beside its steps.
    pub(crate) fn notes(&self) -> String {
        self.plan.notes.join("\n")
    }

    /// Commands that a person would type instead.
    pub(crate) fn by_hand(&self) -> Vec<String> {
        let commands = self.plan.steps.iter().flat_map(|step| &step.commands);
        commands.map(|command| command.command.clone()).collect()
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}
