use async_trait::async_trait;

use super::{Kernel, KernelError};
use crate::observe::KernelObservation;

/// A kernel that says what it was given, for the embedded host and for tests.
#[derive(Debug, Clone)]
pub struct FixedKernel {
    name: String,
    observation: KernelObservation,
}

impl FixedKernel {
    /// A kernel of this name that always reports `observation`.
    pub fn new(name: impl Into<String>, observation: KernelObservation) -> Self {
        Self {
            name: name.into(),
            observation,
        }
    }
}

#[async_trait]
impl Kernel for FixedKernel {
    fn describe(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self) -> Result<KernelObservation, KernelError> {
        Ok(self.observation.clone())
    }
}
