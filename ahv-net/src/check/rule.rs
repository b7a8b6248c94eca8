use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Severity;
use super::context::Context;
use super::findings::Findings;

/// One thing that is looked for.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Rule {
    /// Its name: stable, in kebab-case.
    pub id: &'static str,
    /// How bad a finding of it is, unless the finding itself says otherwise.
    pub severity: Severity,
    /// What it finds, in one clause.
    pub title: &'static str,
    /// Why that matters, in one sentence.
    pub why: &'static str,
    /// The sources by which it judges; it runs only where all of them were read.
    pub needs: &'static [Source],
    #[serde(skip)]
    pub(super) run: fn(&Context<'_>, &mut Findings<'_>),
}

/// A source of the picture, by which a rule judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Source {
    /// The `Open_vSwitch` database.
    Ovsdb,
    /// libvirtd.
    Libvirt,
    /// The kernel.
    Kernel,
    /// The files of the network scripts.
    Ifcfg,
    /// What guests say of themselves.
    Guests,
}

impl Source {
    /// Its name in [`Topology::sources`](crate::topology::Topology::sources).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ovsdb => "ovsdb",
            Self::Libvirt => "libvirt",
            Self::Kernel => "kernel",
            Self::Ifcfg => "ifcfg",
            Self::Guests => "guests",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
