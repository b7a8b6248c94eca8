//! Rows that no name tells from others, and what becomes of them when an edit is undone.

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::apply::journal::Phase;
use ahv_net::edit::{Intent, Plan, PlanOptions, guards};
use ahv_net::ovsdb_client::server::Server;
use ahv_net::ovsdb_client::vswitch;
use ahv_net::ovsdb_client::wire::Version;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::Suite;

use super::world::Outcome;
use crate::runtime;

/// A case by its name, with the journal that knows what the server called each row, and without.
type Case = (
    &'static str,
    fn(Undo) -> std::pin::Pin<Box<dyn Future<Output = Outcome<()>>>>,
);

pub(crate) fn cases(suite: &mut Suite) {
    let cases: [Case; 7] = [
        ("an equal sFlow row of another bridge", |undo| {
            Box::pin(equal_elsewhere(undo))
        }),
        ("an equal sFlow row took its place", |undo| {
            Box::pin(equal_in_its_place(undo))
        }),
        ("its sFlow row has more in it now", |undo| Box::pin(changed(undo))),
        ("a mirror of its name on another bridge", |undo| {
            Box::pin(mirror_elsewhere(undo))
        }),
        ("an equal mirror beside it", |undo| Box::pin(mirror_beside(undo))),
        ("a deleted bridge is made again beside an equal one", |undo| {
            Box::pin(deleted(undo))
        }),
        ("a shared sFlow row stays", |undo| Box::pin(shared(undo))),
    ];
    suite.case(
        "nameless: a bridge that only a collector keeps alive is none",
        || runtime().block_on(orphan()).map_err(Into::into),
    );
    for (name, case) in cases {
        for undo in [Undo::Revert, Undo::ByLooks] {
            suite.case(format!("nameless: {undo:?}: {name}"), move || {
                runtime().block_on(case(undo)).map_err(Into::into)
            });
        }
    }
}

/// Who undoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// The journal, which has the UUIDs that the server gave.
    Revert,
    /// One who has the plan and nothing else, as after a kill between the commit and the next word in the journal.
    ByLooks,
}

struct Scene {
    server: Server,
    host: Host,
    state: TempDir,
}

/// What an undo came to.
struct Undone {
    left: Vec<String>,
    failed: Vec<String>,
}

impl Scene {
    async fn new() -> Outcome<Self> {
        let schema = vswitch::schema(Version::new(8, 3, 0))?;
        let server = Server::builder().database(schema).start().await?;
        let scene = Self {
            host: Host::builder().ovsdb(server.remote()).connect().await?,
            server,
            state: tempfile::tempdir()?,
        };
        scene
            .transact(json!([
                {"op": "insert", "table": "Open_vSwitch", "row": {"bridges": ["set", [["named-uuid", "a"], ["named-uuid", "b"]]]}},
                {"op": "insert", "table": "Bridge", "uuid-name": "a", "row": {"name": "br0", "ports": ["named-uuid", "p"]}},
                {"op": "insert", "table": "Port", "uuid-name": "p", "row": {"name": "br0", "interfaces": ["named-uuid", "i"]}},
                {"op": "insert", "table": "Interface", "uuid-name": "i", "row": {"name": "br0", "type": "internal"}},
                {"op": "insert", "table": "Bridge", "uuid-name": "b", "row": {"name": "br1", "ports": ["named-uuid", "q"]}},
                {"op": "insert", "table": "Port", "uuid-name": "q", "row": {"name": "br1", "interfaces": ["named-uuid", "j"]}},
                {"op": "insert", "table": "Interface", "uuid-name": "j", "row": {"name": "br1", "type": "internal"}},
            ]))
            .await?;
        Ok(scene)
    }

    async fn transact(&self, operations: Value) -> Outcome<Value> {
        let done = self.server.transact("Open_vSwitch", &operations).await?;
        assert!(done.error().is_none(), "{operations}: {:?}", done.error());
        Ok(serde_json::to_value(&done)?)
    }

    fn options(&self) -> ApplyOptions {
        ApplyOptions::new().state(self.state.path()).no_wait()
    }

    async fn apply(&self, intent: Value) -> Outcome<Plan> {
        let intent: Intent = serde_json::from_value(intent)?;
        let mut options = PlanOptions::new();
        options.allow = guards().iter().map(|guard| guard.id.to_owned()).collect();
        let plan = self.host.plan(intent, &options).await?;
        let report = self.host.apply(&plan, &self.options()).await?;
        assert!(report.applied, "{plan}");
        Ok(plan)
    }

    /// What others do: gives a bridge an sFlow row.
    async fn set_sflow(&self, bridge: &str, more: Value) -> Outcome<()> {
        let mut row = sflow_row();
        if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
            row.extend(more);
        }
        self.transact(json!([
            {"op": "insert", "table": "sFlow", "uuid-name": "s", "row": row},
            {"op": "update", "table": "Bridge", "where": [["name", "==", bridge]], "row": {"sflow": ["named-uuid", "s"]}},
        ]))
        .await?;
        Ok(())
    }

    /// The UUID of a bridge's sFlow row.
    async fn sflow_of(&self, bridge: &str) -> Outcome<Option<String>> {
        let found = self.column("Bridge", bridge, "sflow").await?;
        Ok(found.pointer("/1").and_then(Value::as_str).map(str::to_owned))
    }

    async fn column(&self, table: &str, name: &str, column: &str) -> Outcome<Value> {
        let select =
            json!([{"op": "select", "table": table, "where": [["name", "==", name]], "columns": [column]}]);
        let found = self.transact(select).await?;
        let found = found.pointer("/0/rows/0").and_then(|row| row.get(column));
        Ok(found.ok_or(format!("no {table} {name}"))?.clone())
    }

    /// Every row, with its UUID.
    async fn rows(&self) -> Outcome<Vec<String>> {
        let tables = ["Bridge", "Port", "Interface", "Mirror", "sFlow"];
        let selects = tables.map(|table| {
            let columns = match table {
                "Bridge" => vec!["_uuid", "name", "sflow", "mirrors", "ports"],
                "sFlow" => vec!["_uuid", "targets", "sampling"],
                _ => vec!["_uuid", "name"],
            };
            json!({"op": "select", "table": table, "where": [], "columns": columns})
        });
        let found = self.transact(Value::from(selects.to_vec())).await?;
        let mut rows = Vec::new();
        for (table, found) in tables.iter().zip(found.as_array().ok_or("no results")?) {
            let found = found.get("rows").and_then(Value::as_array).ok_or("no rows")?;
            rows.extend(found.iter().map(|row| format!("{table} {row}")));
        }
        rows.sort();
        Ok(rows)
    }

    async fn undo(&self, undo: Undo, plan: &Plan) -> Outcome<Undone> {
        let undone = match undo {
            Undo::Revert => {
                let entry = self.host.revert(None, &self.options()).await?;
                let undone = entry.undo.clone().ok_or("nothing was undone")?;
                let phase = match undone.is_complete() {
                    true => Phase::Undone,
                    false => Phase::Unsettled,
                };
                assert_eq!(entry.phase, phase, "{entry}");
                undone
            }
            Undo::ByLooks => self.host.undo(plan, &self.options()).await?,
        };
        Ok(Undone {
            left: undone.left,
            failed: undone.failed,
        })
    }
}

fn sflow_row() -> Value {
    json!({
        "targets": "192.0.2.9:6343",
        "external_ids": ["map", [["ahv-net-owner", "ahv-net"]]],
    })
}

fn set_sflow(bridge: &str) -> Value {
    json!({"set_sflow": {"bridge": bridge, "targets": ["192.0.2.9:6343"]}})
}

async fn equal_elsewhere(undo: Undo) -> Outcome<()> {
    let scene = Scene::new().await?;
    scene.set_sflow("br1", json!({})).await?;
    let before = scene.rows().await?;
    let plan = scene.apply(set_sflow("br0")).await?;
    let undone = scene.undo(undo, &plan).await?;
    assert_eq!((undone.left, undone.failed), (Vec::new(), Vec::new()));
    assert_eq!(scene.rows().await?, before);
    Ok(())
}

async fn equal_in_its_place(undo: Undo) -> Outcome<()> {
    let scene = Scene::new().await?;
    let plan = scene.apply(set_sflow("br0")).await?;
    scene.set_sflow("br0", json!({})).await?;
    let theirs = scene.rows().await?;
    let undone = scene.undo(undo, &plan).await?;
    if undo == Undo::Revert {
        assert_eq!(undone.left.len(), 1, "{:?}", undone.left);
        assert_eq!(scene.rows().await?, theirs, "it is another's");
    }
    assert_eq!(undone.failed, Vec::<String>::new());
    Ok(())
}

async fn changed(undo: Undo) -> Outcome<()> {
    let scene = Scene::new().await?;
    scene.set_sflow("br1", json!({})).await?;
    let plan = scene.apply(set_sflow("br0")).await?;
    scene.set_sflow("br0", json!({"sampling": 64})).await?;
    let theirs = scene.rows().await?;
    let undone = scene.undo(undo, &plan).await?;
    assert!(!undone.left.is_empty(), "{:?}", undone.failed);
    assert_eq!(undone.failed, Vec::<String>::new());
    assert_eq!(scene.rows().await?, theirs);
    Ok(())
}

async fn mirror_elsewhere(undo: Undo) -> Outcome<()> {
    for (theirs, ours) in [("br0", "br1"), ("br1", "br0")] {
        let scene = Scene::new().await?;
        scene
            .transact(json!([
                {"op": "insert", "table": "Mirror", "uuid-name": "m", "row": mirror_row()},
                {"op": "update", "table": "Bridge", "where": [["name", "==", theirs]], "row": {"mirrors": ["named-uuid", "m"]}},
            ]))
            .await?;
        let before = scene.rows().await?;
        let plan = scene.apply(add_mirror(ours)).await?;
        let undone = scene.undo(undo, &plan).await?;
        assert_eq!((undone.left, undone.failed), (Vec::new(), Vec::new()), "{ours}");
        assert_eq!(scene.rows().await?, before, "{ours}");
    }
    Ok(())
}

fn mirror_row() -> Value {
    json!({
        "name": "m0", "output_vlan": 99, "select_all": true,
        "external_ids": ["map", [["ahv-net-owner", "ahv-net"]]],
    })
}

fn add_mirror(bridge: &str) -> Value {
    json!({"add_mirror": {"bridge": bridge, "name": "m0", "output": {"vlan": 99}, "all_ports": true}})
}

/// Which of two is ours only the journal knows. Who does not know must not guess.
async fn mirror_beside(undo: Undo) -> Outcome<()> {
    let scene = Scene::new().await?;
    let before = scene.rows().await?;
    let plan = scene.apply(add_mirror("br0")).await?;
    let ours = scene.column("Bridge", "br0", "mirrors").await?;
    scene
        .transact(json!([
            {"op": "insert", "table": "Mirror", "uuid-name": "m", "row": mirror_row()},
            {"op": "mutate", "table": "Bridge", "where": [["name", "==", "br0"]],
             "mutations": [["mirrors", "insert", ["named-uuid", "m"]]]},
        ]))
        .await?;
    let both = scene.rows().await?;
    let undone = scene.undo(undo, &plan).await?;
    assert_eq!(undone.left, Vec::<String>::new());
    match undo {
        Undo::Revert => {
            assert_eq!(undone.failed, Vec::<String>::new());
            let theirs = scene.column("Bridge", "br0", "mirrors").await?;
            assert!(theirs != ours && theirs != json!(["set", []]), "{theirs}");
            assert_ne!(scene.rows().await?, before);
        }
        Undo::ByLooks => {
            let [said] = undone.failed.as_slice() else {
                return Err(format!("{:?}", undone.failed).into());
            };
            assert!(
                said.contains("cannot be told") && said.contains("Mirror"),
                "{said}"
            );
            assert_eq!(scene.rows().await?, both);
        }
    }
    Ok(())
}

/// What a deleted bridge had is made again, also where another bridge has rows equal to it.
async fn deleted(undo: Undo) -> Outcome<()> {
    let scene = Scene::new().await?;
    for bridge in ["br0", "br1"] {
        scene.set_sflow(bridge, json!({})).await?;
        scene
            .transact(json!([
                {"op": "insert", "table": "Mirror", "uuid-name": "m", "row": mirror_row()},
                {"op": "update", "table": "Bridge", "where": [["name", "==", bridge]], "row": {"mirrors": ["named-uuid", "m"]}},
            ]))
            .await?;
    }
    let theirs = scene.sflow_of("br1").await?;
    let plan = scene.apply(json!({"del_bridge": {"name": "br0"}})).await?;
    let undone = scene.undo(undo, &plan).await?;
    assert_eq!((undone.left, undone.failed), (Vec::new(), Vec::new()));
    assert!(
        scene
            .sflow_of("br0")
            .await?
            .is_some_and(|ours| Some(ours) != theirs)
    );
    assert_eq!(scene.sflow_of("br1").await?, theirs);
    let rows = scene.rows().await?;
    let count = |table: &str| rows.iter().filter(|row| row.starts_with(table)).count();
    assert_eq!(
        (count("sFlow"), count("Mirror"), count("Bridge")),
        (2, 2, 2),
        "{rows:?}"
    );
    // And it is looked at once more: there is nothing to undo any more.
    let again = scene.host.undo(&plan, &scene.options()).await?;
    assert_eq!((again.undone, again.left, again.failed), (vec![], vec![], vec![]));
    assert_eq!(scene.rows().await?, rows);
    Ok(())
}

/// What ovs-vsctl `del-br` leaves of a bridge whose samples go to a collector.
async fn orphan() -> Outcome<()> {
    let scene = Scene::new().await?;
    scene
        .transact(json!([
            {"op": "insert", "table": "Flow_Sample_Collector_Set", "uuid-name": "c", "row": {"id": 1, "bridge": ["named-uuid", "b"]}},
            {"op": "insert", "table": "Bridge", "uuid-name": "b", "row": {"name": "br9", "ports": ["named-uuid", "p"]}},
            {"op": "insert", "table": "Port", "uuid-name": "p", "row": {"name": "br9", "interfaces": ["named-uuid", "i"]}},
            {"op": "insert", "table": "Interface", "uuid-name": "i", "row": {"name": "br9", "type": "internal"}},
        ]))
        .await?;
    let plan = async |intent: Value| -> Outcome<Plan> {
        let intent: Intent = serde_json::from_value(intent)?;
        Ok(scene.host.plan(intent, &PlanOptions::new()).await?)
    };
    let gone = plan(json!({"del_bridge": {"name": "br9"}})).await;
    let said = gone.expect_err("it was planned").to_string();
    assert!(
        said.contains("no bridge br9") && said.contains("br0, br1"),
        "{said}"
    );
    assert!(
        plan(json!({"del_bridge": {"name": "br9", "if_exists": true}}))
            .await?
            .is_empty()
    );
    let taken = plan(json!({"add_bridge": {"name": "br9"}})).await;
    let said = taken.expect_err("it was planned").to_string();
    assert!(said.contains("Flow_Sample_Collector_Set"), "{said}");
    Ok(())
}

async fn shared(undo: Undo) -> Outcome<()> {
    let scene = Scene::new().await?;
    scene.set_sflow("br0", json!({})).await?;
    let shared = scene.sflow_of("br0").await?.ok_or("br0 has no sFlow")?;
    scene
        .transact(json!([{"op": "update", "table": "Bridge", "where": [["name", "==", "br1"]], "row": {"sflow": ["uuid", shared]}}]))
        .await?;
    let before = scene.rows().await?;
    // The same as it has by sharing, but its own.
    let plan = scene.apply(set_sflow("br0")).await?;
    assert_ne!(scene.sflow_of("br0").await?, Some(shared.clone()));
    let undone = scene.undo(undo, &plan).await?;
    assert_eq!((undone.left, undone.failed), (Vec::new(), Vec::new()));
    assert_eq!(scene.rows().await?, before);
    Ok(())
}
