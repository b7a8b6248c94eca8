//! Domains.

use libvirt_model::domain::Domain;
use libvirt_model::live::{AddressSource, Affect, Definition, DomainChange, DomainState, Event, Metadata};
use uuid::Uuid;

use super::{Fixture, Outcome};

pub(crate) async fn reads_domains(fixture: Fixture) -> Outcome {
    let host = fixture.hypervisor.host().await?;
    assert!(
        !host.hostname.is_empty() && host.libvirt_version.is_some(),
        "{host:?}"
    );
    let domains = fixture.hypervisor.domains().await?;
    let guest = domains
        .iter()
        .find(|domain| domain.name == "guest-vlan32")
        .expect("guest-vlan32 is there");
    assert_eq!(guest.state, DomainState::Running);
    assert!(
        guest.is_active() && guest.persistent && !guest.autostart,
        "{guest:?}"
    );
    let hypervisor = &fixture.hypervisor;
    for known in &domains {
        assert_eq!(hypervisor.domain(known.uuid).await?, *known);
    }
    let id = guest.id.expect("it runs");
    assert_eq!(hypervisor.domain_by_id(id).await?, guest.uuid);
    assert_eq!(hypervisor.domain_by_name(&guest.name).await?, guest.uuid);
    let live = fixture.document(guest.uuid, Definition::Live).await?;
    let nic = Domain::of(&live)?.interfaces().next().expect("a NIC");
    assert_eq!(
        nic.target()?.and_then(|target| target.dev).as_deref(),
        Some("tap345")
    );
    assert!(nic.virtualport()?.and_then(|port| port.interfaceid()).is_some());
    assert!(nic.alias()?.is_some());
    let config = fixture.document(guest.uuid, Definition::Config).await?;
    assert!(
        Domain::of(&config)?
            .interfaces()
            .next()
            .expect("a NIC")
            .alias()?
            .is_none()
    );
    Ok(())
}

pub(crate) async fn refuses_the_unknown(fixture: Fixture) -> Outcome {
    let hypervisor = &fixture.hypervisor;
    let nobody = Uuid::from_u128(0xdead_beef);
    for error in [
        hypervisor.domain(nobody).await.unwrap_err(),
        hypervisor.network(nobody).await.unwrap_err(),
        hypervisor.domain_by_id(31_000).await.unwrap_err(),
        hypervisor.domain_by_name("nobody").await.unwrap_err(),
        hypervisor.network_by_name("nobody").await.unwrap_err(),
    ] {
        assert!(error.is_not_found(), "{error}");
    }
    let nobody = Uuid::from_u128(1);
    assert!(
        hypervisor
            .domain_xml(nobody, Definition::Live)
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        hypervisor
            .network_xml(nobody, Definition::Live)
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(hypervisor.start_domain(nobody).await.unwrap_err().is_not_found());
    assert!(
        hypervisor
            .destroy_network(nobody)
            .await
            .unwrap_err()
            .is_not_found()
    );
    let guest = fixture.domain("guest-net").await?;
    let twice = hypervisor.start_domain(guest).await.unwrap_err();
    assert!(twice.is_wrong_state(), "{twice}");
    Ok(())
}

pub(crate) async fn defines_and_undefines(fixture: Fixture) -> Outcome {
    let hypervisor = &fixture.hypervisor;
    let mut events = fixture.events().await?;
    let xml = |vlan: u16| {
        format!(
            "<domain type='qemu'><name>contract</name><memory unit='MiB'>16</memory><os><type arch='x86_64'>hvm</type></os>
             <devices><interface type='bridge'><mac address='50:6b:8d:00:01:01'/><source bridge='br0'/>
             <virtualport type='openvswitch'/><vlan><tag id='{vlan}'/></vlan></interface></devices></domain>"
        )
    };
    assert!(hypervisor.define_domain(&xml(4096)).await.is_err());
    assert!(hypervisor.define_domain("<domain").await.is_err());
    let domain = hypervisor.define_domain(&xml(7)).await?;
    let defined = events
        .until(|event| matches!(event, Event::Domain { uuid, .. } if *uuid == domain))
        .await?;
    assert!(
        matches!(
            defined,
            None | Some(Event::Domain {
                change: DomainChange::Defined,
                ..
            })
        ),
        "{defined:?}"
    );
    hypervisor.set_domain_autostart(domain, true).await?;
    let record = hypervisor
        .domains()
        .await?
        .into_iter()
        .find(|known| known.uuid == domain)
        .expect("it is listed");
    assert_eq!(
        (record.name.as_str(), record.state, record.autostart),
        ("contract", DomainState::Shutoff, true)
    );
    assert!(!hypervisor.has_managed_save(domain).await?);
    assert!(hypervisor.managed_save_xml(domain).await.is_err());
    hypervisor.set_domain_autostart(domain, false).await?;
    hypervisor.undefine_domain(domain).await?;
    assert!(
        hypervisor
            .domain_xml(domain, Definition::Config)
            .await
            .unwrap_err()
            .is_not_found()
    );
    Ok(())
}

pub(crate) async fn tells_of_pauses(fixture: Fixture) -> Outcome {
    let guest = fixture.domain("guest-net").await?;
    let mut events = fixture.events().await?;
    // libvirtd sends this event before the reply to the very call that causes it.
    for _ in 0..5 {
        for (pause, wanted) in [(true, DomainChange::Suspended), (false, DomainChange::Resumed)] {
            if pause {
                fixture.hypervisor.suspend_domain(guest).await?;
            } else {
                fixture.hypervisor.resume_domain(guest).await?;
            }
            events.until(|event| matches!(event, Event::Domain { uuid, change, .. } if *uuid == guest && *change == wanted))
                .await?;
        }
    }
    Ok(())
}

pub(crate) async fn keeps_metadata(fixture: Fixture) -> Outcome {
    let hypervisor = &fixture.hypervisor;
    let guest = fixture.domain("guest-net").await?;
    let element = Metadata::Element {
        uri: "urn:contract:1".to_owned(),
    };
    assert!(
        hypervisor
            .metadata(guest, &element, Definition::Config)
            .await
            .unwrap_err()
            .is_not_found()
    );
    let both = Affect::LiveAndConfig;
    hypervisor
        .set_metadata(guest, &element, "c", Some("<owner>me &amp; you</owner>"), both)
        .await?;
    for definition in [Definition::Live, Definition::Config] {
        let found = hypervisor.metadata(guest, &element, definition).await?;
        assert!(found.contains("me &amp; you"), "{found}");
        let document = fixture.document(guest, definition).await?;
        assert!(Domain::of(&document)?.metadata_of("urn:contract:1").is_some());
    }
    hypervisor.set_metadata(guest, &element, "c", None, both).await?;
    hypervisor
        .set_metadata(guest, &Metadata::Title, "", Some("a title"), both)
        .await?;
    assert_eq!(
        hypervisor
            .metadata(guest, &Metadata::Title, Definition::Live)
            .await?,
        "a title"
    );
    hypervisor
        .set_metadata(guest, &Metadata::Title, "", None, both)
        .await?;
    assert!(
        hypervisor
            .metadata(guest, &element, Definition::Live)
            .await
            .unwrap_err()
            .is_not_found()
    );
    Ok(())
}

pub(crate) async fn counts_and_addresses(fixture: Fixture) -> Outcome {
    let guest = fixture.domain("guest-vlan32").await?;
    fixture.hypervisor.interface_statistics(guest, "tap345").await?;
    assert!(
        fixture
            .hypervisor
            .interface_statistics(guest, "tap-none")
            .await
            .is_err()
    );
    fixture
        .hypervisor
        .interface_addresses(guest, AddressSource::Lease)
        .await?;
    Ok(())
}
