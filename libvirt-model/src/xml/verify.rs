//! The check after an edit: the new document differs from the old one exactly by what was asked for.
//!
//! The steps are applied a second time, to a plain tree instead of a text, and the new document must read as that tree does.
//! White space between elements is the style's business and does not count; every other character does. An element that no
//! step touches, nor anything in it, must have kept its text, byte for byte.

use std::borrow::Cow;

use super::edit::Step;
use super::{Content, Document, Element, ElementId, Error, ErrorKind, Fragment, Node};

/// An element that a step touches, or that holds one, as it shall be.
#[derive(Debug)]
struct Tree<'t> {
    /// Of the old document; absent for what was inserted.
    id: Option<ElementId>,
    /// Whether it held elements before the edit; then white space in it is the style's business.
    loose: bool,
    name: &'t str,
    attributes: Vec<(&'t str, &'t str)>,
    children: Vec<Child<'t>>,
}

#[derive(Debug)]
enum Child<'t> {
    Element(Tree<'t>),
    /// An element in which nothing changes.
    Kept(Element<'t>),
    Text(&'t str),
    /// A comment or processing instruction, as written.
    Other(&'t str),
}

/// A child as it is compared: of neighbouring texts only one is left, without the white space that does not count.
enum Piece<'t, E> {
    Element(E),
    Text(Cow<'t, str>),
    Other(&'t str),
}

pub(super) fn check(old: &Document, steps: &[Step], new: &Document) -> Result<(), Error> {
    let mut touched: Vec<usize> = steps
        .iter()
        .filter_map(|step| old.element(step.target()))
        .map(|element| element.span().start)
        .collect();
    touched.sort_unstable();
    let mut expected = Tree::of(old.root(), &touched);
    for step in steps {
        // What is inserted behind one element comes in the order of the steps, so each goes behind the former.
        expected.apply(step);
    }
    let difference = expected
        .difference(new.root())
        .or_else(|| (outside(old) != outside(new)).then(|| old.root().qualified_name()));
    match difference {
        None => Ok(()),
        Some(place) => Err(Error::new(ErrorKind::Edit(format!(
            "the result differs in <{place}> from what was asked for"
        )))),
    }
}

/// What stands before and behind the root.
fn outside(document: &Document) -> (&str, &str) {
    let span = document.root().span();
    let text = document.as_str();
    (
        text.get(..span.start).unwrap_or(""),
        text.get(span.end..).unwrap_or(""),
    )
}

impl Step {
    /// The element that it changes, or whose children it changes.
    fn target(&self) -> ElementId {
        match self {
            Self::SetAttribute { element, .. }
            | Self::RemoveAttribute { element, .. }
            | Self::SetText { element, .. }
            | Self::Remove { element }
            | Self::Replace { element, .. } => *element,
            Self::Insert { parent, .. } => *parent,
        }
    }
}

impl<'t> Tree<'t> {
    /// An element, and of what is in it that which the elements that begin at `touched`, in order, are in.
    fn of(element: Element<'t>, touched: &[usize]) -> Self {
        let children = element.nodes().map(|node| match node {
            Node::Element(child) => {
                let span = child.span();
                let first = touched.partition_point(|&at| at < span.start);
                if touched.get(first).is_some_and(|&at| at < span.end) {
                    Child::Element(Self::of(child, touched))
                } else {
                    Child::Kept(child)
                }
            }
            Node::Text(text) => Child::Text(text),
            Node::Comment(source) | Node::Instruction(source) => Child::Other(source),
        });
        Self {
            id: Some(element.id()),
            loose: element.children().next().is_some(),
            name: element.qualified_name(),
            attributes: attributes(element),
            children: children.collect(),
        }
    }

    fn of_fragment(fragment: &'t Fragment) -> Self {
        let children = fragment.content().iter().map(|content| match content {
            Content::Element(element) => Child::Element(Self::of_fragment(element)),
            Content::Text(text) => Child::Text(text),
        });
        let attributes = fragment
            .attributes()
            .filter(|(name, _)| !name.starts_with("xmlns"));
        Self {
            id: None,
            loose: fragment.children().next().is_some(),
            name: fragment.name(),
            attributes: attributes.collect(),
            children: children.collect(),
        }
    }

    fn find(&mut self, id: ElementId) -> Option<&mut Self> {
        if self.id == Some(id) {
            return Some(self);
        }
        self.children.iter_mut().find_map(|child| match child {
            Child::Element(tree) => tree.find(id),
            _ => None,
        })
    }

    /// The parent of `id`, and the place of `id` among its children.
    fn find_parent(&mut self, id: ElementId) -> Option<(&mut Self, usize)> {
        if let Some(at) = self.children.iter().position(|child| child.is(id)) {
            return Some((self, at));
        }
        self.children.iter_mut().find_map(|child| match child {
            Child::Element(tree) => tree.find_parent(id),
            _ => None,
        })
    }

    fn apply(&mut self, step: &'t Step) {
        match step {
            Step::SetAttribute { element, name, value } => {
                let Some(tree) = self.find(*element) else { return };
                match tree.attributes.iter_mut().find(|(known, _)| known == name) {
                    Some((_, old)) => *old = value,
                    None => tree.attributes.push((name, value)),
                }
            }
            Step::RemoveAttribute { element, name } => {
                if let Some(tree) = self.find(*element) {
                    tree.attributes.retain(|(known, _)| known != name);
                }
            }
            Step::SetText { element, text } => {
                if let Some(tree) = self.find(*element) {
                    tree.children = vec![Child::Text(text)];
                    tree.loose = false;
                }
            }
            Step::Insert {
                parent,
                after,
                fragment,
            } => {
                let Some(tree) = self.find(*parent) else { return };
                let start = match after {
                    Some(after) => tree
                        .children
                        .iter()
                        .position(|child| child.is(*after))
                        .map_or(0, |at| at + 1),
                    None => tree.children.iter().position(Child::is_element).unwrap_or(0),
                };
                let inserted =
                    |child: &&Child<'_>| matches!(child, Child::Element(tree) if tree.id.is_none());
                let former = tree.children.iter().skip(start).take_while(inserted).count();
                tree.children
                    .insert(start + former, Child::Element(Self::of_fragment(fragment)));
            }
            Step::Remove { element } => {
                if let Some((parent, at)) = self.find_parent(*element) {
                    parent.children.remove(at);
                }
            }
            Step::Replace { element, fragment } => {
                if let Some(replaced) = self.find(*element) {
                    *replaced = Self::of_fragment(fragment);
                    replaced.id = Some(*element);
                }
            }
        }
    }

    /// The name of the first and innermost element in which `found` does not read as this tree does.
    fn difference(&self, found: Element<'t>) -> Option<&'t str> {
        let mut wanted = self.attributes.clone();
        let mut attributes = attributes(found);
        wanted.sort_unstable();
        attributes.sort_unstable();
        if self.name != found.qualified_name() || wanted != attributes {
            return Some(self.name);
        }
        let loose = self.loose || self.children.iter().any(Child::is_element);
        let wanted = self.children.iter().map(|child| match child {
            Child::Element(_) | Child::Kept(_) => Piece::Element(child),
            Child::Text(text) => Piece::Text(Cow::Borrowed(*text)),
            Child::Other(source) => Piece::Other(source),
        });
        let children = found.nodes().map(|node| match node {
            Node::Element(element) => Piece::Element(element),
            Node::Text(text) => Piece::Text(Cow::Borrowed(text)),
            Node::Comment(source) | Node::Instruction(source) => Piece::Other(source),
        });
        let (wanted, children) = (joined(wanted, loose), joined(children, loose));
        if wanted.len() != children.len() {
            return Some(self.name);
        }
        wanted.iter().zip(&children).find_map(|pair| match pair {
            (Piece::Element(Child::Element(tree)), Piece::Element(found)) => {
                let same_name = tree.name == found.qualified_name();
                tree.difference(*found)
                    .map(|inner| if same_name { inner } else { self.name })
            }
            (Piece::Element(Child::Kept(old)), Piece::Element(found)) => {
                (old.as_str() != found.as_str()).then(|| old.qualified_name())
            }
            (Piece::Text(wanted), Piece::Text(found)) => (wanted != found).then_some(self.name),
            (Piece::Other(wanted), Piece::Other(found)) => (wanted != found).then_some(self.name),
            _ => Some(self.name),
        })
    }
}

impl Child<'_> {
    fn is(&self, id: ElementId) -> bool {
        match self {
            Self::Element(tree) => tree.id == Some(id),
            Self::Kept(element) => element.id() == id,
            Self::Text(_) | Self::Other(_) => false,
        }
    }

    fn is_element(&self) -> bool {
        matches!(self, Self::Element(_) | Self::Kept(_))
    }
}

fn attributes(element: Element<'_>) -> Vec<(&str, &str)> {
    element
        .attributes()
        .map(|attribute| (attribute.qualified_name(), attribute.value()))
        .collect()
}

/// Joins neighbouring texts, and takes the white space out of them where it does not count.
fn joined<'t, E>(pieces: impl Iterator<Item = Piece<'t, E>>, loose: bool) -> Vec<Piece<'t, E>> {
    let mut joined: Vec<Piece<'t, E>> = Vec::with_capacity(pieces.size_hint().0);
    for piece in pieces {
        let Piece::Text(text) = piece else {
            joined.push(piece);
            continue;
        };
        let text = if loose && text.contains(char::is_whitespace) {
            text.split_whitespace().collect()
        } else {
            text
        };
        match joined.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.to_mut().push_str(&text),
            _ => joined.push(Piece::Text(text)),
        }
    }
    joined
}
