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
        "a managed-save image holds its own XML",
        Lab::with_guests(),
        |lab| {
            let _turn = lab.exclusive()?;
            Ok(run(saved(lab))?)
        },
    );
    suite.case_with("reads the rest of a host", Lab::with_guests(), |lab| {
        let _turn = lab.exclusive()?;
        Ok(run(rest(lab))?)
    });
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

async fn rest(lab: Lab) -> Outcome {
    let hypervisor = live::connect(lab.libvirt()).await?;
    let guest = hypervisor.domain_by_name("guest-vlan32").await?;
    assert!(
        hypervisor
            .domain_by_name("nobody")
            .await
            .unwrap_err()
            .is_not_found()
    );
    let capabilities = libvirt_model::xml::Document::parse(hypervisor.capabilities().await?)?;
    assert_eq!(capabilities.root().name(), "capabilities");
    let all = hypervisor.domain_statistics(0).await?;
    let (_, statistics) = all
        .iter()
        .find(|(uuid, _)| *uuid == guest)
        .expect("the guest is counted");
    let name = statistics
        .iter()
        .find(|parameter| parameter.name == "net.0.name")
        .expect("its NIC is counted");
    assert_eq!(name.value, live::ParameterValue::Text("tap345".to_owned()));
    let limit = |kib: u32| {
        [live::Parameter {
            name: "outbound.average".to_owned(),
            value: live::ParameterValue::UInt(kib),
        }]
    };
    hypervisor
        .set_interface_parameters(guest, "tap345", &limit(1000), live::Affect::Config)
        .await?;
    let found = hypervisor
        .interface_parameters(guest, "tap345", live::Definition::Config)
        .await?;
    assert!(found.contains(&limit(1000)[0]), "{found:?}");
    hypervisor
        .set_interface_parameters(guest, "tap345", &limit(0), live::Affect::Config)
        .await?;
    let local = hypervisor.network_by_name("NTNX-Local-Network").await?;
    assert_eq!(hypervisor.network_bridge(local).await?, "virbr0");
    let network = hypervisor.network_by_name("VM-Network").await?;
    let ports = hypervisor.network_ports(network).await?;
    assert!(
        ports.iter().any(|port| port.xml.contains("50:6b:8d:00:00:22")),
        "{ports:?}"
    );
    hypervisor.is_updated(guest).await?;
    let interfaces = hypervisor.host_interfaces().await?;
    let uplink = interfaces.iter().find(|interface| interface.name == "eth2");
    let mac = uplink.and_then(|uplink| uplink.mac).map(|mac| mac.to_string());
    assert!(
        uplink.is_some_and(|uplink| uplink.xml.contains(&mac.unwrap_or_default())),
        "{interfaces:?}"
    );
    filters(&lab, &*hypervisor).await?;
    assert_eq!(hypervisor.nwfilter_bindings().await?, []);
    assert_eq!(hypervisor.dhcp_leases(local).await?, []);
    // libvirt 9.0 knows no metadata of networks, later ones find no title; and the session goes on.
    let title = hypervisor
        .network_metadata(network, &live::Metadata::Title, live::Definition::Config)
        .await;
    assert!(
        title
            .as_ref()
            .is_err_and(|error| error.is_unsupported() || error.is_not_found()),
        "{title:?}"
    );
    let mac = "50:6b:8d:00:03:01";
    let nic = format!(
        "<interface type='bridge'><mac address='{mac}'/><source bridge='br0'/><virtualport type='openvswitch'/><model type='virtio'/><alias name='ua-contract'/></interface>"
    );
    hypervisor.attach_device(guest, &nic, live::Affect::Live).await?;
    hypervisor
        .detach_device_alias(guest, "ua-contract", live::Affect::Live)
        .await?;
    assert!(
        !hypervisor
            .domain_xml(guest, live::Definition::Live)
            .await?
            .contains(mac)
    );
    Ok(())
}

/// A packet filter that somebody else defines is listed as it is.
async fn filters(lab: &Lab, hypervisor: &dyn live::Hypervisor) -> Outcome {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("filter.xml");
    std::fs::write(
        &path,
        "<filter name='contract'><rule action='drop' direction='in'><mac srcmacaddr='50:6b:8d:00:03:01'/></rule></filter>",
    )?;
    lab.run(&["virsh", "nwfilter-define", &path.to_string_lossy()])?;
    let listed = hypervisor.nwfilters().await;
    lab.run(&["virsh", "nwfilter-undefine", "contract"])?;
    let listed = listed?;
    let filter = listed.iter().find(|filter| filter.name == "contract");
    assert!(
        filter.is_some_and(|filter| filter.xml.contains("50:6b:8d:00:03:01")
            && filter.xml.contains(&filter.uuid.to_string())),
        "{listed:?}"
    );
    Ok(())
}

async fn saved(lab: Lab) -> Outcome {
    let hypervisor = live::connect(lab.libvirt()).await?;
    let guest = hypervisor.domain_by_name("guest-pg").await?;
    assert!(!hypervisor.has_managed_save(guest).await?);
    lab.run(&["virsh", "managedsave", "guest-pg"])?;
    assert!(hypervisor.has_managed_save(guest).await?);
    let document = libvirt_model::xml::Document::parse(hypervisor.managed_save_xml(guest).await?)?;
    let nic = libvirt_model::domain::Domain::of(&document)?
        .interfaces()
        .next()
        .expect("the image has the NIC");
    let mut edit = document.edit();
    nic.edit(&mut edit)
        .vlan(libvirt_model::domain::Vlan::access("51".parse()?));
    hypervisor
        .define_managed_save(guest, edit.finish()?.as_str())
        .await?;
    assert!(
        hypervisor
            .managed_save_xml(guest)
            .await?
            .contains("<tag id='51'/>")
    );
    hypervisor.start_domain(guest).await?;
    assert!(!hypervisor.has_managed_save(guest).await?);
    let live = hypervisor.domain_xml(guest, live::Definition::Live).await?;
    assert!(
        live.contains("<tag id='51'/>"),
        "the guest starts with what the image says:\n{live}"
    );
    // Its definition never changed: a start without the image brings the portgroup's VLAN back.
    hypervisor.destroy_domain(guest).await?;
    hypervisor.start_domain(guest).await?;
    let live = hypervisor.domain_xml(guest, live::Definition::Live).await?;
    assert!(live.contains("<tag id='50'/>"), "{live}");
    Ok(())
}
