//! What can be wrong with an XML document.

use std::fmt;

use super::{Document, Element, Position, position};

/// Why an XML document, or a value in it, cannot be used.
///
/// `{}` prints one sentence with line and column; `{:#}` prints below it the source line and a caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    position: Option<Position>,
    excerpt: String,
}

/// What kind of fault an [`Error`] tells of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The document exceeds one of the [`Bounds`](super::Bounds).
    #[error("the document has {found}, and the limit is {limit}")]
    OverBound {
        /// What there is too much of, with its count where that is known.
        found: String,
        /// The limit, in the same unit.
        limit: usize,
    },
    /// The document has a DTD, which could hide an entity bomb; libvirt documents never need one.
    #[error("the document has a DTD (<!DOCTYPE>), which is refused: remove it")]
    Dtd,
    /// The text is in an encoding that is not read.
    #[error("the document is not UTF-8: {0}")]
    Encoding(String),
    /// The text is not well-formed XML.
    #[error("not well-formed XML: {0}")]
    Malformed(String),
    /// The root element is not the one that the view is of.
    #[error("expected a <{expected}> element here, found <{found}>")]
    WrongElement {
        /// The element name that the view reads.
        expected: String,
        /// The element name that stands there.
        found: String,
    },
    /// A required element or attribute is absent.
    #[error("<{element}> lacks {missing}")]
    Missing {
        /// The element in which something is missing.
        element: String,
        /// What is missing, such as "the attribute `address`".
        missing: String,
    },
    /// A value cannot be read as what it must be.
    #[error("`{value}` in {place} is {reason}")]
    Value {
        /// The attribute or element, such as "`<vlan><tag id>`".
        place: String,
        /// The value, cut to a readable length.
        value: String,
        /// What is wrong with it, such as "not a VLAN id (0 to 4095)".
        reason: String,
    },
    /// An edit cannot be made, or did not come out as it was asked for.
    #[error("the edit was not made: {0}")]
    Edit(String),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                position: None,
                excerpt: String::new(),
            }),
        }
    }

    pub(crate) fn at(kind: ErrorKind, text: &str, offset: usize) -> Self {
        let position = Some(Position::of(text, offset));
        Self {
            inner: Box::new(Inner {
                kind,
                position,
                excerpt: position::excerpt(text, offset),
            }),
        }
    }

    pub(crate) fn missing(element: Element<'_>, missing: impl Into<String>) -> Self {
        let kind = ErrorKind::Missing {
            element: element.qualified_name().to_owned(),
            missing: missing.into(),
        };
        Self::in_document(kind, element.document(), element.span().start)
    }

    pub(crate) fn value(
        document: &Document,
        offset: usize,
        place: impl Into<String>,
        value: &str,
        reason: impl Into<String>,
    ) -> Self {
        let value = match value.char_indices().nth(60) {
            Some((at, _)) => format!("{}…", value.get(..at).unwrap_or("")),
            None => value.to_owned(),
        };
        Self::in_document(
            ErrorKind::Value {
                place: place.into(),
                value,
                reason: reason.into(),
            },
            document,
            offset,
        )
    }

    pub(crate) fn in_document(kind: ErrorKind, document: &Document, offset: usize) -> Self {
        Self::at(kind, document.as_str(), offset)
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// Where it is wrong, when one place is.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.inner.position
    }

    /// Whether the text was refused as a whole before anything in it was looked at: over a bound, a DTD, an encoding.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(
            self.inner.kind,
            ErrorKind::OverBound { .. } | ErrorKind::Dtd | ErrorKind::Encoding(_)
        )
    }

    /// Whether the text is not well-formed XML.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(self.inner.kind, ErrorKind::Malformed(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.inner.position {
            Some(at) => write!(f, "{at}: {}", self.inner.kind)?,
            None => write!(f, "{}", self.inner.kind)?,
        }
        if f.alternate() && !self.inner.excerpt.is_empty() {
            write!(f, "\n{}", self.inner.excerpt)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
