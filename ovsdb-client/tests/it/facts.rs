//! Our facts of the schema against real schemas, where there are some.

use std::path::{Path, PathBuf};

use ovsdb_client::{vswitch, wire::DatabaseSchema};
use test_support::{PACKAGED_SCHEMA, Suite, Unavailable};

use crate::support::Checked;

/// A schema file of these places.
fn schema_file(places: &[PathBuf]) -> Result<PathBuf, Unavailable> {
    let found = places.iter().find(|place| place.exists());
    found.cloned().ok_or_else(|| {
        let places: Vec<_> = places.iter().map(|place| place.display().to_string()).collect();
        Unavailable::Missing(places.join(" or "))
    })
}

fn compare(file: &Path) -> Checked {
    let real = DatabaseSchema::parse(&std::fs::read_to_string(file)?)?;
    let ours = vswitch::schema(real.version)?;
    let names = |schema: &DatabaseSchema| {
        schema
            .tables()
            .iter()
            .map(|t| t.name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&ours), names(&real), "{}", real.version);
    for (ours, real) in ours.tables().iter().zip(real.tables()) {
        let columns = |columns: &[ovsdb_client::wire::ColumnSchema]| {
            columns
                .iter()
                .map(|column| column.name.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            columns(ours.columns()),
            columns(real.columns()),
            "columns of {}",
            real.name
        );
        for (ours, real_column) in ours.columns().iter().zip(real.columns()) {
            assert_eq!(ours, real_column, "a column of {}", real.name);
        }
        assert_eq!(ours, real);
    }
    Ok(())
}

/// Where further schema files are, as `vswitch-VERSION.ovsschema`; they are of another project and not kept here.
const SCHEMAS: &str = "AHV_OVS_SCHEMAS";

pub(crate) fn add_to(suite: &mut Suite) {
    let more = |name: &str| match std::env::var_os(SCHEMAS) {
        Some(directory) => vec![Path::new(&directory).join(name)],
        None => vec![Path::new(&format!("${SCHEMAS}")).join(name)],
    };
    for (name, places) in [
        (
            "the_facts_equal_the_packaged_schema",
            vec![PathBuf::from(PACKAGED_SCHEMA)],
        ),
        ("the_facts_equal_schema_7_4_0", more("vswitch-7.4.0.ovsschema")),
        ("the_facts_equal_schema_8_8_0", more("vswitch-8.8.0.ovsschema")),
    ] {
        suite.case_with(name, schema_file(&places), |file| {
            Ok(compare(&file).map_err(|error| error.to_string())?)
        });
    }
}
