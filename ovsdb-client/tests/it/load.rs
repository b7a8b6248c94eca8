//! Writers that append and readers that watch, while something happens to the server; then the books are balanced.
//!
//! Writers insert rows of the root table `Queue`, each with a name of its own in `external_ids`. A writer never
//! repeats a name: what was not reported committed is not tried again, so a name that stands twice was applied twice.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ovsdb_client::{
    Client, ClientBuilder,
    replica::{Event, Replica, Selection, Watch},
    table::TableRow,
    transaction::{Outcome, Transaction, Values},
    value::Map,
    vswitch::Queue,
};
use tokio::task::JoinHandle;

use crate::support::{Checked, Failed, SOON};

const WRITERS: usize = 4;
const READERS: usize = 2;

/// The load, while it runs.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Result<Ledger, Failed>>>,
    readers: Vec<(Replica, JoinHandle<Result<Shadow, Failed>>)>,
}

/// What a writer was told.
#[derive(Default)]
pub(crate) struct Ledger {
    committed: Vec<String>,
    unknown: Vec<String>,
    refused: usize,
}

/// The rows as the events alone tell them.
struct Shadow {
    rows: BTreeMap<uuid::Uuid, TableRow>,
    events: u64,
    resyncs: u64,
}

impl Load {
    /// Begins with clients that `builder` makes.
    pub(crate) async fn start(builder: impl Fn() -> ClientBuilder) -> Result<Self, Failed> {
        let stop = Arc::new(AtomicBool::new(false));
        let (mut readers, mut writers) = (Vec::new(), Vec::new());
        for _ in 0..READERS {
            let client = builder().connect().await?;
            let replica = client.monitor(Selection::new().table::<Queue>()).await?;
            let watch = replica.watch();
            readers.push((replica, tokio::spawn(follow(watch))));
        }
        for writer in 0..WRITERS {
            let client = builder().connect().await?;
            writers.push(tokio::spawn(append(client, writer, Arc::clone(&stop))));
        }
        Ok(Self {
            stop,
            writers,
            readers,
        })
    }

    /// Ends the writers, lets the readers catch up, and compares everything with the server's own rows.
    pub(crate) async fn balance(self, truth: ClientBuilder) -> Result<String, Failed> {
        self.stop.store(true, Ordering::Relaxed);
        let mut ledgers = Vec::new();
        for writer in self.writers {
            ledgers.push(writer.await??);
        }
        let client = truth.connect().await?;
        let truth = client
            .monitor(Selection::new().table::<Queue>())
            .await?
            .snapshot();
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for row in truth.rows::<Queue>()? {
            *names
                .entry(row.external_ids()?.text("id").unwrap_or_default().to_owned())
                .or_default() += 1;
        }
        if let Some((name, count)) = names.iter().find(|(_, count)| **count > 1) {
            return Err(format!("{name} was applied {count} times").into());
        }
        let (mut committed, mut unknown, mut refused) = (0, 0, 0);
        for ledger in &ledgers {
            for name in &ledger.committed {
                if names.remove(name).is_none() {
                    return Err(format!("{name} was reported committed and is not there").into());
                }
            }
            for name in &ledger.unknown {
                names.remove(name);
            }
            committed += ledger.committed.len();
            unknown += ledger.unknown.len();
            refused += ledger.refused;
        }
        if !names.is_empty() {
            return Err(format!("nobody wrote {names:?}").into());
        }
        let rows: BTreeMap<_, _> = truth.rows_of("Queue")?.map(|row| (row.uuid(), row)).collect();
        let (mut events, mut resyncs) = (0, 0);
        for (replica, reader) in self.readers {
            let count = rows.len();
            replica
                .wait_for(SOON, |now| (now.count::<Queue>().ok()? == count).then_some(()))
                .await?;
            let held: BTreeMap<_, _> = replica
                .snapshot()
                .rows_of("Queue")?
                .map(|row| (row.uuid(), row))
                .collect();
            if held != rows {
                return Err("a replica differs from the server".into());
            }
            // The watch ends with its client, which the last replica keeps.
            drop(replica);
            let shadow = reader.await??;
            if shadow.rows != rows {
                return Err("the events of a watch do not add up to the rows".into());
            }
            events += shadow.events;
            resyncs += shadow.resyncs;
        }
        Ok(format!(
            "{committed} committed, {unknown} of unknown outcome, {refused} refused; {events} events, {resyncs} resyncs"
        ))
    }
}

async fn append(client: Client, writer: usize, stop: Arc<AtomicBool>) -> Result<Ledger, Failed> {
    let mut ledger = Ledger::default();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let name = format!("{writer}-{number}");
        let mut transaction = Transaction::new();
        let ids = Map::from_iter([("id", name.as_str())]);
        transaction.insert(Values::<Queue>::new().set(Queue::EXTERNAL_IDS, ids));
        match client.commit(transaction).await {
            Ok(Outcome::Committed(_)) => ledger.committed.push(name),
            Ok(Outcome::Unknown { .. }) => ledger.unknown.push(name),
            Ok(_) => ledger.refused += 1,
            Err(error) if error.is_unreachable() || error.is_timeout() => ledger.refused += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ledger)
}

/// Applies events to rows of its own, and insists that each fits them.
async fn follow(mut watch: Watch) -> Result<Shadow, Failed> {
    let rows = watch
        .snapshot()
        .rows_of("Queue")?
        .map(|row| (row.uuid(), row))
        .collect();
    let mut shadow = Shadow {
        rows,
        events: 0,
        resyncs: 0,
    };
    let mut generation = watch.snapshot().generation();
    while let Some(event) = watch.next().await {
        let next = event.snapshot().generation();
        match &event {
            Event::Commit(_) if next == generation + 1 => shadow.events += 1,
            Event::Resync(_) if next > generation => shadow.resyncs += 1,
            _ => return Err(format!("generation {next} follows {generation}").into()),
        }
        generation = next;
        for change in event.changes() {
            let uuid = change
                .new
                .as_ref()
                .or(change.old.as_ref())
                .ok_or("an empty change")?
                .uuid();
            let before = match &change.new {
                Some(new) => shadow.rows.insert(uuid, new.clone()),
                None => shadow.rows.remove(&uuid),
            };
            if before != change.old {
                return Err(format!("a change begins with {:?} and not with {before:?}", change.old).into());
            }
        }
    }
    Ok(shadow)
}

/// Lets the load run for a moment.
pub(crate) async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(150)).await;
}

/// Runs what blocks, such as starting a server.
pub(crate) fn blocking(work: impl FnOnce() -> Result<(), test_support::Failure>) -> Checked {
    Ok(tokio::task::block_in_place(work)?)
}
