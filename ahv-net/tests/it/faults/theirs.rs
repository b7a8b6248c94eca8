//! What others set between a plan and its apply, or between an apply and its undo, stays; what cannot be told apart
//! from it is refused, or left and said.

use std::sync::Arc;

use ahv_net::Host;
use ahv_net::apply::{ApplyError, Progress, StepError};
use ahv_net::edit::{AttachGuest, PlanOptions};
use ahv_net::libvirt_model::live::{
    Affect, Definition, Hypervisor, NetworkUpdate, NetworkUpdateCommand, NetworkUpdateSection,
};
use ahv_net::ovsdb_client::server::Server;
use async_trait::async_trait;
use serde_json::json;
use serde_json::value::RawValue;
use test_support::Suite;

use super::faulty::{Fault, Faulty};
use super::shape::Shape;
use super::world::{MAC, Outcome, World};
use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
    suite.case("theirs: what was set on a NIC since it was planned stays", || {
        runtime().block_on(set_since_planned()).map_err(Into::into)
    });
    suite.case(
        "theirs: what was set on a NIC since it was changed stays when that is undone",
        || runtime().block_on(set_since_applied()).map_err(Into::into),
    );
    suite.case("theirs: a NIC that changed since is not unplugged", || {
        runtime().block_on(changed_since_planned()).map_err(Into::into)
    });
    suite.case(
        "theirs: a name that was taken after the last look is refused by the server",
        || runtime().block_on(taken_name()).map_err(Into::into),
    );
    suite.case("theirs: portgroups that came since stay, done and undone", || {
        runtime().block_on(portgroups()).map_err(Into::into)
    });
    suite.case(
        "theirs: a portgroup that changed since is not overwritten",
        || runtime().block_on(same_portgroup()).map_err(Into::into),
    );
    suite.case(
        "theirs: a network that guests use by now is left, and said",
        || runtime().block_on(used_network()).map_err(Into::into),
    );
    suite.case(
        "theirs: a portgroup that guests ask for by now is left, and said",
        || runtime().block_on(used_portgroup()).map_err(Into::into),
    );
    suite.case(
        "theirs: putting a NIC back touches no other, whatever fails",
        || runtime().block_on(put_back()).map_err(Into::into),
    );
    suite.case(
        "theirs: a NIC that cannot be put in its place comes last, and that is said",
        || runtime().block_on(put_back_last()).map_err(Into::into),
    );
}

const BOTH: [(Definition, Affect); 2] = [
    (Definition::Live, Affect::Live),
    (Definition::Config, Affect::Config),
];

/// Somebody else limits the NIC, and filters or cuts it.
async fn set_on_nic(world: &World) -> Outcome<()> {
    let guest = world.fake.domain_by_name("guest-vlan32").await?;
    for (definition, affect) in BOTH {
        let theirs = "<bandwidth><inbound average='100'/></bandwidth><link state='down'/></interface>";
        let nic = world.nic(definition).await?.replace("</interface>", theirs);
        world.fake.update_device(guest, &nic, affect).await?;
    }
    Ok(())
}

async fn expect_theirs(world: &World, vlan: &str) -> Outcome<()> {
    for (definition, _) in BOTH {
        let nic = world.nic(definition).await?;
        assert!(nic.contains(vlan), "{nic}");
        assert!(
            nic.contains("average='100'") && nic.contains("<link state='down'/>"),
            "{nic}"
        );
    }
    Ok(())
}

async fn set_since_planned() -> Outcome<()> {
    for (shape, words) in [
        (Shape::RowsAndNic, "<tag id='40'/>"),
        (Shape::Move, "network='VM-Network'"),
    ] {
        let world = World::new(shape).await?;
        let (host, _) = world.host(None).await?;
        let plan = world.plan(&host).await?;
        set_on_nic(&world).await?;
        host.apply(&plan, &world.options()).await?;
        expect_theirs(&world, words).await?;
        let entry = host.revert(None, &world.options()).await?;
        assert!(entry.undo.is_some_and(|undo| undo.left.is_empty()));
        expect_theirs(&world, "<tag id='32'/>").await?;
    }
    Ok(())
}

async fn set_since_applied() -> Outcome<()> {
    let world = World::new(Shape::RowsAndNic).await?;
    let (host, _) = world.host(None).await?;
    host.apply(&world.plan(&host).await?, &world.options()).await?;
    set_on_nic(&world).await?;
    host.revert(None, &world.options()).await?;
    expect_theirs(&world, "<tag id='32'/>").await
}

async fn expect_stale(host: &Host, world: &World, theirs: impl Future<Output = Outcome<()>>) -> Outcome<()> {
    let plan = world.plan(host).await?;
    theirs.await?;
    let before = world.state().await?;
    let error = host
        .apply(&plan, &world.options())
        .await
        .expect_err("it was applied");
    assert!(matches!(error, ApplyError::Stale(_)), "{error}");
    assert_eq!(world.state().await?, before, "{error}");
    Ok(())
}

async fn changed_since_planned() -> Outcome<()> {
    let world = World::new(Shape::Detach).await?;
    let (host, _) = world.host(None).await?;
    expect_stale(&host, &world, set_on_nic(&world)).await?;
    // The VLAN itself got another tag beside.
    let world = World::new(Shape::RowsAndNic).await?;
    let (host, _) = world.host(None).await?;
    let guest = world.fake.domain_by_name("guest-vlan32").await?;
    let more = async {
        let nic = world.nic(Definition::Config).await?;
        let nic = nic.replace("<tag id='32'/>", "<tag id='32'/><tag id='33'/>");
        let nic = nic.replace("<vlan>", "<vlan trunk='yes'>");
        Ok(world.fake.update_device(guest, &nic, Affect::Config).await?)
    };
    expect_stale(&host, &world, more).await
}

/// Somebody else makes the port just before the transaction does.
struct MakesPort(Arc<Server>);

async fn make_port(server: &Server) -> Outcome<()> {
    let operations = json!([
        {"op": "insert", "table": "Interface", "row": {"name": "int7"}, "uuid-name": "interface"},
        {"op": "insert", "table": "Port", "row": {"name": "int7", "interfaces": ["named-uuid", "interface"]}, "uuid-name": "port"},
        {"op": "mutate", "table": "Bridge", "where": [["name", "==", "br0"]],
         "mutations": [["ports", "insert", ["named-uuid", "port"]]]},
    ]);
    let operations = operations.to_string();
    let operations: Vec<&RawValue> = serde_json::from_str(&operations)?;
    let made = server.transact("Open_vSwitch", operations).await?;
    assert!(made.error().is_none(), "{:?}", made.error());
    Ok(())
}

#[async_trait]
impl Progress for MakesPort {
    async fn about_to(&self, _step: &str) {
        make_port(&self.0).await.expect("the port is made");
    }
}

async fn taken_name() -> Outcome<()> {
    let world = World::new(Shape::NewRows).await?;
    let (host, _) = world.host(None).await?;
    let plan = world.plan(&host).await?;
    let options = world
        .options()
        .progress(Arc::new(MakesPort(Arc::clone(&world.server))));
    match host.apply(&plan, &options).await {
        Err(ApplyError::Failed { error, undo, .. }) => {
            assert!(matches!(*error, StepError::Stale(_)), "{error}");
            assert!(error.to_string().contains("int7"), "{error}");
            assert!(undo.is_complete(), "{undo}");
        }
        other => panic!("{other:?}"),
    }
    let theirs = World::new(Shape::NewRows).await?;
    make_port(&theirs.server).await?;
    assert_eq!(world.state().await?.rows, theirs.state().await?.rows);
    Ok(())
}

async fn update(world: &World, command: NetworkUpdateCommand, xml: &str) -> Outcome<()> {
    let network = world.fake.network_by_name("VM-Network").await?;
    let update = NetworkUpdate {
        command,
        section: NetworkUpdateSection::Portgroup,
        parent_index: -1,
        xml: xml.to_owned(),
    };
    Ok(world
        .fake
        .update_network(network, &update, Affect::LiveAndConfig)
        .await?)
}

async fn portgroups() -> Outcome<()> {
    const ADDED: &str = "<portgroup name='theirs'><vlan><tag id='99'/></vlan></portgroup>";
    const LATER: &str = "<portgroup name='later'><vlan><tag id='98'/></vlan></portgroup>";
    for shape in [
        Shape::AddPortgroup,
        Shape::ChangePortgroup,
        Shape::RemovePortgroup,
    ] {
        let world = World::new(shape).await?;
        let (host, _) = world.host(None).await?;
        let plan = world.plan(&host).await?;
        update(&world, NetworkUpdateCommand::AddLast, ADDED).await?;
        let before = world.state().await?;
        host.apply(&plan, &world.options()).await?;
        let network = world.fake.network_by_name("VM-Network").await?;
        for (definition, _) in BOTH {
            let xml = world.fake.network_xml(network, definition).await?;
            assert!(xml.contains("'theirs'"), "{shape:?}: {xml}");
        }
        assert_ne!(world.state().await?, before);
        update(&world, NetworkUpdateCommand::AddLast, LATER).await?;
        host.revert(None, &world.options()).await?;
        update(&world, NetworkUpdateCommand::Delete, LATER).await?;
        assert_eq!(world.state().await?, before, "{shape:?}");
    }
    Ok(())
}

async fn same_portgroup() -> Outcome<()> {
    const OTHER: &str = "<portgroup name='vlan50'><vlan><tag id='50'/></vlan>\
                         <bandwidth><inbound average='7'/></bandwidth></portgroup>";
    for shape in [Shape::ChangePortgroup, Shape::RemovePortgroup] {
        let world = World::new(shape).await?;
        let (host, _) = world.host(None).await?;
        let theirs = update(&world, NetworkUpdateCommand::Modify, OTHER);
        expect_stale(&host, &world, theirs).await?;
    }
    Ok(())
}

/// Plugs the guest into something, as another tool would.
async fn plug(world: &World, source: &str) -> Outcome<()> {
    let guest = world.fake.domain_by_name("guest-vlan32").await?;
    let nic = format!(
        "<interface type='network'><mac address='50:6b:8d:00:00:44'/><source {source}/><model type='virtio'/></interface>"
    );
    Ok(world
        .fake
        .attach_device(guest, &nic, Affect::LiveAndConfig)
        .await?)
}

async fn used_network() -> Outcome<()> {
    for shape in [Shape::DefineNetwork, Shape::CompleteNetwork] {
        let world = World::new(shape).await?;
        let (host, _) = world.host(None).await?;
        host.apply(&world.plan(&host).await?, &world.options()).await?;
        let name = match shape {
            Shape::DefineNetwork => "guests",
            _ => "idle",
        };
        plug(&world, &format!("network='{name}'")).await?;
        let entry = host.revert(None, &world.options()).await?;
        let undo = entry.undo.ok_or("it says nothing")?;
        let left = undo.left.join("; ");
        assert!(
            left.contains(name) && left.contains("50:6b:8d:00:00:44"),
            "{shape:?}: {undo}"
        );
        let networks = world.fake.networks().await?;
        let network = networks.iter().find(|network| network.name == name);
        assert!(network.is_some_and(|network| network.active), "{networks:?}");
    }
    Ok(())
}

async fn used_portgroup() -> Outcome<()> {
    let world = World::new(Shape::AddPortgroup).await?;
    let (host, _) = world.host(None).await?;
    host.apply(&world.plan(&host).await?, &world.options()).await?;
    plug(&world, "network='VM-Network' portgroup='vlan60'").await?;
    let entry = host.revert(None, &world.options()).await?;
    let undo = entry.undo.ok_or("it says nothing")?;
    assert!(undo.left.join("; ").contains("portgroup vlan60"), "{undo}");
    let network = world.fake.network_by_name("VM-Network").await?;
    for (definition, _) in BOTH {
        let xml = world.fake.network_xml(network, definition).await?;
        assert!(xml.contains("'vlan60'"), "{xml}");
    }
    // The other way round: a plan that would take away what is asked for by now.
    let world = World::new(Shape::RemovePortgroup).await?;
    let (host, _) = world.host(None).await?;
    let theirs = plug(&world, "network='VM-Network' portgroup='vlan50'");
    expect_stale(&host, &world, theirs).await
}

async fn put_back() -> Outcome<()> {
    for number in 0.. {
        for fault in [
            Fault::Refused,
            Fault::DoneAndRefused,
            Fault::Hangs,
            Fault::DoneAndHangs,
        ] {
            let world = World::new(Shape::Detach).await?;
            let before = world.state().await?;
            {
                let (host, _) = world.host(None).await?;
                host.apply(&world.plan(&host).await?, &world.options()).await?;
            }
            let (host, faulty) = world.host(Some((number, fault))).await?;
            let options = world.options();
            tokio::select! {
                reverted = host.revert(None, &options) => drop(reverted),
                () = faulty.hangs.notified() => {}
            }
            let calls = faulty.calls();
            drop(host);
            for mac in ["50:6b:8d:00:00:31", "50:6b:8d:00:00:32"] {
                let guest = world.fake.domain_by_name("guest-vlan32").await?;
                for (definition, _) in BOTH {
                    let xml = world.fake.domain_xml(guest, definition).await?;
                    assert!(xml.contains(mac), "{number} {fault:?}: lost {mac}");
                }
                let said = faulty.said();
                let touches = |call: &&String| !call.starts_with("define_domain") && call.contains(mac);
                assert_eq!(said.iter().find(touches), None, "{number} {fault:?}");
            }
            let (host, _) = world.host(None).await?;
            // What a refusal left is undone by running it again.
            let _ = host.recover(&world.options()).await?;
            let after = world.state().await?;
            if fault == Fault::Refused && after != before {
                let guest = world.fake.domain_by_name("guest-vlan32").await?;
                let xml = world.fake.domain_xml(guest, Definition::Config).await?;
                assert!(xml.contains(MAC), "{number} {fault:?}: {xml}");
            } else {
                assert_eq!(after, before, "{number} {fault:?}");
            }
            if calls <= number {
                assert!(number >= 2, "there are but {number} calls");
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn put_back_last() -> Outcome<()> {
    let world = World::new(Shape::Detach).await?;
    let faulty = Faulty::new(world.fake.clone(), None).keeping_secrets();
    let host = world.host_with(&faulty).await?;
    host.apply(&world.plan(&host).await?, &world.options()).await?;
    let entry = host.revert(None, &world.options()).await?;
    let undo = entry.undo.ok_or("it says nothing")?;
    assert!(undo.left.join("; ").contains("behind its other NICs"), "{undo}");
    let guest = world.fake.domain_by_name("guest-vlan32").await?;
    let xml = world
        .fake
        .domain_xml_with_secrets(guest, Definition::Config)
        .await?;
    assert!(xml.contains("passwd='secret'"), "{xml}");
    assert!(xml.find(MAC) > xml.find("50:6b:8d:00:00:32"), "{xml}");
    assert_eq!(
        faulty
            .said()
            .iter()
            .filter(|call| call.starts_with("detach"))
            .count(),
        2,
        "of the NIC that was to go alone"
    );
    // Somebody gives the NIC that the plan plugs in another filter: it is theirs, too, and stays.
    let plan = host
        .plan(
            AttachGuest::to_bridge("guest-vlan32", "br0").mac("50:6b:8d:00:00:45".parse()?),
            &PlanOptions::new().allow("guest-trunk-all"),
        )
        .await?;
    host.apply(&plan, &world.options()).await?;
    let nic = "<interface type='bridge'><mac address='50:6b:8d:00:00:45'/><source bridge='br0'/>\
               <virtualport type='openvswitch'/><model type='virtio'/><link state='down'/></interface>";
    world.fake.update_device(guest, nic, Affect::Config).await?;
    let entry = host.revert(None, &world.options()).await?;
    let left = entry.undo.ok_or("it says nothing")?.left.join("; ");
    assert!(left.contains("50:6b:8d:00:00:45"), "{left}");
    for (definition, _) in BOTH {
        let xml = world.fake.domain_xml(guest, definition).await?;
        assert!(xml.contains("50:6b:8d:00:00:45"), "{xml}");
    }
    Ok(())
}
