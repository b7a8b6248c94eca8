//! Where in a text something stands, for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

impl Position {
    /// The position of byte `offset` in `text`; an offset past the end, or inside a character, is moved back to the last
    /// character boundary before it.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..floor_boundary(text, offset)).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before
            .get(line_start..)
            .unwrap_or("")
            .trim_start_matches('\u{feff}')
            .chars()
            .count()
            + 1;
        Self {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The most characters of a source line that an excerpt shows.
const EXCERPT: usize = 100;

/// The line at `offset`, cut to a readable width, and below it a caret under that offset.
pub(super) fn excerpt(text: &str, offset: usize) -> String {
    let offset = floor_boundary(text, offset);
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let left = before.get(line_start..).unwrap_or("");
    let right = after.split(['\n', '\r']).next().unwrap_or("");
    let skip = left.chars().count().saturating_sub(EXCERPT / 2);
    let left: String = left.chars().skip(skip).map(printable).collect();
    let right: String = right.chars().take(EXCERPT / 2).map(printable).collect();
    let indent = " ".repeat(left.chars().count());
    format!("  | {left}{right}\n  | {indent}^")
}

fn printable(character: char) -> char {
    if character.is_control() || character == '\u{feff}' {
        ' '
    } else {
        character
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters_from_one() {
        let text = "ab\nçd\r\nx";
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::of(text, 5), Position { line: 2, column: 2 });
        assert_eq!(
            Position::of(text, 4),
            Position { line: 2, column: 1 },
            "inside a character"
        );
        assert_eq!(Position::of(text, 8), Position { line: 3, column: 1 });
        assert_eq!(Position::of(text, 800), Position { line: 3, column: 2 });
    }

    #[test]
    fn the_caret_stands_under_the_offset() {
        assert_eq!(excerpt("ab\n cde\r\nf", 5), "  |  cde\n  |   ^");
        let long = "x".repeat(1000);
        let shown = excerpt(&long, 700);
        assert_eq!(shown.lines().map(|line| line.chars().count()).max(), Some(104));
    }
}
