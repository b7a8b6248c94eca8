use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Topology;
use crate::prose;

impl Topology {
    /// The JSON Schema (draft 2020-12) of the model's serde form, as it is written.
    ///
    /// The same text stands in the repository as `docs/topology.schema.json`.
    pub fn json_schema() -> Value {
        let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let mut schema = generator.into_root_schema_for::<Self>().to_value();
        prose::plain(&mut schema);
        schema
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    /// Checks `instance` against the keywords that the schema uses; one that is not known here fails, so
    /// that nothing is taken for checked that is not. Members that the schema does not name fail too.
    fn check(root: &Value, schema: &Value, instance: &Value, at: &str) -> Result<(), String> {
        let Some(schema) = schema.as_object() else {
            return match schema {
                Value::Bool(true) => Ok(()),
                _ => Err(format!("{at}: nothing fits {schema}")),
            };
        };
        for (keyword, rule) in schema {
            let holds = match keyword.as_str() {
                "$schema" | "title" | "description" | "$defs" | "format" | "default" => true,
                "$ref" => {
                    let pointer = rule.as_str().unwrap().trim_start_matches('#');
                    check(
                        root,
                        root.pointer(pointer).expect("the reference leads somewhere"),
                        instance,
                        at,
                    )?;
                    true
                }
                "anyOf" | "oneOf" => {
                    let fitting = |rule: &&Value| check(root, rule, instance, at).is_ok();
                    let count = rule.as_array().unwrap().iter().filter(fitting).count();
                    count == 1 || (keyword == "anyOf" && count > 1)
                }
                "const" => rule == instance,
                "enum" => rule.as_array().unwrap().contains(instance),
                "type" => match rule {
                    Value::Array(names) => names.iter().any(|name| is_of(name, instance)),
                    name => is_of(name, instance),
                },
                "minimum" => instance
                    .as_i64()
                    .is_none_or(|number| number >= rule.as_i64().unwrap()),
                "maximum" => instance
                    .as_i64()
                    .is_none_or(|number| number <= rule.as_i64().unwrap()),
                "minItems" => instance
                    .as_array()
                    .is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
                "maxItems" => instance
                    .as_array()
                    .is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
                // Regular expressions are left to a whole validator; the newtypes check them in Rust.
                "pattern" => true,
                "required" => rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|name| instance.get(name.as_str().unwrap()).is_some()),
                "properties" => {
                    for (name, member) in instance.as_object().into_iter().flatten() {
                        let rule = rule
                            .get(name)
                            .ok_or(format!("{at}: {name} is not in the schema"))?;
                        check(root, rule, member, &format!("{at}/{name}"))?;
                    }
                    true
                }
                "additionalProperties" => {
                    for (name, member) in instance.as_object().into_iter().flatten() {
                        check(root, rule, member, &format!("{at}/{name}"))?;
                    }
                    true
                }
                "items" => {
                    for (index, item) in instance.as_array().into_iter().flatten().enumerate() {
                        check(root, rule, item, &format!("{at}/{index}"))?;
                    }
                    true
                }
                "prefixItems" => {
                    for (rule, item) in rule
                        .as_array()
                        .unwrap()
                        .iter()
                        .zip(instance.as_array().into_iter().flatten())
                    {
                        check(root, rule, item, at)?;
                    }
                    true
                }
                other => panic!("this check does not know the keyword {other}"),
            };
            if !holds {
                return Err(format!("{at}: {instance} does not keep {keyword}: {rule}"));
            }
        }
        Ok(())
    }

    fn is_of(name: &Value, instance: &Value) -> bool {
        match name.as_str().unwrap() {
            "null" => instance.is_null(),
            "boolean" => instance.is_boolean(),
            "integer" => instance.is_i64() || instance.is_u64(),
            "string" => instance.is_string(),
            "array" => instance.is_array(),
            "object" => instance.is_object(),
            other => panic!("this check does not know the type {other}"),
        }
    }

    #[test]
    fn the_published_schema_is_the_model_s() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .with_file_name("docs")
            .join("topology.schema.json");
        let text = serde_json::to_string_pretty(&Topology::json_schema()).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        // As values: in what order members stand depends on a feature of serde_json that another crate may
        // switch on.
        assert!(
            serde_json::from_str::<Value>(&published).ok() == Some(Topology::json_schema()),
            "docs/topology.schema.json is stale: run this test with UPDATE_SCHEMA=1 in the environment"
        );
    }

    #[cfg(feature = "embedded")]
    #[tokio::test]
    async fn the_embedded_host_keeps_the_schema() {
        let topology = crate::Host::embedded().await.unwrap().show().await.unwrap();
        let json = serde_json::to_value(&topology).unwrap();
        let schema = Topology::json_schema();
        check(&schema, &schema, &json, "").unwrap();
        let first = crate::render::json(&topology);
        assert!(first.starts_with("{\n  \"version\": 1,\n"), "{first:.40}");
        // The check can fail.
        for (pointer, value) in [
            ("/version", json!(2)),
            ("/bridges/0/ports/0/role", json!("nonsense")),
            ("/bridges/0/ports/0/tag", json!(4096)),
            ("/links/0/index", json!("one")),
            ("/routes/0/new", json!(1)),
        ] {
            let mut json = json.clone();
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            json.pointer_mut(parent).unwrap()[member] = value;
            assert!(check(&schema, &schema, &json, "").is_err(), "{pointer}");
        }
    }
}
