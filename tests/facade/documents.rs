//! The README and the pages in `docs/` are true: their commands run, and print what stands there.
//!
//! A fenced block of `console` is a session: a line after `$ ` is a command, and up to the next one stands what it
//! prints, stdout before stderr, without the sentence that says it is the embedded host. `# exit code 1` ends the line of
//! a command that does not end with 0, and `&` that of a server that runs until the block ends. A line `…` stands for
//! lines that are left out. `/tmp/ahv` is a directory of the session's own; ids and times of the journal may be others.
//!
//! A line of curl or mkdir is run by a shell. A command that names a real host, or that never ends, prints nothing in the block: of it only the flags are tried.
//!
//! With UPDATE_GOLDEN=1 in the environment what is printed is written into the pages, where nothing is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ahv_net::check::rules;
use ahv_net::edit::guards;
use test_support::{Failure, Process, Suite, Unavailable, wait_until};

use crate::command::Example;

const PAGES: [&str; 5] = [
    "README.md",
    "docs/cookbook.md",
    "docs/data-model.md",
    "docs/plan-and-rollback.md",
    "docs/walkthrough.md",
];

/// Where a session keeps its files, as the pages say it.
const PLACE: &str = "/tmp/ahv";

/// What a command that needs a real host names.
const REAL: [&str; 6] = [
    "--local",
    "unix:/var/run/",
    "qemu:///",
    "netns:",
    "--agent",
    "--token",
];

/// Examples that run until they are stopped.
const ENDLESS: [&str; 3] = ["watch", "agent", "ovsdb_server"];

pub(crate) fn cases(suite: &mut Suite) {
    for page in PAGES {
        suite.case_with(
            format!("docs: the commands of {page}"),
            Examples::of(page),
            move |examples| {
                let text = fs::read_to_string(root().join(page))?;
                let actual = rewritten(&text, &examples)?;
                if std::env::var_os("UPDATE_GOLDEN").is_some() && stable(&actual) != stable(&text) {
                    fs::write(root().join(page), &actual)?;
                }
                pretty_assertions::assert_str_eq!(stable(&actual), stable(&text));
                Ok(())
            },
        );
    }
    suite.case("docs: the walkthrough shows the captures as they are", || {
        let page = fs::read_to_string(root().join("docs/walkthrough.md"))?;
        let mut captures = Vec::new();
        for entry in fs::read_dir(root().join("tests/golden/reference-host"))? {
            captures.push(fs::read_to_string(entry?.path())?);
        }
        // The first block says how captures are made.
        let mut shown = page
            .split("```text\n")
            .skip(2)
            .filter_map(|rest| rest.split("```").next());
        let mut number = 0;
        for block in shown.by_ref() {
            let is_it = |capture: &String| leaves_out(block, &format!("{}\n", capture.trim_end()));
            assert!(captures.iter().any(is_it), "no capture has this:\n{block}");
            number += 1;
        }
        assert_eq!(number, captures.len(), "captures that are not shown");
        Ok(())
    });
    suite.case("docs: every guard is explained", || {
        let table: String = guards()
            .iter()
            .map(|guard| format!("| `{}` | {} | {} |\n", guard.id, guard.title, guard.why))
            .collect();
        let page = fs::read_to_string(root().join("docs/plan-and-rollback.md"))?;
        assert!(
            page.contains(&table),
            "docs/plan-and-rollback.md has no such table:\n{table}"
        );
        Ok(())
    });
    suite.case("docs: every rule is explained", || {
        let mut rows: Vec<String> = rules()
            .iter()
            .map(|rule| format!("| `{}` | {} | {} |\n", rule.id, rule.title, rule.why))
            .collect();
        rows.sort();
        let (table, page) = (
            rows.concat(),
            fs::read_to_string(root().join("docs/failure-modes.md"))?,
        );
        assert!(
            page.contains(&table),
            "docs/failure-modes.md has no such table:\n{table}"
        );
        Ok(())
    });
    suite.case("docs: no link leads nowhere", || {
        let pages = PAGES.into_iter().chain(["ARCHITECTURE.md", "CONTRIBUTING.md"]);
        for page in pages {
            let text = fs::read_to_string(root().join(page))?;
            for target in links(&text) {
                let file = root()
                    .join(page)
                    .with_file_name(target.split('#').next().unwrap_or_default());
                assert!(file.exists(), "{page} links to {target}, which is not there");
            }
        }
        Ok(())
    });
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The targets of a page's links to files of the repository.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let ends = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    ends.filter(|target| !target.contains("://") && !target.starts_with('#'))
}

/// The examples that a page calls.
struct Examples(BTreeMap<String, Example>);

impl Examples {
    fn of(page: &str) -> Result<Self, Unavailable> {
        let text = fs::read_to_string(root().join(page)).unwrap_or_default();
        let calls = text.lines().filter_map(Call::parse);
        calls
            .map(|call| Example::available(&call.example).map(|example| (call.example, example)))
            .collect::<Result<_, _>>()
            .and_then(|examples| match text.contains("\n$ curl ") && !has_curl() {
                true => Err(Unavailable::Missing("curl (package curl)".to_owned())),
                false => Ok(Self(examples)),
            })
    }
}

fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok()
}

/// One command line of a page.
struct Call {
    example: String,
    arguments: Vec<String>,
    code: i32,
    in_background: bool,
}

impl Call {
    /// `$ cargo run --example NAME [-- ARGUMENTS…] [&] [# exit code N]`; `None` of any other line.
    fn parse(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("$ cargo run --example ")?;
        let (words, comment) = rest.split_once(" #").unwrap_or((rest, ""));
        let code = comment
            .trim()
            .strip_prefix("exit code ")
            .and_then(|code| code.parse().ok());
        let mut words = words.split_whitespace().map(str::to_owned);
        let example = words.next()?;
        let mut arguments: Vec<String> = words.skip_while(|word| word == "--").collect();
        let in_background = arguments.last().is_some_and(|word| word == "&");
        if in_background {
            arguments.pop();
        }
        Some(Self {
            example,
            arguments,
            code: code.unwrap_or(0),
            in_background,
        })
    }

    /// Whether it ends by itself, and touches no host of the machine.
    fn can_run(&self) -> bool {
        let names_real = |word: &String| REAL.iter().any(|real| word.contains(real));
        self.in_background
            || !(ENDLESS.contains(&self.example.as_str()) || self.arguments.iter().any(names_real))
    }
}

/// One block: its servers and files end with it.
struct Session {
    servers: Vec<Process>,
    directory: tempfile::TempDir,
}

impl Session {
    fn new() -> Result<Self, Failure> {
        let directory = tempfile::Builder::new().prefix("docs-").tempdir();
        Ok(Self {
            servers: Vec::new(),
            directory: directory.map_err(|error| Failure::new(error.to_string()))?,
        })
    }

    /// What stands for `/tmp/ahv`: it is not there before a line of the block makes it.
    fn place(&self) -> String {
        self.directory.path().join("ahv").to_string_lossy().into_owned()
    }

    /// Runs a command, and gives what it prints.
    #[expect(
        clippy::disallowed_methods,
        reason = "no event tells that a server has said all that it says at its start"
    )]
    fn run(&mut self, call: &Call, examples: &Examples) -> Result<String, Failure> {
        let place = self.place();
        let example = examples
            .0
            .get(&call.example)
            .ok_or_else(|| Failure::new("no such example"))?;
        let mut command = Command::new(example.path());
        command
            .current_dir(root())
            .stdin(Stdio::null())
            .env("XDG_STATE_HOME", self.directory.path())
            .env_remove("SSH_CONNECTION");
        command.args(call.arguments.iter().map(|word| word.replace(PLACE, &place)));
        if call.in_background {
            let log = self
                .directory
                .path()
                .join(format!("server{}.log", self.servers.len()));
            self.servers.push(Process::start(command, log.clone())?);
            let said = || told(&fs::read_to_string(&log).unwrap_or_default());
            wait_until("the server prints its remote", Duration::from_secs(20), || {
                Ok(said().ends_with('\n').then_some(()))
            })?;
            // What it prints beside its remote comes with it.
            std::thread::sleep(Duration::from_millis(300));
            return Ok(said().replace(&place, PLACE));
        }
        if !call.can_run() {
            // What is wrong with a flag is said before help is given.
            command.arg("--help");
        }
        let output = command
            .output()
            .map_err(|error| Failure::new(error.to_string()))?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        let expected = if call.can_run() { call.code } else { 0 };
        if output.status.code() != Some(expected) {
            let what = format!(
                "{} {:?} ends with {}: {stderr}",
                call.example, call.arguments, output.status
            );
            return Err(Failure::new(what));
        }
        if !call.can_run() {
            return Ok(String::new());
        }
        let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), told(&stderr));
        Ok(printed.replace(&place, PLACE))
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

impl Session {
    /// Runs a line as a shell does. It names nothing but what is this session's.
    fn shell(&self, line: &str) -> Result<String, Failure> {
        let place = self.place();
        let line = line.trim_start_matches("$ ").replace(PLACE, &place);
        let output = Command::new("sh")
            .args(["-c", &line])
            .current_dir(root())
            .env("no_proxy", "*")
            .output();
        let output = output.map_err(|error| Failure::new(error.to_string()))?;
        let mut printed = String::from_utf8_lossy(&output.stdout).replace(&place, PLACE);
        if !printed.is_empty() && !printed.ends_with('\n') {
            printed.push('\n');
        }
        match output.status.success() {
            true => Ok(printed),
            false => Err(Failure::new(format!("{line}: {}", output.status))),
        }
    }
}

/// A page with what its commands print today.
fn rewritten(page: &str, examples: &Examples) -> Result<String, Failure> {
    let mut new = String::new();
    let mut session: Option<Session> = None;
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        new.push_str(line);
        new.push('\n');
        let Some(running) = &mut session else {
            if line == "```console" {
                session = Some(Session::new()?);
            }
            continue;
        };
        if line == "```" {
            session = None;
            continue;
        }
        if !line.starts_with("$ ") {
            return Err(Failure::new(format!("no command before {line:?}")));
        }
        let mut said = String::new();
        while let Some(more) = lines.next_if(|next| !next.starts_with("$ ") && *next != "```") {
            said.push_str(more);
            said.push('\n');
        }
        let printed = match Call::parse(line) {
            Some(call) => running.run(&call, examples)?,
            None if line.starts_with("$ curl ") || line.starts_with("$ mkdir ") => running.shell(line)?,
            None => expect_known(line).map(|()| said.clone())?,
        };
        new.push_str(if leaves_out(&said, &printed) {
            &said
        } else {
            &printed
        });
    }
    Ok(new)
}

/// The commands of a page that this test does not run.
fn expect_known(line: &str) -> Result<(), Failure> {
    match line.split_whitespace().nth(1) {
        Some("tests/run" | "git" | "ovs-vsctl") => Ok(()),
        _ => Err(Failure::new(format!("nobody tries {line:?}"))),
    }
}

/// Whether what stands in a page is what is printed but for lines that are left out.
fn leaves_out(said: &str, printed: &str) -> bool {
    let (said, printed) = (format!("\n{}", stable(said)), format!("\n{}", stable(printed)));
    let mut parts = said.split("\n…");
    let Some(mut rest) = parts.next().and_then(|first| printed.strip_prefix(first)) else {
        return false;
    };
    let mut last = "\n";
    for part in parts {
        last = part;
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.is_empty() || last == "\n"
}

/// A text without what is another at each run: ids and times of the journal, and ports on loopback.
fn stable(text: &str) -> String {
    let mut stable = String::new();
    for word in text.split_inclusive([' ', '\n']) {
        let bare = word.trim_end();
        let is_hex = |letter: u8| matches!(letter, b'0'..=b'9' | b'a'..=b'f');
        let is_id = bare.len() == 8 && bare.bytes().all(is_hex);
        let is_date = bare.len() == 10 && bare.bytes().filter(|byte| *byte == b'-').count() == 2;
        let is_time = bare.len() == 8 && bare.bytes().filter(|byte| *byte == b':').count() == 2;
        let end = word.get(bare.len()..).unwrap_or_default();
        match bare.split_once("tcp:127.0.0.1:") {
            _ if is_id => stable.push_str("ID"),
            _ if is_date => stable.push_str("DATE"),
            _ if is_time => stable.push_str("TIME"),
            Some((before, _)) => stable.push_str(&format!("{before}tcp:127.0.0.1:PORT")),
            None => stable.push_str(bare),
        }
        stable.push_str(end);
    }
    stable
}
