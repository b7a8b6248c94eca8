//! `watch` on the lab: an edit, a guest's start, a cable, and servers that are restarted meanwhile.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use test_support::{Daemon, Failure, Lab, Suite};

use crate::command::Example;

/// Longer than the servers' restarts and the clients' pauses between two attempts.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with("watch: ends by itself", Example::available("watch"), |watch| {
        let ran = watch.run(&["--for", "300ms"])?;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
        assert!(ran.stderr.contains("Watching 2 bridges"), "{ran:?}");
        let ran = watch.run(&["--for", "3"])?;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        Ok(())
    });
    let both = Lab::from_env().and_then(|lab| Ok((lab, Example::available("watch")?)));
    suite.limit(Duration::from_secs(180));
    suite.case_with(
        "watch: an edit, a cable, a guest's start, and servers restarted meanwhile",
        both,
        |(lab, watch)| {
            let turn = lab.exclusive()?;
            let mut watching = Watching::start(&watch, &lab)?;
            lab.run(&["ovs-vsctl", "set", "port", "tap345", "tag=33"])?;
            let edited = watching.until(&["~ port br0/tap345 tag 32 → 33"]);
            lab.run(&["ovs-vsctl", "set", "port", "tap345", "tag=32"])?;
            edited?;
            watching.until(&["~ port br0/tap345 tag 33 → 32"])?;

            lab.set_cable("eth2", false, &turn)?;
            let pulled = watching.until(&[
                "~ link eth2 link_up up → down",
                "~ interface br0/bond0/eth2 link_up up → down",
            ]);
            lab.set_cable("eth2", true, &turn)?;
            pulled?;
            watching.until(&["~ link eth2 link_up down → up"])?;

            lab.run(&["virsh", "destroy", "guest-vlan32"])?;
            let stopped = watching.until(&[
                "- link tap345: ",
                // On a slow machine libvirt's end of the guest is told before the port goes, which is then nobody's.
                "- port br0/tap345: ",
                "~ domain guest-vlan32 active yes → no",
            ]);
            lab.run(&["virsh", "start", "guest-vlan32"])?;
            stopped?;
            watching.until(&[
                "+ link tap345: tun",
                "+ port br0/tap345: guest, tag 32, guest-vlan32, 50:6b:8d:00:00:20",
                "~ domain guest-vlan32 active no → yes",
                "~ NIC guest-vlan32/50:6b:8d:00:00:20 port none → br0/tap345",
            ])?;

            lab.restart(Daemon::OvsdbServer, &turn)?;
            watching.until(&["! OVSDB: lost: ", "! OVSDB: back"])?;
            lab.restart(Daemon::Libvirtd, &turn)?;
            watching.until(&["! libvirt: lost: ", "! libvirt: back"])?;

            // And it goes on with both.
            lab.run(&["ovs-vsctl", "set", "port", "tap345", "tag=34"])?;
            let edited = watching.until(&["~ port br0/tap345 tag 32 → 34"]);
            lab.run(&["ovs-vsctl", "set", "port", "tap345", "tag=32"])?;
            edited?;
            lab.run(&["virsh", "suspend", "guest-vlan32"])?;
            let paused = watching.until(&["~ domain guest-vlan32 state running → paused"]);
            lab.run(&["virsh", "resume", "guest-vlan32"])?;
            paused?;
            watching.until(&["~ domain guest-vlan32 state paused → running"])?;
            Ok(())
        },
    );
}

/// A running `watch`, killed when dropped.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(watch: &Example, lab: &Lab) -> Result<Self, Failure> {
        let mut child = Command::new(watch.path())
            .args(lab.flags())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("cannot run watch: {error}")))?;
        let (sender, lines) = mpsc::channel();
        let errors = child.stderr.take().map(BufReader::new);
        let output = child.stdout.take().map(BufReader::new);
        thread::spawn({
            let sender = sender.clone();
            move || {
                errors
                    .into_iter()
                    .flat_map(BufRead::lines)
                    .flatten()
                    .try_for_each(|line| sender.send(line))
            }
        });
        thread::spawn(move || {
            output
                .into_iter()
                .flat_map(BufRead::lines)
                .flatten()
                .try_for_each(|line| sender.send(line))
        });
        let mut watching = Self { child, lines };
        watching.until(&["Watching "])?;
        Ok(watching)
    }

    /// Reads lines until each of these beginnings was seen, in whatever order.
    fn until(&mut self, beginnings: &[&str]) -> Result<(), Failure> {
        let mut wanted: Vec<&str> = beginnings.to_vec();
        let mut seen = Vec::new();
        while !wanted.is_empty() {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .map_err(|_| Failure::new(format!("no line begins with {wanted:?}; there were {seen:#?}")))?;
            wanted.retain(|beginning| !line.starts_with(beginning));
            seen.push(line);
        }
        Ok(())
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
