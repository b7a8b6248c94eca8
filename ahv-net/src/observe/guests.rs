//! Addresses inside running guests, as libvirt tells them: by the guest's agent, by the leases of its own DHCP
//! server, and by the host's ARP table.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use libvirt_model::live::{self, AddressSource, Hypervisor, InterfaceAddresses};
use uuid::Uuid;

use super::ObservedGuest;
use crate::topology::{Address, AddressOrigin, Link};

/// How many guests are asked at once.
const AT_ONCE: usize = 16;

/// How long one answer may take. An agent that hangs would hold up everything.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whom to ask, the one who knows best first.
const TELLERS: [(AddressSource, AddressOrigin); 3] = [
    (AddressSource::Agent, AddressOrigin::Agent),
    (AddressSource::Lease, AddressOrigin::Lease),
    (AddressSource::Arp, AddressOrigin::Arp),
];

/// A running guest, and whether its agent has answered to libvirtd.
#[derive(Debug, Clone, Copy)]
pub(super) struct Running {
    pub(super) domain: Uuid,
    pub(super) has_agent: bool,
}

/// What is known of the guests' addresses; `None` where the hypervisor tells none at all.
///
/// A guest that nobody knows an address of is left out. Asking is for evidence, so a teller that refuses is passed
/// over, and only a lost connection is an error.
pub(super) async fn observe(
    hypervisor: &dyn Hypervisor,
    running: Vec<Running>,
) -> Result<Option<Vec<ObservedGuest>>, live::Error> {
    let asked: Vec<_> = running
        .into_iter()
        .flat_map(|guest| TELLERS.into_iter().map(move |teller| (guest, teller)))
        .filter(|(guest, (_, origin))| guest.has_agent || *origin != AddressOrigin::Agent)
        .collect();
    let answers: Vec<Option<ObservedGuest>> = stream::iter(asked)
        .map(|(guest, teller)| ask(hypervisor, guest.domain, teller))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let told = answers.iter().any(Option::is_some);
    let mut guests: Vec<ObservedGuest> = answers.into_iter().flatten().collect();
    guests.retain(|guest| !guest.links.is_empty());
    Ok(told.then_some(guests))
}

async fn ask(
    hypervisor: &dyn Hypervisor,
    domain: Uuid,
    (source, origin): (AddressSource, AddressOrigin),
) -> Result<Option<ObservedGuest>, live::Error> {
    match tokio::time::timeout(PATIENCE, hypervisor.interface_addresses(domain, source)).await {
        Ok(Ok(interfaces)) => Ok(Some(ObservedGuest {
            from: Some(origin),
            links: interfaces.iter().map(link).collect(),
            routes: Vec::new(),
        })),
        Ok(Err(error)) if error.is_connection() => Err(error),
        Ok(Err(_)) | Err(_) => Ok(None),
    }
}

fn link(interface: &InterfaceAddresses) -> Link {
    let addresses = interface.addresses.iter();
    Link {
        mac: interface.mac,
        addresses: addresses.map(|(ip, prefix)| address(*ip, *prefix)).collect(),
        ..Link::named(&interface.name)
    }
}

/// The ARP table knows no prefix, which libvirt says by 0.
fn address(ip: IpAddr, prefix: u32) -> Address {
    let whole = if ip.is_ipv4() { 32 } else { 128 };
    let prefix = u8::try_from(prefix)
        .ok()
        .filter(|prefix| (1..=whole).contains(prefix));
    Address::new(ip, prefix.unwrap_or(whole))
}

/// Whether a live domain's XML says that the agent in the guest has connected.
pub(super) fn has_agent(xml: &str) -> bool {
    let target = xml
        .split("<target ")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .find(|target| target.contains("org.qemu.guest_agent.0"));
    target
        .is_some_and(|target| target.contains("state='connected'") || target.contains("state=\"connected\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_agent_that_has_connected_is_asked() {
        let xml = |state: &str| {
            format!("<channel><target type='virtio' name='org.qemu.guest_agent.0'{state}/><alias/></channel>")
        };
        assert!(has_agent(&xml(" state='connected'")));
        assert!(!has_agent(&xml(" state='disconnected'")));
        assert!(!has_agent(&xml("")));
        assert!(!has_agent(
            "<channel><target name='other' state='connected'/></channel>"
        ));
    }

    #[test]
    fn an_address_of_the_arp_table_has_no_network() {
        let ip = |text: &str| text.parse().unwrap();
        assert_eq!(address(ip("10.0.0.1"), 0).to_string(), "10.0.0.1/32");
        assert_eq!(address(ip("10.0.0.1"), 24).to_string(), "10.0.0.1/24");
        assert_eq!(address(ip("fe80::1"), 900).to_string(), "fe80::1/128");
    }

    #[cfg(feature = "embedded")]
    #[tokio::test]
    async fn what_libvirt_tells_of_a_guest_stands_with_its_nic() {
        use libvirt_model::live::fake::{Fake, FakeDomain};

        use crate::observe::{Observed, Sourced, libvirt};
        use crate::topology::join;

        let xml = "<domain type='kvm' id='1'><name>vm</name><uuid>3f0c7a52-5d0e-4b8e-9a51-0f6b2c1d3e45</uuid><devices>\
                   <interface type='user'><mac address='52:54:00:00:00:01'/></interface></devices></domain>";
        let told = InterfaceAddresses {
            name: "vnet7".to_owned(),
            mac: Some("52:54:00:00:00:01".parse().unwrap()),
            addresses: vec![("10.0.0.9".parse().unwrap(), 24)],
        };
        let fake = Fake::new("host");
        fake.add_domain(
            FakeDomain::defined(xml)
                .unwrap()
                .running(1, xml)
                .unwrap()
                .addresses(vec![told]),
        );
        let topology = join(&Observed {
            libvirt: Some(Sourced {
                from: "test".to_owned(),
                said: libvirt::observe(&fake).await.unwrap(),
            }),
            ..Observed::default()
        });
        let nic = &topology.domain("vm").unwrap().nics[0];
        assert_eq!(nic.addresses, [Address::new("10.0.0.9".parse().unwrap(), 24)]);
        // No agent has connected, and what the host calls the tap is not the guest's name of its NIC.
        let tellers: Vec<_> = nic.addresses_from.iter().copied().collect();
        assert_eq!(tellers, [AddressOrigin::Lease, AddressOrigin::Arp]);
        assert_eq!(nic.guest_name, None);
        assert!(topology.sources.iter().any(|source| source.name == "guests"));
    }
}
