//! The document: its text and the index of it.

use std::fmt;
use std::sync::Arc;

use super::index::{ElementId, Index};
use super::{Bounds, Edit, Element, Error, ErrorKind, parser};

/// An XML document that is printed as it was read, byte for byte.
///
/// A clone shares the text and the index.
#[derive(Clone)]
pub struct Document {
    inner: Arc<Inner>,
}

/// The index holds offsets in 32 bits.
const MOST_BYTES: usize = (u32::MAX - 1) as usize;

struct Inner {
    text: String,
    index: Index,
    bounds: Bounds,
}

impl Document {
    /// Parses `text` within the default [`Bounds`].
    ///
    /// # Errors
    /// See [`Document::parse_within`].
    ///
    /// # Examples
    /// ```
    /// use libvirt_model::xml::Document;
    ///
    /// let text = "<network>\r\n  <name>default</name> <!-- kept -->\r\n</network  >";
    /// let document = Document::parse(text)?;
    /// assert_eq!(document.as_str(), text);
    /// assert_eq!(document.root().child("name").unwrap().text(), "default");
    /// # Ok::<(), libvirt_model::xml::Error>(())
    /// ```
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        Self::parse_within(text, Bounds::default())
    }

    /// Parses bytes, which must be UTF-8 (a byte order mark may come first), within the default [`Bounds`].
    ///
    /// # Errors
    /// As [`Document::parse_within`], and [`ErrorKind::Encoding`] for bytes that are not UTF-8.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let bounds = Bounds::default();
        // The size comes first, so that no megabytes are searched for a wrong byte.
        if bytes.len() > bounds.bytes {
            return Err(too_large(bytes.len(), bounds.bytes));
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(Error::new(ErrorKind::Encoding(
                "it starts with the byte order mark of UTF-16".into(),
            )));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse_within(text, bounds),
            Err(error) => {
                let text = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or(b""));
                let kind = ErrorKind::Encoding("a byte here is not UTF-8; convert the file".into());
                Err(Error::at(kind, &text, error.valid_up_to()))
            }
        }
    }

    /// Parses `text` within `bounds`.
    ///
    /// # Errors
    /// [`ErrorKind::OverBound`], [`ErrorKind::Dtd`] or [`ErrorKind::Encoding`] when the text is refused as a whole;
    /// [`ErrorKind::Malformed`] when it is not well-formed XML with namespaces.
    pub fn parse_within(text: impl Into<String>, bounds: Bounds) -> Result<Self, Error> {
        let text: String = text.into();
        let limit = bounds.bytes.min(MOST_BYTES);
        if text.len() > limit {
            return Err(too_large(text.len(), limit));
        }
        check_declared_encoding(&text)?;
        let index = parser::parse(&text, bounds)?;
        Ok(Self {
            inner: Arc::new(Inner { text, index, bounds }),
        })
    }

    /// The text, exactly as it was parsed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.inner.text
    }

    /// The bytes, exactly as they were parsed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.inner.text.as_bytes()
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element::new(self, self.inner.index.root())
    }

    /// The element of `id`, if that is the id of an element of this document.
    #[must_use]
    pub fn element(&self, id: ElementId) -> Option<Element<'_>> {
        self.inner.index.is_element(id).then(|| Element::new(self, id))
    }

    /// Every element, in the order of the text.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        self.inner.index.elements().map(|id| Element::new(self, id))
    }

    /// Starts an edit of this document; the document itself does not change.
    pub fn edit(&self) -> Edit<'_> {
        Edit::new(self)
    }

    /// The bounds that the document was parsed within.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.inner.bounds
    }

    pub(super) fn index(&self) -> &Index {
        &self.inner.index
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Document(<{}>, {} bytes)",
            self.root().qualified_name(),
            self.inner.text.len()
        )
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.text)
    }
}

/// Two documents are equal when their texts are.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.inner.text == other.inner.text
    }
}

impl Eq for Document {}

impl std::str::FromStr for Document {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

fn too_large(bytes: usize, limit: usize) -> Error {
    Error::new(ErrorKind::OverBound {
        found: format!("{bytes} bytes"),
        limit,
    })
}

/// Refuses a declared encoding that contradicts the UTF-8 that the text is known to be.
fn check_declared_encoding(text: &str) -> Result<(), Error> {
    let body = text.trim_start_matches('\u{feff}');
    let start = text.len() - body.len();
    if !body.starts_with("<?xml") {
        return Ok(());
    }
    let declaration = body.split_once("?>").map_or(body, |(declaration, _)| declaration);
    let Some(at) = declaration.find("encoding") else {
        return Ok(());
    };
    let value = declaration.get(at..).unwrap_or("");
    let name = value.split(['"', '\'']).nth(1).unwrap_or("");
    let accepted = name.eq_ignore_ascii_case("utf-8")
        || name.eq_ignore_ascii_case("utf8")
        || (text.is_ascii() && (name.eq_ignore_ascii_case("us-ascii") || name.eq_ignore_ascii_case("ascii")));
    if accepted {
        return Ok(());
    }
    let kind = ErrorKind::Encoding(format!(
        "it declares the encoding `{name}`; convert the file to UTF-8"
    ));
    Err(Error::at(kind, text, start + at))
}

#[cfg(test)]
mod tests;
