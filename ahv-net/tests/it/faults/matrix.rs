use ahv_net::apply::ApplyError;
use ahv_net::apply::journal::Phase;
use test_support::Suite;

use super::faulty::Fault;
use super::world::{Outcome, World, plan};
use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
    suite.case(
        "faults: each call of libvirtd is refused, before and after it is done",
        || runtime().block_on(refused()).map_err(Into::into),
    );
    suite.case("faults: the answer of each call of libvirtd is lost", || {
        runtime().block_on(lost()).map_err(Into::into)
    });
    suite.case(
        "faults: the connection is lost before and after the commit",
        || runtime().block_on(commit()).map_err(Into::into),
    );
    suite.case(
        "faults: without faults it is done once, and reverted to the letter",
        || runtime().block_on(no_fault()).map_err(Into::into),
    );
}

/// How many calls of libvirtd the plan makes.
async fn calls() -> Outcome<usize> {
    let world = World::new().await?;
    let (host, faulty) = world.host(None).await?;
    host.apply(&plan(&host).await?, &world.options()).await?;
    assert!(faulty.calls() >= 2, "{} calls", faulty.calls());
    Ok(faulty.calls())
}

async fn no_fault() -> Outcome<()> {
    let world = World::new().await?;
    let before = world.state().await?;
    let (host, _) = world.host(None).await?;
    let report = host.apply(&plan(&host).await?, &world.options()).await?;
    assert!(report.applied && report.confirm_by.is_none(), "{report:?}");
    assert_ne!(world.state().await?, before);
    let entry = host.revert(None, &world.options()).await?;
    assert_eq!(entry.phase, Phase::Undone, "{entry}");
    assert_eq!(world.state().await?, before);
    Ok(())
}

async fn refused() -> Outcome<()> {
    for number in 0..calls().await? {
        for fault in [Fault::Refused, Fault::DoneAndRefused] {
            let world = World::new().await?;
            let before = world.state().await?;
            let (host, _) = world.host(Some((number, fault))).await?;
            let error = host
                .apply(&plan(&host).await?, &world.options())
                .await
                .expect_err("it was applied");
            assert!(
                matches!(error, ApplyError::Failed { .. }),
                "{number} {fault:?}: {error}"
            );
            assert!(error.is_as_before(), "{number} {fault:?}: {error}");
            assert_eq!(world.state().await?, before, "{number} {fault:?}: {error}");
            assert_eq!(host.pending(&world.options()).await?, None);
            let history = host.history(&world.options()).await?;
            assert_eq!(history.first().map(|entry| entry.phase), Some(Phase::Undone));
        }
    }
    Ok(())
}

async fn lost() -> Outcome<()> {
    for number in 0..calls().await? {
        for fault in [Fault::Lost, Fault::DoneAndLost] {
            let world = World::new().await?;
            let before = world.state().await?;
            let (host, _) = world.host(Some((number, fault))).await?;
            let plan = plan(&host).await?;
            match host.apply(&plan, &world.options()).await {
                // It was looked, and it was done after all.
                Ok(report) => {
                    assert_eq!(fault, Fault::DoneAndLost, "{number}");
                    assert!(report.applied);
                    assert_ne!(world.state().await?, before);
                }
                // What may still come to be done is said, and seen to later.
                Err(error) => {
                    assert!(!error.is_as_before(), "{number} {fault:?}: {error}");
                    assert_eq!(world.state().await?, before, "{number} {fault:?}: {error}");
                    let refused = host
                        .apply(&plan, &world.options())
                        .await
                        .expect_err("it was applied");
                    assert!(refused.to_string().contains("run recover"), "{refused}");
                    let entry = host
                        .recover(&world.options())
                        .await?
                        .ok_or("nothing to recover")?;
                    assert_eq!(entry.phase, Phase::Undone, "{entry}");
                    assert_eq!(world.state().await?, before);
                }
            }
        }
    }
    Ok(())
}

async fn commit() -> Outcome<()> {
    for is_done in [false, true] {
        let world = World::new().await?;
        let before = world.state().await?;
        let (host, _) = world.host(None).await?;
        let plan = plan(&host).await?;
        match is_done {
            true => world.server.faults().drop_after_commit(),
            false => world.server.faults().drop_before_commit(),
        }
        let applied = host.apply(&plan, &world.options()).await;
        let after = world.state().await?;
        match applied {
            Ok(report) => {
                assert!(is_done && report.applied);
                assert_ne!(after, before);
            }
            Err(error) => {
                assert!(!is_done, "{error}");
                assert!(error.is_as_before(), "{error}");
                assert_eq!(after, before, "{error}");
            }
        }
        assert_eq!(host.pending(&world.options()).await?, None);
    }
    Ok(())
}
