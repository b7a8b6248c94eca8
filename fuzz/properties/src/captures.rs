//! Captures of a host: names and contents by turns, between zero bytes; a lone content has no name.
//!
//! Every file is reported, what is said of damage is bounded, and whatever was read joins to a picture that is the same each
//! time, survives its JSON, differs from itself in nothing, and can be drawn; the SVG is XML.

use ahv_net::observe::offline::read_captures;
use ahv_net::topology::{Topology, diff, join};
use ahv_net::{check, render};
use libvirt_model::xml::Document;

pub(crate) fn captures(input: &[u8]) {
    let parts: Vec<&[u8]> = input.split(|byte| *byte == 0).collect();
    let names: Vec<String> = (0..parts.len().div_ceil(2)).map(|at| name(&parts, at)).collect();
    let files: Vec<(&str, &[u8])> = match parts.as_slice() {
        [content] => vec![("x", content)],
        parts => names
            .iter()
            .map(String::as_str)
            .zip(parts.iter().skip(1).step_by(2).copied())
            .collect(),
    };
    let observed = read_captures(&files);
    assert_eq!(observed.files.len(), files.len());
    assert!(
        observed.damage.len() <= 22 * files.len() + 51,
        "{} damages",
        observed.damage.len()
    );
    let topology = join(&observed);
    assert_eq!(join(&observed), topology, "joined twice");
    let json = render::json(&topology);
    let read: Topology = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(read, topology, "through JSON");
    assert!(diff(&topology, &topology).is_empty());
    assert!(!render::text(&topology).is_empty());
    let _ = (
        render::dot(&topology),
        render::mermaid(&topology),
        check::check(&topology),
    );
    let svg = render::svg(&topology);
    if let Err(error) = Document::parse(svg.as_str()) {
        panic!("{error:#}");
    }
}

fn name(parts: &[&[u8]], at: usize) -> String {
    String::from_utf8_lossy(parts.get(2 * at).copied().unwrap_or_default()).into_owned()
}
