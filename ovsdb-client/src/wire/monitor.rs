//! What a monitor asks for: RFC 7047 §4.1.5 and ovsdb-server(7) §4.1.12.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use super::condition::Clause;

/// `<monitor-requests>` of RFC 7047 §4.1.5 and `<monitor-cond-requests>`: what to monitor, by table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MonitorRequests(pub BTreeMap<Arc<str>, Vec<MonitorRequest>>);

/// `<monitor-request>` of RFC 7047 §4.1.5 and `<monitor-cond-request>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonitorRequest {
    /// The columns; all of them if absent. No column may stand in two requests of one table.
    pub columns: Option<Vec<Arc<str>>>,
    /// Which rows: one clause that holds is enough. Absent means every row. Only for `monitor_cond` and later.
    /// Send `[true]` or `[false]` and never `[]`, which servers and clients read in different ways.
    pub where_: Option<Vec<Clause>>,
    /// Which changes to report.
    pub select: MonitorSelect,
}

/// `<monitor-select>` of RFC 7047 §4.1.5. All by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorSelect {
    /// The rows that are there at the start.
    #[serde(default = "yes")]
    pub initial: bool,
    /// New rows.
    #[serde(default = "yes")]
    pub insert: bool,
    /// Deleted rows.
    #[serde(default = "yes")]
    pub delete: bool,
    /// Changed rows.
    #[serde(default = "yes")]
    pub modify: bool,
}

fn yes() -> bool {
    true
}

impl Default for MonitorSelect {
    fn default() -> Self {
        Self {
            initial: true,
            insert: true,
            delete: true,
            modify: true,
        }
    }
}

/// Prints only what is not `true`.
impl Serialize for MonitorSelect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = [
            ("initial", self.initial),
            ("insert", self.insert),
            ("delete", self.delete),
            ("modify", self.modify),
        ];
        serializer.collect_map(members.into_iter().filter(|(_, selected)| !selected))
    }
}

impl Serialize for MonitorRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(columns) = &self.columns {
            map.serialize_entry("columns", columns)?;
        }
        if let Some(where_) = &self.where_ {
            map.serialize_entry("where", where_)?;
        }
        if self.select != MonitorSelect::default() {
            map.serialize_entry("select", &self.select)?;
        }
        map.end()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    columns: Option<Vec<Arc<str>>>,
    #[serde(rename = "where", default, deserialize_with = "read_where")]
    where_: Option<Vec<Clause>>,
    #[serde(default)]
    select: MonitorSelect,
}

/// A condition may stand bare, without the array around it: ovsdb-server(7) §4.1.12.
fn read_where<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Clause>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Where {
        Bare(bool),
        Clauses(Vec<Clause>),
    }
    Ok(Some(match Where::deserialize(deserializer)? {
        Where::Bare(true) => vec![Clause::True],
        Where::Bare(false) => vec![Clause::False],
        Where::Clauses(clauses) => clauses,
    }))
}

impl<'de> Deserialize<'de> for MonitorRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Members {
            columns,
            where_,
            select,
        } = Members::deserialize(deserializer)?;
        Ok(Self {
            columns,
            where_,
            select,
        })
    }
}

/// Reads one request or an array of them a table: ovsdb-server takes both.
impl<'de> Deserialize<'de> for MonitorRequests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Requests {
            Many(Vec<MonitorRequest>),
            One(MonitorRequest),
        }
        let tables = BTreeMap::<Arc<str>, Requests>::deserialize(deserializer)?;
        Ok(Self(
            tables
                .into_iter()
                .map(|(table, requests)| match requests {
                    Requests::Many(requests) => (table, requests),
                    Requests::One(request) => (table, vec![request]),
                })
                .collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_read_and_print() {
        let text = r#"{"Port":[{"columns":["name"],"where":[["name","==","p"]],"select":{"initial":false}}],"QoS":[{}]}"#;
        let requests: MonitorRequests = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&requests).unwrap(), text);
    }

    #[test]
    fn one_request_may_stand_without_an_array_and_a_condition_too() {
        let requests: MonitorRequests = serde_json::from_str(r#"{"Port":{"where":true}}"#).unwrap();
        assert_eq!(requests.0["Port"][0].where_, Some(vec![Clause::True]));
        assert!(serde_json::from_str::<MonitorRequests>(r#"{"Port":[{"bogus":1}]}"#).is_err());
    }
}
