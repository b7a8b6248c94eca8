use std::time::Duration;

use ahv_net::Host;
use ahv_net::apply::Watchdog;
use ahv_net::apply::journal::Phase;
use test_support::Suite;

use super::faulty::{Fault, Faulty};
use super::shape::Shape;
use super::world::{Outcome, World};
use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
    suite.case(
        "left: what cannot be undone is left by its exact id, with who and why and what differs",
        || runtime().block_on(unsettled()).map_err(Into::into),
    );
    suite.case("left: what can be undone or confirmed is not left", || {
        runtime().block_on(not_yet()).map_err(Into::into)
    });
}

async fn refusal(host: &Host, world: &World, id: &str, why: &str) -> Outcome<String> {
    match host.leave(id, why, &world.options()).await {
        Ok(entry) => Err(format!("it was left: {entry}").into()),
        Err(error) => Ok(error.to_string()),
    }
}

async fn unsettled() -> Outcome<()> {
    let world = World::new(Shape::RowsAndNic).await?;
    let before = world.state().await?;
    // The first call is done, and nothing that comes after it.
    let host = world
        .host_with(&Faulty::refusing_from(world.fake.clone(), 1))
        .await?;
    let plan = world.plan(&host).await?;
    let error = host
        .apply(&plan, &world.options())
        .await
        .expect_err("it was applied");
    assert!(!error.is_as_before(), "{error}");
    let entry = host
        .pending(&world.options())
        .await?
        .ok_or("nothing is pending")?;
    assert_eq!(entry.phase, Phase::Unsettled, "{entry}");
    let still = host
        .recover(&world.options())
        .await?
        .ok_or("nothing to recover")?;
    assert_eq!(still.phase, Phase::Unsettled, "{still}");

    let (id, almost) = (entry.id.as_str(), &entry.id[..7]);
    for (other, why) in [
        (almost, "as asked"),
        ("", "as asked"),
        ("00000000", "as asked"),
        (id, " "),
    ] {
        let said = refusal(&host, &world, other, why).await?;
        assert!(said.contains(id), "{other:?} {why:?}: {said}");
    }
    let busy = host
        .apply(&plan, &world.options())
        .await
        .expect_err("it was applied");
    assert!(
        busy.to_string().contains(&format!("recover --leave {id}")),
        "{busy}"
    );

    let state = world.state().await?;
    let left = host.leave(id, "libvirtd is broken", &world.options()).await?;
    assert_eq!(world.state().await?, state, "leaving changes nothing");
    assert_eq!(left.phase, Phase::Left, "{left}");
    assert!(left.to_string().contains("libvirtd is broken"), "{left}");
    let said = left.left.as_ref().ok_or("nobody left it")?;
    assert_eq!(
        (said.by.pid, said.why.as_str()),
        (std::process::id(), "libvirtd is broken")
    );
    assert_eq!(said.differs.is_empty(), state == before, "{:?}", said.differs);
    assert_eq!(host.pending(&world.options()).await?, None);
    assert_eq!(host.history(&world.options()).await?.first(), Some(&left));
    let said = refusal(&host, &world, id, "once more").await?;
    assert!(said.contains("no edit is unfinished"), "{said}");

    // Others may begin.
    let (host, _) = world.host(None).await?;
    host.apply(&world.plan(&host).await?, &world.options()).await?;
    Ok(())
}

async fn not_yet() -> Outcome<()> {
    let world = World::new(Shape::RowsAndNic).await?;
    let (host, faulty) = world.host(Some((1, Fault::DoneAndHangs))).await?;
    let plan = world.plan(&host).await?;
    let options = world.options();
    tokio::select! {
        _ = host.apply(&plan, &options) => return Err("it did not hang".into()),
        () = faulty.hangs.notified() => {}
    }
    drop(host);
    let (host, _) = world.host(None).await?;
    let begun = host
        .pending(&world.options())
        .await?
        .ok_or("nothing is pending")?;
    let said = refusal(&host, &world, &begun.id, "no time").await?;
    assert!(said.contains("run recover"), "{said}");
    host.recover(&world.options()).await?;

    let options = world
        .options()
        .watchdog(Watchdog::Caller)
        .confirm_within(Duration::from_secs(60));
    let report = host.apply(&world.plan(&host).await?, &options).await?;
    let id = report.id.ok_or("no id")?;
    let said = refusal(&host, &world, &id, "no time").await?;
    assert!(said.contains("confirm or revert it"), "{said}");
    Ok(())
}
