//! What must hold for any input: each function is the body of the fuzz target of its name, and panics where the
//! property that its file states does not hold.
//!
//! `cargo fuzz run NAME` looks for such an input; the test of this crate runs each property over `fuzz/corpus/NAME`, with
//! every input that was ever found among them.

#![expect(
    clippy::indexing_slicing,
    reason = "a place that is not there is a finding, as any other panic is"
)]

mod agent;
mod body;
mod captures;
mod codec;
mod conf_db;
mod datum;
mod frame;
mod message;
mod nic_edit;
mod plan;
mod replica;
mod schema;
mod update;
mod watch;
mod words;
mod xml;
mod xml_edit;

/// A property: it takes any bytes, and panics where it does not hold.
pub type Property = fn(&[u8]);

/// Each property by the name of its fuzz target.
pub const PROPERTIES: [(&str, Property); 16] = [
    ("agent", agent::agent),
    ("body", body::body),
    ("captures", captures::captures),
    ("codec", codec::codec),
    ("conf_db", conf_db::conf_db),
    ("datum", datum::datum),
    ("frame", frame::frame),
    ("message", message::message),
    ("nic_edit", nic_edit::nic_edit),
    ("plan", plan::plan),
    ("replica", replica::replica),
    ("schema", schema::schema),
    ("update", update::update),
    ("words", words::words),
    ("xml", xml::xml),
    ("xml_edit", xml_edit::xml_edit),
];

/// The property of this name.
pub fn property(name: &str) -> Option<Property> {
    PROPERTIES
        .iter()
        .find_map(|(known, property)| (*known == name).then_some(*property))
}
