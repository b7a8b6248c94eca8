//! Edits through the agent: confirmed, reverted, busy, logged, and over the death of the agent.

use std::fs;
use std::time::Duration;

use ahv_net::Facade;
use ahv_net::apply::journal::{JournalError, Phase};
use ahv_net::apply::{ApplyError, ApplyOptions};
use ahv_net::edit::{PlanOptions, SetVlan};
use ahv_net::libvirt_model::vocab::VlanId;
use ahv_net::topology::Topology;
use serde_json::json;
use test_support::Suite;

use super::served::{Failed, Served, switch};
use crate::runtime;

fn vlan_of(topology: &Topology) -> Option<u16> {
    let port = topology.ports().find(|port| port.name == "tap345")?;
    port.tag.map(VlanId::get)
}

fn access(vlan: u16) -> Result<SetVlan, Failed> {
    Ok(SetVlan::access("tap345", VlanId::new(vlan)?))
}

/// The guest's VLAN is Acropolis's, which a guard says; another does not know what the host is reached by, as no kernel is
/// read.
fn allowing() -> PlanOptions {
    PlanOptions::new().allow("owner-reverts").allow("management-path")
}

/// Waits until the guest's port is on a VLAN.
async fn until_vlan(host: &dyn Facade, vlan: u16) -> Result<(), Failed> {
    for _ in 0..200 {
        if vlan_of(&host.show().await?) == Some(vlan) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("waited in vain for VLAN {vlan}").into())
}

async fn apply(
    host: &dyn Facade,
    vlan: u16,
    within: Option<Duration>,
) -> Result<ahv_net::apply::Report, Failed> {
    let plan = host.plan(access(vlan)?.into(), &allowing()).await?;
    let mut options = ApplyOptions::new();
    options.confirm_within = within;
    Ok(host.apply(&plan, &options).await?)
}

pub(crate) fn cases(suite: &mut Suite) {
    suite.case(
        "agent: an edit is applied, logged, kept in the history, and reverted",
        || {
            runtime().block_on(async {
                let served = Served::editing().await?;
                let client = served.client(&served.editor)?;
                let options = ApplyOptions::new();
                let report = apply(&client, 40, None).await?;
                assert!(report.applied);
                assert_eq!(vlan_of(&served.host.show().await?), Some(40));
                // The second time there is nothing to do.
                assert!(!apply(&client, 40, None).await?.applied);
                let history = client.history(&options).await?;
                assert_eq!(history.len(), 1);
                assert_eq!(Some(&history[0].id), report.id.as_ref());
                let entry = client.revert(None, &options).await?;
                assert_eq!(entry.phase, Phase::Undone);
                assert_eq!(vlan_of(&served.host.show().await?), Some(32));
                let log = served.audit()?;
                let said: Vec<(&str, &str)> = log
                    .iter()
                    .map(|line| (line["does"].as_str().unwrap(), line["outcome"].as_str().unwrap()))
                    .collect();
                assert_eq!(said[0], ("apply", "begun"));
                assert!(said[1].1.starts_with("applied as "), "{said:?}");
                assert_eq!(said[3], ("apply", "nothing to do"));
                assert_eq!(said[4], ("revert", "begun"));
                assert!(log.iter().all(|line| line["who"] == "anna"));
                assert!(log[0]["plan"].as_str().unwrap().contains("tap345"), "{log:?}");
                let text = fs::read_to_string(served.directory.path().join("audit.log"))?;
                assert!(!text.contains(&served.editor), "a secret in the log");
                Ok(())
            })
        },
    );
    suite.case("agent: only a plan that the agent made is applied", || {
        runtime().block_on(async {
            let served = Served::editing().await?;
            let client = served.client(&served.editor)?;
            let plan = client.plan(access(40)?.into(), &allowing()).await?;
            let mut altered = plan.clone();
            altered.objections.clear();
            altered.notes.push("mine".to_owned());
            let error = client.apply(&altered, &ApplyOptions::new()).await.unwrap_err();
            assert!(error.to_string().contains("did not make that plan"), "{error}");
            // Nor one that was made elsewhere.
            let local = served.host.plan(access(41)?, &allowing()).await?;
            assert!(client.apply(&local, &ApplyOptions::new()).await.is_err());
            assert_eq!(vlan_of(&served.host.show().await?), Some(32));
            assert!(client.apply(&plan, &ApplyOptions::new()).await?.applied);
            // Once it is done it is stale.
            let again = client.apply(&plan, &ApplyOptions::new()).await;
            assert!(matches!(again, Err(ApplyError::Stale(_))), "{again:?}");
            Ok(())
        })
    });
    suite.case(
        "agent: what is not confirmed in time is undone, what is confirmed stays",
        || {
            runtime().block_on(async {
                let served = Served::editing().await?;
                let client = served.client(&served.editor)?;
                let options = ApplyOptions::new();
                let report = apply(&client, 40, Some(Duration::from_millis(600))).await?;
                assert!(report.confirm_by.is_some());
                let pending = client.pending(&options).await?.ok_or("nothing is pending")?;
                assert_eq!(
                    (Some(&pending.id), pending.phase),
                    (report.id.as_ref(), Phase::Unconfirmed)
                );
                // Until then every other edit is refused, and says why.
                let plan = client.plan(access(50)?.into(), &allowing()).await?;
                match client.apply(&plan, &options).await {
                    Err(ApplyError::Journal(JournalError::Unfinished(entry))) => {
                        assert_eq!(entry.id, pending.id)
                    }
                    other => panic!("{other:?}"),
                }
                until_vlan(&client, 32).await?;
                let late = client.confirm(None, &options).await;
                assert!(matches!(late, Err(ApplyError::Journal(_))), "{late:?}");

                let report = apply(&client, 41, Some(Duration::from_millis(600))).await?;
                let entry = client.confirm(report.id.as_deref(), &options).await?;
                assert_eq!(entry.phase, Phase::Confirmed);
                tokio::time::sleep(Duration::from_millis(1200)).await;
                assert_eq!(vlan_of(&served.host.show().await?), Some(41));
                Ok(())
            })
        },
    );
    suite.case(
        "agent: the next agent keeps the deadline of the one before it",
        || {
            runtime().block_on(async {
                let (_server, host) = switch(Duration::ZERO).await?;
                let first = Served::of(host.clone(), |options| options.allow_edits(true)).await?;
                let client = first.client(&first.editor)?;
                apply(&client, 40, Some(Duration::from_secs(2))).await?;
                let state = first.directory;
                // As if it were killed: nothing is tidied up.
                drop(first.agent);
                assert_eq!(vlan_of(&host.show().await?), Some(40));
                let second = Served::of(host.clone(), |options| options.state(state.path())).await?;
                // There is still time.
                assert_eq!(vlan_of(&host.show().await?), Some(40));
                until_vlan(&host, 32).await?;
                let client = second.client(&second.reader)?;
                let history = client.history(&ApplyOptions::new()).await?;
                assert_eq!(history.first().map(|entry| entry.phase), Some(Phase::Undone));
                // And where the time is over it is undone before anything is served.
                let third = Served::of(host.clone(), |options| options.allow_edits(true)).await?;
                apply(&third.client(&third.editor)?, 40, Some(Duration::from_secs(1))).await?;
                assert_eq!(vlan_of(&host.show().await?), Some(40));
                drop(third.agent);
                tokio::time::sleep(Duration::from_millis(1500)).await;
                assert_eq!(
                    vlan_of(&host.show().await?),
                    Some(40),
                    "nobody is there to undo it"
                );
                let _fourth =
                    Served::of(host.clone(), |options| options.state(third.directory.path())).await?;
                assert_eq!(vlan_of(&host.show().await?), Some(32));
                Ok(())
            })
        },
    );
    suite.case("agent: a revert that was not done is not done later", || {
        runtime().block_on(async {
            let (server, host) = switch(Duration::ZERO).await?;
            let served = Served::of(host, |options| options.allow_edits(true)).await?;
            let client = served.client(&served.editor)?;
            let options = ApplyOptions::new();
            apply(&client, 40, None).await?;
            let elsewhere = ovsdb_client::Client::connect(&server.remote()).await?;
            let mut lock = elsewhere.lock("ahv_net").await?;
            lock.held(Duration::from_secs(5)).await?;
            let error = client.revert(None, &options).await.unwrap_err();
            assert!(error.is_busy() && error.is_as_before(), "{error:?}");
            assert_eq!(client.pending(&options).await?, None);
            drop(lock);
            drop(elsewhere);
            // The agent's keeper finds nothing that it would have to finish.
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(vlan_of(&served.host.show().await?), Some(40));
            assert_eq!(client.revert(None, &options).await?.phase, Phase::Undone);
            Ok(())
        })
    });
    suite.case(
        "agent: the log tells what became of an edit while the agent was gone",
        || {
            runtime().block_on(async {
                let (_server, host) = switch(Duration::ZERO).await?;
                let first = Served::of(host.clone(), |options| options.allow_edits(true)).await?;
                let report = apply(&first.client(&first.editor)?, 40, Some(Duration::from_secs(60))).await?;
                let state = first.directory.path().to_owned();
                drop(first.agent);
                // Somebody on the host reverts it.
                let mut local = ApplyOptions::new();
                local.state = Some(state.clone());
                host.revert(report.id.as_deref(), &local).await?;
                let log = state.join("audit.log");
                let _second = Served::of(host.clone(), |options| options.state(&state).audit(&log)).await?;
                let text = fs::read_to_string(&log)?;
                let last = text.lines().last().unwrap_or_default();
                assert!(
                    last.contains("undone") && last.contains("another process"),
                    "{text}"
                );
                Ok(())
            })
        },
    );
    suite.case("agent: shutting down leaves nothing unconfirmed", || {
        runtime().block_on(async {
            let served = Served::editing().await?;
            apply(
                &served.client(&served.editor)?,
                40,
                Some(Duration::from_secs(600)),
            )
            .await?;
            served.agent.shut_down().await;
            assert_eq!(vlan_of(&served.host.show().await?), Some(32));
            Ok(())
        })
    });
    suite.case(
        "agent: one edit at a time; it goes on when its caller hangs up",
        || {
            runtime().block_on(async {
                // A switch that takes its time.
                let (_server, host) = switch(Duration::from_millis(1500)).await?;
                let served = Served::of(host, |options| options.allow_edits(true)).await?;
                let client = served.client(&served.editor)?;
                let plan = client.plan(access(40)?.into(), &allowing()).await?;
                let params = json!({ "plan": plan });
                let hangs_up = served.call(Some(&served.editor), "apply", params.clone());
                assert!(
                    tokio::time::timeout(Duration::from_millis(400), hangs_up)
                        .await
                        .is_err()
                );
                match client.apply(&plan, &ApplyOptions::new()).await {
                    Err(error @ ApplyError::Journal(JournalError::Busy { .. })) => {
                        assert!(error.is_busy());
                        let said = error.to_string();
                        assert!(said.contains("anna") && said.contains("since"), "{said}");
                    }
                    other => panic!("{other:?}"),
                }
                until_vlan(&served.host, 40).await?;
                for _ in 0..100 {
                    let history = client.history(&ApplyOptions::new()).await?;
                    if history.first().is_some_and(|entry| entry.phase == Phase::Applied) {
                        return Ok(());
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err("the edit did not go on".into())
            })
        },
    );
    suite.case(
        "agent: where the journal is damaged or the log is full it reads, and edits nothing",
        || {
            runtime().block_on(async {
                let served =
                    Served::editing_with(|options| options.allow_edits(true).audit("/dev/full")).await?;
                let client = served.client(&served.editor)?;
                let error = apply(&client, 40, None).await.unwrap_err().to_string();
                assert!(
                    error.contains("audit log") && error.contains("nothing was done"),
                    "{error}"
                );
                assert_eq!(vlan_of(&served.host.show().await?), Some(32));

                let (_server, host) = switch(Duration::ZERO).await?;
                let first = Served::of(host.clone(), |options| options.allow_edits(true)).await?;
                apply(&first.client(&first.editor)?, 40, Some(Duration::from_secs(1))).await?;
                let state = first.directory;
                drop(first.agent);
                let journal = fs::read_dir(state.path())?
                    .filter_map(Result::ok)
                    .map(|entry| entry.path().join("current"))
                    .find(|path| path.is_file())
                    .ok_or("there is no journal")?;
                let whole = fs::read(&journal)?;
                // Cut off, or tampered with: it is told by its checksum.
                let mut tampered = whole.clone();
                let middle = tampered.len() / 2;
                tampered[middle] ^= 1;
                for damaged in [&tampered[..], &whole[..middle]] {
                    fs::write(&journal, damaged)?;
                    let other = Served::of(host.clone(), |options| {
                        options.allow_edits(true).state(state.path())
                    })
                    .await?;
                    let error = apply(&other.client(&other.editor)?, 41, None).await.unwrap_err();
                    assert!(error.to_string().contains("damaged"), "{error}");
                }
                let second = Served::of(host.clone(), |options| {
                    options.allow_edits(true).state(state.path())
                })
                .await?;
                let client = second.client(&second.editor)?;
                assert_eq!(vlan_of(&client.show().await?), Some(40));
                let error = apply(&client, 41, None).await.unwrap_err().to_string();
                assert!(error.contains("damaged"), "{error}");
                // Put right, it is found by the agent itself, and what was not confirmed is undone.
                fs::write(&journal, &whole)?;
                until_vlan(&client, 32).await?;
                Ok(())
            })
        },
    );
}
