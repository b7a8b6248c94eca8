use libvirt_model::domain::Domain;
use libvirt_model::live::Definition;
use libvirt_model::xml::Document;

use super::StepError;
use super::stand::{self, Stand};
use crate::Host;
use crate::edit::{DomainDocuments, FragmentChange, NicChange};

/// What of a NIC's change is done.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The halves that are done, each as a change of its own, the last first.
    pub(crate) done: Vec<NicChange>,
    /// What is neither as before nor as after, a sentence each.
    pub(crate) left: Vec<String>,
}

/// The halves of a NIC's change that are done.
///
/// A NIC that left to come back and did not is half of a half: undoing it plugs the old one in.
pub(crate) async fn done(change: &NicChange, host: &Host) -> Result<Parts, StepError> {
    let documents = host.documents().await?;
    Ok(match documents.domain(change.domain_uuid) {
        Some(domain) => done_in(change, domain),
        None => Parts {
            left: vec![format!("domain {} is not there any more", change.domain)],
            ..Parts::default()
        },
    })
}

fn done_in(change: &NicChange, domain: &DomainDocuments) -> Parts {
    let mut parts = Parts::default();
    let halves = [
        (&change.config, domain.config.as_ref(), Definition::Config),
        (&change.live, domain.live.as_ref(), Definition::Live),
    ];
    for (edit, document, definition) in halves {
        let Some(edit) = edit else { continue };
        let done = match stand::fragment(change, edit, document, definition) {
            Stand::Before => continue,
            Stand::After => edit.clone(),
            Stand::Neither(_) if edit.replug && edit.before.is_some() && is_absent(change, document) => {
                FragmentChange {
                    after: None,
                    ..edit.clone()
                }
            }
            Stand::Gone(why) | Stand::Neither(why) => {
                parts.left.push(why);
                continue;
            }
        };
        let (live, config) = match definition {
            Definition::Live => (Some(done), None),
            Definition::Config => (None, Some(done)),
        };
        parts.done.push(NicChange {
            live,
            config,
            ..change.clone()
        });
    }
    // A NIC that the plan made and others have changed is theirs as well: it is left whole.
    let is_new = [&change.live, &change.config]
        .into_iter()
        .flatten()
        .all(|edit| edit.before.is_none());
    if is_new && !parts.left.is_empty() && domain.live.is_some() {
        parts.done.clear();
    }
    parts
}

fn is_absent(change: &NicChange, document: Option<&Document>) -> bool {
    let domain = document.and_then(|document| Domain::of(document).ok());
    domain.is_some_and(|domain| domain.interfaces_by_mac(change.mac).next().is_none())
}
