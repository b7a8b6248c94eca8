use serde::Serialize;

use crate::topology::Topology;

/// The picture as JSON: the serde form of [`Topology`], indented.
pub fn json(topology: &Topology) -> String {
    to_json(topology)
}

/// The JSON of a value of this crate, such as a [`Trace`](crate::topology::Trace), indented.
pub fn to_json<T: Serialize>(value: &T) -> String {
    // Every map of this crate's values has string keys, so that this cannot fail; should a later type
    // break that, a reader must not take half a document for a whole one.
    serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"))
}
