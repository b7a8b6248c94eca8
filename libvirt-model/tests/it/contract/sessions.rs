//! What only a session with a real daemon has: a restart in the middle, and the read-only socket.

use std::sync::Arc;

use libvirt_model::live::{self, ConnectOptions, Event};
use test_support::{Daemon, Lab, Suite};

use super::{Fixture, Outcome, run};

pub(crate) fn add_to(suite: &mut Suite) {
    #[cfg(feature = "virt")]
    suite.case("the C library reaches its test driver", || {
        Ok(run(test_driver())?)
    });
    suite.case_with(
        "a restart of libvirtd is told, and the events go on",
        Lab::with_guests(),
        |lab| {
            let turn = lab.exclusive()?;
            Ok(run(async {
                let hypervisor: Arc<dyn live::Hypervisor> = Arc::from(live::connect(lab.libvirt()).await?);
                let fixture = Fixture {
                    hypervisor,
                    lab: None,
                    _turn: None,
                };
                let mut events = fixture.events().await?;
                lab.restart(Daemon::Libvirtd, &turn)?;
                events
                    .until(|event| matches!(event, Event::Disconnected { .. }))
                    .await?;
                events
                    .until(|event| matches!(event, Event::Resync { .. }))
                    .await?;
                let guest = fixture.domain("guest-net").await?;
                fixture.hypervisor.suspend_domain(guest).await?;
                fixture.hypervisor.resume_domain(guest).await?;
                events
                    .until(|event| matches!(event, Event::Domain { uuid, .. } if *uuid == guest))
                    .await?;
                Ok(())
            })?)
        },
    );
    suite.case_with(
        "the read-only socket reads, and refuses to change",
        Lab::with_guests(),
        |lab| {
            let _turn = lab.shared()?;
            Ok(run(read_only(lab))?)
        },
    );
}

async fn read_only(lab: Lab) -> Outcome {
    let mut options = ConnectOptions::default();
    options.read_only = true;
    let socket = format!("{}-ro", lab.libvirt_socket().display());
    let uri = format!("qemu+unix:///system?socket={socket}");
    let fixture = Fixture {
        hypervisor: Arc::from(live::connect_with(&uri, options).await?),
        lab: None,
        _turn: None,
    };
    let guest = fixture.domain("guest-net").await?;
    drop(fixture.hypervisor.events().await?);
    let refused = fixture.hypervisor.suspend_domain(guest).await.unwrap_err();
    assert!(refused.is_read_only(), "{refused}");
    // The daemon itself says the same to one who does not know.
    let unaware = live::connect(&uri).await?;
    let refused = unaware.suspend_domain(guest).await.unwrap_err();
    assert!(refused.is_read_only() && refused.libvirt().is_some(), "{refused}");
    Ok(())
}

#[cfg(feature = "virt")]
async fn test_driver() -> Outcome {
    let hypervisor = live::connect("test:///default").await?;
    assert_eq!(hypervisor.host().await?.uri, "test:///default");
    let domains = hypervisor.domains().await?;
    let test = domains
        .iter()
        .find(|domain| domain.name == "test")
        .expect("the test driver has a domain `test`");
    let xml = hypervisor.domain_xml(test.uuid, live::Definition::Live).await?;
    assert_eq!(
        libvirt_model::domain::Domain::of(&libvirt_model::xml::Document::parse(xml)?)?.name()?,
        "test"
    );
    let network = hypervisor.networks().await?.remove(0);
    let update = live::NetworkUpdate {
        command: live::NetworkUpdateCommand::AddLast,
        section: live::NetworkUpdateSection::Portgroup,
        parent_index: -1,
        xml: "<portgroup name='g'><vlan><tag id='9'/></vlan></portgroup>".to_owned(),
    };
    hypervisor
        .update_network(network.uuid, &update, live::Affect::LiveAndConfig)
        .await?;
    let xml = hypervisor
        .network_xml(network.uuid, live::Definition::Live)
        .await?;
    assert!(xml.contains("portgroup name='g'"), "{xml}");
    assert!(
        hypervisor
            .events()
            .await
            .is_err_and(|error| error.is_unsupported())
    );
    Ok(())
}
