//! The strict parse of a document: one pass over its text that makes the index.
//!
//! It accepts well-formed XML 1.0 with namespaces and without a DTD, and is held to another parser by the tests.

use super::index::{AttributeEntry, ElementEntry, Extent, Index, NONE, NodeEntry, NodeKind, Value, offset};
use super::scanner::{Name, Place, Raw, Scanner};
use super::{Bounds, Error, ErrorKind, bounds};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

struct Parser<'t> {
    scanner: Scanner<'t>,
    bounds: Bounds,
    index: Index,
    open: Vec<Open>,
    scope: Vec<Declaration<'t>>,
    /// How many namespaces were declared so far.
    declared: usize,
    /// Whether the last node is a text that the next piece of text belongs to.
    in_text: bool,
}

/// An element whose end tag is still to come.
struct Open {
    number: u32,
    last_child: u32,
    name: Name,
    /// How many declarations are in scope outside it.
    scope: usize,
}

/// A namespace declaration in scope.
struct Declaration<'t> {
    /// Empty for the default namespace.
    prefix: &'t str,
    /// Its number among the URIs, or [`NONE`] where the default namespace is taken back.
    uri: u32,
}

/// Parses `text`, which is shorter than [`NONE`], within `bounds`.
pub(super) fn parse(text: &str, bounds: Bounds) -> Result<Index, Error> {
    let mut parser = Parser {
        scanner: Scanner::new(text)?,
        bounds,
        index: Index::for_text(text),
        open: Vec::new(),
        scope: Vec::new(),
        declared: 0,
        in_text: false,
    };
    // The prefix `xml` is declared everywhere.
    parser.index.namespaces.push(XML_NAMESPACE.to_owned());
    parser.document()?;
    parser.index.shrink();
    Ok(parser.index)
}

impl<'t> Parser<'t> {
    fn document(&mut self) -> Result<(), Error> {
        let declarations = ["<?xml ", "<?xml\t", "<?xml\n", "<?xml\r"];
        if declarations
            .iter()
            .any(|declaration| self.scanner.looks_at(declaration))
        {
            self.declaration()?;
        }
        self.outside()?;
        if self.scanner.peek() != Some(b'<') {
            return Err(self.scanner.unexpected("the root element"));
        }
        self.start_tag()?;
        while !self.open.is_empty() {
            match (self.scanner.peek(), self.scanner.peek_second()) {
                (Some(b'<'), Some(b'/')) => self.end_tag()?,
                (Some(b'<'), Some(b'!')) if self.scanner.looks_at("<![CDATA[") => self.cdata()?,
                (Some(b'<'), Some(b'!' | b'?')) => self.comment_or_instruction()?,
                (Some(b'<'), _) => self.start_tag()?,
                (Some(_), _) => self.characters()?,
                (None, _) => return Err(self.scanner.cut_short()),
            }
        }
        self.outside()?;
        match self.scanner.peek() {
            None => Ok(()),
            Some(_) => Err(self.scanner.unexpected("nothing more behind the root element")),
        }
    }

    /// `<?xml version='1.0' encoding='UTF-8' standalone='yes'?>`.
    fn declaration(&mut self) -> Result<(), Error> {
        self.scanner.skip("<?xml".len());
        let mut allowed = ["version", "encoding", "standalone"].iter();
        let mut any = false;
        loop {
            let spaced = self.scanner.spaces();
            if any && self.scanner.take("?>") {
                return Ok(());
            }
            if !spaced {
                return Err(self.scanner.unexpected("a blank"));
            }
            let name = self.scanner.name()?;
            let found = self.scanner.slice(name.start, name.end);
            // The version comes first and must be there.
            if !allowed.any(|allowed| *allowed == found) || (any == (found == "version")) {
                return Err(self.scanner.malformed(
                    name.start,
                    "the XML declaration does not read `version`, `encoding`, `standalone`",
                ));
            }
            any = true;
            self.equals()?;
            self.scanner.quoted()?;
        }
    }

    /// What may stand before and behind the root element.
    fn outside(&mut self) -> Result<(), Error> {
        loop {
            self.scanner.spaces();
            match (self.scanner.peek(), self.scanner.peek_second()) {
                (Some(b'<'), Some(b'!' | b'?')) => self.comment_or_instruction()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment_or_instruction(&mut self) -> Result<(), Error> {
        let start = self.scanner.at();
        let kind = if self.scanner.take("<!--") {
            let dashes = self.scanner.past("--")?;
            if !self.scanner.take(">") {
                return Err(self.scanner.malformed(dashes, "a comment holds `--`"));
            }
            NodeKind::Comment
        } else if self.scanner.take("<?") {
            let name = self.scanner.name()?;
            if self
                .scanner
                .slice(name.start, name.end)
                .eq_ignore_ascii_case("xml")
            {
                return Err(self.scanner.malformed(
                    start,
                    "an XML declaration stands behind the beginning of the text",
                ));
            }
            self.scanner.past("?>")?;
            NodeKind::Instruction
        } else {
            let text = self.scanner.text();
            let doctype = "<!DOCTYPE";
            let found = text.get(start..start + doctype.len()).unwrap_or("");
            return Err(if found.eq_ignore_ascii_case(doctype) {
                Error::at(ErrorKind::Dtd, text, start)
            } else {
                self.scanner
                    .malformed(start, "`<!` begins neither a comment nor a CDATA section here")
            });
        };
        self.in_text = false;
        // What stands outside of the root element is in the text, and needs no entry.
        if !self.open.is_empty() {
            self.push(start, kind);
        }
        Ok(())
    }

    fn cdata(&mut self) -> Result<(), Error> {
        let start = self.scanner.at();
        self.scanner.skip("<![CDATA[".len());
        let content = self.scanner.at();
        let end = self.scanner.past("]]>")?;
        let plain = !self.scanner.slice(content, end).contains('\r');
        let raw = Raw {
            start: content,
            end,
            plain,
        };
        let resolved = (!plain).then(|| self.scanner.resolve_cdata(raw));
        self.text(start, raw, resolved);
        Ok(())
    }

    fn characters(&mut self) -> Result<(), Error> {
        let raw = self.scanner.characters()?;
        let resolved = (!raw.plain)
            .then(|| self.scanner.resolve(raw, Place::Text))
            .transpose()?;
        self.text(raw.start, raw, resolved);
        Ok(())
    }

    /// Adds a piece of text that begins at `start` and reads as `resolved`, or as `raw` is written.
    fn text(&mut self, start: usize, raw: Raw, resolved: Option<String>) {
        if !self.in_text {
            let value = self.value(raw, resolved);
            self.push(start, NodeKind::Text(value));
            self.in_text = true;
            return;
        }
        let piece = resolved.unwrap_or_else(|| self.scanner.slice(raw.start, raw.end).to_owned());
        let Some(node) = self.index.nodes.last_mut() else {
            return;
        };
        node.extent.end = offset(self.scanner.at());
        let NodeKind::Text(value) = &mut node.kind else {
            return;
        };
        match *value {
            Value::Resolved(number) => {
                if let Some(whole) = self.index.resolved.get_mut(number as usize) {
                    whole.push_str(&piece);
                }
            }
            Value::Source(extent) => {
                let first = self.scanner.slice(extent.start as usize, extent.end as usize);
                *value = Value::Resolved(offset(self.index.resolved.len()));
                self.index.resolved.push(format!("{first}{piece}"));
            }
        }
    }

    fn value(&mut self, raw: Raw, resolved: Option<String>) -> Value {
        match resolved {
            Some(resolved) => {
                self.index.resolved.push(resolved);
                Value::Resolved(offset(self.index.resolved.len() - 1))
            }
            None => Value::Source(Extent::new(raw.start, raw.end)),
        }
    }

    fn start_tag(&mut self) -> Result<(), Error> {
        let start = self.scanner.at();
        self.scanner.skip(1);
        let name = self.scanner.name()?;
        let scope = self.scope.len();
        let first = self.index.attributes.len();
        let mut count = 0_usize;
        let empty = loop {
            let spaced = self.scanner.spaces();
            match self.scanner.peek() {
                Some(b'>') => {
                    self.scanner.skip(1);
                    break false;
                }
                Some(b'/') => {
                    self.scanner.skip(1);
                    self.scanner.expect(b'>')?;
                    break true;
                }
                Some(_) if spaced => {
                    count += 1;
                    if count > self.bounds.attributes {
                        let found = "an element with more attributes than allowed";
                        return Err(self.over(found, self.bounds.attributes, start));
                    }
                    self.attribute(scope)?;
                }
                _ => return Err(self.scanner.unexpected("a blank, `/>` or `>`")),
            }
        };
        self.check_bounds(scope, start)?;
        let namespace = self.namespace(name)?;
        self.check_attributes(first)?;
        let end = offset(self.scanner.at());
        self.in_text = false;
        let number = self.push(
            start,
            NodeKind::Element(ElementEntry {
                name_end: offset(name.end),
                prefix: offset(name.prefix),
                namespace,
                start_tag_end: end,
                end_tag: NONE,
                attributes: Extent::new(first, self.index.attributes.len()),
            }),
        );
        if empty {
            self.scope.truncate(scope);
        } else {
            self.open.push(Open {
                number,
                last_child: NONE,
                name,
                scope,
            });
        }
        Ok(())
    }

    /// Checks the depth, and how many namespaces there are beyond the `outer` ones that are in scope around the element.
    fn check_bounds(&self, outer: usize, start: usize) -> Result<(), Error> {
        let Bounds {
            depth,
            namespaces,
            namespace_declarations,
            ..
        } = self.bounds;
        if self.open.len() >= depth {
            return Err(self.over("elements nested deeper than allowed", depth, start));
        }
        if self.scope.len() > outer {
            if self.scope.len() > namespaces {
                return Err(self.over("more namespaces in scope than allowed", namespaces, start));
            }
            if self.declared > namespace_declarations {
                let found = "more namespace declarations than allowed";
                return Err(self.over(found, namespace_declarations, start));
            }
        }
        Ok(())
    }

    /// Reads one attribute of an element around which `outer` namespace declarations are in scope.
    fn attribute(&mut self, outer: usize) -> Result<(), Error> {
        let name = self.scanner.name()?;
        self.equals()?;
        let raw = self.scanner.quoted()?;
        let resolved = (!raw.plain)
            .then(|| self.scanner.resolve(raw, Place::Attribute))
            .transpose()?;
        if let Some(rest) = self.scanner.slice(name.start, name.end).strip_prefix("xmlns")
            && let Some(prefix) = if rest.is_empty() {
                Some("")
            } else {
                rest.strip_prefix(':')
            }
        {
            let uri = resolved.unwrap_or_else(|| self.scanner.slice(raw.start, raw.end).to_owned());
            return self.declare(prefix, uri, name.start, outer);
        }
        let value = self.value(raw, resolved);
        self.index.attributes.push(AttributeEntry {
            name: Extent::new(name.start, name.end),
            prefix: offset(name.prefix),
            namespace: NONE,
            raw: Extent::new(raw.start, raw.end),
            value,
        });
        Ok(())
    }

    fn declare(&mut self, prefix: &'t str, uri: String, at: usize, outer: usize) -> Result<(), Error> {
        if uri == XMLNS_NAMESPACE || prefix == "xmlns" || (uri == XML_NAMESPACE) != (prefix == "xml") {
            let message = "the prefixes `xml` and `xmlns` and their namespaces cannot be declared anew";
            return Err(self.scanner.malformed(at, message));
        }
        let here = self.scope.get(outer..).unwrap_or_default();
        if here.iter().any(|declaration| declaration.prefix == prefix) {
            return Err(self
                .scanner
                .malformed(at, "the element declares this namespace twice"));
        }
        self.declared += 1;
        let uri = match (prefix, uri.as_str()) {
            ("xml", _) => 0,
            ("", "") => NONE,
            _ => {
                self.index.namespaces.push(uri);
                offset(self.index.namespaces.len() - 1)
            }
        };
        self.scope.push(Declaration { prefix, uri });
        Ok(())
    }

    /// The number of the namespace that `name` is in.
    fn namespace(&self, name: Name) -> Result<u32, Error> {
        let prefix = match name.prefix {
            0 if self.scope.is_empty() => return Ok(NONE),
            0 => "",
            length => self.scanner.slice(name.start, name.start + length - 1),
        };
        let declared = self
            .scope
            .iter()
            .rev()
            .find(|declaration| declaration.prefix == prefix);
        match (declared, prefix) {
            (Some(declaration), _) => Ok(declaration.uri),
            (None, "") => Ok(NONE),
            (None, "xml") => Ok(0),
            (None, _) => Err(self.scanner.malformed(
                name.start,
                format!("the namespace prefix {prefix} is not declared"),
            )),
        }
    }

    /// Finds the namespaces of the attributes from `first` on, and refuses two of one name.
    fn check_attributes(&mut self, first: usize) -> Result<(), Error> {
        for at in first..self.index.attributes.len() {
            let Some(attribute) = self.index.attributes.get(at) else {
                break;
            };
            let prefix = attribute.prefix as usize;
            let (start, end) = (attribute.name.start as usize, attribute.name.end as usize);
            if prefix > 0 {
                let namespace = self.namespace(Name { start, end, prefix })?;
                if let Some(attribute) = self.index.attributes.get_mut(at) {
                    attribute.namespace = namespace;
                }
            }
            if at == first {
                continue;
            }
            let local = self.scanner.slice(start + prefix, end);
            let uri = self
                .index
                .attributes
                .get(at)
                .and_then(|attribute| self.index.namespace(attribute.namespace));
            let before = self.index.attributes.get(first..at).unwrap_or_default();
            let twice = before.iter().any(|other| {
                let (start, end) = (other.name.start + other.prefix, other.name.end);
                (end - start) as usize == local.len()
                    && self.scanner.slice(start as usize, end as usize) == local
                    && self.index.namespace(other.namespace) == uri
            });
            if twice {
                let message = format!("the element has the attribute {local} twice");
                return Err(self.scanner.malformed(start, message));
            }
        }
        Ok(())
    }

    fn end_tag(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.last() else {
            return Ok(());
        };
        let start = self.scanner.at();
        let expected = self.scanner.slice(open.name.start, open.name.end);
        self.scanner.skip(2);
        let named = self.scanner.take(expected);
        self.scanner.spaces();
        if !named || self.scanner.peek() != Some(b'>') {
            return Err(self.wrong_end_tag(start, expected));
        }
        self.scanner.skip(1);
        let (number, scope) = (open.number, open.scope);
        self.scope.truncate(scope);
        self.open.pop();
        self.in_text = false;
        if let Some(node) = self.index.nodes.get_mut(number as usize) {
            node.extent.end = offset(self.scanner.at());
            if let NodeKind::Element(element) = &mut node.kind {
                element.end_tag = offset(start);
            }
        }
        Ok(())
    }

    #[cold]
    fn wrong_end_tag(&mut self, start: usize, expected: &str) -> Error {
        let rest = self.scanner.slice(start, self.scanner.text().len());
        let mut again = match Scanner::new(rest) {
            Ok(again) => again,
            Err(error) => return error,
        };
        again.skip(2);
        let found = again.name().map(|name| again.slice(name.start, name.end));
        match found {
            Ok(found) if found != expected => {
                let message = format!("expected </{expected}> here, found </{found}>");
                self.scanner.malformed(start, message)
            }
            Ok(_) => self.scanner.unexpected("`>`"),
            Err(_) if self.scanner.peek().is_none() => self.scanner.cut_short(),
            Err(_) => self
                .scanner
                .malformed(start + 2, format!("expected </{expected}> here")),
        }
    }

    fn equals(&mut self) -> Result<(), Error> {
        self.scanner.spaces();
        self.scanner.expect(b'=')?;
        self.scanner.spaces();
        Ok(())
    }

    /// Adds the node that reaches from `start` to here, and hangs it below the innermost open element.
    fn push(&mut self, start: usize, kind: NodeKind) -> u32 {
        let number = offset(self.index.nodes.len());
        let mut parent = NONE;
        if let Some(open) = self.open.last_mut() {
            parent = open.number;
            let before = std::mem::replace(&mut open.last_child, number);
            if let Some(before) = self.index.nodes.get_mut(before as usize) {
                before.next = number;
            }
        }
        self.index.nodes.push(NodeEntry {
            extent: Extent::new(start, self.scanner.at()),
            parent,
            next: NONE,
            kind,
        });
        number
    }

    #[cold]
    fn over(&self, found: &str, limit: usize, at: usize) -> Error {
        bounds::over(found, limit, self.scanner.text(), at)
    }
}
