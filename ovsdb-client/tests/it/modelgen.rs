//! What modelgen makes of schemas that this crate has never seen compiles.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use ovsdb_client::{
    modelgen::{Source, generate},
    wire::DatabaseSchema,
};
use test_support::{Suite, Unavailable};

use crate::support::Checked;

/// Where the schemas of Debian's ovn-central are: installed, or unpacked where `AHV_OVN_SCHEMAS` says.
fn ovn_schemas() -> Result<Vec<PathBuf>, Unavailable> {
    let directory =
        std::env::var_os("AHV_OVN_SCHEMAS").map_or_else(|| PathBuf::from("/usr/share/ovn"), PathBuf::from);
    let schemas: Vec<_> = ["ovn-nb.ovsschema", "ovn-sb.ovsschema"]
        .map(|name| directory.join(name))
        .into();
    if schemas.iter().all(|schema| schema.exists()) {
        Ok(schemas)
    } else {
        let what = "the schemas of package ovn-central, in /usr/share/ovn or where AHV_OVN_SCHEMAS says";
        Err(Unavailable::Missing(what.to_owned()))
    }
}

const MANIFEST: &str = r#"
[package]
name = "typed"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
ovsdb-client = { path = "CRATE", default-features = false }
uuid = "1"
"#;

/// A crate of the generated modules, checked without the network and with warnings as errors.
fn compile(schemas: &[PathBuf]) -> Checked {
    let directory = tempfile::tempdir()?;
    let this_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = |name: &str| directory.path().join(name);
    std::fs::create_dir(path("src"))?;
    std::fs::write(
        path("Cargo.toml"),
        MANIFEST.replace("CRATE", &this_crate.display().to_string()),
    )?;
    std::fs::copy(this_crate.join("../Cargo.lock"), path("Cargo.lock"))?;
    let mut library = String::from("#![deny(warnings, missing_docs)]\n//! Typed.\n");
    for (index, schema) in schemas.iter().enumerate() {
        let schema = DatabaseSchema::parse(&std::fs::read_to_string(schema)?)?;
        std::fs::create_dir(path(&format!("src/m{index}")))?;
        for (name, text) in generate(Source {
            schema: &schema,
            facts: None,
        }) {
            std::fs::write(path(&format!("src/m{index}/{name}")), text)?;
        }
        library += &format!("#[rustfmt::skip]\npub mod m{index};\n");
    }
    std::fs::write(path("src/lib.rs"), library)?;
    let checked = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--manifest-path"])
        .arg(path("Cargo.toml"))
        .env("CARGO_TARGET_DIR", this_crate.join("../target/modelgen"))
        .output()?;
    if checked.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&checked.stderr).into_owned().into())
    }
}

pub(crate) fn add_to(suite: &mut Suite) {
    suite.limit(Duration::from_secs(600));
    suite.case_with("modelgen_types_the_schemas_of_ovn", ovn_schemas(), |schemas| {
        Ok(compile(&schemas).map_err(|error| error.to_string())?)
    });
    suite.limit(Duration::from_secs(60));
}
