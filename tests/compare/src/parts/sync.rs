//! The initial sync, whole processes: ours, ovs-vsctl, Python's IDL, and the floor.

use std::path::{Path, PathBuf};

use test_support::Tool;

use crate::child::{Usage, usage, usage_of_own};
use crate::floor::Floor;
use crate::measure::{Pairs, median, time};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size, rows};

const PYTHON: &str = "/usr/bin/python3";

pub(super) fn measure(size: Size, stage: &Stage, table: &mut Table) -> Result<(), Failure> {
    let server = stage.server()?;
    let remote = server.remote();
    let socket = server.socket();
    let reply = Floor::connect(&socket)?
        .ask(rows::monitor()?.as_bytes())?
        .len()
        .to_string();
    let socket = socket.to_str().ok_or("the socket has a strange name")?;
    let vsctl = Tool::OVS_VSCTL.find()?;
    let script = python_script()?;
    let (mut vsctls, mut floors, mut pythons) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..size.pairs {
        let floor = usage_of_own(&["floor-sync", socket, &reply])?;
        let ours = usage_of_own(&["sync", &remote])?;
        let theirs = usage(
            &vsctl,
            &vsctl_arguments(&remote)
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        )?;
        // One pair: Python takes as long as all the others together.
        if pair == 0 {
            match usage(
                Path::new(PYTHON),
                &[path(&script)?, &remote, test_support::PACKAGED_SCHEMA],
            ) {
                Ok(python) => pythons.push((ours.clone(), python)),
                Err(failure) => table.not_run("initial sync of Python's IDL", &failure.to_string()),
            }
        }
        floors.push((ours.clone(), floor));
        vsctls.push((ours, theirs));
    }
    let cpu = pairs(&vsctls, |usage| usage.cpu.as_secs_f64());
    table.add(
        "client CPU of the initial sync, against ovs-vsctl",
        "×",
        Target::AtMost(0.2),
        cpu.ratio(),
        cpu.show(),
    );
    for (name, runs) in [
        ("the floor", &floors),
        ("ovs-vsctl", &vsctls),
        ("Python's IDL with its C extension (one pair)", &pythons),
    ] {
        if runs.is_empty() {
            continue;
        }
        let wall = pairs(runs, |usage| usage.wall.as_secs_f64());
        table.add(
            format!("initial sync end to end, whole process, against {name}"),
            "×",
            Target::Reported,
            wall.ratio(),
            wall.show(),
        );
    }
    if !pythons.is_empty() {
        let cpu = pairs(&pythons, |usage| usage.cpu.as_secs_f64());
        table.add(
            "client CPU of the initial sync, against Python's IDL (one pair)",
            "×",
            Target::Reported,
            cpu.ratio(),
            cpu.show(),
        );
    }
    let memory = pairs(&vsctls, |usage| usage.peak_kilobytes);
    table.add(
        "peak resident memory, against ovs-vsctl",
        "×",
        Target::AtMost(1.0 / 3.0),
        memory.ratio(),
        format!(
            "{:.2} × ({:.0} MB against {:.0} MB)",
            memory.ratio(),
            memory.ours() / 1024.0,
            memory.theirs() / 1024.0
        ),
    );
    let floor = median(floors.iter().map(|(_, floor)| floor.peak_kilobytes));
    let python = median(pythons.iter().map(|(_, python)| python.peak_kilobytes));
    table.add(
        "peak resident memory of the others",
        "",
        Target::Reported,
        floor,
        format!(
            "floor {:.0} MB, Python {:.0} MB; the floor's CPU is {}",
            floor / 1024.0,
            python / 1024.0,
            time(median(floors.iter().map(|(_, floor)| floor.cpu.as_secs_f64())))
        ),
    );
    Ok(())
}

/// Every column of both tables, as ours; nothing is printed, for nothing is found.
fn vsctl_arguments(remote: &str) -> Vec<String> {
    let words = [
        "--no-wait",
        "find",
        "Port",
        "name=none",
        "--",
        "find",
        "Interface",
        "name=none",
    ];
    [format!("--db={remote}")]
        .into_iter()
        .chain(words.map(str::to_owned))
        .collect()
}

fn pairs(runs: &[(Usage, Usage)], of: impl Fn(&Usage) -> f64) -> Pairs {
    Pairs(runs.iter().map(|(ours, theirs)| (of(ours), of(theirs))).collect())
}

fn python_script() -> Result<PathBuf, Failure> {
    script("sync.py")
}

/// A script beside this program's sources.
pub(super) fn script(name: &str) -> Result<PathBuf, Failure> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name);
    if script.exists() {
        Ok(script)
    } else {
        Err(format!("{} is not there", script.display()).into())
    }
}

pub(super) fn path(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| "a path is no UTF-8".into())
}
