//! A cluster of three, and a relay.

use std::{path::PathBuf, time::Duration};

use ovsdb_client::{Client, ClientBuilder, replica::Selection, vswitch::Queue};
use test_support::{Failure, OvsdbServer, OvsdbServerBuilder, PACKAGED_SCHEMA, Suite, long_run, ovsdb_tool};

use crate::{
    load::{Load, a_moment, blocking},
    support::{Checked, Failed, SOON, block_on, real},
};

struct Cluster {
    members: Vec<OvsdbServer>,
    // Goes after the servers.
    _directory: tempfile::TempDir,
}

impl Cluster {
    fn start(builder: &OvsdbServerBuilder) -> Result<Self, Failed> {
        let directory = tempfile::tempdir()?;
        let raft = |index: usize| {
            format!(
                "unix:{}",
                directory.path().join(format!("{index}.raft")).display()
            )
        };
        let database = |index: usize| directory.path().join(format!("{index}.db"));
        ovsdb_tool::create_cluster(&database(0), &PathBuf::from(PACKAGED_SCHEMA), &raft(0))?;
        let mut members = vec![builder.clone().database(database(0)).start()?];
        for index in 1..3 {
            ovsdb_tool::join_cluster(&database(index), "Open_vSwitch", &raft(index), &[&raft(0)])?;
            let member = builder.clone().database(database(index)).start()?;
            member.client(&["wait", &member.remote(), "Open_vSwitch", "connected"])?;
            members.push(member);
        }
        Ok(Self {
            members,
            _directory: directory,
        })
    }

    fn remotes(&self) -> String {
        self.members
            .iter()
            .map(OvsdbServer::remote)
            .collect::<Vec<_>>()
            .join(",")
    }

    fn leader(&self) -> Result<usize, Failure> {
        test_support::wait_until("the cluster has a leader", Duration::from_secs(20), || {
            Ok(self.members.iter().position(|member| {
                let status = member.appctl(&["cluster/status", "Open_vSwitch"]);
                status.is_ok_and(|status| status.contains("Role: leader"))
            }))
        })
    }
}

fn builder(remotes: &str) -> ClientBuilder {
    Client::builder()
        .remotes(remotes)
        .keep_trying()
        .backoff(Duration::from_millis(20), Duration::from_millis(200))
}

async fn change_leaders(server: OvsdbServerBuilder, rounds: usize) -> Checked {
    let mut cluster = tokio::task::block_in_place(|| Cluster::start(&server))?;
    let remotes = cluster.remotes();
    let load = Load::start(|| builder(&remotes).leader_only()).await?;
    for _ in 0..rounds {
        a_moment().await;
        let leader = tokio::task::block_in_place(|| cluster.leader())?;
        let Some(member) = cluster.members.get_mut(leader) else {
            continue;
        };
        member.stop();
        a_moment().await;
        blocking(|| member.start_again())?;
        tokio::task::block_in_place(|| cluster.leader())?;
    }
    a_moment().await;
    let books = load.balance(builder(&remotes).leader_only()).await?;
    println!("{rounds} leaders lost: {books}");
    Ok(())
}

pub(crate) fn add_to(suite: &mut Suite) {
    suite.limit(Duration::from_secs(180));
    suite.case_with(
        "nothing_is_lost_or_doubled_when_the_leader_changes",
        OvsdbServer::available(),
        |server| Ok(block_on(change_leaders(server, 2))?),
    );
    suite.limit(Duration::from_secs(600));
    let need = long_run().and_then(|()| OvsdbServer::available());
    suite.case_with(
        "nothing_is_lost_or_doubled_in_20_leader_changes",
        need,
        |server| Ok(block_on(change_leaders(server, 20))?),
    );
    suite.limit(Duration::from_secs(60));

    real(
        suite,
        "only_the_leader_will_do_when_asked_for",
        |server| async move {
            let cluster = tokio::task::block_in_place(|| Cluster::start(&server))?;
            let leader = tokio::task::block_in_place(|| cluster.leader())?;
            let follower = cluster
                .members
                .get((leader + 1) % 3)
                .ok_or("three members")?
                .remote();
            let error = Client::builder().remotes(&follower).leader_only().connect().await;
            let error = error.err().ok_or("a follower will do")?;
            assert!(error.to_string().contains("not its leader"), "{error}");
            Client::builder()
                .remotes(&follower)
                .connect()
                .await?
                .list_dbs()
                .await?;
            Client::builder()
                .remotes(cluster.remotes())
                .leader_only()
                .connect()
                .await?
                .list_dbs()
                .await?;
            Ok(())
        },
    );

    real(
        suite,
        "a_relay_serves_and_is_never_the_leader",
        |server| async move {
            let source = server.clone().vswitch().start()?;
            let relay = server
                .argument(format!("relay:Open_vSwitch:{}", source.remote()))
                .start()?;
            let client = builder(&relay.remote()).leader_only().connect().await?;
            let replica = client.monitor(Selection::new().table::<Queue>()).await?;
            source.client(&[
                "transact",
                &source.remote(),
                r#"["Open_vSwitch",{"op":"insert","table":"Queue","row":{}}]"#,
            ])?;
            replica
                .wait_for(SOON, |snapshot| {
                    (snapshot.count::<Queue>().ok()? == 1).then_some(())
                })
                .await?;
            Ok(())
        },
    );
}
