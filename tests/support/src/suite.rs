use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::{Unavailable, process};

/// What a case returns. `?` works on every error that can be displayed.
pub type Outcome = Result<(), Failed>;

/// How long a case may take unless [`Suite::limit`] says otherwise.
const DEFAULT_LIMIT: Duration = Duration::from_secs(60);

/// The cases of one integration-test binary, run like built-in tests (same flags, same output).
///
/// Cases run in parallel, each within a limit of 60 s; a panic fails its case. After them, one line
/// `not run: NAME: needs …` stands for each case that could not run, and the exit code is a failure when a case failed.
#[derive(Debug)]
pub struct Suite {
    arguments: Arguments,
    trials: Vec<Trial>,
    not_run: Arc<Mutex<Vec<String>>>,
    limit: Duration,
}

impl Suite {
    /// An empty suite that obeys the command line of the test binary (`--list`, filters, `--test-threads`, …).
    #[must_use]
    pub fn from_args() -> Self {
        Self::new(Arguments::from_args())
    }

    fn new(arguments: Arguments) -> Self {
        Self {
            arguments,
            trials: Vec::new(),
            not_run: Arc::default(),
            limit: DEFAULT_LIMIT,
        }
    }

    /// Sets how long each case that is added from here on may take.
    pub fn limit(&mut self, limit: Duration) -> &mut Self {
        self.limit = limit;
        self
    }

    /// Adds a case that needs nothing but this process.
    pub fn case(
        &mut self,
        name: impl Into<String>,
        body: impl FnOnce() -> Outcome + Send + 'static,
    ) -> &mut Self {
        self.case_with(name, Ok(()), |()| body())
    }

    /// Adds a case that is given what it needs.
    ///
    /// Without it the case is not run and says why ([`Unavailable::Missing`]), or fails ([`Unavailable::Broken`]).
    pub fn case_with<T: Send + 'static>(
        &mut self,
        name: impl Into<String>,
        need: Result<T, Unavailable>,
        body: impl FnOnce(T) -> Outcome + Send + 'static,
    ) -> &mut Self {
        let name = name.into();
        let limit = self.limit;
        let not_run = Arc::clone(&self.not_run);
        let case = name.clone();
        self.trials.push(Trial::ignorable_test(name, move || match need {
            Ok(value) => within(limit, move || body(value)).map(|()| Completion::Completed),
            Err(Unavailable::Broken(sentence)) => Err(sentence.into()),
            Err(missing) => {
                let reason = missing.to_string();
                not_run
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(format!("{case}: {reason}"));
                Ok(Completion::ignored_with(reason))
            }
        }));
        self
    }

    /// Runs the cases, prints what was not run, and kills every process that a case left behind.
    #[must_use = "the exit code says whether a case failed"]
    #[expect(clippy::print_stdout, reason = "this is the report of a test binary")]
    pub fn run(self) -> ExitCode {
        let conclusion = libtest_mimic::run(&self.arguments, self.trials);
        process::kill_all();
        let mut not_run = std::mem::take(&mut *self.not_run.lock().unwrap_or_else(PoisonError::into_inner));
        not_run.sort();
        for line in &not_run {
            println!("not run: {line}");
        }
        if !not_run.is_empty() {
            println!(
                "{} of {} cases were not run",
                not_run.len(),
                not_run.len() as u64 + ran(&conclusion)
            );
        }
        conclusion.exit_code()
    }
}

fn ran(conclusion: &libtest_mimic::Conclusion) -> u64 {
    conclusion.num_passed + conclusion.num_failed
}

/// Runs `body` on a thread of its own, so that a case that hangs fails instead of hanging the run.
fn within(limit: Duration, body: impl FnOnce() -> Outcome + Send + 'static) -> Outcome {
    let (sender, receiver) = mpsc::channel();
    let case = thread::spawn(move || {
        // The receiver is gone only after the limit, when nobody asks any more.
        drop(sender.send(body()));
    });
    match receiver.recv_timeout(limit) {
        Ok(outcome) => outcome,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(format!("did not finish within {} s", limit.as_secs_f32()).into())
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => match case.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => Err("ended without an outcome".into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite() -> Suite {
        let arguments = Arguments {
            test_threads: Some(1),
            // Not on standard output, where its failures on purpose would count as real ones.
            logfile: Some("/dev/null".to_owned()),
            ..Arguments::default()
        };
        Suite::new(arguments)
    }

    #[test]
    fn a_missing_peer_is_not_a_failure_and_its_body_does_not_run() {
        let mut suite = suite();
        let not_run = Arc::clone(&suite.not_run);
        suite.case_with("a", Err(Unavailable::Missing("x (package y)".into())), |()| {
            panic!("must not run")
        });
        let conclusion = libtest_mimic::run(&suite.arguments, std::mem::take(&mut suite.trials));
        assert_eq!((conclusion.num_ignored, conclusion.num_failed), (1, 0));
        assert_eq!(*not_run.lock().unwrap(), ["a: needs x (package y)"]);
    }

    #[test]
    fn broken_peers_errors_panics_and_overruns_fail() {
        let mut suite = suite();
        suite.case_with(
            "broken",
            Err::<(), _>(Unavailable::Broken("the lab died".into())),
            |()| Ok(()),
        );
        suite.case("error", || Err("no".into()));
        suite.case("panic", || panic!("on purpose"));
        suite.limit(Duration::from_millis(20)).case("overrun", || {
            thread::park();
            Ok(())
        });
        let conclusion = libtest_mimic::run(&suite.arguments, std::mem::take(&mut suite.trials));
        assert_eq!((conclusion.num_failed, conclusion.num_passed), (4, 0));
    }
}
