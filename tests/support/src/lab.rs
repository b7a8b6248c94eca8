use std::collections::HashMap;
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::tool::output_of;
use crate::{Failure, Unavailable};

/// A running lab: the reference host made of real daemons, as `tests/lab/up` brings it up.
///
/// All cases share one lab. A case that only looks holds [`shared`](Self::shared), one that changes anything holds
/// [`exclusive`](Self::exclusive) and puts back what it changed.
#[derive(Debug, Clone)]
pub struct Lab {
    directory: PathBuf,
    facts: HashMap<String, String>,
    kernel: String,
}

/// A daemon of the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Daemon {
    /// The database server; its data stays over a restart.
    OvsdbServer,
    /// The switch; ports and addresses stay over a restart.
    OvsVswitchd,
    /// The virtualisation daemon; guests run on over a restart.
    Libvirtd,
}

/// A turn to look: until it is dropped, no case changes the lab.
#[derive(Debug)]
#[must_use = "the lab is released when this is dropped"]
pub struct SharedTurn {
    _lock: File,
}

/// A turn to change: until it is dropped, no other case uses the lab.
#[derive(Debug)]
#[must_use = "the lab is released when this is dropped"]
pub struct ExclusiveTurn {
    _lock: File,
}

impl Lab {
    /// The lab whose directory stands in the environment variable `AHV_LAB`; `tests/run` sets it.
    ///
    /// # Errors
    /// [`Unavailable::Missing`] without that variable, [`Unavailable::Broken`] when no lab runs there.
    pub fn from_env() -> Result<Self, Unavailable> {
        match env::var_os("AHV_LAB").filter(|directory| !directory.is_empty()) {
            Some(directory) => Self::at(Path::new(&directory)),
            None => Err(Unavailable::Missing(
                "a lab (AHV_LAB=DIR, after tests/lab/up DIR)".to_owned(),
            )),
        }
    }

    /// As [`from_env`](Self::from_env), for a lab that holds `guest-net` and `guest-pg` too (`up --guests`).
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env); also [`Unavailable::Missing`] when the lab is without these guests.
    pub fn with_guests() -> Result<Self, Unavailable> {
        let lab = Self::from_env()?;
        if lab.fact("LAB_GUESTS") == "yes" {
            Ok(lab)
        } else {
            Err(Unavailable::Missing(
                "a lab that was brought up with --guests".to_owned(),
            ))
        }
    }

    fn at(directory: &Path) -> Result<Self, Unavailable> {
        let path = directory.join("env");
        let text = fs::read_to_string(&path).map_err(|error| {
            Unavailable::Broken(format!("no lab is up in {}: {error}", directory.display()))
        })?;
        let facts = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let mut lab = Self {
            directory: directory.to_owned(),
            facts,
            kernel: String::new(),
        };
        for key in ["OVSDB", "LIBVIRT", "NETNS"] {
            if lab.fact(key).is_empty() {
                return Err(Unavailable::Broken(format!(
                    "{} does not say {key}",
                    path.display()
                )));
            }
        }
        if !Path::new(lab.fact("NETNS")).exists() {
            return Err(Unavailable::Broken(format!(
                "the lab in {} has died",
                directory.display()
            )));
        }
        lab.kernel = format!("netns:{}", lab.netns().display());
        Ok(lab)
    }

    fn fact(&self, key: &str) -> &str {
        self.facts.get(key).map_or("", String::as_str)
    }

    /// The OVSDB remote: `unix:/…/db.sock`.
    #[must_use]
    pub fn ovsdb(&self) -> &str {
        self.fact("OVSDB")
    }

    /// The libvirt URI: `qemu+unix:///system?socket=/…/libvirt-sock`.
    #[must_use]
    pub fn libvirt(&self) -> &str {
        self.fact("LIBVIRT")
    }

    /// The unix socket of libvirtd.
    #[must_use]
    pub fn libvirt_socket(&self) -> PathBuf {
        self.directory.join("run/libvirt/libvirt-sock")
    }

    /// The flags with which a command is shown this host: `--ovsdb REMOTE --libvirt URI --kernel netns:PATH`.
    #[must_use]
    pub fn flags(&self) -> [&str; 6] {
        [
            "--ovsdb",
            self.ovsdb(),
            "--libvirt",
            self.libvirt(),
            "--kernel",
            &self.kernel,
        ]
    }

    /// The host's network namespace.
    #[must_use]
    pub fn netns(&self) -> &Path {
        Path::new(self.fact("NETNS"))
    }

    /// A command that will run on the lab's host (`ip`, `ovs-vsctl`, `virsh`, an example), in the present directory.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(script("enter"));
        command.arg(&self.directory).arg(program).stdin(Stdio::null());
        command
    }

    /// Runs a program on the lab's host and returns what it printed: `lab.run(&["ip", "link"])`.
    ///
    /// # Errors
    /// When it fails; the sentence holds its standard error.
    pub fn run(&self, line: &[&str]) -> Result<String, Failure> {
        let (program, arguments) = line
            .split_first()
            .ok_or_else(|| Failure::new("there is no command to run"))?;
        let mut command = self.command(program);
        command.args(arguments);
        output_of(command)
    }

    /// Restarts a daemon on the same configuration, and returns when it answers again.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn restart(&self, daemon: Daemon, _turn: &ExclusiveTurn) -> Result<(), Failure> {
        let mut command = Command::new(script("restart"));
        command
            .arg(&self.directory)
            .arg(daemon.name())
            .stdin(Stdio::null());
        output_of(command).map(drop)
    }

    /// Stops a daemon; [`restart`](Self::restart) brings it back.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&self, daemon: Daemon, _turn: &ExclusiveTurn) -> Result<(), Failure> {
        let mut command = Command::new(script("restart"));
        command
            .arg(&self.directory)
            .args(["--stop", daemon.name()])
            .stdin(Stdio::null());
        output_of(command).map(drop)
    }

    /// Takes the carrier from an uplink (eth0 … eth3), as if its cable were pulled, or gives it back.
    ///
    /// # Errors
    /// When there is no such uplink.
    pub fn set_cable(&self, uplink: &str, plugged: bool, _turn: &ExclusiveTurn) -> Result<(), Failure> {
        let state = if plugged { "up" } else { "down" };
        self.run(&["ip", "-n", "wire", "link", "set", uplink, state])
            .map(drop)
    }

    /// Waits for a turn to look: no case changes the lab meanwhile.
    ///
    /// # Errors
    /// When the lock file in the lab's directory cannot be locked.
    pub fn shared(&self) -> Result<SharedTurn, Failure> {
        let lock = self.lock_file()?;
        lock.lock_shared().map_err(Failure::doing("lock the lab"))?;
        Ok(SharedTurn { _lock: lock })
    }

    /// Waits for a turn to change: no other case uses the lab meanwhile.
    ///
    /// # Errors
    /// When the lock file in the lab's directory cannot be locked.
    pub fn exclusive(&self) -> Result<ExclusiveTurn, Failure> {
        let lock = self.lock_file()?;
        lock.lock().map_err(Failure::doing("lock the lab"))?;
        Ok(ExclusiveTurn { _lock: lock })
    }

    fn lock_file(&self) -> Result<File, Failure> {
        let path = self.directory.join("run/lab.lock");
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Failure::doing(format!("open {}", path.display())))
    }
}

impl Daemon {
    fn name(self) -> &'static str {
        match self {
            Self::OvsdbServer => "ovsdb-server",
            Self::OvsVswitchd => "ovs-vswitchd",
            Self::Libvirtd => "libvirtd",
        }
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .with_file_name("lab")
        .join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_that_is_gone_is_broken_and_not_missing() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Lab::at(dir.path()), Err(Unavailable::Broken(_))));
        let facts = "OVSDB=unix:x\nLIBVIRT=qemu+unix:///system?socket=y\nNETNS=/proc/0/ns/net\n";
        fs::write(dir.path().join("env"), facts).unwrap();
        let Err(Unavailable::Broken(sentence)) = Lab::at(dir.path()) else {
            panic!("it has no namespace")
        };
        assert!(sentence.contains("has died"), "{sentence}");
    }

    #[test]
    fn turns_exclude_each_other() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("run")).unwrap();
        let lab = Lab {
            directory: dir.path().to_owned(),
            facts: HashMap::new(),
            kernel: String::new(),
        };
        let looking = (lab.shared().unwrap(), lab.shared().unwrap());
        assert!(lab.lock_file().unwrap().try_lock().is_err());
        drop(looking);
        let changing = lab.exclusive().unwrap();
        assert!(lab.lock_file().unwrap().try_lock_shared().is_err());
        drop(changing);
    }
}
