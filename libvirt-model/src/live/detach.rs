//! Waiting for a device to be gone.

use std::time::Duration;

use futures_util::StreamExt as _;
use uuid::Uuid;

use super::{Definition, DomainChange, Error, Event, EventStream, Hypervisor};
use crate::domain::{Domain, Interface};
use crate::xml::Document;

/// The alias of the running device that `xml` describes: its own, or for a NIC that of the one with its MAC address. `None` when there is
/// no such NIC.
pub(super) async fn alias_of(
    hypervisor: &dyn Hypervisor,
    domain: Uuid,
    xml: &str,
) -> Result<Option<String>, Error> {
    let device = Document::parse(xml).map_err(|error| Error::Xml {
        what: "the device to detach".to_owned(),
        error,
    })?;
    if let Some(alias) = device.root().child("alias").and_then(|alias| alias.value("name")) {
        return Ok(Some(alias.to_owned()));
    }
    let Ok(interface) = Interface::of(&device) else {
        return Err(Error::Config(format!(
            "give the <{}> to detach its <alias>, so that its leaving can be awaited",
            device.root().qualified_name()
        )));
    };
    let Ok(Some(mac)) = interface.mac_address() else {
        return Ok(None);
    };
    let live = live(hypervisor, domain).await?;
    let view = Domain::of(&live).map_err(|error| unreadable(domain, error))?;
    let running = view.interfaces_by_mac(mac).next();
    Ok(running
        .and_then(|running| running.alias().ok().flatten())
        .map(|alias| alias.name))
}

/// libvirt has let a device go that could not be found before: when it is gone cannot be told.
pub(super) fn not_found_before(domain: Uuid, call: &str) -> Error {
    Error::OutcomeUnknown {
        endpoint: format!("the guest of domain {domain}"),
        call: call.to_owned(),
        reason: "the device has no alias that its leaving could be awaited by".to_owned(),
    }
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

/// Whether the running domain has a device of this alias, of whatever kind.
async fn present(hypervisor: &dyn Hypervisor, domain: Uuid, alias: &str) -> Result<bool, Error> {
    let document = live(hypervisor, domain).await?;
    let view = Domain::of(&document).map_err(|error| unreadable(domain, error))?;
    let devices = view.devices().ok_or_else(|| {
        unreadable(
            domain,
            crate::xml::Error::missing(view.element(), "its <devices>"),
        )
    })?;
    Ok(devices
        .children()
        .any(|device| device.child("alias").and_then(|own| own.value("name")) == Some(alias)))
}

async fn live(hypervisor: &dyn Hypervisor, domain: Uuid) -> Result<Document, Error> {
    let xml = hypervisor.domain_xml(domain, Definition::Live).await?;
    Document::parse(xml).map_err(|error| unreadable(domain, error))
}

fn unreadable(domain: Uuid, error: crate::xml::Error) -> Error {
    Error::Xml {
        what: format!("the XML of domain {domain}"),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::fake::{Fake, FakeDomain};

    const DOMAIN: Uuid = Uuid::from_u128(0x1323_cbbc_a20d_d66a_563e_ca7a_8609_cb73);

    fn host(devices: &str) -> Fake {
        let xml = format!("<domain id='1'><name>web</name><uuid>{DOMAIN}</uuid>{devices}</domain>");
        let fake = Fake::new("host");
        fake.add_domain(FakeDomain::defined(&xml).unwrap().running(1, &xml).unwrap());
        fake
    }

    async fn waited(devices: &str, alias: &str) -> Result<(), Error> {
        let fake = host(devices);
        let events = fake.events().await.unwrap();
        gone(&fake, events, DOMAIN, alias, Duration::from_millis(50)).await
    }

    #[tokio::test]
    async fn a_device_of_any_kind_is_there_until_it_is_gone() {
        let disk = "<devices><disk><alias name='virtio-disk0'/></disk></devices>";
        let error = waited(disk, "virtio-disk0").await.unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }), "{error}");
        waited(disk, "virtio-disk1").await.unwrap();
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_not_gone() {
        let error = waited("", "net0").await.unwrap_err();
        assert!(matches!(error, Error::Xml { .. }), "{error}");
    }

    #[tokio::test]
    async fn what_cannot_be_awaited_is_refused_first() {
        let fake = host("<devices/>");
        let error = alias_of(&fake, DOMAIN, "<disk><target dev='vda'/></disk>")
            .await
            .unwrap_err();
        assert!(error.to_string().contains("<alias>"), "{error}");
        let disk = "<disk><alias name='virtio-disk0'/></disk>";
        assert_eq!(
            alias_of(&fake, DOMAIN, disk).await.unwrap().as_deref(),
            Some("virtio-disk0")
        );
    }
}
