//! A page of Markdown: its blocks of code, its headings, its links.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use test_support::Failure;

/// A page of the repository.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// Its path from the root of the repository.
    pub(super) name: String,
    pub(super) text: String,
}

/// A fenced block of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block<'p> {
    /// The line of its fence, from 1.
    pub(super) line: usize,
    /// The word behind the fence; empty without one.
    pub(super) language: &'p str,
    /// What stands between the fences.
    pub(super) body: &'p str,
}

/// What is below the root and none of ours, or made.
fn is_left_out(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "target" | "corpus" | "found" | "artifacts")
}

impl Page {
    /// Every page of the repository, in the order of their names.
    pub(super) fn all() -> io::Result<Vec<Self>> {
        let mut pages = Vec::new();
        gather(&root(), "", &mut pages)?;
        pages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(pages)
    }

    /// Its blocks.
    pub(super) fn blocks(&self) -> Result<Vec<Block<'_>>, Failure> {
        let mut blocks = Vec::new();
        let mut open: Option<(usize, &str, usize)> = None;
        let mut at = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            let fence = line.trim_start().strip_prefix("```");
            match (fence, open) {
                (Some(language), None) => open = Some((index + 1, language.trim(), at + line.len())),
                (Some(_), Some((line, language, from))) => {
                    let body = self.text.get(from..at).unwrap_or_default();
                    blocks.push(Block { line, language, body });
                    open = None;
                }
                (None, _) => {}
            }
            at += line.len();
        }
        match open {
            None => Ok(blocks),
            Some((line, ..)) => Err(Failure::new(format!("{}:{line} is never closed", self.name))),
        }
    }

    /// What stands outside its blocks, line by line.
    fn prose(&self) -> impl Iterator<Item = &str> {
        let mut is_code = false;
        self.text.lines().filter(move |line| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            !is_code && !is_fence
        })
    }

    /// The anchors of its headings, as GitHub makes them.
    pub(super) fn anchors(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut anchors = Vec::new();
        for line in self.prose() {
            let text = line.trim_start_matches('#');
            let depth = line.len() - text.len();
            if !(1..=6).contains(&depth) || !text.starts_with(' ') {
                continue;
            }
            let anchor = anchor(text.trim());
            let count = seen.entry(anchor.clone()).or_default();
            anchors.push(match *count {
                0 => anchor,
                count => format!("{anchor}-{count}"),
            });
            *count += 1;
        }
        anchors
    }

    /// The targets of its links that do not lead out of the repository.
    pub(super) fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        for line in self.prose() {
            let text = without_code(line);
            let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let defined = line
                .strip_prefix('[')
                .and_then(|rest| rest.split_once("]: "))
                .map(|(_, target)| target.trim());
            links.extend(inline.chain(defined).map(str::to_owned));
        }
        links.retain(|target| !target.contains("://") && !target.starts_with("mailto:"));
        links
    }
}

/// What a heading is linked to by: letters, digits, hyphens and underscores, the rest dropped.
fn anchor(heading: &str) -> String {
    // Of a link only its text is shown.
    let mut text = String::new();
    let mut rest = heading;
    while let Some((before, link)) = rest.split_once("](") {
        text.push_str(before);
        rest = link.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter if letter.is_alphanumeric() => letter.to_lowercase().next(),
            _ => None,
        })
        .collect()
}

/// A line without what stands between backticks, but for a link's own text.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("x")
}

fn gather(directory: &Path, below: &str, pages: &mut Vec<Page>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let name = format!("{below}{file_name}");
        let kind = entry.file_type()?;
        if is_left_out(&file_name) {
            continue;
        }
        if kind.is_dir() {
            gather(&entry.path(), &format!("{name}/"), pages)?;
        } else if kind.is_file() && name.ends_with(".md") {
            let text = fs::read_to_string(entry.path())?;
            pages.push(Page { name, text });
        }
    }
    Ok(())
}

/// The root of the repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
