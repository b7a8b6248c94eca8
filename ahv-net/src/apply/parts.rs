use libvirt_model::domain::Domain;
use libvirt_model::live::Definition;
use libvirt_model::xml::Document;

use super::StepError;
use super::stand::{self, Stand};
use crate::Host;
use crate::edit::{DomainDocuments, FragmentChange, NicChange};

/// The halves of a NIC's change that are done, each as a change of its own, the last first.
///
/// A NIC that left to come back and did not is half of a half: undoing it plugs the old one in.
pub(crate) async fn done(change: &NicChange, host: &Host) -> Result<Vec<NicChange>, StepError> {
    let documents = host.documents().await?;
    let Some(domain) = documents.domain(change.domain_uuid) else {
        return Ok(Vec::new());
    };
    Ok(done_in(change, domain))
}

fn done_in(change: &NicChange, domain: &DomainDocuments) -> Vec<NicChange> {
    let part =
        |edit: &Option<FragmentChange>, document: Option<&Document>, definition| -> Option<FragmentChange> {
            let edit = edit.as_ref()?;
            match stand::fragment(change, edit, document, definition) {
                Stand::After => Some(edit.clone()),
                Stand::Neither(_) if edit.replug && edit.before.is_some() && is_absent(change, document?) => {
                    Some(FragmentChange {
                        after: None,
                        ..edit.clone()
                    })
                }
                _ => None,
            }
        };
    let config = part(&change.config, domain.config.as_ref(), Definition::Config).map(|config| NicChange {
        live: None,
        config: Some(config),
        ..change.clone()
    });
    let live = part(&change.live, domain.live.as_ref(), Definition::Live).map(|live| NicChange {
        live: Some(live),
        config: None,
        ..change.clone()
    });
    config.into_iter().chain(live).collect()
}

fn is_absent(change: &NicChange, document: &Document) -> bool {
    Domain::of(document).is_ok_and(|domain| domain.interfaces_by_mac(change.mac).next().is_none())
}
