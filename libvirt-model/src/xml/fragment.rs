//! Elements that are about to be written.

use std::fmt;

use super::{Element, Node};

/// An element that stands in no document yet: what a builder makes and an edit inserts.
///
/// `Display` prints it with two spaces of indentation a level and single quotes, as libvirt does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    name: String,
    attributes: Vec<(String, String)>,
    content: Vec<Content>,
}

/// A child of a [`Fragment`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// An element.
    Element(Fragment),
    /// Text, unescaped.
    Text(String),
}

impl Fragment {
    /// An element of this name, without attributes or content.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            attributes: Vec::new(),
            content: Vec::new(),
        }
    }

    /// A copy of an element, as it reads: comments are left out, and so is white space between elements.
    #[must_use]
    pub fn of(element: Element<'_>) -> Self {
        let mut copy = Self::new(element.qualified_name());
        for attribute in element.attributes() {
            copy.push_attribute(attribute.qualified_name(), attribute.value());
        }
        let has_elements = element.children().next().is_some();
        for node in element.nodes() {
            match node {
                Node::Element(child) => copy.push_child(Self::of(child)),
                Node::Text(text) if !has_elements || !text.trim().is_empty() => copy = copy.text(text),
                _ => {}
            }
        }
        copy
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.push_attribute(name, value);
        self
    }

    /// Adds a child element.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.push_child(child);
        self
    }

    /// Adds text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.content.push(Content::Text(text.into()));
        self
    }

    pub(crate) fn push_attribute(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.attributes.push((name.into(), value.into()));
    }

    pub(crate) fn push_child(&mut self, child: Self) {
        self.content.push(Content::Element(child));
    }

    /// The element's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The content, in order.
    #[must_use]
    pub fn content(&self) -> &[Content] {
        &self.content
    }

    /// The child elements, in order.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        self.content.iter().filter_map(|content| match content {
            Content::Element(element) => Some(element),
            Content::Text(_) => None,
        })
    }

    /// Whether it has neither attributes nor content, as `<acpi/>`.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.attributes.is_empty() && self.content.is_empty()
    }

    /// Prints it in `style`, as it stands `depth` levels below the place where the style was found.
    pub(super) fn print(&self, style: &Style, depth: usize, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push('=');
            out.push(style.quote);
            escape_attribute(value, style.quote, out);
            out.push(style.quote);
        }
        if self.content.is_empty() {
            out.push_str(style.close_empty);
            return;
        }
        out.push('>');
        // Text and elements side by side are printed on one line: white space there could carry meaning.
        let mixed = self
            .content
            .iter()
            .any(|content| matches!(content, Content::Text(_)));
        for content in &self.content {
            match content {
                Content::Text(text) => escape_text(text, out),
                Content::Element(element) => {
                    if !mixed {
                        style.start_line(depth + 1, out);
                    }
                    element.print(style, depth + 1, out);
                }
            }
        }
        if !mixed {
            style.start_line(depth, out);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.print(&Style::default(), 0, &mut out);
        f.write_str(&out)
    }
}

/// How new text is written so that it looks like its surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Style {
    /// The line end; `None` when the surroundings stand on one line.
    pub(super) line_end: Option<&'static str>,
    /// The white space before an element at depth 0.
    pub(super) indent: String,
    /// What each level adds to it.
    pub(super) unit: String,
    pub(super) quote: char,
    /// `/>` or ` />`.
    pub(super) close_empty: &'static str,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            line_end: Some("\n"),
            indent: String::new(),
            unit: "  ".to_owned(),
            quote: '\'',
            close_empty: "/>",
        }
    }
}

impl Style {
    /// Ends the line and indents the next one for an element at `depth`.
    pub(super) fn start_line(&self, depth: usize, out: &mut String) {
        let Some(line_end) = self.line_end else { return };
        out.push_str(line_end);
        out.push_str(&self.indent);
        for _ in 0..depth {
            out.push_str(&self.unit);
        }
    }
}

/// Escapes `value` for use between `quote`s; white space other than the blank would otherwise be read back as a blank.
pub(super) fn escape_attribute(value: &str, quote: char, out: &mut String) {
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' if quote == '"' => out.push_str("&quot;"),
            '\'' if quote == '\'' => out.push_str("&apos;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

/// Escapes `text` for use between tags.
pub(super) fn escape_text(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_libvirt_does() {
        let vlan = Fragment::new("vlan")
            .attribute("trunk", "yes")
            .child(Fragment::new("tag").attribute("id", "42"))
            .child(Fragment::new("title").text("a < b"));
        assert_eq!(
            vlan.to_string(),
            "<vlan trunk='yes'>\n  <tag id='42'/>\n  <title>a &lt; b</title>\n</vlan>"
        );
    }

    #[test]
    fn escapes_what_would_not_be_read_back() {
        assert_eq!(
            Fragment::new("a").attribute("b", "'\"<&\n").to_string(),
            "<a b='&apos;\"&lt;&amp;&#10;'/>"
        );
    }
}
