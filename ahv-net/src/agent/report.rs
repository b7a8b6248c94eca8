use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{self, Finding, NotRun};
use crate::topology::Topology;

/// What a check of the host came to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct CheckReport {
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// The rules that could not run, as a source was not read.
    pub not_run: Vec<NotRun>,
}

impl CheckReport {
    /// Checks a picture.
    pub fn of(topology: &Topology) -> Self {
        Self {
            findings: check::check(topology),
            not_run: check::not_run(topology),
        }
    }
}
