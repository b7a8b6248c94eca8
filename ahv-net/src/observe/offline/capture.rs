//! What the parsers of text captures share: lines with their numbers, and notes of what is damaged.

use crate::observe::Damage;

/// The lines of a capture that hold something, trimmed, with their numbers from 1.
pub(super) struct Lines<'t> {
    lines: std::iter::Enumerate<std::str::Lines<'t>>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            lines: text.lines().enumerate(),
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        self.lines
            .by_ref()
            .filter(|(_, line)| !is_remark(line))
            .map(|(index, line)| (index + 1, line.trim()))
            .find(|(_, line)| !line.is_empty())
    }
}

/// Whether a line is the collector's and not the command's: `# source: …`, or the shell's prompt with the
/// command, as in `$ ip link` and `root@host:~# ip link`.
pub(super) fn is_remark(line: &str) -> bool {
    let prompt = || {
        let (before, _) = line.split_once(['#', '$'])?;
        let (user, place) = before.split_once('@')?;
        let is_word = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
        Some(is_word(user.trim_start_matches('[')) && place.contains([':', ']']))
    };
    line.starts_with("# ") || line.starts_with("$ ") || prompt() == Some(true)
}

/// What could not be read of one file.
#[derive(Debug)]
pub(super) struct Notes {
    file: String,
    damage: Vec<Damage>,
}

/// More than this many notes of one file are cut short: a file of the wrong kind would fill the picture
/// with them.
const MOST: usize = 20;

impl Notes {
    pub(super) fn of(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            damage: Vec::new(),
        }
    }

    /// The file's name.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Notes of this line, counted from 1.
    pub(super) fn line(&mut self, number: usize, what: impl Into<String>) {
        self.keep(Some(number), what.into());
    }

    /// Notes of the file as a whole.
    pub(super) fn whole(&mut self, what: impl Into<String>) {
        self.keep(None, what.into());
    }

    fn keep(&mut self, line: Option<usize>, what: String) {
        let (line, what) = match self.damage.len() {
            len if len < MOST => (line, what),
            MOST => (None, "more of it cannot be read".to_owned()),
            _ => return,
        };
        self.damage.push(Damage {
            file: self.file.clone(),
            line,
            what,
            contradiction: false,
        });
    }

    /// Whether nothing was noted.
    pub(super) fn is_empty(&self) -> bool {
        self.damage.is_empty()
    }

    pub(super) fn into_damage(self) -> Vec<Damage> {
        self.damage
    }

    /// What was noted, a sentence each.
    #[cfg(test)]
    pub(super) fn sentences(&self) -> Vec<String> {
        let sentence = |damage: &Damage| format!("{}: {}", damage.place(), damage.what);
        self.damage.iter().map(sentence).collect()
    }
}

/// Where two captures say the opposite of each other.
#[derive(Debug, Default)]
pub(super) struct Contradictions(Vec<Damage>);

impl Contradictions {
    /// More than this many are cut short: two captures of different hosts contradict each other throughout.
    const MOST: usize = 50;

    /// Notes what `file` says otherwise.
    pub(super) fn note(&mut self, file: &str, what: impl Into<String>) {
        let what = match self.0.len() {
            len if len < Self::MOST => what.into(),
            Self::MOST => "there are more contradictions; are these captures of one host?".to_owned(),
            _ => return,
        };
        self.0.push(Damage {
            file: file.to_owned(),
            line: None,
            what,
            contradiction: true,
        });
    }

    pub(super) fn into_damage(self) -> Vec<Damage> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_and_prompts_are_no_lines_of_the_capture() {
        let text =
            "# source: a wiki\n$ ip link\nroot@kvm:~# ip link\n[root@ahv ~]# ip link\n\n  one \n#two\n";
        let lines: Vec<_> = Lines::of(text).collect();
        assert_eq!(lines, [(6, "one"), (7, "#two")]);
        assert!(!is_remark("mail admin@example.org for more"));
    }

    #[test]
    fn notes_have_an_end() {
        let mut notes = Notes::of("x");
        for line in 0..1000 {
            notes.line(line, "nonsense");
        }
        assert_eq!(notes.sentences().len(), MOST + 1);
        assert_eq!(notes.sentences()[MOST], "x: more of it cannot be read");
    }
}
