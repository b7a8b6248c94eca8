//! One `console` block: its servers and files end with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use test_support::{Failure, Process, wait_until};

use super::line::{Kind, Line, expect_known};
use super::page::root;
use crate::command::Example;

/// Where a session keeps its files, as the pages say it.
const PLACE: &str = "/tmp/ahv";

/// The examples that a page calls.
pub(super) type Examples = BTreeMap<String, Example>;

pub(super) struct Session {
    servers: Vec<Process>,
    directory: tempfile::TempDir,
    /// What a page calls otherwise than it is here, such as a port that was free: the page's word and ours.
    stand_ins: Vec<(String, String)>,
}

impl Session {
    pub(super) fn new() -> Result<Self, Failure> {
        let directory = tempfile::Builder::new().prefix("docs-").tempdir();
        Ok(Self {
            servers: Vec::new(),
            directory: directory.map_err(|error| Failure::new(error.to_string()))?,
            stand_ins: Vec::new(),
        })
    }

    /// What stands for `/tmp/ahv`: it is not there before a line of the block makes it.
    fn place(&self) -> String {
        self.directory.path().join("ahv").to_string_lossy().into_owned()
    }

    /// What the page says, in our words.
    fn ours(&self, text: &str) -> String {
        let place = self.place();
        let stand_ins = self.stand_ins.iter();
        let text = stand_ins.fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours));
        // What already is ours begins with the place of this session, which is not the page's.
        text.replace(PLACE, &place)
    }

    /// What was printed, in the page's words.
    fn theirs(&self, text: &str) -> String {
        let text = text.replace(&self.place(), PLACE);
        let stand_ins = self.stand_ins.iter();
        stand_ins.fold(text, |text, (theirs, ours)| text.replace(ours, theirs))
    }

    /// Runs a line, of which the page says that it prints `said`, and gives what it prints.
    pub(super) fn run(&mut self, line: &Line, said: &str, examples: &Examples) -> Result<String, Failure> {
        let example = |name: &str| {
            examples
                .get(name)
                .ok_or_else(|| Failure::new(format!("no example {name}")))
        };
        match &line.kind {
            Kind::NotRun(_) => expect_known(&line.typed).map(|()| said.to_owned()),
            Kind::Flags(name, arguments, _) => {
                let mut command = self.command(example(name)?);
                // What is wrong with a flag is said before help is given.
                command.args(arguments).arg("--help");
                self.ended(command, &line.typed, 0).map(|_| said.to_owned())
            }
            Kind::Example(name, arguments) => {
                let mut command = self.command(example(name)?);
                command.args(arguments.iter().map(|word| self.ours(word)));
                match line.in_background {
                    true => self.serve(command, said),
                    false => self.ended(command, &line.typed, line.code),
                }
            }
            Kind::Shell(names) => {
                let mut typed = self.ours(&line.typed);
                for name in names {
                    let path = example(name)?.path().display().to_string();
                    let called = format!("cargo run --example {name}");
                    typed = typed
                        .replace(&format!("{called} -- "), &format!("{path} "))
                        .replace(&called, &path);
                }
                let mut command = Command::new("sh");
                command.args(["-c", &typed]);
                self.settle_in(&mut command);
                let mut printed = self.ended(command, &line.typed, line.code)?;
                if !printed.is_empty() && !printed.ends_with('\n') {
                    printed.push('\n');
                }
                Ok(printed)
            }
        }
    }

    fn command(&self, example: &Example) -> Command {
        let mut command = Command::new(example.path());
        self.settle_in(&mut command);
        command
    }

    fn settle_in(&self, command: &mut Command) {
        command
            .current_dir(root())
            .stdin(Stdio::null())
            .env("XDG_STATE_HOME", self.directory.path())
            .env("TMPDIR", self.directory.path())
            .env("no_proxy", "*")
            .env_remove("SSH_CONNECTION");
    }

    fn ended(&self, mut command: Command, typed: &str, code: i32) -> Result<String, Failure> {
        let output = command
            .output()
            .map_err(|error| Failure::new(error.to_string()))?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(code) {
            return Err(Failure::new(format!(
                "{typed} ends with {}: {stderr}",
                output.status
            )));
        }
        let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), told(&stderr));
        Ok(self.theirs(&printed))
    }

    /// Starts a server, which runs until the block ends, and gives what it prints at its start.
    #[expect(
        clippy::disallowed_methods,
        reason = "no event tells that a server has said all that it says at its start"
    )]
    fn serve(&mut self, command: Command, said: &str) -> Result<String, Failure> {
        let log: PathBuf = self
            .directory
            .path()
            .join(format!("server{}.log", self.servers.len()));
        self.servers.push(Process::start(command, log.clone())?);
        let printed = || told(&fs::read_to_string(&log).unwrap_or_default());
        wait_until("the server prints its remote", Duration::from_secs(20), || {
            Ok(printed().ends_with('\n').then_some(()))
        })?;
        // What it prints beside its remote comes with it.
        std::thread::sleep(Duration::from_millis(300));
        let printed = self.theirs(&printed());
        for (theirs, ours) in said.split_whitespace().zip(printed.split_whitespace()) {
            let known = self.stand_ins.iter().any(|(known, _)| known == theirs);
            if theirs.starts_with("http://127.0.0.1:") && theirs != ours && !known {
                self.stand_ins.push((theirs.to_owned(), ours.to_owned()));
            }
        }
        Ok(printed)
    }
}

/// What is told, without the sentence that it is the embedded host.
fn told(stderr: &str) -> String {
    let lines = stderr
        .lines()
        .filter(|line| !line.contains("this is the embedded host"));
    let mut told: String = lines.flat_map(|line| [line, "\n"]).collect();
    if !stderr.ends_with('\n') {
        told.pop();
    }
    told
}
