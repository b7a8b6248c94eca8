//! What the examples share: where the host is read ([`Sources`]), and how a command begins and ends
//! ([`run`], [`print()`]).

mod command;
mod sources;

pub use command::{Outcome, print, run};
pub use sources::Sources;
