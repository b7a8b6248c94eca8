//! Edits: what is asked for, and the splices that it becomes.

use super::fragment::{Style, escape_attribute, escape_text};
use super::style;
use super::verify;
use super::{Content, Document, Element, ElementId, Error, ErrorKind, Fragment};

/// An edit of a [`Document`], gathered step by step and made at once by [`Edit::finish`].
///
/// Every step refers to the document as it was: steps do not see each other. Two steps that touch the same text are refused.
///
/// # Examples
/// ```
/// use libvirt_model::xml::{Document, Fragment};
///
/// let document = Document::parse("<network>\n\t<name>a</name>\n\t<mtu size=\"1500\" />\n</network>")?;
/// let mut edit = document.edit();
/// edit.set_attribute(document.root().child("mtu").unwrap(), "size", "9000");
/// edit.insert(document.root(), Fragment::new("vlan").child(Fragment::new("tag").attribute("id", "5")), &[]);
/// assert_eq!(
///     edit.finish()?.as_str(),
///     "<network>\n\t<name>a</name>\n\t<mtu size=\"9000\" />\n\t<vlan>\n\t\t<tag id=\"5\" />\n\t</vlan>\n</network>"
/// );
/// # Ok::<(), libvirt_model::xml::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "an edit changes nothing until it is finished"]
pub struct Edit<'d> {
    document: &'d Document,
    steps: Vec<Step>,
}

/// One step of an edit.
#[derive(Debug, Clone)]
pub(super) enum Step {
    SetAttribute {
        element: ElementId,
        name: String,
        value: String,
    },
    RemoveAttribute {
        element: ElementId,
        name: String,
    },
    SetText {
        element: ElementId,
        text: String,
    },
    /// `after` is the sibling that it follows; `None` makes it the first child.
    Insert {
        parent: ElementId,
        after: Option<ElementId>,
        fragment: Fragment,
    },
    Remove {
        element: ElementId,
    },
    Replace {
        element: ElementId,
        fragment: Fragment,
    },
}

/// One replacement in the text.
#[derive(Debug)]
struct Splice {
    start: usize,
    end: usize,
    text: String,
    opening: Option<Opening>,
}

/// How many bytes of a [`Splice`] that gives an empty element its first content stand before and behind that content.
#[derive(Debug, Clone, Copy)]
struct Opening {
    head: usize,
    tail: usize,
}

impl<'d> Edit<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self {
            document,
            steps: Vec::new(),
        }
    }

    /// The document that is edited.
    #[must_use]
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// Whether nothing has been asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Sets the attribute of this name, in place when it exists, after the last one otherwise.
    pub fn set_attribute(&mut self, element: Element<'d>, name: &str, value: &str) -> &mut Self {
        if element.value(name) != Some(value) {
            let (name, value) = (name.to_owned(), value.to_owned());
            self.steps.push(Step::SetAttribute {
                element: element.id(),
                name,
                value,
            });
        }
        self
    }

    /// Removes the attribute of this name, if there is one.
    pub fn remove_attribute(&mut self, element: Element<'d>, name: &str) -> &mut Self {
        if element.attribute(name).is_some() {
            self.steps.push(Step::RemoveAttribute {
                element: element.id(),
                name: name.to_owned(),
            });
        }
        self
    }

    /// Replaces everything in an element by text.
    pub fn set_text(&mut self, element: Element<'d>, text: &str) -> &mut Self {
        if element.text() != text || element.children().next().is_some() {
            self.steps.push(Step::SetText {
                element: element.id(),
                text: text.to_owned(),
            });
        }
        self
    }

    /// Inserts `fragment` into `parent`: behind the last child whose name stands in `order` no later than its own; behind the
    /// last child of all when `order` does not have its name.
    pub fn insert(&mut self, parent: Element<'d>, fragment: Fragment, order: &[&str]) -> &mut Self {
        let rank = |name: &str| order.iter().position(|known| *known == name);
        let after = match rank(fragment.name()) {
            Some(own) => parent
                .children()
                .filter(|child| rank(child.name()).is_some_and(|rank| rank <= own))
                .last(),
            None => parent.children().last(),
        };
        self.steps.push(Step::Insert {
            parent: parent.id(),
            after: after.map(|after| after.id()),
            fragment,
        });
        self
    }

    /// Removes an element, with its line when it stands alone there.
    pub fn remove(&mut self, element: Element<'d>) -> &mut Self {
        self.steps.push(Step::Remove {
            element: element.id(),
        });
        self
    }

    /// Replaces an element, and whatever unknown it holds.
    pub fn replace(&mut self, element: Element<'d>, fragment: Fragment) -> &mut Self {
        self.steps.push(Step::Replace {
            element: element.id(),
            fragment,
        });
        self
    }

    /// Changes `element`, of which `before` is what its reader understood, so that it becomes `after`. What the reader did not
    /// understand stays as it is.
    pub(crate) fn update(&mut self, element: Element<'d>, before: &Fragment, after: &Fragment) {
        for (name, value) in after.attributes() {
            if before.attributes().all(|old| old != (name, value)) {
                self.set_attribute(element, name, value);
            }
        }
        for (name, _) in before.attributes() {
            if after.attributes().all(|(new, _)| new != name) {
                self.remove_attribute(element, name);
            }
        }
        let text = |fragment: &Fragment| {
            fragment.content().iter().find_map(|content| match content {
                Content::Text(text) => Some(text.clone()),
                Content::Element(_) => None,
            })
        };
        if let (old, Some(new)) = (text(before), text(after))
            && old.as_ref() != Some(&new)
        {
            self.set_text(element, &new);
        }
        let mut order: Vec<&str> = Vec::new();
        for child in after.children().chain(before.children()) {
            if !order.contains(&child.name()) {
                order.push(child.name());
            }
        }
        for name in &order {
            let of = |fragment: &Fragment| -> Vec<Fragment> {
                fragment
                    .children()
                    .filter(|child| child.name() == *name)
                    .cloned()
                    .collect()
            };
            self.update_children(element, name, Some(&of(before)), &of(after), &order);
        }
    }

    /// Changes the children of one name, of which `before` is what their reader understood (`None`: nothing), so that they
    /// become `after`.
    pub(crate) fn update_children(
        &mut self,
        parent: Element<'d>,
        name: &str,
        before: Option<&[Fragment]>,
        after: &[Fragment],
        order: &[&str],
    ) {
        let existing: Vec<Element<'d>> = parent.children_named(name).collect();
        // Where an item is put that comes before all others: behind what stands before them.
        let mut last = existing.first().and_then(|first| {
            let before = parent.children().take_while(|child| child.id() != first.id());
            before.last().map(|element| element.id())
        });
        let has_one = !existing.is_empty();
        for pair in pairing(before, existing.len(), after) {
            let (old, new) = (
                pair.0.and_then(|at| existing.get(at)),
                pair.1.and_then(|at| after.get(at)),
            );
            match (old, new) {
                (Some(element), Some(new)) => {
                    last = Some(element.id());
                    match pair.0.zip(before).and_then(|(at, before)| before.get(at)) {
                        Some(old) => self.update(*element, old, new),
                        None => {
                            self.replace(*element, new.clone());
                        }
                    }
                }
                (Some(element), None) => {
                    self.remove(*element);
                }
                (None, Some(new)) if has_one => {
                    let (parent, fragment) = (parent.id(), new.clone());
                    self.steps.push(Step::Insert {
                        parent,
                        after: last,
                        fragment,
                    });
                }
                (None, Some(new)) => {
                    self.insert(parent, new.clone(), order);
                }
                (None, None) => {}
            }
        }
    }

    /// Makes the edit: returns the new document, and leaves the old one as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Edit`] when two steps touch the same text, or the result differs from the original in any other way than
    /// was asked for; and what [`Document::parse_within`] says about the result.
    pub fn finish(self) -> Result<Document, Error> {
        let mut splices: Vec<Splice> = self.steps.iter().filter_map(|step| self.splice(step)).collect();
        // Stable: what is inserted at one place keeps the order of its steps.
        splices.sort_by_key(|splice| (splice.start, splice.end));
        let mut splices = merge_openings(splices).into_iter().peekable();
        let text = self.document.as_str();
        let mut out = String::with_capacity(text.len() + 256);
        let mut done = 0;
        while let Some(splice) = splices.next() {
            if splice.start < done || splices.peek().is_some_and(|next| next.start < splice.end) {
                let kind = ErrorKind::Edit(
                    "two of its steps touch the same text; make them one after the other".into(),
                );
                return Err(Error::in_document(kind, self.document, splice.start));
            }
            out.push_str(text.get(done..splice.start).unwrap_or(""));
            out.push_str(&splice.text);
            done = splice.end;
        }
        out.push_str(text.get(done..).unwrap_or(""));
        let edited = Document::parse_within(out, self.document.bounds())?;
        verify::check(self.document, &self.steps, &edited)?;
        Ok(edited)
    }

    fn splice(&self, step: &Step) -> Option<Splice> {
        let element = |id: &ElementId| self.document.element(*id);
        match step {
            Step::SetAttribute {
                element: id,
                name,
                value,
            } => Some(set_attribute(element(id)?, name, value)),
            Step::RemoveAttribute { element: id, name } => remove_attribute(element(id)?, name),
            Step::SetText { element: id, text } => {
                let element = element(id)?;
                let mut escaped = String::new();
                escape_text(text, &mut escaped);
                Some(set_content(element, &escaped, 0))
            }
            Step::Insert {
                parent,
                after,
                fragment,
            } => Some(insert(
                element(parent)?,
                after.as_ref().and_then(element),
                fragment,
            )),
            Step::Remove { element: id } => Some(remove(element(id)?)),
            Step::Replace {
                element: id,
                fragment,
            } => {
                let element = element(id)?;
                let span = element.span();
                let mut text = String::new();
                fragment.print(&style::of(element), 0, &mut text);
                Some(Splice {
                    start: span.start,
                    end: span.end,
                    text,
                    opening: None,
                })
            }
        }
    }
}

/// Which of the items that are there becomes which of the items that shall be: items that stay the same keep their
/// place, and with it whatever unknown they hold; between two of those, one becomes the other in turn, and the rest is
/// taken out or put in.
fn pairing(
    before: Option<&[Fragment]>,
    existing: usize,
    after: &[Fragment],
) -> Vec<(Option<usize>, Option<usize>)> {
    let in_turn = |old: std::ops::Range<usize>, new: std::ops::Range<usize>| {
        let length = old.len().max(new.len());
        let at = |range: &std::ops::Range<usize>, offset: usize| {
            Some(range.start + offset).filter(|at| range.contains(at))
        };
        (0..length).map(move |offset| (at(&old, offset), at(&new, offset)))
    };
    let Some(before) = before.filter(|before| before.len() == existing) else {
        return in_turn(0..existing, 0..after.len()).collect();
    };
    let mut pairs = Vec::new();
    let (mut old, mut new) = (0, 0);
    for (kept, stays) in common(before, after) {
        pairs.extend(in_turn(old..kept, new..stays));
        pairs.push((Some(kept), Some(stays)));
        (old, new) = (kept + 1, stays + 1);
    }
    pairs.extend(in_turn(old..before.len(), new..after.len()));
    pairs
}

/// The items that two lists have in common, in order: their common beginning and end, and of what is between, as long
/// as it is not too much, the longest common subsequence.
fn common(before: &[Fragment], after: &[Fragment]) -> Vec<(usize, usize)> {
    /// A table of this many cells is made in a moment; a longer list is compared at its ends alone.
    const MOST_CELLS: usize = 1 << 20;
    let start = before
        .iter()
        .zip(after)
        .take_while(|(old, new)| old == new)
        .count();
    let rest = |list: &'_ [Fragment]| list.len() - start;
    let ends = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let end = ends.min(rest(before)).min(rest(after));
    let old = before.get(start..before.len() - end).unwrap_or_default();
    let new = after.get(start..after.len() - end).unwrap_or_default();
    let mut common: Vec<(usize, usize)> = (0..start).map(|at| (at, at)).collect();
    if old.len().saturating_mul(new.len()) <= MOST_CELLS {
        let width = new.len() + 1;
        let mut longest = vec![0_u32; (old.len() + 1) * width];
        let cell =
            |longest: &[u32], at: usize, other: usize| longest.get(at * width + other).copied().unwrap_or(0);
        for (at, item) in old.iter().enumerate().rev() {
            for (other, candidate) in new.iter().enumerate().rev() {
                let length = if item == candidate {
                    cell(&longest, at + 1, other + 1) + 1
                } else {
                    cell(&longest, at + 1, other).max(cell(&longest, at, other + 1))
                };
                if let Some(place) = longest.get_mut(at * width + other) {
                    *place = length;
                }
            }
        }
        let (mut at, mut other) = (0, 0);
        while let (Some(item), Some(candidate)) = (old.get(at), new.get(other)) {
            if item == candidate {
                common.push((start + at, start + other));
                (at, other) = (at + 1, other + 1);
            } else if cell(&longest, at + 1, other) >= cell(&longest, at, other + 1) {
                at += 1;
            } else {
                other += 1;
            }
        }
    }
    common.extend(
        (0..end)
            .rev()
            .map(|back| (before.len() - 1 - back, after.len() - 1 - back)),
    );
    common
}

/// Inserts into one `<a/>` or `<a></a>` each open it; together they open it once.
fn merge_openings(splices: Vec<Splice>) -> Vec<Splice> {
    let mut merged: Vec<Splice> = Vec::with_capacity(splices.len());
    for splice in splices {
        if let Some(last) = merged.last_mut()
            && (last.start, last.end) == (splice.start, splice.end)
            && let (Some(former), Some(opening)) = (last.opening, splice.opening)
        {
            last.text.truncate(last.text.len().saturating_sub(former.tail));
            last.text.push_str(splice.text.get(opening.head..).unwrap_or(""));
            last.opening = Some(Opening {
                head: former.head,
                tail: opening.tail,
            });
            continue;
        }
        merged.push(splice);
    }
    merged
}

fn set_attribute(element: Element<'_>, name: &str, value: &str) -> Splice {
    let mut text = String::new();
    if let Some(attribute) = element.attribute(name) {
        let span = attribute.value_span();
        escape_attribute(value, style::quote_of(attribute), &mut text);
        return Splice {
            start: span.start,
            end: span.end,
            text,
            opening: None,
        };
    }
    let at = style::end_of_attributes(element);
    let quote = style::of(element).quote;
    text.push(' ');
    text.push_str(name);
    text.push('=');
    text.push(quote);
    escape_attribute(value, quote, &mut text);
    text.push(quote);
    Splice {
        start: at,
        end: at,
        text,
        opening: None,
    }
}

fn remove_attribute(element: Element<'_>, name: &str) -> Option<Splice> {
    let span = element.attribute(name)?.span();
    let before = element.document().as_str().get(..span.start)?;
    Some(Splice {
        start: before.trim_end().len(),
        end: span.end,
        text: String::new(),
        opening: None,
    })
}

/// The splice that gives an element `content`, opening `<a/>`; the last `closing` bytes of it lead to the end tag.
fn set_content(element: Element<'_>, content: &str, closing: usize) -> Splice {
    if let Some(span) = element.content() {
        return Splice {
            start: span.start,
            end: span.end,
            text: content.to_owned(),
            opening: span.is_empty().then_some(Opening {
                head: 0,
                tail: closing,
            }),
        };
    }
    let tag = element.start_tag();
    let slash = element
        .document()
        .as_str()
        .get(..tag.end)
        .map_or(tag.end, |text| text.trim_end_matches("/>").trim_end().len());
    let end = format!("</{}>", element.qualified_name());
    Splice {
        start: slash,
        end: tag.end,
        text: format!(">{content}{end}"),
        opening: Some(Opening {
            head: 1,
            tail: closing + end.len(),
        }),
    }
}

fn insert(parent: Element<'_>, after: Option<Element<'_>>, fragment: &Fragment) -> Splice {
    let style = style::of_child(parent, after);
    let mut text = String::new();
    if let Some(after) = after {
        style.start_line(0, &mut text);
        fragment.print(&style, 0, &mut text);
        return Splice {
            start: after.span().end,
            end: after.span().end,
            text,
            opening: None,
        };
    }
    if let Some(first) = parent.children().next() {
        fragment.print(&style, 0, &mut text);
        style.start_line(0, &mut text);
        return Splice {
            start: first.span().start,
            end: first.span().start,
            text,
            opening: None,
        };
    }
    style.start_line(0, &mut text);
    fragment.print(&style, 0, &mut text);
    let closing = Style {
        indent: style::indent_of(parent),
        ..style
    };
    match parent.content() {
        Some(span) if !span.is_empty() => Splice {
            start: span.start,
            end: span.start,
            text,
            opening: None,
        },
        _ => {
            let content = text.len();
            closing.start_line(0, &mut text);
            set_content(parent, &text, text.len() - content)
        }
    }
}

fn remove(element: Element<'_>) -> Splice {
    let span = element.span();
    let text = element.document().as_str();
    let (before, after) = (
        text.get(..span.start).unwrap_or(""),
        text.get(span.end..).unwrap_or(""),
    );
    let line = before.trim_end_matches([' ', '\t']);
    let alone = line.ends_with('\n') && after.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']);
    let start = if alone {
        line.trim_end_matches('\n').len().max(line.len() - 1)
    } else {
        span.start
    };
    let start = if alone && text.get(..start).is_some_and(|text| text.ends_with('\r')) {
        start - 1
    } else {
        start
    };
    Splice {
        start,
        end: span.end,
        text: String::new(),
        opening: None,
    }
}

#[cfg(test)]
mod tests;
