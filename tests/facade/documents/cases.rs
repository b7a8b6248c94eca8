use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use ahv_net::check::rules;
use ahv_net::edit::guards;
use serde_json::Value;
use test_support::{Failure, Lab, Outcome, Suite, Unavailable};

use super::compared::{leaves_out, stable};
use super::line::{Kind, Line};
use super::page::{Block, Page, root};
use super::session::{Examples, Session};
use crate::command::Example;

/// Drawings: nothing of them can be run.
const DRAWINGS: [(&str, &str); 3] = [
    ("ARCHITECTURE.md", "   unix:/tcp: OVSDB"),
    ("docs/plan-and-rollback.md", " intent ──> plan"),
    ("docs/plan-and-rollback.md", "Begun ──> Unconfirmed"),
];

pub(crate) fn cases(suite: &mut Suite) {
    let pages = match Page::all() {
        Ok(pages) => pages,
        Err(error) => {
            suite.case("docs: the pages are read", move || Err(error.to_string().into()));
            return;
        }
    };
    for page in &pages {
        of_page(suite, page);
    }
    let all = pages.clone();
    suite.case("docs: no link leads nowhere, and no anchor", move || {
        no_link_leads_nowhere(&all)
    });
    suite.case("docs: the walkthrough shows every capture", || {
        let page = fs::read_to_string(root().join("docs/walkthrough.md"))?;
        for entry in fs::read_dir(root().join("tests/golden/reference-host"))? {
            let path = entry?.path();
            let capture = fs::read_to_string(&path)?;
            let shows = |block: &str| leaves_out(block, &format!("{}\n", capture.trim_end()));
            let mut blocks = page
                .split("```text\n")
                .skip(1)
                .filter_map(|rest| rest.split("```").next());
            assert!(blocks.any(shows), "{} is not shown", path.display());
        }
        Ok(())
    });
    suite.case("docs: what is left out is said, and nothing else is", || {
        let left_out = [("a\n", "a\n"), ("a\n…\n", "a\nb\n"), ("…\nc\n", "a\nb\nc\n")];
        assert!(left_out.iter().all(|(said, printed)| leaves_out(said, printed)));
        let wrong = [("a\n", "a\nb\n"), ("", "a\n"), ("…\nb\n", "a\nb\nc\n")];
        assert!(wrong.iter().all(|(said, printed)| !leaves_out(said, printed)));
        Ok(())
    });
    suite.case("docs: every example stands in the README's table", || {
        let readme = fs::read_to_string(root().join("README.md"))?;
        let rows: String = readme.lines().filter(|line| line.starts_with("| `")).collect();
        for entry in fs::read_dir(root().join("examples/examples"))? {
            let path = entry?.path();
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            assert!(rows.contains(&format!("`{name}`")), "no row has {name}");
        }
        Ok(())
    });
    explained(suite, "guard", "docs/plan-and-rollback.md", || {
        let row = |guard: &ahv_net::edit::Guard| (guard.id, guard.title, guard.why);
        guards().iter().map(row).collect()
    });
    explained(suite, "rule", "docs/failure-modes.md", || {
        let row = |rule: &ahv_net::check::Rule| (rule.id, rule.title, rule.why);
        rules().iter().map(row).collect()
    });
}

type Row = (&'static str, &'static str, &'static str);

fn explained(suite: &mut Suite, what: &str, page: &'static str, rows: fn() -> Vec<Row>) {
    suite.case(format!("docs: every {what} is explained"), move || {
        let mut rows = rows();
        rows.sort_unstable();
        let line = |(id, title, why): &Row| format!("| `{id}` | {title} | {why} |\n");
        let table: String = rows.iter().map(line).collect();
        let text = fs::read_to_string(root().join(page))?;
        assert!(text.contains(&table), "{page} has no such table:\n{table}");
        Ok(())
    });
}

fn of_page(suite: &mut Suite, page: &Page) {
    let name = &page.name;
    let blocks = match page.blocks() {
        Ok(blocks) => blocks,
        Err(error) => {
            suite.case(format!("docs: the blocks of {name}"), move || Err(error.into()));
            return;
        }
    };
    let has = |language: &str| blocks.iter().any(|block| block.language == language);
    if has("console") {
        let owned = page.clone();
        suite.case_with(
            format!("docs: the commands of {name}"),
            examples_of(page),
            move |examples| {
                let actual = rewritten(&owned, &examples)?;
                if std::env::var_os("UPDATE_GOLDEN").is_some() && stable(&actual) != stable(&owned.text) {
                    fs::write(root().join(&owned.name), &actual)?;
                }
                pretty_assertions::assert_str_eq!(stable(&actual), stable(&owned.text));
                Ok(())
            },
        );
    }
    let not_run: BTreeSet<(String, &str)> = lines_of(page)
        .iter()
        .filter_map(|line| Some((line.typed.clone(), line.kind.needs()?)))
        .collect();
    for (typed, needs) in not_run {
        let needs = Err::<(), _>(Unavailable::Missing(needs.to_owned()));
        suite.case_with(format!("docs: {name}: {typed}"), needs, |()| Ok(()));
    }
    for block in &blocks {
        let at = format!("docs: {name}:{}", block.line);
        let is_drawing = |(page, begins): &(&str, &str)| page == name && block.body.starts_with(begins);
        match block.language {
            "text" if DRAWINGS.iter().any(is_drawing) => {
                let needs = Unavailable::Missing("somebody to look at it: it is a drawing".to_owned());
                suite.case_with(at, Err::<(), _>(needs), |()| Ok(()));
            }
            "xml" => {
                let (owned, body) = (page.clone(), block.body.to_owned());
                let line = block.line;
                suite.case_with(format!("{at}: xml"), examples_of(page), move |examples| {
                    is_in_json(&owned, line, &body, &examples)
                });
            }
            "sh" => captures_in_the_lab(suite, format!("{at}: typed in the lab"), block),
            _ => {}
        }
    }
    let owned = page.clone();
    suite.case(format!("docs: the blocks of {name}"), move || {
        for block in owned.blocks()? {
            let at = format!("{}:{}", owned.name, block.line);
            let is_drawing =
                |(page, begins): &(&str, &str)| *page == owned.name && block.body.starts_with(begins);
            match block.language {
                // These have a case of their own.
                "console" | "xml" | "sh" => {}
                "rust" => is_doc_test(&owned.name, &at)?,
                "json" => {
                    serde_json::from_str::<Value>(block.body).map_err(|error| format!("{at}: {error}"))?;
                }
                "text" if DRAWINGS.iter().any(is_drawing) => {}
                "text" => assert!(
                    is_of_golden(block.body)?,
                    "{at}: no file of tests/golden has this"
                ),
                other => panic!("{at}: nobody knows what to do with {other:?}: see documents/mod.rs"),
            }
        }
        Ok(())
    });
}

/// The lines of a page's sessions that can be read; the others fail where they are run.
fn lines_of(page: &Page) -> Vec<Line> {
    let blocks = page.blocks().unwrap_or_default();
    let sessions = blocks.iter().filter(|block| block.language == "console");
    sessions
        .flat_map(|block| commands(block.body))
        .filter_map(|(text, _, _)| Line::parse(&text).ok())
        .collect()
}

/// The commands of a session: on one line, as they stand there, and what they are said to print.
fn commands(body: &str) -> Vec<(String, String, String)> {
    let mut commands: Vec<(String, String, String)> = Vec::new();
    let mut goes_on = false;
    for line in body.split_inclusive('\n') {
        let begins = line.starts_with("$ ");
        if begins {
            commands.push((String::new(), String::new(), String::new()));
        }
        if let Some((typed, stands, said)) = commands.last_mut() {
            if begins || goes_on {
                goes_on = line.trim_end().ends_with('\\');
                typed.push_str(line.trim().trim_end_matches('\\'));
                stands.push_str(line);
            } else {
                said.push_str(line);
            }
        }
    }
    commands
}

/// The examples that a page calls. One that is not built is missing; one that does not exist is an error of the page.
fn examples_of(page: &Page) -> Result<Examples, Unavailable> {
    let mut examples = Examples::new();
    for line in lines_of(page) {
        for name in line.kind.examples() {
            if !root().join(format!("examples/examples/{name}.rs")).is_file() {
                let said = format!("{} calls the example {name}, which there is not", page.name);
                return Err(Unavailable::Broken(said));
            }
            examples.insert(name.to_owned(), Example::available(name)?);
        }
        for (tool, package) in [
            ("curl", "curl"),
            ("ovs-vsctl", "openvswitch-switch"),
            ("python3", "python3"),
        ] {
            let word = match tool {
                "python3" => "examples/python/",
                tool => tool,
            };
            let is_called = matches!(line.kind, Kind::Shell(_)) && line.typed.starts_with(word);
            if is_called && (Command::new(tool).arg("--version").output().is_err() || is_withheld(tool)) {
                return Err(Unavailable::Missing(format!("{tool} (package {package})")));
            }
        }
    }
    Ok(examples)
}

/// Whether this run is to do without real peers (`tests/run --embedded`).
fn is_withheld(tool: &str) -> bool {
    tool == "ovs-vsctl" && std::env::var_os("AHV_REAL_PEERS").is_some_and(|peers| peers == "none")
}

/// A page with what its commands print today.
fn rewritten(page: &Page, examples: &Examples) -> Result<String, Failure> {
    let mut new = String::new();
    let mut rest = page.text.as_str();
    for block in page.blocks()? {
        if block.language != "console" {
            continue;
        }
        let mut session = Session::new()?;
        // A body is a part of the text: what is before it stays.
        let at = block.body.as_ptr() as usize - rest.as_ptr() as usize;
        new.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + block.body.len()..).unwrap_or_default();
        if !block.body.starts_with("$ ") {
            return Err(Failure::new(format!("{}:{}: no command", page.name, block.line)));
        }
        for (typed, stands, said) in commands(block.body) {
            let failed = |error: Failure| Failure::new(format!("{}:{}: {error}", page.name, block.line));
            let line = Line::parse(&typed).map_err(failed)?;
            let printed = session.run(&line, &said, examples).map_err(failed)?;
            new.push_str(&stands);
            new.push_str(if leaves_out(&said, &printed) {
                &said
            } else {
                &printed
            });
        }
    }
    new.push_str(rest);
    Ok(new)
}

/// A block of Rust is a doc-test of this package's library, which must have the whole page.
fn is_doc_test(page: &str, at: &str) -> Result<(), Failure> {
    let library = include_str!("../../src/lib.rs");
    match library.contains(&format!("include_str!(\"../../{page}\")")) {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "{at}: tests/src/lib.rs does not have {page}"
        ))),
    }
}

/// Whether a file of tests/golden has this, or has it with something left out.
fn is_of_golden(body: &str) -> Result<bool, Failure> {
    let failed = |error: std::io::Error| Failure::new(error.to_string());
    for directory in ["tests/golden", "tests/golden/reference-host"] {
        for entry in fs::read_dir(root().join(directory)).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            if leaves_out(body, &format!("{}\n", text.trim_end())) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The document must stand in what the example above it prints with `--json`.
fn is_in_json(page: &Page, line: usize, body: &str, examples: &Examples) -> Outcome {
    let blocks = page.blocks()?;
    let above = blocks
        .iter()
        .take_while(|block| block.line < line)
        .filter(|block| block.language == "console");
    let last = above.last().and_then(|block| commands(block.body).pop());
    let (typed, ..) = last.ok_or("there is no command above it")?;
    let line = Line::parse(&typed)?;
    let Kind::Example(name, arguments) = &line.kind else {
        return Err(format!("{} is no example that is run", line.typed).into());
    };
    let example = examples.get(name).ok_or("it is not built")?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["--json"]).collect();
    let ran = example.run(&arguments)?;
    let json: Value = serde_json::from_str(&ran.stdout)?;
    assert!(strings(&json).any(|text| text.trim() == body.trim()), "{json:#}");
    Ok(())
}

/// Every string in a value.
fn strings(value: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Value::String(text) => Box::new(std::iter::once(text.as_str())),
        Value::Array(values) => Box::new(values.iter().flat_map(strings)),
        Value::Object(members) => Box::new(members.values().flat_map(strings)),
        _ => Box::new(std::iter::empty()),
    }
}

/// Types the lines in an empty directory of the lab's host, and reads what they make.
fn captures_in_the_lab(suite: &mut Suite, name: String, block: &Block<'_>) {
    let typed = block
        .body
        .replace("NAME", "guest-vlan32")
        .replace("NET.xml", "VM-Network.xml")
        .replace("net-dumpxml NET", "net-dumpxml VM-Network");
    let needed = Lab::from_env().and_then(|lab| Ok((lab, Example::available("show")?)));
    suite.case_with(name, needed, move |(lab, show)| {
        let directory = tempfile::tempdir()?;
        let place = directory.path().display().to_string();
        lab.run(&["sh", "-ec", &format!("cd {place}\n{typed}")])?;
        let captures = directory.path().join("captures").display().to_string();
        let ran = show.run(&["--offline", &captures])?;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        for word in ["Port tap345", "guest-vlan32", "VM-Network", "10.59.31.77"] {
            assert!(ran.stdout.contains(word), "{word} is not in {}", ran.stdout);
        }
        assert!(!ran.stdout.contains("of no known kind"), "{}", ran.stdout);
        Ok(())
    });
}

fn no_link_leads_nowhere(pages: &[Page]) -> Outcome {
    let mut dead = Vec::new();
    for page in pages {
        for target in page.links() {
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let directory = Path::new(&page.name).parent().unwrap_or(Path::new(""));
            let to = match path {
                "" => page.name.clone(),
                path => plain(&directory.join(path)),
            };
            if !root().join(&to).exists() {
                dead.push(format!("{} links to {target}, which is not there", page.name));
            } else if !anchor.is_empty() {
                let anchors = pages
                    .iter()
                    .find(|known| known.name == to)
                    .map(Page::anchors)
                    .unwrap_or_default();
                if !anchors.iter().any(|known| known == anchor) {
                    dead.push(format!(
                        "{} links to {target}: {to} has no such heading",
                        page.name
                    ));
                }
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    Ok(())
}

/// A path without `..`, as pages are called.
fn plain(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_string_lossy().as_ref() {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}
