//! What the peer is: asked at the start of each session, all at once, in one round trip.

use std::sync::{Arc, LazyLock};

use serde_json::value::RawValue;
use uuid::Uuid;

use crate::wire::{
    Atom, AtomicType, BaseType, ColumnSchema, ColumnType, DatabaseSchema, Interner, Row, RowUpdate2,
    TableSchema, TableUpdates, Version,
};

/// The answers so far.
#[derive(Debug, Default)]
pub(super) struct Negotiation {
    /// The names of the databases.
    pub(super) databases: Option<Vec<String>>,
    /// The schema, or what the server said instead.
    pub(super) schema: Option<Result<Arc<DatabaseSchema>, String>>,
    /// Whether the monitor of `_Server` was answered, with rows or not at all.
    pub(super) is_server_known: bool,
}

impl Negotiation {
    pub(super) fn is_complete(&self) -> bool {
        self.databases.is_some() && self.schema.is_some() && self.is_server_known
    }
}

/// What `_Server` says of our database: ovsdb-server(5). Servers before 2.9 have no such database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ServerRow {
    /// "standalone", "clustered" or "relay".
    pub(super) model: String,
    /// Whether a member of a cluster is in touch with a majority, or a relay with its source.
    pub(super) connected: bool,
    /// Whether a member is the leader. Of a relay always false.
    pub(super) leader: bool,
    /// The cluster that a member belongs to; none before it has joined one.
    pub(super) cluster: Option<Uuid>,
    /// How far the log of a member goes.
    pub(super) index: Option<i64>,
}

/// The columns of `_Server.Database` that are read, in the order of their names.
pub(super) const SERVER_COLUMNS: [&str; 6] = ["cid", "connected", "index", "leader", "model", "name"];

/// The part of the schema of `_Server` that is read.
static SERVER_SCHEMA: LazyLock<Option<DatabaseSchema>> = LazyLock::new(|| {
    let scalar = |name, type_| ColumnSchema::new(name, ColumnType::scalar(BaseType::plain(type_)));
    let columns = [
        ColumnSchema::new("cid", ColumnType::optional(BaseType::plain(AtomicType::Uuid))),
        scalar("connected", AtomicType::Boolean),
        ColumnSchema::new(
            "index",
            ColumnType::optional(BaseType::plain(AtomicType::Integer)),
        ),
        scalar("leader", AtomicType::Boolean),
        scalar("model", AtomicType::String),
        scalar("name", AtomicType::String),
    ];
    DatabaseSchema::new(
        "_Server",
        Version::new(1, 0, 0),
        [TableSchema::new("Database", columns)],
    )
    .ok()
});

impl ServerRow {
    /// The row after an update (or the first rows), given the one before it. The monitor asks for the one row of our
    /// database, so no other comes.
    pub(super) fn updated(old: Option<&Self>, updates: &RawValue) -> Result<Option<Self>, String> {
        let schema = SERVER_SCHEMA.as_ref().ok_or("the schema of _Server is broken")?;
        let updates = TableUpdates::<RowUpdate2>::from_json(updates, schema, &mut Interner::none())
            .map_err(|error| error.to_string())?;
        let mut row = old.cloned();
        for (_, update) in updates.0.into_iter().flat_map(|table| table.rows) {
            row = match update {
                RowUpdate2::Initial(cells) | RowUpdate2::Insert(cells) => Some(Self::default().with(&cells)),
                RowUpdate2::Modify(cells) => Some(row.unwrap_or_default().with(&cells)),
                RowUpdate2::Delete => None,
            };
        }
        Ok(row)
    }

    fn with(mut self, cells: &Row) -> Self {
        for (position, datum) in cells.cells() {
            match SERVER_COLUMNS.get(usize::from(*position)) {
                Some(&"cid") => self.cluster = datum.one().and_then(Atom::as_uuid),
                Some(&"connected") => self.connected = datum.one().and_then(Atom::as_bool).unwrap_or(false),
                Some(&"index") => self.index = datum.one().and_then(Atom::as_integer),
                Some(&"leader") => self.leader = datum.one().and_then(Atom::as_bool).unwrap_or(false),
                Some(&"model") => {
                    self.model = datum.one().and_then(Atom::as_str).unwrap_or_default().to_owned();
                }
                _ => {}
            }
        }
        self
    }

    /// Why this peer will not do, if it will not.
    pub(super) fn refusal(&self, leader_only: bool, min_index: i64) -> Option<String> {
        match self.model.as_str() {
            "clustered" if !self.connected => {
                Some("this member of the cluster is cut off from the others".to_owned())
            }
            "clustered" if leader_only && !self.leader => {
                Some("this member of the cluster is not its leader".to_owned())
            }
            "clustered" if self.index.is_some_and(|index| index < min_index) => {
                Some("this member of the cluster is older than what was seen already".to_owned())
            }
            // A relay always says that it is no leader; what matters is whether it reaches its source.
            "relay" if !self.connected => Some("this relay does not reach its source".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";

    #[test]
    fn the_row_of_the_database_follows_its_updates() {
        let initial = raw(&format!(
            r#"{{"Database":{{"{UUID}":{{"initial":{{"name":"D","model":"clustered","connected":true,"index":7}}}}}}}}"#
        ));
        let row = ServerRow::updated(None, &initial).unwrap().unwrap();
        assert_eq!(
            (row.model.as_str(), row.connected, row.leader, row.index),
            ("clustered", true, false, Some(7))
        );
        let modify = raw(&format!(
            r#"{{"Database":{{"{UUID}":{{"modify":{{"leader":true,"index":9}}}}}}}}"#
        ));
        let row = ServerRow::updated(Some(&row), &modify).unwrap().unwrap();
        assert!(row.leader && row.connected && row.index == Some(9));
        let delete = raw(&format!(r#"{{"Database":{{"{UUID}":{{"delete":null}}}}}}"#));
        assert_eq!(ServerRow::updated(Some(&row), &delete).unwrap(), None);
    }

    #[test]
    fn trap_17_a_relay_is_never_the_leader_and_will_do() {
        let relay = ServerRow {
            model: "relay".into(),
            connected: true,
            ..ServerRow::default()
        };
        assert_eq!(relay.refusal(true, 0), None);
        assert!(
            ServerRow {
                connected: false,
                ..relay
            }
            .refusal(false, 0)
            .is_some()
        );
        let member = ServerRow {
            model: "clustered".into(),
            connected: true,
            leader: false,
            cluster: None,
            index: Some(5),
        };
        assert_eq!(member.refusal(false, 5), None);
        assert!(member.refusal(true, 0).unwrap().contains("leader"));
        assert!(member.refusal(false, 6).unwrap().contains("older"));
        assert_eq!(
            ServerRow {
                model: "standalone".into(),
                ..member
            }
            .refusal(true, 9),
            None
        );
    }
}
