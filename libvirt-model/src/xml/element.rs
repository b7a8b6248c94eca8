//! Walking a document.

use std::borrow::Cow;

use super::index::{AttributeEntry, ElementEntry, NodeKind, Value};
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

    fn entry(&self) -> &'d ElementEntry {
        self.document
            .index()
            .element(self.id)
            .expect("an Element is made only for ids that the index knows as elements")
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
        qualified.get(self.entry().prefix..).unwrap_or(qualified)
    }

    /// Its name as written, with its prefix.
    #[must_use]
    pub fn qualified_name(&self) -> &'d str {
        self.source(self.entry().name)
    }

    /// The URI of its namespace.
    #[must_use]
    pub fn namespace(&self) -> Option<&'d str> {
        self.entry().namespace.as_deref()
    }

    /// The whole element in the text, tags included.
    #[must_use]
    pub fn span(&self) -> Span {
        self.document
            .index()
            .node(self.id.0)
            .map_or(Span::default(), |node| node.span)
    }

    /// The start tag, `<name …>` or `<name …/>`.
    #[must_use]
    pub fn start_tag(&self) -> Span {
        self.entry().start_tag
    }

    /// The end tag; absent for `<name/>`.
    #[must_use]
    pub fn end_tag(&self) -> Option<Span> {
        self.entry().end_tag
    }

    /// What stands between the tags; absent for `<name/>`.
    #[must_use]
    pub fn content(&self) -> Option<Span> {
        let entry = self.entry();
        entry.end_tag.map(|end| Span {
            start: entry.start_tag.end,
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
        let parent = self.document.index().node(self.id.0)?.parent?;
        self.document.element(ElementId(parent))
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

    /// Its attribute of this name that has no prefix.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Attribute<'d>> {
        self.attributes()
            .find(|attribute| attribute.namespace().is_none() && attribute.name() == name)
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
        let mut next = self.entry().first_child;
        std::iter::from_fn(move || {
            let number = next?;
            let node = document.index().node(number)?;
            next = node.next;
            let view = match &node.kind {
                NodeKind::Element(_) => Node::Element(Element {
                    document,
                    id: ElementId(number),
                }),
                NodeKind::Text(value) => Node::Text(resolve(document, value)),
                NodeKind::Comment => Node::Comment(slice(document, node.span)),
                NodeKind::Instruction => Node::Instruction(slice(document, node.span)),
            };
            Some((view, node.span))
        })
    }

    /// Its child elements.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'d> {
        self.nodes().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// Its child elements of this name that are in no namespace.
    pub fn children_named<'n>(&self, name: &'n str) -> impl Iterator<Item = Self> + use<'d, 'n> {
        self.children()
            .filter(move |child| child.namespace().is_none() && child.name() == name)
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
        qualified.get(self.entry.prefix..).unwrap_or(qualified)
    }

    /// Its name as written.
    #[must_use]
    pub fn qualified_name(&self) -> &'d str {
        slice(self.document, self.entry.name)
    }

    /// The URI of its namespace; absent without a prefix.
    #[must_use]
    pub fn namespace(&self) -> Option<&'d str> {
        self.entry.namespace.as_deref()
    }

    /// Its value, references resolved.
    #[must_use]
    pub fn value(&self) -> &'d str {
        resolve(self.document, &self.entry.value)
    }

    /// The whole attribute, name and quotes included.
    #[must_use]
    pub fn span(&self) -> Span {
        self.entry.span
    }

    /// The source text from the attribute's start on.
    pub(super) fn source(&self) -> &'d str {
        self.document.as_str().get(self.entry.span.start..).unwrap_or("")
    }

    /// What stands between the quotes, as written.
    #[must_use]
    pub fn value_span(&self) -> Span {
        self.entry.raw
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

fn resolve<'d>(document: &'d Document, value: &'d Value) -> &'d str {
    match value {
        Value::Source(span) => slice(document, *span),
        Value::Resolved(resolved) => resolved,
    }
}
