//! Each guard stops a case of its own, and lets one through that is nearly the same.

use std::net::IpAddr;
use std::sync::Arc;

use libvirt_model::live::{Affect, NetworkUpdate, NetworkUpdateCommand, NetworkUpdateSection};
use ovsdb_client::transaction::{Mutations, Transaction, Values};
use ovsdb_client::vswitch::{Bridge, Interface, Port, PortBondMode, PortLacp};

use crate::Host;
use crate::edit::PlanError;
use crate::edit::change::{NetworkChange, NetworkState};
use crate::edit::draft::Draft;
use crate::edit::intent::{Edit, Portgroup, SetPortgroup, VlanSetting};
use crate::edit::options::PlanOptions;
use crate::edit::plan::Plan;
use crate::edit::planner::finish;

type Edited = Result<(), PlanError>;

async fn plan_on(host: &Host, options: &PlanOptions, edit: impl FnOnce(&mut Draft<'_>) -> Edited) -> Plan {
    let base = host.base().await.unwrap();
    let mut draft = Draft::new(&base);
    edit(&mut draft).unwrap();
    finish(draft, "test".to_owned(), options).unwrap()
}

fn names(plan: &Plan) -> Vec<&str> {
    let mut names: Vec<&str> = plan
        .stopped_by()
        .map(|objection| objection.guard.as_str())
        .collect();
    names.dedup();
    names
}

/// The guards that stop an edit of the embedded host.
async fn stopped(edit: impl FnOnce(&mut Draft<'_>) -> Edited) -> Vec<String> {
    let host = Host::embedded().await.unwrap();
    let plan = plan_on(&host, &PlanOptions::new(), edit).await;
    assert!(!plan.is_empty(), "the edit changes something");
    names(&plan).into_iter().map(str::to_owned).collect()
}

fn set_tag(name: &'static str, tag: Option<i64>) -> impl FnOnce(&mut Draft<'_>) -> Edited {
    move |draft| {
        let rows = draft.rows()?;
        let port = rows.port(name)?;
        rows.set(port, Port::TAG, tag)
    }
}

/// A bridge of one's own with an uplink, and nothing that the host needs.
async fn with_own_bridge(host: &Host) {
    let mut transaction = Transaction::new();
    let local = transaction.insert(
        Values::<Interface>::new()
            .set(Interface::NAME, "br7")
            .set(Interface::TYPE, "internal"),
    );
    let local = transaction.insert(
        Values::<Port>::new()
            .set(Port::NAME, "br7")
            .refer(Port::INTERFACES, [&local]),
    );
    let nic = transaction.insert(Values::<Interface>::new().set(Interface::NAME, "eth0"));
    let uplink = transaction.insert(
        Values::<Port>::new()
            .set(Port::NAME, "eth0")
            .refer(Port::INTERFACES, [&nic]),
    );
    let bridge = transaction.insert(
        Values::<Bridge>::new()
            .set(Bridge::NAME, "br7")
            .refer(Bridge::PORTS, [&local, &uplink]),
    );
    transaction.mutate(
        ovsdb_client::transaction::Where::<ovsdb_client::vswitch::OpenVSwitch>::every(),
        Mutations::new().refer(ovsdb_client::vswitch::OpenVSwitch::BRIDGES, [&bridge]),
    );
    let replica = host.editing_replica().await.unwrap();
    let outcome = replica.client().commit(transaction).await.unwrap();
    assert!(outcome.is_committed(), "{outcome:?}");
}

#[tokio::test]
async fn what_is_allowed_is_shown_and_does_not_stop() {
    let host = Host::embedded().await.unwrap();
    let options = PlanOptions::new().allow("management-path");
    let plan = plan_on(&host, &options, set_tag("br0", Some(10))).await;
    assert!(names(&plan).is_empty());
    assert_eq!(plan.objections.len(), 1, "it is still said");
}

#[tokio::test]
async fn management_path() {
    assert_eq!(stopped(set_tag("br0", Some(10))).await, ["management-path"]);
    let host = Host::embedded().await.unwrap();
    let mine: IpAddr = "10.59.31.77".parse().unwrap();
    let plan = plan_on(
        &host,
        &PlanOptions::new().reached_by(mine),
        set_tag("br0", Some(10)),
    )
    .await;
    assert!(
        plan.objections[0]
            .what
            .contains("you are logged in by 10.59.31.77")
    );
    // The local port of a bridge without an address is nobody's way in.
    with_own_bridge(&host).await;
    let plan = plan_on(&host, &PlanOptions::new(), set_tag("br7", Some(10))).await;
    assert!(!names(&plan).contains(&"management-path"), "{plan}");
}

#[tokio::test]
async fn cvm_external() {
    assert!(
        stopped(set_tag("vnet0", Some(9)))
            .await
            .contains(&"cvm-external".to_owned())
    );
    assert!(
        !stopped(set_tag("tap345", Some(9)))
            .await
            .contains(&"cvm-external".to_owned())
    );
}

#[tokio::test]
async fn guest_trunk_all() {
    assert!(
        stopped(set_tag("tap345", None))
            .await
            .contains(&"guest-trunk-all".to_owned())
    );
    let trunk = |draft: &mut Draft<'_>| {
        let rows = draft.rows()?;
        let port = rows.port("tap345")?;
        rows.set(port, Port::TAG, None)?;
        rows.set(
            port,
            Port::TRUNKS,
            [5i64, 6].into_iter().collect::<ovsdb_client::value::Set<i64>>(),
        )
    };
    assert!(!stopped(trunk).await.contains(&"guest-trunk-all".to_owned()));
}

/// A host with a NIC in portgroup `vlan50` of VLAN 50, and one there that has a VLAN of its own.
async fn with_portgroup() -> Host {
    let host = Host::embedded().await.unwrap();
    let hypervisor = host.hypervisor().unwrap();
    let network = hypervisor.network_by_name("VM-Network").await.unwrap();
    let update = NetworkUpdate {
        command: NetworkUpdateCommand::AddLast,
        section: NetworkUpdateSection::Portgroup,
        parent_index: -1,
        xml: "<portgroup name='vlan50'><vlan><tag id='50'/></vlan></portgroup>".to_owned(),
    };
    hypervisor
        .update_network(network, &update, Affect::LiveAndConfig)
        .await
        .unwrap();
    let guest = hypervisor.domain_by_name("guest-vlan32").await.unwrap();
    for (mac, vlan) in [("31", ""), ("32", "<vlan><tag id='7'/></vlan>")] {
        let nic = format!(
            "<interface type='network'><mac address='50:6b:8d:00:00:{mac}'/>\
             <source network='VM-Network' portgroup='vlan50'/>{vlan}</interface>"
        );
        hypervisor
            .attach_device(guest, &nic, Affect::LiveAndConfig)
            .await
            .unwrap();
    }
    host
}

#[tokio::test]
async fn guest_trunk_all_through_a_portgroup() {
    let host = with_portgroup().await;
    let set = |vlan: VlanSetting| {
        move |draft: &mut Draft<'_>| {
            SetPortgroup::new("VM-Network", Portgroup::new("vlan50", vlan)).edit(draft)
        }
    };
    let plan = plan_on(&host, &PlanOptions::new(), set(VlanSetting::Clear)).await;
    let said: Vec<&str> = plan
        .objections
        .iter()
        .filter(|objection| objection.guard == "guest-trunk-all")
        .map(|objection| objection.what.as_str())
        .collect();
    assert_eq!(said.len(), 1, "{plan}");
    assert!(said[0].contains("50:6b:8d:00:00:31"), "{said:?}");
    let other = VlanSetting::Access(51.try_into().unwrap());
    let plan = plan_on(&host, &PlanOptions::new(), set(other)).await;
    assert!(!names(&plan).contains(&"guest-trunk-all"), "{plan}");
}

#[tokio::test]
async fn last_uplink_and_system_bridge() {
    let without_bond = |draft: &mut Draft<'_>| {
        let rows = draft.rows()?;
        let port = rows.port("bond0")?;
        rows.delete_port(port)
    };
    assert!(stopped(without_bond).await.contains(&"last-uplink".to_owned()));
    let without_member = |draft: &mut Draft<'_>| {
        let rows = draft.rows()?;
        let port = rows.port("bond0")?;
        let interface = rows.find(Interface::NAME, "eth3")?.unwrap();
        rows.unrefer(port, Port::INTERFACES, interface)?;
        rows.delete(interface)
    };
    assert!(!stopped(without_member).await.contains(&"last-uplink".to_owned()));

    let delete = |name: &'static str| {
        move |draft: &mut Draft<'_>| {
            let rows = draft.rows()?;
            let bridge = rows.bridge(name)?;
            rows.delete_bridge(bridge)
        }
    };
    assert!(stopped(delete("br0")).await.contains(&"system-bridge".to_owned()));
    let host = Host::embedded().await.unwrap();
    with_own_bridge(&host).await;
    let plan = plan_on(&host, &PlanOptions::new(), delete("br7")).await;
    assert!(!names(&plan).contains(&"system-bridge"), "{plan}");
    assert!(!names(&plan).contains(&"last-uplink"), "{plan}");
}

#[tokio::test]
async fn unbonded_uplinks() {
    let add = |name: &'static str, type_: &'static str| {
        move |draft: &mut Draft<'_>| {
            let rows = draft.rows()?;
            let bridge = rows.bridge("br0")?;
            rows.add_port(bridge, name, type_).map(|_| ())
        }
    };
    assert_eq!(stopped(add("eth1", "")).await, ["unbonded-uplinks"]);
    assert!(stopped(add("int0", "internal")).await.is_empty());
}

#[tokio::test]
async fn bonds() {
    let bond = |mode: PortBondMode, lacp: Option<PortLacp>, fallback: bool| {
        move |draft: &mut Draft<'_>| {
            let rows = draft.rows()?;
            let port = rows.port("bond0")?;
            rows.set(port, Port::BOND_MODE, Some(mode))?;
            rows.set(port, Port::LACP, lacp)?;
            if fallback {
                rows.put(port, Port::OTHER_CONFIG, "lacp-fallback-ab", "true")?;
            }
            Ok(())
        }
    };
    let has = |stopped: &[String], guard: &str| stopped.iter().any(|name| name == guard);
    let without = stopped(bond(PortBondMode::BalanceTcp, None, false)).await;
    assert!(has(&without, "balance-tcp-without-lacp"), "{without:?}");
    let bare = stopped(bond(PortBondMode::BalanceTcp, Some(PortLacp::Active), false)).await;
    assert!(
        !has(&bare, "balance-tcp-without-lacp") && has(&bare, "lacp-without-fallback"),
        "{bare:?}"
    );
    let good = stopped(bond(PortBondMode::BalanceTcp, Some(PortLacp::Active), true)).await;
    assert!(
        !has(&good, "balance-tcp-without-lacp") && !has(&good, "lacp-without-fallback"),
        "{good:?}"
    );
    // Whatever its columns, an uplink of an AHV host is set by the cluster.
    assert!(
        has(&good, "owner-reverts") && has(&good, "management-path"),
        "{good:?}"
    );
}

#[tokio::test]
async fn a_bond_that_is_made_is_judged_where_no_kernel_was_read() {
    let mut only_ovsdb = Host::embedded().await.unwrap();
    only_ovsdb.kernel = None;
    let make = |members: &'static [&'static str], lacp: Option<PortLacp>| {
        move |draft: &mut Draft<'_>| {
            let rows = draft.rows()?;
            let bridge = rows.bridge("br0")?;
            let members: Result<Vec<_>, _> = members.iter().map(|name| rows.add_interface(name)).collect();
            let port = rows.add_port_of(bridge, "bond7", &members?)?;
            rows.set(port, Port::LACP, lacp)
        }
    };
    let options = PlanOptions::new();
    let bond = plan_on(&only_ovsdb, &options, make(&["eth8", "eth9"], None)).await;
    assert_eq!(names(&bond), ["unbonded-uplinks"], "{bond}");
    let lacp = plan_on(
        &only_ovsdb,
        &options,
        make(&["eth8", "eth9"], Some(PortLacp::Active)),
    )
    .await;
    assert_eq!(
        names(&lacp),
        ["lacp-without-fallback", "unbonded-uplinks"],
        "{lacp}"
    );
    // What a device is that no source knows, no guard can tell.
    let device = plan_on(&only_ovsdb, &options, make(&["eth8"], None)).await;
    assert!(device.objections.is_empty(), "{device}");
}

#[tokio::test]
async fn owner_reverts() {
    assert!(
        stopped(set_tag("tap345", Some(40)))
            .await
            .contains(&"owner-reverts".to_owned())
    );
    let host = Host::embedded().await.unwrap();
    with_own_bridge(&host).await;
    let plan = plan_on(&host, &PlanOptions::new(), set_tag("br7", Some(40))).await;
    assert!(!names(&plan).contains(&"owner-reverts"), "{plan}");
}

#[tokio::test]
async fn owner_reverts_of_a_guest_that_another_manager_starts() {
    let attach = |domain: &'static str| {
        move |draft: &mut Draft<'_>| {
            let domain = draft.domain(domain)?;
            let mac = "52:54:00:00:77:01".parse().unwrap();
            let nic = libvirt_model::domain::InterfaceBuilder::bridge("br0")
                .mac(libvirt_model::domain::Mac::new(mac));
            draft.attach_nic(domain, mac, nic)
        }
    };
    let name = "owner-reverts".to_owned();
    assert!(stopped(attach("guest-vlan32")).await.contains(&name));
    // libvirt alone starts the controller VM.
    assert!(!stopped(attach("NTNX-DRM-3060-G4-1-1-CVM")).await.contains(&name));
    let host = Host::embedded().await.unwrap();
    let pulled = crate::edit::SetLink::down("guest-vlan32").mac("50:6b:8d:00:00:20".parse().unwrap());
    let plan = host.plan(pulled, &PlanOptions::new()).await.unwrap();
    assert_eq!(names(&plan), ["owner-reverts"], "{plan}");
}

#[tokio::test]
async fn a_guard_that_is_none_is_not_allowed() {
    let host = Host::embedded().await.unwrap();
    let intent = crate::edit::SetVlan::access("tap345", libvirt_model::vocab::VlanId::new(40).unwrap());
    let error = host
        .plan(intent, &PlanOptions::new().allow("banana"))
        .await
        .unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("\"banana\"") && said.contains("last-uplink"),
        "{said}"
    );
}

#[tokio::test]
async fn foreign_port() {
    let host = Host::embedded().await.unwrap();
    let mut transaction = Transaction::new();
    let ids = [
        ("iface-id", "f6f8ab0c-8d7a-4d1b-9f63-0f4f6a1d9f57"),
        ("attached-mac", "fa:16:3e:00:00:01"),
        ("iface-status", "active"),
    ];
    let interface = transaction.insert(
        Values::<Interface>::new()
            .set(Interface::NAME, "tapf6f8ab0c-8d")
            .set(Interface::TYPE, "internal")
            .set(Interface::EXTERNAL_IDS, ovsdb_client::value::Map::from_iter(ids)),
    );
    let port = transaction.insert(
        Values::<Port>::new()
            .set(Port::NAME, "tapf6f8ab0c-8d")
            .set(
                Port::OTHER_CONFIG,
                ovsdb_client::value::Map::from_iter([
                    ("net_uuid", "0b1d"),
                    ("tag", "3"),
                    ("physical_network", "p"),
                ]),
            )
            .refer(Port::INTERFACES, [&interface]),
    );
    transaction.mutate(
        Bridge::NAME.equals("br0"),
        Mutations::new().refer(Bridge::PORTS, [&port]),
    );
    let replica = host.editing_replica().await.unwrap();
    assert!(replica.client().commit(transaction).await.unwrap().is_committed());
    let plan = plan_on(&host, &PlanOptions::new(), set_tag("tapf6f8ab0c-8d", Some(40))).await;
    assert!(names(&plan).contains(&"foreign-port"), "{plan}");
    assert!(
        !stopped(set_tag("tap345", Some(40)))
            .await
            .contains(&"foreign-port".to_owned())
    );
}

#[tokio::test]
async fn mac_in_use() {
    let attach = |mac: &'static str| {
        move |draft: &mut Draft<'_>| {
            let domain = draft.domain("guest-vlan32")?;
            let mac = mac.parse().unwrap();
            let nic = libvirt_model::domain::InterfaceBuilder::bridge("br0")
                .mac(libvirt_model::domain::Mac::new(mac));
            draft.attach_nic(domain, mac, nic)
        }
    };
    let cvm = "52:54:00:9c:d8:cd";
    assert!(stopped(attach(cvm)).await.contains(&"mac-in-use".to_owned()));
    assert!(
        !stopped(attach("52:54:00:00:77:01"))
            .await
            .contains(&"mac-in-use".to_owned())
    );
}

#[tokio::test]
async fn internal_network() {
    let stop = |name: &'static str| {
        move |draft: &mut Draft<'_>| {
            let documents = draft.documents()?;
            let network = documents
                .networks
                .iter()
                .find(|network| network.record.name == name);
            let network = network.ok_or_else(|| PlanError::not_found(name))?;
            let before = NetworkState {
                xml: network.xml.as_str().to_owned(),
                live: None,
                active: true,
                autostart: true,
            };
            draft.networks.push(NetworkChange {
                name: name.to_owned(),
                uuid: Some(network.record.uuid),
                before: Some(before),
                after: None,
            });
            Ok(())
        }
    };
    assert!(
        stopped(stop("NTNX-Local-Network"))
            .await
            .contains(&"internal-network".to_owned())
    );
    assert!(
        !stopped(stop("VM-Network"))
            .await
            .contains(&"internal-network".to_owned())
    );
}

#[tokio::test]
async fn a_plan_that_only_adds_asks_for_no_picture() {
    let host = Host::embedded().await.unwrap();
    let plan = plan_on(&host, &PlanOptions::new(), |draft| {
        let rows = draft.rows()?;
        let bridge = rows.bridge("br0")?;
        let (_, interface) = rows.add_port(bridge, "vx7", "vxlan")?;
        rows.put(interface, Interface::OPTIONS, "remote_ip", "10.0.0.7")?;
        rows.set(interface, Interface::TYPE, Arc::<str>::from("vxlan"))
    })
    .await;
    assert!(plan.objections.is_empty(), "{plan}");
}
