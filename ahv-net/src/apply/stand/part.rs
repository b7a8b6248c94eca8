use std::fmt;

use libvirt_model::xml::{Document, Element, Error, Fragment};

use super::Stand;
use super::fits::{FilledIn, is_alike};

/// A part of a document that a change is about. What stands beside it is nobody's business but that of whoever set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// An attribute of the root.
    Attribute(String),
    /// The children of the root of this name.
    Children(String),
    /// The portgroup of this name.
    Portgroup(String),
}

impl Part {
    /// Its elements in a document.
    pub(crate) fn of<'d>(&self, root: Element<'d>) -> Vec<Element<'d>> {
        match self {
            Self::Attribute(_) => Vec::new(),
            Self::Children(name) => root.children_named(name).collect(),
            Self::Portgroup(name) => root
                .children_named("portgroup")
                .filter(|group| group.value("name").unwrap_or_default() == name)
                .collect(),
        }
    }

    fn is_alike(&self, wanted: Element<'_>, found: Element<'_>, filled_in: FilledIn) -> bool {
        if let Self::Attribute(name) = self {
            return match (wanted.value(name), found.value(name)) {
                (None, Some(_)) => filled_in.attribute(found.name(), name),
                (wanted, found) => wanted == found,
            };
        }
        let mut rest = self.of(found);
        for wanted in self.of(wanted) {
            let Some(place) = rest.iter().position(|found| is_alike(wanted, *found, filled_in)) else {
                return false;
            };
            rest.remove(place);
        }
        rest.iter()
            .all(|child| filled_in.child(found.name(), child.name()))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => f.write_str(name),
            Self::Children(name) => write!(f, "<{name}>"),
            Self::Portgroup(name) => write!(f, "portgroup {name}"),
        }
    }
}

/// The parts in which two documents differ, in the order in which they stand.
pub(crate) fn touched(before: Element<'_>, after: Element<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for root in [before, after] {
        let attributes = root
            .attributes()
            .map(|attribute| Part::Attribute(attribute.name().to_owned()));
        let children = root.children().map(|child| match child.name() {
            "portgroup" => Part::Portgroup(child.value("name").unwrap_or_default().to_owned()),
            name => Part::Children(name.to_owned()),
        });
        for part in attributes.chain(children) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    parts.retain(|part| !part.is_alike(before, after, FilledIn::Nothing));
    parts
}

/// How these parts stand in a document; the parts that are neither as before nor as after where some are.
///
/// Where it fits both but for what libvirt fills in, the change is done: what was before was read, and would fit without.
pub(crate) fn stand(
    parts: &[Part],
    before: Element<'_>,
    after: Element<'_>,
    found: Element<'_>,
    filled_in: FilledIn,
) -> Result<Stand, Vec<Part>> {
    let all = |wanted, filled_in| parts.iter().all(|part| part.is_alike(wanted, found, filled_in));
    if all(before, FilledIn::Nothing) {
        return Ok(Stand::Before);
    }
    if all(after, FilledIn::Nothing) || all(after, filled_in) {
        return Ok(Stand::After);
    }
    if all(before, filled_in) {
        return Ok(Stand::Before);
    }
    let is_other =
        |part: &&Part| !part.is_alike(before, found, filled_in) && !part.is_alike(after, found, filled_in);
    Err(parts.iter().filter(is_other).cloned().collect())
}

/// A document in which these parts are as in `after`, and everything else as it is.
pub(crate) fn merged(found: &Document, parts: &[Part], after: Element<'_>) -> Result<Document, Error> {
    let root = found.root();
    let mut edit = found.edit();
    let mut comes: Vec<Element<'_>> = Vec::new();
    for part in parts {
        if let Part::Attribute(name) = part {
            match after.value(name) {
                Some(value) => edit.set_attribute(root, name, value),
                None => edit.remove_attribute(root, name),
            };
            continue;
        }
        match (part.of(root).as_slice(), part.of(after).as_slice()) {
            ([old], [new]) => {
                edit.replace(*old, Fragment::of(*new));
            }
            (old, new) => {
                for old in old {
                    edit.remove(*old);
                }
                comes.extend(new);
            }
        }
    }
    let without = edit.finish()?;
    let order: Vec<&str> = after.children().map(|child| child.name()).collect();
    let mut edit = without.edit();
    for new in comes {
        edit.insert(without.root(), Fragment::of(new), &order);
    }
    edit.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str =
        "<interface type='bridge'><source bridge='br0'/><vlan><tag id='1'/></vlan></interface>";
    const AFTER: &str =
        "<interface type='network'><source network='n'/><virtualport type='openvswitch'/></interface>";
    /// As before, with what somebody else set beside.
    const THEIRS: &str = "<interface type='bridge'><source bridge='br0'/><vlan><tag id='1'/></vlan>\
                          <bandwidth><inbound average='1'/></bandwidth><link state='down'/></interface>";

    fn judged(found: &str) -> Result<Stand, Vec<Part>> {
        let document = |text: &str| Document::parse(text).unwrap();
        let (before, after, found) = (document(BEFORE), document(AFTER), document(found));
        let parts = touched(before.root(), after.root());
        stand(
            &parts,
            before.root(),
            after.root(),
            found.root(),
            FilledIn::Config,
        )
    }

    #[test]
    fn only_the_parts_that_change_count() {
        assert_eq!(judged(BEFORE), Ok(Stand::Before));
        assert_eq!(judged(AFTER), Ok(Stand::After));
        assert_eq!(judged(THEIRS), Ok(Stand::Before));
        let other = THEIRS.replace("<tag id='1'/>", "<tag id='1'/><tag id='2'/>");
        assert_eq!(judged(&other), Err(vec![Part::Children("vlan".to_owned())]));
    }

    #[test]
    fn what_others_set_beside_stays() {
        let document = |text: &str| Document::parse(text).unwrap();
        let (before, after, found) = (document(BEFORE), document(AFTER), document(THEIRS));
        let parts = touched(before.root(), after.root());
        let there = merged(&found, &parts, after.root()).unwrap();
        let said = there.as_str();
        assert!(said.contains("<interface type='network'>"), "{said}");
        assert!(said.contains("<source network='n'/>"), "{said}");
        assert!(
            said.contains("average='1'") && said.contains("<link state='down'/>"),
            "{said}"
        );
        assert!(!said.contains("vlan") && said.contains("openvswitch"), "{said}");
        let back = merged(&there, &parts, before.root()).unwrap();
        assert!(
            is_alike(found.root(), back.root(), FilledIn::Nothing),
            "{}",
            back.as_str()
        );
    }
}
