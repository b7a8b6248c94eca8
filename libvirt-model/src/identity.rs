//! What a domain and a network have alike: where their element is in a document, and who they are.

use std::borrow::Cow;

use uuid::Uuid;

use crate::record::read_text;
use crate::xml::{Document, Element, Error, ErrorKind};

/// The element `name` of a document that is one, or libvirt's status file `status` around one.
pub(crate) fn root_of<'d>(document: &'d Document, name: &str, status: &str) -> Result<Element<'d>, Error> {
    let root = document.root();
    let element = if root.name() == name {
        Some(root)
    } else if root.name() == status {
        root.child(name)
    } else {
        None
    };
    element.ok_or_else(|| wrong_element(root, name))
}

pub(crate) fn wrong_element(found: Element<'_>, expected: &str) -> Error {
    let kind = ErrorKind::WrongElement {
        expected: expected.to_owned(),
        found: found.qualified_name().to_owned(),
    };
    Error::in_document(kind, found.document(), found.span().start)
}

/// The text of `<name>`, which may not be empty.
pub(crate) fn name(element: Element<'_>) -> Result<Cow<'_, str>, Error> {
    let name = text(element, "name").ok_or_else(|| Error::missing(element, "a <name>"))?;
    if name.trim().is_empty() {
        Err(Error::missing(element, "a name in its <name>"))
    } else {
        Ok(name)
    }
}

/// The UUID; libvirt gives one on define.
pub(crate) fn uuid(element: Element<'_>) -> Result<Option<Uuid>, Error> {
    element.child("uuid").map(read_text).transpose()
}

/// The text of the child of this name.
pub(crate) fn text<'d>(element: Element<'d>, name: &str) -> Option<Cow<'d, str>> {
    element.child(name).map(|child| child.text())
}
