//! Changing a domain in its document.

use crate::record::edit_part;
use crate::xml::{Edit, Error, Fragment};

use super::Domain;

/// What libvirt writes first in a domain, in order.
const ORDER: &[&str] = &["name", "uuid", "genid", "title", "description"];

impl<'d> Domain<'d> {
    /// Adds an interface behind the last one, as part of `edit`.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`](crate::xml::ErrorKind::Missing) in a domain without `<devices>`.
    pub fn add_interface(&self, edit: &mut Edit<'d>, interface: Fragment) -> Result<(), Error> {
        let devices = self
            .devices()
            .ok_or_else(|| Error::missing(self.element(), "its <devices>"))?;
        let order = ["emulator", "disk", "controller", "filesystem", "interface"];
        edit.insert(devices, interface, &order);
        Ok(())
    }

    /// Sets the title, as part of `edit`; `None` removes it. libvirt refuses one with a line break.
    pub fn set_title(&self, edit: &mut Edit<'d>, title: Option<&str>) {
        edit_part(edit, self.element(), "title", &title.map(str::to_owned), ORDER);
    }

    /// Sets the description, as part of `edit`; `None` removes it.
    pub fn set_description(&self, edit: &mut Edit<'d>, description: Option<&str>) {
        let description = description.map(str::to_owned);
        edit_part(edit, self.element(), "description", &description, ORDER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Document;

    #[test]
    fn a_title_stands_behind_the_name() {
        let document =
            Document::parse("<domain>\n  <name>web</name>\n  <memory>1</memory>\n</domain>").unwrap();
        let titled = |document: &Document, title| {
            let mut edit = document.edit();
            Domain::of(document).unwrap().set_title(&mut edit, title);
            edit.finish().unwrap()
        };
        let set = titled(&document, Some("a & b"));
        assert_eq!(
            set.as_str(),
            "<domain>\n  <name>web</name>\n  <title>a &amp; b</title>\n  <memory>1</memory>\n</domain>"
        );
        let changed = titled(&set, Some("c"));
        assert_eq!(changed.as_str(), set.as_str().replace("a &amp; b", "c"));
        assert_eq!(titled(&changed, None).as_str(), document.as_str());
        let mut edit = document.edit();
        Domain::of(&document)
            .unwrap()
            .set_description(&mut edit, Some("d"));
        assert!(
            edit.finish()
                .unwrap()
                .as_str()
                .contains("<description>d</description>")
        );
    }
}
