use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the model's serde form.
///
/// It is raised when a member goes or changes its meaning, and not when one is added: a reader that
/// ignores members it does not know reads every picture of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schemars(with = "u32", extend("const" = 1))]
pub struct ModelVersion(u32);

/// The picture is of a version that this release does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this picture is of model version {given}, and this release reads version {}: use the release that made it",
    ModelVersion::CURRENT
)]
pub struct UnknownVersion {
    given: u32,
}

impl ModelVersion {
    /// The version that this release writes and reads.
    pub const CURRENT: Self = Self(1);

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for ModelVersion {
    type Error = UnknownVersion;

    fn try_from(given: u32) -> Result<Self, UnknownVersion> {
        if given == Self::CURRENT.0 {
            Ok(Self(given))
        } else {
            Err(UnknownVersion { given })
        }
    }
}

impl From<ModelVersion> for u32 {
    fn from(version: ModelVersion) -> Self {
        version.0
    }
}

impl fmt::Display for ModelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_another_version_is_refused_in_one_sentence() {
        let error = serde_json::from_str::<ModelVersion>("2").unwrap_err();
        assert!(
            error.to_string().starts_with(
                "this picture is of model version 2, and this release reads version 1: use the release"
            ),
            "{error}"
        );
        assert_eq!(serde_json::to_string(&ModelVersion::CURRENT).unwrap(), "1");
    }
}
