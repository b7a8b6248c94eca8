use libvirt_model::domain::{DeviceFragments, Domain};
use libvirt_model::live::Definition;
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::{self, Document};

use super::Stand;
use super::fits::{FilledIn, is_alike};
use super::part::{stand, touched};
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

/// How one of the two stands: by what it changes alone where the NIC stays, and by the whole NIC where it comes or goes.
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
    judge(change, edit, document, definition).unwrap_or_else(|error| {
        Stand::Neither(format!(
            "the XML of the NIC {} of {}: {error}",
            change.mac, change.domain
        ))
    })
}

fn judge(
    change: &NicChange,
    edit: &FragmentChange,
    document: &Document,
    definition: Definition,
) -> Result<Stand, xml::Error> {
    let name = format!("the NIC {} of {}", change.mac, change.domain);
    let wanted = |text: &Option<String>| -> Result<Option<Document>, xml::Error> {
        let document = text.as_deref().map(Document::parse).transpose()?;
        document.as_ref().map(lasting).transpose()
    };
    let (before, after) = (wanted(&edit.before)?, wanted(&edit.after)?);
    let found = found(document, change.mac, definition)?;
    let found = found.as_ref().map(lasting).transpose()?;
    let filled_in = match definition {
        Definition::Live => FilledIn::Live,
        Definition::Config => FilledIn::Config,
    };
    Ok(match (&before, &after, &found) {
        (None, _, None) => Stand::Before,
        (Some(_), None, None) => Stand::After,
        (Some(_), Some(_), None) => {
            Stand::Neither(format!("{} has no NIC {} any more", change.domain, change.mac))
        }
        (Some(before), Some(after), Some(found)) => {
            let (before, after) = (before.root(), after.root());
            let parts = touched(before, after);
            stand(&parts, before, after, found.root(), filled_in).unwrap_or_else(|parts| {
                let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
                Stand::Neither(match parts.as_slice() {
                    [] => format!("{name} is partly as before and partly as after"),
                    parts => format!(
                        "{name} is another than before and after, in its {}",
                        parts.join(", ")
                    ),
                })
            })
        }
        (Some(before), None, Some(found)) => {
            // What was read has an alias, and then nothing is left to be filled in.
            let was_read = edit
                .before
                .as_deref()
                .is_some_and(|text| text.contains("<alias "));
            let filled_in = match was_read {
                true => FilledIn::Nothing,
                false => filled_in,
            };
            match is_alike(before.root(), found.root(), filled_in) {
                true => Stand::Before,
                false => Stand::Neither(format!("{name} is another than before")),
            }
        }
        (None, Some(after), Some(found)) => match is_alike(after.root(), found.root(), filled_in) {
            true => Stand::After,
            false => Stand::Neither(format!("{name} is another than the plan plugs in")),
        },
        (None, None, Some(_)) => Stand::Neither(format!("{name} is there")),
    })
}

/// The NIC as a plan has it: a running NIC of a network shows the bridge behind it, and a plan names the network.
pub(crate) fn found(
    document: &Document,
    mac: MacAddr,
    definition: Definition,
) -> Result<Option<Document>, xml::Error> {
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
