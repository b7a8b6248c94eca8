use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ahv_net::apply::journal::{JournalError, Phase};
use ahv_net::apply::{ApplyError, ApplyOptions, Progress};
use async_trait::async_trait;
use test_support::Suite;
use tokio::sync::Notify;

use super::faulty::Fault;
use super::shape::Shape;
use super::world::{Outcome, World};
use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
    for shape in Shape::ALL {
        suite.case(
            format!("killed: {shape:?}: between all steps, and recovered"),
            move || runtime().block_on(between_steps(shape)).map_err(Into::into),
        );
        suite.case(
            format!("killed: {shape:?}: in each call of libvirtd, and recovered"),
            move || runtime().block_on(in_calls(shape)).map_err(Into::into),
        );
    }
}

/// Hangs at one moment between steps.
struct Hangs {
    at: usize,
    moments: AtomicUsize,
    hangs: Arc<Notify>,
}

impl Hangs {
    async fn moment(&self) {
        if self.moments.fetch_add(1, Ordering::SeqCst) == self.at {
            self.hangs.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Progress for Hangs {
    async fn about_to(&self, _step: &str) {
        self.moment().await;
    }

    async fn done(&self, _step: &str) {
        self.moment().await;
    }
}

async fn between_steps(shape: Shape) -> Outcome<()> {
    for at in 0.. {
        let world = World::new(shape).await?;
        let hangs = Arc::new(Notify::new());
        let progress = Hangs {
            at,
            moments: AtomicUsize::new(0),
            hangs: Arc::clone(&hangs),
        };
        let options = world.options().progress(Arc::new(progress));
        if !killed(&world, None, &options, &hangs).await? {
            assert!(at >= 2, "there are but {at} moments");
            return Ok(());
        }
    }
    Ok(())
}

async fn in_calls(shape: Shape) -> Outcome<()> {
    for number in 0.. {
        for fault in [Fault::Hangs, Fault::DoneAndHangs] {
            let world = World::new(shape).await?;
            let hangs = Arc::new(Notify::new());
            if !killed(&world, Some((number, fault)), &world.options(), &hangs).await? {
                assert!(number >= shape.least_calls(), "there are but {number} calls");
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Applies until it hangs, drops everything then, and recovers. Whether it hung.
async fn killed(
    world: &World,
    fault: Option<(usize, Fault)>,
    options: &ApplyOptions,
    hangs: &Notify,
) -> Outcome<bool> {
    let before = world.state().await?;
    {
        let (host, faulty) = world.host(fault).await?;
        let plan = world.plan(&host).await?;
        tokio::select! {
            applied = host.apply(&plan, options) => {
                applied?;
                assert_ne!(world.state().await?, before);
                return Ok(false);
            }
            () = hangs.notified() => {}
            () = faulty.hangs.notified() => {}
        }
    }
    let (host, _) = world.host(None).await?;
    // Nobody else may edit, and everybody may look and plan.
    if world.state().await? == before {
        let plan = world.plan(&host).await?;
        let error = host
            .apply(&plan, &world.options())
            .await
            .expect_err("it was applied");
        assert!(
            matches!(error, ApplyError::Journal(JournalError::Unfinished(_))),
            "{fault:?}: {error}"
        );
    }
    let pending = host
        .pending(&world.options())
        .await?
        .ok_or("nothing is pending")?;
    assert_eq!(pending.phase, Phase::Begun, "{pending}");
    let entry = host
        .recover(&world.options())
        .await?
        .ok_or("nothing to recover")?;
    assert_eq!(entry.phase, Phase::Undone, "{fault:?}: {entry}");
    assert_eq!(world.state().await?, before, "{fault:?}: {entry}");
    assert_eq!(host.recover(&world.options()).await?, None);
    Ok(true)
}
