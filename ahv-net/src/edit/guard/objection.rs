use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a guard has against a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Objection {
    /// Which guard: the name by which it is allowed.
    pub guard: String,
    /// What would happen to what, in one sentence.
    pub what: String,
    /// Whether the caller allowed it.
    pub allowed: bool,
}
