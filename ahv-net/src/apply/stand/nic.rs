use libvirt_model::domain::Domain;
use libvirt_model::xml::{Document, Element};

use super::Stand;
use crate::edit::{DomainDocuments, FragmentChange, NicChange};

/// How the change of a NIC stands.
pub(crate) fn nic(change: &NicChange, domain: Option<&DomainDocuments>) -> Stand {
    let Some(domain) = domain else {
        return Stand::Gone(format!("domain {} is not there any more", change.domain));
    };
    let live = change
        .live
        .as_ref()
        .map(|edit| fragment(change, edit, domain.live.as_ref(), "runs"));
    let config = change
        .config
        .as_ref()
        .map(|edit| fragment(change, edit, domain.config.as_ref(), "is defined"));
    match (live, config) {
        (Some(live), Some(config)) => live.and(config),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => Stand::Before,
    }
}

/// How one of the two stands.
pub(crate) fn fragment(
    change: &NicChange,
    edit: &FragmentChange,
    document: Option<&Document>,
    state: &str,
) -> Stand {
    let Some(document) = document else {
        return Stand::Gone(format!("domain {} no longer {state}", change.domain));
    };
    let Ok(domain) = Domain::of(document) else {
        return Stand::Neither(format!("the XML of domain {} cannot be read", change.domain));
    };
    let found = domain.interfaces_by_mac(change.mac).next();
    let of = |wanted: &Option<String>| -> Option<usize> {
        match (wanted, &found) {
            (None, None) => Some(0),
            (Some(wanted), Some(found)) => {
                let wanted = Document::parse(wanted.clone()).ok()?;
                fits(wanted.root(), found.element())
            }
            _ => None,
        }
    };
    match (of(&edit.before), of(&edit.after)) {
        (Some(_), None) => Stand::Before,
        (None, Some(_)) => Stand::After,
        // Where one says less than the other, the one that says more is meant.
        (Some(before), Some(after)) if after > before => Stand::After,
        (Some(before), Some(after)) if before > after => Stand::Before,
        (Some(_), Some(_)) => Stand::After,
        (None, None) => Stand::Neither(match found {
            Some(_) => format!(
                "the NIC {} of {} is another than before and after",
                change.mac, change.domain
            ),
            None => format!("{} has no NIC {} any more", change.domain, change.mac),
        }),
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
    let mut taken: Vec<_> = Vec::new();
    for child in wanted.children() {
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
