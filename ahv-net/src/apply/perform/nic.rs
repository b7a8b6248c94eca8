use libvirt_model::domain::Domain;
use libvirt_model::live::{Affect, Definition, Hypervisor};
use libvirt_model::xml::{Document, Fragment};

use crate::apply::StepError;
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
    match (&edit.before, &edit.after) {
        (Some(before), Some(after)) if edit.replug => {
            hypervisor.detach_device(domain, before, Affect::Live).await?;
            hypervisor.attach_device(domain, after, Affect::Live).await?;
        }
        (Some(_), Some(after)) => hypervisor.update_device(domain, after, Affect::Live).await?,
        (None, Some(after)) => hypervisor.attach_device(domain, after, Affect::Live).await?,
        (Some(before), None) => hypervisor.detach_device(domain, before, Affect::Live).await?,
        (None, None) => {}
    }
    Ok(())
}

async fn config(
    change: &NicChange,
    edit: &FragmentChange,
    hypervisor: &dyn Hypervisor,
) -> Result<(), StepError> {
    let domain = change.domain_uuid;
    match (&edit.before, &edit.after, edit.position) {
        (Some(_), Some(after), _) => hypervisor.update_device(domain, after, Affect::Config).await?,
        // Put back where it was: attaching would put it at the end, and the guest would count its NICs anew.
        (None, Some(after), Some(position)) => put_back(change, after, position, hypervisor).await?,
        (None, Some(after), None) => hypervisor.attach_device(domain, after, Affect::Config).await?,
        (Some(before), None, _) => hypervisor.detach_device(domain, before, Affect::Config).await?,
        (None, None, _) => {}
    }
    Ok(())
}

async fn put_back(
    change: &NicChange,
    nic: &str,
    position: usize,
    hypervisor: &dyn Hypervisor,
) -> Result<(), StepError> {
    let text = hypervisor
        .domain_xml(change.domain_uuid, Definition::Config)
        .await?;
    let document = Document::parse(text).map_err(|error| StepError::Failed(error.to_string()))?;
    let whole =
        with_nic_at(&document, nic, position).map_err(|error| StepError::Failed(error.to_string()))?;
    hypervisor.define_domain(whole.as_str()).await?;
    Ok(())
}

fn with_nic_at(
    document: &Document,
    nic: &str,
    position: usize,
) -> Result<Document, libvirt_model::xml::Error> {
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
