//! A [`Topology`](crate::topology::Topology) for people and for programs.

mod json;
mod text;
mod trace;

pub use json::{json, to_json};
pub use text::text;
pub use trace::trace;
