//! Database schemas: RFC 7047 §3.2.

mod base;
mod column;
mod conform;
mod database;
mod table;

pub use base::{BaseType, RefType};
pub use column::{ColumnSchema, ColumnType, Max};
pub use conform::DatumError;
pub use database::{DatabaseSchema, SchemaError, Version};
pub use table::TableSchema;
