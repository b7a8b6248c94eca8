//! What every [`Hypervisor`] does alike: the same cases on the host in memory and on the lab's libvirtd.

mod devices;
mod domains;
mod fixture;
mod host;
mod networks;
mod preflight;
mod sessions;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use libvirt_model::live;
use test_support::{Lab, Suite};

pub(crate) use fixture::{Fixture, Outcome, run};

type Body = fn(Fixture) -> Pin<Box<dyn Future<Output = Outcome>>>;

/// Names of cases with their bodies.
macro_rules! cases {
    ($($module:ident: $($case:ident),+;)+) => {
        const CASES: &[(&str, Body)] = &[$($((stringify!($case), |fixture| Box::pin($module::$case(fixture)))),+),+];
    };
}

cases! {
    domains: reads_domains, defines_and_undefines, tells_of_pauses, keeps_metadata, counts_and_addresses, refuses_the_unknown;
    networks: reads_networks, keeps_a_network, updates_a_portgroup;
    devices: plugs_a_bridge_nic, plugs_a_network_nic, plugs_a_portgroup_nic, refuses_what_cannot_be;
}

pub(crate) fn add_to(suite: &mut Suite) {
    suite.limit(Duration::from_secs(120));
    for (name, body) in CASES {
        let title = name.replace('_', " ");
        suite.case(format!("contract: {title} (in memory)"), move || {
            Ok(run(async {
                let hypervisor = Arc::new(host::in_memory().await?);
                body(Fixture {
                    hypervisor,
                    lab: None,
                    _turn: None,
                })
                .await
            })?)
        });
        #[cfg(feature = "virt")]
        suite.case_with(
            format!("contract: {title} (the C library)"),
            Lab::with_guests(),
            move |lab| {
                let turn = lab.exclusive()?;
                Ok(run(async {
                    let hypervisor = Arc::new(live::Virt::open(lab.libvirt(), false).await?);
                    body(Fixture {
                        hypervisor,
                        lab: Some(lab),
                        _turn: Some(Box::new(turn)),
                    })
                    .await
                })?)
            },
        );
        suite.case_with(
            format!("contract: {title} (native)"),
            Lab::with_guests(),
            move |lab| {
                let turn = lab.exclusive()?;
                Ok(run(async {
                    let hypervisor = Arc::from(live::connect(lab.libvirt()).await?);
                    body(Fixture {
                        hypervisor,
                        lab: Some(lab),
                        _turn: Some(Box::new(turn)),
                    })
                    .await
                })?)
            },
        );
    }
    sessions::add_to(suite);
    preflight::add_to(suite);
}
