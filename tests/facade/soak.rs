//! A long time in the lab: guests that start and stop, edits from here and through an agent, servers and agents that are
//! restarted, a reader that follows and one that lags. What is held does not grow, and the picture stays true.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it lasts as long as it is told to, has readers of its own, and its figures are what it is for"
)]

use std::fmt;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ahv_net::agent::Client;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{Intent, PlanOptions, SetVlan};
use ahv_net::libvirt_model::vocab::VlanId;
use ahv_net::observe::kernel::Namespace;
use ahv_net::topology::diff;
use ahv_net::watch::{Event, Watch};
use ahv_net::{Facade, Host};
use test_support::{Daemon, ExclusiveTurn, Failure, Lab, Suite, long_run};

use crate::command::Example;
use crate::served::{Agents, state};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How long the servers may take to be back, and an edit to be done then.
const PATIENCE: Duration = Duration::from_secs(60);

/// The guest's port that is edited from here.
const PORT: &str = "tap345";

/// The guest's NIC that is edited through the agent.
const NIC: &str = "50:6b:8d:00:00:22";

pub(crate) fn cases(suite: &mut Suite) {
    let minutes = std::env::var("AHV_SOAK_MINUTES")
        .ok()
        .and_then(|minutes| minutes.parse().ok())
        .unwrap_or(60);
    let time = Duration::from_secs(60 * minutes);
    let all = long_run().and_then(|()| Ok((Lab::with_guests()?, Example::available("agent")?)));
    suite.limit(time + Duration::from_secs(600));
    suite.case_with(
        format!(
            "soak: {minutes} minutes of guests, edits and restarts: nothing grows, and the picture is true"
        ),
        all,
        move |(lab, agent)| {
            let turn = lab.exclusive()?;
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()?;
            runtime
                .block_on(soak(&lab, &turn, &agent, time))
                .map_err(|error| Failure::new(error.to_string()))?;
            Ok(())
        },
    );
    suite.limit(Duration::from_secs(60));
}

/// What a process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    resident_kib: u64,
    descriptors: usize,
    threads: u64,
}

impl Held {
    fn by(process: &str) -> Result<Self, Failed> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let word = line.and_then(|line| line.split_whitespace().next());
            word.and_then(|word| word.parse().ok())
                .ok_or_else(|| format!("no {name} of {process}"))
        };
        Ok(Self {
            resident_kib: number("VmRSS:")?,
            descriptors: fs::read_dir(format!("/proc/{process}/fd"))?.count(),
            threads: number("Threads:")?,
        })
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>7} KiB, {:>3} descriptors, {:>2} threads",
            self.resident_kib, self.descriptors, self.threads
        )
    }
}

fn alive_tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

async fn connected(lab: &Lab) -> Result<Host, Failed> {
    let host = Host::builder()
        .ovsdb(lab.ovsdb())
        .libvirt(lab.libvirt())
        .kernel(Namespace::Path(lab.netns().to_owned()));
    Ok(host.connect().await?)
}

/// Plans and applies until it is done. Nothing was changed where a server was away, or is not known to be; an intent says
/// what shall be, so it can be planned again.
async fn edit(host: &dyn Facade, intent: SetVlan, options: &ApplyOptions) -> Result<u64, Failed> {
    let intent = Intent::from(intent);
    let plan_options = PlanOptions::new().allow("owner-reverts").allow("guest-trunk-all");
    let begin = Instant::now();
    let mut retries = 0;
    loop {
        let done = async {
            let plan = host.plan(intent.clone(), &plan_options).await?;
            host.apply(&plan, options).await?;
            Ok::<_, Failed>(())
        };
        let error = match done.await {
            Ok(()) => return Ok(retries),
            Err(error) => error,
        };
        if begin.elapsed() > PATIENCE {
            return Err(format!("{intent:?} cannot be done since {PATIENCE:?}: {error}").into());
        }
        retries += 1;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Counts what is told, and reads at this pace.
async fn follow(mut watch: Watch, pause: Duration, told: Arc<AtomicU64>) -> Option<Watch> {
    while let Some(event) = watch.next().await {
        if let Event::Change { .. } = event {
            told.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(pause).await;
    }
    None
}

async fn soak(lab: &Lab, turn: &ExclusiveTurn, agent: &Example, time: Duration) -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let options = ApplyOptions::new().state(state(directory.path()));
    let through_agent = ApplyOptions::new();
    let tasks_before = alive_tasks();

    let host = connected(lab).await?;
    let told = [Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0))];
    let [quick, slow] = &told;
    let readers = [
        tokio::spawn(follow(host.watch().await?, Duration::ZERO, Arc::clone(quick))),
        tokio::spawn(follow(
            host.watch().await?,
            Duration::from_secs(20),
            Arc::clone(slow),
        )),
    ];
    let agents = Agents::new(agent, directory.path(), &lab.flags())?;
    let (lasting, client) = agents.start(&[])?;
    let lasting_id = lasting.id().to_string();
    let (mut other, mut other_client) = agents.start(&[])?;

    let begin = Instant::now();
    let mut samples: Vec<(Duration, Held, Held, usize)> = Vec::new();
    let (mut rounds, mut retries, mut restarts, mut kills, mut starts) = (0_u16, 0, 0, 0, 0);
    while begin.elapsed() < time {
        rounds += 1;
        let vlan = VlanId::new(100 + rounds % 1000)?;
        retries += edit(&host, SetVlan::access(PORT, vlan), &options).await?;
        retries += edit(&client, SetVlan::access(NIC, vlan), &through_agent).await?;
        if rounds % 4 == 0 {
            lab.run(&["virsh", "destroy", "guest-net"])?;
            lab.run(&["virsh", "start", "guest-net"])?;
            starts += 1;
        }
        match rounds % 10 {
            3 => lab.restart(Daemon::OvsdbServer, turn)?,
            8 => lab.restart(Daemon::Libvirtd, turn)?,
            _ => {}
        }
        restarts += u32::from(matches!(rounds % 10, 3 | 8));
        if rounds % 6 == 5 {
            let confirmed = ApplyOptions::new().confirm_within(Duration::from_secs(1));
            let edited = edit(&other_client, SetVlan::access(NIC, VlanId::new(99)?), &confirmed);
            // It dies at some moment of this edit, or soon after, and the next one undoes it.
            let _ = tokio::time::timeout(Duration::from_millis(u64::from(rounds * 37 % 900)), edited).await;
            other.kill();
            (other, other_client) = agents.start(&[])?;
            kills += 1;
        }
        other_client.show().await?;
        samples.push((
            begin.elapsed(),
            Held::by("self")?,
            Held::by(&lasting_id)?,
            alive_tasks(),
        ));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    retries += edit(&host, SetVlan::access(PORT, VlanId::new(32)?), &options).await?;
    retries += edit(&client, SetVlan::clear(NIC), &through_agent).await?;
    println!(
        "{rounds} rounds in {:?}: {starts} guests stopped and started, {restarts} servers restarted, {kills} agents killed, \
         {retries} retries; changes told: {} to the quick reader, {} to the slow one",
        begin.elapsed(),
        quick.load(Ordering::Relaxed),
        slow.load(Ordering::Relaxed)
    );
    let step = (samples.len() / 12).max(1);
    for (at, ours, agents, tasks) in samples.iter().step_by(step).chain(samples.last()) {
        println!(
            "{:>5} s  here {ours}, {tasks:>3} tasks; agent {agents}",
            at.as_secs()
        );
    }

    if time >= Duration::from_secs(600) {
        let all = [u32::from(rounds), starts, restarts, kills];
        assert!(all.iter().all(|count| *count > 5), "little was done: {all:?}");
    }
    true_picture(lab, &host, &client).await?;
    flat("here", &samples, |sample| sample.1)?;
    flat("the agent", &samples, |sample| sample.2)?;
    let most = samples.iter().map(|sample| sample.3).max().unwrap_or_default();
    let early = samples
        .iter()
        .take(samples.len() / 4 + 1)
        .map(|sample| sample.3)
        .max();
    assert!(
        most <= early.unwrap_or_default() + 4,
        "tasks pile up: {early:?} in the first quarter, {most} at most"
    );

    for (reader, told) in readers.into_iter().zip(&told) {
        assert!(!reader.is_finished(), "a watch ended by itself");
        assert!(told.load(Ordering::Relaxed) > 0, "a watch told nothing");
        reader.abort();
        // Aborted.
        let _ = reader.await;
    }
    drop((host, client, other_client));
    other.kill();
    lasting.kill();
    let begin = Instant::now();
    while alive_tasks() > tasks_before && begin.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(alive_tasks(), tasks_before, "tasks outlive who began them");
    Ok(())
}

/// A host that lasted, an agent that lasted and a host that was connected to just now tell the same.
async fn true_picture(lab: &Lab, host: &Host, client: &Client) -> Result<(), Failed> {
    let begin = Instant::now();
    loop {
        let fresh = connected(lab).await?.show().await?;
        let (here, there) = (host.show().await?, client.show().await?);
        let differences = [diff(&here, &fresh), diff(&there, &fresh)];
        if differences.iter().all(|difference| difference.is_empty()) {
            return Ok(());
        }
        // A guest that has just started may still bring its links up.
        if begin.elapsed() > PATIENCE {
            return Err(format!("the pictures differ: {differences:#?}").into());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What is held in the last quarter is what was held in the second one; the first one fills pools and caches.
fn flat<S>(whose: &str, samples: &[S], held: impl Fn(&S) -> Held) -> Result<(), Failed> {
    let quarter = samples.len() / 4;
    let middle = |from: usize, by: &dyn Fn(Held) -> u64| {
        let mut numbers: Vec<u64> = samples
            .iter()
            .skip(from)
            .take(quarter.max(1))
            .map(|sample| by(held(sample)))
            .collect();
        numbers.sort_unstable();
        numbers.get(numbers.len() / 2).copied().unwrap_or_default()
    };
    let last = samples.len() - quarter.max(1);
    let (early, late) = (
        middle(quarter, &|held| held.resident_kib),
        middle(last, &|held| held.resident_kib),
    );
    if late > early + early / 10 + 2048 {
        return Err(format!("memory of {whose} grows: {early} KiB early, {late} KiB late").into());
    }
    let descriptors = |held: Held| u64::try_from(held.descriptors).unwrap_or(u64::MAX);
    let (early, late) = (middle(quarter, &descriptors), middle(last, &descriptors));
    if late > early + 2 {
        return Err(format!("descriptors of {whose} pile up: {early} early, {late} late").into());
    }
    Ok(())
}
