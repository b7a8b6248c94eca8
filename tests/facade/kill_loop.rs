//! A real edit of a real switch, killed at random moments, a hundred times: after `recover` every row is as before or
//! as after. So is an edit of which the undoing is killed.

use std::fs;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use test_support::{Failure, Lab, Outcome, Suite, long_run};

use crate::command::{Example, Ran};
use crate::lab_switch::DESIRED;
use crate::rows::Rows;

const ROUNDS: u32 = 100;

/// How long it may take in all.
const LIMIT: Duration = Duration::from_secs(1500);

const SETUP: &str = "add-port br0 int7 tag=30 -- set Interface int7 type=internal -- add-br br8 -- set Bridge br8 datapath_type=netdev";
const GONE: &str = "--if-exists del-port int7 -- --if-exists del-br br8";

pub(crate) fn cases(suite: &mut Suite) {
    suite.limit(LIMIT + Duration::from_secs(900));
    let has = long_run().and_then(|()| Lab::from_env()).and_then(|lab| {
        let example = Example::available;
        Ok((lab, [example("apply")?, example("recover")?, example("revert")?]))
    });
    suite.case_with(
        "kill loop: in the lab: a desired state",
        has,
        |(lab, [apply, recover, revert]): (Lab, [Example; 3])| {
            let turn = lab.exclusive()?;
            let scene = Scene {
                directory: tempfile::tempdir().map_err(|error| Failure::new(error.to_string()))?,
                lab: &lab,
                apply,
                recover,
                revert,
            };
            let ran = scene.run_all();
            scene.vsctl(GONE)?;
            drop(turn);
            ran
        },
    );
    suite.limit(Duration::from_secs(60));
}

struct Scene<'l> {
    lab: &'l Lab,
    directory: TempDir,
    apply: Example,
    recover: Example,
    revert: Example,
}

/// What the rounds came to.
#[derive(Debug, Default)]
struct Counts {
    before: u32,
    after: u32,
    /// Of those before and after, how many were begun and not finished when `recover` came.
    recovered: u32,
    unsettled: u32,
}

impl Scene<'_> {
    fn vsctl(&self, line: &str) -> Result<(), Failure> {
        let words = ["ovs-vsctl", "--timeout=20"]
            .into_iter()
            .chain(line.split_whitespace());
        self.lab.run(&words.collect::<Vec<_>>()).map(drop)
    }

    fn arguments(&self, is_edit: bool) -> Vec<String> {
        let path = |name: &str| self.directory.path().join(name).display().to_string();
        let mut line = Vec::new();
        if is_edit {
            line.push(path("desired.json"));
            for guard in ["management-path", "owner-reverts"] {
                line.extend(["--allow".to_owned(), guard.to_owned()]);
            }
        }
        line.extend(self.lab.flags().map(str::to_owned));
        line.extend(["--state".to_owned(), path("state"), "--json".to_owned()]);
        line
    }

    fn run(&self, example: &Example) -> Result<Ran, Failure> {
        let line = self.arguments(example.path() == self.apply.path());
        example.run(&line.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Starts it and kills it `after` that, or after it has written its plan down: what comes before changes nothing,
    /// and takes most of the time.
    #[expect(clippy::disallowed_methods, reason = "when it is killed is what is tested")]
    fn kill(
        &self,
        example: &Example,
        from_begun: bool,
        after: Duration,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut child = Command::new(example.path())
            .args(self.arguments(example.path() == self.apply.path()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        while from_begun && !self.has_begun() && child.try_wait()?.is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(after);
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Whether the journal has a plan that is not put away.
    fn has_begun(&self) -> bool {
        let hosts = fs::read_dir(self.directory.path().join("state"));
        hosts.is_ok_and(|hosts| hosts.flatten().any(|host| host.path().join("current").exists()))
    }

    #[expect(clippy::disallowed_methods, reason = "it is bounded in time")]
    fn run_all(&self) -> Outcome {
        let begin = Instant::now();
        fs::write(self.directory.path().join("desired.json"), DESIRED)?;
        self.vsctl(SETUP)?;
        let before = Rows::of_lab(self.lab)?;
        let whole = expect_done(&self.run(&self.apply)?)?;
        let after = Rows::of_lab(self.lab)?;
        let back = expect_done(&self.run(&self.revert)?)?;
        pretty_assertions::assert_eq!(Rows::of_lab(self.lab)?, before);

        let mut random = Random::new();
        let (mut edits, mut undos) = (Counts::default(), Counts::default());
        for round in 0..ROUNDS {
            if begin.elapsed() > LIMIT {
                return Err(format!("{round} rounds in {LIMIT:?}: {edits:?} {undos:?}").into());
            }
            let from_begun = round % 2 == 0;
            let within = |took: Duration| match from_begun {
                true => took / 3,
                false => took * 5 / 4,
            };
            self.kill(&self.apply, from_begun, random.up_to(within(whole)))?;
            let is_after = self.recovered(&before, &after, &mut edits)?;
            if !is_after {
                continue;
            }
            self.kill(&self.revert, from_begun, random.up_to(within(back)))?;
            if self.recovered(&before, &after, &mut undos)? {
                expect_done(&self.run(&self.revert)?)?;
            }
            pretty_assertions::assert_eq!(Rows::of_lab(self.lab)?, before);
        }
        writeln!(
            io::stderr(),
            "kill loop: {ROUNDS} rounds of an edit of {whole:?}: {edits:?}; of its undoing in {back:?}: {undos:?}; seed {:#x}",
            random.seed
        )?;
        assert_eq!((edits.unsettled, undos.unsettled), (0, 0));
        assert!(
            edits.before > 0 && edits.after > 0 && edits.recovered > 0,
            "{edits:?}"
        );
        Ok(())
    }

    /// Recovers, and says whether every row is as after the edit; else every row is as before it.
    fn recovered(&self, before: &Rows, after: &Rows, counts: &mut Counts) -> Result<bool, Failure> {
        let ran = self.run(&self.recover)?;
        counts.recovered += u32::from(ran.stdout.trim() != "null");
        if ran.code != Some(0) {
            counts.unsettled += 1;
            writeln!(io::stderr(), "{ran:?}").map_err(|error| Failure::new(error.to_string()))?;
        }
        let now = Rows::of_lab(self.lab)?;
        let is_after = now == *after;
        if !is_after {
            pretty_assertions::assert_eq!(&now, before, "neither before nor after: {ran:?}");
        }
        match is_after {
            true => counts.after += 1,
            false => counts.before += 1,
        }
        Ok(is_after)
    }
}

fn expect_done(ran: &Ran) -> Result<Duration, Failure> {
    match ran.code {
        Some(0) => Ok(ran.took),
        _ => Err(Failure::new(format!("{}{}", ran.stdout, ran.stderr))),
    }
}

/// Moments that nobody chose: Marsaglia's xorshift.
struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    #[expect(clippy::disallowed_methods, reason = "no two runs are alike")]
    fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seed = u64::from(since.subsec_nanos()) << 32 | since.as_secs() | 1;
        Self { seed, state: seed }
    }

    fn up_to(&mut self, limit: Duration) -> Duration {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        limit * u32::try_from(self.state % 1000).unwrap_or_default() / 1000
    }
}
