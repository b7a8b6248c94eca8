//! What is measured, a part a file.

mod decode;
mod facade;
mod join;
mod memory_server;
mod replica;
mod requests;
mod show;
mod sync;
mod updates;
mod watchers;
mod xml;

use crate::server::Stage;
use crate::table::Table;
use crate::{Failure, Size};

type Part = fn(Size, &Stage, &mut Table) -> Result<(), Failure>;

/// All of them, by the names that `--only` takes.
pub(crate) const ALL: [(&str, Part); 11] = [
    ("decode", decode::measure),
    ("sync", sync::measure),
    ("requests", requests::measure),
    ("updates", updates::measure),
    ("replica", replica::measure),
    ("facade", facade::measure),
    ("join", join::measure),
    ("xml", xml::measure),
    ("memory_server", memory_server::measure),
    ("show", show::measure),
    ("watchers", watchers::measure),
];
