//! What a pre-flight verdict says, tried on a real libvirtd: a change that is judged live is made, every other is refused or ignored.

use std::sync::Arc;

use libvirt_model::domain::{
    DeviceFragments, Domain, Interface, InterfaceBuilder, Mac, Model, Preflight, Verdict,
};
use libvirt_model::live::{self, Affect, Definition, Hypervisor};
use libvirt_model::network::Network;
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::{Document, Fragment};
use test_support::{Lab, Suite};
use uuid::Uuid;

use super::{Outcome, run};

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub(crate) fn add_to(suite: &mut Suite) {
    suite.case_with(
        "libvirtd does what the pre-flight verdict says",
        Lab::with_guests(),
        |lab| {
            let _turn = lab.exclusive()?;
            Ok(run(agrees(lab))?)
        },
    );
}

/// What is changed: an element put in the place of the one of its name, one taken away, or an attribute of the interface.
enum Change {
    Put(&'static str),
    Without(&'static str),
    Attribute(&'static str),
}

use Change::{Attribute, Put, Without};

const ON_LINUX: &[Change] = &[
    Put("<link state='down'/>"),
    Without("link"),
    Put("<coalesce><rx><frames max='8'/></rx></coalesce>"),
    Put("<port isolated='yes'/>"),
    Put("<vlan><tag id='5'/></vlan>"),
    Put("<virtualport type='openvswitch'/>"),
    Put("<ip address='10.0.0.5' prefix='24'/>"),
    Put("<route address='10.0.0.0' prefix='24' gateway='10.1.1.1'/>"),
    Put("<portForward proto='tcp'/>"),
    Put("<script path='/bin/true'/>"),
    Put("<downscript path='/bin/true'/>"),
    Put("<target dev='tap900'/>"),
    Put("<guest dev='eth7'/>"),
    Put("<model type='e1000'/>"),
    Put("<driver queues='2'/>"),
    Put("<tune><sndbuf>1600</sndbuf></tune>"),
    Put("<mtu size='1400'/>"),
    Put("<rom bar='off'/>"),
    Put("<acpi index='7'/>"),
    Put("<teaming type='persistent'/>"),
    Put("<alias name='net77'/>"),
    Put("<new-element/>"),
    Without("model"),
    Attribute("managed"),
    Attribute("trustGuestRxFilters"),
    Put("<source bridge='lbtwo'/>"),
];

const ON_SWITCH: &[Change] = &[
    Put("<bandwidth><inbound average='1000'/></bandwidth>"),
    Without("bandwidth"),
    Put("<link state='down'/>"),
    Put("<vlan><tag id='77'/></vlan>"),
    Without("vlan"),
    Put("<filterref filter='clean-traffic'/>"),
    Put("<port isolated='yes'/>"),
    Put("<mtu size='1400'/>"),
    Without("virtualport"),
];

/// Networks that a NIC on the Linux bridge is moved to.
const NETWORKS: &[&str] = &[
    "<network><name>pre-two</name><forward mode='bridge'/><bridge name='lbtwo'/></network>",
    "<network><name>pre-switch</name><forward mode='bridge'/><bridge name='br0'/><virtualport type='openvswitch'/></network>",
    "<network><name>pre-macvtap</name><forward mode='bridge'><interface dev='eth1'/></forward></network>",
];

async fn agrees(lab: Lab) -> Outcome {
    let hypervisor: Arc<dyn Hypervisor> = Arc::from(live::connect(lab.libvirt()).await?);
    let guest = hypervisor.domain_by_name("guest-vlan32").await?;
    for bridge in ["lbone", "lbtwo"] {
        lab.run(&["ip", "link", "add", bridge, "type", "bridge"])?;
        lab.run(&["ip", "link", "set", bridge, "up"])?;
    }
    let mut networks = Vec::new();
    for network in NETWORKS {
        networks.push(hypervisor.create_network(network).await?);
    }
    let outcome = every_change(&*hypervisor, guest).await;
    for network in networks {
        hypervisor.destroy_network(network).await?;
    }
    for bridge in ["lbone", "lbtwo"] {
        lab.run(&["ip", "link", "del", bridge])?;
    }
    outcome
}

async fn every_change(hypervisor: &dyn Hypervisor, guest: Uuid) -> Outcome {
    let mac: MacAddr = "50:6b:8d:00:04:01".parse()?;
    let nic = InterfaceBuilder::bridge("lbone")
        .mac(Mac::new(mac))
        .model(Model::virtio());
    hypervisor
        .attach_device(guest, nic.document()?.as_str(), Affect::Live)
        .await?;
    let mut wrong = Vec::new();
    for change in ON_LINUX {
        wrong.extend(one(hypervisor, guest, mac, |nic| changed(nic, change)).await?);
    }
    for network in NETWORKS {
        let document = Document::parse(*network)?;
        let name = Network::of(&document)?.name()?.into_owned();
        let source = format!("<source network='{name}'/>");
        wrong.extend(
            one(hypervisor, guest, mac, |nic| {
                let moved = changed(nic, &Put("<source/>"))?;
                Ok(moved
                    .replace("<source/>", &source)
                    .replace("type='bridge'", "type='network'"))
            })
            .await?,
        );
    }
    detach(hypervisor, guest, mac).await?;
    let own: MacAddr = "50:6b:8d:00:00:20".parse()?;
    let before = live(hypervisor, guest).await?;
    for change in ON_SWITCH {
        wrong.extend(one(hypervisor, guest, own, |nic| changed(nic, change)).await?);
    }
    // The lab's guest gets its NIC back as it was.
    let restore = DeviceFragments::of(Some(&Domain::of(&before)?), None, own)?;
    let restore = restore.live.expect("it runs");
    hypervisor
        .update_device(guest, restore.as_str(), Affect::Live)
        .await?;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}

/// Judges a change, asks libvirtd for it, and compares; returns what does not agree.
async fn one(
    hypervisor: &dyn Hypervisor,
    guest: Uuid,
    mac: MacAddr,
    change: impl Fn(Interface<'_>) -> Result<String, Failure>,
) -> Result<Option<String>, Failure> {
    let documents: Vec<Document> = NETWORKS
        .iter()
        .map(|text| Document::parse(*text))
        .collect::<Result<_, _>>()?;
    let networks: Vec<Network<'_>> = documents.iter().map(Network::of).collect::<Result<_, _>>()?;
    let document = live(hypervisor, guest).await?;
    let before = Domain::of(&document)?
        .interfaces_by_mac(mac)
        .next()
        .expect("the NIC is there");
    let asked = Document::parse(change(before)?)?;
    let after = Interface::of(&asked)?;
    let judged = Preflight::of(&before, &after, &networks)?;
    if judged.verdict == Verdict::Nothing {
        return Ok(Some(format!("{asked} is judged to change nothing")));
    }
    let made = hypervisor
        .update_device(guest, asked.as_str(), Affect::Live)
        .await;
    let now = live(hypervisor, guest).await?;
    let now = Domain::of(&now)?
        .interfaces_by_mac(mac)
        .next()
        .expect("the NIC is still there");
    // Asked for the same once more, nothing is left to do.
    let left = Preflight::of(&now, &after, &networks)?.verdict;
    let done = made.is_ok() && left == Verdict::Nothing;
    Ok((done != (judged.verdict == Verdict::Live)).then(|| {
        format!(
            "judged {:?} ({:?}), libvirt: {made:?}, left: {left:?}\n{asked}",
            judged.verdict, judged.parts
        )
    }))
}

/// The NIC's element with the change, as text.
fn changed(nic: Interface<'_>, change: &Change) -> Result<String, Failure> {
    let device = nic.device()?;
    let root = device.root();
    let mut edit = device.edit();
    match change {
        Put(text) => {
            let new = Document::parse(*text)?;
            let fragment = Fragment::of(new.root());
            match root.child(new.root().name()) {
                Some(old) => edit.replace(old, fragment),
                None => edit.insert(root, fragment, &[]),
            };
        }
        Without(name) => {
            for old in root.children_named(name) {
                edit.remove(old);
            }
        }
        Attribute(name) => {
            edit.set_attribute(root, name, "yes");
        }
    }
    Ok(edit.finish()?.as_str().to_owned())
}

async fn live(hypervisor: &dyn Hypervisor, guest: Uuid) -> Result<Document, Failure> {
    Ok(Document::parse(
        hypervisor.domain_xml(guest, Definition::Live).await?,
    )?)
}

async fn detach(hypervisor: &dyn Hypervisor, guest: Uuid, mac: MacAddr) -> Outcome {
    let document = live(hypervisor, guest).await?;
    let fragments = DeviceFragments::of(Some(&Domain::of(&document)?), None, mac)?;
    let nic = fragments.live.expect("it runs");
    hypervisor
        .detach_device(guest, nic.as_str(), Affect::Live)
        .await?;
    Ok(())
}
