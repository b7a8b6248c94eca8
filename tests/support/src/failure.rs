use std::fmt;

/// A peer did not do what the test needs of it: one sentence, with the peer's own words where there are any.
#[derive(Debug, Clone)]
pub struct Failure(String);

impl Failure {
    /// A failure that reads as `sentence`.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For `map_err`: says what was attempted, then the cause.
    pub(crate) fn doing<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |cause| Self(format!("cannot {what}: {cause}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<crate::Unavailable> for Failure {
    fn from(unavailable: crate::Unavailable) -> Self {
        Self(unavailable.to_string())
    }
}
