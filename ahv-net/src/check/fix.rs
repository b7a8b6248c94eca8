use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A command that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Fix {
    /// Whose command it is.
    pub tool: Tool,
    /// The whole command line. Names that a shell would read otherwise are quoted.
    pub command: String,
}

/// Whose command a [`Fix`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Tool {
    /// An edit of this workspace: one of its examples.
    Ours,
    /// Open vSwitch's ovs-vsctl(8), on the host.
    OvsVsctl,
    /// libvirt's virsh(1), on the host.
    Virsh,
    /// iproute2's ip(8), on the host.
    Ip,
    /// A line in a file of the network scripts, by sed(1), on the host.
    Ifcfg,
    /// Nutanix's acli, on a controller VM.
    Acli,
    /// Nutanix's manage_ovs, on a controller VM.
    ManageOvs,
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours => "ahv-net",
            Self::OvsVsctl => "ovs-vsctl",
            Self::Virsh => "virsh",
            Self::Ip => "ip",
            Self::Ifcfg => "ifcfg",
            Self::Acli => "acli",
            Self::ManageOvs => "manage_ovs",
        })
    }
}

impl Fix {
    /// An example of this workspace with its arguments.
    pub(crate) fn ours(words: &[&str]) -> Self {
        Self::line(Tool::Ours, None, words)
    }

    pub(crate) fn ovs_vsctl(words: &[&str]) -> Self {
        Self::line(Tool::OvsVsctl, Some("ovs-vsctl"), words)
    }

    /// What takes a port off its bridge of Open vSwitch, each way on its own.
    pub(super) fn del_port(bridge: &str, port: &str) -> [Self; 2] {
        [
            Self::ours(&["del_port", port]),
            Self::ovs_vsctl(&["--if-exists", "del-port", bridge, port]),
        ]
    }

    pub(crate) fn virsh(words: &[&str]) -> Self {
        Self::line(Tool::Virsh, Some("virsh"), words)
    }

    pub(crate) fn ip(words: &[&str]) -> Self {
        Self::line(Tool::Ip, Some("ip"), words)
    }

    pub(crate) fn acli(words: &[&str]) -> Self {
        Self::line(Tool::Acli, Some("acli"), words)
    }

    pub(crate) fn manage_ovs(words: &[&str]) -> Self {
        Self::line(Tool::ManageOvs, Some("manage_ovs"), words)
    }

    /// A variable of a file of the network scripts, of which a capture may have had another directory.
    pub(super) fn ifcfg(file: &str, variable: &str, value: &str) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        let path = format!("/etc/sysconfig/network-scripts/{name}");
        // The bar is sed's delimiter, and a value of such a file never has one that means anything.
        let value = value.replace(['|', '\\', '&'], "");
        let script = format!("s|^{variable}=.*|{variable}=\"{value}\"|");
        Self {
            tool: Tool::Ifcfg,
            command: format!("sed -i {} {}", word(&script), word(&path)),
        }
    }

    /// What `domain`'s definition has of its NICs; there is no single command for such an edit.
    pub(crate) fn virsh_edit(domain: &str, what: &str) -> Self {
        Self {
            tool: Tool::Virsh,
            command: format!("virsh edit {}  # {what}", word(domain)),
        }
    }

    /// With a remark behind it, which a shell does not read.
    pub(crate) fn remark(mut self, text: &str) -> Self {
        self.command += &format!("  # {text}");
        self
    }

    fn line(tool: Tool, program: Option<&str>, words: &[&str]) -> Self {
        let words: Vec<Cow<'_, str>> = program
            .into_iter()
            .map(Cow::Borrowed)
            .chain(words.iter().map(|text| word(text)))
            .collect();
        Self {
            tool,
            command: words.join(" "),
        }
    }
}

/// One word of a shell's command line. Names come from databases that anyone may have written.
fn word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    Cow::Owned(format!("'{}'", printable.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_command() {
        let fix = Fix::ovs_vsctl(&["del-port", "tap1; rm -rf 'x'\n", ""]);
        assert_eq!(fix.command, r"ovs-vsctl del-port 'tap1; rm -rf '\''x'\''' ''");
        assert_eq!(
            Fix::ours(&["set_vlan", "tap1", "--access", "5"]).command,
            "set_vlan tap1 --access 5"
        );
    }
}
