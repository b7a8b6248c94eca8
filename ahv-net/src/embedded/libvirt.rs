use libvirt_model::live::fake::{Fake, FakeDomain, FakeNetwork};
use libvirt_model::xml;

/// The fake libvirtd with the two domains and the two networks of the reference host.
#[expect(
    clippy::expect_used,
    reason = "the files are part of this crate, and a test reads them"
)]
pub(crate) fn libvirt() -> Fake {
    reference().expect("the reference host's XML is well-formed")
}

fn reference() -> Result<Fake, xml::Error> {
    let fake = Fake::new("NTNX-DRM-3060-G4-1-1");
    let cvm = include_str!("reference/cvm.xml");
    let guest = include_str!("reference/guest-vlan32.xml");
    fake.add_domain(
        FakeDomain::defined(cvm)?
            .running(1, include_str!("reference/cvm-live.xml"))?
            .autostart(true),
    );
    fake.add_domain(FakeDomain::defined(guest)?.running(2, include_str!("reference/guest-vlan32-live.xml"))?);
    for network in [
        include_str!("reference/VM-Network.xml"),
        include_str!("reference/NTNX-Local-Network.xml"),
    ] {
        fake.add_network(FakeNetwork::defined(network)?.active().autostart(true));
    }
    Ok(fake)
}
