//! The crate's integration tests.

mod reference_host;
