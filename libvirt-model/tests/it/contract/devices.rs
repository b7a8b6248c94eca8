//! NICs of a running guest: attached, retagged, moved to another bridge and detached, live and persistent.

use libvirt_model::domain::{
    DeviceFragments, Domain, InterfaceBuilder, Mac, Model, Source, VirtualPort, Vlan,
};
use libvirt_model::live::{Affect, Definition, Event};
use libvirt_model::vocab::{MacAddr, VlanId};
use uuid::Uuid;

use super::{Fixture, Outcome};

const BOTH: Affect = Affect::LiveAndConfig;

pub(crate) async fn plugs_a_bridge_nic(fixture: Fixture) -> Outcome {
    let nic = InterfaceBuilder::bridge("br0")
        .virtualport(VirtualPort::openvswitch(Some(Uuid::from_u128(0x1234_5678_9abc))))
        .vlan(Vlan::access(VlanId::new(41)?));
    walk(fixture, nic, "50:6b:8d:00:02:01".parse()?, Some("41")).await
}

pub(crate) async fn plugs_a_network_nic(fixture: Fixture) -> Outcome {
    walk(
        fixture,
        InterfaceBuilder::network("VM-Network", None),
        "50:6b:8d:00:02:02".parse()?,
        None,
    )
    .await
}

pub(crate) async fn plugs_a_portgroup_nic(fixture: Fixture) -> Outcome {
    let nic = InterfaceBuilder::network("VM-Network", Some("vlan50".to_owned()));
    walk(fixture, nic, "50:6b:8d:00:02:03".parse()?, Some("50")).await
}

async fn walk(fixture: Fixture, nic: InterfaceBuilder, mac: MacAddr, tag: Option<&str>) -> Outcome {
    let hypervisor = &fixture.hypervisor;
    let guest = fixture.domain("guest-net").await?;
    let mut events = fixture.events().await?;
    let xml = nic.mac(Mac::new(mac)).model(Model::virtio()).document()?;

    hypervisor.attach_device(guest, xml.as_str(), BOTH).await?;
    let added = events
        .until(|event| matches!(event, Event::DeviceAdded { uuid, .. } if *uuid == guest))
        .await?;
    assert_eq!(fixture.has_nic(guest, mac).await?, (true, true));
    let tap = tap(&fixture, guest, mac).await?;
    assert_port(&fixture, &tap, "br0", tag)?;

    let trunk = Vlan::trunk([VlanId::new(60)?, VlanId::new(61)?]);
    for (vlan, columns) in [(Vlan::access(VlanId::new(42)?), Some("42")), (trunk, None)] {
        let (live, config) = fragments(&fixture, guest, mac, &vlan).await?;
        hypervisor.update_device(guest, &live, Affect::Live).await?;
        hypervisor.update_device(guest, &config, Affect::Config).await?;
        for definition in [Definition::Live, Definition::Config] {
            let document = fixture.document(guest, definition).await?;
            let nic = Domain::of(&document)?
                .interfaces_by_mac(mac)
                .next()
                .expect("the NIC is there");
            assert_eq!(
                nic.vlan()?.map(|vlan| vlan.tags),
                Some(vlan.tags.clone()),
                "{definition:?}"
            );
        }
        assert_port(&fixture, &tap, "br0", columns)?;
    }

    // A NIC with a virtualport is moved by replugging it: detach, then attach on the other bridge.
    if let Some(lab) = &fixture.lab {
        let add = [
            "ovs-vsctl",
            "--may-exist",
            "add-br",
            "br-contract",
            "--",
            "set",
            "bridge",
            "br-contract",
            "datapath_type=netdev",
        ];
        lab.run(&add)?;
    }
    detach(&fixture, guest, mac).await?;
    let alias = added.map(|added| match added {
        Event::DeviceAdded { alias, .. } => alias,
        other => panic!("{other:?}"),
    });
    events.until(|event| matches!(event, Event::DeviceRemoved { uuid, alias: gone } if *uuid == guest && Some(gone) == alias.as_ref()))
        .await?;
    let moved = InterfaceBuilder::bridge("br-contract")
        .virtualport(VirtualPort::openvswitch(None))
        .mac(Mac::new(mac))
        .model(Model::virtio())
        .document()?;
    hypervisor.attach_device(guest, moved.as_str(), BOTH).await?;
    let tap = self::tap(&fixture, guest, mac).await?;
    assert_port(&fixture, &tap, "br-contract", None)?;
    detach(&fixture, guest, mac).await?;
    if let Some(lab) = &fixture.lab {
        lab.run(&["ovs-vsctl", "del-br", "br-contract"])?;
    }
    Ok(())
}

pub(crate) async fn refuses_what_cannot_be(fixture: Fixture) -> Outcome {
    let hypervisor = &fixture.hypervisor;
    let guest = fixture.domain("guest-vlan32").await?;
    let mac: MacAddr = "50:6b:8d:00:00:20".parse()?;
    let live = fixture.document(guest, Definition::Live).await?;
    let elsewhere = DeviceFragments::change(Some(&Domain::of(&live)?), None, mac, |nic| {
        nic.source(Source::bridge("br-none"));
    })?;
    let moved = hypervisor
        .update_device(guest, elsewhere.live.expect("a fragment").as_str(), Affect::Live)
        .await;
    assert!(
        moved
            .expect_err("a NIC with a virtualport is not moved live")
            .libvirt()
            .is_some()
    );
    let other = InterfaceBuilder::bridge("br0")
        .mac(Mac::new("50:6b:8d:00:02:99".parse()?))
        .document()?;
    let gone = hypervisor
        .detach_device(guest, other.as_str(), BOTH)
        .await
        .expect_err("there is no such NIC");
    assert!(gone.is_not_found(), "{gone}");
    assert!(
        hypervisor
            .attach_device(guest, "<interface type='bridge'/>", BOTH)
            .await
            .is_err()
    );
    assert_eq!(fixture.has_nic(guest, mac).await?, (true, true));
    Ok(())
}

async fn fragments(
    fixture: &Fixture,
    guest: Uuid,
    mac: MacAddr,
    vlan: &Vlan,
) -> Result<(String, String), Box<dyn std::error::Error + Send + Sync>> {
    let live = fixture.document(guest, Definition::Live).await?;
    let config = fixture.document(guest, Definition::Config).await?;
    let fragments = DeviceFragments::change(
        Some(&Domain::of(&live)?),
        Some(&Domain::of(&config)?),
        mac,
        |nic| {
            nic.vlan(vlan.clone());
        },
    )?;
    let text =
        |document: Option<libvirt_model::xml::Document>| document.expect("a fragment").as_str().to_owned();
    Ok((text(fragments.live), text(fragments.config)))
}

async fn detach(fixture: &Fixture, guest: Uuid, mac: MacAddr) -> Outcome {
    let live = fixture.document(guest, Definition::Live).await?;
    let config = fixture.document(guest, Definition::Config).await?;
    let fragments = DeviceFragments::of(Some(&Domain::of(&live)?), Some(&Domain::of(&config)?), mac)?;
    let live = fragments.live.expect("it runs");
    fixture
        .hypervisor
        .detach_device(guest, live.as_str(), Affect::Live)
        .await?;
    fixture
        .hypervisor
        .detach_device(
            guest,
            fragments.config.expect("it is defined").as_str(),
            Affect::Config,
        )
        .await?;
    assert_eq!(
        fixture.has_nic(guest, mac).await?,
        (false, false),
        "detach returns when the NIC is gone"
    );
    Ok(())
}

async fn tap(
    fixture: &Fixture,
    guest: Uuid,
    mac: MacAddr,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let live = fixture.document(guest, Definition::Live).await?;
    let nic = Domain::of(&live)?
        .interfaces_by_mac(mac)
        .next()
        .expect("the NIC is there");
    Ok(nic
        .target()?
        .and_then(|target| target.dev)
        .expect("a running NIC has a tap"))
}

/// On a real host: the port is on this bridge, with this tag.
fn assert_port(fixture: &Fixture, tap: &str, bridge: &str, tag: Option<&str>) -> Outcome {
    let Some(lab) = &fixture.lab else { return Ok(()) };
    assert_eq!(lab.run(&["ovs-vsctl", "port-to-br", tap])?.trim(), bridge);
    assert_eq!(
        lab.run(&["ovs-vsctl", "get", "port", tap, "tag"])?.trim(),
        tag.unwrap_or("[]")
    );
    Ok(())
}
