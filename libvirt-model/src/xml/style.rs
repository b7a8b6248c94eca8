//! How the text around an edit is written.

use super::fragment::Style;
use super::{Attribute, Element};

/// The quote of an attribute.
pub(super) fn quote_of(attribute: Attribute<'_>) -> char {
    let text = attribute.span();
    let source = attribute.source().get(..text.len()).unwrap_or("");
    if source.ends_with('"') { '"' } else { '\'' }
}

/// Where a further attribute goes: behind the last attribute or namespace declaration.
pub(super) fn end_of_attributes(element: Element<'_>) -> usize {
    let tag = element.start_tag();
    let source = element.document().as_str().get(tag.range()).unwrap_or("");
    let inner = source.strip_suffix('>').unwrap_or(source);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    tag.start + inner.trim_end().len()
}

/// The white space before an element on its line; empty when something else stands before it.
pub(super) fn indent_of(element: Element<'_>) -> String {
    line_indent(element).unwrap_or_default()
}

/// The white space before an element, if it is the first on its line.
fn line_indent(element: Element<'_>) -> Option<String> {
    let before = element.document().as_str().get(..element.span().start)?;
    let trimmed = before.trim_end_matches([' ', '\t']);
    (trimmed.is_empty() || trimmed.ends_with('\n'))
        .then(|| before.get(trimmed.len()..).unwrap_or("").to_owned())
}

fn line_end(element: Element<'_>) -> &'static str {
    let text = element.document().as_str();
    let before = text.get(..element.span().start).unwrap_or("");
    let at = before.rfind('\n').or_else(|| text.find('\n'));
    match at.and_then(|at| text.get(..at)) {
        Some(line) if line.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The quote that an element, or the nearest before it that has attributes, uses.
fn quote(element: Element<'_>) -> char {
    let mut at = Some(element);
    while let Some(element) = at {
        if let Some(attribute) = element.attributes().last() {
            return quote_of(attribute);
        }
        if let Some(attribute) = element.children().find_map(|child| child.attributes().last()) {
            return quote_of(attribute);
        }
        at = element.parent();
    }
    '\''
}

/// How an element without content is closed in the neighbourhood: `/>` or ` />`.
fn close_empty(element: Element<'_>) -> &'static str {
    let source = element.document();
    let neighbours = element
        .children()
        .chain(element.parent().into_iter().flat_map(|parent| parent.children()));
    let empty = std::iter::once(element)
        .chain(neighbours)
        .find(|element| element.end_tag().is_none());
    match empty.and_then(|empty| source.as_str().get(empty.start_tag().range())) {
        Some(tag) if tag.ends_with(" />") => " />",
        _ => "/>",
    }
}

/// What one level adds to the indentation: the difference between an element and its parent, as near as one can be found.
fn unit(element: Element<'_>) -> String {
    let mut at = Some(element);
    while let Some(child) = at {
        let parent = child.parent();
        if let (Some(parent), Some(inner)) = (parent, line_indent(child))
            && let Some(outer) = line_indent(parent)
            && let Some(unit) = inner.strip_prefix(&outer)
        {
            return unit.to_owned();
        }
        at = parent;
    }
    "  ".to_owned()
}

/// The style of an element itself: what replaces it starts where it starts.
pub(super) fn of(element: Element<'_>) -> Style {
    let inner = element.children().next().unwrap_or(element);
    Style {
        line_end: line_indent(element).map(|_| line_end(element)),
        indent: indent_of(element),
        unit: unit(inner),
        quote: quote(element),
        close_empty: close_empty(element),
    }
}

/// The style of a new child of `parent` behind `after`.
pub(super) fn of_child(parent: Element<'_>, after: Option<Element<'_>>) -> Style {
    let neighbour = after.or_else(|| parent.children().next());
    let style = of(neighbour.unwrap_or(parent));
    let quote = quote(neighbour.unwrap_or(parent));
    match neighbour {
        Some(neighbour) => Style {
            quote,
            unit: unit(neighbour),
            ..style
        },
        None => Style {
            quote,
            indent: format!("{}{}", style.indent, unit(parent)),
            unit: unit(parent),
            ..style
        },
    }
}
