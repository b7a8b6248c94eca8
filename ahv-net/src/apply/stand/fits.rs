use libvirt_model::xml::Element;

use super::Stand;

/// How a document stands by how well it fits what was and what shall be: the weight of each, or that it does not.
///
/// Where one says less than the other, both fit the one that says more, and that one is meant. `Err` where neither fits.
pub(crate) fn between(before: Option<usize>, after: Option<usize>) -> Result<Stand, ()> {
    match (before, after) {
        (Some(_), None) => Ok(Stand::Before),
        (None, Some(_)) => Ok(Stand::After),
        (Some(before), Some(after)) if before > after => Ok(Stand::Before),
        (Some(_), Some(_)) => Ok(Stand::After),
        (None, None) => Err(()),
    }
}

/// Whether an element says all that is wanted, and how much that is: attributes and children that libvirt
/// filled in beside are no matter.
pub(crate) fn fits(wanted: Element<'_>, found: Element<'_>) -> Option<usize> {
    if wanted.name() != found.name() {
        return None;
    }
    let mut weight = 1;
    for attribute in wanted.attributes() {
        if found.value(attribute.name()) != Some(attribute.value()) {
            return None;
        }
        weight += 1;
    }
    let mut children = wanted.children().peekable();
    if children.peek().is_none() && !wanted.text().trim().is_empty() {
        if found.text().trim() != wanted.text().trim() {
            return None;
        }
        weight += 1;
    }
    let mut taken: Vec<_> = Vec::new();
    for child in children {
        let place = found
            .children()
            .filter(|other| !taken.contains(&other.id()))
            .find_map(|other| Some((other.id(), fits(child, other)?)));
        let (place, more) = place?;
        taken.push(place);
        weight += more;
    }
    Some(weight)
}

#[cfg(test)]
mod tests {
    use libvirt_model::xml::Document;

    use super::*;

    fn weight(wanted: &str, found: &str) -> Option<usize> {
        let (wanted, found) = (Document::parse(wanted).unwrap(), Document::parse(found).unwrap());
        fits(wanted.root(), found.root())
    }

    #[test]
    fn what_libvirt_fills_in_is_no_matter_and_what_is_missing_is() {
        let wanted = "<nic type='bridge'><source bridge='br0'/></nic>";
        let found = "<nic type='bridge'><mac address='x'/><source bridge='br0' portid='1'/></nic>";
        assert_eq!(weight(wanted, found), Some(4));
        assert_eq!(weight(found, wanted), None);
        assert_eq!(weight(wanted, "<nic type='bridge'/>"), None);
        assert_eq!(weight("<name>a</name>", "<name>b</name>"), None);
        assert_eq!(weight("<name>a</name>", "<name> a </name>"), Some(2));
    }

    #[test]
    fn the_one_that_says_more_is_meant() {
        assert_eq!(between(Some(3), Some(5)), Ok(Stand::After));
        assert_eq!(between(Some(5), Some(3)), Ok(Stand::Before));
        assert_eq!(between(None, None), Err(()));
    }
}
