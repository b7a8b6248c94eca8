//! The Python IDL, which follows changes and makes some: python3-openvswitch.

use test_support::{Outcome, OvsdbServer, OvsdbServerBuilder, Suite, Tool, Unavailable};

use crate::harness::{VSWITCH_SCHEMA, both};

const SCRIPT: &str = include_str!("idl.py");

/// The interpreter that Debian's python3-openvswitch belongs to.
const PYTHON: Tool = Tool {
    name: "python3",
    package: "python3-openvswitch",
};

pub(crate) fn add(suite: &mut Suite) {
    for scenario in ["rows", "events", "conditions", "lock", "verify", "abort"] {
        let need = OvsdbServer::available().and_then(|real| importable().map(|()| real));
        suite.case_with(format!("idl: {scenario}"), need, move |real| {
            follows(real, scenario)
        });
    }
}

fn importable() -> Result<(), Unavailable> {
    PYTHON.find()?;
    let found = std::process::Command::new("/usr/bin/python3")
        .args(["-c", "import ovs.db.idl"])
        .output();
    match found {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(Unavailable::Missing(
            "the Python module ovs (package python3-openvswitch)".to_owned(),
        )),
    }
}

fn follows(real: OvsdbServerBuilder, scenario: &str) -> Outcome {
    let says = both(real, |socket| {
        let output = std::process::Command::new("/usr/bin/python3")
            .args([
                "-c",
                SCRIPT,
                &format!("unix:{}", socket.display()),
                VSWITCH_SCHEMA,
                scenario,
            ])
            .output()
            .map_err(|error| error.to_string())?;
        let error = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("the script failed: {error}"));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    })?;
    assert!(
        says.0.lines().count() > 3,
        "the scenario says too little: {}",
        says.0
    );
    assert_eq!(says.0, says.1, "real, then ours");
    Ok(())
}
