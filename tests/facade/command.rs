//! Runs an example's binary as a user would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use test_support::{Failure, Unavailable};

/// A built example.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    path: PathBuf,
}

/// What a run of an example left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Example {
    /// The example of this name, which `cargo build --examples` puts beside the test binaries' directory.
    pub(crate) fn available(name: &str) -> Result<Self, Unavailable> {
        let missing =
            || Unavailable::Missing(format!("the example {name} (cargo build -p examples --examples)"));
        let binary = std::env::current_exe().map_err(|_| missing())?;
        let path = binary
            .ancestors()
            .nth(2)
            .ok_or_else(missing)?
            .join("examples")
            .join(name);
        if path.is_file() {
            Ok(Self { path })
        } else {
            Err(missing())
        }
    }

    /// Its file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs it to its end.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a command takes is what is tested"
    )]
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Ran, Failure> {
        let begin = Instant::now();
        let output: Output = Command::new(&self.path)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Failure::new(format!("cannot run {}: {error}", self.path.display())))?;
        Ok(Ran {
            took: begin.elapsed(),
            ..Ran::from(output)
        })
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: Duration::ZERO,
        }
    }
}

impl Ran {
    /// One sentence on stderr, nothing on stdout, exit code 1.
    #[track_caller]
    pub(crate) fn refused_with(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert_eq!(
            self.stderr.trim_end().lines().count(),
            1,
            "not one line: {self:?}"
        );
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in {:?}", self.stderr);
        }
    }
}
