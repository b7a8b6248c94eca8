//! A host in memory, for tests of what is built on [`Hypervisor`](super::Hypervisor).

mod backend;
mod devices;
mod host;
mod lifecycle;
mod metadata;
mod refusal;

pub use backend::Fake;
pub use host::{FakeDomain, FakeNetwork};
