//! What a monitor reports: RFC 7047 §4.1.6 and ovsdb-server(7) §4.1.14, versions 1, 2 and 3.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    atom::UuidSeed,
    id::JsonId,
    intern::Interner,
    row::{Row, RowSeed},
    schema::{DatabaseSchema, TableSchema},
};

/// `<table-updates>` (of [`RowUpdate`], RFC 7047 §4.1.6) or `<table-updates2>` (of [`RowUpdate2`]).
#[derive(Clone, Debug, PartialEq)]
pub struct TableUpdates<U>(pub Vec<TableUpdate<U>>);

/// The changes of one table: `<table-update>`.
#[derive(Clone, Debug, PartialEq)]
pub struct TableUpdate<U> {
    /// The table.
    pub table: Arc<TableSchema>,
    /// Its rows.
    pub rows: Vec<(Uuid, U)>,
}

/// `<row-update>` of RFC 7047 §4.1.6: version 1.
#[derive(Clone, Debug, PartialEq)]
pub struct RowUpdate {
    /// For a deleted row all its columns, for a changed one the columns that changed, as they were.
    pub old: Option<Row>,
    /// All monitored columns, as they are; absent for a deleted row.
    pub new: Option<Row>,
}

/// `<row-update2>` of ovsdb-server(7) §4.1.14: versions 2 and 3.
#[derive(Clone, Debug, PartialEq)]
pub enum RowUpdate2 {
    /// A row that was there when the monitor began. Default columns are left out.
    Initial(Row),
    /// A new row. Default columns are left out.
    Insert(Row),
    /// The difference of a changed row: see [`apply_difference`](super::apply_difference).
    Modify(Row),
    /// A deleted row.
    Delete,
}

/// The parameters of `update`, `update2` or `update3`, the updates still unread, for their tables depend on the
/// monitor.
#[derive(Debug)]
pub struct UpdateNotification<'a> {
    /// The monitor.
    pub monitor: JsonId,
    /// The transaction that led here; only in `update3`.
    pub last_txn_id: Option<Uuid>,
    /// `<table-updates>` for `update`, else `<table-updates2>`.
    pub updates: &'a RawValue,
}

/// The reply to `monitor`, `monitor_cond` or `monitor_cond_since`.
#[derive(Debug)]
pub struct MonitorReply<U> {
    /// Whether the updates continue from the transaction that was asked for, instead of being all rows.
    pub found: bool,
    /// The transaction that led here; only of `monitor_cond_since`.
    pub last_txn_id: Option<Uuid>,
    /// The rows.
    pub updates: TableUpdates<U>,
}

/// Reads the parameters of an update notification: `[id, updates]`, or of `update3` `[id, txn, updates]`.
///
/// # Errors
/// If they are not that.
pub fn decode_update_notification<'a>(
    method: &str,
    params: &'a RawValue,
) -> Result<UpdateNotification<'a>, serde_json::Error> {
    if method == "update3" {
        let (monitor, txn, updates): (&RawValue, Txn, &RawValue) = serde_json::from_str(params.get())?;
        Ok(UpdateNotification {
            monitor: JsonId::from_json(monitor),
            last_txn_id: Some(txn.0),
            updates,
        })
    } else {
        let (monitor, updates): (&RawValue, &RawValue) = serde_json::from_str(params.get())?;
        Ok(UpdateNotification {
            monitor: JsonId::from_json(monitor),
            last_txn_id: None,
            updates,
        })
    }
}

/// Reads the result of `monitor` and `monitor_cond` (`updates`), or with `since` of `monitor_cond_since`
/// (`[found, txn, updates]`).
///
/// # Errors
/// If it is not that, or a row does not fit the schema.
pub fn decode_monitor_reply<U: RowForm>(
    result: &RawValue,
    since: bool,
    schema: &DatabaseSchema,
    interner: &mut Interner,
) -> Result<MonitorReply<U>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(result.get());
    let seed = UpdatesSeed {
        schema,
        interner,
        form: std::marker::PhantomData,
    };
    if since {
        json.deserialize_seq(SinceVisitor(seed))
    } else {
        Ok(MonitorReply {
            found: false,
            last_txn_id: None,
            updates: seed.deserialize(&mut json)?,
        })
    }
}

impl<U: RowForm> TableUpdates<U> {
    /// Reads the updates of a database with this schema.
    ///
    /// # Errors
    /// If they name a table or column that is not there, or a value does not fit its column.
    pub fn from_json(
        updates: &RawValue,
        schema: &DatabaseSchema,
        interner: &mut Interner,
    ) -> Result<Self, serde_json::Error> {
        Self::from_text(updates.get(), schema, interner)
    }

    pub(crate) fn from_text(
        updates: &str,
        schema: &DatabaseSchema,
        interner: &mut Interner,
    ) -> Result<Self, serde_json::Error> {
        let seed = UpdatesSeed {
            schema,
            interner,
            form: std::marker::PhantomData,
        };
        let mut json = serde_json::Deserializer::from_str(updates);
        let updates = seed.deserialize(&mut json)?;
        json.end()?;
        Ok(updates)
    }
}

impl<U: RowForm> Serialize for TableUpdates<U> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|update| (&update.table.name, update)))
    }
}

impl<U: RowForm> Serialize for TableUpdate<U> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct InTable<'a, U>(&'a U, &'a TableSchema);

        impl<U: RowForm> Serialize for InTable<'_, U> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.print(self.1, serializer)
            }
        }
        serializer.collect_map(
            self.rows
                .iter()
                .map(|(uuid, row)| (uuid, InTable(row, &self.table))),
        )
    }
}

/// The two notations of a changed row: [`RowUpdate`] and [`RowUpdate2`].
pub trait RowForm: Sized {
    /// Reads it as a row of `table`.
    ///
    /// # Errors
    /// If it does not read, or does not fit the table.
    fn read<'de, D: Deserializer<'de>>(
        table: &TableSchema,
        interner: &mut Interner,
        deserializer: D,
    ) -> Result<Self, D::Error>;

    /// Prints it as a row of `table`.
    ///
    /// # Errors
    /// Only those of the serializer.
    fn print<S: Serializer>(&self, table: &TableSchema, serializer: S) -> Result<S::Ok, S::Error>;
}

impl RowForm for RowUpdate {
    fn read<'de, D: Deserializer<'de>>(
        table: &TableSchema,
        interner: &mut Interner,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        struct OldNew<'a>(&'a TableSchema, &'a mut Interner);

        impl<'de> Visitor<'de> for OldNew<'_> {
            type Value = RowUpdate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row update: an object with \"old\" or \"new\"")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RowUpdate, A::Error> {
                #[derive(Deserialize)]
                #[serde(rename_all = "lowercase")]
                enum Member {
                    Old,
                    New,
                }
                let mut update = RowUpdate { old: None, new: None };
                while let Some(member) = map.next_key()? {
                    let is_partial = matches!(member, Member::Old);
                    let seed = RowSeed {
                        table: self.0,
                        interner: &mut *self.1,
                        is_partial,
                    };
                    let row = Some(map.next_value_seed(seed)?);
                    match member {
                        Member::Old => update.old = row,
                        Member::New => update.new = row,
                    }
                }
                Ok(update)
            }
        }
        deserializer.deserialize_map(OldNew(table, interner))
    }

    fn print<S: Serializer>(&self, table: &TableSchema, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(old) = &self.old {
            map.serialize_entry("old", &old.named(table))?;
        }
        if let Some(new) = &self.new {
            map.serialize_entry("new", &new.named(table))?;
        }
        map.end()
    }
}

impl RowForm for RowUpdate2 {
    fn read<'de, D: Deserializer<'de>>(
        table: &TableSchema,
        interner: &mut Interner,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        struct Kinds<'a>(&'a TableSchema, &'a mut Interner);

        impl<'de> Visitor<'de> for Kinds<'_> {
            type Value = RowUpdate2;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row update: an object with \"initial\", \"insert\", \"modify\" or \"delete\"")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RowUpdate2, A::Error> {
                #[derive(Deserialize)]
                #[serde(rename_all = "lowercase")]
                enum Kind {
                    Initial,
                    Insert,
                    Modify,
                    Delete,
                }
                let none = || de::Error::custom("an empty row update");
                let kind = map.next_key()?.ok_or_else(none)?;
                let is_partial = matches!(kind, Kind::Modify);
                let seed = RowSeed {
                    table: self.0,
                    interner: self.1,
                    is_partial,
                };
                let update = match kind {
                    Kind::Initial => RowUpdate2::Initial(map.next_value_seed(seed)?),
                    Kind::Insert => RowUpdate2::Insert(map.next_value_seed(seed)?),
                    Kind::Modify => RowUpdate2::Modify(map.next_value_seed(seed)?),
                    Kind::Delete => {
                        map.next_value::<de::IgnoredAny>()?;
                        RowUpdate2::Delete
                    }
                };
                match map.next_key::<de::IgnoredAny>()? {
                    None => Ok(update),
                    Some(_) => Err(de::Error::custom("a row update of two kinds at once")),
                }
            }
        }
        deserializer.deserialize_map(Kinds(table, interner))
    }

    fn print<S: Serializer>(&self, table: &TableSchema, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            RowUpdate2::Initial(row) => map.serialize_entry("initial", &row.named(table))?,
            RowUpdate2::Insert(row) => map.serialize_entry("insert", &row.named(table))?,
            RowUpdate2::Modify(row) => map.serialize_entry("modify", &row.named(table))?,
            RowUpdate2::Delete => map.serialize_entry("delete", &())?,
        }
        map.end()
    }
}

struct UpdatesSeed<'a, U> {
    schema: &'a DatabaseSchema,
    interner: &'a mut Interner,
    form: std::marker::PhantomData<U>,
}

impl<'de, U: RowForm> DeserializeSeed<'de> for UpdatesSeed<'_, U> {
    type Value = TableUpdates<U>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, U: RowForm> Visitor<'de> for UpdatesSeed<'_, U> {
    type Value = TableUpdates<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("table updates: an object of tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut tables = Vec::new();
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let Some(table) = self.schema.table(&name) else {
                return Err(de::Error::custom(format_args!("the schema has no table {name}")));
            };
            let seed = TableSeed {
                table,
                interner: &mut *self.interner,
                form: self.form,
            };
            tables.push(TableUpdate {
                table: Arc::clone(table),
                rows: map.next_value_seed(seed)?,
            });
        }
        Ok(TableUpdates(tables))
    }
}

struct TableSeed<'a, U> {
    table: &'a TableSchema,
    interner: &'a mut Interner,
    form: std::marker::PhantomData<U>,
}

impl<'de, U: RowForm> DeserializeSeed<'de> for TableSeed<'_, U> {
    type Value = Vec<(Uuid, U)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, U: RowForm> Visitor<'de> for TableSeed<'_, U> {
    type Value = Vec<(Uuid, U)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a table update of {}: an object of rows", self.table.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(uuid) = map.next_key_seed(UuidSeed)? {
            let seed = OneRow {
                table: self.table,
                interner: &mut *self.interner,
                form: self.form,
            };
            rows.push((uuid, map.next_value_seed(seed)?));
        }
        Ok(rows)
    }
}

struct OneRow<'a, U> {
    table: &'a TableSchema,
    interner: &'a mut Interner,
    form: std::marker::PhantomData<U>,
}

impl<'de, U: RowForm> DeserializeSeed<'de> for OneRow<'_, U> {
    type Value = U;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<U, D::Error> {
        U::read(self.table, self.interner, deserializer)
    }
}

struct SinceVisitor<'a, U>(UpdatesSeed<'a, U>);

impl<'de, U: RowForm> Visitor<'de> for SinceVisitor<'_, U> {
    type Value = MonitorReply<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reply to monitor_cond_since: [found, last-txn-id, updates]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let missing = || de::Error::custom("an array of three elements is needed");
        let found = seq.next_element()?.ok_or_else(missing)?;
        let txn: Txn = seq.next_element()?.ok_or_else(missing)?;
        let updates = seq.next_element_seed(self.0)?.ok_or_else(missing)?;
        Ok(MonitorReply {
            found,
            last_txn_id: Some(txn.0),
            updates,
        })
    }
}

struct Txn(Uuid);

impl<'de> Deserialize<'de> for Txn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UuidSeed.deserialize(deserializer).map(Txn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Datum;

    fn schema() -> DatabaseSchema {
        DatabaseSchema::parse(
            r#"{"name":"D","version":"1.0.0","tables":{"Port":{"columns":{
                "name":{"type":"string"},"up":{"type":"boolean"},
                "tag":{"type":{"key":"integer","min":0,"max":1}},
                "trunks":{"type":{"key":"integer","min":0,"max":3}}}}}}"#,
        )
        .unwrap()
    }

    const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";

    fn round_trip<U: RowForm + PartialEq + fmt::Debug>(text: &str) -> TableUpdates<U> {
        let raw = RawValue::from_string(text.to_owned()).unwrap();
        let updates = TableUpdates::<U>::from_json(&raw, &schema(), &mut Interner::new()).unwrap();
        let printed = RawValue::from_string(serde_json::to_string(&updates).unwrap()).unwrap();
        assert_eq!(
            TableUpdates::from_json(&printed, &schema(), &mut Interner::none()).unwrap(),
            updates,
            "{printed}"
        );
        updates
    }

    #[test]
    fn trap_21_initial_and_insert_omit_defaults_and_delete_is_null() {
        let text =
            format!(r#"{{"Port":{{"{UUID}":{{"initial":{{"name":"p1","up":false,"tag":["set",[]]}}}}}}}}"#);
        let updates: TableUpdates<RowUpdate2> = round_trip(&text);
        let (_, RowUpdate2::Initial(row)) = &updates.0[0].rows[0] else {
            panic!("{updates:?}")
        };
        assert_eq!(row.cells(), [(0, Datum::from("p1"))]);
        let deleted: TableUpdates<RowUpdate2> =
            round_trip(&format!(r#"{{"Port":{{"{UUID}":{{"delete":null}}}}}}"#));
        assert_eq!(deleted.0[0].rows[0].1, RowUpdate2::Delete);

        let text =
            format!(r#"{{"Port":{{"{UUID}":{{"old":{{"up":false}},"new":{{"name":"p1","up":true}}}}}}}}"#);
        let updates: TableUpdates<RowUpdate> = round_trip(&text);
        let RowUpdate {
            old: Some(old),
            new: Some(new),
        } = &updates.0[0].rows[0].1
        else {
            panic!("{updates:?}")
        };
        assert_eq!((old.cells().len(), new.cells().len()), (1, 2));
    }

    #[test]
    fn trap_20_a_difference_keeps_what_clears_and_may_exceed_max() {
        let text = format!(
            r#"{{"Port":{{"{UUID}":{{"modify":{{"tag":["set",[]],"trunks":["set",[1,2,3,4]],"up":false}}}}}}}}"#
        );
        let updates: TableUpdates<RowUpdate2> = round_trip(&text);
        let (_, RowUpdate2::Modify(row)) = &updates.0[0].rows[0] else {
            panic!("{updates:?}")
        };
        assert_eq!(row.cells().len(), 3);
    }

    #[test]
    fn what_the_schema_lacks_is_an_error_that_names_it() {
        for (text, says) in [
            (r#"{"Gone":{}}"#.to_owned(), "no table Gone"),
            (
                format!(r#"{{"Port":{{"{UUID}":{{"initial":{{"gone":1}}}}}}}}"#),
                "no column gone",
            ),
            (
                format!(r#"{{"Port":{{"{UUID}":{{"initial":{{"name":1}}}}}}}}"#),
                "column Port.name",
            ),
            (format!(r#"{{"Port":{{"{UUID}":{{}}}}}}"#), "empty"),
            (r#"{"Port":{"x":{"delete":null}}}"#.to_owned(), "UUID"),
        ] {
            let raw = RawValue::from_string(text).unwrap();
            let error =
                TableUpdates::<RowUpdate2>::from_json(&raw, &schema(), &mut Interner::none()).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn notifications_and_replies_of_all_versions_read() {
        let params = RawValue::from_string(format!(r#"["m","{UUID}",{{"Port":{{}}}}]"#)).unwrap();
        let update3 = decode_update_notification("update3", &params).unwrap();
        assert_eq!(update3.monitor, JsonId::string("m"));
        assert!(update3.last_txn_id.is_some());
        let params = RawValue::from_string(r#"[7,{}]"#.to_owned()).unwrap();
        let update = decode_update_notification("update", &params).unwrap();
        assert_eq!((update.monitor, update.updates.get()), (JsonId::Integer(7), "{}"));
        assert!(decode_update_notification("update3", &params).is_err());

        let result = RawValue::from_string(format!(r#"[true,"{UUID}",{{}}]"#)).unwrap();
        let reply: MonitorReply<RowUpdate2> =
            decode_monitor_reply(&result, true, &schema(), &mut Interner::none()).unwrap();
        assert!(reply.found && reply.last_txn_id.is_some());
    }
}
