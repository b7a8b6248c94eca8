//! Joining a large host, and that it stays linear.

use ahv_net::topology;

use crate::large_host::large_host;
use crate::measure::{cpu_of, median_time, time};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size};

pub(super) fn measure(size: Size, _: &Stage, table: &mut Table) -> Result<(), Failure> {
    // A thousand domains have five thousand ports.
    let base = size.ports / 50;
    let mut times = Vec::new();
    for factor in [1, 2, 4, 8] {
        let observed = large_host(base * factor);
        let topology = topology::join(&observed);
        let matched = topology.ports().filter(|port| port.attachment.is_some()).count();
        if matched != base * factor * 5 {
            return Err(format!("only {matched} ports were matched with their guests").into());
        }
        times.push(median_time(
            (0..size.pairs.max(3)).map(|_| cpu_of(|| topology::join(&observed)).0),
        ));
    }
    let [one, two, four, eight] = times.as_slice() else {
        return Err("four sizes are measured".into());
    };
    table.add(
        format!("join of {} ports, {base} domains", base * 5),
        "ms",
        Target::AtMost(20.0),
        one * 1e3,
        time(*one),
    );
    let growth = eight / one;
    table.add(
        "the same of 8 × as many",
        "× the time of one",
        Target::AtMost(10.0),
        growth,
        format!(
            "{growth:.1} × (2 ×: {}, 4 ×: {}, 8 ×: {})",
            time(*two),
            time(*four),
            time(*eight)
        ),
    );
    Ok(())
}
