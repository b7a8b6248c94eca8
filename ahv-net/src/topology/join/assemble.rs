use foldhash::{HashMap, HashSet};

use super::bridges::{self, RawBridge};
use super::claims::{self, Claims};
use super::inside::Inside;
use super::nics::Nics;
use super::port::Completion;
use super::roles::Surroundings;
use super::ties::Ties;
use super::{loose, order, owners, records};
use crate::observe::{KernelObservation, LibvirtObservation, Observed, ObservedDomain};
use crate::topology::{Address, Bridge, BridgeKind, DomainRole, Link, ModelVersion, Topology};

/// Joins what the sources say into one picture.
///
/// Deterministic: equal input gives equal output, whatever the order in which the sources listed
/// their objects. Takes time linear in the number of objects, sorting aside.
pub fn join(observed: &Observed) -> Topology {
    let no_libvirt = LibvirtObservation::default();
    let libvirt = observed
        .libvirt
        .as_ref()
        .map_or(&no_libvirt, |libvirt| &libvirt.said);
    let links = observed.kernel.as_ref().map(|kernel| by_name(&kernel.said.links));
    // In a fixed order from here on, so that nothing below depends on who was listed first.
    let domains = order::sorted(&libvirt.domains, |domain| &domain.name);
    let networks = order::sorted(&libvirt.networks, |network| &network.name);
    let nics = Nics::of(&domains);
    let ties = Ties::of(&networks);
    let (raw, missing) = bridges::collect(observed, &nics, &ties, &networks);
    let claims = claims::settle(&raw, &nics, links.as_ref());

    let no_kernel = KernelObservation::default();
    let kernel = observed.kernel.as_ref().map_or(&no_kernel, |kernel| &kernel.said);
    let cvm_local = cvm_local_addresses(&raw, &claims, links.as_ref());
    let by_uuid = domains.iter().map(|domain| (domain.uuid, *domain)).collect();
    let peers: HashSet<&str> = kernel
        .links
        .iter()
        .filter_map(|link| link.peer.as_deref())
        .collect();
    let devices = raw
        .iter()
        .flat_map(|bridge| &bridge.ports)
        .flat_map(claims::devices);
    let bridged = devices.filter(|device| peers.contains(device)).collect();
    let around = Surroundings {
        links: links.as_ref(),
        gaps: &kernel.gaps,
        abridged: observed.ovsdb.as_ref().is_some_and(|ovsdb| ovsdb.said.abridged),
        libvirt_read: observed.libvirt.is_some(),
        domains: &by_uuid,
        has_cvm: libvirt
            .domains
            .iter()
            .any(|domain| domain.active && is_cvm(&domain.name)),
        bridged: &bridged,
        cvm_local: &cvm_local,
    };
    let (places, joined) = (claims.places(&nics), claims.joined(&nics));
    let mut completion = Completion {
        links: links.as_ref(),
        ties: &ties,
        claims,
        around: &around,
    };
    let bridges: Vec<Bridge> = raw.iter().map(|bridge| completion.bridge(bridge)).collect();

    let mut unmatched = records::damage(observed);
    unmatched.extend(missing);
    unmatched.extend(loose::ports(&bridges));
    unmatched.extend(loose::nics(&nics, &joined));
    unmatched.extend(completion.claims.contradictions);
    unmatched.extend(loose::links(observed, &bridges, &nics));
    unmatched.sort_by(|a, b| a.kind.cmp(&b.kind).then_with(|| order::by_name(&a.name, &b.name)));

    let mut topology = Topology {
        version: ModelVersion::CURRENT,
        host: records::host(observed),
        networks: records::networks(&networks, &nics, &ties),
        domains: records::domains(&domains, &ties, places, &Inside::of(observed)),
        bridges,
        links: records::links(&kernel.links),
        routes: records::routes(&kernel.routes),
        kernel_gaps: kernel.gaps.clone(),
        ifcfg: records::ifcfg(observed),
        unmatched,
        sources: records::sources(observed),
    };
    owners::assign(&mut topology);
    topology
}

/// The controller VM is known by the name that Nutanix gives it: `NTNX-…-CVM`.
fn is_cvm(domain: &str) -> bool {
    domain.ends_with("-CVM")
}

pub(super) fn role_of(domain: &ObservedDomain) -> DomainRole {
    if is_cvm(&domain.name) {
        DomainRole::Cvm
    } else {
        DomainRole::Guest
    }
}

fn by_name(links: &[Link]) -> HashMap<&str, &Link> {
    links.iter().map(|link| (link.name.as_str(), link)).collect()
}

/// The host's addresses on the Linux bridges that a controller VM's NIC is on.
fn cvm_local_addresses(
    raw: &[RawBridge<'_>],
    claims: &Claims<'_>,
    links: Option<&HashMap<&str, &Link>>,
) -> Vec<Address> {
    raw.iter()
        .filter(|bridge| bridge.kind == BridgeKind::Linux)
        .filter(|bridge| {
            bridge.ports.iter().any(|port| {
                let claim = claims.of(bridge.name, port.name);
                claim.is_some_and(|claim| is_cvm(&claim.candidate.domain.name))
            })
        })
        .filter_map(|bridge| links?.get(bridge.name))
        .flat_map(|link| link.addresses.iter().copied())
        .filter(|address| !address.is_link_local())
        .collect()
}
