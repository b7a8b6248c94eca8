//! What must hold for any input: each function is the body of the fuzz target of its name, and panics where the
//! property that its file states does not hold.
//!
//! `cargo fuzz run NAME` looks for such an input; the test of this crate runs each property over `fuzz/corpus/NAME`, with
//! every input that was ever found among them.

mod codec;
mod message;
mod xml;

/// A property: it takes any bytes, and panics where it does not hold.
pub type Property = fn(&[u8]);

/// Each property by the name of its fuzz target.
pub const PROPERTIES: [(&str, Property); 3] = [
    ("codec", codec::codec),
    ("message", message::message),
    ("xml", xml::xml),
];

/// The property of this name.
pub fn property(name: &str) -> Option<Property> {
    PROPERTIES
        .iter()
        .find_map(|(known, property)| (*known == name).then_some(*property))
}
