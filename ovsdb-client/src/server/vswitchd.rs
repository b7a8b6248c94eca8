//! A stand-in for ovs-vswitchd: it answers what is written to the Open_vSwitch database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use uuid::Uuid;

use super::{
    database::{Database, Record},
    shared::Shared,
};
use crate::wire::{Atom, Clause, Columns, Datum, Operation};

/// What the stand-in for ovs-vswitchd knows of its host. Give it to
/// [`ServerBuilder::vswitchd`](super::ServerBuilder::vswitchd).
///
/// After every commit it does for the interfaces of all bridges what ovs-vswitchd does: `ofport` gets a number, and
/// `error` is empty; or `ofport` is -1 and `error` says why, where the device does not exist or a tunnel lacks its
/// `remote_ip`. Then `cur_cfg` becomes `next_cfg`, in the same transaction (ovs-vswitchd.conf.db(5)). Columns that the
/// schema lacks are left out, as `error` in 7.4.0. It moves no packet and makes no device.
#[derive(Clone, Debug, Default)]
pub struct Vswitchd {
    devices: Option<BTreeSet<String>>,
    delay: Duration,
}

const DATABASE: &str = "Open_vSwitch";

impl Vswitchd {
    /// A host on which every network device exists.
    pub fn new() -> Self {
        Self::default()
    }

    /// A host with just these network devices. Interfaces of a type of their own (`internal`, `vxlan`, …) need none.
    #[must_use]
    pub fn with_devices<N: Into<String>>(devices: impl IntoIterator<Item = N>) -> Self {
        Self {
            devices: Some(devices.into_iter().map(Into::into).collect()),
            delay: Duration::ZERO,
        }
    }

    /// How long it takes to answer a change.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Answers changes until the server stops.
    pub(super) async fn run(self, shared: Arc<Shared>) {
        let mut commits = shared.commits();
        loop {
            // Before looking, so that no change is missed; the answer itself causes one more, idle, look.
            commits.mark_unchanged();
            shared.with(|engine, now| {
                let operations = engine.database(DATABASE).map(|database| self.answer(database));
                if let Some(operations) = operations.filter(|operations| !operations.is_empty())
                    && let Err(error) = engine.execute(DATABASE, operations, now)
                {
                    tracing::warn!(%error, "the stand-in for ovs-vswitchd could not answer");
                }
            });
            tokio::select! {
                changed = commits.changed() => if changed.is_err() { return },
                () = shared.stopped() => return,
            }
            if !self.delay.is_zero() {
                tokio::select! {
                    () = tokio::time::sleep(self.delay) => {}
                    () = shared.stopped() => return,
                }
            }
        }
    }

    /// The operations that bring the database to what this host would report.
    fn answer(&self, database: &Database) -> Vec<Operation> {
        let view = View(database);
        let mut operations = Vec::new();
        for root in view.rows("Open_vSwitch") {
            for bridge in view.targets("Open_vSwitch", root, "bridges", "Bridge") {
                self.answer_bridge(&view, bridge, &mut operations);
            }
            let next = view.value("Open_vSwitch", root, "next_cfg");
            operations.extend(view.update("Open_vSwitch", root, [("cur_cfg", next)]));
        }
        operations
    }

    fn answer_bridge(&self, view: &View<'_>, bridge: &Record, operations: &mut Vec<Operation>) {
        let bridge_name = view.text("Bridge", bridge, "name");
        let interfaces: Vec<&Record> = view
            .targets("Bridge", bridge, "ports", "Port")
            .flat_map(|port| view.targets("Port", port, "interfaces", "Interface"))
            .collect();
        let mut taken: BTreeSet<i64> = interfaces
            .iter()
            .filter_map(|interface| view.integer(interface, "ofport"))
            .collect();
        for interface in interfaces {
            let name = view.text("Interface", interface, "name");
            let state = match self.trouble(view, interface, &name) {
                Some(error) => [
                    ("ofport", Datum::from(-1)),
                    ("error", Datum::from(error)),
                    ("admin_state", Datum::empty_set()),
                    ("link_state", Datum::empty_set()),
                ],
                None => {
                    let known = view.integer(interface, "ofport").filter(|port| *port > 0);
                    let port = known.unwrap_or_else(|| {
                        let wanted = view
                            .integer(interface, "ofport_request")
                            .filter(|port| !taken.contains(port));
                        let local = (name == bridge_name).then_some(65534);
                        local
                            .or(wanted)
                            .or_else(|| (1..65280).find(|port| !taken.contains(port)))
                            .unwrap_or(-1)
                    });
                    taken.insert(port);
                    [
                        ("ofport", Datum::from(port)),
                        ("error", Datum::empty_set()),
                        ("admin_state", Datum::from("up")),
                        ("link_state", Datum::from("up")),
                    ]
                }
            };
            operations.extend(view.update("Interface", interface, state));
        }
    }

    /// Why the interface cannot be brought up, in ovs-vswitchd's words.
    fn trouble(&self, view: &View<'_>, interface: &Record, name: &str) -> Option<String> {
        let type_ = view.text("Interface", interface, "type");
        let option = |key: &str| {
            let options = view.value("Interface", interface, "options");
            options.value_of(key).is_some()
        };
        match type_.as_str() {
            "" | "system" => {
                let is_there = self.devices.as_ref().is_none_or(|devices| devices.contains(name));
                (!is_there).then(|| format!("could not open network device {name} (No such device)"))
            }
            "vxlan" | "geneve" | "gre" | "ip6gre" | "stt" | "lisp" if !option("remote_ip") => {
                Some(format!("{name}: could not set configuration (Invalid argument)"))
            }
            "patch" if !option("peer") => {
                Some(format!("{name}: could not set configuration (Invalid argument)"))
            }
            _ => None,
        }
    }
}

/// Reads rows by the names of tables and columns; what the schema lacks reads as empty.
struct View<'d>(&'d Database);

impl<'d> View<'d> {
    fn rows(&self, table: &str) -> impl Iterator<Item = &'d Record> + use<'d> {
        let database = self.0;
        let table = database.table_id(table);
        table
            .into_iter()
            .flat_map(move |table| database[table].rows().map(|record| &**record))
    }

    fn value(&self, table: &str, record: &Record, column: &str) -> Datum {
        let table = self.0.table_id(table);
        let column = table.and_then(|table| self.0[table].schema.column(column));
        column.map_or_else(Datum::empty_set, |(index, _)| record[index].clone())
    }

    fn text(&self, table: &str, record: &Record, column: &str) -> String {
        let value = self.value(table, record, column);
        value.one().and_then(Atom::as_str).unwrap_or_default().to_owned()
    }

    fn integer(&self, interface: &Record, column: &str) -> Option<i64> {
        self.value("Interface", interface, column).one()?.as_integer()
    }

    fn targets(
        &self,
        table: &str,
        record: &Record,
        column: &str,
        target: &str,
    ) -> impl Iterator<Item = &'d Record> + use<'d> {
        let database = self.0;
        let value = self.value(table, record, column);
        let uuids: Vec<Uuid> = value.atoms().iter().filter_map(Atom::as_uuid).collect();
        let target = database.table_id(target);
        uuids
            .into_iter()
            .filter_map(move |uuid| database[target?].row(&uuid).map(|record| &**record))
    }

    /// The update that gives the row these values, unless it has them already.
    fn update<'n>(
        &self,
        table: &str,
        record: &Record,
        values: impl IntoIterator<Item = (&'n str, Datum)>,
    ) -> Option<Operation> {
        let schema = &self.0[self.0.table_id(table)?].schema;
        let changed: BTreeMap<&str, Datum> = values
            .into_iter()
            .filter(|(name, value)| {
                schema
                    .column(name)
                    .is_some_and(|(index, _)| record[index] != *value)
            })
            .collect();
        (!changed.is_empty()).then(|| Operation::Update {
            table: table.into(),
            where_: vec![Clause::uuid(record.uuid)],
            row: changed.into_iter().collect::<Columns>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        server::Server,
        vswitch::{FIRST_VERSION, NEWEST_VERSION, schema},
        wire::Version,
    };

    /// A bridge with its local port, one device that exists, one that does not, and a tunnel to nowhere.
    fn host() -> Value {
        let mut operations = vec![
            json!({"op": "insert", "table": "Open_vSwitch", "row": {"bridges": ["named-uuid", "b"], "next_cfg": 3}}),
        ];
        let interfaces = [("br0", "internal"), ("eth0", ""), ("eth9", ""), ("vx0", "vxlan")];
        for (name, type_) in interfaces {
            operations.push(
                json!({"op": "insert", "table": "Interface", "uuid-name": format!("i_{name}"),
                "row": {"name": name, "type": type_}}),
            );
            operations.push(
                json!({"op": "insert", "table": "Port", "uuid-name": format!("p_{name}"),
                "row": {"name": name, "interfaces": ["named-uuid", format!("i_{name}")]}}),
            );
        }
        let ports: Vec<Value> = interfaces
            .map(|(name, _)| json!(["named-uuid", format!("p_{name}")]))
            .into();
        operations.push(json!({"op": "insert", "table": "Bridge", "uuid-name": "b",
            "row": {"name": "br0", "ports": ["set", ports]}}));
        Value::Array(operations)
    }

    async fn answered(version: Version, columns: &[&str]) -> Value {
        let vswitchd = Vswitchd::with_devices(["eth0"]);
        let builder = Server::builder()
            .database(schema(version).unwrap())
            .vswitchd(vswitchd);
        let server = builder.start().await.unwrap();
        let result = server.transact(DATABASE, host()).await.unwrap();
        assert_eq!(result.error(), None);
        let wait = json!([
            {"op": "wait", "table": "Open_vSwitch", "where": [], "columns": ["cur_cfg"], "until": "==",
             "rows": [{"cur_cfg": 3}], "timeout": 5000},
            {"op": "select", "table": "Interface", "where": [], "columns": columns},
        ]);
        let result = server.transact(DATABASE, wait).await.unwrap();
        let mut result = serde_json::to_value(&result).unwrap();
        let rows = result[1]["rows"].take();
        let mut rows: Vec<Value> = rows.as_array().cloned().unwrap_or_default();
        rows.sort_by_key(|row| row["name"].to_string());
        Value::Array(rows)
    }

    #[tokio::test]
    async fn every_interface_gets_a_number_or_a_reason() {
        let none = json!(["set", []]);
        assert_eq!(
            answered(NEWEST_VERSION, &["name", "ofport", "error"]).await,
            json!([
                {"name": "br0", "ofport": 65534, "error": none},
                {"name": "eth0", "ofport": 1, "error": none},
                {"name": "eth9", "ofport": -1, "error": "could not open network device eth9 (No such device)"},
                {"name": "vx0", "ofport": -1, "error": "vx0: could not set configuration (Invalid argument)"},
            ])
        );
    }

    #[tokio::test]
    async fn an_old_schema_has_no_reason_to_give() {
        let rows = answered(FIRST_VERSION, &["name", "ofport"]).await;
        assert_eq!(rows[2], json!({"name": "eth9", "ofport": -1}));
    }
}
