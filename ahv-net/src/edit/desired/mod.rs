//! A desired state: what shall be on the host, in one document.
//!
//! What the document does not name is left alone; `"absent": true` takes something away. Everything is laid
//! over one draft by the intents that also do it alone, so that a document is one plan and one transaction,
//! and a second apply of it is an empty plan.

mod bridge;
mod document;
mod nic;
mod port;

pub use bridge::DesiredBridge;
pub use document::Desired;
pub use nic::DesiredNic;
pub use port::{DesiredBond, DesiredMirror, DesiredPatch, DesiredPort, DesiredSFlow, DesiredVxlan};
