//! Networks.

use libvirt_model::live::{
    Affect, Definition, Event, NetworkChange, NetworkUpdate, NetworkUpdateCommand, NetworkUpdateSection,
};
use libvirt_model::network::{Network, NetworkBuilder, PortGroup, Vlan};
use libvirt_model::vocab::VlanId;
use libvirt_model::xml::Document;

use super::{Fixture, Outcome};

pub(crate) async fn reads_networks(fixture: Fixture) -> Outcome {
    let networks = fixture.hypervisor.networks().await?;
    let network = networks
        .iter()
        .find(|network| network.name == "VM-Network")
        .expect("VM-Network is there");
    assert!(network.active && network.persistent, "{network:?}");
    for known in &networks {
        assert_eq!(fixture.hypervisor.network(known.uuid).await?, *known);
    }
    let document = Document::parse(
        fixture
            .hypervisor
            .network_xml(network.uuid, Definition::Config)
            .await?,
    )?;
    let view = Network::of(&document)?;
    assert_eq!(
        view.bridge()?.and_then(|bridge| bridge.name).as_deref(),
        Some("br0")
    );
    assert_eq!(
        view.portgroup(Some("vlan50"))?.and_then(|group| group.vlan),
        Some(Vlan::access(VlanId::new(50)?))
    );
    match fixture.hypervisor.dhcp_leases(network.uuid).await {
        Ok(leases) => assert!(leases.is_empty()),
        // The C library's crate does not wrap this call.
        Err(error) => assert!(
            error.is_unsupported() && error.to_string().contains("C library"),
            "{error}"
        ),
    }
    Ok(())
}

pub(crate) async fn keeps_a_network(fixture: Fixture) -> Outcome {
    let hypervisor = &fixture.hypervisor;
    let mut events = fixture.events().await?;
    let xml = NetworkBuilder::openvswitch("contract", "br0").document()?;
    let network = hypervisor.define_network(xml.as_str()).await?;
    hypervisor.set_network_autostart(network, true).await?;
    hypervisor.start_network(network).await?;
    assert!(
        hypervisor
            .start_network(network)
            .await
            .unwrap_err()
            .is_wrong_state()
    );
    let record = hypervisor
        .networks()
        .await?
        .into_iter()
        .find(|known| known.uuid == network)
        .expect("it is listed");
    assert!(
        record.active && record.autostart && record.persistent,
        "{record:?}"
    );
    hypervisor.set_network_autostart(network, false).await?;
    hypervisor.destroy_network(network).await?;
    hypervisor.undefine_network(network).await?;
    for wanted in [
        NetworkChange::Defined,
        NetworkChange::Started,
        NetworkChange::Stopped,
        NetworkChange::Undefined,
    ] {
        events.until(|event| matches!(event, Event::Network { uuid, change, .. } if *uuid == network && *change == wanted))
            .await?;
    }
    assert!(
        hypervisor
            .network_xml(network, Definition::Config)
            .await
            .unwrap_err()
            .is_not_found()
    );
    // A network that is created without a definition vanishes when it stops.
    let passing = hypervisor.create_network(xml.as_str()).await?;
    assert!(
        hypervisor
            .networks()
            .await?
            .iter()
            .any(|known| known.uuid == passing && !known.persistent)
    );
    hypervisor.destroy_network(passing).await?;
    assert!(
        hypervisor
            .networks()
            .await?
            .iter()
            .all(|known| known.uuid != passing)
    );
    Ok(())
}

pub(crate) async fn updates_a_portgroup(fixture: Fixture) -> Outcome {
    let hypervisor = &fixture.hypervisor;
    let network = hypervisor
        .define_network(
            NetworkBuilder::openvswitch("contract", "br0")
                .document()?
                .as_str(),
        )
        .await?;
    hypervisor.start_network(network).await?;
    let update = |command, vlan: u16| NetworkUpdate {
        command,
        section: NetworkUpdateSection::Portgroup,
        parent_index: -1,
        xml: format!("<portgroup name='g'><vlan><tag id='{vlan}'/></vlan></portgroup>"),
    };
    let both = Affect::LiveAndConfig;
    let vlan = async || -> Result<_, Box<dyn std::error::Error + Send + Sync>> {
        let mut found: Vec<Option<PortGroup>> = Vec::new();
        for definition in [Definition::Live, Definition::Config] {
            let document = Document::parse(hypervisor.network_xml(network, definition).await?)?;
            found.push(Network::of(&document)?.portgroup(Some("g"))?);
        }
        assert_eq!(found[0], found[1]);
        Ok(found
            .remove(0)
            .and_then(|group| group.vlan)
            .map(|vlan| vlan.tags[0].id.get()))
    };
    hypervisor
        .update_network(network, &update(NetworkUpdateCommand::AddLast, 7), both)
        .await?;
    assert_eq!(vlan().await?, Some(7));
    assert!(
        hypervisor
            .update_network(network, &update(NetworkUpdateCommand::AddLast, 7), both)
            .await
            .is_err()
    );
    hypervisor
        .update_network(network, &update(NetworkUpdateCommand::Modify, 8), both)
        .await?;
    assert_eq!(vlan().await?, Some(8));
    hypervisor
        .update_network(network, &update(NetworkUpdateCommand::Delete, 8), both)
        .await?;
    assert_eq!(vlan().await?, None);
    hypervisor.destroy_network(network).await?;
    hypervisor.undefine_network(network).await?;
    Ok(())
}
