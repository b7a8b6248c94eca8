use libvirt_model::domain::{DeviceFragments, Domain};
use libvirt_model::live::Definition;
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::{self, Document};

use super::Stand;
use super::fits::{between, fits};
use crate::apply::given_out::lasting;
use crate::edit::{DomainDocuments, FragmentChange, NicChange};

/// How the change of a NIC stands.
pub(crate) fn nic(change: &NicChange, domain: Option<&DomainDocuments>) -> Stand {
    let Some(domain) = domain else {
        return Stand::Gone(format!("domain {} is not there any more", change.domain));
    };
    let live = change
        .live
        .as_ref()
        .map(|edit| fragment(change, edit, domain.live.as_ref(), Definition::Live));
    let config = change
        .config
        .as_ref()
        .map(|edit| fragment(change, edit, domain.config.as_ref(), Definition::Config));
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
    definition: Definition,
) -> Stand {
    let Some(document) = document else {
        let state = match definition {
            Definition::Live => "runs",
            Definition::Config => "is defined",
        };
        return Stand::Gone(format!("domain {} no longer {state}", change.domain));
    };
    let found = match found(document, change.mac, definition) {
        Ok(found) => found,
        Err(error) => return Stand::Neither(format!("the XML of domain {}: {error}", change.domain)),
    };
    let of = |wanted: &Option<String>| -> Option<usize> {
        match (wanted, &found) {
            (None, None) => Some(0),
            (Some(wanted), Some(found)) => {
                let wanted = Document::parse(wanted.clone())
                    .and_then(|wanted| lasting(&wanted))
                    .ok()?;
                fits(wanted.root(), found.root())
            }
            _ => None,
        }
    };
    between(of(&edit.before), of(&edit.after)).unwrap_or_else(|()| {
        Stand::Neither(match found {
            Some(_) => format!(
                "the NIC {} of {} is another than before and after",
                change.mac, change.domain
            ),
            None => format!("{} has no NIC {} any more", change.domain, change.mac),
        })
    })
}

/// The NIC as a plan has it: a running NIC of a network shows the bridge behind it, and a plan names the network.
fn found(document: &Document, mac: MacAddr, definition: Definition) -> Result<Option<Document>, xml::Error> {
    let domain = Domain::of(document)?;
    if domain.interfaces_by_mac(mac).next().is_none() {
        return Ok(None);
    }
    let (live, config) = match definition {
        Definition::Live => (Some(&domain), None),
        Definition::Config => (None, Some(&domain)),
    };
    let fragments = DeviceFragments::change(live, config, mac, |_| {})?;
    Ok(fragments.live.or(fragments.config))
}
