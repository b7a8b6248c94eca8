//! The methods of an agent, described for people and programs: an [OpenRPC](https://spec.open-rpc.org) document with
//! the JSON Schema of every parameter and answer.
//!
//! An agent gives it to whoever calls `rpc.discover`; in the repository it is `docs/agent.openrpc.json`.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::fault::{Fault, KINDS};
use super::methods::{EVERYWHERE, METHODS, Method};
use crate::prose;

/// The description, as OpenRPC 1.3.
///
/// A scope stands with each method as `x-scope`, and `x-transport` where it is there over WebSocket alone.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let methods: Vec<Value> = METHODS
        .iter()
        .map(|method| describe(method, &mut generator))
        .collect();
    generator.subschema_for::<Fault>();
    let mut document = json!({
        "openrpc": "1.3.2",
        "info": {
            "title": "ahv-net agent",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Sees and safely changes the virtual network of one KVM + Open vSwitch host. JSON-RPC 2.0 \
                            over HTTP (POST /) and WebSocket; every request brings a token along: Authorization: Bearer \
                            TOKEN. Parameters go by name. The data of an error is a Fault, whose kind says why, and its \
                            message is one sentence that says what to do."
        },
        "methods": methods,
        "components": { "schemas": generator.take_definitions(true) },
    });
    prose::plain(&mut document);
    document
}

fn describe(method: &Method, generator: &mut SchemaGenerator) -> Value {
    let params: Vec<Value> = method
        .params
        .iter()
        .map(|param| {
            json!({
                "name": param.name,
                "required": param.is_required,
                "summary": param.summary,
                "schema": (param.schema)(generator),
            })
        })
        .collect();
    let errors: Vec<Value> = KINDS
        .iter()
        .filter(|(kind, _, _)| EVERYWHERE.contains(kind) || method.faults.contains(kind))
        .map(|(kind, code, meaning)| json!({ "code": code, "message": meaning, "data": { "kind": kind } }))
        .collect();
    let mut described = json!({
        "name": method.name,
        "summary": method.summary,
        "paramStructure": "by-name",
        "params": params,
        "result": { "name": "result", "schema": (method.result)(generator) },
        "errors": errors,
        "x-scope": method.scope.to_string(),
    });
    if method.is_subscription
        && let Some(members) = described.as_object_mut()
    {
        members.insert("x-transport".to_owned(), json!("websocket"));
    }
    described
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_published_description_is_the_agent_s() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .with_file_name("docs")
            .join("agent.openrpc.json");
        let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            serde_json::from_str::<Value>(&published).ok() == Some(document()),
            "docs/agent.openrpc.json is stale: run this test with UPDATE_SCHEMA=1 in the environment"
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(root: &Value, at: &Value, count: &mut usize) {
            match at {
                Value::Object(members) => {
                    if let Some(Value::String(to)) = members.get("$ref") {
                        assert!(root.pointer(to.trim_start_matches('#')).is_some(), "{to}");
                        *count += 1;
                    }
                    members.values().for_each(|member| walk(root, member, count));
                }
                Value::Array(items) => items.iter().for_each(|item| walk(root, item, count)),
                _ => {}
            }
        }
        let document = document();
        let mut count = 0;
        walk(&document, &document, &mut count);
        assert!(count > 100, "{count}");
    }

    #[test]
    fn clients_of_other_languages_need_no_rust_to_read_it() {
        let text = document().to_string();
        for rust in ["# Examples", "use ahv_net", "[`", "](super"] {
            assert!(!text.contains(rust), "{rust}");
        }
        let document = document();
        let set_vlan = document["components"]["schemas"]["SetVlan"]["description"].as_str();
        assert!(
            set_vlan.is_some_and(|text| text.starts_with("Puts a port on a VLAN")
                && text.ends_with("the guest\nstarts again.")),
            "{set_vlan:?}"
        );
    }

    #[test]
    fn every_kind_of_fault_is_described_once() {
        let document = document();
        let kinds: BTreeSet<&str> = document["components"]["schemas"]["Fault"]["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["properties"]["kind"]["const"].as_str().unwrap())
            .collect();
        let described: BTreeSet<&str> = KINDS.iter().map(|(kind, _, _)| *kind).collect();
        assert_eq!(kinds, described);
        assert_eq!(described.len(), KINDS.len());
        for method in METHODS {
            for fault in method.faults {
                assert!(described.contains(fault), "{fault}");
            }
        }
    }
}
