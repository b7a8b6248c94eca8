//! How to test your own automation: it runs against an OVSDB server and a libvirtd that are in memory.
//!
//! `cargo run --example test_your_automation`
//!
//! `quarantine` is the automation. It takes a [`Host`] and knows nothing of tests. `main` stands for your `#[test]`s: it
//! makes a host, lets the automation loose on it, looks at what it did, and then takes the switch away in mid-air.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{AddBridge, AddPort, PlanOptions, SetVlan};
use ahv_net::libvirt_model::live::fake::{Fake, FakeDomain};
use ahv_net::libvirt_model::live::{Definition, Hypervisor};
use ahv_net::libvirt_model::vocab::{MacAddr, VlanId};
use examples::{Outcome, print, run};
use ovsdb_client::server::{Server, Vswitchd};
use ovsdb_client::vswitch;

type Failure = Box<dyn Error>;

/// The automation: puts the NIC with this MAC on a VLAN where it does no harm. Says on which port it was.
///
/// It may override what the cluster would undo: whoever quarantines a guest tells the cluster, too.
async fn quarantine(
    host: &Host,
    mac: MacAddr,
    vlan: VlanId,
    options: &ApplyOptions,
) -> Result<String, Failure> {
    let topology = host.show().await?;
    let port = topology
        .port_by_mac(mac)
        .ok_or_else(|| format!("no port has {mac}"))?;
    let guards = PlanOptions::new().allow("owner-reverts");
    let plan = host.plan(SetVlan::access(mac.to_string(), vlan), &guards).await?;
    host.apply(&plan, options).await?;
    Ok(port.name.clone())
}

fn main() -> ExitCode {
    run(async {
        let state = std::env::temp_dir().join(format!("test-your-automation-{}", std::process::id()));
        // The journal of a host that is not embedded is kept; a test keeps its own.
        let options = ApplyOptions::new().state(&state);
        let tested = tests(&options).await;
        std::fs::remove_dir_all(&state)?;
        tested
    })
}

async fn tests(options: &ApplyOptions) -> Outcome {
    let (mac, vlan): (MacAddr, VlanId) = ("52:54:00:00:00:01".parse()?, 99.try_into()?);
    let (server, libvirt, host) = scene(options).await?;

    // It does what it should, on the switch, in the running guest, and in its definition.
    let port = quarantine(&host, mac, vlan, options).await?;
    expect("the port is the guest's", port == "vnet0")?;
    expect("the port has the VLAN", tag(&host).await? == Some(vlan))?;
    expect(
        "the running guest has the VLAN",
        xml(&libvirt, Definition::Live).await?.contains("<tag id='99'/>"),
    )?;
    expect(
        "so has its definition",
        xml(&libvirt, Definition::Config)
            .await?
            .contains("<tag id='99'/>"),
    )?;
    print("quarantine: on the switch, in the guest and in its definition\n")?;

    // Twice is once.
    let commits = *server.commits().borrow();
    quarantine(&host, mac, vlan, options).await?;
    expect("nothing more is committed", *server.commits().borrow() == commits)?;
    print("again: nothing to do\n")?;

    // The connection is lost when the change is made and the answer is not sent yet.
    server.faults().drop_after_commit();
    quarantine(&host, mac, 100.try_into()?, options).await?;
    expect(
        "it finds that the change is made",
        tag(&host).await? == Some(100.try_into()?),
    )?;
    print("the answer is lost: the host is looked at, and the edit goes on\n")?;

    // There is no such guest.
    let refused = quarantine(&host, "52:54:00:00:00:02".parse()?, vlan, options).await;
    expect(
        "it says so",
        refused.is_err_and(|error| error.to_string() == "no port has 52:54:00:00:00:02"),
    )?;
    print("no such NIC: refused in one sentence\n")?;
    Ok(ExitCode::SUCCESS)
}

/// A host with one guest: a switch in memory that behaves as if ovs-vswitchd ran, and a libvirtd in memory.
async fn scene(options: &ApplyOptions) -> Result<(Server, Fake, Host), Failure> {
    let server = Server::builder()
        .database(vswitch::schema(vswitch::NEWEST_VERSION)?)
        .vswitchd(Vswitchd::with_devices(["vnet0"]))
        .start()
        .await?;
    server
        .transact(
            "Open_vSwitch",
            serde_json::json!([{"op": "insert", "table": "Open_vSwitch", "row": {}}]),
        )
        .await?;

    let libvirt = Fake::new("host1");
    libvirt.add_domain(FakeDomain::defined(
        "<domain type='kvm'><name>web</name><devices><interface type='bridge'>
           <mac address='52:54:00:00:00:01'/><source bridge='br0'/><virtualport type='openvswitch'/>
           <model type='virtio'/></interface></devices></domain>",
    )?);
    let web = libvirt.domain_by_name("web").await?;
    // It plugs the NIC into vnet0.
    libvirt.start_domain(web).await?;

    let host = Host::builder()
        .ovsdb(server.remote())
        .hypervisor("in memory", Arc::new(libvirt.clone()))
        .connect()
        .await?;
    // The switch is filled by the same means that a real one is.
    let plan = host.plan(AddBridge::new("br0"), &PlanOptions::new()).await?;
    host.apply(&plan, options).await?;
    let plan = host
        .plan(AddPort::new("br0", "vnet0"), &PlanOptions::new())
        .await?;
    host.apply(&plan, options).await?;
    Ok((server, libvirt, host))
}

async fn tag(host: &Host) -> Result<Option<VlanId>, Failure> {
    let topology = host.show().await?;
    Ok(topology.port("vnet0").ok_or("vnet0 is gone")?.tag)
}

async fn xml(libvirt: &Fake, definition: Definition) -> Result<String, Failure> {
    let web = libvirt.domain_by_name("web").await?;
    Ok(libvirt.domain_xml(web, definition).await?)
}

fn expect(what: &str, holds: bool) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(format!("not so: {what}").into())
    }
}
