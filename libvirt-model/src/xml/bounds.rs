//! The limits within which a document is read, checked before the strict parse.

use quick_xml::events::{BytesStart, Event};

use super::{Error, ErrorKind};

/// The limits within which [`Document::parse_within`](super::Document::parse_within) reads a text.
///
/// The strict parse needs time and memory linear in the text only when attributes and namespaces per element are few, so
/// they are capped. The defaults are far above anything that libvirt writes, and its own limit for one string is 4 MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The most bytes of the whole text.
    pub bytes: usize,
    /// The deepest nesting of elements.
    pub depth: usize,
    /// The most attributes of one element, namespace declarations among them.
    pub attributes: usize,
    /// The most namespace declarations in scope at one element.
    pub namespaces: usize,
    /// The most distinct namespaces in the whole document is this many times `namespaces`; beyond it the strict parse would
    /// become quadratic.
    pub namespace_declarations: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 4 << 20,
            depth: 256,
            attributes: 256,
            namespaces: 64,
            namespace_declarations: 4096,
        }
    }
}

impl Bounds {
    /// Checks `text` against the limits and refuses a DTD.
    ///
    /// # Errors
    /// The first limit that is exceeded, with its position; or the first fault that this scan sees in the XML.
    pub(super) fn check(&self, text: &str) -> Result<(), Error> {
        let mut reader = quick_xml::Reader::from_str(text);
        let mut scopes: Vec<usize> = Vec::new();
        let mut in_scope = 0_usize;
        let mut declared = 0_usize;
        loop {
            let start = offset(reader.buffer_position());
            let event = reader
                .read_event()
                .map_err(|error| malformed(text, offset(reader.error_position()), &error))?;
            match event {
                Event::Start(tag) => {
                    let namespaces = self.check_tag(&tag, text, start)?;
                    in_scope += namespaces;
                    declared += namespaces;
                    scopes.push(namespaces);
                    self.check_scope(scopes.len(), in_scope, declared, text, start)?;
                }
                Event::Empty(tag) => {
                    let namespaces = self.check_tag(&tag, text, start)?;
                    declared += namespaces;
                    self.check_scope(scopes.len() + 1, in_scope + namespaces, declared, text, start)?;
                }
                Event::End(_) => in_scope -= scopes.pop().unwrap_or(0).min(in_scope),
                Event::DocType(_) => return Err(Error::at(ErrorKind::Dtd, text, start)),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// Counts the attributes of one tag and returns how many of them declare a namespace.
    fn check_tag(&self, tag: &BytesStart<'_>, text: &str, start: usize) -> Result<usize, Error> {
        let mut attributes = 0_usize;
        let mut namespaces = 0_usize;
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| malformed(text, start, &error))?;
            attributes += 1;
            if attribute.key.as_ref().starts_with("xmlns") {
                namespaces += 1;
            }
            if attributes > self.attributes {
                return Err(over(
                    "an element with more attributes than allowed",
                    self.attributes,
                    text,
                    start,
                ));
            }
        }
        Ok(namespaces)
    }

    fn check_scope(
        &self,
        depth: usize,
        in_scope: usize,
        declared: usize,
        text: &str,
        at: usize,
    ) -> Result<(), Error> {
        if depth > self.depth {
            return Err(over("elements nested deeper than allowed", self.depth, text, at));
        }
        if in_scope > self.namespaces {
            return Err(over(
                "more namespaces in scope than allowed",
                self.namespaces,
                text,
                at,
            ));
        }
        if declared > self.namespace_declarations {
            return Err(over(
                "more namespace declarations than allowed",
                self.namespace_declarations,
                text,
                at,
            ));
        }
        Ok(())
    }
}

pub(super) fn over(found: &str, limit: usize, text: &str, at: usize) -> Error {
    Error::at(
        ErrorKind::OverBound {
            found: found.to_owned(),
            limit,
        },
        text,
        at,
    )
}

fn malformed(text: &str, at: usize, error: &dyn std::fmt::Display) -> Error {
    Error::at(ErrorKind::Malformed(error.to_string()), text, at)
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
