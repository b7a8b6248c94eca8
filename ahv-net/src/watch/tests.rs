//! A watch of the embedded host, which a second client changes.
#![cfg(feature = "embedded")]

use std::time::Duration;

use ovsdb_client::Client;
use ovsdb_client::transaction::{Transaction, Values};
use ovsdb_client::vswitch::{Bridge, Port};

use super::*;
use crate::Host;
use crate::topology::diff::Difference;

const LIMIT: Duration = Duration::from_secs(20);

async fn watched() -> (Host, Watch, Client) {
    let host = Host::embedded().await.unwrap();
    let watch = host.watch().await.unwrap();
    let remote = watch
        .topology()
        .sources
        .iter()
        .find(|source| source.name == "ovsdb")
        .unwrap();
    let client = Client::connect(remote.from.as_deref().unwrap()).await.unwrap();
    (host, watch, client)
}

async fn set_tag(client: &Client, tag: i64) {
    let mut transaction = Transaction::new();
    transaction.update(Port::NAME.equals("tap345"), Values::new().set(Port::TAG, tag));
    client.commit(transaction).await.unwrap().into_result().unwrap();
}

async fn next(watch: &mut Watch) -> Event {
    tokio::time::timeout(LIMIT, watch.next())
        .await
        .expect("an event in time")
        .expect("it goes on")
}

async fn change(watch: &mut Watch) -> Difference {
    match next(watch).await {
        Event::Change { difference, .. } => difference,
        other => panic!("no change: {other:?}"),
    }
}

async fn assert_silent(watch: &mut Watch) {
    let event = tokio::time::timeout(Duration::from_millis(400), watch.next()).await;
    assert!(event.is_err(), "{event:?}");
}

#[tokio::test]
async fn one_commit_is_one_change() {
    let (_host, mut watch, client) = watched().await;
    let mut transaction = Transaction::new();
    transaction.update(Port::NAME.equals("tap345"), Values::new().set(Port::TAG, 33));
    transaction.update(
        Bridge::NAME.equals("br0"),
        Values::new().set(Bridge::STP_ENABLE, true),
    );
    client.commit(transaction).await.unwrap().into_result().unwrap();
    assert_eq!(
        change(&mut watch).await.to_string(),
        "~ bridge br0 stp no → yes\n~ port br0/tap345 tag 32 → 33\n"
    );
    assert_eq!(watch.topology().port("tap345").unwrap().tag.unwrap().get(), 33);
    assert_silent(&mut watch).await;
}

#[tokio::test]
async fn a_commit_that_is_undone_before_anybody_looks_is_no_change() {
    let (_host, mut watch, client) = watched().await;
    set_tag(&client, 33).await;
    set_tag(&client, 32).await;
    assert_silent(&mut watch).await;
}

#[tokio::test]
async fn of_libvirtd_only_the_domain_of_the_event_changes() {
    let (host, mut watch, _client) = watched().await;
    let guest = watch.topology().domain("guest-vlan32").unwrap().uuid;
    let hypervisor = &host.libvirt.as_ref().unwrap().hypervisor;
    hypervisor.destroy_domain(guest).await.unwrap();
    let text = change(&mut watch).await.to_string();
    assert!(text.contains("~ domain guest-vlan32 active yes → no\n"), "{text}");
    assert!(!text.contains("-CVM"), "{text}");
    hypervisor.start_domain(guest).await.unwrap();
    let text = change(&mut watch).await.to_string();
    assert!(text.contains("~ domain guest-vlan32 active no → yes\n"), "{text}");
}

/// The queue of the replica holds 1024 commits; what a reader does not take is folded, and said.
#[tokio::test]
async fn a_reader_that_lags_is_told_and_gets_the_difference() {
    let (_host, mut watch, client) = watched().await;
    for commit in 0..1500 {
        set_tag(&client, 100 + commit % 2).await;
    }
    set_tag(&client, 7).await;
    match next(&mut watch).await {
        Event::Resync { source, reason } => {
            assert_eq!(source, Source::Ovsdb);
            assert!(
                reason.contains("commits came faster than they were read"),
                "{reason}"
            );
        }
        other => panic!("no resync: {other:?}"),
    }
    assert_eq!(
        change(&mut watch).await.to_string(),
        "~ port br0/tap345 tag 32 → 7\n"
    );
    assert_silent(&mut watch).await;
}

#[tokio::test]
async fn a_dropped_call_loses_no_event() {
    let (_host, mut watch, client) = watched().await;
    set_tag(&client, 33).await;
    // Dropped in the middle of settling, several times.
    for _ in 0..5 {
        let _ = tokio::time::timeout(Duration::from_millis(10), watch.next()).await;
    }
    assert_eq!(
        change(&mut watch).await.to_string(),
        "~ port br0/tap345 tag 32 → 33\n"
    );
}
