use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Failure, Unavailable};

/// A program that a real peer is made of, and the Debian package that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    /// Name of the executable.
    pub name: &'static str,
    /// Debian package to install for it.
    pub package: &'static str,
}

impl Tool {
    /// The database server of Open vSwitch.
    pub const OVSDB_SERVER: Self = Self {
        name: "ovsdb-server",
        package: "openvswitch-common",
    };
    /// Creates, converts and inspects database files.
    pub const OVSDB_TOOL: Self = Self {
        name: "ovsdb-tool",
        package: "openvswitch-common",
    };
    /// The generic client of an OVSDB server.
    pub const OVSDB_CLIENT: Self = Self {
        name: "ovsdb-client",
        package: "openvswitch-common",
    };
    /// Controls a running daemon of Open vSwitch.
    pub const OVS_APPCTL: Self = Self {
        name: "ovs-appctl",
        package: "openvswitch-common",
    };
    /// Edits the Open_vSwitch database.
    pub const OVS_VSCTL: Self = Self {
        name: "ovs-vsctl",
        package: "openvswitch-switch",
    };
    /// The command line of libvirt.
    pub const VIRSH: Self = Self {
        name: "virsh",
        package: "libvirt-clients",
    };
    /// Carries a TCP stream over WebSocket.
    pub const WEBSOCKIFY: Self = Self {
        name: "websockify",
        package: "websockify",
    };
    /// Makes throw-away certificates.
    pub const OPENSSL: Self = Self {
        name: "openssl",
        package: "openssl",
    };

    /// The executable, looked for in `PATH` and then where Debian installs daemons.
    ///
    /// With `AHV_REAL_PEERS=none` in the environment nothing is found: that is how `tests/run --embedded` proves
    /// that the rest needs no peer.
    ///
    /// # Errors
    /// [`Unavailable::Missing`] names the program and its package.
    pub fn find(&self) -> Result<PathBuf, Unavailable> {
        if env::var_os("AHV_REAL_PEERS").is_some_and(|value| value == "none") {
            return Err(Unavailable::Missing(format!(
                "{}; this run is without real peers",
                self.name
            )));
        }
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .chain(["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from))
            .map(|directory| directory.join(self.name))
            .find(|candidate| is_executable(candidate))
            .ok_or_else(|| Unavailable::Missing(format!("{} (package {})", self.name, self.package)))
    }

    /// A command that will run this program without any standard input.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn command(&self) -> Result<Command, Unavailable> {
        let mut command = Command::new(self.find()?);
        command.stdin(Stdio::null());
        Ok(command)
    }

    /// Runs this program to its end and returns what it printed on standard output.
    ///
    /// The program must end by itself; give it a `--timeout` where it might wait for a peer.
    ///
    /// # Errors
    /// When it is missing or exits with a failure; the sentence holds its standard error.
    pub fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = self.command()?;
        command.args(arguments);
        output_of(command)
    }
}

/// Runs `command` to its end and returns what it printed on standard output.
pub(crate) fn output_of(mut command: Command) -> Result<String, Failure> {
    let line = display(&command);
    let output = command
        .output()
        .map_err(Failure::doing(format!("run `{line}`")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!(
        "`{line}` ended with {}: {}",
        output.status,
        stderr.trim()
    )))
}

fn display(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_names_its_package() {
        let tool = Tool {
            name: "no-such-program-anywhere",
            package: "no-such-package",
        };
        let missing = tool.find().unwrap_err();
        assert!(
            missing.to_string().contains("no-such-program-anywhere"),
            "{missing}"
        );
        assert!(matches!(missing, Unavailable::Missing(_)));
    }

    #[test]
    fn a_failing_command_reports_its_own_words() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo 'the disk is full' >&2; exit 3"]);
        let failure = output_of(command).unwrap_err().to_string();
        assert!(
            failure.contains("the disk is full") && failure.contains('3'),
            "{failure}"
        );
    }
}
