//! A [`Topology`](crate::topology::Topology) for people and for programs.
//!
//! | function | for |
//! |---|---|
//! | [`text`] | a terminal |
//! | [`owners`] | a terminal: whose each object is, and what would undo an edit |
//! | [`trace()`] | a terminal: one NIC's way to the wire |
//! | [`json`], [`to_json`] | a program |
//! | [`svg`] | a browser, a ticket, a wall: one file, drawn to be understood at a glance |
//! | [`dot`] | Graphviz, where the reader wants to lay it out anew |
//! | [`mermaid`] | Markdown that draws Mermaid |
//!
//! All are pure and deterministic, and take time linear in what the topology holds.

mod bond;
mod cables;
mod devices;
mod dot;
mod findings;
mod forest;
mod json;
mod mermaid;
mod owners;
#[cfg(test)]
mod specimen;
mod svg;
mod text;
mod trace;
mod visible;
mod vlans;

pub use dot::dot;
pub use json::{json, to_json};
pub use mermaid::mermaid;
pub use owners::owners;
pub use svg::svg;
pub use text::text;
pub use trace::trace;
