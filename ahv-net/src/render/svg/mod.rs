//! The host as one self-contained SVG.
//!
//! | file | draws |
//! |---|---|
//! | `picture` | the page: heading, rows of trees, panels |
//! | `bridge` | a bridge with all around it: sizes first, then places |
//! | `ports` | nothing yet: which port goes into which lane, and its words |
//! | `shelf`, `lane` | ports of one kind and VLAN, in columns, wired to their bridge |
//! | `uplink` | bonds and NICs, and the wire |
//! | `controller` | the controller VM across its bridges |
//! | `panel`, `panels` | the lists below the drawing |
//! | `ink`, `measure`, `colour` | elements, widths of texts, colours |
//!
//! No box is placed by trial: each has its size from what it holds, and its place from its neighbours'
//! sizes, so nothing can overlap and the time is linear. Presentation attributes only, no style sheet, no
//! font of its own, no script: what sanitises SVG leaves it as it is.

mod bridge;
mod colour;
mod controller;
mod ink;
mod lane;
mod measure;
mod panel;
mod panels;
mod picture;
mod ports;
mod shelf;
#[cfg(test)]
mod tests;
mod uplink;

pub use picture::svg;

pub(super) use colour::{Pair, of_vlan};
