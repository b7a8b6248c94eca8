//! An XML document that keeps its source text.
//!
//! [`Document::parse`] reads the text strictly and within [`Bounds`], and keeps the text itself beside an index of where
//! every element, tag and attribute value stands in it. Printing is returning that text, so whatever the author wrote
//! survives: byte order mark, CRLF, mixed quotes, character references, comments, stray text, unknown elements.
//!
//! An edit ([`Edit`]) is a list of splices into that text in the style of its surroundings. The result is parsed again and
//! compared with the original: the difference must be exactly the edit that was asked for.
//!
//! What is refused, with a clear error: a DTD (and so every entity but the five predefined ones), any encoding but
//! UTF-8 (or ASCII), text that is not well-formed, and text beyond the bounds.

mod bounds;
mod document;
mod edit;
mod element;
mod error;
mod file;
mod fragment;
mod index;
#[cfg(any(test, feature = "fuzz"))]
#[doc(hidden)]
pub mod oracle;
mod parser;
mod position;
#[cfg(test)]
mod properties;
mod scanner;
mod style;
mod verify;

pub use bounds::Bounds;
pub use document::Document;
pub use edit::Edit;
pub use element::{Attribute, Element, Node};
pub use error::{Error, ErrorKind};
pub use file::read_file;
pub use fragment::{Content, Fragment};
pub use index::{ElementId, Span};
pub use position::Position;
