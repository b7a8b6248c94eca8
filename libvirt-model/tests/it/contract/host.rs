//! The lab's guests and networks in memory.

use libvirt_model::live::fake::{Fake, FakeDomain, FakeNetwork};

use super::Outcome;

pub(crate) async fn in_memory() -> Result<Fake, Box<dyn std::error::Error + Send + Sync>> {
    let fake = Fake::new("memory");
    fake.add_network(
        FakeNetwork::defined(
            "<network><name>VM-Network</name><forward mode='bridge'/><bridge name='br0'/><virtualport type='openvswitch'/>
             <portgroup name='VM-Network' default='yes'/><portgroup name='vlan50'><vlan><tag id='50'/></vlan></portgroup></network>",
        )?
        .active()
        .autostart(true),
    );
    for (name, mac, source) in [
        (
            "guest-vlan32",
            "50:6b:8d:00:00:20",
            "type='bridge'><source bridge='br0'/><virtualport type='openvswitch'/><vlan><tag id='32'/></vlan><target dev='tap345'/>",
        ),
        (
            "guest-net",
            "50:6b:8d:00:00:21",
            "type='network'><source network='VM-Network'/>",
        ),
        (
            "guest-pg",
            "50:6b:8d:00:00:22",
            "type='network'><source network='VM-Network' portgroup='vlan50'/>",
        ),
    ] {
        let xml = format!(
            "<domain type='qemu'>\n  <name>{name}</name>\n  <devices>\n    <interface {source}<mac address='{mac}'/>\
             <model type='virtio'/></interface>\n  </devices>\n</domain>"
        );
        let domain = FakeDomain::defined(&xml)?;
        fake.add_domain(domain);
    }
    start_all(&fake).await?;
    Ok(fake)
}

async fn start_all(fake: &Fake) -> Outcome {
    use libvirt_model::live::Hypervisor as _;
    for domain in fake.domains().await? {
        fake.start_domain(domain.uuid).await?;
    }
    Ok(())
}
