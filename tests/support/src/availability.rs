use std::fmt;

/// Why something that a case needs cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// It is not on this machine, or was not asked for; the case is reported as not run. The text says what is
    /// needed: `ovsdb-server (package openvswitch-common)`.
    Missing(String),
    /// It should be there and does not work, for instance a lab that died; the case fails. The text is a sentence.
    Broken(String),
}

/// Whether long loops were asked for: `tests/run --long`, which sets `AHV_LONG=1`.
///
/// # Errors
/// [`Unavailable::Missing`] when they were not.
pub fn long_run() -> Result<(), Unavailable> {
    if std::env::var_os("AHV_LONG").is_some_and(|value| value == "1") {
        Ok(())
    } else {
        Err(Unavailable::Missing("a long run (tests/run --long)".to_owned()))
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "needs {what}"),
            Self::Broken(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Unavailable {}
