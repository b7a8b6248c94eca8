use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A source of the picture, and whether it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct SourceReport {
    /// `ovsdb`, `libvirt` or `kernel`; `processes` and `guests` where they were read; of captures also `ifcfg`,
    /// and the name of each file.
    pub name: String,
    /// Whether it was read.
    pub reading: Reading,
    /// Where from: a remote, a URI, `local`, a namespace's path; of a file, what it was taken for, or why
    /// it was not read.
    pub from: Option<String>,
}

/// Whether a source was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reading {
    /// It was read in full.
    Read,
    /// It was not asked for: nothing in the picture comes from it.
    NotRead,
}
