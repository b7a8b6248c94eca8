//! What the examples share: where the host is read ([`Sources`]), and how a command begins and ends
//! ([`run`], [`misused`], [`print()`], [`tell`]), and times on a command line ([`duration()`]).

mod command;
mod duration;
mod editing;
mod interrupt;
mod journal;
mod pair;
mod place;
mod sources;
mod vlans;
mod waiting;
mod word;

pub use command::{Outcome, misused, parse, print, run, tell};
pub use duration::duration;
pub use editing::Editing;
pub use journal::Journal;
pub use pair::pair;
pub use place::Place;
pub use sources::Sources;
pub use vlans::{Vlans, vlan, vlans};
pub use word::word;
