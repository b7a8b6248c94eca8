use std::sync::OnceLock;

use crate::edit::base::Base;
use crate::edit::options::Caller;
use crate::edit::plan::Step;
use crate::topology::Topology;

/// What a guard looks at.
#[derive(Debug)]
pub(crate) struct Context<'p> {
    base: &'p Base,
    /// The steps of the plan.
    pub(crate) steps: &'p [Step],
    /// Who wants it.
    pub(crate) caller: &'p Caller,
    after: OnceLock<Topology>,
}

impl<'p> Context<'p> {
    pub(crate) fn new(base: &'p Base, steps: &'p [Step], caller: &'p Caller) -> Self {
        Self {
            base,
            steps,
            caller,
            after: OnceLock::new(),
        }
    }

    /// The host as it is.
    pub(crate) fn before(&self) -> &Topology {
        self.base.topology()
    }
}
