//! Saving.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::{super::database::Database, log::append};

/// The database as a compact file: its schema and one transaction. Ephemeral columns are left out, as they do not
/// survive a restart (RFC 7047 §3.2).
///
/// # Errors
/// Only if a value cannot be printed as JSON.
#[expect(clippy::disallowed_methods, reason = "a file says when it was written")]
pub(in super::super) fn print(database: &Database) -> Result<Vec<u8>, serde_json::Error> {
    let mut file = Vec::new();
    append(&mut file, &serde_json::to_string(database.schema())?);
    let mut transaction = Map::new();
    for id in database.table_ids() {
        let table = &database[id];
        let mut rows = Map::new();
        for record in table.rows() {
            let mut cells = Map::new();
            for (column, (_, value)) in table.schema.columns().iter().zip(record.cells()) {
                if !column.ephemeral && !column.type_.is_default(value) {
                    cells.insert(column.name.to_string(), serde_json::to_value(value)?);
                }
            }
            rows.insert(record.uuid.to_string(), Value::Object(cells));
        }
        if !rows.is_empty() {
            transaction.insert(table.schema.name.to_string(), Value::Object(rows));
        }
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    transaction.insert("_date".to_owned(), json!(milliseconds));
    transaction.insert("_comment".to_owned(), json!("saved by the in-memory server"));
    append(&mut file, &Value::Object(transaction).to_string());
    Ok(file)
}
