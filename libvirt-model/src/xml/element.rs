//! Walking a document.

use std::borrow::Cow;

use super::index::{AttributeEntry, ElementEntry, NONE, NodeEntry, NodeKind};
use super::{Document, ElementId, Position, Span};

/// An element of a [`Document`]; a cheap copy.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document,
    id: ElementId,
}

/// A child of an element.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Node<'d> {
    /// An element.
    Element(Element<'d>),
    /// Text, CDATA resolved, as one piece between two other nodes.
    Text(&'d str),
    /// A comment, as written.
    Comment(&'d str),
    /// A processing instruction, as written.
    Instruction(&'d str),
}

/// An attribute of an element; namespace declarations are not among them.
#[derive(Clone, Copy)]
pub struct Attribute<'d> {
    document: &'d Document,
    entry: &'d AttributeEntry,
}

impl<'d> Element<'d> {
    pub(super) fn new(document: &'d Document, id: ElementId) -> Self {
        Self { document, id }
    }

    fn node(&self) -> &'d NodeEntry {
        self.document
            .index()
            .node(self.id.0)
            .expect("an Element is made only for ids that the index knows")
    }

    #[inline]
    fn entry(&self) -> &'d ElementEntry {
        match &self.node().kind {
            NodeKind::Element(entry) => entry,
            _ => unreachable!("an Element is made only for ids that the index knows as elements"),
        }
    }

    /// The document that it is an element of.
    #[must_use]
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// Its identity in the document.
    #[must_use]
    pub fn id(&self) -> ElementId {
        self.id
    }

    /// Its name without a prefix.
    #[must_use]
    pub fn name(&self) -> &'d str {
        let qualified = self.qualified_name();
        qualified.get(self.entry().prefix as usize..).unwrap_or(qualified)
    }

    /// Its name as written, with its prefix.
    #[must_use]
    pub fn qualified_name(&self) -> &'d str {
        self.source(Span {
            start: self.span().start + 1,
            end: self.entry().name_end as usize,
        })
    }

    /// The URI of its namespace.
    #[must_use]
    pub fn namespace(&self) -> Option<&'d str> {
        self.document.index().namespace(self.entry().namespace)
    }

    /// The whole element in the text, tags included.
    #[must_use]
    pub fn span(&self) -> Span {
        self.node().extent.span()
    }

    /// The start tag, `<name …>` or `<name …/>`.
    #[must_use]
    pub fn start_tag(&self) -> Span {
        Span {
            start: self.span().start,
            end: self.entry().start_tag_end as usize,
        }
    }

    /// The end tag; absent for `<name/>`.
    #[must_use]
    pub fn end_tag(&self) -> Option<Span> {
        let start = self.entry().end_tag;
        (start != NONE).then(|| Span {
            start: start as usize,
            end: self.span().end,
        })
    }

    /// What stands between the tags; absent for `<name/>`.
    #[must_use]
    pub fn content(&self) -> Option<Span> {
        self.end_tag().map(|end| Span {
            start: self.start_tag().end,
            end: end.start,
        })
    }

    /// The element's source text.
    #[must_use]
    pub fn as_str(&self) -> &'d str {
        self.source(self.span())
    }

    /// The line and column of its start.
    #[must_use]
    pub fn position(&self) -> Position {
        Position::of(self.document.as_str(), self.span().start)
    }

    /// The element that it is a child of.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.document.element(ElementId(self.node().parent))
    }

    /// Its attributes, in the order written, without namespace declarations.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        let document = self.document;
        document
            .index()
            .attributes(self.entry())
            .iter()
            .map(move |entry| Attribute { document, entry })
    }

    /// Its attributes that have no prefix.
    pub(crate) fn unprefixed_attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        self.attributes()
            .filter(|attribute| attribute.entry.namespace == NONE)
    }

    /// Its attribute of this name that has no prefix.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Attribute<'d>> {
        self.attributes().find(|attribute| {
            let entry = attribute.entry;
            // Most names differ in their lengths already.
            entry.namespace == NONE && entry.local_length() == name.len() && attribute.name() == name
        })
    }

    /// The value of its attribute of this name that has no prefix.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'d str> {
        self.attribute(name).map(|attribute| attribute.value())
    }

    /// Every child node.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'d>> + use<'d> {
        self.spanned_nodes().map(|(node, _)| node)
    }

    /// Every child node with its place.
    pub(super) fn spanned_nodes(&self) -> impl Iterator<Item = (Node<'d>, Span)> + use<'d> {
        let document = self.document;
        document.index().children(self.id).map(move |(number, node)| {
            let span = node.extent.span();
            let view = match &node.kind {
                NodeKind::Element(_) => Node::Element(Element {
                    document,
                    id: ElementId(number),
                }),
                NodeKind::Text(value) => Node::Text(document.index().value(*value, document.as_str())),
                NodeKind::Comment => Node::Comment(slice(document, span)),
                NodeKind::Instruction => Node::Instruction(slice(document, span)),
            };
            (view, span)
        })
    }

    /// Its child elements.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'d> {
        let document = self.document;
        document
            .index()
            .children(self.id)
            .filter(|(_, node)| matches!(node.kind, NodeKind::Element(_)))
            .map(move |(number, _)| Self {
                document,
                id: ElementId(number),
            })
    }

    /// Its child elements of this name that are in no namespace.
    pub fn children_named<'n>(&self, name: &'n str) -> impl Iterator<Item = Self> + use<'d, 'n> {
        let document = self.document;
        let named = move |node: &NodeEntry| match &node.kind {
            NodeKind::Element(entry) => {
                let start = node.extent.start as usize + 1 + entry.prefix as usize;
                let end = entry.name_end as usize;
                // Most names differ in their lengths already.
                entry.namespace == NONE
                    && end.checked_sub(start) == Some(name.len())
                    && document.as_bytes().get(start..end) == Some(name.as_bytes())
            }
            _ => false,
        };
        document
            .index()
            .children(self.id)
            .filter(move |(_, node)| named(node))
            .map(move |(number, _)| Self {
                document,
                id: ElementId(number),
            })
    }

    /// Its first child element of this name that is in no namespace.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<Self> {
        self.children_named(name).next()
    }

    /// The text directly in it, comments left out.
    #[must_use]
    pub fn text(&self) -> Cow<'d, str> {
        let mut all: Option<Cow<'d, str>> = None;
        for node in self.nodes() {
            let Node::Text(text) = node else { continue };
            match &mut all {
                Some(all) => all.to_mut().push_str(text),
                None => all = Some(Cow::Borrowed(text)),
            }
        }
        all.unwrap_or(Cow::Borrowed(""))
    }

    fn source(&self, span: Span) -> &'d str {
        slice(self.document, span)
    }
}

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}> at {}", self.qualified_name(), self.position())
    }
}

impl<'d> Attribute<'d> {
    /// Its name without a prefix.
    #[must_use]
    pub fn name(&self) -> &'d str {
        let qualified = self.qualified_name();
        qualified.get(self.entry.prefix as usize..).unwrap_or(qualified)
    }

    /// Its name as written.
    #[must_use]
    pub fn qualified_name(&self) -> &'d str {
        slice(self.document, self.entry.name.span())
    }

    /// The URI of its namespace; absent without a prefix.
    #[must_use]
    pub fn namespace(&self) -> Option<&'d str> {
        self.document.index().namespace(self.entry.namespace)
    }

    /// Its value, references resolved.
    #[must_use]
    pub fn value(&self) -> &'d str {
        self.document
            .index()
            .value(self.entry.value, self.document.as_str())
    }

    /// The whole attribute, name and quotes included.
    #[must_use]
    pub fn span(&self) -> Span {
        Span {
            start: self.entry.name.start as usize,
            // The quote stands behind the value.
            end: self.entry.raw.end as usize + 1,
        }
    }

    /// The source text from the attribute's start on.
    pub(super) fn source(&self) -> &'d str {
        self.document.as_str().get(self.span().start..).unwrap_or("")
    }

    /// What stands between the quotes, as written.
    #[must_use]
    pub fn value_span(&self) -> Span {
        self.entry.raw.span()
    }
}

impl std::fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={:?}", self.qualified_name(), self.value())
    }
}

fn slice(document: &Document, span: Span) -> &str {
    document.as_str().get(span.range()).unwrap_or("")
}
