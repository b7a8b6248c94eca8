use ahv_net::apply::ApplyError;
use ahv_net::apply::journal::Phase;
use test_support::Suite;

use super::faulty::{Fault, Faulty};
use super::shape::Shape;
use super::world::{Outcome, World};
use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
    for shape in Shape::ALL {
        suite.case(
            format!("faults: {shape:?}: each call of libvirtd is refused, before and after it is done"),
            move || runtime().block_on(refused(shape)).map_err(Into::into),
        );
        suite.case(
            format!("faults: {shape:?}: the answer of each call of libvirtd is lost"),
            move || runtime().block_on(lost(shape)).map_err(Into::into),
        );
        if shape.has_rows() {
            suite.case(
                format!("faults: {shape:?}: the connection is lost before and after the commit"),
                move || runtime().block_on(commit(shape)).map_err(Into::into),
            );
        }
        suite.case(
            format!("faults: {shape:?}: without faults it is done once, and reverted to the letter"),
            move || runtime().block_on(no_fault(shape)).map_err(Into::into),
        );
        suite.case(
            format!("faults: {shape:?}: an undo fails too, which is said, and is finished later"),
            move || runtime().block_on(undo_fails(shape)).map_err(Into::into),
        );
    }
}

/// How many calls of libvirtd the plan makes.
async fn calls(shape: Shape) -> Outcome<usize> {
    let world = World::new(shape).await?;
    let (host, faulty) = world.host(None).await?;
    host.apply(&world.plan(&host).await?, &world.options()).await?;
    assert!(faulty.calls() >= shape.least_calls(), "{} calls", faulty.calls());
    Ok(faulty.calls())
}

async fn no_fault(shape: Shape) -> Outcome<()> {
    let world = World::new(shape).await?;
    let before = world.state().await?;
    let (host, _) = world.host(None).await?;
    let report = host.apply(&world.plan(&host).await?, &world.options()).await?;
    assert!(report.applied && report.confirm_by.is_none(), "{report:?}");
    assert_ne!(world.state().await?, before);
    let entry = host.revert(None, &world.options()).await?;
    assert_eq!(entry.phase, Phase::Undone, "{entry}");
    assert_eq!(world.state().await?, before);
    Ok(())
}

async fn refused(shape: Shape) -> Outcome<()> {
    for number in 0..calls(shape).await? {
        for fault in [Fault::Refused, Fault::DoneAndRefused] {
            let world = World::new(shape).await?;
            let before = world.state().await?;
            let (host, _) = world.host(Some((number, fault))).await?;
            let error = host
                .apply(&world.plan(&host).await?, &world.options())
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

async fn lost(shape: Shape) -> Outcome<()> {
    // Each takes as long as an answer is waited for, so all are waited for at once.
    let each = (0..calls(shape).await?)
        .flat_map(|number| [Fault::Lost, Fault::DoneAndLost].map(|fault| lost_at(shape, number, fault)));
    futures_util::future::try_join_all(each).await?;
    Ok(())
}

async fn lost_at(shape: Shape, number: usize, fault: Fault) -> Outcome<()> {
    let world = World::new(shape).await?;
    let before = world.state().await?;
    let (host, _) = world.host(Some((number, fault))).await?;
    let plan = world.plan(&host).await?;
    match host.apply(&plan, &world.options()).await {
        // It was looked, and it was done after all.
        Ok(report) => {
            assert_eq!(fault, Fault::DoneAndLost, "{number}");
            assert!(report.applied);
            assert_ne!(world.state().await?, before);
        }
        // What may still come to be done is said, and seen to later.
        Err(error) => {
            assert_eq!(fault, Fault::Lost, "{number}: {error}");
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
    Ok(())
}

async fn commit(shape: Shape) -> Outcome<()> {
    for is_done in [false, true] {
        let world = World::new(shape).await?;
        let before = world.state().await?;
        let (host, _) = world.host(None).await?;
        let plan = world.plan(&host).await?;
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

/// From each call of libvirtd on, everything is refused: what is done before it cannot be undone there.
async fn undo_fails(shape: Shape) -> Outcome<()> {
    let mut was_left = 0;
    for number in 0..calls(shape).await? {
        let world = World::new(shape).await?;
        let before = world.state().await?;
        let faulty = Faulty::refusing_from(world.fake.clone(), number);
        let host = world.host_with(&faulty).await?;
        let plan = world.plan(&host).await?;
        let error = host
            .apply(&plan, &world.options())
            .await
            .expect_err("it was applied");
        let ApplyError::Failed { undo, .. } = &error else {
            return Err(format!("{number}: {error}").into());
        };
        let after = world.state().await?;
        // It says that it is as before if and only if it is.
        assert_eq!(error.is_as_before(), after == before, "{number}: {error}");
        if error.is_as_before() {
            assert_eq!(host.pending(&world.options()).await?, None);
            continue;
        }
        was_left += 1;
        assert!(!undo.failed.is_empty(), "{number}: {error}");
        assert!(error.to_string().contains("NOT undone"), "{error}");
        let pending = host.pending(&world.options()).await?;
        assert_eq!(
            pending.map(|entry| entry.phase),
            Some(Phase::Unsettled),
            "{number}"
        );
        // As long as libvirtd refuses, it stays so; other edits are refused.
        let entry = host
            .recover(&world.options())
            .await?
            .ok_or("nothing to recover")?;
        assert_eq!(entry.phase, Phase::Unsettled, "{number}: {entry}");
        let refused = host
            .apply(&plan, &world.options())
            .await
            .expect_err("it was applied");
        assert!(!refused.is_busy(), "{refused}");
        assert_eq!(world.state().await?, after, "{number}: {refused}");
        let (host, _) = world.host(None).await?;
        let entry = host
            .recover(&world.options())
            .await?
            .ok_or("nothing to recover")?;
        assert_eq!(entry.phase, Phase::Undone, "{number}: {entry}");
        assert_eq!(world.state().await?, before, "{number}: {entry}");
    }
    assert!(shape.least_calls() < 2 || was_left > 0, "every undo worked");
    Ok(())
}
