//! The owned index of a document: where every node stands in the text.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Error, ErrorKind};

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
    pub(super) fn new(range: Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
        }
    }

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

/// A value as it reads once references and line ends are resolved.
#[derive(Debug)]
pub(super) enum Value {
    /// It stands in the text as it reads.
    Source(Span),
    /// It had to be resolved.
    Resolved(Arc<str>),
}

#[derive(Debug)]
pub(super) struct NodeEntry {
    pub(super) span: Span,
    pub(super) parent: Option<u32>,
    pub(super) next: Option<u32>,
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
    /// The name with its prefix.
    pub(super) name: Span,
    /// Bytes of the prefix and its colon.
    pub(super) prefix: usize,
    pub(super) namespace: Option<Arc<str>>,
    pub(super) start_tag: Span,
    /// Absent for `<name/>`.
    pub(super) end_tag: Option<Span>,
    pub(super) attributes: Range<usize>,
    pub(super) first_child: Option<u32>,
}

#[derive(Debug)]
pub(super) struct AttributeEntry {
    /// The whole `name="value"`.
    pub(super) span: Span,
    pub(super) name: Span,
    pub(super) prefix: usize,
    pub(super) namespace: Option<Arc<str>>,
    /// The value between the quotes, as written.
    pub(super) raw: Span,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) struct Index {
    nodes: Vec<NodeEntry>,
    attributes: Vec<AttributeEntry>,
    root: u32,
}

impl Index {
    /// Copies what is needed out of a strict parse, and adds the ranges of tags, which that does not give.
    pub(super) fn build(text: &str, tree: &roxmltree::Document<'_>) -> Result<Self, Error> {
        let mut builder = Builder {
            text,
            namespaces: HashMap::new(),
            nodes: Vec::new(),
            attributes: Vec::new(),
        };
        // The tree comes in document order, so an iterative walk with the last node of every open level suffices.
        let mut open: Vec<Open> = Vec::new();
        for node in tree.root_element().descendants() {
            let parent = node
                .parent()
                .filter(|parent| !parent.is_root())
                .map(|parent| parent.id());
            while open.last().is_some_and(|top| Some(top.id) != parent) {
                open.pop();
            }
            let number = u32::try_from(builder.nodes.len()).map_err(|_| inconsistent("too many nodes"))?;
            let parent = open.last().map(|top| top.number);
            if let Some(top) = open.last_mut() {
                builder.link(top, number);
            }
            let entry = builder.node(&node, parent)?;
            builder.nodes.push(entry);
            if node.is_element() {
                open.push(Open {
                    id: node.id(),
                    number,
                    last_child: None,
                });
            }
        }
        let mut index = Self {
            nodes: builder.nodes,
            attributes: builder.attributes,
            root: 0,
        };
        index.fit_text_spans();
        Ok(index)
    }

    /// Text nodes that were merged (CDATA beside text) carry the span of their first part only: a text node reaches from
    /// its start to the next node's start, or to its parent's end tag.
    fn fit_text_spans(&mut self) {
        for number in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(number) else {
                return;
            };
            if !matches!(node.kind, NodeKind::Text(_)) {
                continue;
            }
            let end = match (node.next, node.parent) {
                (Some(next), _) => self.node(next).map(|next| next.span.start),
                (None, Some(parent)) => self
                    .element(ElementId(parent))
                    .and_then(|parent| parent.end_tag)
                    .map(|tag| tag.start),
                (None, None) => None,
            };
            if let (Some(end), Some(node)) = (end, self.nodes.get_mut(number)) {
                node.span.end = end;
            }
        }
    }

    pub(super) fn root(&self) -> ElementId {
        ElementId(self.root)
    }

    pub(super) fn node(&self, number: u32) -> Option<&NodeEntry> {
        self.nodes.get(usize::try_from(number).ok()?)
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

    pub(super) fn attributes(&self, element: &ElementEntry) -> &[AttributeEntry] {
        self.attributes.get(element.attributes.clone()).unwrap_or(&[])
    }
}

struct Open {
    id: roxmltree::NodeId,
    number: u32,
    last_child: Option<u32>,
}

struct Builder<'t> {
    text: &'t str,
    namespaces: HashMap<String, Arc<str>>,
    nodes: Vec<NodeEntry>,
    attributes: Vec<AttributeEntry>,
}

impl Builder<'_> {
    /// Hangs node `number` below the open element `parent`, after its last child.
    fn link(&mut self, parent: &mut Open, number: u32) {
        let before = parent.last_child.replace(number);
        let place = usize::try_from(before.unwrap_or(parent.number))
            .ok()
            .and_then(|at| self.nodes.get_mut(at));
        match (before, place) {
            (Some(_), Some(sibling)) => sibling.next = Some(number),
            (
                None,
                Some(NodeEntry {
                    kind: NodeKind::Element(element),
                    ..
                }),
            ) => element.first_child = Some(number),
            _ => {}
        }
    }

    fn node(&mut self, node: &roxmltree::Node<'_, '_>, parent: Option<u32>) -> Result<NodeEntry, Error> {
        let span = Span::new(node.range());
        let kind = match node.node_type() {
            roxmltree::NodeType::Element => NodeKind::Element(self.element(node, span)?),
            roxmltree::NodeType::Text => NodeKind::Text(
                node.text_storage()
                    .map_or(Value::Source(Span::default()), |text| self.value(text)),
            ),
            roxmltree::NodeType::Comment => NodeKind::Comment,
            roxmltree::NodeType::PI | roxmltree::NodeType::Root => NodeKind::Instruction,
        };
        Ok(NodeEntry {
            span,
            parent,
            next: None,
            kind,
        })
    }

    fn element(&mut self, node: &roxmltree::Node<'_, '_>, span: Span) -> Result<ElementEntry, Error> {
        let source = self
            .text
            .get(span.range())
            .ok_or_else(|| inconsistent("an element lies outside the text"))?;
        let tag = start_tag_length(source).ok_or_else(|| inconsistent("a start tag has no end"))?;
        let name_length = source
            .bytes()
            .skip(1)
            .take_while(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'));
        let name = Span::new(span.start + 1..span.start + 1 + name_length.count());
        self.check_prefix(name)?;
        let local = node.tag_name().name();
        let end_tag = if tag == source.len() {
            None
        } else {
            let at = source
                .rfind("</")
                .ok_or_else(|| inconsistent("an element has no end tag"))?;
            Some(Span::new(span.start + at..span.end))
        };
        let first = self.attributes.len();
        for attribute in node.attributes() {
            let name = Span::new(attribute.range_qname());
            self.check_prefix(name)?;
            let entry = AttributeEntry {
                span: Span::new(attribute.range()),
                name,
                prefix: name.len().saturating_sub(attribute.name().len()),
                namespace: attribute.namespace().map(|uri| self.namespace(uri)),
                raw: Span::new(attribute.range_value()),
                value: self.value(attribute.value_storage()),
            };
            self.attributes.push(entry);
        }
        Ok(ElementEntry {
            name,
            prefix: name.len().saturating_sub(local.len()),
            namespace: node.tag_name().namespace().map(|uri| self.namespace(uri)),
            start_tag: Span::new(span.start..span.start + tag),
            end_tag,
            attributes: first..self.attributes.len(),
            first_child: None,
        })
    }

    /// A name may not begin with a colon (Namespaces in XML, 3); roxmltree would take `:id` for `id`.
    fn check_prefix(&self, name: Span) -> Result<(), Error> {
        match self.text.get(name.range()) {
            Some(name_text) if name_text.starts_with(':') => Err(Error::at(
                ErrorKind::Malformed(format!("the name {name_text} has an empty prefix")),
                self.text,
                name.start,
            )),
            _ => Ok(()),
        }
    }

    fn namespace(&mut self, uri: &str) -> Arc<str> {
        if let Some(known) = self.namespaces.get(uri) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = Arc::from(uri);
        self.namespaces.insert(uri.to_owned(), Arc::clone(&shared));
        shared
    }

    /// A borrowed value lies in the text; its place is its distance from the start.
    fn value(&self, value: &roxmltree::StringStorage<'_>) -> Value {
        match value {
            roxmltree::StringStorage::Borrowed(slice) => {
                let start = (slice.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
                match start.checked_add(slice.len()).map(|end| start..end) {
                    Some(range) if self.text.get(range.clone()) == Some(slice) => {
                        Value::Source(Span::new(range))
                    }
                    _ => Value::Resolved(Arc::from(*slice)),
                }
            }
            roxmltree::StringStorage::Owned(resolved) => Value::Resolved(Arc::from(&**resolved)),
        }
    }
}

/// How many bytes the start tag at the beginning of `source` takes; a `>` within quotes does not end it.
fn start_tag_length(source: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in source.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at + 1),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn inconsistent(what: &str) -> Error {
    Error::new(ErrorKind::Malformed(what.to_owned()))
}
