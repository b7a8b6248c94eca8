//! Typed tables for any OVSDB schema.
//!
//! [`generate`] turns a [`DatabaseSchema`](crate::wire::DatabaseSchema) into one Rust file a table, over the traits of
//! [`table`](crate::table) and [`value`](crate::value). The binary `modelgen` does so for an `.ovsschema` file, a facts
//! file or a live database. The tables of [`vswitch`](crate::vswitch) are made by it from [`Facts`], and a test fails
//! when they are stale.

mod facts;
mod generate;
mod names;
mod notation;

pub use facts::{Facts, FactsError};
pub use generate::{Source, generate};
