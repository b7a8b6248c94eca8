//! The small pieces of XML, read from a text one after the other: white space, names, values, references.

use super::{Error, ErrorKind};

/// A place in a text, and what can be read from there on.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

/// A qualified name in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Bytes of the prefix and its colon.
    pub(super) prefix: usize,
}

/// What stands between quotes, or between two pieces of markup.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it reads as it is written: no reference in it, no line end to change.
    pub(super) plain: bool,
}

/// Where a value stands, which decides what becomes of white space in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between tags: every line end becomes a line feed.
    Text,
    /// Between quotes: every white space becomes a blank.
    Attribute,
}

impl<'t> Scanner<'t> {
    /// A scanner at the beginning of `text`, behind a byte order mark.
    ///
    /// # Errors
    /// The first character that XML does not allow anywhere (Extensible Markup Language 1.0, 2.2).
    pub(super) fn new(text: &'t str) -> Result<Self, Error> {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let scanner = Self {
            text,
            bytes: text.as_bytes(),
            at,
        };
        // The compiler makes this wide: U+FFFE and U+FFFF begin with the byte EF, and so does little else.
        let suspect = text
            .bytes()
            .fold(false, |suspect, byte| suspect | is_suspect(byte));
        if suspect && let Some((at, character)) = text.char_indices().find(|(_, found)| !is_character(*found))
        {
            return Err(scanner.malformed(at, format!("the character {character:?} is not allowed")));
        }
        Ok(scanner)
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The byte behind the next one.
    pub(super) fn peek_second(&self) -> Option<u8> {
        self.bytes.get(self.at + 1).copied()
    }

    pub(super) fn looks_at(&self, literal: &str) -> bool {
        self.rest().starts_with(literal.as_bytes())
    }

    /// Goes past `length` bytes that were looked at.
    pub(super) fn skip(&mut self, length: usize) {
        self.at += length;
    }

    /// Goes past `literal`, if that comes next.
    pub(super) fn take(&mut self, literal: &str) -> bool {
        let found = self.looks_at(literal);
        if found {
            self.at += literal.len();
        }
        found
    }

    /// Goes past `byte`.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected(&format!("`{}`", char::from(byte))))
    }

    /// Goes past white space; returns whether there was some.
    pub(super) fn spaces(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        self.at > start
    }

    /// Goes past the next `literal`, and returns where it begins.
    pub(super) fn past(&mut self, literal: &str) -> Result<usize, Error> {
        let found = self.text.get(self.at..).and_then(|rest| rest.find(literal));
        match found {
            Some(length) => {
                let start = self.at + length;
                self.at = start + literal.len();
                Ok(start)
            }
            None => Err(self.cut_short()),
        }
    }

    /// A qualified name (Namespaces in XML 1.0, 4).
    pub(super) fn name(&mut self) -> Result<Name, Error> {
        let start = self.at;
        let begins = self.peek().is_some_and(|byte| byte.is_ascii_alphabetic());
        let end = self.until(|byte| !is(byte, NAME));
        match end {
            // Most names end here.
            Some(byte) if begins && byte != b':' && byte.is_ascii() => Ok(Name {
                start,
                end: self.at,
                prefix: 0,
            }),
            _ => self.rare_name(start),
        }
    }

    /// A name that begins at `start` and has a prefix or letters beyond ASCII, or is none.
    #[cold]
    fn rare_name(&mut self, start: usize) -> Result<Name, Error> {
        let mut colon = None;
        loop {
            match self.until(|byte| !is(byte, NAME)) {
                Some(b':') if colon.is_none() => {
                    colon = Some(self.at);
                    self.at += 1;
                }
                Some(byte) if !byte.is_ascii() => match self.character_at(self.at) {
                    Some(character) if is_name_character(character) => self.at += character.len_utf8(),
                    _ => break,
                },
                _ => break,
            }
        }
        let local = colon.map_or(start, |colon| colon + 1);
        let (begins, ends) = (self.starts_name(start), self.peek() != Some(b':'));
        if begins && ends && (local == start || self.starts_name(local)) {
            return Ok(Name {
                start,
                end: self.at,
                prefix: local - start,
            });
        }
        if self.peek().is_none() {
            return Err(self.cut_short());
        }
        let name = shown(self.slice(start, self.at));
        Err(if colon == Some(start) {
            self.malformed(start, format!("the name {name} has an empty prefix"))
        } else if self.at == start {
            self.unexpected("a name")
        } else {
            self.malformed(start, format!("{name} is not a name"))
        })
    }

    /// What stands between the quotes that come next.
    pub(super) fn quoted(&mut self) -> Result<Raw, Error> {
        let quote = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => quote,
            _ => return Err(self.unexpected("a quote")),
        };
        self.at += 1;
        let start = self.at;
        let mut plain = true;
        loop {
            match self.until(|byte| is(byte, ENDS_PLAIN_VALUE)) {
                Some(byte) if byte == quote => break,
                Some(b'<') => return Err(self.malformed(self.at, "a value holds a `<`; write `&lt;`")),
                Some(b'"' | b'\'') => {}
                Some(_) => plain = false,
                None => return Err(self.cut_short()),
            }
            self.at += 1;
        }
        let end = self.at;
        self.at += 1;
        Ok(Raw { start, end, plain })
    }

    /// The text up to the next `<`, or to the end.
    pub(super) fn characters(&mut self) -> Result<Raw, Error> {
        let start = self.at;
        let mut plain = true;
        loop {
            match self.until(|byte| is(byte, ENDS_PLAIN_TEXT)) {
                Some(b'<') | None => break,
                Some(b'>') => {
                    if self.slice(start, self.at).ends_with("]]") {
                        return Err(self.malformed(self.at - 2, "`]]>` stands in a text; write `]]&gt;`"));
                    }
                }
                Some(_) => plain = false,
            }
            self.at += 1;
        }
        Ok(Raw {
            start,
            end: self.at,
            plain,
        })
    }

    /// How `raw` reads: references resolved, line ends changed as XML asks for.
    pub(super) fn resolve(&self, raw: Raw, place: Place) -> Result<String, Error> {
        let mut out = String::with_capacity(raw.end - raw.start);
        let mut at = raw.start;
        loop {
            let rest = self.slice(at, raw.end);
            let special = |byte: &u8| match byte {
                b'&' | b'\r' => true,
                b'\n' | b'\t' => place == Place::Attribute,
                _ => false,
            };
            let Some(length) = rest.as_bytes().iter().position(special) else {
                out.push_str(rest);
                return Ok(out);
            };
            let (before, found) = rest.split_at(length);
            out.push_str(before);
            at += length;
            if found.starts_with('&') {
                let (character, length) = reference(found).ok_or_else(|| {
                    let (name, _) = found.split_once(';').unwrap_or((found, ""));
                    let name = shown(name);
                    self.malformed(
                        at,
                        format!("{name} refers to no character and to none of XML's five entities"),
                    )
                })?;
                out.push(character);
                at += length;
            } else {
                out.push(if place == Place::Text { '\n' } else { ' ' });
                at += if found.starts_with("\r\n") { 2 } else { 1 };
            }
        }
    }

    /// How a CDATA section reads: as it is written, but for its line ends.
    pub(super) fn resolve_cdata(&self, raw: Raw) -> String {
        self.slice(raw.start, raw.end)
            .replace("\r\n", "\n")
            .replace('\r', "\n")
    }

    #[cold]
    pub(super) fn malformed(&self, at: usize, message: impl Into<String>) -> Error {
        Error::at(ErrorKind::Malformed(message.into()), self.text, at)
    }

    /// The fault that something else comes next than what must.
    #[cold]
    pub(super) fn unexpected(&self, wanted: &str) -> Error {
        match self.character_at(self.at) {
            Some(found) => self.malformed(self.at, format!("expected {wanted} here, found {found:?}")),
            None => self.cut_short(),
        }
    }

    #[cold]
    pub(super) fn cut_short(&self) -> Error {
        self.malformed(self.text.len(), "the text ends before its last element does")
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes to the next byte that `stops`, or to the end.
    #[inline(always)]
    fn until(&mut self, stops: impl Fn(u8) -> bool) -> Option<u8> {
        let rest = self.rest();
        let length = rest.iter().position(|&byte| stops(byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(length).copied()
    }

    fn character_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn starts_name(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            Some(byte) if byte.is_ascii() => byte.is_ascii_alphabetic() || *byte == b'_',
            Some(_) => self.character_at(at).is_some_and(is_name_start),
            None => false,
        }
    }
}

/// The character that the reference at the beginning of `source` stands for, and the bytes of the reference.
fn reference(source: &str) -> Option<(char, usize)> {
    let (name, _) = source.strip_prefix('&')?.split_once(';')?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number
                .strip_prefix('x')
                .map_or((number, 10), |digits| (digits, 16));
            if !digits.chars().all(|digit| digit.is_digit(radix)) {
                return None;
            }
            char::from_u32(u32::from_str_radix(digits, radix).ok()?)
                .filter(|&character| is_character(character))?
        }
    };
    Some((character, name.len() + 2))
}

/// A name as a sentence shows it.
fn shown(name: &str) -> String {
    match name.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or("")),
        None => name.to_owned(),
    }
}

/// Part of a name, as far as ASCII goes; the colon is not.
const NAME: u8 = 1;
/// Ends the part of an attribute's value that reads as it is written.
const ENDS_PLAIN_VALUE: u8 = 2;
/// Ends the part of a text that reads as it is written, or could.
const ENDS_PLAIN_TEXT: u8 = 4;

/// The classes of every byte.
const CLASSES: [u8; 256] = classes();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "the table is made while compiling"
)]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < classes.len() {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') {
            classes[at] |= NAME;
        }
        if matches!(byte, b'"' | b'\'' | b'<' | b'&' | b'\t' | b'\n' | b'\r') {
            classes[at] |= ENDS_PLAIN_VALUE;
        }
        if matches!(byte, b'<' | b'>' | b'&' | b'\r') {
            classes[at] |= ENDS_PLAIN_TEXT;
        }
        at += 1;
    }
    classes
}

#[inline(always)]
fn is(byte: u8, class: u8) -> bool {
    CLASSES
        .get(usize::from(byte))
        .is_some_and(|classes| classes & class != 0)
}

/// Whether it is a control character, or the first byte of what may be no character. No branch and no table, so that many
/// bytes are looked at in one step.
fn is_suspect(byte: u8) -> bool {
    ((byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')) | (byte == 0xef)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Char (XML 1.0, 2.2).
fn is_character(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        character => character >= ' ',
    }
}

/// NameStartChar without the colon (XML 1.0, 2.3), beyond ASCII.
fn is_name_start(character: char) -> bool {
    matches!(character,
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// NameChar (XML 1.0, 2.3), beyond ASCII.
fn is_name_character(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}
