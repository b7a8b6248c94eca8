use libvirt_model::live::{
    Affect, Definition, Hypervisor, NetworkRecord, NetworkUpdate, NetworkUpdateCommand, NetworkUpdateSection,
};
use libvirt_model::xml::{Document, Element};
use uuid::Uuid;

use crate::apply::StepError;
use crate::edit::{NetworkChange, NetworkState};

/// Defines, changes or removes a libvirt network.
///
/// It looks what there is and does what is missing, so it also finishes, and undoes, what was done in part.
///
/// # Cancel safety
/// It may be done, done in part or not at all when the future is dropped.
pub(crate) async fn network(change: &NetworkChange, hypervisor: &dyn Hypervisor) -> Result<(), StepError> {
    match &change.after {
        Some(after) => make(change, after, hypervisor).await,
        None => remove(&change.name, hypervisor).await,
    }
}

async fn make(
    change: &NetworkChange,
    after: &NetworkState,
    hypervisor: &dyn Hypervisor,
) -> Result<(), StepError> {
    let is_same = change
        .before
        .as_ref()
        .is_some_and(|before| before.xml == after.xml);
    let found = record(&change.name, hypervisor).await?;
    let (uuid, active, autostart) = match found {
        Some(found) if is_same && found.persistent => (found.uuid, found.active, found.autostart),
        found => {
            let uuid = hypervisor.define_network(&after.xml).await?;
            let (active, autostart) = found.map_or((false, false), |found| (found.active, found.autostart));
            (uuid, active, autostart)
        }
    };
    match (active, after.active) {
        (false, true) => hypervisor.start_network(uuid).await?,
        (true, false) => hypervisor.destroy_network(uuid).await?,
        (true, true) => portgroups(change, after, uuid, hypervisor).await?,
        (false, false) => {}
    }
    if autostart != after.autostart {
        hypervisor.set_network_autostart(uuid, after.autostart).await?;
    }
    Ok(())
}

async fn remove(name: &str, hypervisor: &dyn Hypervisor) -> Result<(), StepError> {
    let Some(found) = record(name, hypervisor).await? else {
        return Ok(());
    };
    // Once it is not defined it vanishes when it is stopped, and then nothing is left to undefine.
    if found.active {
        hypervisor.destroy_network(found.uuid).await?;
    }
    if found.persistent {
        hypervisor.undefine_network(found.uuid).await?;
    }
    Ok(())
}

/// Gives a running network the portgroups that the change names. libvirt adds one at the end, wherever it was.
async fn portgroups(
    change: &NetworkChange,
    after: &NetworkState,
    uuid: Uuid,
    hypervisor: &dyn Hypervisor,
) -> Result<(), StepError> {
    let parse = |text: &str| Document::parse(text).map_err(|error| StepError::Failed(error.to_string()));
    let live = |state: Option<&NetworkState>| state.and_then(|state| state.live.clone());
    let (Some(before), Some(after)) = (live(change.before.as_ref()), live(Some(after))) else {
        return Ok(());
    };
    if before == after {
        return Ok(());
    }
    let (before, after) = (parse(&before)?, parse(&after)?);
    let found = parse(&hypervisor.network_xml(uuid, Definition::Live).await?)?;
    let touched = names(before.root())
        .chain(names(after.root()))
        .filter(|name| text(before.root(), name) != text(after.root(), name));
    let mut done: Vec<&str> = Vec::new();
    for name in touched {
        if done.contains(&name) {
            continue;
        }
        done.push(name);
        let (command, xml) = match (group(found.root(), name), group(after.root(), name)) {
            (Some(_), Some(after)) => (NetworkUpdateCommand::Modify, after),
            (None, Some(after)) => (NetworkUpdateCommand::AddLast, after),
            (Some(found), None) => (NetworkUpdateCommand::Delete, found),
            (None, None) => continue,
        };
        let update = NetworkUpdate {
            command,
            section: NetworkUpdateSection::Portgroup,
            parent_index: -1,
            xml: xml.as_str().to_owned(),
        };
        hypervisor.update_network(uuid, &update, Affect::Live).await?;
    }
    Ok(())
}

fn names<'d>(network: Element<'d>) -> impl Iterator<Item = &'d str> {
    network
        .children_named("portgroup")
        .filter_map(|group| group.value("name"))
}

fn group<'d>(network: Element<'d>, name: &str) -> Option<Element<'d>> {
    network
        .children_named("portgroup")
        .find(|group| group.value("name") == Some(name))
}

fn text<'d>(network: Element<'d>, name: &str) -> Option<&'d str> {
    group(network, name).map(|group| group.as_str())
}

async fn record(name: &str, hypervisor: &dyn Hypervisor) -> Result<Option<NetworkRecord>, StepError> {
    let networks = hypervisor.networks().await?;
    Ok(networks.into_iter().find(|network| network.name == name))
}
