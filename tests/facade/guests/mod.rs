//! Edits of guests and of libvirt's networks, on the lab: what the tools of the host itself show afterwards, that a
//! second run has nothing to do, and that undoing it leaves the host as it was.

mod desired;
mod networks;
mod nics;
mod refused;
mod restart;
mod scene;
mod state;

use std::time::Duration;

use test_support::Suite;

pub(crate) fn cases(suite: &mut Suite) {
    refused::embedded(suite);
    suite.limit(Duration::from_secs(240));
    nics::cases(suite);
    desired::cases(suite);
    networks::cases(suite);
    restart::cases(suite);
    refused::cases(suite);
}
