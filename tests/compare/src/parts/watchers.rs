//! A hundred watchers of one replica beside one.

use crate::child::usage_of_own;
use crate::floor::Floor;
use crate::measure::Pairs;
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size, rows};

pub(super) fn measure(size: Size, stage: &Stage, table: &mut Table) -> Result<(), Failure> {
    let server = stage.server()?;
    let uuid = rows::uuid_of_port(&mut Floor::connect(&server.socket())?, 7)?;
    let remote = server.remote();
    let updates = size.repeats.to_string();
    let (mut following, mut whole) = (Pairs::default(), Pairs::default());
    for _ in 0..size.pairs {
        let run = |watchers: &str| {
            let usage = usage_of_own(&["watchers", &remote, &uuid, watchers, &updates])?;
            let following: f64 = usage.printed.trim().parse()?;
            Ok::<_, Failure>((following, usage.cpu.as_secs_f64()))
        };
        let (of_one, of_hundred) = (run("1")?, run("100")?);
        following.0.push((of_hundred.0, of_one.0));
        whole.0.push((of_hundred.1, of_one.1));
    }
    table.add(
        format!("100 watchers of one replica against one, CPU of following {updates} commits"),
        "×",
        Target::AtMost(1.5),
        following.ratio(),
        following.show(),
    );
    table.add(
        "the same, whole process with the initial sync",
        "×",
        Target::Reported,
        whole.ratio(),
        whole.show(),
    );
    Ok(())
}
