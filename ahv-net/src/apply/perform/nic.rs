use std::future::Future;
use std::time::Duration;

use libvirt_model::domain::Domain;
use libvirt_model::live::{self, Affect, Definition, Hypervisor};
use libvirt_model::xml::{self, Document, Fragment};

use crate::apply::StepError;
use crate::apply::given_out;
use crate::apply::stand::{self, Stand};
use crate::edit::{FragmentChange, NicChange};

/// Changes a NIC in the running guest, and then in its definition.
///
/// # Cancel safety
/// Either may be done or not when the future is dropped.
pub(crate) async fn nic(change: &NicChange, hypervisor: &dyn Hypervisor) -> Result<(), StepError> {
    if let Some(edit) = &change.live {
        live(change, edit, hypervisor).await?;
    }
    if let Some(edit) = &change.config {
        config(change, edit, hypervisor).await?;
    }
    Ok(())
}

async fn live(
    change: &NicChange,
    edit: &FragmentChange,
    hypervisor: &dyn Hypervisor,
) -> Result<(), StepError> {
    let domain = change.domain_uuid;
    let call = |edit, asked| settled(change, edit, Definition::Live, hypervisor, asked);
    let (before, after) = sent(change, edit, hypervisor).await?;
    match (&before, &after) {
        (Some(before), Some(after)) if edit.replug => {
            let (leaves, comes) = halves(edit);
            call(leaves, hypervisor.detach_device(domain, before, Affect::Live)).await?;
            call(comes, hypervisor.attach_device(domain, after, Affect::Live)).await
        }
        (Some(_), Some(after)) => {
            call(
                edit.clone(),
                hypervisor.update_device(domain, after, Affect::Live),
            )
            .await
        }
        (None, Some(after)) => {
            call(
                edit.clone(),
                hypervisor.attach_device(domain, after, Affect::Live),
            )
            .await
        }
        (Some(before), None) => {
            call(
                edit.clone(),
                hypervisor.detach_device(domain, before, Affect::Live),
            )
            .await
        }
        (None, None) => Ok(()),
    }
}

async fn config(
    change: &NicChange,
    edit: &FragmentChange,
    hypervisor: &dyn Hypervisor,
) -> Result<(), StepError> {
    let domain = change.domain_uuid;
    let call = |asked| settled(change, edit.clone(), Definition::Config, hypervisor, asked);
    match (&edit.before, &edit.after, edit.position) {
        (Some(_), Some(after), _) => call(hypervisor.update_device(domain, after, Affect::Config)).await,
        // Put back where it was: attaching would put it at the end, and the guest would count its NICs anew.
        (None, Some(after), Some(position)) => put_back(change, after, position, hypervisor).await,
        (None, Some(after), None) => call(hypervisor.attach_device(domain, after, Affect::Config)).await,
        (Some(before), None, _) => call(hypervisor.detach_device(domain, before, Affect::Config)).await,
        (None, None, _) => Ok(()),
    }
}

/// What is sent of a change of the running NIC: its names are those that it has now, or none if it is to come.
async fn sent(
    change: &NicChange,
    edit: &FragmentChange,
    hypervisor: &dyn Hypervisor,
) -> Result<(Option<String>, Option<String>), StepError> {
    let failed = |error: xml::Error| StepError::Failed(error.to_string());
    let running = hypervisor
        .domain_xml(change.domain_uuid, Definition::Live)
        .await?;
    let running = Document::parse(running).map_err(failed)?;
    let comes = edit.replug || edit.before.is_none();
    let named = |text: &String, comes: bool| -> Result<String, StepError> {
        let nic = Document::parse(text.as_str()).map_err(failed)?;
        let nic = match comes {
            true => given_out::lasting(&nic),
            false => given_out::as_it_runs(&nic, change.mac, &running),
        };
        Ok(nic.map_err(failed)?.as_str().to_owned())
    };
    let before = edit.before.as_ref().map(|text| named(text, false)).transpose()?;
    let after = edit.after.as_ref().map(|text| named(text, comes)).transpose()?;
    Ok((before, after))
}

/// A replug as the two changes that it is.
fn halves(edit: &FragmentChange) -> (FragmentChange, FragmentChange) {
    let leaves = FragmentChange {
        after: None,
        ..edit.clone()
    };
    let comes = FragmentChange {
        before: None,
        ..edit.clone()
    };
    (leaves, comes)
}

/// How often, and how far apart, is looked whether a call whose answer was lost was carried out.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Awaits a call. Where its answer is lost, the domain itself tells whether it was carried out.
async fn settled(
    change: &NicChange,
    edit: FragmentChange,
    definition: Definition,
    hypervisor: &dyn Hypervisor,
    asked: impl Future<Output = Result<(), live::Error>>,
) -> Result<(), StepError> {
    let error = match asked.await {
        Ok(()) => return Ok(()),
        Err(error) if error.is_outcome_unknown() => error,
        Err(error) => return Err(error.into()),
    };
    for _ in 0..LOOKS {
        match hypervisor.domain_xml(change.domain_uuid, definition).await {
            Ok(text) => {
                let document = Document::parse(text).ok();
                if stand::fragment(change, &edit, document.as_ref(), definition) == Stand::After {
                    return Ok(());
                }
                // A call that was sent may still be under way, and a guest takes its time to let go of a device.
            }
            Err(lost) if lost.is_connection() => {}
            Err(_) => break,
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Err(error.into())
}

async fn put_back(
    change: &NicChange,
    nic: &str,
    position: usize,
    hypervisor: &dyn Hypervisor,
) -> Result<(), StepError> {
    let domain = change.domain_uuid;
    let failed = |error: xml::Error| StepError::Failed(error.to_string());
    let text = hypervisor.domain_xml(domain, Definition::Config).await?;
    let document = Document::parse(text).map_err(failed)?;
    let view = Domain::of(&document).map_err(failed)?;
    let behind: Vec<&str> = view
        .interfaces()
        .skip(position)
        .map(|nic| nic.element().as_str())
        .collect();
    if behind.is_empty() {
        hypervisor.attach_device(domain, nic, Affect::Config).await?;
    } else if may_hold_password(&view) {
        // libvirt does not tell the password of a screen, so the document must not be defined again.
        hypervisor.attach_device(domain, nic, Affect::Config).await?;
        for other in behind {
            hypervisor.detach_device(domain, other, Affect::Config).await?;
            hypervisor.attach_device(domain, other, Affect::Config).await?;
        }
    } else {
        let whole = with_nic_at(&document, nic, position).map_err(failed)?;
        hypervisor.define_domain(whole.as_str()).await?;
    }
    Ok(())
}

fn may_hold_password(domain: &Domain<'_>) -> bool {
    let devices = domain.devices();
    devices.is_some_and(|devices| devices.children_named("graphics").next().is_some())
}

fn with_nic_at(document: &Document, nic: &str, position: usize) -> Result<Document, xml::Error> {
    let domain = Domain::of(document)?;
    let Some(next) = domain.interfaces().nth(position) else {
        let nic = Document::parse(nic)?;
        let mut edit = document.edit();
        domain.add_interface(&mut edit, Fragment::of(nic.root()))?;
        return edit.finish();
    };
    // libvirt prints its own indentation whatever it is given.
    let (before, after) = document.as_str().split_at(next.element().span().start);
    Document::parse(format!("{before}{nic}\n    {after}"))
}
