//! A line of a `console` block: what is typed, and how much of it is tried here.

use test_support::Failure;

use super::page::root;

/// What a command that needs a real host names.
const REAL: [&str; 7] = [
    "--local",
    "unix:/var/run/",
    "unix:/run/",
    "qemu:///",
    "netns:",
    "/etc/",
    "/var/log/",
];

/// Examples that run until they are stopped.
const ENDLESS: [&str; 3] = ["watch", "agent", "ovsdb_server"];

/// Programs that are run as they stand: they name nothing but what is the session's own.
const SHELL: [&str; 4] = ["curl", "mkdir", "ovs-vsctl", "examples/python/agent_client.py"];

/// Commands that are not run, and what they would need.
const NOT_RUN: [(&str, &str); 3] = [
    (
        "tests/run",
        "to run every test, this one among them: its flags are looked for in it",
    ),
    (
        "fuzz/run",
        "cargo-fuzz, and ten minutes for each target: its flags and targets are looked for",
    ),
    ("cargo install", "a registry to fetch from"),
];

/// One command line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// As it is typed, without the prompt and the remark, on one line.
    pub(super) typed: String,
    pub(super) code: i32,
    pub(super) in_background: bool,
    pub(super) kind: Kind,
}

/// How a line is tried.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// An example with its arguments, run by itself.
    Example(String, Vec<String>),
    /// An example of which only the flags are tried, and what running it would need.
    Flags(String, Vec<String>, &'static str),
    /// A line for the shell, and the examples in it.
    Shell(Vec<String>),
    /// Not run, for want of this.
    NotRun(&'static str),
}

impl Line {
    /// Reads `$ COMMAND… [&] [# exit code N]`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let rest = text.trim_start_matches("$ ");
        let (typed, remark) = match rest.rsplit_once(" #") {
            Some((typed, remark)) => (typed.trim(), remark.trim()),
            None => (rest.trim(), ""),
        };
        let code = remark
            .strip_prefix("exit code ")
            .and_then(|code| code.parse().ok());
        let (typed, in_background) = match typed.strip_suffix('&') {
            Some(typed) => (typed.trim(), true),
            None => (typed, false),
        };
        Ok(Self {
            typed: typed.to_owned(),
            code: code.unwrap_or(0),
            in_background,
            kind: Kind::of(typed, in_background)?,
        })
    }
}

impl Kind {
    fn of(typed: &str, in_background: bool) -> Result<Self, Failure> {
        if let Some((_, needs)) = NOT_RUN.iter().find(|(command, _)| is_called(typed, command)) {
            return Ok(Self::NotRun(needs));
        }
        let examples = examples_in(typed);
        if typed.contains('|') || SHELL.iter().any(|program| is_called(typed, program)) {
            return Ok(Self::Shell(examples));
        }
        let Some(rest) = typed.strip_prefix("cargo run --example ") else {
            return Err(Failure::new(format!("nobody tries {typed:?}")));
        };
        let mut words = rest.split_whitespace().map(str::to_owned);
        let example = words.next().unwrap_or_default();
        let arguments: Vec<String> = words.skip_while(|word| word == "--").collect();
        let names_real = |word: &String| REAL.iter().any(|real| word.starts_with(real));
        let ends = in_background
            || !ENDLESS.contains(&example.as_str())
            || arguments.iter().any(|word| word == "--for");
        Ok(match (arguments.iter().any(names_real), ends) {
            (true, _) => Self::Flags(example, arguments, "a real host: only its flags are tried"),
            (false, false) => Self::Flags(
                example,
                arguments,
                "somebody to stop it: only its flags are tried",
            ),
            (false, true) => Self::Example(example, arguments),
        })
    }

    /// The examples that it takes.
    pub(super) fn examples(&self) -> Vec<&str> {
        match self {
            Self::Example(example, _) | Self::Flags(example, ..) => vec![example],
            Self::Shell(examples) => examples.iter().map(String::as_str).collect(),
            Self::NotRun(_) => Vec::new(),
        }
    }

    /// What it would need to be run.
    pub(super) fn needs(&self) -> Option<&'static str> {
        match self {
            Self::Flags(.., needs) | Self::NotRun(needs) => Some(needs),
            _ => None,
        }
    }
}

/// Whether a line calls a program, maybe with variables set before it.
fn is_called(typed: &str, program: &str) -> bool {
    let is_setting = |word: &&str| {
        word.split_once('=')
            .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
    };
    let words: Vec<&str> = typed.split_whitespace().skip_while(is_setting).collect();
    let called: Vec<&str> = program.split_whitespace().collect();
    words.starts_with(&called)
}

fn examples_in(typed: &str) -> Vec<String> {
    let calls = typed.split("cargo run --example ").skip(1);
    calls
        .filter_map(|rest| rest.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Looks at a call of a script of ours that is not run: the script must have the flags, variables and targets.
pub(super) fn expect_known(typed: &str) -> Result<(), Failure> {
    let wrong = |what: String| Err(Failure::new(format!("{typed:?}: {what}")));
    let script = typed.split_whitespace().find(|word| word.ends_with("/run"));
    let Some(script) = script else { return Ok(()) };
    let Ok(text) = std::fs::read_to_string(root().join(script)) else {
        return wrong(format!("there is no {script}"));
    };
    for word in typed.split_whitespace().filter(|word| *word != script) {
        let is_there = match word.split_once('=') {
            Some((variable, _)) => text.contains(variable),
            None if word.starts_with('-') => text.contains(word),
            None => root().join(format!("fuzz/fuzz_targets/{word}.rs")).is_file(),
        };
        if !is_there {
            return wrong(format!("{script} knows no {word}"));
        }
    }
    Ok(())
}
