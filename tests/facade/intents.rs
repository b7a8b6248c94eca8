//! Every intent is known wherever intents are listed: it has a command among the examples, and a case here.

use std::fs;
use std::path::Path;

use serde_json::Value;
use test_support::{Failure, Suite};

use crate::switch_edits;

pub(crate) fn cases(suite: &mut Suite) {
    suite.case("edit: every intent has a command and a case", || {
        let commands = sources("examples/examples")?;
        let guests = sources("tests/facade/guests")?;
        let tried = switch_edits::edits();
        let mut forgotten = Vec::new();
        let intents = intents()?;
        for (word, type_) in &intents {
            if !commands.contains(type_) {
                forgotten.push(format!("{type_} has no command in examples/examples"));
            }
            if !tried.iter().any(|(_, intent)| intent.get(word).is_some())
                && !guests.contains(&format!("\"{word}\""))
            {
                forgotten.push(format!(
                    "{word} is tried neither in switch_edits.rs nor in guests"
                ));
            }
        }
        assert!(intents.len() > 20, "{intents:?}");
        assert!(forgotten.is_empty(), "{}", forgotten.join("; "));
        Ok(())
    });
}

/// The word of each intent in JSON, and the name of its type, as the agent describes them.
fn intents() -> Result<Vec<(String, String)>, Failure> {
    let described: Value = serde_json::from_str(include_str!("../../docs/agent.openrpc.json"))
        .map_err(|error| Failure::new(error.to_string()))?;
    let variants = described
        .pointer("/components/schemas/Intent/oneOf")
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::new("the agent describes no intents"))?;
    let intent = |variant: &Value| {
        let (word, schema) = variant.get("properties")?.as_object()?.iter().next()?;
        let (_, type_) = schema.get("$ref")?.as_str()?.rsplit_once('/')?;
        Some((word.clone(), type_.to_owned()))
    };
    let intents: Option<Vec<_>> = variants.iter().map(intent).collect();
    intents.ok_or_else(|| Failure::new("an intent is described in another way"))
}

/// All Rust of a directory of the repository.
fn sources(directory: &str) -> Result<String, Failure> {
    let failure = |error: std::io::Error| Failure::new(format!("{directory}: {error}"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(directory);
    let mut text = String::new();
    for entry in fs::read_dir(root).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            text += &fs::read_to_string(path).map_err(failure)?;
        }
    }
    Ok(text)
}
