//! The check after an edit: the new document differs from the old one exactly by what was asked for.
//!
//! The steps are applied a second time, to a plain tree instead of a text, and the tree of the new text must be equal to it.
//! White space between elements is the style's business and does not count; every other character does.

use super::edit::Step;
use super::{Content, Document, Element, ElementId, Error, ErrorKind, Fragment, Node};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Tree {
    /// Of the old document; absent for what was inserted, and not compared.
    id: Ignored<Option<ElementId>>,
    /// Whether it holds elements, or held some before the edit; then white space in it is the style's business.
    loose: Ignored<bool>,
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Child {
    Element(Tree),
    Text(String),
    /// A comment or processing instruction, as written.
    Other(String),
}

#[derive(Debug, Clone)]
struct Ignored<T>(T);

impl<T> PartialEq for Ignored<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Ignored<T> {}

pub(super) fn check(old: &Document, steps: &[Step], new: &Document) -> Result<(), Error> {
    let mut expected = Tree::of(old.root());
    for step in steps {
        // What is inserted behind one element comes in the order of the steps, so each goes behind the former.
        expected.apply(step);
    }
    expected.normalise(None);
    let mut found = Tree::of(new.root());
    found.normalise(Some(&expected));
    if expected == found && outside(old) == outside(new) {
        return Ok(());
    }
    let place = expected
        .difference(&found)
        .unwrap_or_else(|| old.root().qualified_name().to_owned());
    Err(Error::new(ErrorKind::Edit(format!(
        "the result differs in <{place}> from what was asked for"
    ))))
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

impl Tree {
    fn of(element: Element<'_>) -> Self {
        let children = element.nodes().map(|node| match node {
            Node::Element(element) => Child::Element(Self::of(element)),
            Node::Text(text) => Child::Text(text.to_owned()),
            Node::Comment(source) | Node::Instruction(source) => Child::Other(source.to_owned()),
        });
        Self {
            id: Ignored(Some(element.id())),
            loose: Ignored(element.children().next().is_some()),
            name: element.qualified_name().to_owned(),
            attributes: element
                .attributes()
                .map(|attribute| {
                    (
                        attribute.qualified_name().to_owned(),
                        attribute.value().to_owned(),
                    )
                })
                .collect(),
            children: children.collect(),
        }
    }

    fn of_fragment(fragment: &Fragment) -> Self {
        let children = fragment.content().iter().map(|content| match content {
            Content::Element(element) => Child::Element(Self::of_fragment(element)),
            Content::Text(text) => Child::Text(text.clone()),
        });
        let attributes = fragment
            .attributes()
            .filter(|(name, _)| !name.starts_with("xmlns"));
        Self {
            id: Ignored(None),
            loose: Ignored(fragment.children().next().is_some()),
            name: fragment.name().to_owned(),
            attributes: attributes
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            children: children.collect(),
        }
    }

    fn find(&mut self, id: ElementId) -> Option<&mut Self> {
        if self.id.0 == Some(id) {
            return Some(self);
        }
        self.children.iter_mut().find_map(|child| match child {
            Child::Element(tree) => tree.find(id),
            _ => None,
        })
    }

    /// The parent of `id`, and the place of `id` among its children.
    fn find_parent(&mut self, id: ElementId) -> Option<(&mut Self, usize)> {
        let at = self
            .children
            .iter()
            .position(|child| matches!(child, Child::Element(tree) if tree.id.0 == Some(id)));
        if let Some(at) = at {
            return Some((self, at));
        }
        self.children.iter_mut().find_map(|child| match child {
            Child::Element(tree) => tree.find_parent(id),
            _ => None,
        })
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::SetAttribute { element, name, value } => {
                let Some(tree) = self.find(*element) else { return };
                match tree.attributes.iter_mut().find(|(known, _)| known == name) {
                    Some((_, old)) => old.clone_from(value),
                    None => tree.attributes.push((name.clone(), value.clone())),
                }
            }
            Step::RemoveAttribute { element, name } => {
                if let Some(tree) = self.find(*element) {
                    tree.attributes.retain(|(known, _)| known != name);
                }
            }
            Step::SetText { element, text } => {
                if let Some(tree) = self.find(*element) {
                    tree.children = vec![Child::Text(text.clone())];
                    tree.loose = Ignored(false);
                }
            }
            Step::Insert {
                parent,
                after,
                fragment,
            } => {
                let Some(tree) = self.find(*parent) else { return };
                let known =
                    |child: &Child, id| matches!(child, Child::Element(tree) if tree.id.0 == Some(id));
                let start = match after {
                    Some(after) => tree
                        .children
                        .iter()
                        .position(|child| known(child, *after))
                        .map_or(0, |at| at + 1),
                    None => tree
                        .children
                        .iter()
                        .position(|child| matches!(child, Child::Element(_)))
                        .unwrap_or(0),
                };
                let inserted = |child: &&Child| matches!(child, Child::Element(tree) if tree.id.0.is_none());
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
                    replaced.id = Ignored(Some(*element));
                }
            }
        }
    }

    /// Sorts attributes; joins texts, and takes the white space out of them where it is the style's business: here, or in the tree
    /// that this one should be `like`.
    fn normalise(&mut self, like: Option<&Self>) {
        self.attributes.sort();
        let has_elements = self
            .children
            .iter()
            .any(|child| matches!(child, Child::Element(_)));
        self.loose.0 |= has_elements || like.is_some_and(|like| like.loose.0);
        let mut likes = like.into_iter().flat_map(|like| {
            like.children.iter().filter_map(|child| match child {
                Child::Element(tree) => Some(tree),
                _ => None,
            })
        });
        let mut children: Vec<Child> = Vec::with_capacity(self.children.len());
        for child in std::mem::take(&mut self.children) {
            match child {
                Child::Text(text) => {
                    let text = if self.loose.0 {
                        text.split_whitespace().collect()
                    } else {
                        text
                    };
                    match children.last_mut() {
                        Some(Child::Text(last)) => last.push_str(&text),
                        _ if text.is_empty() => {}
                        _ => children.push(Child::Text(text)),
                    }
                }
                Child::Element(mut tree) => {
                    tree.normalise(likes.next());
                    children.push(Child::Element(tree));
                }
                other => children.push(other),
            }
        }
        self.children = children;
    }

    /// The name of the deepest element in which two trees differ.
    fn difference(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        let pairs = self.children.iter().zip(&other.children);
        let mut deeper = pairs.filter_map(|pair| match pair {
            (Child::Element(left), Child::Element(right)) if left.name == right.name => {
                left.difference(right)
            }
            _ => None,
        });
        deeper.next_back().or_else(|| Some(self.name.clone()))
    }
}
