//! A host in memory, for tests of what is built on [`Hypervisor`](super::Hypervisor).

mod backend;
mod host;

pub use backend::Fake;
pub use host::{FakeDomain, FakeNetwork};
