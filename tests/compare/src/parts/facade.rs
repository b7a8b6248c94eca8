//! Adding one port through the facade, the connection open, beside `ovs-vsctl --no-wait add-port`.

use std::path::Path;
use std::time::{Duration, Instant};

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{AddPort, Intent, PlanOptions, SetVlan};
use ahv_net::libvirt_model::vocab::VlanId;
use test_support::Tool;

use crate::child::usage;
use crate::floor::Floor;
use crate::measure::{Pairs, median_time, time};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size, rows, server};

/// How many ports one pair adds by each.
const ADDED: usize = 5;

pub(super) fn measure(size: Size, _: &Stage, table: &mut Table) -> Result<(), Failure> {
    let ports = size.ports.min(3_000);
    let server = server::filled(ports)?;
    let remote = server.remote();
    let vsctl = Tool::OVS_VSCTL.find()?;
    let database = format!("--db={remote}");
    let runtime = server::runtime()?;
    let host = runtime.block_on(Host::builder().ovsdb(&remote).connect())?;
    let mut floor = Floor::connect(&server.socket())?;
    // What an edit writes down before it is done.
    let state = tempfile::tempdir()?;
    // The first edit reads the database; those after it find it read.
    runtime.block_on(add(&host, state.path(), "first"))?;
    let (mut pairs, mut parts, mut floors) = (Pairs::default(), Vec::new(), Vec::new());
    let mut changes = Pairs::default();
    for pair in 0..size.pairs {
        // Not in turns: after ovs-vsctl has gone, the server's next commit takes some 20 ms for what it leaves behind.
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for number in 0..ADDED {
            let (plan, apply) = runtime.block_on(add(&host, state.path(), &format!("a{pair}x{number}")))?;
            ours.push(plan + apply);
            parts.push((plan, apply));
            floors.push(bare_add(&mut floor, &format!("f{pair}x{number}"))?);
        }
        for number in 0..ADDED {
            let name = format!("v{pair}x{number}");
            theirs.push(usage(&vsctl, &[&database, "--no-wait", "add-port", rows::BRIDGE, &name])?.wall);
        }
        let (mut ours_set, mut theirs_set) = (Vec::new(), Vec::new());
        for number in 0..ADDED {
            let name = format!("a{pair}x{number}");
            let tag = 10 + u16::try_from(pair)?;
            let vlan = SetVlan::access(&name, VlanId::new(tag)?);
            let (plan, apply) = runtime.block_on(edit(&host, state.path(), vlan))?;
            ours_set.push(plan + apply);
        }
        for number in 0..ADDED {
            let name = format!("v{pair}x{number}");
            let tag = format!("tag={}", 110 + pair);
            theirs_set.push(usage(&vsctl, &[&database, "--no-wait", "set", "port", &name, &tag])?.wall);
        }
        // How many times faster: theirs comes first.
        changes.0.push((median_time(theirs_set), median_time(ours_set)));
        pairs.0.push((median_time(theirs), median_time(ours)));
    }
    table.add(
        format!("adding one port through the facade at {ports} ports, connection open, speed against `ovs-vsctl --no-wait add-port`"),
        "×",
        Target::AtLeast(100.0),
        pairs.ratio(),
        format!(
            "{:.0} × ({} against {}; plan {}, apply {}; the bare transaction {})",
            pairs.ratio(),
            time(pairs.theirs()),
            time(pairs.ours()),
            time(median_time(parts.iter().map(|part| part.0))),
            time(median_time(parts.iter().map(|part| part.1))),
            time(median_time(floors)),
        ),
    );
    table.add(
        format!("changing the VLAN of a port at {ports} ports, judged on the whole picture, speed against `ovs-vsctl --no-wait set`"),
        "×",
        Target::Reported,
        changes.ratio(),
        format!(
            "{:.1} × ({} against {})",
            changes.ratio(),
            time(changes.theirs()),
            time(changes.ours())
        ),
    );
    Ok(())
}

async fn add(host: &Host, state: &Path, name: &str) -> Result<(Duration, Duration), Failure> {
    edit(host, state, AddPort::new(rows::BRIDGE, name)).await
}

/// What planning takes, and applying.
async fn edit(host: &Host, state: &Path, intent: impl Into<Intent>) -> Result<(Duration, Duration), Failure> {
    let start = Instant::now();
    // The ports are made up, so no guard knows what is behind them.
    let plan = host
        .plan(intent, &PlanOptions::new().allow("management-path"))
        .await?;
    let planned = start.elapsed();
    host.apply(&plan, &ApplyOptions::new().no_wait().state(state))
        .await?;
    Ok((planned, start.elapsed() - planned))
}

/// What the server itself takes for such a transaction.
fn bare_add(floor: &mut Floor, name: &str) -> Result<Duration, Failure> {
    let request = format!(
        r#"{{"id":0,"method":"transact","params":["Open_vSwitch",{{"op":"insert","table":"Interface","uuid-name":"i","row":{{"name":"{name}"}}}},{{"op":"insert","table":"Port","uuid-name":"p","row":{{"name":"{name}","interfaces":["named-uuid","i"]}}}},{{"op":"mutate","table":"Bridge","where":[["name","==","{}"]],"mutations":[["ports","insert",["set",[["named-uuid","p"]]]]]}}]}}"#,
        rows::BRIDGE
    );
    let start = Instant::now();
    floor.ask(request.as_bytes())?;
    Ok(start.elapsed())
}
