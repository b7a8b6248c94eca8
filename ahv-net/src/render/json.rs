use crate::topology::Topology;

/// The picture as JSON: the serde form of [`Topology`], indented.
pub fn json(topology: &Topology) -> String {
    // Every map of a topology has string keys, so that this cannot fail; should a later type break
    // that, a reader must not take half a picture for a whole one.
    serde_json::to_string_pretty(topology).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"))
}
