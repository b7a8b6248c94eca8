//! Schemas: one that reads prints so that it reads the same, each column's default is of its type, and code can be generated
//! from it.

use ovsdb_client::modelgen::{Source, generate};
use ovsdb_client::wire::DatabaseSchema;

pub(crate) fn schema(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let Ok(schema) = DatabaseSchema::parse(text) else {
        return;
    };
    let printed = serde_json::to_string(&schema).expect("a schema prints");
    let again = DatabaseSchema::parse(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(serde_json::to_string(&again).expect("a schema prints"), printed);
    for table in schema.tables() {
        assert!(schema.table(&table.name).is_some());
        for column in table.columns() {
            assert!(
                table
                    .column(&column.name)
                    .is_some_and(|(_, found)| found == column)
            );
            assert!(column.type_.is_default(&column.type_.default_datum()));
        }
    }
    if schema.tables().len() < 8 {
        let source = Source {
            schema: &schema,
            facts: None,
        };
        assert_eq!(generate(source).len(), schema.tables().len() + 1);
    }
}
