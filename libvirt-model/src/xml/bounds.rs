//! The limits within which a document is read.

use super::{Error, ErrorKind};

/// The limits within which [`Document::parse_within`](super::Document::parse_within) reads a text.
///
/// Attributes of one element are compared with each other, and a prefix with every namespace in scope, so that parsing is
/// linear in the text only when they are few: they are capped. The defaults are far above anything that libvirt writes, and its own limit for one string is 4 MiB.
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
    /// The most namespace declarations in the whole document.
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
