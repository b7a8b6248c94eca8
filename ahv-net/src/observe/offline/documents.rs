//! The XML documents in one file: several may stand one after the other, with other text around them, and
//! the last may be cut off.

/// One document, or a fragment such as an `<interface>` on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// From its first tag to its last. Of one that is cut off the open elements are closed.
    pub(super) text: String,
    /// The line on which it begins, counted from 1.
    pub(super) line: usize,
    /// The element within which it is cut off.
    pub(super) cut_off_in: Option<String>,
}

/// More documents than this in one file are not looked at.
pub(super) const MOST: usize = 10_000;

/// Finds the documents. Whether each is well-formed is for the parser to say.
pub(super) fn split(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut start = 0;
    // Where the last tag, comment or text within the current document ended.
    let mut end = 0;
    let mut lines = LineCount { text, at: 0, line: 1 };
    for token in Tokens::of(text) {
        if pieces.len() == MOST {
            break;
        }
        match token.kind {
            Kind::Start(name) => {
                if open.is_empty() {
                    start = token.from;
                }
                open.push(name);
            }
            Kind::End => {
                if open.pop().is_some() && open.is_empty() {
                    pieces.extend(piece(text, start, token.to, &[], &mut lines));
                }
            }
            Kind::Empty if open.is_empty() => {
                pieces.extend(piece(text, token.from, token.to, &[], &mut lines))
            }
            Kind::Empty | Kind::Other => {}
        }
        end = token.to;
    }
    if !open.is_empty() {
        pieces.extend(piece(text, start, end, &open, &mut lines));
    }
    pieces
}

fn piece(text: &str, from: usize, to: usize, open: &[&str], lines: &mut LineCount<'_>) -> Option<Piece> {
    let mut body = text.get(from..to)?.to_owned();
    for name in open.iter().rev() {
        body.push_str("</");
        body.push_str(name);
        body.push('>');
    }
    Some(Piece {
        text: body,
        line: lines.at(from),
        cut_off_in: open.last().map(|name| (*name).to_owned()),
    })
}

/// Counts lines once over the whole text, however many documents it has.
struct LineCount<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl LineCount<'_> {
    fn at(&mut self, offset: usize) -> usize {
        let between = self.text.get(self.at..offset).unwrap_or_default();
        self.line += between.bytes().filter(|byte| *byte == b'\n').count();
        self.at = self.at.max(offset);
        self.line
    }
}

struct Token<'t> {
    kind: Kind<'t>,
    from: usize,
    to: usize,
}

enum Kind<'t> {
    Start(&'t str),
    Empty,
    End,
    Other,
}

/// Tags, comments, CDATA sections and instructions that are complete.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The end of what begins at `from` and is closed by `close`.
    fn closed_by(&self, from: usize, close: &str) -> Option<usize> {
        let found = self.text.get(from..)?.find(close)?;
        Some(from + found + close.len())
    }

    /// The end of the tag that begins at `from`: a `>` in an attribute's value does not close it.
    fn tag_end(&self, from: usize) -> Option<usize> {
        let mut quote = None;
        for (at, byte) in self.text.as_bytes().iter().enumerate().skip(from) {
            match (quote, byte) {
                (None, b'>') => return Some(at + 1),
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), byte) if open == *byte => quote = None,
                _ => {}
            }
        }
        None
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let from = self.at + self.text.get(self.at..)?.find('<')?;
            let rest = self.text.get(from..)?;
            let (kind, to) = if rest.starts_with("<!--") {
                (Kind::Other, self.closed_by(from + 4, "-->")?)
            } else if rest.starts_with("<![CDATA[") {
                (Kind::Other, self.closed_by(from, "]]>")?)
            } else if rest.starts_with("<?") {
                (Kind::Other, self.closed_by(from, "?>")?)
            } else if rest.starts_with("</") {
                (Kind::End, self.tag_end(from)?)
            } else if rest.chars().nth(1).is_some_and(|c| c.is_alphabetic() || c == '_') {
                let to = self.tag_end(from)?;
                let tag = self.text.get(from + 1..to - 1)?;
                let kind = match tag.strip_suffix('/') {
                    Some(_) => Kind::Empty,
                    None => Kind::Start(tag.split(char::is_whitespace).next().unwrap_or(tag)),
                };
                (kind, to)
            } else {
                // Not XML's, such as a shell's redirection: the parser says so if it is inside a document.
                self.at = from + 1;
                continue;
            };
            self.at = to;
            return Some(Token { kind, from, to });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(String, usize)> {
        split(text)
            .into_iter()
            .map(|piece| (piece.text, piece.line))
            .collect()
    }

    #[test]
    fn documents_one_after_the_other_with_text_around_them() {
        let text =
            "<?xml version='1.0'?>\n<!-- <a> -->\n<a b='>'><c/></a>\n\n$ virsh x < y\n<d>\n<d/>\n</d> <e/>";
        assert_eq!(
            texts(text),
            [
                ("<a b='>'><c/></a>".to_owned(), 3),
                ("<d>\n<d/>\n</d>".to_owned(), 6),
                ("<e/>".to_owned(), 8)
            ]
        );
    }

    #[test]
    fn one_that_is_cut_off_is_closed() {
        for (text, whole, inside) in [
            ("<a><b x='1'/>", "<a><b x='1'/></a>", "a"),
            ("<a><b><c d='", "<a><b></b></a>", "b"),
            ("<a><!-- never", "<a></a>", "a"),
        ] {
            let pieces = split(text);
            assert_eq!(pieces.len(), 1);
            assert_eq!(
                (pieces[0].text.as_str(), pieces[0].cut_off_in.as_deref()),
                (whole, Some(inside))
            );
        }
        assert_eq!(split("</a> text <"), []);
        assert_eq!(texts("<a></a></a><b/>").len(), 2);
    }
}
