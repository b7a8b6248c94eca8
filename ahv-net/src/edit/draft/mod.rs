//! The host with an edit laid over it.

mod documents;
mod host;
mod networks;
mod rows;
mod status;
mod switch;
mod uplinks;

pub(crate) use documents::{fragments, halves, list, macs, xml_error, xml_error_of};
pub(crate) use host::Draft;
pub(crate) use networks::names;
pub(crate) use rows::{Rows, is_default};
pub(crate) use status::is_status;
pub(crate) use switch::FakeBridge;
pub(crate) use uplinks::{LinkIs, kind, said};
