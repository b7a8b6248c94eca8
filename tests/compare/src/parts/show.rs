//! `show` of the reference host, whole process, beside `ovs-vsctl show`.

use test_support::{OvsdbServer, Tool};

use super::sync::path;
use crate::child::usage;
use crate::floor::Floor;
use crate::measure::Pairs;
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size};

/// The transaction that makes the reference host's database.
const REFERENCE: &str = include_str!("../../../../ahv-net/src/embedded/reference/ovsdb.json");

pub(super) fn measure(size: Size, _: &Stage, table: &mut Table) -> Result<(), Failure> {
    let show = std::env::current_exe()?.with_file_name("examples").join("show");
    if !show.exists() {
        return Err("the example show is not built: run tests/compare/run".into());
    }
    let server = OvsdbServer::available()?.vswitch().start()?;
    let operations: Vec<serde_json::Value> = serde_json::from_str(REFERENCE)?;
    let mut params = vec![serde_json::Value::from("Open_vSwitch")];
    params.extend(operations);
    let request = serde_json::json!({"id": 0, "method": "transact", "params": params});
    Floor::connect(&server.socket())?.ask(request.to_string().as_bytes())?;
    let vsctl = Tool::OVS_VSCTL.find()?;
    let remote = server.remote();
    let database = format!("--db={remote}");
    let (mut wall, mut cpu, mut memory) = (Pairs::default(), Pairs::default(), Pairs::default());
    // These are short, and many pairs cost little.
    for _ in 0..size.pairs * 5 {
        let ours = usage(&show, &["--ovsdb", &remote])?;
        let theirs = usage(&vsctl, &[&database, "--no-wait", "show"])?;
        if !ours.printed.contains("tap345") || !theirs.printed.contains("tap345") {
            return Err(format!("{} shows another host", path(&show)?).into());
        }
        wall.push(ours.wall, theirs.wall);
        cpu.push(ours.cpu, theirs.cpu);
        memory.0.push((ours.peak_kilobytes, theirs.peak_kilobytes));
    }
    table.add(
        "`show` of the reference host, whole process, against `ovs-vsctl show`",
        "×",
        Target::AtMost(2.0),
        wall.ratio(),
        wall.show(),
    );
    table.add("the same, CPU", "×", Target::Reported, cpu.ratio(), cpu.show());
    table.add(
        "the same, peak resident memory",
        "×",
        Target::Reported,
        memory.ratio(),
        format!(
            "{:.2} × ({:.0} MB against {:.0} MB)",
            memory.ratio(),
            memory.ours() / 1024.0,
            memory.theirs() / 1024.0
        ),
    );
    Ok(())
}
