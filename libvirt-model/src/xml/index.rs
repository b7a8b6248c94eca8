//! The owned index of a document: where every node stands in the text.

use std::ops::Range;

/// The identity of an element within one [`Document`](super::Document).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub(super) u32);

/// A range of bytes in the text of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The same as a range.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// How many bytes it covers.
    #[must_use]
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// No node, no namespace, no tag; every number and offset of a document is below it.
pub(super) const NONE: u32 = u32::MAX;

/// An offset or a number as the index holds it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the parser reads no text that is as long as NONE, and no text has as many parts as bytes"
)]
pub(super) fn offset(at: usize) -> u32 {
    at as u32
}

/// A [`Span`], or a range of entries, in half the room: the index of a document is several times as long as its text, and
/// what it costs is the memory that it fills.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Extent {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self {
            start: offset(start),
            end: offset(end),
        }
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) fn span(self) -> Span {
        Span {
            start: self.start as usize,
            end: self.end as usize,
        }
    }
}

/// A value as it reads once references and line ends are resolved.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// It stands in the text as it reads.
    Source(Extent),
    /// It had to be resolved: its number among those.
    Resolved(u32),
}

#[derive(Debug)]
pub(super) struct NodeEntry {
    pub(super) extent: Extent,
    /// The number of the element that it is in.
    pub(super) parent: u32,
    /// The number of its next sibling.
    pub(super) next: u32,
    pub(super) kind: NodeKind,
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Element(ElementEntry),
    Text(Value),
    Comment,
    Instruction,
}

#[derive(Debug)]
pub(super) struct ElementEntry {
    /// Where the name ends; it begins behind the `<`.
    pub(super) name_end: u32,
    /// Bytes of the prefix and its colon.
    pub(super) prefix: u32,
    /// The number of its URI.
    pub(super) namespace: u32,
    /// Where the start tag ends; it begins where the element does.
    pub(super) start_tag_end: u32,
    /// Where the end tag begins; [`NONE`] for `<name/>`. It ends where the element does.
    pub(super) end_tag: u32,
    /// Which attributes are its own.
    pub(super) attributes: Extent,
}

#[derive(Debug)]
pub(super) struct AttributeEntry {
    /// The name with its prefix.
    pub(super) name: Extent,
    /// Bytes of the prefix and its colon.
    pub(super) prefix: u32,
    /// The number of its URI.
    pub(super) namespace: u32,
    /// The value between the quotes, as written.
    pub(super) raw: Extent,
    pub(super) value: Value,
}

impl AttributeEntry {
    /// Bytes of the name without its prefix.
    pub(super) fn local_length(&self) -> usize {
        (self.name.end - self.name.start - self.prefix) as usize
    }
}

/// Where everything stands. The parser fills it.
#[derive(Debug)]
pub(super) struct Index {
    /// The root element and everything in it, in the order of the text: the first child of an element follows it.
    pub(super) nodes: Vec<NodeEntry>,
    pub(super) attributes: Vec<AttributeEntry>,
    /// The URI of every namespace declaration.
    pub(super) namespaces: Vec<String>,
    /// The values that had to be resolved.
    pub(super) resolved: Vec<String>,
}

impl Index {
    /// An empty index with room for what `text` most likely holds.
    pub(super) fn for_text(text: &str) -> Self {
        // A piece of text stands before most tags, and a tag has an attribute or is an end tag. A text that is no document shall
        // not ask for much.
        let tags = memchr::memchr_iter(b'<', text.as_bytes())
            .count()
            .min(text.len() / 8);
        Self {
            nodes: Vec::with_capacity(2 * tags),
            attributes: Vec::with_capacity(tags),
            namespaces: Vec::new(),
            resolved: Vec::new(),
        }
    }

    /// Gives back the room that was not needed.
    pub(super) fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.attributes.shrink_to_fit();
    }

    pub(super) fn root(&self) -> ElementId {
        ElementId(0)
    }

    pub(super) fn node(&self, number: u32) -> Option<&NodeEntry> {
        self.nodes.get(number as usize)
    }

    pub(super) fn element(&self, id: ElementId) -> Option<&ElementEntry> {
        match &self.node(id.0)?.kind {
            NodeKind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn is_element(&self, id: ElementId) -> bool {
        self.element(id).is_some()
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = ElementId> {
        (0_u32..)
            .zip(&self.nodes)
            .filter(|(_, node)| matches!(node.kind, NodeKind::Element(_)))
            .map(|(at, _)| ElementId(at))
    }

    /// The children of element `parent`, with their numbers.
    pub(super) fn children(&self, parent: ElementId) -> impl Iterator<Item = (u32, &NodeEntry)> {
        let mut next = parent.0.saturating_add(1);
        std::iter::from_fn(move || {
            let number = next;
            // What follows an element without children is not its child.
            let node = self.node(number).filter(|node| node.parent == parent.0)?;
            next = node.next;
            Some((number, node))
        })
    }

    pub(super) fn attributes(&self, element: &ElementEntry) -> &[AttributeEntry] {
        self.attributes.get(element.attributes.range()).unwrap_or(&[])
    }

    pub(super) fn namespace(&self, number: u32) -> Option<&str> {
        self.namespaces.get(number as usize).map(String::as_str)
    }

    /// How `value` reads in `text`.
    pub(super) fn value<'d>(&'d self, value: Value, text: &'d str) -> &'d str {
        match value {
            Value::Source(extent) => text.get(extent.range()),
            Value::Resolved(number) => self.resolved.get(number as usize).map(String::as_str),
        }
        .unwrap_or("")
    }
}
