//! The facts that the tables are made from.

use std::sync::{Arc, LazyLock};

use crate::{
    modelgen::{Facts, FactsError},
    wire::{DatabaseSchema, Version},
};

/// The oldest schema that is known: Open vSwitch 2.1.3.
pub const FIRST_VERSION: Version = Version::new(7, 4, 0);

/// The newest schema that is known.
pub const NEWEST_VERSION: Version = Version::new(8, 8, 0);

const TABLES: &str = include_str!("tables.json");

static FACTS: LazyLock<Result<Facts, Arc<FactsError>>> =
    LazyLock::new(|| Facts::parse(TABLES).map_err(Arc::new));

/// All versions of the schema.
#[expect(
    clippy::expect_used,
    reason = "the file is part of this crate, and a test reads it"
)]
pub fn facts() -> &'static Facts {
    FACTS.as_ref().expect("tables.json reads")
}

/// The schema of a version, from 7.4.0 to 8.8.0. It is what get_schema gives, but for the checksum.
///
/// # Errors
/// If the version is outside that range.
pub fn schema(version: Version) -> Result<DatabaseSchema, FactsError> {
    facts().schema(version)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::modelgen::{Source, generate};

    #[test]
    fn the_facts_read_and_reach_as_far_as_they_say() {
        assert_eq!(
            (facts().first(), facts().newest()),
            (FIRST_VERSION, NEWEST_VERSION)
        );
        assert!(schema(Version::new(7, 3, 0)).is_err() && schema(Version::new(9, 0, 0)).is_err());
        let old = schema(FIRST_VERSION).unwrap();
        let port = old.table("Port").unwrap();
        assert!(port.column("tag").is_some() && port.column("cvlans").is_none());
        assert!(old.table("AutoAttach").is_none());
        let allowed = |schema: &DatabaseSchema| {
            let table = Arc::clone(schema.table("Port").unwrap());
            table
                .column("vlan_mode")
                .unwrap()
                .1
                .type_
                .key
                .enum_
                .clone()
                .unwrap()
                .len()
        };
        assert_eq!((allowed(&old), allowed(&schema(NEWEST_VERSION).unwrap())), (4, 5));
    }

    /// `cargo run --bin modelgen -- --facts src/vswitch/tables.json src/vswitch/generated` brings it up to date.
    #[test]
    fn the_generated_tables_are_up_to_date() {
        let schema = schema(NEWEST_VERSION).unwrap();
        let files = generate(Source {
            schema: &schema,
            facts: Some(facts()),
        });
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/vswitch/generated");
        for (name, text) in &files {
            let there = std::fs::read_to_string(directory.join(name)).unwrap_or_default();
            assert!(there == *text, "{name} is stale: run modelgen");
        }
        let there = std::fs::read_dir(directory).unwrap().count();
        assert_eq!(there, files.len(), "a generated file belongs to no table");
    }
}
