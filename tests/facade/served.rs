//! An agent's process, and agents that one after another serve the same sources to the same editor.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ahv_net::agent::{Client, ClientOptions, new_token};
use test_support::{Failure, Process, wait_until};

use crate::command::Example;

/// How long an agent may take to start, and to finish what one before it left.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// An agent's process.
pub(crate) struct Served {
    process: Process,
    pub(crate) url: String,
    log: PathBuf,
}

impl Served {
    pub(crate) fn start(agent: &Example, directory: &Path, arguments: &[&str]) -> Result<Self, Failure> {
        let log = directory.join(format!("agent-{}.log", new_token()));
        let mut command = Command::new(agent.path());
        command.args(arguments);
        let process = Process::start(command, &log)?;
        let url = wait_until("the agent says its URL", PATIENCE, || {
            let text = fs::read_to_string(&log)
                .map_err(|error| Failure::new(format!("cannot read the log: {error}")))?;
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            Ok(whole
                .lines()
                .find(|line| line.starts_with("http://"))
                .map(str::to_owned))
        })?;
        Ok(Self { process, url, log })
    }

    /// What it said after these words.
    pub(crate) fn said(&self, words: &str) -> Result<String, Failure> {
        wait_until("the agent says where its tokens are", PATIENCE, || {
            let text = fs::read_to_string(&self.log)
                .map_err(|error| Failure::new(format!("cannot read the log: {error}")))?;
            let line = text.lines().find_map(|line| line.strip_prefix(words));
            Ok(line.map(str::to_owned))
        })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// SIGKILL.
    pub(crate) fn kill(self) {
        self.process.kill();
    }
}

/// How agents are started that have the same sources, state and editor.
pub(crate) struct Agents<'t> {
    agent: &'t Example,
    directory: &'t Path,
    line: Vec<String>,
    secret: String,
}

impl<'t> Agents<'t> {
    /// Their tokens and logs are in this directory, and their state in its `state`.
    pub(crate) fn new(agent: &'t Example, directory: &'t Path, sources: &[&str]) -> Result<Self, Failure> {
        let (tokens, secret) = (directory.join("tokens"), new_token());
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))
            .and_then(|()| fs::write(&tokens, format!("anna edit {secret}\n")))
            .and_then(|()| fs::set_permissions(&tokens, fs::Permissions::from_mode(0o600)))
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", tokens.display())))?;
        let (tokens, state) = (
            tokens.display().to_string(),
            state(directory).display().to_string(),
        );
        let own = ["--allow-edits", "--tokens", &tokens, "--state", &state];
        Ok(Self {
            agent,
            directory,
            line: [sources, &own].concat().into_iter().map(str::to_owned).collect(),
            secret,
        })
    }

    /// One more, and the editor's client of it.
    pub(crate) fn start(&self, more: &[&str]) -> Result<(Served, Client), Failure> {
        let line: Vec<&str> = self.line.iter().map(String::as_str).collect();
        let served = Served::start(self.agent, self.directory, &[&line, more].concat())?;
        let options = ClientOptions::token(&self.secret).timeout(PATIENCE);
        let client = Client::new(&served.url, options)
            .map_err(|error| Failure::new(format!("cannot use {}: {error}", served.url)))?;
        Ok((served, client))
    }
}

/// Where agents with this directory keep their state.
pub(crate) fn state(directory: &Path) -> PathBuf {
    directory.join("state")
}
