//! Database files: ovsdb(5) "Standalone and Active-Backup Database File Format".
//!
//! A file is a log of records, each a line `OVSDB JSON LENGTH SHA1` and then so many bytes of JSON: first the schema,
//! then transactions. What is loaded lives in memory; the file is never written to but by [`Server::save`].
//!
//! [`Server::save`]: super::Server::save

mod load;
mod log;
mod save;

pub use load::{DatabaseFile, FileDamage, FileError};
pub(super) use save::print;
