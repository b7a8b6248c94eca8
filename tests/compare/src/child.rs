//! What runs in a process of its own, so that its CPU time and its memory are its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use nix::sys::resource::{UsageWho, getrusage};
use ovsdb_client::replica::{Event, Selection};
use ovsdb_client::vswitch::{Interface, Port};
use ovsdb_client::{Client, wire::Operation};
use serde_json::value::RawValue;
use tokio::task::JoinSet;

use crate::floor::Floor;
use crate::{Failure, rows, server};

/// What a process cost from its start to its end.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// The most memory it held at once.
    pub(crate) peak_kilobytes: f64,
    /// What it printed.
    pub(crate) printed: String,
}

/// Runs a program to its end under a process of this one, whose only child it is, and tells what it cost.
pub(crate) fn usage(program: &Path, arguments: &[&str]) -> Result<Usage, Failure> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--child", "usage"])
        .arg(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("{} failed: {said}", program.display()).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let (printed, numbers) = text.trim_end().rsplit_once('\n').unwrap_or(("", text.trim_end()));
    let numbers: Vec<f64> = numbers
        .split(' ')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| "a child printed no numbers")?;
    let [wall, cpu, peak_kilobytes] = numbers.as_slice() else {
        return Err("a child printed too few numbers".into());
    };
    Ok(Usage {
        wall: Duration::from_secs_f64(*wall),
        cpu: Duration::from_secs_f64(*cpu),
        peak_kilobytes: *peak_kilobytes,
        printed: printed.to_owned(),
    })
}

/// [`usage`] of a part of this program.
pub(crate) fn usage_of_own(arguments: &[&str]) -> Result<Usage, Failure> {
    let arguments: Vec<&str> = ["--child"].iter().chain(arguments).copied().collect();
    usage(&std::env::current_exe()?, &arguments)
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["usage", program, rest @ ..] => account(program, rest),
        ["sync", remote] => server::runtime()?.block_on(sync(remote)),
        ["floor-sync", socket, bytes] => {
            let mut floor = Floor::connect(Path::new(socket))?;
            floor.send(rows::monitor()?.as_bytes())?;
            floor.count(bytes.parse()?)
        }
        ["pipeline", remote, uuid, count, in_flight] => {
            server::runtime()?.block_on(pipeline(remote, uuid, count.parse()?, in_flight.parse()?))
        }
        ["watchers", remote, uuid, count, updates] => {
            server::runtime()?.block_on(watchers(remote, uuid, count.parse()?, updates.parse()?))
        }
        other => Err(format!("no child does {other:?}").into()),
    }
}

/// Runs a program, and prints its seconds on the wall, its seconds of CPU and its peak of memory in kilobytes.
fn account(program: &str, arguments: &[&str]) -> Result<(), Failure> {
    let start = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let wall = start.elapsed();
    if !status.success() {
        return Err(format!("{program} ended with {status}").into());
    }
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| {
        Duration::from_secs(time.tv_sec().unsigned_abs())
            + Duration::from_micros(time.tv_usec().unsigned_abs())
    };
    let cpu = seconds(used.user_time()) + seconds(used.system_time());
    println!(
        "\n{} {} {}",
        wall.as_secs_f64(),
        cpu.as_secs_f64(),
        used.max_rss()
    );
    Ok(())
}

async fn sync(remote: &str) -> Result<(), Failure> {
    let client = Client::connect(remote).await?;
    let replica = client
        .monitor(Selection::new().table::<Port>().table::<Interface>())
        .await?;
    let snapshot = replica.snapshot();
    let found = snapshot
        .find(Port::NAME, "tap7")?
        .ok_or("port tap7 is not there")?;
    if &*found.name()? != "tap7" || snapshot.count::<Interface>()? == 0 {
        return Err("the replica does not hold what it should".into());
    }
    Ok(())
}

/// Keeps `in_flight` transactions on their way until `count` were answered; prints the memory held after a fifth of
/// them and at the end, in kilobytes.
async fn pipeline(remote: &str, uuid: &str, count: usize, in_flight: usize) -> Result<(), Failure> {
    let client = Client::connect(remote).await?;
    let (mut sent, mut early) = (0, 0);
    let operations: Vec<Operation> = (0..4000)
        .map(|number| {
            let text = RawValue::from_string(rows::small_operation(uuid, number))?;
            Operation::from_json(&text).map_err(|error| error.to_string().into())
        })
        .collect::<Result<_, Failure>>()?;
    let mut answers = FuturesUnordered::new();
    while sent < count.min(in_flight) {
        let operation = operations.get(sent % operations.len()).ok_or("no operation")?;
        answers.push(client.transact(std::slice::from_ref(operation)));
        sent += 1;
    }
    let mut answered = 0;
    while let Some(answer) = answers.next().await {
        answer?;
        answered += 1;
        if answered == count / 5 {
            early = resident_kilobytes()?;
        }
        if sent < count {
            let operation = operations.get(sent % operations.len()).ok_or("no operation")?;
            answers.push(client.transact(std::slice::from_ref(operation)));
            sent += 1;
        }
    }
    println!("{early} {}", resident_kilobytes()?);
    Ok(())
}

fn resident_kilobytes() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let word = line.and_then(|line| line.split_whitespace().next());
    Ok(word
        .ok_or("the kernel does not tell the memory of a process")?
        .parse()?)
}

/// Follows one replica by so many watchers, while this process changes one row so many times, one commit after the
/// other, through a bare socket. Prints the CPU seconds of the changes alone.
async fn watchers(remote: &str, uuid: &str, count: usize, updates: usize) -> Result<(), Failure> {
    let client = Client::connect(remote).await?;
    let replica = client
        .monitor(Selection::new().table::<Port>().table::<Interface>())
        .await?;
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let mut watch = replica.watch();
        tasks.spawn(async move {
            let mut seen = 0;
            while seen < updates {
                match watch.next().await {
                    Some(Event::Commit(commit)) => seen += commit.changes.len(),
                    Some(_) => return Err("a watcher fell behind"),
                    None => return Err("the watch ended"),
                }
            }
            Ok(())
        });
    }
    let socket = remote.strip_prefix("unix:").ok_or("no unix socket")?;
    let mut writer = Floor::connect(Path::new(socket))?;
    let mut follower = replica.watch();
    let before = own_cpu()?;
    for number in 0..updates {
        writer.ask(rows::small_request(uuid, number).as_bytes())?;
        follower.next().await.ok_or("the watch ended")?;
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    println!("{}", (own_cpu()? - before).as_secs_f64());
    Ok(())
}

fn own_cpu() -> Result<Duration, Failure> {
    let used = getrusage(UsageWho::RUSAGE_SELF)?;
    let micros = [used.user_time(), used.system_time()]
        .map(|time| time.tv_sec() * 1_000_000 + time.tv_usec())
        .iter()
        .sum::<i64>();
    Ok(Duration::from_micros(micros.unsigned_abs()))
}
