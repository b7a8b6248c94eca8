//! Waiting for a device to be gone.

use std::time::Duration;

use futures_util::StreamExt as _;
use uuid::Uuid;

use super::{Definition, DomainChange, Error, Event, EventStream, Hypervisor};
use crate::domain::{Domain, Interface};
use crate::xml::Document;

/// The alias of the running NIC that `xml` describes, by its own alias or by its MAC address; `None` when `xml` is no NIC or there is
/// no such one.
pub(super) async fn alias_of(
    hypervisor: &dyn Hypervisor,
    domain: Uuid,
    xml: &str,
) -> Result<Option<String>, Error> {
    let device = Document::parse(xml).map_err(|error| Error::Xml {
        what: "the device to detach".to_owned(),
        error,
    })?;
    let Ok(interface) = Interface::of(&device) else {
        return Ok(None);
    };
    if let Ok(Some(alias)) = interface.alias() {
        return Ok(Some(alias.name));
    }
    let Ok(Some(mac)) = interface.mac_address() else {
        return Ok(None);
    };
    let live = live(hypervisor, domain).await?;
    let Ok(view) = Domain::of(&live) else {
        return Ok(None);
    };
    let running = view.interfaces_by_mac(mac).next();
    Ok(running
        .and_then(|running| running.alias().ok().flatten())
        .map(|alias| alias.name))
}

/// Waits until the device is gone, by its event, or by its absence after events may have been missed.
///
/// The stream has to be from before the detach: the event can come before the reply.
pub(super) async fn gone(
    hypervisor: &dyn Hypervisor,
    mut events: EventStream,
    domain: Uuid,
    alias: &str,
    limit: Duration,
) -> Result<(), Error> {
    let wait = async {
        if !present(hypervisor, domain, alias).await? {
            return Ok(());
        }
        while let Some(event) = events.next().await {
            match event {
                Event::DeviceRemoved { uuid, alias: gone } if uuid == domain && gone == alias => {
                    return Ok(());
                }
                Event::DeviceRemovalFailed { uuid, alias: held } if uuid == domain && held == alias => {
                    return Err(Error::DeviceHeld { domain, alias: held });
                }
                Event::Domain {
                    uuid,
                    change: DomainChange::Stopped,
                    ..
                } if uuid == domain => return Ok(()),
                Event::Resync { .. } if !present(hypervisor, domain, alias).await? => return Ok(()),
                _ => {}
            }
        }
        Err(Error::Unreachable {
            endpoint: domain.to_string(),
            reason: "the events have ended".to_owned(),
        })
    };
    tokio::time::timeout(limit, wait)
        .await
        .unwrap_or_else(|_| Err(held_back(domain, alias, limit)))
}

/// As [`gone`], for a backend without events: looks every fifth of a second.
#[cfg(feature = "virt")]
pub(super) async fn gone_by_looking(
    hypervisor: &dyn Hypervisor,
    domain: Uuid,
    alias: &str,
    limit: Duration,
) -> Result<(), Error> {
    let wait = async {
        while present(hypervisor, domain, alias).await? {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    };
    tokio::time::timeout(limit, wait)
        .await
        .unwrap_or_else(|_| Err(held_back(domain, alias, limit)))
}

fn held_back(domain: Uuid, alias: &str, limit: Duration) -> Error {
    Error::TimedOut {
        endpoint: format!("the guest of domain {domain}"),
        call: format!("giving up the device `{alias}`"),
        after: limit,
    }
}

async fn present(hypervisor: &dyn Hypervisor, domain: Uuid, alias: &str) -> Result<bool, Error> {
    let document = live(hypervisor, domain).await?;
    Ok(Domain::of(&document).is_ok_and(|domain| domain.interface_by_alias(alias).is_some()))
}

async fn live(hypervisor: &dyn Hypervisor, domain: Uuid) -> Result<Document, Error> {
    let xml = hypervisor.domain_xml(domain, Definition::Live).await?;
    Document::parse(xml).map_err(|error| Error::Xml {
        what: format!("the XML of domain {domain}"),
        error,
    })
}
